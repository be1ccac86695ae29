//! Reads pages ahead, by number, and hands them on in order.
//!
//! # No record is lost
//!
//! The server looks pages up in any order. The *shift* of a page is the number of records that arrived above the ones it
//! holds, from the first response until the page was looked up; it never shrinks with time. Two pages in a row leave a gap
//! only where the second was looked up earlier, at a smaller shift.
//!
//! Every call in flight starts after some page has been handed on, the *base*, so none has a smaller shift than the base.
//! While each page handed on is *quiescent*, which means that [`PageTracker`](super::tracker::PageTracker) proves its shift
//! to be that of the page before it, each has the shift of the base, and the next page has no smaller one: there is no gap.
//! A page that is not quiescent becomes the new base: the calls in flight are dropped, and those pages are requested again.

use std::collections::VecDeque;
use std::panic::resume_unwind;

use tokio::task::JoinHandle;
use tracing::Instrument;
use tracing::instrument::WithSubscriber;

use super::response::{OPERATION, Received, receive};
use crate::builder::ListProjectRequests;
use crate::{Error, ErrorKind, ResponseValue};

type Response = Result<ResponseValue<Received>, Error>;

/// Keeps pages in flight.
pub(super) struct ReadAhead {
    /// The most pages that may be requested and not handed on.
    concurrency: usize,
    /// How many may be at present.
    window: usize,
    /// The pages after the one handed on last, in order: in flight, or received and held.
    calls: VecDeque<Call>,
}

impl ReadAhead {
    pub(super) fn new(concurrency: usize) -> Self {
        Self { concurrency, window: concurrency, calls: VecDeque::new() }
    }

    /// The response for a page: the one after the page handed on last.
    pub(super) async fn response(&mut self, request: &ListProjectRequests<'_>, page: u64) -> Response {
        let start = |page| Call::start(request.clone().page(page));
        let call = self.calls.pop_front().unwrap_or_else(|| start(page));
        let in_flight = u64::try_from(self.calls.len()).unwrap_or(u64::MAX);
        let mut next = page.checked_add(1).and_then(|next| next.checked_add(in_flight));
        while self.calls.len() + 1 < self.window
            && let Some(page) = next
        {
            self.calls.push_back(start(page));
            next = page.checked_add(1);
        }
        call.response().await
    }

    /// Takes in whether the page handed on last is quiescent. If not, every page after it is requested again: one at
    /// first, for more records may be arriving, and twice as many after each quiescent page.
    pub(super) fn observe(&mut self, is_quiescent: bool) {
        if is_quiescent {
            self.window = self.window.saturating_mul(2).min(self.concurrency);
        } else {
            self.calls.clear();
            self.window = 1;
        }
    }
}

/// A call that the runtime drives: its time limits run from the start, and the reader of the stream may take longer than
/// that for the pages before. Dropping it ends the call.
struct Call(JoinHandle<Response>);

impl Call {
    fn start(request: ListProjectRequests<'_>) -> Self {
        // A task owns what it works on. Of the request, it takes all but the borrowed client.
        let client = request.client.clone();
        let call = async move { receive(ListProjectRequests { client: &client, ..request }).await };
        Self(tokio::spawn(call.in_current_span().with_current_subscriber()))
    }

    async fn response(mut self) -> Response {
        (&mut self.0).await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // No one else ends the task.
            Err(_) => Err(Error::new(ErrorKind::Connection)
                .with_operation(OPERATION)
                .with_message(Some("the runtime that the stream was first polled in has ended".to_owned()))),
        })
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.0.abort();
    }
}
