//! Rotates a key, so that no step leaves anybody without a working key.

mod compare;
mod error;

use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use reqwest::StatusCode;

use crate::runtime::random::random;
use crate::runtime::{IntoValue, given};
use crate::types::{Key, KeyCreate, KeyWithSecret};
use crate::values::Mask;
use crate::{Client, Error, ErrorKind, PathSegment, Timestamp};
pub(super) use compare::is_same_id;
use compare::{covers, differences};
use error::Created;

pub use compare::KeyDifference;
pub use error::RotateKeyError;

/// The result of [`Client::rotate_key`], which has deleted the old key, or of [`Client::create_successor`], which has not.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RotatedKey {
    /// The new key, with its secret.
    pub key: KeyWithSecret,
    /// How the new key differs from the old one, where the server did not make it as it was asked to. Empty as a rule.
    pub differences: Vec<KeyDifference>,
}

impl Client {
    /// Replaces an API key: makes one with the same scopes, tags and expiration date, reads it back, and then deletes the
    /// old one.
    ///
    /// The old key is deleted only if the new key has another id and its scopes cover the old one's, in every response
    /// that names them. A new key that differs in anything else replaces the old one, and
    /// [`RotatedKey::differences`] tells how it differs.
    ///
    /// The new key's comment is the old one's and a mark that is unique to this rotation. When the response with
    /// the key is lost, the key is looked for by that mark instead of being made again. Where the old key is the one that
    /// this client uses, exchange it afterwards: [`set_credentials`](Self::set_credentials).
    ///
    /// An `admin` may delete only keys that it created: the successor of another account's key can be made, and the
    /// old key stays beside it.
    ///
    /// Dropping the future half-way can leave the new key, with its mark, beside the old one.
    ///
    /// ```no_run
    /// # async fn example(client: deepgram_mgmt::Client) {
    /// match client.rotate_key("project id", "key id").await {
    ///     Ok(rotated) => println!("the new key is {:?}", rotated.key.api_key_id),
    ///     Err(error) => {
    ///         eprintln!("{error}"); // says which keys exist
    ///         if let Some(new) = error.into_new_key() {
    ///             println!("keep the new key {:?}", new.api_key_id);
    ///         }
    ///     }
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`RotateKeyError`]: what failed, and which keys exist now. It holds the new key where there is one whose
    /// secret arrived.
    pub async fn rotate_key(
        &self,
        project_id: impl IntoValue<String>,
        key_id: impl IntoValue<String>,
    ) -> Result<RotatedKey, RotateKeyError> {
        let invalid =
            |error| RotateKeyError::new(Error::invalid_request("rotate_key", error), "", Created::No, str::to_owned);
        let project_id: &str = &given("project_id", project_id).map_err(invalid)?;
        let old_id: &str = &given("key_id", key_id).map_err(invalid)?;
        Rotation { client: self, project_id, old_id, first: self.credential().mask, mark: new_mark() }.run().await
    }

    /// Creates a key that can take the place of an old one, which stays: the first half of
    /// [`rotate_key`](Self::rotate_key), with its checks. For keys that stop to work by other means, as those of a member
    /// do who is removed.
    ///
    /// ```no_run
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::RotateKeyError> {
    /// let successor = client.create_successor("project id", "key id").await?;
    /// println!("the new key is {:?}", successor.key.api_key_id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`RotateKeyError`], as of a rotation.
    pub async fn create_successor(
        &self,
        project_id: impl IntoValue<String>,
        key_id: impl IntoValue<String>,
    ) -> Result<RotatedKey, RotateKeyError> {
        let invalid = |error| {
            RotateKeyError::new(Error::invalid_request("create_successor", error), "", Created::No, str::to_owned)
        };
        let project_id: &str = &given("project_id", project_id).map_err(invalid)?;
        let old_id: &str = &given("key_id", key_id).map_err(invalid)?;
        let mark = new_mark();
        Rotation { client: self, project_id, old_id, first: self.credential().mask, mark }.create().await
    }
}

