//! The walk through the pages: which one is asked for next, and when.

use std::collections::VecDeque;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, FuturesOrdered, Stream, StreamExt, TryStreamExt};
use progenitor_client::ResponseValue;

use super::log::{Log, window_end};
use super::{Page, Plan, ResumePoint};
use crate::Error;
use crate::builder::ListProjectRequests;
use crate::types::RequestList;

type Answer = Result<ResponseValue<RequestList>, Error>;

/// The first page, and from it what follows.
pub(super) fn run(plan: Plan<'_>) -> impl Stream<Item = Result<Page, Error>> + Send + '_ {
    let Plan { mut request, start_page, concurrency } = plan;
    let first = async move {
        let set_page = request.page.clone().ok().flatten();
        let mut at = ResumePoint {
            page: start_page.or(set_page).unwrap_or(0),
            cursor: request.cursor.clone().ok().flatten(),
            end: request.end.clone().ok().flatten(),
        };
        // What could not be converted stays, to be reported by `send`.
        if request.page.is_ok() {
            request.page = Ok(at.cursor.is_none().then_some(at.page));
        }
        let answer = request.clone().send().await.map_err(|error| error.with_resume(at.clone()))?;
        if at.end.is_none() {
            at.end = window_end(&answer);
            request.end = Ok(at.end);
        }
        let mut log = Log::new(at.end);
        let page = log.take(at, answer)?;
        let rest = match page.as_ref().and_then(|page| page.next.clone()) {
            None => stream::empty().boxed(),
            Some(next) if next.cursor.is_some() => by_cursors(request, next, log).boxed(),
            Some(next) => by_numbers(request, next, concurrency, log).boxed(),
        };
        Ok::<_, Error>(stream::iter(page.map(Ok)).chain(rest))
    };
    stream::once(first).try_flatten()
}

/// The pages after the first, each by the cursor of the one before.
fn by_cursors(
    mut request: ListProjectRequests<'_>,
    next: ResumePoint,
    log: Log,
) -> impl Stream<Item = Result<Page, Error>> + Send + '_ {
    request.page = Ok(None);
    stream::try_unfold(Some((request, next, log)), |state| async {
        let Some((mut request, at, mut log)) = state else { return Ok(None) };
        request.cursor = Ok(at.cursor.clone());
        let answer = request.clone().send().await.map_err(|error| error.with_resume(at.clone()))?;
        Ok(log.take(at, answer)?.map(|page| {
            let state = page.next.clone().map(|next| (request, next, log));
            (page, state)
        }))
    })
}

/// The pages after the first, by their numbers, up to `concurrency` of them in flight.
fn by_numbers(
    request: ListProjectRequests<'_>,
    next: ResumePoint,
    concurrency: usize,
    log: Log,
) -> impl Stream<Item = Result<Page, Error>> + Send + '_ {
    let ahead = Ahead { request, next, concurrency, in_flight: FuturesOrdered::new(), read: VecDeque::new() };
    stream::try_unfold(Some((ahead, log)), |state| async {
        let Some((mut ahead, mut log)) = state else { return Ok(None) };
        let Some((at, answer)) = ahead.answer(&log).await else { return Ok(None) };
        let answer = answer.map_err(|error| error.with_resume(at.clone()))?;
        Ok(log.take(at, answer)?.map(|page| {
            // Dropping what is in flight ends those calls.
            let state = page.next.is_some().then_some((ahead, log));
            (page, state)
        }))
    })
}

/// Pages that are read ahead.
struct Ahead<'a> {
    request: ListProjectRequests<'a>,
    /// The first page that has not been asked for.
    next: ResumePoint,
    concurrency: usize,
    in_flight: FuturesOrdered<BoxFuture<'a, (ResumePoint, Answer)>>,
    /// A batch that was looked up while the log did not grow.
    read: VecDeque<(ResumePoint, Answer)>,
}

impl Ahead<'_> {
    /// The answer for the page that follows those taken in by `log`.
    async fn answer(&mut self, log: &Log) -> Option<(ResumePoint, Answer)> {
        if let Some(answer) = self.read.pop_front() {
            return Some(answer);
        }
        let before = self.next.page.checked_sub(1);
        while self.in_flight.len() < self.concurrency {
            let at = self.next.clone();
            self.next.page = at.page.checked_add(1)?;
            let answer = self.request.clone().page(at.page).send();
            self.in_flight.push_back(async move { (at, answer.await) }.boxed());
        }
        if log.is_settled() || self.concurrency == 1 {
            return self.in_flight.next().await;
        }
        // A record that arrives moves all others down. In order, pages repeat what moved; but if a page is looked up
        // before the record came and the page before it after, what moved from this to that one is on neither.
        self.read = self.in_flight.by_ref().collect().await;
        let again = self.request.clone().page(before?).send().await;
        if !again.is_ok_and(|again| log.ends_with(&again.requests)) {
            self.read.truncate(1);
            self.next.page = self.read.front()?.0.page + 1;
        }
        self.read.pop_front()
    }
}
