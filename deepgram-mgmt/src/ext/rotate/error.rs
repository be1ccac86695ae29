//! The error of a rotation: why it ended early, and which keys exist.

use std::error::Error as StdError;
use std::fmt;

use reqwest::StatusCode;

use crate::Error;
use crate::error::OneLine;
use crate::types::KeyWithSecret;

/// A rotation that ended early: why, and which keys exist.
///
/// Prints as one line, without the client's credential, which is masked (`…`) where the server gave it for an id.
pub struct RotateKeyError {
    cause: Cause,
    old_key_id: String,
    created: Created,
    /// The new key's id without the client's credential.
    shown_id: String,
}

/// The reason why a rotation ended early.
#[derive(Debug)]
pub(super) enum Cause {
    /// A call failed, or its response is one that a rotation cannot go on with.
    Call(Error),
    /// The caller could not keep the new key.
    Keep(Box<dyn StdError + Send + Sync>),
}

impl From<Error> for Cause {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => error.fmt(f),
            Self::Keep(problem) => write!(f, "the new key was not kept: {}", OneLine(&problem.to_string())),
        }
    }
}

/// The state of the new key.
pub(super) enum Created {
    No,
    /// It was made, and is deleted again.
    Undone,
    Yes(Box<KeyWithSecret>),
    /// It may exist, with this mark in its comment. The response had its secret and the id of the old key.
    Unnamed(Box<KeyWithSecret>, String),
    /// It exists, and its secret did not arrive.
    WithoutSecret(String),
    /// It may exist; its comment would hold this mark.
    Unknown(String),
}

impl Created {
    fn id(&self) -> Option<&str> {
        match self {
            Self::Yes(key) => Some(&key.api_key_id),
            Self::WithoutSecret(id) => Some(id),
            Self::No | Self::Undone | Self::Unnamed(..) | Self::Unknown(_) => None,
        }
    }
}

impl RotateKeyError {
    pub(super) fn new(cause: Cause, old_key_id: &str, created: Created, mask: impl Fn(&str) -> String) -> Self {
        let shown_id = mask(created.id().unwrap_or("(no id)"));
        Self { cause, old_key_id: old_key_id.to_owned(), created, shown_id }
    }

    /// An argument from which no request can be made.
    pub(crate) fn invalid_request(operation: &'static str, problem: impl fmt::Display) -> Self {
        let error = Error::invalid_request(operation, problem);
        Self::new(error.into(), "", Created::No, str::to_owned)
    }

    /// The new key, where its secret arrived. The old one may exist beside it.
    #[must_use]
    pub fn into_new_key(self) -> Option<KeyWithSecret> {
        match self.created {
            Created::Yes(key) | Created::Unnamed(key, _) => Some(*key),
            Created::No | Created::Undone | Created::WithoutSecret(_) | Created::Unknown(_) => None,
        }
    }

    /// The id of the new key, where one is known to exist.
    #[must_use]
    pub fn new_key_id(&self) -> Option<&str> {
        self.created.id()
    }

    /// Whether a new key exists, or may exist: then look before another one is made.
    #[must_use]
    pub fn may_have_created(&self) -> bool {
        !matches!(self.created, Created::No | Created::Undone)
    }

    /// The call that failed, or whose response is one that a rotation cannot go on with; `None` if the new key was not kept.
    #[must_use]
    pub fn call(&self) -> Option<&Error> {
        match &self.cause {
            Cause::Call(error) => Some(error),
            Cause::Keep(_) => None,
        }
    }

    /// The rest of a line about two keys, of which the new one is in this error.
    fn both_keys(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (new, old) = (OneLine(&self.shown_id), OneLine(&self.old_key_id));
        let call = self.call();
        let is_deletion = call.and_then(Error::operation) == Some("delete_project_key");
        match call.and_then(Error::status) {
            Some(StatusCode::NOT_FOUND) if is_deletion => {
                write!(f, "the new key {new} exists and is in this error, the old key {old} is gone")
            }
            _ if is_deletion && call.is_some_and(Error::maybe_processed) => {
                write!(f, "the new key {new} exists and is in this error, the old key {old} may still exist")
            }
            Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) if is_deletion => write!(
                f,
                "both keys exist: the new key {new}, which is in this error, and the old key {old}; delete the old one \
                 with the account that created it, or with an owner's"
            ),
            _ if is_deletion => write!(
                f,
                "both keys exist: the new key {new}, which is in this error, and the old key {old}; delete the one \
                 that is not needed"
            ),
            _ => write!(f, "the new key {new} exists and is in this error, the old key {old} was not touched"),
        }
    }
}

impl fmt::Display for RotateKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cause, old_key_id, created, shown_id } = self;
        let (old, new) = (OneLine(old_key_id), OneLine(shown_id));
        write!(f, "the key was not rotated: {cause}; ")?;
        match created {
            Created::No => write!(f, "no new key was made and the old key {old} was not touched"),
            Created::Undone => write!(f, "the new key was deleted again and the old key {old} was not touched"),
            Created::Yes(_) => self.both_keys(f),
            Created::Unnamed(_, mark) => write!(
                f,
                "a new key may exist, with `{mark}` in its comment, and the response is in this error; the old key \
                 {old} was not touched"
            ),
            Created::WithoutSecret(_) => {
                write!(
                    f,
                    "the new key {new} exists and its secret is lost: delete it; the old key {old} was not touched"
                )
            }
            Created::Unknown(mark) => {
                write!(f, "a new key may exist, with `{mark}` in its comment; the old key {old} was not touched")
            }
        }
    }
}

/// As it prints, for a `main` that returns it; the alternate form (`{:#?}`) shows the failed call in full.
impl fmt::Debug for RotateKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return fmt::Display::fmt(self, f);
        }
        f.debug_struct("RotateKeyError")
            .field("cause", &self.cause)
            .field("old_key_id", &self.old_key_id)
            .field("new_key_id", &self.created.id().map(|_| &self.shown_id))
            .finish_non_exhaustive()
    }
}

/// Without a source: the line that it prints holds the failed call's. [`RotateKeyError::call`] returns that.
impl std::error::Error for RotateKeyError {}
