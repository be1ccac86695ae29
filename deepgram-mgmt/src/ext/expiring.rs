//! Finds the keys that expire soon, in every project.

use std::time::Duration;

use serde::Serialize;

use crate::types::{Key, Project};
use crate::{Client, Error, Timestamp};

/// A key that expires soon, and its project.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ExpiringKey {
    /// The project, as its list has it.
    pub project: Project,
    /// The key.
    pub key: Key,
    /// When it expires.
    pub expires: Timestamp,
}

/// The result of [`Client::expiring_keys`].
#[derive(Debug)]
#[must_use = "a project whose keys cannot be read is no error by itself"]
#[non_exhaustive]
pub struct ExpiringKeys {
    /// The keys, the next one to expire first.
    pub keys: Vec<ExpiringKey>,
    /// The projects whose keys cannot be read: theirs are missing among the keys.
    pub unread: Vec<(Project, Error)>,
}

impl Client {
    /// The keys of all projects that expire within a time from now. A key that has expired already is not among them, nor
    /// is one without an expiration date. A project whose keys cannot be read does not hide those of the others: see
    /// [`unread`](ExpiringKeys::unread).
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
    /// let expiring = client.expiring_keys(Duration::from_secs(30 * 86_400)).await?;
    /// for expiring in &expiring.keys {
    ///     println!("{} {:?} {}", expiring.key.api_key_id, expiring.key.comment, expiring.expires);
    /// }
    /// for (project, error) in &expiring.unread {
    ///     eprintln!("the keys of {} are missing: {error}", project.project_id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The list of projects.
    pub async fn expiring_keys(&self, within: Duration) -> Result<ExpiringKeys, Error> {
        let now = Timestamp::now();
        let mut found = ExpiringKeys { keys: Vec::new(), unread: Vec::new() };
        for project in self.list_projects().await?.projects {
            let keys = match self.list_project_keys(&project.project_id).await {
                Ok(list) => list.api_keys,
                Err(error) => {
                    found.unread.push((project, error));
                    continue;
                }
            };
            for key in keys {
                let Some(expires) = key.expiration_date else { continue };
                let left = (expires - now).to_std();
                // A negative difference is no duration: the key has expired.
                if left.is_ok_and(|left| left <= within) {
                    found.keys.push(ExpiringKey { project: project.clone(), key, expires });
                }
            }
        }
        found.keys.sort_by_key(|key| key.expires);
        Ok(found)
    }
}
