//! Tracks what has been read of the log, and decides what each response adds to it.
//!
//! # Consistency
//!
//! A log without cursors is listed newest first and paged by number. A record that arrives is listed above the others and
//! moves them down, so a page that is looked up later begins with the end of the page before; or, after a burst, with
//! older pages, or with records that arrived. The records handed on are those of the first response's log, from the top and
//! without a gap; call them *known*. Each page is split after its last known record. All above the split is known or
//! arrived, and is left out. The rest
//!
//! 1. **arrived**, if it has times, none of them older than the newest of the first page, although the records handed on
//!    had reached an older time. It is left out, and a known record must come before any other. If none does, the log
//!    is not listed newest first, and an error resumes at the page that was left out.
//! 2. **is an error**, if it follows a known record that ended no page: the server changed the order of its records.
//! 3. **comes next** otherwise.
//!
//! The third rule is right while pages are requested one by one. If the log moved, the page has a known record at the
//! split, unless all of it arrived. A page that arrived is mistaken for the next one only if times do not tell: every
//! record handed on so far is as new as the newest, or the page has no times. It is then handed on, too; nothing is lost.
//!
//! A page is *quiescent* if it proves that the log did not move since the page before: it has no known record, each of its
//! records has an id, it has a time, and its newest time is older than the newest of the first page. Suppose the log had
//! moved. Then the first record of the page is known, or it arrived. If it arrived, the page either reaches down to the
//! first page's records, which are known, or arrived as a whole and has no time older than the newest.
//!
//! Records without an id are told apart by all they hold. One that seems known is an error, for it may be another; unless
//! a record above it on its page has an id, is not known and, by its time, has not arrived. That record comes next, and so
//! does all below it.
//!
//! An entry that does not decode counts as a record. It has an id and a time where they can be read.
//!
//! Entries of one page with one id are one entry only if their content is equal; otherwise each of them comes next. On another
//! page an entry with a known id is the known one, which may have changed meanwhile.
//!
//! Not covered: records that are removed, and a record that arrives late, listed below others that were read. It is not
//! read; if it arrives in a page in flight, it moves the last record to a page that may have been looked up before.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use reqwest::header::DATE;

use super::entries::{Entries, Entry};
use super::plan::{Origin, Page};
use super::remembered::Remembered;
use super::response::{OPERATION, Received};
use crate::runtime::headers::{http_date, request_id};
use crate::types::RequestList;
use crate::values::ResumePoint;
use crate::{Error, ErrorKind, ResponseValue, Timestamp};

/// How many pages in a row may bring nothing new because new records moved the old ones down: at ten records a page, the
/// default of the API, a thousand that arrive between two pages.
const MAX_OLD_PAGES: u32 = 100;

/// How many of these may repeat an earlier page exactly. That takes as many new records as whole pages hold, and is
/// unlikely unless the server goes in circles.
const MAX_REPEATED_PAGES: u32 = 10;

/// How many pages in a row may be empty and name another cursor. A server that scans its log may filter out many pages;
/// one that goes on without end must be found out.
const MAX_EMPTY_PAGES: u32 = 1_000;

/// The end of the window when the caller set none: the server's clock at the first response or its newest record,
/// whichever is later, rounded up to the next second.
///
/// A clock alone is no end, for it may lag behind records that carry no time: those would drop out of the log.
pub(super) fn window_end(response: &ResponseValue<Received>) -> Option<Timestamp> {
    let Received { list, entries } = &**response;
    if list.next_cursor.is_some() || list.cursor.is_some() {
        return None;
    }
    entries.iter().next()?.created()?;
    let newest = entries.iter().filter_map(|entry| entry.created()).max().map(DateTime::<Utc>::from);
    let last = clock(response).max(newest)?;
    last.trunc_subsecs(0).checked_add_signed(TimeDelta::seconds(1)).map(Timestamp::from)
}

/// Whether a page holds fewer entries than its own limit: then no other follows.
fn is_short(page: &Received) -> bool {
    page.list.limit.is_some_and(|limit| usize::try_from(limit).is_ok_and(|limit| page.entries.len() < limit))
}

/// The server's clock.
fn clock(response: &ResponseValue<Received>) -> Option<DateTime<Utc>> {
    http_date(response.headers().get(DATE)?.to_str().ok()?)
}

/// The identity of an entry, and its time.
struct Mark {
    key: u64,
    has_id: bool,
    created: Option<Timestamp>,
}

