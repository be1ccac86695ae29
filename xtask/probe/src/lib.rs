//! The probe: real answers held against a document.
//!
//! | step | file |
//! | --- | --- |
//! | read the document and its overlay | `document` |
//! | ask every GET operation, with ids that listings name | `walk`, `parameter` |
//! | tell the names of properties from keys that are data | `keys` |
//! | keep the answers without what is private in them, and read them again | `recording`, `redact` |
//! | hold each answer against the document | `compare`, `places`, `infer` |
//! | decode each answer as the client does, and look for what got lost | `decode` |
//! | say what was found, and which overlay would mend the document | `findings`, `report`, `suggest` |
//!
//! A finding names where something is and what type it has, never its value.

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

/// Holds answers against `document`, and against the client by means of its own document, `shipped`.
///
/// # Errors
/// A document with a reference that names nothing, or a schema that is none.
pub fn judge(walk: &Walk, document: &Document, shipped: &Document) -> Result<Outcome> {
    let mut keys = keys::Keys::new(document, shipped);
    let exchanges = walk.exchanges.iter().map(|exchange| keys.numbered(exchange)).collect::<Result<Vec<_>>>()?;
    let mut findings = compare::compare(&exchanges, document)?;
    findings.extend(decode::check(&exchanges, shipped)?);
    let is_answered = |operation: &&Operation| {
        walk.exchanges.iter().any(|exchange| operation.is(&exchange.path) && exchange.is_success())
    };
    let answered = document.operations().iter().filter(is_answered).count();
    Ok(Outcome {
        findings,
        untold: walk.untold.clone(),
        skipped: walk.skipped.clone(),
        answered: (answered, document.operations().len()),
    })
}

/// The quickstart of the workspace's README compiles.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
