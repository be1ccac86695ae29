//! The effective document: the bundled one with the corrections of the overlay.

use roas_overlay::apply::{Apply, ApplyOptions};
use roas_overlay::v1_0::Overlay;
use serde_json::Value;

use crate::dialect::bundled;

/// Applies the overlay as `cargo xtask generate` does: an action that matches nothing is an error.
pub(super) fn effective() -> Result<Value, String> {
    let mut document = bundled::document()?;
    let overlay: Overlay =
        serde_yaml::from_str(include_str!("../../../spec/overlay.yaml")).map_err(|error| error.to_string())?;
    let strictly = ApplyOptions::ErrorOnZeroMatch | ApplyOptions::ErrorOnMixedKindMatch;
    overlay.apply(&mut document, strictly).map_err(|error| error.to_string())?;
    Ok(document)
}
