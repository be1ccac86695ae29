//! Step 2, overlay: corrections in the form of an OpenAPI Overlay 1.0 document, each with its reason.

mod actions;
mod origins;
mod renamed;
mod transition;
mod version;

use anyhow::Result;
use roas_overlay::apply::{Apply, ApplyErrorKind, ApplyOptions};
use serde_json::Value;

use crate::document::load::Document;

pub use actions::location_of;
use actions::{parse, place};
pub use origins::{attribute, attribute_position, find_actions};
pub use renamed::RenamedSchema;
pub use version::{Applied, Leftover, Unmatched, apply_to_version, find_actions_within, find_removed};

/// Possible causes of an action that matches nothing, each with its cure.
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
