//! The steps of a rotation.

use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use reqwest::StatusCode;

use super::compare::{KeyDifference, covers, differences, is_same_id};
use super::error::{Cause, Created, RotateKeyError};
use crate::runtime::random::random;
use crate::types::{Key, KeyCreate, KeyWithSecret, Owner};
use crate::values::Mask;
use crate::{Client, Error, ErrorKind, PathSegment, Timestamp};

/// The result of [`Client::rotate_key`], which has deleted the old key, or of [`Client::create_successor`], which has not.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RotatedKey {
    /// The new key, with its secret.
    pub key: KeyWithSecret,
    /// How the new key differs from the old one, where the server did not make it as it was asked to. Empty as a rule.
    pub differences: Vec<KeyDifference>,
    /// The account that owns the new key, where the response that reads it back names one.
    pub owner: Option<Owner>,
}

/// A rotation on its way.
pub(crate) struct Rotation<'a> {
    client: &'a Client,
    project_id: &'a str,
    old_id: &'a str,
    /// Of the credential that the rotation started with; another may take its place meanwhile.
    first: Arc<Mask>,
    /// Unique to this rotation, and part of the new key's comment.
    mark: String,
    /// The account that must not own the new key.
    leaver_id: Option<&'a str>,
}

impl<'a> Rotation<'a> {
    pub(crate) fn new(client: &'a Client, project_id: &'a str, old_id: &'a str) -> Self {
        Self { client, project_id, old_id, first: client.credential().mask, mark: new_mark(), leaver_id: None }
    }

    /// Has a new key deleted again that this account owns.
    pub(crate) fn unless_owned_by(self, leaver_id: &'a str) -> Self {
        Self { leaver_id: Some(leaver_id), ..self }
    }

    pub(super) async fn run<F, E>(self, keep: impl FnOnce(KeyWithSecret) -> F) -> Result<RotatedKey, RotateKeyError>
    where
        F: Future<Output = Result<(), E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let rotated = self.create(keep).await?;
        match self.client.delete_project_key(self.project_id, self.old_id).send().await {
            Ok(_) => {}
            // An earlier attempt of this very deletion has done it.
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) && error.maybe_processed() => {}
            Err(error) => return Err(self.failed(error, Created::Yes(Box::new(rotated.key)))),
        }
        Ok(rotated)
    }

    /// The new key, once it is kept and sure that it can take the old one's place.
    pub(crate) async fn create<F, E>(&self, keep: impl FnOnce(KeyWithSecret) -> F) -> Result<RotatedKey, RotateKeyError>
    where
        F: Future<Output = Result<(), E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let old = self.old().await.map_err(|error| self.fail(error))?;
        let request = successor(&old, &self.mark);
        let comment = request.comment.clone();
        let created = match self.client.create_project_key(self.project_id).body(request).send().await {
            Ok(created) => created.into_inner(),
            Err(error) => {
                let created = if error.maybe_processed() { self.find_marked().await } else { Created::No };
                return Err(self.failed(error, created));
            }
        };
        let new = self.verify(&old, &created).await;
        if new.as_ref().is_ok_and(|new| self.is_of_leaver(new)) {
            return Err(self.undo(created).await);
        }
        if let Err(problem) = keep(created.clone()).await {
            return Err(self.failed(Cause::Keep(problem.into()), self.made(created)));
        }
        let new = match new {
            Ok(new) => new,
            Err(error) => return Err(self.failed(error, self.made(created))),
        };
        let differences = differences(&old, &comment, &created, &new);
        Ok(RotatedKey { key: created, differences, owner: new.member })
    }

    /// The request for the new key. Nothing but the old key is read.
    #[cfg(feature = "cli")]
    pub(crate) async fn request(&self) -> Result<KeyCreate, RotateKeyError> {
        let old = self.old().await.map_err(|error| self.fail(error))?;
        Ok(successor(&old, &self.mark))
    }

    fn is_of_leaver(&self, new: &Key) -> bool {
        let owner = new.member.as_ref().and_then(|owner| owner.member_id.as_deref());
        owner.zip(self.leaver_id).is_some_and(|(owner, leaver)| is_same_id(owner, leaver))
    }

    /// The error of a credential that is the leaver's, before anything was made.
    pub(crate) fn refuse(&self) -> RotateKeyError {
        self.fail(own_credential())
    }

    /// The error of a call, before anything was made.
    pub(crate) fn fail(&self, error: Error) -> RotateKeyError {
        self.failed(error, Created::No)
    }

    /// Deletes a new key that would stop to work together with the old one.
    async fn undo(&self, created: KeyWithSecret) -> RotateKeyError {
        match self.client.delete_project_key(self.project_id, &created.api_key_id).send().await {
            Ok(_) => self.failed(own_credential(), Created::Undone),
            Err(_) => self.failed(own_credential(), Created::Yes(Box::new(created))),
        }
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

    fn failed(&self, cause: impl Into<Cause>, created: Created) -> RotateKeyError {
        let now = self.client.credential().mask;
        RotateKeyError::new(cause.into(), self.old_id, created, |text| now.text(&self.first.text(text)))
    }
}

/// The error of a response that a rotation cannot go on with.
fn unusable(message: &str) -> Error {
    Error::new(ErrorKind::Decode).with_operation("rotate_key").with_message(Some(message.to_owned()))
}

/// The error of a credential whose new keys stop to work together with the old ones.
fn own_credential() -> Error {
    let message = "the credential is of the member who leaves: what it creates is disabled with the member; use the \
                   credential of a member who stays";
    Error::invalid_request("create_successors", message)
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
