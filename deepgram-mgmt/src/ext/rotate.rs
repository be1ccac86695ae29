//! Rotates a key, so that no step leaves anybody without a working key.

use std::fmt;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use reqwest::StatusCode;

use crate::error::OneLine;
use crate::types::{Key, KeyCreate, KeyWithSecret};
use crate::{Client, Error, ErrorKind, PathSegment, Timestamp};

impl Client {
    /// Replaces an API key: makes one with the same scopes, tags and expiration date, sees that it is there, and then
    /// deletes the old one.
    ///
    /// The new key's comment is the old one's and a mark that is unique to this rotation. When the response with
    /// the key is lost, the key is looked for by that mark instead of being made again. Where the old key is the one that
    /// this client uses, exchange it afterwards: [`set_credentials`](Self::set_credentials).
    ///
    /// Dropping the future half-way can leave the new key, with its mark, beside the old one.
    ///
    /// ```no_run
    /// # async fn example(client: deepgram_mgmt::Client) {
    /// match client.rotate_key("project id", "key id").await {
    ///     Ok(new) => println!("the new key is {:?}", new.api_key_id),
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
        project_id: impl AsRef<str>,
        key_id: impl AsRef<str>,
    ) -> Result<KeyWithSecret, RotateKeyError> {
        let (project_id, key_id) = (project_id.as_ref(), key_id.as_ref());
        let old = self.get_project_key().project_id(project_id).key_id(key_id).send().await;
        let old = old.map_err(|error| RotateKeyError::new(error, key_id, Created::No))?.into_inner();
        if old.scopes.is_empty() {
            // The new one would open nothing, and the old one would be deleted for it.
            return Err(RotateKeyError::new(incomplete("old", "scopes"), key_id, Created::No));
        }
        let mark = new_mark();
        let request = successor(&old, &mark);
        let created = match self.create_project_key().project_id(project_id).body(request).send().await {
            Ok(created) => created.into_inner(),
            Err(error) => {
                let may_exist = error.maybe_processed();
                let created = if may_exist { self.find_marked(project_id, &mark).await } else { Created::No };
                return Err(RotateKeyError::new(error, key_id, created));
            }
        };
        let with = |created: KeyWithSecret| Created::Yes(Box::new(created));
        if let Err(error) = self.verify(project_id, &created).await {
            let created = match created.api_key_id.clone() {
                _ if has_secret(&created) => with(created),
                Some(id) => Created::WithoutSecret(id),
                None => self.find_marked(project_id, &mark).await,
            };
            return Err(RotateKeyError::new(error, key_id, created));
        }
        match self.delete_project_key().project_id(project_id).key_id(key_id).send().await {
            Ok(_) => Ok(created),
            // An earlier attempt of this very deletion has done it.
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) && error.maybe_processed() => Ok(created),
            Err(error) => Err(RotateKeyError::new(error, key_id, with(created))),
        }
    }

    /// The new key has an id and a secret, and the server knows it.
    async fn verify(&self, project_id: &str, created: &KeyWithSecret) -> Result<(), Error> {
        let id: PathSegment = created
            .api_key_id
            .as_deref()
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| incomplete("new", "a usable id"))?;
        if !has_secret(created) {
            return Err(incomplete("new", "its secret"));
        }
        self.get_project_key().project_id(project_id).key_id(id).send().await.map(drop)
    }

    /// Looks for a key that may have been made.
    async fn find_marked(&self, project_id: &str, mark: &str) -> Created {
        let Ok(keys) = self.list_project_keys().project_id(project_id).send().await else {
            return Created::Unknown(mark.to_owned());
        };
        let is_marked = |key: &Key| key.comment.as_ref().is_some_and(|comment| comment.contains(mark));
        match keys.into_inner().api_keys.into_iter().find(is_marked) {
            Some(Key { api_key_id: Some(id), .. }) => Created::WithoutSecret(id),
            // It may still be on its way.
            _ => Created::Unknown(mark.to_owned()),
        }
    }
}

/// The error of a response whose key lacks something that a rotation needs.
fn incomplete(which: &str, what: &str) -> Error {
    let message = format!("the {which} key came without {what}");
    Error::new(ErrorKind::Decode).with_operation("rotate_key").with_message(Some(message))
}

fn has_secret(key: &KeyWithSecret) -> bool {
    key.key.as_ref().is_some_and(|secret| !secret.expose_secret().is_empty())
}

/// Makes a mark that no other rotation puts into a comment: `[rotation 2026-09-15T11:32:22Z 0badf00d]`.
fn new_mark() -> String {
    format!("[rotation {} {:08x}]", Timestamp::from(DateTime::<Utc>::from(SystemTime::now())), fastrand::u32(..))
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
        scopes: old.scopes.clone(),
        tags: old.tags.clone(),
        expiration_date: old.expiration_date,
        time_to_live_in_seconds: None,
    }
}

/// The error of a rotation: what failed, and which keys exist.
#[derive(Debug)]
pub struct RotateKeyError {
    source: Error,
    old_key_id: String,
    created: Created,
}

/// The state of the new key, as far as it is known.
#[derive(Debug)]
enum Created {
    No,
    Yes(Box<KeyWithSecret>),
    /// It exists, and its secret did not arrive.
    WithoutSecret(String),
    /// It may exist; its comment would hold this mark.
    Unknown(String),
}

impl RotateKeyError {
    fn new(source: Error, old_key_id: &str, created: Created) -> Self {
        Self { source, old_key_id: old_key_id.to_owned(), created }
    }

    /// The new key, where there is one and its secret arrived. The old one may exist beside it.
    #[must_use]
    pub fn into_new_key(self) -> Option<KeyWithSecret> {
        match self.created {
            Created::Yes(key) => Some(*key),
            _ => None,
        }
    }

    /// The id of the new key, where one is known to exist.
    #[must_use]
    pub fn new_key_id(&self) -> Option<&str> {
        match &self.created {
            Created::Yes(key) => key.api_key_id.as_deref(),
            Created::WithoutSecret(id) => Some(id),
            Created::No | Created::Unknown(_) => None,
        }
    }

    /// The call that failed.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.source
    }
}

impl fmt::Display for RotateKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, old_key_id, created } = self;
        let old_key_id = OneLine(old_key_id);
        write!(f, "the key was not rotated: {source}; ")?;
        match created {
            Created::No => write!(f, "no new key was made and the old key {old_key_id} was not touched"),
            Created::Yes(key) => {
                let id = OneLine(key.api_key_id.as_deref().unwrap_or("(no id)"));
                let kept = match source.operation() {
                    Some("delete_project_key") if source.status() == Some(StatusCode::NOT_FOUND) => "is gone",
                    Some("delete_project_key") => "may still exist",
                    _ => "was not touched",
                };
                write!(f, "the new key {id} exists and is in this error, the old key {old_key_id} {kept}")
            }
            Created::WithoutSecret(id) => {
                let id = OneLine(id);
                write!(
                    f,
                    "the new key {id} exists and its secret is lost: delete it; the old key {old_key_id} was not touched"
                )
            }
            Created::Unknown(mark) => {
                write!(f, "a new key may exist, with `{mark}` in its comment; the old key {old_key_id} was not touched")
            }
        }
    }
}

impl std::error::Error for RotateKeyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
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
        assert_eq!((new.scopes, new.tags, new.expiration_date), (old.scopes, old.tags, old.expiration_date));
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
