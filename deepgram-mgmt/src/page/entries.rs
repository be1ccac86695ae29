//! The entries of a page: records, and what does not decode as one.

use std::iter::Peekable;
use std::vec;

use crate::types::RequestRecord;
use crate::values::{BadEntry, Timestamp};

/// The entries of one page, in two lists. The position of each bad one tells their order.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) records: Vec<RequestRecord>,
    pub(super) bad: Vec<BadEntry>,
}

/// One of them.
pub(super) enum Entry<'a> {
    Record(&'a RequestRecord),
    Bad(&'a BadEntry),
}

impl Entry<'_> {
    pub(super) fn id(&self) -> Option<&str> {
        match self {
            Self::Record(record) => Some(record.request_id.as_str()),
            Self::Bad(bad) => bad.id.as_deref(),
        }
    }

    pub(super) fn created(&self) -> Option<Timestamp> {
        match self {
            Self::Record(record) => record.created,
            Self::Bad(bad) => bad.created,
        }
    }

    /// All that the entry holds.
    pub(super) fn content(&self) -> Option<String> {
        match self {
            Self::Record(record) => serde_json::to_string(record).ok(),
            Self::Bad(bad) => Some(bad.json.to_string()),
        }
    }
}

impl Entries {
    pub(super) fn len(&self) -> usize {
        self.records.len() + self.bad.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// In their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Entry<'_>> {
        let (mut records, mut bad) = (self.records.iter(), self.bad.iter().peekable());
        (0..self.len()).filter_map(move |position| match bad.next_if(|bad| bad.position == position) {
            Some(bad) => Some(Entry::Bad(bad)),
            None => records.next().map(Entry::Record),
        })
    }

    /// Keeps those at whose positions `keep` is true.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        if self.bad.is_empty() {
            let mut keep = keep.iter();
            self.records.retain(|_| keep.next().is_some_and(|keep| *keep));
            return;
        }
        let mut is_record = vec![true; keep.len()];
        for bad in &self.bad {
            is_record[bad.position] = false;
        }
        let mut of_records = keep.iter().zip(&is_record).filter(|(_, is_record)| **is_record);
        self.records.retain(|_| of_records.next().is_some_and(|(keep, _)| *keep));
        self.bad.retain(|bad| keep[bad.position]);
        let mut kept = keep.iter().enumerate().filter(|(_, keep)| **keep).map(|(position, _)| position).enumerate();
        for bad in &mut self.bad {
            let now = kept.find(|(_, before)| *before == bad.position);
            bad.position = now.map_or(bad.position, |(now, _)| now);
        }
    }
}

/// One after the other, in their order.
impl IntoIterator for Entries {
    type Item = Result<RequestRecord, BadEntry>;
    type IntoIter = IntoEntries;

    fn into_iter(self) -> IntoEntries {
        IntoEntries { position: 0, records: self.records.into_iter(), bad: self.bad.into_iter().peekable() }
    }
}

/// The remaining entries of a page.
#[derive(Debug)]
pub(super) struct IntoEntries {
    /// That of the next entry.
    position: usize,
    records: vec::IntoIter<RequestRecord>,
    bad: Peekable<vec::IntoIter<BadEntry>>,
}

impl Iterator for IntoEntries {
    type Item = Result<RequestRecord, BadEntry>;

    fn next(&mut self) -> Option<Self::Item> {
        let position = self.position;
        self.position += 1;
        if let Some(bad) = self.bad.next_if(|bad| bad.position <= position) {
            return Some(Err(bad));
        }
        // Whoever removed records from a page still gets every bad entry.
        self.records.next().map(Ok).or_else(|| self.bad.next().map(Err))
    }
}
