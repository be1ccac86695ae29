//! What has been read of the log, as far as it takes to see its end, its repetitions, and a server that goes in circles.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use progenitor_client::ResponseValue;
use reqwest::header::DATE;

use super::{Page, ResumePoint};
use crate::types::{RequestList, RequestRecord};
use crate::{Error, ErrorKind, Timestamp};

/// How far the server's clock must be past the end of the window until no record is expected within it: a record may
/// be written a little after the time it carries. No figure is published; a log that lags by more than some seconds would
/// be of little use, and waiting longer costs only that pages are still looked at for signs of arrivals.
const SETTLING: TimeDelta = TimeDelta::seconds(5);

/// How many request ids are remembered, twenty pages of the most that the API gives: more do not arrive within the
/// second by which the window is rounded up, or late.
const REMEMBERED: usize = 20_000;

/// How many pages in a row may bring nothing new because new records moved the old ones down: at ten records a page, as
/// the API gives unless asked for more, a thousand that arrive within the second by which the window is rounded up, or
/// are written late into pages that have been read.
const MAX_OLD_PAGES: u32 = 100;

/// How many of these may be pages that came before as they are. That takes as many new records as one or more pages hold,
/// no more and no less; a server that goes in circles does so each time, and is to be found out soon.
const MAX_REPEATED_PAGES: u32 = 10;

/// What a page shows of records that have come since those before it, which moves all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arrivals {
    /// None have.
    None,
    /// Some have.
    Some,
    /// It has records without an id, and cannot show that none have.
    Unknown,
}

/// The end of the window when the caller set none: the server's clock at the first answer or its newest record,
/// whichever is later, for the one may be behind the other. Clocks are told to the second; the next one is past both.
pub(super) fn window_end(answer: &ResponseValue<RequestList>) -> Option<Timestamp> {
    let newest = answer.requests.iter().filter_map(|record| record.created).max().map(DateTime::<Utc>::from);
    let last = clock(answer).max(newest)?;
    last.trunc_subsecs(0).checked_add_signed(TimeDelta::seconds(1)).map(Timestamp::from)
}

/// Whether a page holds fewer records than its own limit: then no other follows.
pub(super) fn is_short(page: &RequestList) -> bool {
    page.limit.is_some_and(|limit| usize::try_from(limit).is_ok_and(|limit| page.requests.len() < limit))
}

/// The server's clock.
fn clock(answer: &ResponseValue<RequestList>) -> Option<DateTime<Utc>> {
    let date = answer.headers().get(DATE)?.to_str().ok()?;
    httpdate::parse_http_date(date).ok().map(DateTime::from)
}

/// What has been read so far.
pub(super) struct Log {
    end: Option<Timestamp>,
    is_settled: bool,
    /// When the newest record of the first page was made.
    newest: Option<Timestamp>,
    arrivals: Arrivals,
    /// The ids that were read last, in the order they came.
    ids: VecDeque<Arc<str>>,
    known: HashSet<Arc<str>>,
    /// A digest of every page.
    pages: HashSet<u64>,
    /// A digest of every cursor.
    cursors: HashSet<u64>,
    /// How many pages in a row brought nothing new.
    old: u32,
    /// How many of these came before as they are.
    repeated: u32,
    digests: RandomState,
}

impl Log {
    pub(super) fn new(end: Option<Timestamp>) -> Self {
        Self {
            end,
            is_settled: false,
            newest: None,
            arrivals: Arrivals::None,
            ids: VecDeque::new(),
            known: HashSet::new(),
            pages: HashSet::new(),
            cursors: HashSet::new(),
            old: 0,
            repeated: 0,
            digests: RandomState::new(),
        }
    }

    /// Whether the window is closed: no record is expected in it.
    pub(super) fn is_settled(&self) -> bool {
        self.is_settled
    }

    /// What the page that was read last shows.
    pub(super) fn arrivals(&self) -> Arrivals {
        self.arrivals
    }

