//! The domain: projects and what belongs to them, and the operations on them. Knows no JSON bodies and no statuses.

mod model;
mod not_found;
mod project;
mod traffic;
mod usage;

use chrono::{DateTime, TimeDelta, Utc};

pub(crate) use model::{Abilities, Model, Variety, Voice};
pub(crate) use not_found::NotFound;
pub(crate) use project::{Balance, DistributionCredentials, Invitation, Key, Member, Project, Purchase, find};
pub(crate) use traffic::{Filter, Outcome, RequestRecord, Sample, Traits, Work};
pub(crate) use usage::{Amounts, Dimension, Period, Share, Usage, UsageDay, UsageResult};

#[derive(Debug)]
pub(crate) struct State {
    /// Accepted besides the keys of the projects, and part of none.
    pub(crate) api_key: &'static str,
    pub(crate) projects: Vec<Project>,
    pub(crate) models: Vec<Model>,
    /// The names of the languages, by their tags.
    pub(crate) languages: &'static [(&'static str, &'static str)],
    /// The names of what usage is billed as, by their ids.
    pub(crate) line_items: &'static [(&'static str, &'static str)],
    /// The requests that the logs record.
    pub(crate) samples: &'static [Sample],
    /// How many ids were given out.
    pub(crate) ids: u64,
}

/// A key to create.
#[derive(Debug)]
pub(crate) struct NewKey {
    pub(crate) comment: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) expires: Option<DateTime<Utc>>,
}

/// Distribution credentials to create.
#[derive(Debug)]
pub(crate) struct NewCredentials {
    pub(crate) provider: String,
    pub(crate) comment: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) tags: Vec<String>,
}

impl State {
    /// Whether a credential opens the API: the sandbox's own, or a key that exists and has not expired, and whose owner is
    /// still a member.
    pub(crate) fn accepts(&self, credential: &str, now: DateTime<Utc>) -> bool {
        let is_open = |project: &Project, key: &Key| {
            let has_owner = key.owner_id.as_deref().is_none_or(|id| project.member(id).is_ok());
            key.secret == credential && !key.has_expired(now) && has_owner
        };
        let mut projects = self.projects.iter();
        credential == self.api_key || projects.any(|project| project.keys.iter().any(|key| is_open(project, key)))
    }

    /// The id of the member of a project that a caller is: the owner of the key that calls. Any other credential, such as
    /// the sandbox's own, is taken for the first member's.
    fn caller_id(&self, project_id: &str, credential: &str) -> Result<Option<String>, NotFound> {
        let project = self.project(project_id)?;
        let key = project.keys.iter().find(|key| key.secret == credential);
        let owner = key.and_then(|key| project.owner(key.owner_id.as_deref()));
        Ok(owner.or(project.members.first()).map(|member| member.id.clone()))
    }

    /// Removes the member that the caller is.
    pub(crate) fn leave(&mut self, project_id: &str, credential: &str) -> Result<(), NotFound> {
        let id = self.caller_id(project_id, credential)?.ok_or(NotFound("member"))?;
        self.project_mut(project_id)?.remove_member(&id)
    }

    /// The key that a credential is; none for the sandbox's own.
    pub(crate) fn key_of(&self, credential: &str) -> Option<&Key> {
        self.projects.iter().flat_map(|project| &project.keys).find(|key| key.secret == credential)
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

    /// Creates a key of the member that calls.
    pub(crate) fn create_key(
        &mut self,
        project_id: &str,
        new: NewKey,
        credential: &str,
        now: DateTime<Utc>,
    ) -> Result<&Key, NotFound> {
        let owner_id = self.caller_id(project_id, credential)?;
        let id = self.next_id();
        // The number leads, so that the keys can be told apart when masked.
        let secret = format!("{:04x}-sandbox-key", self.ids);
        let NewKey { comment, scopes, tags, expires } = new;
        let project = self.project_mut(project_id)?;
        project.keys.push(Key { id: id.clone(), secret, comment, scopes, tags, created: now, expires, owner_id });
        project.key(&id)
    }

    pub(crate) fn create_credentials(
        &mut self,
        project_id: &str,
        new: NewCredentials,
        credential: &str,
        now: DateTime<Utc>,
    ) -> Result<&DistributionCredentials, NotFound> {
        let owner_id = self.caller_id(project_id, credential)?;
        let id = self.next_id();
        let NewCredentials { provider, comment, scopes, tags } = new;
        let project = self.project_mut(project_id)?;
        let made = DistributionCredentials { id: id.clone(), provider, comment, scopes, tags, created: now, owner_id };
        project.credentials.push(made);
        project.credentials(&id)
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
            self.add_request(project_id, created)?;
            created += apart;
        }
        Ok(())
    }

    /// Adds a record that is newer than all before it.
    pub(crate) fn add_request(&mut self, project_id: &str, created: DateTime<Utc>) -> Result<(), NotFound> {
        let (id, samples) = (self.next_id(), self.samples);
        self.project_mut(project_id)?.record_request(id, created, samples);
        Ok(())
    }

    pub(crate) fn model(&self, id: &str) -> Result<&Model, NotFound> {
        self.models.iter().find(|model| model.id == id).ok_or(NotFound("model"))
    }

    /// The models that transcribe, and those that speak; outdated ones only where they are asked for.
    pub(crate) fn listed_models(&self, outdated: bool) -> (Vec<&Model>, Vec<&Model>) {
        let listed = self.models.iter().filter(|model| outdated || !model.outdated);
        listed.partition(|model| model.transcribes())
    }

    pub(crate) fn next_id(&mut self) -> String {
        self.ids += 1;
        format!("00000000-0000-4000-8000-{:012x}", self.ids)
    }
}
