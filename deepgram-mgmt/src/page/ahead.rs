//! Pages that are read ahead, and the check that nothing is lost by it.
//!
//! A record that arrives moves all others down. Pages that are looked up in order repeat what moved; but if a page is
//! looked up before the record came and the page before it after, what moved from the one to the other is on neither.
//! So as long as records may arrive, a page is handed on when a page before it, read once more after it was answered,
//! is still the same: then nothing came between them. If it is not, all but the first page of those that wait, which
//! follows what has been handed on in any case, are read again.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::Poll;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesOrdered, StreamExt};
use progenitor_client::ResponseValue;

use super::ResumePoint;
use super::log::{Log, is_short};
use crate::Error;
use crate::builder::ListProjectRequests;
use crate::types::RequestList;

type Answer = Result<ResponseValue<RequestList>, Error>;

/// Reads pages ahead, and hands them on in order.
pub(super) struct Ahead<'a> {
    request: ListProjectRequests<'a>,
    /// The first page that has not been asked for.
    next: ResumePoint,
    concurrency: usize,
    in_flight: FuturesOrdered<BoxFuture<'a, (ResumePoint, Answer)>>,
    /// Answered, and not checked.
    waiting: VecDeque<(ResumePoint, Answer)>,
    /// Good to be handed on.
    ready: VecDeque<(ResumePoint, Answer)>,
    /// The page that is read once more, and what was on it. All that has been asked for since is no older than it.
    anchor: (u64, u64),
    /// The one that is under way, and how many of those that wait had been answered when it began.
    check: Option<(BoxFuture<'a, Answer>, usize)>,
    /// The first page that was asked for when the log had come to rest: from here nothing is checked.
    settled_from: Option<u64>,
}

enum Event {
    Page(ResumePoint, Answer),
    Checked(Answer, usize),
}

impl<'a> Ahead<'a> {
    /// From `next`; the page before it has the number and the digest of `anchor`.
    pub(super) fn new(
        request: ListProjectRequests<'a>,
        next: ResumePoint,
        concurrency: usize,
        anchor: (u64, u64),
    ) -> Self {
        Self {
            request,
            // One at a time is in order.
            settled_from: (concurrency == 1).then_some(next.page),
            next,
            concurrency,
            in_flight: FuturesOrdered::new(),
            waiting: VecDeque::new(),
            ready: VecDeque::new(),
            anchor,
            check: None,
        }
    }

    /// The answer for the page that follows those taken in by `log`.
    pub(super) async fn answer(&mut self, log: &Log) -> Option<(ResumePoint, Answer)> {
        if log.is_settled() {
            self.settled_from.get_or_insert(self.next.page);
        }
        loop {
            while self.waiting.front().is_some_and(|(at, _)| self.settled_from.is_some_and(|from| at.page >= from)) {
                self.ready.extend(self.waiting.pop_front());
            }
            if let Some(answer) = self.ready.pop_front() {
                return Some(answer);
            }
            self.ask();
            self.begin_check();
            match self.event().await? {
                Event::Page(at, answer) => self.waiting.push_back((at, answer)),
                Event::Checked(again, covered) => {
                    if again.is_ok_and(|again| log.digest(&again.requests) == self.anchor.1) {
                        self.ready.extend(self.waiting.drain(..covered));
                        self.anchor_at_last(log);
                    } else {
                        // Dropping them ends those calls.
                        self.in_flight = FuturesOrdered::new();
                        self.waiting.truncate(1);
                        self.ready.append(&mut self.waiting);
                        self.next.page = self.ready.back()?.0.page + 1;
                        self.anchor_at_last(log);
                    }
                }
            }
        }
    }

    /// Asks for pages, until the last is known: as many as may be in flight, and no more than as many again are held.
    fn ask(&mut self) {
        while self.in_flight.len() < self.concurrency
            && self.in_flight.len() + self.waiting.len() < 2 * self.concurrency
            && !self.knows_last()
            && let Some(after) = self.next.page.checked_add(1)
        {
            let at = self.next.clone();
            self.next.page = after;
            let answer = self.request.clone().page(at.page).send();
            self.in_flight.push_back(async move { (at, answer.await) }.boxed());
        }
    }

    /// Whether nothing can follow what waits: the end of the log, or an error.
    fn knows_last(&self) -> bool {
        self.waiting.back().is_some_and(|(_, answer)| {
            answer.as_ref().map_or(true, |answer| answer.requests.is_empty() || is_short(answer))
        })
    }

    /// Reads the anchor once more, beside the pages in flight, when as many as those wait, or all there are.
    fn begin_check(&mut self) {
        let is_due = self.waiting.len() >= self.concurrency || self.in_flight.is_empty() || self.knows_last();
        if self.check.is_none() && is_due && !self.waiting.is_empty() {
            let again = self.request.clone().page(self.anchor.0).send();
            self.check = Some((again.boxed(), self.waiting.len()));
        }
    }

    /// The next page, or the outcome of the check.
    async fn event(&mut self) -> Option<Event> {
        poll_fn(|cx| {
            if let Poll::Ready(Some((at, answer))) = self.in_flight.poll_next_unpin(cx) {
                return Poll::Ready(Some(Event::Page(at, answer)));
            }
            let Some((again, covered)) = &mut self.check else {
                return if self.in_flight.is_empty() { Poll::Ready(None) } else { Poll::Pending };
            };
            let covered = *covered;
            again.poll_unpin(cx).map(|again| {
                self.check = None;
                Some(Event::Checked(again, covered))
            })
        })
        .await
    }

    /// From here on the last of what is ready is read once more: it is of the same moment as what came before.
    fn anchor_at_last(&mut self, log: &Log) {
        if let Some((at, Ok(answer))) = self.ready.back() {
            self.anchor = (at.page, log.digest(&answer.requests));
        }
    }
}