    /// Takes in the answer for the page at `at`: the page, unless it is empty.
    pub(super) fn take(&mut self, at: ResumePoint, answer: ResponseValue<RequestList>) -> Result<Option<Page>, Error> {
        let (status, clock, is_short) = (answer.status(), clock(&answer), is_short(&answer));
        let RequestList { mut requests, page, next_cursor, cursor, .. } = answer.into_inner();
        let count = requests.len();
        if count == 0 {
            return Ok(None);
        }
        let number = at.page;
        let failure = |message: String, at: ResumePoint| {
            Error::new(ErrorKind::Decode)
                .with_operation("list_project_requests")
                .with_status(status)
                .with_message(Some(message))
                .with_resume(at)
        };
        let circles = |what: &str, at| failure(format!("the request log goes in circles: {what}"), at);
        let came = page.and_then(|page| u64::try_from(page).ok()).filter(|came| *came != number);
        if let (None, Some(came)) = (&at.cursor, came) {
            let what = "the server does not go by page numbers, and names no cursor";
            return Err(failure(format!("{what}: page {number} was asked for, and page {came} came"), at));
        }

        let is_first = self.pages.is_empty();
        let is_known = !self.pages.insert(self.digest(&requests));
        if is_first {
            self.newest = requests.iter().filter_map(|record| record.created).max();
        }
        let is_newer = |record: &RequestRecord| record.created.zip(self.newest).is_some_and(|(made, last)| made > last);
        let are_newer = requests.iter().all(is_newer);
        let lack_ids = requests.iter().any(|record| record.request_id.is_none());
        requests.retain(|record| record.request_id.as_deref().is_none_or(|id| self.is_new(id)));
        self.forget(count);
        self.arrivals = match (requests.len() < count || are_newer, lack_ids) {
            (true, _) => Arrivals::Some,
            (false, true) => Arrivals::Unknown,
            (false, false) => Arrivals::None,
        };
        self.is_settled |=
            clock.zip(self.end).is_some_and(|(clock, end)| clock > DateTime::<Utc>::from(end) + SETTLING);
        if is_known || requests.is_empty() {
            // A page full of new records puts what was on this one on the next.
            let may_have_moved = at.cursor.is_none() && requests.is_empty();
            self.old += 1;
            self.repeated += u32::from(is_known);
            if !may_have_moved || self.old > MAX_OLD_PAGES || self.repeated > MAX_REPEATED_PAGES {
                return Err(circles(&format!("page {number} holds only what came before"), at));
            }
        } else {
            (self.old, self.repeated) = (0, 0);
        }

        // The first answer decides what the log is read by.
        let cursor = next_cursor.or(cursor).filter(|cursor| !cursor.is_empty() && (is_first || at.cursor.is_some()));
        self.cursors.extend(at.cursor.as_ref().map(|cursor| self.digests.hash_one(cursor)));
        if let Some(cursor) = &cursor
            && !self.cursors.insert(self.digests.hash_one(cursor))
        {
            return Err(circles(&format!("the cursor of page {number} has been followed before"), at));
        }
        let is_last = cursor.is_none() && (at.cursor.is_some() || is_short);
        let next = number.checked_add(1).filter(|_| !is_last).map(|page| ResumePoint { page, cursor, end: at.end });
        Ok(Some(Page { number, records: requests, next }))
    }

    /// Remembers an id; says whether it was not known.
    fn is_new(&mut self, id: &str) -> bool {
        let is_new = !self.known.contains(id);
        if is_new {
            let id: Arc<str> = id.into();
            self.known.insert(Arc::clone(&id));
            self.ids.push_back(id);
        }
        is_new
    }

    /// Forgets the oldest ids, but none of the page that was read last, which had `count` records.
    fn forget(&mut self, count: usize) {
        while self.ids.len() > REMEMBERED.max(count) {
            if let Some(id) = self.ids.pop_front() {
                self.known.remove(&id);
            }
        }
    }

    /// What tells a page from another: its ids, and the whole of the records that have none.
    fn digest(&self, records: &[RequestRecord]) -> u64 {
        let mut hasher = self.digests.build_hasher();
        for record in records {
            record.request_id.hash(&mut hasher);
            if record.request_id.is_none() {
                serde_json::to_string(record).ok().hash(&mut hasher);
            }
        }
        hasher.finish()
    }
}
