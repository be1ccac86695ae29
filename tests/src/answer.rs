//! What a request comes to: an answer, or the reason it is refused.

use axum::http::StatusCode;
use serde_json::Value;

use crate::state::NotFound;

/// Status and body as they go over the wire.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Option<Value>,
}

impl Answer {
    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self { status, body: Some(body) }
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, body: None }
    }
}

/// Why a request gets no answer of its operation, before a dialect gives it a status and a body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Refusal {
    Unauthorized(String),
    BadRequest(String),
    NotFound(String),
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
