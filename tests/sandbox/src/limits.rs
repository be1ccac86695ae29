//! The limits of the sandbox: the size of input, and the time that it waits for more.

use std::time::Duration;

/// The bounds of one sandbox. Tests have smaller ones; [`Limits::STATED`] are the documented ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of a request's line and headers.
    pub(crate) head: usize,
    /// Bytes of a request's body.
    pub(crate) body: usize,
    /// For a head from the end of the request before, for a body, and for a client that takes no more of a response.
    pub(crate) time: Duration,
    /// Open at once; further ones wait to be accepted.
    pub(crate) connections: usize,
    /// Requests that are kept.
    pub(crate) requests: usize,
    /// Bytes of the requests that are kept.
    pub(crate) kept: usize,
}

impl Limits {
    pub(crate) const STATED: Self = Self {
        head: 64 * 1024,
        body: 1024 * 1024,
        time: Duration::from_secs(10),
        connections: 512,
        requests: 10_000,
        kept: 64 * 1024 * 1024,
    };
}
