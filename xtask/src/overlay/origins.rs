//! Finds what the overlay wrote: the actions, and the lines in them.

use std::collections::BTreeMap;

use anyhow::{Error, Result};
use serde_json::Value;

use super::actions::{each_step, location_of};
use super::transition::Transition;
use crate::document::errors;
use crate::document::load::Document;
use crate::document::locate::locate;
use crate::document::pointer::Pointer;

/// The cure of an error in what the overlay wrote.
const HINT: &str = "change these lines of the overlay, or delete them";

/// The locations in `overlay` of the actions that add `places`, which `document` does not have. A place that no action
/// adds is left out.
///
/// # Errors
/// An overlay that is not OpenAPI Overlay 1.0.
pub fn find_actions(document: &Value, overlay: &Document, places: &[Pointer]) -> Result<BTreeMap<Pointer, Pointer>> {
    let mut found = BTreeMap::new();
    each_step(document, overlay, |index, transition| {
        let (before, after) = (transition.before(), transition.after());
        for place in places.iter().filter(|place| place.find(before).is_none() && place.find(after).is_some()) {
            found.entry(place.clone()).or_insert_with(|| location_of(index));
        }
    })?;
    Ok(found)
}

/// Where the action of this index writes the part at `at` of the document, as a location in the overlay: the part, the
/// nearest one around it, or the action as a whole.
pub(super) fn find_written(overlay: &Document, index: usize, at: &Pointer) -> Pointer {
    let action = location_of(index);
    let update = action.child("update");
    let keys: Vec<String> = at.keys().collect();
    let below = |keys: &[String]| keys.iter().fold(update.clone(), |place, key| place.child(key));
    let is_there = |place: &Pointer| place.find(&overlay.value).is_some();
    // The target of the action names the first keys, and the update has the others.
    let parts = (0..keys.len()).flat_map(|start| (start + 1..=keys.len()).rev().map(move |end| (start, end)));
    let found: Vec<((usize, usize), Pointer)> = parts
        .map(|(start, end)| ((start, end), below(&keys[start..end])))
        .filter(|(_, place)| is_there(place))
        .collect();
    let deepest = found.iter().map(|((_, end), _)| *end).max();
    let found = found.into_iter().find(|((_, end), _)| Some(*end) == deepest);
    found.map_or(action, |(_, place)| place)
}

/// `error`, which is about the effective document, with the name of the file that its location comes from. What an action
/// wrote is named by the action's lines, and the cure is there.
#[must_use]
pub fn attribute(error: Error, document: &Document, overlay: Option<&Document>, effective: &Value) -> Error {
    attribute_to(error, document, overlay, effective, |_| document.name.clone())
}

/// As [`attribute`], with line and column of the location in the document, which is parsed for them.
#[must_use]
pub fn attribute_position(error: Error, document: &Document, overlay: &Document, effective: &Value) -> Error {
    attribute_to(error, document, Some(overlay), effective, |at| locate(document, at))
}

fn attribute_to(
    mut error: Error,
    document: &Document,
    overlay: Option<&Document>,
    effective: &Value,
    name: impl Fn(&Pointer) -> String,
) -> Error {
    let at = errors::located(&error).first().map(|located| located.at.clone());
    let Some((overlay, at)) = overlay.zip(at) else { return error.context(document.name.clone()) };
    let name = match (at.find(&document.value), at.find(effective)) {
        (None, Some(_)) => match find_writer(document, overlay, &at) {
            Some(index) => {
                for located in errors::located_mut(&mut error).iter_mut().filter(|located| located.at == at) {
                    located.hint = Some(HINT);
                }
                format!("{}: action {}", locate(overlay, &find_written(overlay, index, &at)), index + 1)
            }
            None => overlay.name.clone(),
        },
        (before, now) if before != now => format!("{} with {}", name(&at), overlay.name),
        _ => name(&at),
    };
    error.context(name)
}

/// The index of the last action that changes the part at `at`.
fn find_writer(document: &Document, overlay: &Document, at: &Pointer) -> Option<usize> {
    let mut found = None;
    let step = |index, transition: &Transition| {
        if at.find(transition.before()) != at.find(transition.after()) {
            found = Some(index);
        }
    };
    each_step(&document.value, overlay, step).ok()?;
    found
}
