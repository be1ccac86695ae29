//! The domain: projects and what belongs to them, and the operations on them. Knows no JSON bodies and no statuses.

mod project;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

pub(crate) use project::{Balance, Invitation, Key, Member, Period, Project, RequestRecord, Usage, UsageDay};

/// What was looked for and is not there.
#[derive(Debug, PartialEq)]
pub(crate) struct NotFound(pub(crate) &'static str);

#[derive(Debug)]
pub(crate) struct State {
    /// Accepted besides the keys of the projects, and part of none.
    pub(crate) api_key: &'static str,
    pub(crate) projects: Vec<Project>,
    pub(crate) models: Vec<Model>,
    /// How many ids were given out.
    pub(crate) ids: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ModelKind {
    SpeechToText,
    TextToSpeech,
}

#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) id: String,
    pub(crate) kind: ModelKind,
    pub(crate) name: String,
    pub(crate) canonical_name: String,
    pub(crate) architecture: String,
    pub(crate) languages: Vec<String>,
    pub(crate) version: String,
    /// A later version exists.
    pub(crate) outdated: bool,
    pub(crate) metadata: Map<String, Value>,
}

/// A key to create.
#[derive(Debug)]
pub(crate) struct NewKey {
    pub(crate) comment: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires: Option<DateTime<Utc>>,
}

impl State {
    /// Whether a credential opens the API: the sandbox's own, or a key that exists and has not expired.
    pub(crate) fn accepts(&self, credential: &str, now: DateTime<Utc>) -> bool {
        let mut keys = self.projects.iter().flat_map(|project| &project.keys);
        credential == self.api_key
            || keys.any(|key| key.secret == credential && key.expires.is_none_or(|end| now < end))
    }

    pub(crate) fn project(&self, id: &str) -> Result<&Project, NotFound> {
        self.projects.iter().find(|project| project.id == id).ok_or(NotFound("project"))
    }

    pub(crate) fn project_mut(&mut self, id: &str) -> Result<&mut Project, NotFound> {
        self.projects.iter_mut().find(|project| project.id == id).ok_or(NotFound("project"))
    }

    /// Removes a project with everything that belongs to it; its keys open nothing any more.
    pub(crate) fn delete_project(&mut self, id: &str) -> Result<(), NotFound> {
        let index = self.projects.iter().position(|project| project.id == id).ok_or(NotFound("project"))?;
        self.projects.remove(index);
        Ok(())
    }

    pub(crate) fn create_key(&mut self, project_id: &str, new: NewKey, now: DateTime<Utc>) -> Result<&Key, NotFound> {
        let id = self.next_id();
        // The number leads, so that the keys can be told apart when masked.
        let secret = format!("{:04x}-sandbox-key", self.ids);
        let NewKey { comment, scopes, expires } = new;
        let project = self.project_mut(project_id)?;
        project.keys.push(Key { id: id.clone(), secret, comment, scopes, created: now, expires });
        project.key(&id)
    }

    /// Adds records to a request log, a millisecond apart and newer than all before, the last one at `now` if it can be.
    pub(crate) fn add_requests(&mut self, project_id: &str, n: u32, now: DateTime<Utc>) -> Result<(), NotFound> {
        let apart = TimeDelta::milliseconds(1);
        let earliest = self.project(project_id)?.requests.last().map(|newest| newest.created + apart);
        let mut created = now - TimeDelta::milliseconds(i64::from(n) - 1);
        if let Some(earliest) = earliest {
            created = created.max(earliest);
        }
        for _ in 0..n {
            let id = self.next_id();
            self.project_mut(project_id)?.record_request(id, created);
            created += apart;
        }
        Ok(())
    }

    pub(crate) fn models_of(&self, kind: ModelKind, outdated: bool) -> impl Iterator<Item = &Model> {
        self.models.iter().filter(move |model| model.kind == kind && (outdated || !model.outdated))
    }

    pub(crate) fn model(&self, id: &str) -> Result<&Model, NotFound> {
        self.models.iter().find(|model| model.id == id).ok_or(NotFound("model"))
    }

    pub(crate) fn next_id(&mut self) -> String {
        self.ids += 1;
        format!("00000000-0000-4000-8000-{:012x}", self.ids)
    }
}
