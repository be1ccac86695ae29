//! The input of a walk through the request log, and its output.

use reqwest::StatusCode;

use super::entries::Entries;
use super::response::OPERATION;
use crate::builder::ListProjectRequests;
use crate::types::RequestRecord;
use crate::values::{BadEntry, ResumePoint};
use crate::{Error, ErrorKind};

/// One page of the request log.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page {
    /// Its number, counted from 0.
    pub number: u64,
    /// Its records, newest first, without those that came before or arrived meanwhile: possibly none.
    pub records: Vec<RequestRecord>,
    /// Its entries that do not decode as records, in the same order: most often none. [`into_entries`](Self::into_entries)
    /// gives each in its place among the records.
    pub bad: Vec<BadEntry>,
    /// Where the page after it is read from; `None` where this one is known to be the last.
    pub next: Option<ResumePoint>,
    pub(super) origin: Origin,
}

/// The response that a page came in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Origin {
    pub(super) at: ResumePoint,
    pub(super) status: StatusCode,
    pub(super) request_id: Option<String>,
}

impl Page {
    /// Its records and its bad entries in the order of the log.
    pub fn into_entries(self) -> impl Iterator<Item = Result<RequestRecord, BadEntry>> + Send {
        Entries { records: self.records, bad: self.bad }.into_iter()
    }
}

impl Origin {
    /// The error that an entry of its page is in the stream of records.
    pub(super) fn error(&self, bad: BadEntry) -> Error {
        let of = bad.request_id().map(|id| format!(", of request {id}")).unwrap_or_default();
        let message = format!("entry {} of page {}{of}: {}", bad.index(), self.at.page, bad.reason());
        Error::new(ErrorKind::Decode)
            .with_operation(OPERATION)
            .with_status(self.status)
            .with_request_id(self.request_id.clone())
            .with_message(Some(message))
            .with_resume(self.at.clone())
            .with_entry(bad)
    }
}

/// The request that is repeated for each page, and how to walk.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) request: ListProjectRequests<'a>,
    pub(super) start_page: Option<u64>,
    pub(super) concurrency: usize,
}
