//! Pages that are read ahead, in order, so that nothing is lost where records move meanwhile.
//!
//! A record that arrives moves all others down. A page looked up after that repeats, at its beginning, what the page
//! before it held; but where the page after it was looked up earlier, what moved from the one to the other is on neither.
//! So a page that repeats records, or holds only newer ones, tells that something arrived: what was asked for beyond it
//! is asked for anew, now that it has been answered. As long as no page does, nothing arrived above them between any two
//! of them: all of them were asked for after the first had been answered, so what one of them has missed would show in
//! one that comes before it.
//!
//! What no page shows is a record that is written late, into the middle of a page in flight.

use std::collections::VecDeque;
use std::panic::resume_unwind;

use progenitor_client::ResponseValue;
use tokio::task::JoinHandle;
use tracing::Instrument;
use tracing::instrument::WithSubscriber;

use super::ResumePoint;
use super::log::Arrivals;
use crate::builder::ListProjectRequests;
use crate::types::RequestList;
use crate::{Error, ErrorKind};

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
    /// The first page that was asked for when the log had come to rest.
    settled_from: Option<u64>,
    /// Asked for and not handed on: under way, or answered and held.
    calls: VecDeque<(ResumePoint, Call)>,
}

impl<'a> Ahead<'a> {
    /// From `next`, which follows a page that has been answered.
    pub(super) fn new(request: ListProjectRequests<'a>, next: ResumePoint, concurrency: usize) -> Self {
        Self { request, next, concurrency, width: concurrency, settled_from: None, calls: VecDeque::new() }
    }

    /// The answer for the page after the one that was handed on last. Once `is_settled`, no record is expected any more.
    pub(super) async fn answer(&mut self, is_settled: bool) -> Option<(ResumePoint, Answer)> {
        if is_settled {
            self.settled_from.get_or_insert(self.next.page);
        }
        while self.calls.len() < self.width
            && let Some(after) = self.next.page.checked_add(1)
        {
            let at = self.next.clone();
            self.next.page = after;
            let call = Call::start(self.request.clone().page(at.page));
            self.calls.push_back((at, call));
        }
        let (at, call) = self.calls.pop_front()?;
        Some((at, call.answer().await))
    }

    /// Says what the page before `next`, which was handed on last, shows of records that have come. Where some have, all
    /// from `next` on is read anew: one page at first, for more may be arriving, and twice as many after each that shows
    /// nothing. Where it cannot show any, the same is done until none is expected.
    pub(super) fn heed(&mut self, arrivals: Arrivals, next: &ResumePoint) {
        let reads_anew = match arrivals {
            Arrivals::None => false,
            Arrivals::Some => true,
            Arrivals::Unknown => self.settled_from.is_none_or(|from| next.page <= from),
        };
        if reads_anew {
            self.calls.clear();
            self.next = next.clone();
            (self.width, self.settled_from) = (1, None);
        } else {
            self.width = self.width.saturating_mul(2).min(self.concurrency);
        }
    }
}

/// A call that the runtime drives: its time limits run from the start, and whoever reads the stream may take longer
/// than that for what came before. Dropping it ends the call.
struct Call(JoinHandle<Answer>);

impl Call {
    fn start(request: ListProjectRequests<'_>) -> Self {
        // A task owns what it works on. Of the request, it takes all but the borrowed client.
        let client = request.client.clone();
        let call = async move { ListProjectRequests { client: &client, ..request }.send().await };
        Self(tokio::spawn(call.in_current_span().with_current_subscriber()))
    }

    async fn answer(mut self) -> Answer {
        (&mut self.0).await.unwrap_or_else(|error| match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // No one else ends the task.
            Err(_) => Err(Error::new(ErrorKind::Connection)
                .with_operation("list_project_requests")
                .with_message(Some("the runtime that the stream was first polled in has ended".to_owned()))),
        })
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.0.abort();
    }
}
