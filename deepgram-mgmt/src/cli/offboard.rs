//! Replaces the keys that a member created, and removes the member.

use std::collections::HashMap;
use std::future::ready;
use std::path::Path;
use std::time::Duration;

use deepgram_mgmt::operations::{one_line, successor_values};
use deepgram_mgmt::serde_json::{Map, Value, json};
use deepgram_mgmt::types::{Key, KeyWithSecret};
use deepgram_mgmt::{Client, Error, KeyUse, MemberKeys, Timestamp};

use crate::commands::{PROJECT, fields};
use crate::context::Context;
use crate::failure::{Failure, note};
use crate::secret::{self, SecretFile};

const WEEK: Duration = Duration::from_secs(7 * 86_400);

pub(crate) async fn run(context: &Context<'_>) -> Result<(), Failure> {
    let (project, member) = (context.project().await?, context.text("member").unwrap_or_default());
    let found = keys(&context.client, &project, member).await?;
    let (id, count) = (found.member.member_id.clone(), found.keys.len());
    if !context.flag("dry-run") {
        let known = [("key", fields("getProjectKey")), ("", &["last_request", "requests"])];
        context.output.print(&json!(found), &["keys"], &known)?;
    }
    note_unowned(&found);
    if let Some(folder) = context.path("secret-dir") {
        create_successors(context, &project, found, folder).await?;
    }
    if !context.flag("remove") {
        return Ok(());
    }
    if context.flag("dry-run") {
        return context.show("removeProjectMember", json!({ PROJECT: project, "member_id": id }));
    }
    context.confirm(&format!("Remove the member {} and disable {count} keys?", one_line(member)))?;
    context.client.remove_project_member(project, id).await?;
    note("the member was removed");
    Ok(())
}

/// Warns of the keys that removing a member disables. Where they cannot be listed, it takes `--yes` to go on.
pub(crate) async fn warn(context: &Context<'_>, values: &Map<String, Value>) -> Result<(), Failure> {
    let text = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default();
    match keys(&context.client, text(PROJECT), text("member_id")).await {
        Ok(found) => {
            found.keys.iter().for_each(|used| note(format_args!("this disables the key {used}")));
            note_unowned(&found);
        }
        Err(error) if context.flag("yes") => note(format_args!("which keys this disables is not known: {error}")),
        Err(error) => {
            let cure = "--yes removes the member all the same";
            return Err(Failure::rejected(format!("which keys this disables is not known: {error}; {cure}")));
        }
    }
    Ok(())
}

async fn keys(client: &Client, project: &str, member: &str) -> Result<MemberKeys, Error> {
    client.member_keys(project, member, Timestamp::now() - WEEK).await
}

fn note_unowned(found: &MemberKeys) {
    if !found.unowned.is_empty() {
        let ids: Vec<String> = found.unowned.iter().map(|key| one_line(&key.api_key_id)).collect();
        note(format_args!("the response does not say who created these keys: {}", ids.join(", ")));
    }
}

/// Creates the successors of the keys that need one; a key with a file in the folder has one already.
async fn create_successors(
    context: &Context<'_>,
    project: &str,
    mut found: MemberKeys,
    folder: &Path,
) -> Result<(), Failure> {
    let mut files = HashMap::new();
    for KeyUse { key, .. } in &found.keys {
        let id = &key.api_key_id;
        // The id comes from a server, and becomes the name of a file.
        if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(Failure::rejected(format!("the id {} cannot be the name of a file", one_line(id))));
        }
        let path = folder.join(id);
        if key.expiration_date.is_some_and(|expiry| expiry <= Timestamp::now()) {
            note(format_args!("the key {id} has expired: it needs no successor"));
        } else if path.metadata().is_ok_and(|file| file.len() > 0) {
            note(format_args!("the key {id} has a successor already: {}", path.display()));
        } else if context.flag("dry-run") {
            context.show("createProjectKey", successor_values(&context.client, project, id).await?.into())?;
        } else {
            files.insert(id.clone(), SecretFile::create(&path)?);
        }
    }
    found.keys.retain(|used| files.contains_key(&used.key.api_key_id));
    let keep = |old: Key, new: KeyWithSecret| {
        let (id, path) = (&old.api_key_id, folder.join(&old.api_key_id));
        let kept = secret::keep_new_key(&new, files.remove(id));
        ready(kept.inspect(|()| note(format_args!("the successor of {id} is in {}", path.display()))))
    };
    let successors = context.client.create_successors(project, &found, keep).await?;
    successors.iter().for_each(secret::note_differences);
    Ok(())
}
