//! The actions of an overlay: reads them, and applies them one by one.

use anyhow::{Result, bail};
use roas_overlay::apply::ApplyOptions;
use roas_overlay::v1_0::Overlay;
use roas_overlay::validation::{Validate, ValidationError};
use serde_json::Value;
use serde_path_to_error::Segment;

use super::transition::Transition;
use crate::document::load::Document;
use crate::document::locate::locate;
use crate::document::pointer::Pointer;

/// The cure of a file that is no overlay.
const HINT: &str = "an overlay has `overlay: 1.0.0`, an `info` with `title` and `version`, and `actions`";

/// Applies the actions one after the other, and hands on the index of each, and the documents before and after it. An
/// action that cannot be applied is left out.
pub(super) fn each_step(document: &Value, overlay: &Document, mut step: impl FnMut(usize, &Transition)) -> Result<()> {
    let parsed = parse(overlay)?;
    let mut transition = Transition::of(document.clone());
    for (index, action) in parsed.actions.iter().enumerate() {
        if transition.apply(action, &parsed, ApplyOptions::ErrorOnMixedKindMatch).is_ok() {
            step(index, &transition);
        }
    }
    Ok(())
}

/// Where an overlay has the action of this index.
#[must_use]
pub fn location_of(index: usize) -> Pointer {
    Pointer::root().child("actions").child(index)
}

/// File, line and column of an action.
pub(super) fn place(overlay: &Document, index: usize) -> String {
    locate(overlay, &location_of(index))
}

pub(super) fn parse(overlay: &Document) -> Result<Overlay> {
    let parsed: Overlay = serde_path_to_error::deserialize(&overlay.value).map_err(|error| {
        let (mut at, mut index) = (Pointer::root(), None);
        for segment in error.path() {
            match segment {
                Segment::Map { key } => at = at.child(key),
                Segment::Seq { index: position } => {
                    index.get_or_insert(*position);
                    at = at.child(position);
                }
                _ => {}
            }
        }
        let cause = error.inner();
        match index {
            Some(index) => anyhow::anyhow!(
                "{}: action {}: {cause}; an action has a `target`, and `update` or `remove`",
                place(overlay, index),
                index + 1
            ),
            None => anyhow::anyhow!("{}: not an OpenAPI Overlay 1.0: {cause}; {HINT}", locate(overlay, &at)),
        }
    })?;
    reject_unknown(overlay, &overlay.value, &serde_json::to_value(&parsed)?, &Pointer::root())?;
    parsed.validate(enumset::EnumSet::empty()).map_err(|invalid| {
        let problems = invalid.errors.into_iter().map(|ValidationError { path, message, .. }| {
            // `#.actions[0].target`
            let keys = path.split(['#', '.', '[', ']']).filter(|key| !key.is_empty());
            let at = keys.fold(Pointer::root(), |at, key| at.child(key));
            format!("{}: {at}: {message}", locate(overlay, &at))
        });
        anyhow::anyhow!("{}; {HINT}", problems.collect::<Vec<_>>().join("; "))
    })?;
    for (index, action) in parsed.actions.iter().enumerate() {
        if action.description.as_deref().is_none_or(|text| text.trim().is_empty()) {
            bail!(
                "{}: action {}: {} has no description; say why it is there and when to drop it",
                place(overlay, index),
                index + 1,
                action.target
            );
        }
    }
    Ok(parsed)
}

/// The overlay library skips properties it does not know; a misspelt `remove` must not pass for no action.
fn reject_unknown(overlay: &Document, written: &Value, understood: &Value, at: &Pointer) -> Result<()> {
    match (written, understood) {
        (Value::Object(written), Value::Object(understood)) => {
            for (key, value) in written {
                let at = at.child(key);
                let Some(known) = understood.get(key) else {
                    bail!(
                        "{}: {at} is not a property of OpenAPI Overlay 1.0; correct its name, or delete it",
                        locate(overlay, &at)
                    );
                };
                // What an action writes is any JSON, which the library keeps.
                if key != "update" {
                    reject_unknown(overlay, value, known, &at)?;
                }
            }
            Ok(())
        }
        (Value::Array(written), Value::Array(understood)) => {
            for (index, (value, known)) in written.iter().zip(understood).enumerate() {
                reject_unknown(overlay, value, known, &at.child(index))?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
