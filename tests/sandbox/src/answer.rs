//! What a request comes to: an answer, or the reason it is refused.

use std::fmt;

use axum::http::StatusCode;
use serde_json::Value;

use crate::state::NotFound;

/// Status and body as they go over the wire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) content: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    None,
    Json(Value),
    Text(String),
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Json(value) => value.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

impl Answer {
    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self { status, content: Content::Json(body) }
    }

    pub(crate) fn text(status: StatusCode, body: String) -> Self {
        Self { status, content: Content::Text(body) }
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, content: Content::None }
    }
}

/// Why a request gets no answer of its operation, before a dialect gives it a status and a body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Refusal {
    Unauthorized(String),
    BadQuery(String),
    BadBody(String),
    /// The body is longer than the sandbox takes.
    TooLarge(String),
    /// The body takes longer than the sandbox waits.
    TooSlow(String),
    NotFound(String),
    /// An identifier in the path that cannot be one.
    NotAnId(String),
    /// The methods that the path does have, separated by commas.
    MethodNotAllowed(String),
    /// The sandbox itself is at fault: its code and the document disagree.
    Fault(String),
}

impl From<NotFound> for Refusal {
    fn from(NotFound(what): NotFound) -> Self {
        Self::NotFound(format!("no such {what}"))
    }
}
