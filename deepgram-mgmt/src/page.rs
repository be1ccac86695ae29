//! Pagination of the request log: every record once, in order, to the end, or an error that says where to resume.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{self, BoxStream, Stream, StreamExt, TryStreamExt};
use progenitor_client::ResponseValue;
use reqwest::header::DATE;

use crate::builder::ListProjectRequests;
use crate::types::{RequestList, RequestRecord};
use crate::{Error, ErrorKind, Timestamp};

/// One page of the request log.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page {
    /// Its number, counted from 0.
    pub number: u64,
    /// Its records, newest first, without those that the page before had already.
    pub records: Vec<RequestRecord>,
}

impl<'a> ListProjectRequests<'a> {
    /// Every record of the log, fetched page by page. Set the filters and [`limit`](ListProjectRequests::limit), the
    /// records a page, before.
    ///
    /// Without an `end`, the log is read up to the moment of the first answer, by the server's clock, so that records
    /// which arrive meanwhile do not shift the pages. An answer that carries a cursor is followed by it, any other by
    /// the number of its page. The stream ends after the last page; a failure is yielded once, says from which page to
    /// resume ([`Error::page`]), and ends it too. To resume exactly, set the same `end`.
    pub fn items(self) -> Items<'a> {
        Items { pages: self.pages(), records: Vec::new().into_iter() }
    }

    /// The pages of the log, each with its number: as [`items`](Self::items).
    pub fn pages(self) -> Pages<'a> {
        Pages { plan: Some(Plan { request: self, start_page: 0, concurrency: 1 }), running: None }
    }
}

/// What is to be fetched, and how.
#[derive(Debug)]
struct Plan<'a> {
    request: ListProjectRequests<'a>,
    start_page: u64,
    concurrency: usize,
}

/// The pages of the request log, as a stream that is `Send`. Nothing is sent before it is polled.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Pages<'a> {
    plan: Option<Plan<'a>>,
    running: Option<BoxStream<'a, Result<Page, Error>>>,
}

impl Pages<'_> {
    /// Starts at the page of this number rather than 0. Has no effect once the stream is polled.
    pub fn start_page(mut self, number: u64) -> Self {
        if let Some(plan) = &mut self.plan {
            plan.start_page = number;
        }
        self
    }

    /// Keeps up to this many pages in flight, for logs that are paged by number: they still come in order, at most
    /// this many are held in memory, and at most one less is asked for beyond the end. Zero counts as one. Has no
    /// effect once the stream is polled.
    pub fn concurrency(mut self, pages: usize) -> Self {
        if let Some(plan) = &mut self.plan {
            plan.concurrency = pages.max(1);
        }
        self
    }
}

impl Stream for Pages<'_> {
    type Item = Result<Page, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(plan) = self.plan.take() {
            self.running = Some(run(plan).boxed());
        }
        self.running.as_mut().map_or(Poll::Ready(None), |stream| stream.poll_next_unpin(cx))
    }
}

/// The records of the request log, as a stream that is `Send`. Nothing is sent before it is polled.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Items<'a> {
    pages: Pages<'a>,
    /// What is left of the last page.
    records: vec::IntoIter<RequestRecord>,
}

impl Items<'_> {
    /// As [`Pages::start_page`].
    pub fn start_page(mut self, number: u64) -> Self {
        self.pages = self.pages.start_page(number);
        self
    }

    /// As [`Pages::concurrency`].
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.pages = self.pages.concurrency(pages);
        self
    }
}

impl Stream for Items<'_> {
    type Item = Result<RequestRecord, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(record) = self.records.next() {
                return Poll::Ready(Some(Ok(record)));
            }
            match ready!(self.pages.poll_next_unpin(cx)) {
                Some(Ok(page)) => self.records = page.records.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

type Answer = Result<ResponseValue<RequestList>, Error>;

/// The first page, and from it what follows.
fn run(plan: Plan<'_>) -> impl Stream<Item = Result<Page, Error>> + Send + '_ {
    let Plan { mut request, start_page, concurrency } = plan;
    let first = async move {
        let asked_cursor = request.cursor.clone().ok().flatten();
        let asked_page = asked_cursor.is_none().then_some(start_page);
        let answer = by_number(&request, asked_page).await.map_err(|error| error.with_page(start_page))?;
        if matches!(request.end, Ok(None))
            && let Some(end) = window_end(&answer)
        {
            request = request.end(end);
        }
        let mut log = Log::new(&request, asked_cursor);
        let (page, next) = log.take(start_page, answer)?;
        let rest = match next {
            Next::Nothing => stream::empty().boxed(),
            Next::Cursor(cursor) => by_cursors(request, cursor, start_page + 1, log).boxed(),
            Next::Number => by_numbers(request, start_page + 1, concurrency, log).boxed(),
        };
        Ok::<_, Error>(stream::iter(page.map(Ok)).chain(rest))
    };
    stream::once(first).try_flatten()
}

fn by_number<'a>(
    request: &ListProjectRequests<'a>,
    page: Option<u64>,
) -> impl Future<Output = Answer> + Send + use<'a> {
    let mut request = request.clone();
    if let Some(page) = page {
        request = request.page(page);
    }
    request.send()
}

