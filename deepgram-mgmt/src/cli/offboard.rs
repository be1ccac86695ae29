//! Replaces the keys that a member created, and removes the member.

use std::future::ready;
use std::path::Path;
use std::time::Duration;

use deepgram_mgmt::operations::{Known, PROJECT, SuccessorFiles, fields, successors_values};
use deepgram_mgmt::serde_json::{Map, Value, json};
use deepgram_mgmt::types::Key;
use deepgram_mgmt::{MemberKeys, RotatedKey, Timestamp};

use crate::context::Context;
use crate::failure::{Failure, MAYBE, REJECTED, go_on, note};

const WEEK: Duration = Duration::from_secs(7 * 86_400);
/// A table shows these columns first: they decide about a key.
const FIRST: [Known<'_>; 3] =
    [("key", &["api_key_id"]), ("", &["requests", "last_request", "is_use_known"]), ("key", &["expiration_date"])];

pub(crate) async fn run(context: &Context<'_>) -> Result<(), Failure> {
    let (project, member) = (context.project().await?, context.text("member").unwrap_or_default());
    let found = context.client.member_keys(&project, member, Timestamp::now() - WEEK).await?;
    if context.flag("dry-run") {
        note_keys(&found);
    } else {
        let known = [&FIRST[..], &[("key", fields("getProjectKey")), ("unowned", &["key"])]].concat();
        go_on(context.output.print(json!(found), &["keys"], &known))?;
        note_unowned(&found);
    }
    let mut made = Vec::new();
    let outcome = offboard(context, project, found, &mut made).await;
    outcome.map_err(|failure| if made.is_empty() { failure } else { Failure { code: MAYBE, ..failure } })
}

async fn offboard(
    context: &Context<'_>,
    project: String,
    found: MemberKeys,
    made: &mut Vec<RotatedKey>,
) -> Result<(), Failure> {
    let (id, count, unowned) = (found.member.member_id.clone(), found.keys.len(), found.unowned.len());
    let folder = context.path("secret-dir");
    if let Some(folder) = folder {
        create_successors(context, &project, found, folder, made).await?;
    }
    if !context.flag("remove") {
        return Ok(());
    }
    let doubtful = unowned + made.iter().filter(|new| new.owner.is_none()).count();
    if folder.is_some() && doubtful > 0 {
        let cure = "look at them, then repeat it without --secret-dir";
        let line = format_args!("the member was not removed: {doubtful} of the keys have no known owner; {cure}");
        return Err(Failure::usage(line));
    }
    if context.flag("dry-run") {
        return context.show("removeProjectMember", json!({ PROJECT: project, "member_id": id }));
    }
    let more = if unowned > 0 { format!(", and perhaps {unowned} without a known creator") } else { String::new() };
    let keys = if count == 1 { "key" } else { "keys" };
    context.confirm(&format!("Remove the member {id} and disable {count} {keys}{more}?"))?;
    context.client.remove_project_member(project, id).await?;
    note("the member was removed");
    Ok(())
}

/// Warns of the keys that removing a member disables. Where they cannot be listed, it takes `--yes` to go on.
pub(crate) async fn warn(context: &Context<'_>, values: &Map<String, Value>) -> Result<(), Failure> {
    let text = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default();
    match context.client.member_keys(text(PROJECT), text("member_id"), Timestamp::now() - WEEK).await {
        Ok(found) => note_keys(&found),
        Err(error) if context.flag("yes") => note(format_args!("which keys this disables is not known: {error}")),
        Err(error) => {
            let cure = "--yes removes the member all the same";
            let line = format_args!("which keys this disables is not known: {error}; {cure}");
            return Err(Failure::new(REJECTED, line));
        }
    }
    Ok(())
}

fn note_keys(found: &MemberKeys) {
    found.keys.iter().for_each(|used| note(format_args!("removing the member disables the key {used}")));
    note_unowned(found);
}

fn note_unowned(found: &MemberKeys) {
    if !found.unowned.is_empty() {
        let ids: Vec<&str> = found.unowned.iter().map(|key| key.api_key_id.as_str()).collect();
        note(format_args!("the response does not say who created these keys: {}", ids.join(", ")));
    }
}

/// Creates the successors of the keys that need one; a key with a file in the folder has one already.
async fn create_successors(
    context: &Context<'_>,
    project: &str,
    mut found: MemberKeys,
    folder: &Path,
    made: &mut Vec<RotatedKey>,
) -> Result<(), Failure> {
    let (mut files, others) = SuccessorFiles::create(folder, &mut found)?;
    others.iter().for_each(note);
    if context.flag("dry-run") {
        let all = successors_values(&context.client, project, &found).await?;
        return all.into_iter().try_for_each(|values| context.show("createProjectKey", values.into()));
    }
    let keep = |old: Key, new: RotatedKey| {
        let id = &old.api_key_id;
        note(format_args!("new key {}", new.key.api_key_id));
        let kept = files.keep(id, &new.key);
        let kept = kept.map(|path| note(format_args!("the successor of {id} is in {}", path.display())));
        new.differences.iter().for_each(|difference| note(format_args!("not as the old key: {difference}")));
        if new.owner.is_none() {
            note(format_args!("the response does not say who owns the successor of {id}: it may be the leaver's"));
        }
        made.push(new);
        ready(kept)
    };
    let Err(error) = context.client.create_successors(project, &found, keep).await else { return Ok(()) };
    match files.keep_unverified(&error) {
        Some(Ok(path)) => note(format_args!("the secret of a new key that is not verified is in {}", path.display())),
        Some(Err(problem)) => note(problem),
        None => {}
    }
    Err(error.into())
}
