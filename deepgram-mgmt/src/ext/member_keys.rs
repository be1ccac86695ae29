//! The keys that a member created, with their use, and their successors: removing the member disables them.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;

use serde::Serialize;
use serde_json::Value;

use crate::error::OneLine;
use crate::runtime::{IntoValue, given};
use crate::types::{Key, KeyWithSecret, Member};
use crate::{Client, Error, Timestamp};

use super::rotate::{RotateKeyError, RotatedKey, Rotation, is_same_id};

/// The keys of a project that removing a member disables.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MemberKeys {
    /// The member.
    pub member: Member,
    /// The keys that the member created.
    pub keys: Vec<KeyUse>,
    /// The keys whose creator the response does not name: the member may have created them.
    pub unowned: Vec<Key>,
    /// The ids of all keys that the member created, whichever are taken out.
    #[serde(skip)]
    ids: Vec<String>,
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

/// One line: its id, its comment and its use.
impl fmt::Display for KeyUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", OneLine(&self.key.api_key_id))?;
        if let Some(comment) = &self.key.comment {
            write!(f, " ({})", OneLine(comment))?;
        }
        write!(f, ": {} requests", self.requests)?;
        self.last_request.map_or(Ok(()), |last| write!(f, ", the last at {last}"))
    }
}

impl Client {
    /// The keys that a member created, with their use since a time: the API disables them when the member is removed.
    /// `member` is the id or the email address of the member.
    ///
    /// To offboard a member without an outage, create a successor of each key in use
    /// ([`create_successors`](Self::create_successors)) with the credential of somebody who stays, hand the successors
    /// out, and then call [`remove_project_member`](Self::remove_project_member).
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// use deepgram_mgmt::Timestamp;
    ///
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
    /// let week = Timestamp::now() - Duration::from_secs(7 * 86_400);
    /// let keys = client.member_keys("project id", "ada@example.com", week).await?;
    /// for used in keys.keys.iter().filter(|used| used.last_request.is_some()) {
    ///     println!("{} is in use: {} requests", used.key.api_key_id, used.requests);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The first call that failed: of the members of the project, its keys, their use in the request log, or in the
    /// summaries. [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if the project has no such member; the
    /// message names those that it has.
    pub async fn member_keys(
        &self,
        project_id: impl IntoValue<String>,
        member: impl IntoValue<String>,
        since: Timestamp,
    ) -> Result<MemberKeys, Error> {
        let invalid = |error| Error::invalid_request("member_keys", error);
        let project_id = given("project_id", project_id).map_err(invalid)?;
        let member = given("member", member).map_err(invalid)?;
        let members = self.list_project_members(&project_id).await?.members;
        let member = find(members, &member).map_err(invalid)?;
        let mut found = MemberKeys { member, keys: Vec::new(), unowned: Vec::new(), ids: Vec::new() };
        for key in self.list_project_keys(&project_id).await?.api_keys {
            match key.member.as_ref().and_then(|owner| owner.member_id.as_deref()) {
                None => found.unowned.push(key),
                Some(owner) if is_same_id(owner, &found.member.member_id) => {
                    found.ids.push(key.api_key_id.clone());
                    found.keys.push(key_use(self, &project_id, key, since).await?);
                }
                Some(_) => {}
            }
        }
        Ok(found)
    }

