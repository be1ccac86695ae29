//! The walk through the pages: which one is asked for next, and when.

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};

use super::ahead::Ahead;
use super::log::{Log, window_end};
use super::{Page, Plan, ResumePoint};
use crate::Error;
use crate::builder::ListProjectRequests;

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
            Some(next) => {
                let mut ahead = Ahead::new(request, next.clone(), concurrency);
                ahead.heed(log.arrivals(), &next);
                by_numbers(ahead, log).boxed()
            }
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

/// The pages after the first, by their numbers.
fn by_numbers(ahead: Ahead<'_>, log: Log) -> impl Stream<Item = Result<Page, Error>> + Send + '_ {
    stream::try_unfold(Some((ahead, log)), |state| async {
        let Some((mut ahead, mut log)) = state else { return Ok(None) };
        let Some((at, answer)) = ahead.answer(log.is_settled()).await else { return Ok(None) };
        let answer = answer.map_err(|error| error.with_resume(at.clone()))?;
        Ok(log.take(at, answer)?.map(|page| {
            // Dropping what is in flight ends those calls.
            let state = page.next.as_ref().map(|next| {
                ahead.heed(log.arrivals(), next);
                (ahead, log)
            });
            (page, state)
        }))
    })
}
