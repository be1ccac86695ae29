//! Data of the caller's own: projects, their keys, members and request logs, read from JSON.

mod fields;
mod records;
mod unique;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_path_to_error::{Path, Segment};

use self::fields::{Credential, Email, Id, Instant};
use self::records::Record;
use super::{API_KEY, USAGE_START};
use crate::state::{Key, Member, Project, RequestRecord, State};

/// Projects that take the place of the standard ones. Models and [`API_KEY`] stay.
///
/// Parsed from JSON text; the README of this package lists the members. An unknown member is an error, as is a value that
/// the document of the API does not allow.
#[derive(Debug)]
pub struct Seed(File);

/// The reason why a text is no seed, with its line and column, and the JSON pointer of its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedError(String);

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for SeedError {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    projects: Vec<NewProject>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewProject {
    project_id: Option<Id>,
    name: String,
    #[serde(default)]
    company: String,
    #[serde(default)]
    keys: Vec<SeededKey>,
    #[serde(default)]
    members: Vec<SeededMember>,
    #[serde(default)]
    requests: Vec<Record>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeededKey {
    api_key_id: Option<Id>,
    key: Option<Credential>,
    comment: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    created: Option<Instant>,
    expiration_date: Option<Instant>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeededMember {
    member_id: Option<Id>,
    email: Email,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    scopes: Vec<String>,
}

impl FromStr for Seed {
    type Err = SeedError;

    fn from_str(text: &str) -> Result<Self, SeedError> {
        let mut json = serde_json::Deserializer::from_str(text);
        let file: File = serde_path_to_error::deserialize(&mut json)
            .map_err(|error| located(&pointer(error.path()), error.inner()))?;
        json.end().map_err(|error| located("", &error))?;
        unique::check(&file).map_err(SeedError)?;
        Ok(Self(file))
    }
}

/// `LINE:COLUMN: #POINTER: MESSAGE`
fn located(pointer: &str, error: &serde_json::Error) -> SeedError {
    let (line, column, message) = (error.line(), error.column(), error.to_string());
    let message = message.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&message);
    SeedError(format!("{line}:{column}: #{pointer}: {message}"))
}

fn pointer(path: &Path) -> String {
    let segments = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } | Segment::Enum { variant: key } => Some(key.replace('~', "~0").replace('/', "~1")),
        Segment::Unknown => None,
    });
    segments.fold(String::new(), |pointer, segment| pointer + "/" + &segment)
}

impl Seed {
    /// Puts the projects in the place of the state's.
    pub(crate) fn replace_projects(self, state: &mut State) {
        // What the sandbox numbers itself comes after what the file numbers.
        state.ids = self.0.projects.iter().flat_map(unique::ids).filter_map(Id::number).max().unwrap_or_default();
        state.projects = self.0.projects.into_iter().map(|project| project.create(state)).collect();
    }
}

impl NewProject {
    fn create(self, state: &mut State) -> Project {
        let members: Vec<Member> = self.members.into_iter().map(|member| member.create(state)).collect();
        let owner_id = members.first().map(|member| member.id.clone());
        let mut requests: Vec<RequestRecord> = self.requests.into_iter().map(|record| record.create(state)).collect();
        requests.sort_by_key(|record| record.created);
        Project {
            id: id_or_next(self.project_id, state),
            name: self.name,
            company: self.company,
            opted_out: false,
            keys: self.keys.into_iter().map(|key| key.create(state, owner_id.clone())).collect(),
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
    fn create(self, state: &mut State, owner_id: Option<String>) -> Key {
        let id = id_or_next(self.api_key_id, state);
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

impl SeededMember {
    fn create(self, state: &mut State) -> Member {
        let Self { member_id, email: Email(email), first_name, last_name, scopes } = self;
        Member { id: id_or_next(member_id, state), email, first_name, last_name, scopes }
    }
}

fn id_or_next(id: Option<Id>, state: &mut State) -> String {
    id.map_or_else(|| state.next_id(), |Id(id)| id)
}

fn instant_or(instant: Option<Instant>, default: DateTime<Utc>) -> DateTime<Utc> {
    instant.map_or(default, |Instant(instant)| instant)
}
