//! Pagination of the request log: every record once, in order, to the end, or an error that says where to resume.
//!
//! `walk` requests the pages, by cursor or by number; `response` decodes one of them, and `entries` is what it holds;
//! `tracker` decides which entries of a response come next, and explains why none is lost while the log grows; `read_ahead`
//! keeps several pages in flight.

mod entries;
mod plan;
mod read_ahead;
mod remembered;
mod response;
mod tracker;
mod walk;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::stream::{BoxStream, Stream, StreamExt, TryStreamExt};

use self::entries::{Entries, IntoEntries};
pub use self::plan::Page;
use self::plan::{Origin, Plan};
use crate::Error;
use crate::builder::ListProjectRequests;
use crate::types::RequestRecord;

/// Upper bound on concurrency.
const MAX_CONCURRENCY: usize = 64;

impl<'a> ListProjectRequests<'a> {
    /// Streams every record that the log holds at the first response: each once, newest first. Set the filters and
    /// [`limit`](ListProjectRequests::limit), the records a page, before.
    ///
    /// The stream ends after an empty page, or one shorter than the limit its response names. A failure is yielded once,
    /// says where to resume ([`Error::resume`]), and ends the stream.
    ///
    /// # Entries that do not decode
    ///
    /// An entry that is not what the document says comes as an error in its place, and the stream goes on after it:
    /// [`Error::entry`] is `Some` of such an error and of no other. It holds the entry's JSON.
    ///
    /// ```no_run
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
    /// let mut items = client.list_project_requests("project id").limit(1000).items();
    /// while let Some(item) = items.next().await {
    ///     match item {
    ///         Ok(record) => println!("{:?}", record.path),
    ///         Err(error) if error.entry().is_some() => eprintln!("{error}"),
    ///         Err(error) => return Err(error),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A page that is no page, with another envelope or more entries than its length can hold, is a failure as a whole, and
    /// so is such a page of [`send`](Self::send) with one entry that does not decode.
    ///
    /// # Cursors and page numbers
    ///
    /// A response that names a cursor is followed by it, even if it has no records; the log ends at a response without one.
    /// Other logs are read by the number of the page, from [`page`](ListProjectRequests::page) or 0.
    ///
    /// # While the log grows
    ///
    /// Records that arrive move the others to later page numbers. Those that come again are dropped by their request
    /// id, and records that arrived are left out, unless missing or equal times hide that they are new. A reading from
    /// page 0 without an `end` sets one at the first response, so that the pages come to rest: the server's clock or the
    /// newest record, whichever is later, rounded up to the next second. It sets none if the newest record has no time.
    ///
    /// A record that arrives late, below records that were read, is not read. The last 20,000 records are remembered; if
    /// more arrive between two pages, some come again.
    ///
    /// # Errors
    ///
    /// Besides the errors of the call, an error of kind [`Decode`](crate::ErrorKind::Decode) tells that
    ///
    /// * the log goes in circles: a cursor or a page without an id comes again; 100 pages in a row bring nothing new, or 10
    ///   exact repetitions of earlier ones; or 1,000 pages in a row are empty and name ever new cursors;
    /// * a record without an id comes again, and cannot be told from another like it;
    /// * the log changes its order, or is not listed newest first, so that records could be lost;
    /// * the server sends another page than the one requested, and names no cursor.
    pub fn items(self) -> Items<'a> {
        Items { pages: self.pages(), rest: None }
    }

    /// The pages of the log, each with its number: as [`items`](Self::items).
    ///
    /// ```no_run
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
    /// let mut pages = client.list_project_requests("project id").limit(1000).pages();
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

/// Gives streams the methods for which a program needs another crate otherwise.
macro_rules! streams {
    ($($stream:ident: $item:ty),+) => {$(
        impl $stream<'_> {
            /// The next item, or `None` at the end.
            pub async fn next(&mut self) -> Option<Result<$item, Error>> {
                StreamExt::next(self).await
            }

            /// The next item, or `None` at the end.
            ///
            /// # Errors
            /// As the item's.
            pub async fn try_next(&mut self) -> Result<Option<$item>, Error> {
                StreamExt::next(self).await.transpose()
            }

            /// All items that are left.
            ///
            /// # Errors
            /// The first item that is an error; the items before it are lost.
            pub async fn try_collect<C: Default + Extend<$item>>(self) -> Result<C, Error> {
                TryStreamExt::try_collect(self).await
            }
        }
    )+};
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

    /// Keeps up to this many pages in flight, if the log is read by page numbers. Pages still come in order; as many are
    /// held in memory beyond the one handed on, and at most one less is requested beyond the end. Zero counts as one,
    /// and more than 64 as 64. Has no effect once the stream is polled.
    ///
    /// The calls are tasks of the runtime: unless its threads are blocked, they go on, within their own time limits, while
    /// the stream is not polled, and end when it is dropped.
    ///
    /// Pages in flight may have been looked up before a record arrived. They are requested again, one at first and then
    /// twice as many each time, after every page that does not prove that nothing arrived: one that repeats records,
    /// has a record without an id, or has no time older than the newest of the first page, or also the newest itself.
    ///
    /// A record that arrives late, into a page in flight, moves the last record of that page to the next one, which
    /// may have been looked up before. If records arrive late and no other may be missed, read one page at a time.
    pub fn concurrency(mut self, pages: usize) -> Self {
        if let Some(plan) = &mut self.plan {
            plan.concurrency = pages.clamp(1, MAX_CONCURRENCY);
        }
        self
    }
}

streams!(Pages: Page, Items: RequestRecord);

impl Stream for Pages<'_> {
    type Item = Result<Page, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(plan) = self.plan.take() {
            self.running = Some(walk::run(plan).boxed());
        }
        self.running.as_mut().map_or(Poll::Ready(None), |stream| stream.poll_next_unpin(cx))
    }
}

/// Prints the request while it can still change.
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
    /// The remaining entries of the last page.
    rest: Option<(Origin, IntoEntries)>,
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
            if let Some((origin, entries)) = &mut self.rest
                && let Some(entry) = entries.next()
            {
                return Poll::Ready(Some(entry.map_err(|bad| origin.error(bad))));
            }
            // One page at a time is held in memory.
            self.rest = None;
            match ready!(self.pages.poll_next_unpin(cx)) {
                Some(Ok(Page { records, bad, origin, .. })) => {
                    self.rest = Some((origin, Entries { records, bad }.into_iter()));
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}
