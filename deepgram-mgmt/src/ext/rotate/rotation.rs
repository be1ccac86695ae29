//! The steps of a rotation.

use std::future::Future;
use std::sync::Arc;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use reqwest::StatusCode;

use super::compare::{KeyDifference, covers, differences, is_same_id};
use super::error::{Cause, Created, OWN_CREDENTIAL, RotateKeyError};
use crate::runtime::random::random;
use crate::types::{Key, KeyCreate, KeyWithSecret, Member, Owner};
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
    /// The account that owns the new key, where the response that reads it back names one. `None` also where a successor
    /// of [`Client::create_successors`] has an owner of whom the response does not say who it is.
    pub owner: Option<Owner>,
}

/// A rotation on its way.
pub(crate) struct Rotation<'a> {
    client: &'a Client,
    /// The method that the caller has called.
    operation: &'static str,
    project_id: &'a str,
    old_id: &'a str,
    /// Of the credential that the rotation started with; another may take its place meanwhile.
    first: Arc<Mask>,
    /// Unique to this rotation, and part of the new key's comment.
    mark: String,
}

impl<'a> Rotation<'a> {
    pub(crate) fn new(client: &'a Client, operation: &'static str, project_id: &'a str, old_id: &'a str) -> Self {
        Self { client, operation, project_id, old_id, first: client.credential().mask, mark: new_mark() }
    }

