//! The probe compares real responses with a document.
//!
//! | step | file |
//! | --- | --- |
//! | read the document and its overlay | `document` |
//! | call every GET operation, with ids from listings | `walk`, `parameter`, `exchange` |
//! | distinguish names of properties from keys that are data | `keys` |
//! | record the responses without private data, and read them again | `recording`, `redact` |
//! | compare each response with the document | `compare`, `places`, `infer` |
//! | decode each response as the client does, and find lost fields | `decode` |
//! | report the findings, and suggest an overlay that corrects the document | `findings`, `report`, `suggest` |
//!
//! A finding names a location and a type, never a value.

mod compare;
mod decode;
mod document;
mod exchange;
mod findings;
mod infer;
mod keys;
mod parameter;
mod places;
mod recording;
mod redact;
mod report;
mod suggest;
mod walk;

use anyhow::Result;

pub use document::{Document, Operation};
pub use exchange::{Content, Exchange, Walk};
pub use findings::{Finding, Kind, Outcome};
pub use parameter::Query;
pub use recording::{read, write};
pub use report::Format;
pub use suggest::overlay;
pub use walk::{MAX_CALLS, PER_LISTING, walk};

/// Compares responses with `document`, and with the client by means of its own document, `shipped`.
///
/// # Errors
/// A document with a reference that names nothing, or a schema that is none.
pub fn judge(walk: &Walk, document: &Document, shipped: &Document) -> Result<Outcome> {
    let mut keys = keys::Keys::new(document, shipped);
    let exchanges = walk.exchanges.iter().map(|exchange| keys.numbered(exchange)).collect::<Result<Vec<_>>>()?;
    let mut findings = compare::compare(&exchanges, document)?;
    findings.extend(decode::check(&exchanges, shipped)?);
    let has_succeeded = |operation: &&Operation| {
        walk.exchanges.iter().any(|exchange| operation.is(&exchange.path) && exchange.is_success())
    };
    let succeeded = document.operations().iter().filter(has_succeeded).count();
    Ok(Outcome {
        findings,
        untold: walk.untold.clone(),
        skipped: walk.skipped.clone(),
        succeeded: (succeeded, document.operations().len()),
    })
}

/// The quickstart of the workspace's README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
