//! The actions of an overlay: reads them, and applies them one by one.

use anyhow::{Result, bail};
use roas_overlay::apply::ApplyOptions;
use roas_overlay::v1_0::Overlay;
use roas_overlay::validation::Validate;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::transition::Transition;
use crate::document::load::Document;
use crate::document::locate::locate;
use crate::document::pointer::Pointer;

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
    let name = &overlay.name;
    let parsed: Overlay = serde_path_to_error::deserialize(&overlay.value).map_err(|error| {
        let index = error.path().iter().find_map(|segment| match segment {
            Segment::Seq { index } => Some(*index),
            _ => None,
        });
        let cause = error.inner();
        match index {
            Some(index) => anyhow::anyhow!(
                "{}: action {}: {cause}; an action has a `target`, and `update` or `remove`",
                place(overlay, index),
                index + 1
            ),
            None => anyhow::anyhow!("{name}: {}: {cause}", error.path()),
        }
    })?;
    reject_unknown(name, &overlay.value, &serde_json::to_value(&parsed)?, &Pointer::root())?;
    parsed.validate(enumset::EnumSet::empty()).map_err(|invalid| {
        let problems: Vec<String> = invalid.errors.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{name}: not an OpenAPI Overlay 1.0 document: {}", problems.join("; "))
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
fn reject_unknown(name: &str, written: &Value, understood: &Value, at: &Pointer) -> Result<()> {
    match (written, understood) {
        (Value::Object(written), Value::Object(understood)) => {
            for (key, value) in written {
                match understood.get(key) {
                    Some(known) if known.is_object() || known.is_array() => {
                        reject_unknown(name, value, known, &at.child(key))?;
                    }
                    Some(_) => {}
                    None => bail!("{name}: {} is not a property of OpenAPI Overlay 1.0", at.child(key)),
                }
            }
            Ok(())
        }
        (Value::Array(written), Value::Array(understood)) => {
            for (index, (value, known)) in written.iter().zip(understood).enumerate() {
                reject_unknown(name, value, known, &at.child(index))?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
