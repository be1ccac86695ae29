//! Maps locations in the lowered document back to the source, so that errors point at what the author can change.

use std::collections::BTreeMap;

use anyhow::Error;
use serde_json::Value;

use crate::document::errors::located_mut;
use crate::document::located::Located;
use crate::document::pointer::Pointer;

/// The locations in the document of the parts that have another location in the lowered one.
#[derive(Debug, Default)]
pub struct Origins(BTreeMap<Pointer, Pointer>);

impl Origins {
    /// Notes that the part at `lowered`, with all below it, stands at `source` in the document.
    pub(super) fn note(&mut self, lowered: Pointer, source: &Pointer) {
        if lowered != *source {
            self.0.insert(lowered, source.clone());
        }
    }

    /// Notes that a later step moved the part at `old`, with all below it, to `new`.
    pub(crate) fn rename(&mut self, new: Pointer, old: &Pointer) {
        let source = self.trace(old);
        self.0.insert(new, source);
    }

    /// As [`Self::rename`], also for the parts below it that were noted themselves.
    pub(crate) fn rename_all(&mut self, new: &Pointer, old: &Pointer) {
        let below: Vec<Pointer> = self.0.keys().filter(|noted| noted.is_within(old)).cloned().collect();
        for noted in below {
            let new = noted.keys().skip(old.keys().count()).fold(new.clone(), |at, key| at.child(key));
            self.rename(new, &noted);
        }
        self.rename(new.clone(), old);
    }

    /// The location in the document of the part at `lowered`, whether or not the document has it.
    pub(crate) fn trace(&self, lowered: &Pointer) -> Pointer {
        let (source, rest) = self.split(lowered);
        rest.iter().fold(source, |at, key| at.child(key))
    }

    /// `error` about a location in the lowered document, with the location in `document` that its author can change.
    #[must_use]
    pub fn relocate(&self, mut error: Error, document: &Value) -> Error {
        for Located { at, .. } in located_mut(&mut error) {
            self.relocate_to_source(at, document);
        }
        error
    }

    /// Changes a location in the lowered document to the one in `document` that its author can change.
    pub(crate) fn relocate_to_source(&self, at: &mut Pointer, document: &Value) {
        let (source, rest) = self.split(at);
        *at = source;
        for key in rest {
            let next = at.child(key);
            // Below this, lowering has made something else of it.
            if next.find(document).is_none() {
                break;
            }
            *at = next;
        }
    }

    /// The source of the nearest part above `lowered` whose source was noted, and the keys from there on.
    fn split(&self, lowered: &Pointer) -> (Pointer, Vec<String>) {
        let mut keys = Vec::new();
        let mut above = lowered.clone();
        let source = loop {
            if let Some(source) = self.0.get(&above) {
                break source.clone();
            }
            let Some((parent, key)) = above.parent() else { break above };
            keys.push(key);
            above = parent;
        };
        keys.reverse();
        (source, keys)
    }
}