    /// Creates a successor of each of the [`keys`](MemberKeys::keys) of a member who leaves; take out the keys that need
    /// none before. It calls `keep` with the old key and its successor as soon as the successor is made. The old keys
    /// stay.
    ///
    /// A key is its creator's: successors that the member's own credential creates stop to work together with the old keys.
    /// Nothing is created if the details of the client's credential ([`get_token_details`](Self::get_token_details)) name
    /// the member or one of its keys. A successor that the server gives to the member all the same is deleted again.
    ///
    /// ```no_run
    /// use deepgram_mgmt::types::{Key, KeyWithSecret};
    ///
    /// # async fn example(client: deepgram_mgmt::Client, keys: deepgram_mgmt::MemberKeys) -> Result<(), Box<dyn std::error::Error>> {
    /// let keep = async |old: Key, new: KeyWithSecret| std::fs::write(old.api_key_id, new.key.expose_secret());
    /// client.create_successors("project id", &keys, keep).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`RotateKeyError`]: the first key without a successor, and why: a call that failed, an error of `keep`, or a
    /// credential that is the member's own.
    pub async fn create_successors<F, E>(
        &self,
        project_id: impl IntoValue<String>,
        keys: &MemberKeys,
        mut keep: impl FnMut(Key, KeyWithSecret) -> F,
    ) -> Result<Vec<RotatedKey>, RotateKeyError>
    where
        F: Future<Output = Result<(), E>>,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let project_id = given("project_id", project_id);
        let project_id = project_id.map_err(|error| RotateKeyError::invalid_request("create_successors", error))?;
        let mut successors = Vec::new();
        for KeyUse { key, .. } in &keys.keys {
            let rotation = Rotation::new(self, &project_id, &key.api_key_id).unless_owned_by(&keys.member.member_id);
            if successors.is_empty() && is_credential_of(self, keys).await.map_err(|error| rotation.fail(error))? {
                return Err(rotation.refuse());
            }
            successors.push(rotation.create(|new| keep(key.clone(), new)).await?);
        }
        Ok(successors)
    }
}

/// The member with this id or email address.
fn find(mut members: Vec<Member>, wanted: &str) -> Result<Member, String> {
    let is_wanted = |member: &Member| {
        let email = member.email.as_deref();
        is_same_id(&member.member_id, wanted) || email.is_some_and(|email| email.eq_ignore_ascii_case(wanted))
    };
    if let Some(place) = members.iter().position(is_wanted) {
        return Ok(members.swap_remove(place));
    }
    let names = members.iter().map(|Member { email, member_id, .. }| match email {
        Some(email) => format!("{email} ({member_id})"),
        None => member_id.clone(),
    });
    Err(format!("the project has no member `{wanted}`; it has {}", names.collect::<Vec<_>>().join(", ")))
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

/// Whether the details of the client's credential name the member, or a key of the member. Their property names are not
/// documented: any text may be the one.
async fn is_credential_of(client: &Client, keys: &MemberKeys) -> Result<bool, Error> {
    let details = match client.get_token_details().await {
        Ok(details) => serde_json::to_value(details).unwrap_or_default(),
        // A server of the bundled document does not have the operation.
        Err(error) if error.status().is_some_and(|status| status == 404 || status == 405) => return Ok(false),
        Err(error) => return Err(error),
    };
    let MemberKeys { member, ids, .. } = keys;
    let email = member.email.as_deref();
    Ok(has_text(&details, &|text| {
        ids.iter().chain([&member.member_id]).any(|id| is_same_id(id, text))
            || email.is_some_and(|email| email.eq_ignore_ascii_case(text))
    }))
}

/// Whether a text of the JSON, at any depth, is of this kind.
fn has_text(json: &Value, is_wanted: &impl Fn(&str) -> bool) -> bool {
    match json {
        Value::String(text) => is_wanted(text),
        Value::Array(items) => items.iter().any(|item| has_text(item, is_wanted)),
        Value::Object(members) => members.values().any(|value| has_text(value, is_wanted)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_member_is_found_by_id_or_email_and_the_error_names_those_there_are() {
        let members = json!([{ "member_id": "A-1", "email": "ada@example.com" }, { "member_id": "b2" }]);
        let members: Vec<Member> = serde_json::from_value(members).unwrap();
        for (wanted, id) in [("a1", "A-1"), ("Ada@Example.com", "A-1"), ("B2", "b2")] {
            assert_eq!(find(members.clone(), wanted).unwrap().member_id, id);
        }
        let error = find(members, "nobody").unwrap_err();
        assert_eq!(error, "the project has no member `nobody`; it has ada@example.com (A-1), b2");
    }
}