fn newest(marks: &[Mark]) -> Option<Timestamp> {
    marks.iter().filter_map(|mark| mark.created).max()
}

fn have_ids(marks: &[Mark]) -> bool {
    marks.iter().all(|mark| mark.has_id)
}

/// The part of the log that was read. Records, pages and cursors are remembered by a keyed digest.
#[derive(Default)]
pub(super) struct PageTracker {
    /// The newest time on the first page.
    newest: Option<Timestamp>,
    /// The time of the record handed on last.
    last: Option<Timestamp>,
    is_quiescent: bool,
    /// The first of the pages that were left out as a whole, until a known record proves it right.
    left_out: Option<ResumePoint>,
    known: Remembered,
    /// The last record of every page.
    page_ends: HashSet<u64>,
    pages: HashSet<u64>,
    cursors: HashSet<u64>,
    /// Pages in a row that brought nothing new.
    old: u32,
    /// Those of them that repeat an earlier page.
    repeated: u32,
    /// Pages in a row that are empty.
    empty: u32,
    hasher: RandomState,
}

impl PageTracker {
    /// Whether the page that was observed last proves that the log has not moved since the page before.
    pub(super) fn is_quiescent(&self) -> bool {
        self.is_quiescent
    }

    /// Takes in the response for the page at `at`. Returns the page, or `None` if the log ended before it.
    pub(super) fn observe(
        &mut self,
        at: ResumePoint,
        response: ResponseValue<Received>,
    ) -> Result<Option<Page>, Error> {
        let (status, is_short, number) = (response.status(), is_short(&response), at.page);
        let request_id = request_id(response.headers()).map(str::to_owned);
        let Received { list: RequestList { page, next_cursor, cursor, .. }, mut entries } = response.into_inner();
        let failure = |message: String, at| {
            Error::new(ErrorKind::Decode)
                .with_operation(OPERATION)
                .with_status(status)
                .with_message(Some(message))
                .with_resume(at)
        };
        let came = page.and_then(|page| u64::try_from(page).ok()).filter(|came| *came != number);
        if let (None, Some(came), false) = (&at.cursor, came, entries.is_empty()) {
            let what = "the server does not go by page numbers, and names no cursor";
            return Err(failure(format!("{what}: page {number} was asked for, and page {came} came"), at));
        }
        let cursor = [next_cursor, cursor].into_iter().flatten().find(|cursor| !cursor.is_empty());
        let is_last = cursor.is_none() && (entries.is_empty() || is_short || at.cursor.is_some());
        let is_empty = entries.is_empty();
        if let Err(message) = self.follow(&at, &mut entries, cursor.as_deref()) {
            return Err(failure(message, at));
        }
        if let (true, Some(left_out)) = (is_last || !entries.is_empty(), &self.left_out) {
            let page = left_out.page;
            let message =
                format!("the request log is not listed newest first: page {page} is newer than those before it");
            return Err(failure(message, left_out.clone()));
        }
        if is_last && is_empty {
            return Ok(None);
        }
        let next = number.checked_add(1).filter(|_| !is_last).map(|page| ResumePoint { page, cursor, end: at.end });
        let Entries { records, bad } = entries;
        Ok(Some(Page { number, records, bad, next, origin: Origin { at, status, request_id } }))
    }

    /// Keeps the entries that come next, and looks for cycles.
    fn follow(&mut self, at: &ResumePoint, entries: &mut Entries, cursor: Option<&str>) -> Result<(), String> {
        let cycle = |what: &str| Err(format!("the request log goes in circles: {what}"));
        let number = at.page;
        self.is_quiescent = false;
        if entries.is_empty() {
            self.empty += u32::from(cursor.is_some());
            if self.empty > MAX_EMPTY_PAGES {
                return cycle(&format!(
                    "{MAX_EMPTY_PAGES} pages before page {number} are empty, and name ever new cursors"
                ));
            }
        } else {
            self.empty = 0;
            let is_repeated = self.sift(at, entries)?;
            if is_repeated || entries.is_empty() {
                // New records move old pages, but not cursors.
                let may_have_moved = at.cursor.is_none() && entries.is_empty();
                self.old += 1;
                self.repeated += u32::from(is_repeated);
                if !may_have_moved || self.old > MAX_OLD_PAGES || self.repeated > MAX_REPEATED_PAGES {
                    return cycle(&format!("page {number} brings nothing new"));
                }
            } else {
                (self.old, self.repeated) = (0, 0);
            }
        }
        self.cursors.extend(at.cursor.as_ref().map(|cursor| self.hasher.hash_one(cursor)));
        if cursor.is_some_and(|cursor| !self.cursors.insert(self.hasher.hash_one(cursor))) {
            return cycle(&format!("the cursor of page {number} has been followed before"));
        }
        Ok(())
    }

