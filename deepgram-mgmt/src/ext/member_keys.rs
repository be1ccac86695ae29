//! The keys that a member created, with their use, and their successors: removing the member disables them.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;

use serde::Serialize;
use serde_json::Value;

use crate::error::OneLine;
use crate::runtime::{IntoValue, given};
use crate::types::{Key, Member};
use crate::{Client, Error, ErrorKind, Timestamp};

use super::rotate::{RotateKeyError, RotatedKey, Rotation, is_same_id, owns};

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
    /// `false` where the log gave a record that does not decode, or another key's: the key may be in use.
    pub is_use_known: bool,
}

/// One line: its id, its comment and its use.
impl fmt::Display for KeyUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", OneLine(&self.key.api_key_id))?;
        if let Some(comment) = &self.key.comment {
            write!(f, " ({})", OneLine(comment))?;
        }
        write!(f, ": {} requests", self.requests)?;
        match self.last_request {
            Some(last) => write!(f, ", the last at {last}"),
            None if self.is_use_known => Ok(()),
            None => f.write_str(", the last at an unknown time"),
        }
    }
}

impl Client {
    /// The keys that a member created, with their use since a time: the API disables them when the member is removed.
    /// `member` is the id or the email address of the member. A key whose owner has no id in the response goes by the
    /// owner's email address.
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
    /// summaries. [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) if the project has no such member, or
    /// several with the email address; the message names those that it has.
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
            match owns(&found.member, key.member.as_ref()) {
                None => found.unowned.push(key),
                Some(true) => {
                    found.ids.push(key.api_key_id.clone());
                    found.keys.push(key_use(self, &project_id, key, since).await?);
                }
                Some(false) => {}
            }
        }
        Ok(found)
    }

    /// Creates a successor of each of the [`keys`](MemberKeys::keys) of a member who leaves; take out the keys that need
    /// none before. It calls `keep` with the old key and its successor as soon as the successor is made and verified. The
    /// old keys stay.
    ///
    /// A key is its creator's: successors that the member's own credential creates stop to work together with the old keys.
    /// Nothing is created if the details of the client's credential ([`get_token_details`](Self::get_token_details)) name
    /// the member or one of its keys. A successor that the server gives to the member all the same is deleted again, and so
    /// is one that cannot be read back, or has fewer scopes than the old key. Where [`RotatedKey::owner`] is `None`, nobody
    /// knows whether the successor outlives the member.
    ///
    /// ```no_run
    /// use deepgram_mgmt::RotatedKey;
    /// use deepgram_mgmt::types::Key;
    ///
    /// # async fn example(client: deepgram_mgmt::Client, keys: deepgram_mgmt::MemberKeys) -> Result<(), Box<dyn std::error::Error>> {
    /// let keep = async |old: Key, new: RotatedKey| std::fs::write(old.api_key_id, new.key.key.expose_secret());
    /// client.create_successors("project id", &keys, keep).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`RotateKeyError`]: the first key without a successor, and why: a call that failed, an error of `keep`, or a
    /// credential that is the member's own. It holds the new key, where deleting it again failed.
    pub async fn create_successors<F, E>(
        &self,
        project_id: impl IntoValue<String>,
        keys: &MemberKeys,
        mut keep: impl FnMut(Key, RotatedKey) -> F,
    ) -> Result<Vec<RotatedKey>, RotateKeyError>
    where
        F: Future<Output = Result<(), E>>,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let project_id = given("project_id", project_id);
        let project_id = project_id.map_err(|error| RotateKeyError::invalid_request("create_successors", error))?;
        let mut successors = Vec::new();
        for (rotation, KeyUse { key, .. }) in keys.rotations(self, &project_id).await?.iter().zip(&keys.keys) {
            successors.push(rotation.create_for(&keys.member, |new| keep(key.clone(), new)).await?);
        }
        Ok(successors)
    }
}

impl MemberKeys {
    /// A rotation of each key, once it is checked that the client's credential is not the member's, as far as its details
    /// tell.
    pub(crate) async fn rotations<'a>(
        &'a self,
        client: &'a Client,
        project_id: &'a str,
    ) -> Result<Vec<Rotation<'a>>, RotateKeyError> {
        let rotation = |used: &'a KeyUse| Rotation::new(client, "create_successors", project_id, &used.key.api_key_id);
        let rotations: Vec<_> = self.keys.iter().map(rotation).collect();
        if let Some(first) = rotations.first() {
            let is_own = is_credential_of(client, self).await.map_err(|error| first.fail(error))?;
            if is_own {
                return Err(first.refuse());
            }
        }
        Ok(rotations)
    }
}

/// The member with this id, or else with this email address.
fn find(mut members: Vec<Member>, wanted: &str) -> Result<Member, String> {
    if let Some(place) = members.iter().position(|member| is_same_id(&member.member_id, wanted)) {
        return Ok(members.swap_remove(place));
    }
    let has_email = |member: &Member| member.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(wanted));
    let (mut found, others): (Vec<Member>, Vec<Member>) = members.into_iter().partition(has_email);
    if found.len() > 1 {
        let ids: Vec<String> = found.into_iter().map(|member| member.member_id).collect();
        return Err(format!(
            "{} members have the email address `{wanted}`; name one by its id: {}",
            ids.len(),
            ids.join(", ")
        ));
    }
    let names = others.into_iter().map(|Member { email, member_id, .. }| match email {
        Some(email) => format!("{email} ({member_id})"),
        None => member_id,
    });
    let names = names.collect::<Vec<_>>().join(", ");
    let names = if names.is_empty() { "none" } else { &names };
    found.pop().ok_or_else(|| format!("the project has no member `{wanted}`; it has {names}"))
}

async fn key_use(client: &Client, project_id: &str, key: Key, since: Timestamp) -> Result<KeyUse, Error> {
    let id = &key.api_key_id;
    let newest = match client.list_project_requests(project_id).accessor(id).start(since).limit(1).await {
        Ok(log) => Some(log.requests.into_iter().next()),
        Err(error) if error.kind() == ErrorKind::Decode => None,
        Err(error) => return Err(error),
    };
    // A server that does not know the filter gives the newest record of any key.
    let is_of_key = |owner: &Option<String>| owner.as_ref().is_none_or(|owner| is_same_id(owner, id));
    let newest = newest.filter(|record| record.as_ref().is_none_or(|record| is_of_key(&record.api_key_id)));
    let usage = client.get_project_usage(project_id).accessor(id).start(since).await?;
    Ok(KeyUse {
        is_use_known: newest.is_some(),
        last_request: newest.flatten().and_then(|record| record.created),
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
        let twins = [members.clone(), members.clone()].concat();
        let mut twins: Vec<Member> = twins.into_iter().filter(|member| member.email.is_some()).collect();
        twins[1].member_id = "c3".to_owned();
        assert_eq!(find(twins.clone(), "c3").unwrap().member_id, "c3");
        let error = find(twins, "ada@example.com").unwrap_err();
        assert_eq!(error, "2 members have the email address `ada@example.com`; name one by its id: A-1, c3");
        let error = find(members, "nobody").unwrap_err();
        assert_eq!(error, "the project has no member `nobody`; it has ada@example.com (A-1), b2");
        assert_eq!(find(Vec::new(), "ada").unwrap_err(), "the project has no member `ada`; it has none");
    }
}
