//! The requests seen so far, as they came over the wire.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// One request as it came over the wire.
///
/// Its `Debug` shows everything, the credential included: a sandbox is for made-up credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRequest {
    /// The method, in capitals.
    pub method: String,
    /// The path exactly as sent, percent-encoding kept.
    pub path: String,
    /// The query exactly as sent, without its `?`; `None` if there was no `?`.
    pub query: Option<String>,
    /// The headers, names in lower case, repeated ones repeated. Bytes that are not UTF-8 are replaced.
    pub headers: Vec<(String, String)>,
    /// The body; empty if there was none.
    pub body: Vec<u8>,
}

impl SeenRequest {
    /// The first value of a header; its name is compared without regard to case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `Null` if it is empty or not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A list that many connections add to.
#[derive(Debug)]
pub(crate) struct Log<T>(Mutex<Vec<T>>);

impl<T: Clone> Log<T> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    pub(crate) fn add(&self, entry: T) {
        self.entries().push(entry);
    }

    pub(crate) fn all(&self) -> Vec<T> {
        self.entries().clone()
    }

    pub(crate) fn take(&self) -> Vec<T> {
        std::mem::take(&mut *self.entries())
    }

    /// A panic elsewhere leaves the list whole, so a poisoned lock is no reason to lose it.
    fn entries(&self) -> MutexGuard<'_, Vec<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