/// A rotation on its way.
struct Rotation<'a> {
    client: &'a Client,
    project_id: &'a str,
    old_id: &'a str,
    /// Of the credential that the rotation started with; another may take its place meanwhile.
    first: Arc<Mask>,
    /// Unique to this rotation, and part of the new key's comment.
    mark: String,
}

impl Rotation<'_> {
    async fn run(self) -> Result<RotatedKey, RotateKeyError> {
        let RotatedKey { key, differences } = self.create().await?;
        match self.client.delete_project_key(self.project_id, self.old_id).send().await {
            Ok(_) => {}
            // An earlier attempt of this very deletion has done it.
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) && error.maybe_processed() => {}
            Err(error) => return Err(self.failed(error, Created::Yes(Box::new(key)))),
        }
        Ok(RotatedKey { key, differences })
    }

    /// The new key, once it is sure that it can take the old one's place.
    async fn create(&self) -> Result<RotatedKey, RotateKeyError> {
        let old = self.old().await.map_err(|error| self.failed(error, Created::No))?;
        let request = successor(&old, &self.mark);
        let comment = request.comment.clone();
        let created = match self.client.create_project_key(self.project_id).body(request).send().await {
            Ok(created) => created.into_inner(),
            Err(error) => {
                let created = if error.maybe_processed() { self.find_marked().await } else { Created::No };
                return Err(self.failed(error, created));
            }
        };
        let new = match self.verify(&old, &created).await {
            Ok(new) => new,
            Err(error) => {
                let created = self.made(created);
                return Err(self.failed(error, created));
            }
        };
        let differences = differences(&old, &comment, &created, &new);
        Ok(RotatedKey { key: created, differences })
    }

    /// The old key. A successor of another key, or of one that shows no scopes, would not replace it.
    async fn old(&self) -> Result<Key, Error> {
        let old = self.client.get_project_key(self.project_id, self.old_id).send().await?;
        if !is_same_id(&old.api_key_id, self.old_id) {
            return Err(unusable("the old key came with another id"));
        }
        if old.scopes.is_empty() {
            return Err(unusable("the old key came without scopes"));
        }
        Ok(old.into_inner())
    }

    /// The new key as the server knows it: another key than the old one, with scopes that cover the old one's.
    async fn verify(&self, old: &Key, created: &KeyWithSecret) -> Result<Key, Error> {
        let id: PathSegment =
            created.api_key_id.parse().map_err(|_| unusable("the new key came without a usable id"))?;
        if self.is_old(id.as_str()) {
            return Err(unusable("the new key came with the id of the old one"));
        }
        let new = self.client.get_project_key(self.project_id, id.clone()).send().await?.into_inner();
        if !is_same_id(&new.api_key_id, id.as_str()) {
            return Err(unusable("the new key was read back with another id"));
        }
        // A response may leave out scopes; one that names them has to name enough.
        let all_scopes = [&created.scopes, &new.scopes];
        if all_scopes.iter().all(|scopes| scopes.is_empty()) {
            return Err(unusable("the new key came without scopes"));
        }
        if !all_scopes.iter().all(|scopes| scopes.is_empty() || covers(scopes, &old.scopes)) {
            return Err(unusable("the new key came with scopes that do not cover the old one's"));
        }
        Ok(new)
    }

    /// The state of the new key when its creation returned `created`, and something is wrong with it.
    fn made(&self, created: KeyWithSecret) -> Created {
        let created = Box::new(created);
        if self.is_old(&created.api_key_id) {
            // It has a secret and an id of its own, and nobody knows which.
            return Created::Unnamed(created, self.mark.clone());
        }
        Created::Yes(created)
    }

    /// The state of a key that may have been made.
    async fn find_marked(&self) -> Created {
        let unknown = || Created::Unknown(self.mark.clone());
        let Ok(keys) = self.client.list_project_keys(self.project_id).send().await else {
            return unknown();
        };
        let is_marked = |key: &Key| key.comment.as_ref().is_some_and(|comment| comment.contains(&self.mark));
        match keys.into_inner().api_keys.into_iter().find(is_marked) {
            // The caller is told to delete it: it must not be the old one.
            Some(key) if !self.is_old(&key.api_key_id) => Created::WithoutSecret(key.api_key_id),
            // It may still be on its way.
            _ => unknown(),
        }
    }

    fn is_old(&self, id: &str) -> bool {
        is_same_id(id, self.old_id)
    }

    fn failed(&self, error: Error, created: Created) -> RotateKeyError {
        let now = self.client.credential().mask;
        RotateKeyError::new(error, self.old_id, created, |text| now.text(&self.first.text(text)))
    }
}

