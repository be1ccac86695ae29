//! The tooling that keeps `deepgram-mgmt` true to its documents.
//!
//! A document flows through pure steps, one module each; input and output are at the two ends:
//! [`load`] → [`overlay`] → [`lower`] → [`generate`] → [`polish`] → [`output`].

pub mod drift;
pub mod generate;
pub mod inert;
pub mod load;
pub mod locate;
pub mod lower;
pub mod media_type;
pub mod output;
pub mod overlay;
pub mod pointer;
pub mod polish;
pub mod probe;
pub mod shipped;
pub mod soundness;
pub mod source;
pub mod stale;
pub mod texts;
pub mod tour;
pub mod update;
pub mod widening;
pub mod workspace;

use anyhow::Result;
use serde_json::Value;

/// The generator follows types within types by recursion; this is deep enough for every document that is let in.
pub const STACK: usize = 512 * 1024 * 1024;

/// The generated client of an effective document (OpenAPI 3.0 or 3.1): the steps between the two ends.
///
/// # Errors
/// As [`lower::to_30`], [`generate::client`] and [`polish::modules`], with places in `effective`.
pub fn client(effective: &Value) -> Result<polish::Modules> {
    let (lowered, origins) = lower::lowered(effective)?;
    let made = generate::client(&lowered).and_then(|tokens| polish::modules(tokens, None, &lowered));
    made.map_err(|error| origins.attributed(error, effective))
}

/// The same for the shipped client, with mocks of its operations.
///
/// # Errors
/// As [`client`] and [`generate::mocks`].
pub fn shipped_client(effective: &Value) -> Result<polish::Modules> {
    let (lowered, origins) = lower::lowered(effective)?;
    let made = generate::client(&lowered).and_then(|tokens| {
        let shipped = polish::Shipped { name: "deepgram_mgmt", mocks: generate::mocks(&lowered)? };
        polish::modules(tokens, Some(shipped), &lowered)
    });
    made.map_err(|error| origins.attributed(error, effective))
}
