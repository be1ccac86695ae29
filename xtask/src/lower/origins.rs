//! Where the parts of a lowered document stood before: what is wrong with one is told of the place that can be changed.

use std::collections::BTreeMap;

use anyhow::{Error, anyhow};
use serde_json::Value;

use crate::pointer::Pointer;

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

    /// `error`, which starts with a place in the lowered document, with that of `document` in its stead.
    #[must_use]
    pub fn attributed(&self, error: Error, document: &Value) -> Error {
        let message = format!("{error:#}");
        let written = message.split(": ").next().unwrap_or_default();
        match Pointer::of_reference(written) {
            Ok(place) => anyhow!("{}{}", self.of(&place, document), &message[written.len()..]),
            Err(_) => error,
        }
    }

    fn of(&self, place: &Pointer, document: &Value) -> Pointer {
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
