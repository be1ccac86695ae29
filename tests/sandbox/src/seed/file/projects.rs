//! The projects of a file, with their keys and members.

use serde::Deserialize;

use super::fields::{Credential, Email, Id, Instant, id_or_next, instant_or};
use super::records::Record;
use crate::seed::named::USAGE_START;
use crate::state::{Key, Member, Project, RequestRecord, State};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) projects: Vec<NewProject>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with the members of a project")]
pub(super) struct NewProject {
    pub(super) project_id: Option<Id>,
    name: String,
    #[serde(default)]
    company: String,
    #[serde(default)]
    pub(super) keys: Vec<SeededKey>,
    #[serde(default)]
    pub(super) members: Vec<SeededMember>,
    #[serde(default)]
    pub(super) requests: Vec<Record>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with the members of a key")]
pub(super) struct SeededKey {
    pub(super) api_key_id: Option<Id>,
    pub(super) key: Option<Credential>,
    comment: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    created: Option<Instant>,
    expiration_date: Option<Instant>,
    /// The id or the e-mail address of the member that made it.
    pub(super) member: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with the members of a member of the project")]
pub(super) struct SeededMember {
    pub(super) member_id: Option<Id>,
    pub(super) email: Email,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    scopes: Vec<String>,
}

impl NewProject {
    pub(super) fn create(self, state: &mut State) -> Project {
        let members: Vec<Member> = self.members.into_iter().map(|member| member.create(state)).collect();
        let mut requests: Vec<RequestRecord> = self.requests.into_iter().map(|record| record.create(state)).collect();
        requests.sort_by_key(|record| record.created);
        Project {
            id: id_or_next(self.project_id, state),
            name: self.name,
            company: self.company,
            opted_out: false,
            keys: self.keys.into_iter().map(|key| key.create(state, &members)).collect(),
            members,
            invitations: Vec::new(),
            balances: Vec::new(),
            purchases: Vec::new(),
            credentials: Vec::new(),
            usage: Vec::new(),
            requests,
        }
    }
}

impl SeededKey {
    /// The key, made by the member that it names, or else by the first.
    fn create(self, state: &mut State, members: &[Member]) -> Key {
        let id = id_or_next(self.api_key_id, state);
        let is_named =
            |member: &&Member| self.member.as_ref().is_none_or(|name| is_name(name, &member.id, &member.email));
        let owner_id = members.iter().find(is_named).map(|member| member.id.clone());
        Key {
            secret: self.key.map_or_else(|| format!("{id}-sandbox-key"), |Credential(key)| key),
            id,
            comment: self.comment,
            scopes: self.scopes,
            tags: self.tags,
            created: instant_or(self.created, USAGE_START),
            expires: self.expiration_date.map(|Instant(expires)| expires),
            owner_id,
        }
    }
}

/// Whether a name is the id or the e-mail address of a member.
pub(super) fn is_name(name: &str, id: &str, email: &str) -> bool {
    name.eq_ignore_ascii_case(id) || name.eq_ignore_ascii_case(email)
}

impl SeededMember {
    fn create(self, state: &mut State) -> Member {
        let Self { member_id, email: Email(email), first_name, last_name, scopes } = self;
        Member { id: id_or_next(member_id, state), email, first_name, last_name, scopes }
    }
}
