//! Maps locations in the lowered document back to the source, so that errors point at what the author can change.

use std::collections::BTreeMap;

use anyhow::Error;
use serde_json::Value;

use crate::document::located::Located;
use crate::document::pointer::Pointer;

/// The places in the document of what stands elsewhere, or under another name, in the lowered one.
#[derive(Debug, Default)]
pub struct Origins(BTreeMap<Pointer, Pointer>);

impl Origins {
    /// What stands at `lowered` stood at `source`, and so does what is below.
    pub(super) fn note(&mut self, lowered: Pointer, source: &Pointer) {
        if lowered != *source {
            self.0.insert(lowered, source.clone());
        }
    }

    /// `error` about a location in the lowered document, with the location in `document` that its author can change.
    #[must_use]
    pub fn relocate(&self, mut error: Error, document: &Value) -> Error {
        if let Some(located) = error.downcast_mut::<Located>() {
            located.at = self.source_of(&located.at, document);
        }
        error
    }

    fn source_of(&self, place: &Pointer, document: &Value) -> Pointer {
        let mut keys = Vec::new();
        let mut above = place.clone();
        let mut there = loop {
            if let Some(source) = self.0.get(&above) {
                break source.clone();
            }
            let Some((parent, key)) = above.parent() else { break above };
            keys.push(key);
            above = parent;
        };
        for key in keys.into_iter().rev() {
            let next = there.child(key);
            // Below this, lowering has made something else of it.
            if next.find(document).is_none() {
                break;
            }
            there = next;
        }
        there
    }
}
