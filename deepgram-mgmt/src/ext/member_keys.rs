//! Finds the keys that a member created, with their use: removing the member disables them.

use serde::Serialize;

use crate::runtime::{IntoValue, given};
use crate::types::Key;
use crate::{Client, Error, Timestamp};

use super::rotate::is_same_id;

/// The keys of a project that removing a member disables.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MemberKeys {
    /// The keys that the member created.
    pub keys: Vec<KeyUse>,
    /// The keys whose creator the response does not name: the member may have created them.
    pub unowned: Vec<Key>,
}

/// A key and its use.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct KeyUse {
    /// The key.
    pub key: Key,
    /// The newest request with it since the time that was asked for; `None` if the log has none.
    pub last_request: Option<Timestamp>,
    /// The requests with it since that time, in the summaries of usage, which may be behind the log.
    pub requests: i64,
}

impl Client {
    /// The keys that a member created, with their use since a time: the API disables them when the member is removed.
    ///
    /// To offboard a member without an outage, create a successor of each key in use
    /// ([`create_successor`](Self::create_successor)) with the account of somebody who stays, hand the successors out,
    /// and then call [`remove_project_member`](Self::remove_project_member).
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// use deepgram_mgmt::Timestamp;
    ///
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
    /// let week = Timestamp::now() - Duration::from_secs(7 * 86_400);
    /// let keys = client.member_keys("project id", "member id", week).await?;
    /// for used in keys.keys.iter().filter(|used| used.last_request.is_some()) {
    ///     println!("{} is in use: {} requests", used.key.api_key_id, used.requests);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The first call that failed: of the keys of the project, their use in the request log, or in the summaries.
    pub async fn member_keys(
        &self,
        project_id: impl IntoValue<String>,
        member_id: impl IntoValue<String>,
        since: Timestamp,
    ) -> Result<MemberKeys, Error> {
        let invalid = |error| Error::invalid_request("member_keys", error);
        let project_id = given("project_id", project_id).map_err(invalid)?;
        let member_id = given("member_id", member_id).map_err(invalid)?;
        let mut found = MemberKeys::default();
        for key in self.list_project_keys(&project_id).await?.api_keys {
            match key.member.as_ref().and_then(|member| member.member_id.as_deref()) {
                None => found.unowned.push(key),
                Some(owner) if is_same_id(owner, &member_id) => {
                    found.keys.push(key_use(self, &project_id, key, since).await?);
                }
                Some(_) => {}
            }
        }
        Ok(found)
    }
}

async fn key_use(client: &Client, project_id: &str, key: Key, since: Timestamp) -> Result<KeyUse, Error> {
    let accessor = &key.api_key_id;
    let log = client.list_project_requests(project_id).accessor(accessor).start(since).limit(1).await?;
    let usage = client.get_project_usage(project_id).accessor(accessor).start(since).await?;
    Ok(KeyUse {
        last_request: log.requests.first().and_then(|newest| newest.created),
        requests: usage.results.iter().filter_map(|period| period.requests).sum(),
        key,
    })
}
