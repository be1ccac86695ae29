//! The result of a request: a response, or the reason why it is rejected.

use std::fmt;

use axum::http::StatusCode;
use serde_json::Value;

use crate::state::NotFound;

/// Status and body as they are sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Response {
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

impl Response {
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

/// The reason why a request is rejected. A dialect makes an error response of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Rejection {
    Unauthorized(String),
    BadQuery(String),
    BadBody(String),
    /// The body is longer than the sandbox takes.
    TooLarge(String),
    /// The body takes longer than the sandbox waits.
    TooSlow(String),
    /// The text of a fault that a request asks for is wrong.
    BadFault(String),
    /// A fault on purpose; in seconds.
    TooManyRequests {
        retry_after: u32,
    },
    /// As of too many requests.
    Unavailable {
        retry_after: Option<u32>,
    },
    NotFound(String),
    /// An identifier in the path that cannot be one.
    NotAnId(String),
    /// The methods that the path does have, separated by commas.
    MethodNotAllowed(String),
    /// The sandbox itself is at fault: its code and the document disagree.
    Fault(String),
}

impl From<NotFound> for Rejection {
    fn from(NotFound(what): NotFound) -> Self {
        Self::NotFound(format!("no such {what}"))
    }
}
