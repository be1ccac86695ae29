//! A place in the request log, from which reading goes on.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// A place in the request log. To go on from it, set what it holds: [`end`], and [`cursor`] or else [`start_page`]. It can
/// be kept, by `serde`.
///
/// A reading that goes on from it knows nothing of the one before: where records have arrived or were written late
/// meanwhile, those that moved from the pages before come again. None is lost; tell them by their request id.
///
/// [`end`]: crate::builder::ListProjectRequests::end
/// [`cursor`]: crate::builder::ListProjectRequests::cursor
/// [`start_page`]: crate::Pages::start_page
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ResumePoint {
    /// The number of the page, counted from 0.
    pub page: u64,
    /// The cursor of the page, where the log is read by cursors.
    pub cursor: Option<String>,
    /// Up to when the log is read: the caller's `end`, or the one that the first response set.
    pub end: Option<Timestamp>,
}
