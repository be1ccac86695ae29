//! Drift: what changed between two documents, and what it means for the client that is already shipped.
//!
//! [`compare`] looks at both documents through one normalised model; [`config`] and [`baseline`] say what counts;
//! [`report`] writes it down.

#![allow(clippy::similar_names, reason = "a schema has a role, and a finding has a rule")]

mod alternatives;
pub mod baseline;
mod compare;
pub mod config;
mod constraints;
mod describe;
mod document;
mod findings;
mod limits;
mod operations;
mod parameters;
mod properties;
pub mod report;
mod responses;
pub mod rules;
mod schema;
mod schemas;
mod security;
mod side;
mod types;
mod unions;

use serde_json::Value;

pub use findings::Finding;

/// A corner of a document that could not be read; the rest was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// JSON pointer.
    pub at: String,
    /// What is wrong there.
    pub what: String,
}

/// What a comparison came to.
#[derive(Debug, Clone, Default)]
pub struct Drift {
    /// Worst first.
    pub findings: Vec<Finding>,
    /// Broken corners of the base document and of the revision.
    pub defects: (Vec<Defect>, Vec<Defect>),
}

/// Compares two documents, OpenAPI 3.0 or 3.1 each; `only` names the prefixes of the paths to look at, none all of them.
#[must_use]
pub fn compare(base: &Value, revision: &Value, only: &[String]) -> Drift {
    let (base, revision) = (side::Side::new(base), side::Side::new(revision));
    let mut comparison = compare::Comparison::new(&base, &revision);
    document::compare(&mut comparison);
    security::compare(&mut comparison);
    operations::compare(&mut comparison, only);
    comparison.run();
    if only.is_empty() {
        document::components(&mut comparison);
    }
    let findings = comparison.ledger.close();
    let defects = |side: &side::Side<'_>| side.defects().into_iter().map(|(at, what)| Defect { at, what }).collect();
    Drift { findings, defects: (defects(&base), defects(&revision)) }
}