    /// Keeps the entries of a page that come next. Returns whether the page repeats an earlier one exactly.
    fn sift(&mut self, at: &ResumePoint, entries: &mut Entries) -> Result<bool, String> {
        let marks: Vec<Mark> = entries.iter().map(|entry| self.mark(&entry)).collect();
        let keys: Vec<u64> = marks.iter().map(|mark| mark.key).collect();
        let is_first = self.pages.is_empty();
        let is_repeated = !self.pages.insert(self.hasher.hash_one(&keys));
        let mut old = 0;
        if is_first {
            self.newest = newest(&marks);
            self.is_quiescent = self.newest.is_some() && have_ids(&marks);
        } else if at.cursor.is_none() {
            old = self.count_old(at, &marks)?;
        }
        self.page_ends.extend(keys.last());
        let mut come_next = vec![false; old];
        for mark in &marks[old..] {
            let is_new = self.known.insert(mark.key);
            come_next.push(is_new || !mark.has_id);
        }
        if come_next[old..].contains(&false) {
            self.keep_namesakes(entries, &marks, &mut come_next);
        }
        entries.retain(&come_next);
        self.known.forget();
        let mut kept = marks.iter().zip(come_next).rev().filter(|(_, comes_next)| *comes_next);
        self.last = kept.find_map(|(mark, _)| mark.created).or(self.last);
        Ok(is_repeated)
    }

    /// Lets entries come next that have the id of another on their page, and hold something else.
    fn keep_namesakes(&self, entries: &Entries, marks: &[Mark], come_next: &mut [bool]) {
        let mut contents: HashMap<u64, HashSet<u64>> = HashMap::new();
        for ((entry, mark), comes_next) in entries.iter().zip(marks).zip(come_next) {
            let content = self.hasher.hash_one(entry.content());
            if *comes_next {
                contents.entry(mark.key).or_default().insert(content);
            } else if let Some(others) = contents.get_mut(&mark.key) {
                *comes_next = others.insert(content);
            }
        }
    }

    /// Tells which form a page has, and so how many of its entries do not come next.
    fn count_old(&mut self, at: &ResumePoint, marks: &[Mark]) -> Result<usize, String> {
        let number = at.page;
        let is_known = |mark: &Mark| self.known.contains(mark.key);
        // Below an entry that neither is known nor arrived, nothing is known.
        let comes_next =
            |mark: &Mark| mark.has_id && !is_known(mark) && mark.created.is_some_and(|_| mark.created < self.newest);
        let moved = marks.iter().position(comes_next).unwrap_or(marks.len());
        if marks[..moved].iter().any(|mark| !mark.has_id && is_known(mark)) {
            return Err(format!(
                "the request log goes in circles or has moved: page {number} repeats a record without an id, which cannot \
                 be told from another like it"
            ));
        }
        let old = marks.iter().rposition(|mark| mark.has_id && is_known(mark)).map_or(0, |last| last + 1);
        if old > 0 {
            self.left_out = None;
        }
        let rest = &marks[old..];
        let oldest = rest.iter().filter_map(|mark| mark.created).min();
        let has_arrived = match oldest {
            Some(oldest) => Some(oldest) >= self.newest && (self.left_out.is_some() || self.last < self.newest),
            None => self.left_out.is_some(),
        };
        if has_arrived {
            self.left_out.get_or_insert_with(|| at.clone());
            return Ok(marks.len());
        }
        if old > 0 && old < marks.len() && !self.page_ends.contains(&marks[old - 1].key) {
            return Err(format!(
                "the request log changed its order: page {number} does not follow the pages before it"
            ));
        }
        self.is_quiescent = old == 0 && have_ids(rest) && newest(rest).is_some_and(|time| Some(time) < self.newest);
        Ok(old)
    }

    /// Identifies an entry: by its id, or else by all it holds.
    fn mark(&self, entry: &Entry<'_>) -> Mark {
        let id = entry.id();
        let key = self.hasher.hash_one(id.ok_or_else(|| entry.content()));
        Mark { key, has_id: id.is_some(), created: entry.created() }
    }
}
