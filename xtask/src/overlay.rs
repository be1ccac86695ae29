//! Step 2, overlay: corrections in the form of an OpenAPI Overlay 1.0 document, each with its reason.

use anyhow::{Error, Result, bail};
use roas_overlay::apply::{Apply, ApplyErrorKind, ApplyOptions};
use roas_overlay::v1_0::Overlay;
use roas_overlay::validation::Validate;
use serde_json::Value;

use crate::load::Document;
use crate::locate::locate;
use crate::pointer::Pointer;

/// What an action that matches nothing may mean, and the cure of each.
const UNMATCHED: &str = "matches nothing: what it names was renamed or is missing (change the target), \
                         or was fixed upstream (delete the action)";

/// The effective document: `document` with every action of `overlay` applied in order.
///
/// # Errors
/// An overlay that is not OpenAPI Overlay 1.0, an action without a description (its reason), and an action that
/// matches nothing in the document.
pub fn apply(document: Value, overlay: &Document) -> Result<Value> {
    let parsed = parse(overlay)?;
    let mut effective = document;
    parsed.apply(&mut effective, ApplyOptions::ErrorOnZeroMatch | ApplyOptions::ErrorOnMixedKindMatch).map_err(
        |error| {
            let reason = match error.kind {
                ApplyErrorKind::ZeroMatch => UNMATCHED.to_owned(),
                kind => kind.to_string(),
            };
            anyhow::anyhow!(
                "{}: action {}: {} {reason}",
                place(overlay, error.action_index),
                error.action_index + 1,
                error.target
            )
        },
    )?;
    Ok(effective)
}

/// `error`, which was found in the effective document, with the name of the file that its place comes from.
#[must_use]
pub fn attributed(error: Error, document: &Document, overlay: Option<&Document>, effective: &Value) -> Error {
    let message = format!("{error:#}");
    let place = message.split(": ").next().and_then(|place| Pointer::of_reference(place).ok());
    let name = match overlay.and_then(|overlay| Some((overlay, place.as_ref()?))) {
        Some((overlay, at)) => match (at.find(&document.value), at.find(effective)) {
            (None, Some(_)) => overlay.name.clone(),
            (before, now) if before != now => format!("{} with {}", document.name, overlay.name),
            _ => document.name.clone(),
        },
        None => document.name.clone(),
    };
    error.context(name)
}

/// File, line and column of an action.
fn place(overlay: &Document, index: usize) -> String {
    locate(overlay, &Pointer::root().child("actions").child(index))
}

fn parse(overlay: &Document) -> Result<Overlay> {
    let name = &overlay.name;
    let parsed: Overlay = serde_path_to_error::deserialize(&overlay.value)
        .map_err(|error| anyhow::anyhow!("{name}: {}: {}", error.path(), error.inner()))?;
    refuse_unknown(name, &overlay.value, &serde_json::to_value(&parsed)?, &Pointer::root())?;
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
fn refuse_unknown(name: &str, written: &Value, understood: &Value, at: &Pointer) -> Result<()> {
    match (written, understood) {
        (Value::Object(written), Value::Object(understood)) => {
            for (key, value) in written {
                let at = at.child(key);
                match understood.get(key) {
                    Some(known) => refuse_unknown(name, value, known, &at)?,
                    None => bail!("{name}: {at} is not a property of OpenAPI Overlay 1.0"),
                }
            }
            Ok(())
        }
        (Value::Array(written), Value::Array(understood)) => {
            for (index, (value, known)) in written.iter().zip(understood).enumerate() {
                refuse_unknown(name, value, known, &at.child(index))?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