/// The error of a response that a rotation cannot go on with.
fn unusable(message: &str) -> Error {
    Error::new(ErrorKind::Decode).with_operation("rotate_key").with_message(Some(message.to_owned()))
}

/// Makes a mark that no other rotation puts into a comment: `[rotation 2026-09-15T11:32:22Z 0badf00d]`.
fn new_mark() -> String {
    format!("[rotation {} {:08x}]", Timestamp::from(DateTime::<Utc>::from(SystemTime::now())), random())
}

/// A comment without the mark of the rotation that made its key, if one did.
fn unmarked(comment: &str) -> &str {
    let marked = || {
        let (before, mark) = comment.strip_suffix(']')?.rsplit_once(" [rotation ")?;
        let (time, number) = mark.split_once(' ')?;
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let is_ours = time.parse::<Timestamp>().is_ok() && number.len() == 8 && number.bytes().all(is_digit);
        is_ours.then_some(before)
    };
    marked().unwrap_or(comment)
}

/// The request for a key like `old`.
fn successor(old: &Key, mark: &str) -> KeyCreate {
    KeyCreate {
        comment: format!("{} {mark}", unmarked(old.comment.as_deref().unwrap_or_default())),
        scopes: old.scopes.iter().map(Into::into).collect(),
        tags: old.tags.clone(),
        expiration_date: old.expiration_date,
        time_to_live_in_seconds: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_successor_has_all_but_the_mark_of_the_last_rotation() {
        let comment = format!("ci {}", new_mark());
        let old: Key = serde_json::from_value(serde_json::json!({
            "api_key_id": "k", "comment": comment, "scopes": ["member"], "tags": ["a"], "expiration_date": "2030-01-01"
        }))
        .unwrap();
        let new = successor(&old, "[rotation now]");
        assert_eq!(new.comment, "ci [rotation now]");
        assert_eq!(new.scopes, old.scopes);
        assert_eq!((new.tags, new.expiration_date), (old.tags, old.expiration_date));
    }

    #[test]
    fn only_a_mark_of_our_own_at_the_end_of_a_comment_is_taken_off_it() {
        let mark = new_mark();
        for (comment, kept) in [
            (format!(" {mark}"), String::new()),
            (format!("a {mark} {mark}"), format!("a {mark}")),
            (format!("prod [rotation weekly] {mark}"), "prod [rotation weekly]".to_owned()),
        ] {
            assert_eq!(unmarked(&comment), kept, "{comment}");
        }
        for comment in [
            "prod [rotation weekly] of billing",
            "prod [rotation weekly]",
            "prod [rotation 2026-09-15 soon]",
            "prod [rotation 2026-09-15 0badf00d7]",
            "prod [rotation soon 0badf00d]",
            "prod [rotation 2026-09-15 +badf00d]",
            "[rotation ]",
            "",
            &format!("ci {mark} of billing"),
            &format!("ci{mark}"),
        ] {
            assert_eq!(unmarked(comment), comment);
        }
    }
}
