//! Pages that are read ahead, in order, so that nothing is lost where records move meanwhile.
//!
//! A record that arrives moves all others down. A page looked up after that repeats, at its beginning, what the page
//! before it held; but where the page after it was looked up earlier, what moved from the one to the other is on neither.
//! So a page that repeats records, or holds only newer ones, tells that something arrived: what was asked for beyond it
//! is asked for anew, now that it has been answered. As long as no page does, nothing arrived between any two of them:
//! all of them were asked for after the first had been answered, so what one of them has missed would show in one that
//! comes before it.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesOrdered, StreamExt};
use progenitor_client::ResponseValue;

use super::ResumePoint;
use crate::Error;
use crate::builder::ListProjectRequests;
use crate::types::RequestList;

type Answer = Result<ResponseValue<RequestList>, Error>;

/// Reads pages ahead, and hands them on in order.
pub(super) struct Ahead<'a> {
    request: ListProjectRequests<'a>,
    /// The first page that has not been asked for.
    next: ResumePoint,
    /// How many pages may be asked for and not handed on.
    concurrency: usize,
    /// How many are, for the time being.
    width: usize,
    /// The first page that was asked for when the log had come to rest: from here none can move.
    settled_from: Option<u64>,
    /// Asked for and not handed on: under way, or answered and held.
    pages: FuturesOrdered<BoxFuture<'a, (ResumePoint, Answer)>>,
}

impl<'a> Ahead<'a> {
    /// From `next`, which follows a page that has been answered.
    pub(super) fn new(request: ListProjectRequests<'a>, next: ResumePoint, concurrency: usize) -> Self {
        let pages = FuturesOrdered::new();
        Self { request, next, concurrency, width: concurrency, settled_from: None, pages }
    }

    /// The answer for the page after the one that was handed on last. Once `is_settled`, no record arrives any more.
    pub(super) async fn answer(&mut self, is_settled: bool) -> Option<(ResumePoint, Answer)> {
        if is_settled {
            self.settled_from.get_or_insert(self.next.page);
        }
        while self.pages.len() < self.width
            && let Some(after) = self.next.page.checked_add(1)
        {
            let at = self.next.clone();
            self.next.page = after;
            let answer = self.request.clone().page(at.page).send();
            self.pages.push_back(async move { (at, answer.await) }.boxed());
        }
        self.pages.next().await
    }

    /// Says whether the page before `next`, which was handed on last, shows that records have moved. Then all from `next`
    /// on is read anew: one page at first, for more may be arriving, and twice as many after each that shows nothing.
    pub(super) fn heed(&mut self, have_moved: bool, next: &ResumePoint) {
        if have_moved && self.settled_from.is_none_or(|from| next.page <= from) {
            // Dropping them ends those calls.
            self.pages = FuturesOrdered::new();
            self.next = next.clone();
            (self.width, self.settled_from) = (1, None);
        } else {
            self.width = self.width.saturating_mul(2).min(self.concurrency);
        }
    }
}
