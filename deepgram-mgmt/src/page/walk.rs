//! Walks through the pages: requests the next one, by cursor or by number, until none is left.

use futures_util::stream::{self, Stream};

use super::plan::{Page, Plan};
use super::read_ahead::ReadAhead;
use super::response::receive;
use super::tracker::{PageTracker, window_end};
use crate::Error;
use crate::builder::ListProjectRequests;
use crate::values::ResumePoint;

pub(super) fn run(plan: Plan<'_>) -> impl Stream<Item = Result<Page, Error>> + Send + '_ {
    stream::try_unfold(Some(Walk::new(plan)), |walk| async {
        let Some(mut walk) = walk else { return Ok(None) };
        let page = walk.next_page().await?;
        // Dropping the walk ends the calls in flight.
        Ok(page.map(|page| {
            let rest = page.next.is_some().then_some(walk);
            (page, rest)
        }))
    })
}

struct Walk<'a> {
    request: ListProjectRequests<'a>,
    /// The page to request.
    at: ResumePoint,
    is_first: bool,
    tracker: PageTracker,
    read_ahead: ReadAhead,
}

impl<'a> Walk<'a> {
    fn new(plan: Plan<'a>) -> Self {
        let Plan { mut request, start_page, concurrency } = plan;
        let set_page = request.page.clone().ok().flatten();
        let at = ResumePoint {
            page: start_page.or(set_page).unwrap_or(0),
            cursor: request.cursor.clone().ok().flatten(),
            end: request.end.clone().ok().flatten(),
        };
        // A value that could not be converted stays, to be reported by `send`.
        if request.page.is_ok() {
            request.page = Ok(at.cursor.is_none().then_some(at.page));
        }
        Self { request, at, is_first: true, tracker: PageTracker::default(), read_ahead: ReadAhead::new(concurrency) }
    }

    async fn next_page(&mut self) -> Result<Option<Page>, Error> {
        let at = self.at.clone();
        let response = if self.is_first || at.cursor.is_some() {
            receive(self.request.clone()).await
        } else {
            self.read_ahead.response(&self.request, at.page).await
        };
        let response = response.map_err(|error| error.with_resume(at.clone()))?;
        if self.is_first && at == (ResumePoint { page: 0, cursor: None, end: None }) {
            self.at.end = window_end(&response);
            self.request.end = Ok(self.at.end);
        }
        self.is_first = false;
        let page = self.tracker.observe(self.at.clone(), response)?;
        if let Some(next) = page.as_ref().and_then(|page| page.next.clone()) {
            self.read_ahead.observe(self.tracker.is_quiescent() && next.cursor.is_none());
            if next.cursor.is_some() {
                (self.request.page, self.request.cursor) = (Ok(None), Ok(next.cursor.clone()));
            }
            self.at = next;
        }
        Ok(page)
    }
}