    pub(super) async fn run<F, E>(self, keep: impl FnOnce(KeyWithSecret) -> F) -> Result<RotatedKey, RotateKeyError>
    where
        F: Future<Output = Result<(), E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let rotated = self.create(keep).await?;
        match self.delete(self.old_id).await {
            Ok(()) => Ok(rotated),
            Err(error) => Err(self.failed(error, Created::Yes(Box::new(rotated.key)))),
        }
    }

    /// The new key, once it is kept and sure that it can take the old one's place.
    pub(super) async fn create<F, E>(&self, keep: impl FnOnce(KeyWithSecret) -> F) -> Result<RotatedKey, RotateKeyError>
    where
        F: Future<Output = Result<(), E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (created, verified) = self.make().await?;
        self.kept(&created, keep(created.clone()).await)?;
        verified.map_err(|error| self.failed(error, self.made(created)))
    }

    /// The new key, kept only if it is sure that it can take the old one's place, also once `leaver` is gone. Any other new
    /// key is deleted again.
    pub(crate) async fn create_for<F, E>(
        &self,
        leaver: &Member,
        keep: impl FnOnce(RotatedKey) -> F,
    ) -> Result<RotatedKey, RotateKeyError>
    where
        F: Future<Output = Result<(), E>>,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (created, verified) = self.make().await?;
        let mut new = match verified {
            Ok(new) => new,
            Err(error) => return Err(self.undo(error, created).await),
        };
        match owns(leaver, new.owner.as_ref()) {
            Some(true) => return Err(self.undo(Cause::LeaverOwns, created).await),
            Some(false) => {}
            None => new.owner = None,
        }
        self.kept(&created, keep(new.clone()).await)?;
        Ok(new)
    }

    /// The error of a new key that the caller could not keep.
    fn kept<E>(&self, created: &KeyWithSecret, outcome: Result<(), E>) -> Result<(), RotateKeyError>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        outcome.map_err(|problem| self.failed(Cause::Keep(problem.into()), self.made(created.clone())))
    }

    /// Creates the new key, and verifies it.
    async fn make(&self) -> Result<(KeyWithSecret, Result<RotatedKey, Error>), RotateKeyError> {
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
        let verified = self.verify(&old, &created).await.map(|new| {
            let differences = differences(&old, &comment, &created, &new);
            RotatedKey { key: created.clone(), differences, owner: new.member }
        });
        Ok((created, verified))
    }

    /// The request for the new key. Nothing but the old key is read.
    #[cfg(feature = "cli")]
    pub(crate) async fn request(&self) -> Result<KeyCreate, RotateKeyError> {
        let old = self.old().await.map_err(|error| self.fail(error))?;
        Ok(successor(&old, &self.mark))
    }

    /// The error of a credential that is the leaver's, before anything was made.
    pub(crate) fn refuse(&self) -> RotateKeyError {
        self.fail(Error::invalid_request(self.operation, OWN_CREDENTIAL))
    }

    /// The error of a call, before anything was made.
    pub(crate) fn fail(&self, error: Error) -> RotateKeyError {
        self.failed(error, Created::No)
    }

    /// Deletes a new key that cannot take the old one's place, for this reason.
    async fn undo(&self, reason: impl Into<Cause>, created: KeyWithSecret) -> RotateKeyError {
        let state = match self.made(created) {
            Created::Yes(created) => match self.delete(&created.api_key_id).await {
                Ok(()) => Created::Undone,
                Err(error) => Created::NotUndone(created, error),
            },
            // To delete it would delete the old one.
            unnamed => unnamed,
        };
        self.failed(reason, state)
    }

    async fn delete(&self, id: &str) -> Result<(), Error> {
        match self.client.delete_project_key(self.project_id, id).send().await {
            Ok(_) => Ok(()),
            // An earlier attempt of this very deletion has done it.
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) && error.maybe_processed() => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The old key. A successor of another key, or of one that shows no scopes, would not replace it.
    async fn old(&self) -> Result<Key, Error> {
        let old = self.client.get_project_key(self.project_id, self.old_id).send().await?;
        if !is_same_id(&old.api_key_id, self.old_id) {
            return Err(self.unusable("the old key came with another id"));
        }
        if old.scopes.is_empty() {
            return Err(self.unusable("the old key came without scopes"));
        }
        Ok(old.into_inner())
    }

    /// The new key as the server knows it: another key than the old one, with scopes that cover the old one's.
    async fn verify(&self, old: &Key, created: &KeyWithSecret) -> Result<Key, Error> {
        let id: PathSegment =
            created.api_key_id.parse().map_err(|_| self.unusable("the new key came without a usable id"))?;
        if self.is_old(id.as_str()) {
            return Err(self.unusable("the new key came with the id of the old one"));
        }
        let new = self.client.get_project_key(self.project_id, id.clone()).send().await?.into_inner();
        if !is_same_id(&new.api_key_id, id.as_str()) {
            return Err(self.unusable("the new key was read back with another id"));
        }
        // A response may leave out scopes; one that names them has to name enough.
        let all_scopes = [&created.scopes, &new.scopes];
        if all_scopes.iter().all(|scopes| scopes.is_empty()) {
            return Err(self.unusable("the new key came without scopes"));
        }
        if !all_scopes.iter().all(|scopes| scopes.is_empty() || covers(scopes, &old.scopes)) {
            return Err(self.unusable("the new key came with scopes that do not cover the old one's"));
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
        let mask = |text: &str| now.text(&self.first.text(text));
        let (cause, created) = match created.secret().map(Mask::new) {
            // A server may repeat the new secret, too.
            Some(new) => (cause.into().masked(&new), created.masked(&new)),
            None => (cause.into(), created),
        };
        RotateKeyError::new(self.operation, cause, self.old_id, created, mask)
    }

    /// The error of a response that a rotation cannot go on with.
    fn unusable(&self, message: &str) -> Error {
        Error::new(ErrorKind::Decode).with_operation(self.operation).with_message(Some(message.to_owned()))
    }
}

/// Whether a key with this owner is the member's; `None` if the owner is not known.
pub(crate) fn owns(member: &Member, owner: Option<&Owner>) -> Option<bool> {
    let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    match owner.map(|owner| (text(&owner.member_id), text(&owner.email)))? {
        (Some(id), _) => Some(is_same_id(&id, &member.member_id)),
        (None, email) => Some(text(&member.email)?.eq_ignore_ascii_case(&email?)),
    }
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
