//! An entry of the request log that does not decode.

use std::fmt;

use super::{Mask, Timestamp};

/// An entry of the request log that does not decode as a record.
///
/// It prints its place, its request id and the reason, and nothing else of what it holds.
#[derive(Clone, PartialEq, Eq)]
pub struct BadEntry {
    pub(crate) index: usize,
    /// Its place among those entries of the page that are handed on.
    pub(crate) position: usize,
    /// As the server sent it: identifies the entry.
    pub(crate) id: Option<Box<str>>,
    /// The same as it may be printed.
    pub(crate) request_id: Option<Box<str>>,
    pub(crate) created: Option<Timestamp>,
    pub(crate) reason: Box<str>,
    pub(crate) json: Box<str>,
}

impl BadEntry {
    /// Its place among the entries of the response, counted from 0, with those that the stream leaves out.
    #[must_use]
    pub fn index(&self) -> usize {
        self.index
    }

    /// The id of the request that it records, where that can be read; with the client's own credential masked.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Where it is not as documented, and what was expected there. Repeats no value of it.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The entry as the server sent it, spaces and line breaks included; only bytes that are not UTF-8 are replaced, by
    /// U+FFFD. Nothing is masked. It is in no text that an error prints.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The entry without the credential in what it prints.
    pub(crate) fn masked(mut self, mask: &Mask) -> Self {
        let text = |text: Box<str>| mask.text(&text).into_boxed_str();
        self.request_id = self.request_id.map(text);
        self.reason = text(self.reason);
        self
    }
}

/// Without its JSON, which may hold a secret.
impl fmt::Debug for BadEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BadEntry")
            .field("index", &self.index)
            .field("request_id", &self.request_id)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}
