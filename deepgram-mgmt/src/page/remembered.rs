//! Remembers the records that were read last.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

/// How many records are remembered at least: ten pages of the most that the API gives.
const REMEMBERED: usize = 10_000;

/// The digests of the records that were read last, in two sets: each takes [`REMEMBERED`] records or one page, and then
/// the older one is forgotten as a whole. A queue beside one set would take twice the memory.
#[derive(Default)]
pub(super) struct Remembered {
    newer: Digests,
    older: Digests,
}

type Digests = HashSet<u64, BuildHasherDefault<DigestHasher>>;

impl Remembered {
    pub(super) fn contains(&self, digest: u64) -> bool {
        self.newer.contains(&digest) || self.older.contains(&digest)
    }

    /// Remembers a record. Returns whether it was not known.
    pub(super) fn insert(&mut self, digest: u64) -> bool {
        !self.older.contains(&digest) && self.newer.insert(digest)
    }

    /// Forgets the oldest records where there are enough newer ones. Called after each page: one page is never half known.
    pub(super) fn forget(&mut self) {
        if self.newer.len() >= REMEMBERED {
            std::mem::swap(&mut self.newer, &mut self.older);
            self.newer.clear();
        }
    }
}

/// The hash of a digest is the digest, which is keyed.
#[derive(Default)]
struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, digest: u64) {
        self.0 = digest;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_records_are_known_and_older_ones_are_forgotten() {
        let mut remembered = Remembered::default();
        for page in 0..50_u64 {
            assert!((page * 1000..(page + 1) * 1000).all(|digest| remembered.insert(digest)), "page {page}");
            let from = (page * 1000).saturating_sub(9_000);
            assert!((from..(page + 1) * 1000).all(|digest| remembered.contains(digest)), "page {page}");
            assert!(!remembered.insert(page * 1000));
            remembered.forget();
            let known = (0..(page + 1) * 1000).filter(|digest| remembered.contains(*digest)).count();
            assert!(known <= 2 * REMEMBERED, "page {page}: {known}");
        }
        assert!(!remembered.contains(0));
    }

    #[test]
    fn a_page_of_any_length_is_remembered_as_a_whole() {
        let mut remembered = Remembered::default();
        assert!((0..30_000).all(|digest| remembered.insert(digest)));
        remembered.forget();
        assert!((0..30_000).all(|digest| remembered.contains(digest)));
    }
}
