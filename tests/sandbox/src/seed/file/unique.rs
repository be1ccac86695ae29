//! Ids and credentials name one thing each, and the member of a key is one of its project.

use std::collections::BTreeMap;

use super::fields::{Credential, Id};
use super::projects::{File, NewProject, SeededMember, is_name};
use crate::seed::named::API_KEY;

/// Rejects an id or a credential that occurs twice, and a key of a member that the project does not have, or has twice.
/// The error is the JSON pointer of the value, the second one of two, and a message that names the first one and quotes no
/// credential.
pub(super) fn check(file: &File) -> Result<(), (String, String)> {
    let (mut ids, mut keys) = (BTreeMap::new(), BTreeMap::new());
    for (index, project) in file.projects.iter().enumerate() {
        for (at, id) in located_ids(project) {
            let at = format!("/projects/{index}{at}");
            if let Some(first) = ids.insert(id, at.clone()) {
                return Err((at, format!("{:?} is the id of #{first}, too; give one of them another", id.0)));
            }
        }
        for (number, key) in project.keys.iter().enumerate() {
            if let Some(name) = &key.member {
                let id = |member: &SeededMember| member.member_id.as_ref().map_or("", |Id(id)| id).to_owned();
                let is_named = |member: &&SeededMember| is_name(name, &id(member), &member.email.0);
                let found = project.members.iter().filter(is_named).count();
                if found != 1 {
                    let at = format!("/projects/{index}/keys/{number}/member");
                    return Err((at, format!("{found} members of the project have the id or e-mail address {name:?}")));
                }
            }
            let Some(Credential(key)) = &key.key else { continue };
            let at = format!("/projects/{index}/keys/{number}/key");
            if key == API_KEY {
                return Err((at, "this is the credential of the sandbox itself; choose another".to_owned()));
            }
            if let Some(first) = keys.insert(key, at.clone()) {
                return Err((at, format!("this is the key of #{first}, too; give one of them another")));
            }
        }
    }
    Ok(())
}

/// Every id that a project states.
pub(super) fn ids(project: &NewProject) -> impl Iterator<Item = &Id> {
    located_ids(project).map(|(_, id)| id)
}

fn located_ids(project: &NewProject) -> impl Iterator<Item = (String, &Id)> {
    let own = project.project_id.iter().map(|id| ("/project_id".to_owned(), id));
    let keys = project.keys.iter().map(|key| &key.api_key_id);
    let members = project.members.iter().map(|member| &member.member_id);
    let requests = project.requests.iter().map(|record| &record.request_id);
    own.chain(numbered("keys", "api_key_id", keys)).chain(numbered("members", "member_id", members)).chain(numbered(
        "requests",
        "request_id",
        requests,
    ))
}

fn numbered<'a>(
    list: &'static str,
    name: &'static str,
    ids: impl Iterator<Item = &'a Option<Id>>,
) -> impl Iterator<Item = (String, &'a Id)> {
    let located = move |(index, id): (usize, &'a Option<Id>)| Some((format!("/{list}/{index}/{name}"), id.as_ref()?));
    ids.enumerate().filter_map(located)
}
