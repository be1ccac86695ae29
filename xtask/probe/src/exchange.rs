//! The exchanges of a walk: requests and their responses, as they are compared and recorded.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The placeholder of an invalid media type.
pub(crate) const NO_MEDIA_TYPE: &str = "no media type";

/// A request and its response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The operation's path, with its parameters in braces.
    pub path: String,
    /// Whether the request was meant to get an error response.
    pub provoked: bool,
    /// The status of the response.
    pub status: u16,
    /// Its media type, without parameters, where it names one.
    pub content_type: Option<String>,
    /// Its body.
    pub content: Content,
}

/// The content of a response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// No body.
    Nothing,
    /// JSON, whatever its media type says.
    Json(Value),
    /// Something that is not JSON; nothing of it is kept.
    Other,
}

impl Exchange {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// The responses of a walk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Walk {
    /// Every response, in order.
    pub exchanges: Vec<Exchange>,
    /// Requests that got no response, or one that says nothing of the operation: no permission, too many requests.
    pub untold: Vec<String>,
    /// Operations that were not asked, and why.
    pub skipped: Vec<String>,
}
