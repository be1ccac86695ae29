//! Replaces the keys that a member created, and removes the member.

use std::path::Path;
use std::time::Duration;

use deepgram_mgmt::operations::one_line;
use deepgram_mgmt::serde_json::{Map, Value, json};
use deepgram_mgmt::{Client, Error, KeyUse, MemberKeys, Timestamp};

use crate::commands::PROJECT;
use crate::context::Context;
use crate::failure::{Failure, note};
use crate::secret::{self, SecretFile};

const WEEK: Duration = Duration::from_secs(7 * 86_400);

pub(crate) async fn run(context: &Context<'_>) -> Result<(), Failure> {
    let (project, member) = (context.project().await?, context.text("member_id").unwrap_or_default());
    let found = keys(&context.client, &project, member).await?;
    context.output.print(&json!(found), &["keys"])?;
    explain_unowned(&found);
    if let Some(folder) = context.path("secret-dir") {
        for used in &found.keys {
            create_successor(context, &project, used, folder).await?;
        }
    }
    if !context.flag("remove") {
        return Ok(());
    }
    context.confirm(&format!("Remove the member {} and disable {} keys?", one_line(member), found.keys.len()))?;
    context.client.remove_project_member(project, member).await?;
    note("the member was removed");
    Ok(())
}

/// Warns of the keys that removing a member disables. It does not keep the member from being removed.
pub(crate) async fn warn(context: &Context<'_>, values: &Map<String, Value>) {
    let text = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default();
    match keys(&context.client, text(PROJECT), text("member_id")).await {
        Ok(found) => {
            for used in &found.keys {
                note(format_args!("this disables the key {}", one_line(&json!(used).to_string())));
            }
            explain_unowned(&found);
        }
        Err(error) => note(format_args!("which keys this disables is not known: {error}")),
    }
}

async fn keys(client: &Client, project: &str, member: &str) -> Result<MemberKeys, Error> {
    client.member_keys(project, member, Timestamp::now() - WEEK).await
}

fn explain_unowned(found: &MemberKeys) {
    if !found.unowned.is_empty() {
        let ids: Vec<String> = found.unowned.iter().map(|key| one_line(&key.api_key_id)).collect();
        note(format_args!("the response does not say who created these keys: {}", ids.join(", ")));
    }
}

/// Creates the successor of a key, unless an earlier run has: then its file is there.
async fn create_successor(context: &Context<'_>, project: &str, used: &KeyUse, folder: &Path) -> Result<(), Failure> {
    let id = &used.key.api_key_id;
    // The id comes from a server, and becomes the name of a file.
    if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Failure::rejected(format!("the id {} cannot be the name of a file", one_line(id))));
    }
    if used.key.expiration_date.is_some_and(|expiry| expiry <= Timestamp::now()) {
        note(format_args!("the key {id} has expired: it needs no successor"));
        return Ok(());
    }
    let path = folder.join(id);
    // An empty one is of a run that was killed: whether it made a key is for the user to see.
    if path.metadata().is_ok_and(|file| file.len() > 0) {
        note(format_args!("the key {id} has a successor already: {}", path.display()));
        return Ok(());
    }
    let file = SecretFile::create(&path)?;
    secret::keep_new_key(context.client.create_successor(project, id).await, Some(file))?;
    note(format_args!("the successor of {id} is in {}", path.display()));
    Ok(())
}
