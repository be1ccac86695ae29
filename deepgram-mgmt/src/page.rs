//! Pagination of the request log: every record once, in order, to the end, or an error that says where to resume.

mod ahead;
mod log;
mod walk;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

use futures_util::stream::{BoxStream, Stream, StreamExt};

use crate::Error;
use crate::builder::ListProjectRequests;
use crate::types::RequestRecord;
use crate::values::ResumePoint;

/// The most pages in flight: a number without meaning, such as `usize::MAX`, must not ask for pages without end.
const MAX_CONCURRENCY: usize = 64;

/// One page of the request log.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Page {
    /// Its number, counted from 0.
    pub number: u64,
    /// Its records, newest first, without those that came before: none, where new records moved all of it down.
    pub records: Vec<RequestRecord>,
    /// Where the page after it is read from; `None` where this one is known to be the last.
    pub next: Option<ResumePoint>,
}

impl<'a> ListProjectRequests<'a> {
    /// Every record of the log, fetched page by page. Set the filters and [`limit`](ListProjectRequests::limit), the
    /// records a page, before.
    ///
    /// Without an `end`, the log is read up to the moment of the first answer: by the server's clock or the newest
    /// record, whichever is later, rounded up to the next second. What arrives after it does not shift the pages; what
    /// arrives before moves records to later pages, where those that came already are dropped by their request id. A
    /// record that is written late, among those of pages that have been read, is not read; no other is lost by it, save
    /// what [`concurrency`](Pages::concurrency) says.
    ///
    /// An answer that carries a cursor is followed by it; an answer without one ends a log that is read by cursors.
    /// Other logs are read by the number of the page, from [`page`](ListProjectRequests::page) or 0.
    ///
    /// The stream ends after an empty page, or one shorter than the limit its answer names. A failure is yielded once,
    /// says where to resume ([`Error::resume`]), and ends it too; so does a server whose pages go in circles, or one that
    /// answers with another page than the one that was asked for: it has no page numbers, and named no cursor.
    pub fn items(self) -> Items<'a> {
        Items { pages: self.pages(), records: Vec::new().into_iter() }
    }

    /// The pages of the log, each with its number: as [`items`](Self::items).
    ///
    /// ```no_run
    /// use futures_util::TryStreamExt;
    ///
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
    /// let mut pages = client.list_project_requests().project_id("project id").limit(1000).pages();
    /// while let Some(page) = pages.try_next().await? {
    ///     println!("page {}: {} records; the next: {:?}", page.number, page.records.len(), page.next);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(self) -> Pages<'a> {
        Pages { plan: Some(Plan { request: self, start_page: None, concurrency: 1 }), running: None }
    }
}

/// What is to be fetched, and how.
#[derive(Debug)]
struct Plan<'a> {
    request: ListProjectRequests<'a>,
    start_page: Option<u64>,
    concurrency: usize,
}

/// The pages of the request log, as a stream that is `Send`. Nothing is sent before it is polled.
#[must_use = "a stream does nothing unless it is polled"]
pub struct Pages<'a> {
    plan: Option<Plan<'a>>,
    running: Option<BoxStream<'a, Result<Page, Error>>>,
}

impl Pages<'_> {
    /// Starts at the page of this number. In a log that is read from a cursor it is the number of the cursor's page,
    /// and not sent. Has no effect once the stream is polled.
    pub fn start_page(mut self, number: u64) -> Self {
        if let Some(plan) = &mut self.plan {
            plan.start_page = Some(number);
        }
        self
    }

    /// Keeps up to this many pages in flight, for logs that are paged by number: they still come in order, as many are
    /// held in memory beyond the one handed on, and at most one less is asked for beyond the end. Zero counts as
    /// one, and more than 64 as 64. Has no effect once the stream is polled.
    ///
    /// The calls are tasks of the runtime: unless its threads are blocked, they go on, within their own time limits, while
    /// the stream is not polled, and end when it is dropped.
    ///
    /// A page that repeats records tells that some have arrived above it. Pages in flight beyond it may have been looked
    /// up before that: they are asked for anew, one at first and twice as many after each page that repeats nothing, so
    /// that none is missed. Records without an id cannot tell, and are read one page at a time as long as some may arrive
    /// before the log's `end`: until the server's clock is 5 seconds past it.
    ///
    /// One thing no page tells: a record that is written late into a page in flight moves the last of that page to the
    /// next one, which may have been looked up before. Where records are written late and none of the others may be
    /// missed, read one page at a time.
    pub fn concurrency(mut self, pages: usize) -> Self {
        if let Some(plan) = &mut self.plan {
            plan.concurrency = pages.clamp(1, MAX_CONCURRENCY);
        }
        self
    }
}

impl Stream for Pages<'_> {
    type Item = Result<Page, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(plan) = self.plan.take() {
            self.running = Some(walk::run(plan).boxed());
        }
        self.running.as_mut().map_or(Poll::Ready(None), |stream| stream.poll_next_unpin(cx))
    }
}

/// What is asked for, as long as it can be changed.
impl fmt::Debug for Pages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("plan", &self.plan).finish_non_exhaustive()
    }
}

/// The records of the request log, as a stream that is `Send`. Nothing is sent before it is polled.
#[must_use = "a stream does nothing unless it is polled"]
#[derive(Debug)]
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
