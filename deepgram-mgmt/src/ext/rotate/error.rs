//! The error of a rotation: why it ended early, and which keys exist.

use std::error::Error as StdError;
use std::fmt;

use reqwest::StatusCode;

use crate::Error;
use crate::error::OneLine;
use crate::types::KeyWithSecret;
use crate::values::{Mask, Secret};

/// A rotation that ended early: why, and which keys exist.
///
/// Prints as one line, without the client's credential, which is masked (`…`) where the server gave it for an id, and
/// without the new secret, which is masked where a response repeats it.
pub struct RotateKeyError {
    /// The method that was called.
    operation: &'static str,
    cause: Cause,
    old_key_id: String,
    created: Created,
    /// The ids of the old key and of the new one without the client's credential.
    shown_ids: Box<[String; 2]>,
}

/// The reason why a rotation ended early.
#[derive(Debug)]
pub(super) enum Cause {
    /// A call failed, or its response is one that a rotation cannot go on with.
    Call(Error),
    /// The caller could not keep the new key.
    Keep(Box<dyn StdError + Send + Sync>),
    /// The new key is one of the member who leaves.
    LeaverOwns,
}

/// The reason why the credential of a member who leaves creates no successor.
pub(super) const OWN_CREDENTIAL: &str = "the credential is of the member who leaves: what it creates is disabled with the \
                                         member; use the credential of a member who stays";

impl Cause {
    /// The cause without a secret in what a server said.
    pub(super) fn masked(self, mask: &Mask) -> Self {
        match self {
            Self::Call(error) => Self::Call(error.masked(mask)),
            other => other,
        }
    }
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
            Self::LeaverOwns => f.write_str(OWN_CREDENTIAL),
        }
    }
}

/// The state of the new key.
pub(super) enum Created {
    No,
    /// It was made, and is deleted again.
    Undone,
    /// It cannot take the old key's place, and deleting it again failed.
    NotUndone(Box<KeyWithSecret>, Error),
    Yes(Box<KeyWithSecret>),
    /// It may exist, with this mark in its comment. The response had its secret and the id of the old key.
    Unnamed(Box<KeyWithSecret>, String),
    /// It exists, and its secret did not arrive.
    WithoutSecret(String),
    /// It may exist; its comment would hold this mark.
    Unknown(String),
}

impl Created {
    /// The secret of the new key, if it is known.
    pub(super) fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Yes(key) | Self::NotUndone(key, _) | Self::Unnamed(key, _) => Some(&key.key),
            Self::No | Self::Undone | Self::WithoutSecret(_) | Self::Unknown(_) => None,
        }
    }

    /// The state without a secret in what a server said.
    pub(super) fn masked(self, mask: &Mask) -> Self {
        match self {
            Self::NotUndone(key, error) => Self::NotUndone(key, error.masked(mask)),
            other => other,
        }
    }

    fn id(&self) -> Option<&str> {
        match self {
            Self::Yes(key) | Self::NotUndone(key, _) => Some(&key.api_key_id),
            Self::WithoutSecret(id) => Some(id),
            Self::No | Self::Undone | Self::Unnamed(..) | Self::Unknown(_) => None,
        }
    }
}

impl RotateKeyError {
    pub(super) fn new(
        operation: &'static str,
        cause: Cause,
        old_key_id: &str,
        created: Created,
        mask: impl Fn(&str) -> String,
    ) -> Self {
        let shown_ids = Box::new([old_key_id, created.id().unwrap_or("(no id)")].map(mask));
        Self { operation, cause, old_key_id: old_key_id.to_owned(), created, shown_ids }
    }

    /// An argument from which no request can be made.
    pub(crate) fn invalid_request(operation: &'static str, problem: impl fmt::Display) -> Self {
        let error = Error::invalid_request(operation, problem);
        Self::new(operation, error.into(), "", Created::No, str::to_owned)
    }

    /// The new key, where its secret arrived. The old one may exist beside it.
    #[must_use]
    pub fn into_new_key(self) -> Option<KeyWithSecret> {
        self.new_key().cloned()
    }

    /// As [`into_new_key`](Self::into_new_key), and keeps the error.
    #[must_use]
    pub fn new_key(&self) -> Option<&KeyWithSecret> {
        match &self.created {
            Created::Yes(key) | Created::NotUndone(key, _) | Created::Unnamed(key, _) => Some(key),
            Created::No | Created::Undone | Created::WithoutSecret(_) | Created::Unknown(_) => None,
        }
    }

    /// The id of the old key; empty if it cannot stand in a request.
    #[must_use]
    pub fn old_key_id(&self) -> &str {
        &self.old_key_id
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

    /// The call that failed, or whose response is one that a rotation cannot go on with; `None` if the new key was not kept,
    /// or is owned by the member who leaves.
    #[must_use]
    pub fn call(&self) -> Option<&Error> {
        match &self.cause {
            Cause::Call(error) => Some(error),
            Cause::Keep(_) | Cause::LeaverOwns => None,
        }
    }

    /// The rest of a line about two keys.
    fn both_keys(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [old, new] = self.shown_ids.each_ref().map(|id| OneLine(id));
        let call = self.call();
        let is_deletion = call.and_then(Error::operation) == Some("delete_project_key");
        match call.and_then(Error::status) {
            Some(StatusCode::NOT_FOUND) if is_deletion => {
                write!(f, "the new key {new} exists, the old key {old} is gone")
            }
            _ if is_deletion && call.is_some_and(Error::maybe_processed) => {
                write!(f, "the new key {new} exists, the old key {old} may still exist")
            }
            Some(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) if is_deletion => write!(
                f,
                "both keys exist: the new key {new} and the old key {old}; delete the old one with the account that \
                 created it, or with an owner's"
            ),
            _ if is_deletion => {
                write!(f, "both keys exist: the new key {new} and the old key {old}; delete the one that is not needed")
            }
            _ => write!(f, "the new key {new} exists, the old key {old} was not touched"),
        }
    }
}

/// One line: why, and which keys exist. A program that passes on the new key says where it is.
impl fmt::Display for RotateKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, cause, created, shown_ids, .. } = self;
        let [old, new] = shown_ids.each_ref().map(|id| OneLine(id));
        let failed = if *operation == "rotate_key" { "the key was not rotated" } else { "the key has no successor" };
        write!(f, "{failed}: {cause}; ")?;
        match created {
            Created::No => write!(f, "no new key was made and the old key {old} was not touched"),
            Created::Undone => write!(f, "the new key was deleted again and the old key {old} was not touched"),
            Created::NotUndone(_, problem) => {
                write!(
                    f,
                    "the new key {new} exists, and deleting it failed ({problem}): delete it; the old key {old} was not touched"
                )
            }
            Created::Yes(_) => self.both_keys(f),
            Created::WithoutSecret(_) => {
                write!(
                    f,
                    "the new key {new} exists and its secret is lost: delete it; the old key {old} was not touched"
                )
            }
            Created::Unnamed(_, mark) | Created::Unknown(mark) => {
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
            .field("old_key_id", &self.shown_ids[0])
            .field("new_key_id", &self.created.id().map(|_| &self.shown_ids[1]))
            .finish_non_exhaustive()
    }
}

/// Without a source: the line that it prints holds the failed call's. [`RotateKeyError::call`] returns that.
impl std::error::Error for RotateKeyError {}
