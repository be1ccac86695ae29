//! The requests seen so far, as they were sent.

use std::collections::VecDeque;
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
    /// The body; empty if there was none, or if it was not read: before a 401, and where it is too long or too slow.
    pub body: Vec<u8>,
}

impl SeenRequest {
    /// The first value of a header; its name is compared without regard to case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Bytes that it takes to keep.
    pub(crate) fn size(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        size_of::<Self>() + self.path.len() + self.query.as_ref().map_or(0, String::len) + headers + self.body.len()
    }

    /// The body as JSON; `Null` if it is empty or not JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// The newest entries that many connections have added.
#[derive(Debug)]
pub(crate) struct Log<T> {
    entries: Mutex<Entries<T>>,
    /// How many are kept.
    most: usize,
    /// How many bytes are kept, and how many an entry is.
    bytes: usize,
    size: fn(&T) -> usize,
}

#[derive(Debug)]
struct Entries<T> {
    kept: VecDeque<T>,
    bytes: usize,
}

impl<T: Clone> Log<T> {
    pub(crate) fn new(most: usize, bytes: usize, size: fn(&T) -> usize) -> Self {
        Self { entries: Mutex::new(Entries { kept: VecDeque::new(), bytes: 0 }), most, bytes, size }
    }

    /// Adds an entry, and forgets the oldest ones beyond the bounds.
    pub(crate) fn add(&self, entry: T) {
        let mut entries = self.entries();
        entries.bytes += (self.size)(&entry);
        entries.kept.push_back(entry);
        while entries.kept.len() > self.most || entries.bytes > self.bytes {
            let Some(oldest) = entries.kept.pop_front() else { break };
            entries.bytes -= (self.size)(&oldest);
        }
    }

    pub(crate) fn all(&self) -> Vec<T> {
        self.entries().kept.iter().cloned().collect()
    }

    pub(crate) fn take(&self) -> Vec<T> {
        let mut entries = self.entries();
        entries.bytes = 0;
        std::mem::take(&mut entries.kept).into()
    }

    /// A panic elsewhere leaves the list whole, so a poisoned lock is no reason to lose it.
    fn entries(&self) -> MutexGuard<'_, Entries<T>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
