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

impl Client {
    /// The keys of all projects that expire within a time from now, the next one first. A key that has expired already is
    /// not among them, nor is one without an expiration date.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
    /// for expiring in client.expiring_keys(Duration::from_secs(30 * 86_400)).await? {
    ///     println!("{} {:?} {}", expiring.key.api_key_id, expiring.key.comment, expiring.expires);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The first call that failed: a part of the projects would pass for all of them.
    pub async fn expiring_keys(&self, within: Duration) -> Result<Vec<ExpiringKey>, Error> {
        let now = Timestamp::now();
        let mut expiring = Vec::new();
        for project in self.list_projects().await?.projects {
            for key in self.list_project_keys(&project.project_id).await?.api_keys {
                let Some(expires) = key.expiration_date else { continue };
                let left = (expires - now).to_std();
                // A negative difference is no duration: the key has expired.
                if left.is_ok_and(|left| left <= within) {
                    expiring.push(ExpiringKey { project: project.clone(), key, expires });
                }
            }
        }
        expiring.sort_by_key(|key| key.expires);
        Ok(expiring)
    }
}