/// The pages after the first, up to `concurrency` of them in flight.
fn by_numbers(
    request: ListProjectRequests<'_>,
    start: u64,
    concurrency: usize,
    log: Log,
) -> impl Stream<Item = Result<Page, Error>> + Send + '_ {
    let answers = stream::iter(start..)
        .map(move |number| {
            let answer = by_number(&request, Some(number));
            async move { (number, answer.await) }
        })
        .buffered(concurrency);
    stream::try_unfold(Some((answers.boxed(), log)), |state| async {
        let Some((mut answers, mut log)) = state else { return Ok(None) };
        let Some((number, answer)) = answers.next().await else { return Ok(None) };
        let (page, next) = log.take(number, answer.map_err(|error| error.with_page(number))?)?;
        // Dropping the answers in flight ends their calls.
        let state = (!matches!(next, Next::Nothing)).then_some((answers, log));
        Ok(page.map(|page| (page, state)))
    })
}

/// The pages after the first, each by the cursor of the one before.
fn by_cursors(
    request: ListProjectRequests<'_>,
    cursor: String,
    start: u64,
    log: Log,
) -> impl Stream<Item = Result<Page, Error>> + Send + '_ {
    stream::try_unfold(Some((request, cursor, start, log)), |state| async {
        let Some((request, cursor, number, mut log)) = state else { return Ok(None) };
        let answer = request.clone().cursor(cursor).send().await.map_err(|error| error.with_page(number))?;
        let (page, next) = log.take(number, answer)?;
        let state = match next {
            Next::Cursor(cursor) => Some((request, cursor, number + 1, log)),
            Next::Number | Next::Nothing => None,
        };
        Ok(page.map(|page| (page, state)))
    })
}

/// The end of the window when the caller set none: the server's clock at the first answer, or its newest record where
/// it does not tell the time. Both are given to the second; the next one is past them.
fn window_end(answer: &ResponseValue<RequestList>) -> Option<Timestamp> {
    let date = answer.headers().get(DATE).and_then(|date| date.to_str().ok());
    let clock = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()).map(|date| date.to_utc());
    let newest = || answer.requests.iter().filter_map(|record| record.created).max().map(DateTime::<Utc>::from);
    clock.or_else(newest)?.checked_add_signed(TimeDelta::seconds(1)).map(Timestamp::from)
}

/// What comes after a page.
enum Next {
    Nothing,
    Number,
    Cursor(String),
}

/// What has been read so far, as far as it takes to see an end or a server that goes in circles.
struct Log {
    /// Records a page, as the caller asked.
    limit: Option<usize>,
    /// The ids of the page before.
    before: HashSet<String>,
    cursors: HashSet<String>,
}

impl Log {
    fn new(request: &ListProjectRequests<'_>, cursor: Option<String>) -> Self {
        let limit = request.limit.as_ref().ok().copied().flatten();
        Self {
            limit: limit.and_then(|limit| usize::try_from(limit.get()).ok()),
            before: HashSet::new(),
            cursors: cursor.into_iter().collect(),
        }
    }

    /// Takes in the answer for page `number`: its page, unless it is empty, and what comes next.
    fn take(&mut self, number: u64, answer: ResponseValue<RequestList>) -> Result<(Option<Page>, Next), Error> {
        let status = answer.status();
        let answer = answer.into_inner();
        let circles = |what: String| {
            let message = format!("the request log goes in circles: {what}");
            Err(Error::new(ErrorKind::Decode)
                .with_operation("list_project_requests")
                .with_status(status)
                .with_message(Some(message))
                .with_page(number))
        };
        let count = answer.requests.len();
        if count == 0 {
            return Ok((None, Next::Nothing));
        }
        let ids: HashSet<String> = answer.requests.iter().filter_map(|record| record.request_id.clone()).collect();
        let mut records = answer.requests;
        records.retain(|record| record.request_id.as_ref().is_none_or(|id| !self.before.contains(id)));
        if records.is_empty() {
            return circles(format!("page {number} holds the records of the page before"));
        }
        self.before = ids;
        let answered = answer.page.and_then(|page| u64::try_from(page).ok());
        if self.cursors.is_empty() && answered.is_some_and(|answered| answered != number) {
            return circles(format!("page {number} was asked for, and another one came"));
        }
        let cursor = answer.next_cursor.or(answer.cursor).filter(|cursor| !cursor.is_empty());
        let limit = answer.limit.and_then(|limit| usize::try_from(limit).ok()).or(self.limit);
        let next = match cursor {
            Some(cursor) if !self.cursors.insert(cursor.clone()) => {
                return circles(format!("the cursor of page {number} has been followed before"));
            }
            Some(cursor) => Next::Cursor(cursor),
            // A page that is not full is the last one.
            None if limit.is_some_and(|limit| count < limit) => Next::Nothing,
            None => Next::Number,
        };
        Ok((Some(Page { number, records }), next))
    }
}
