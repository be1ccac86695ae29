//! The input of a walk through the request log, and its output.

use crate::builder::ListProjectRequests;
use crate::types::RequestRecord;
use crate::values::ResumePoint;

/// One page of the request log.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page {
    /// Its number, counted from 0.
    pub number: u64,
    /// Its records, newest first, without those that came before or arrived meanwhile: possibly none.
    pub records: Vec<RequestRecord>,
    /// Where the page after it is read from; `None` where this one is known to be the last.
    pub next: Option<ResumePoint>,
}

/// The request that is repeated for each page, and how to walk.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) request: ListProjectRequests<'a>,
    pub(super) start_page: Option<u64>,
    pub(super) concurrency: usize,
}
