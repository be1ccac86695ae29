//! Drift: the changes between two documents, and their effect on a client that is already published.
//!
//! `read` turns each document into a normalised model; `compare` finds the changes; [`rules`] holds every kind of change
//! with its severity; [`config`] and [`baseline`] say which findings count; [`renames`] finds those that belong together; [`report`] formats
//! them.

pub mod baseline;
mod compare;
pub mod config;
mod findings;
mod read;
pub mod renames;
pub mod report;
pub mod rules;

use serde_json::Value;

pub use findings::{FilePosition, Finding};

use compare::{Comparison, document, operations, schemas, security};
use read::reader::Reader;
use rules::Rule;

/// A part of a document that could not be read. The rest was compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// JSON pointer.
    pub at: String,
    /// The fault.
    pub what: String,
}

/// The result of a comparison.
#[derive(Debug, Clone, Default)]
pub struct Drift {
    /// Worst first.
    pub findings: Vec<Finding>,
    /// Broken parts of the base document and of the revision.
    pub diagnostics: (Vec<Diagnostic>, Vec<Diagnostic>),
}

/// Compares two documents, OpenAPI 3.0 or 3.1 each. `only` lists the prefixes of the paths to compare; empty means all.
#[must_use]
pub fn compare(base: &Value, revision: &Value, only: &[String]) -> Drift {
    compare_by(base, revision, only, |_| true)
}

/// The findings of two documents by the rules that are `wanted`, worst first. Fewer rules take less time: no text is
/// made of the other findings.
#[must_use]
pub fn find(base: &Value, revision: &Value, wanted: fn(&Rule) -> bool) -> Vec<Finding> {
    compare_by(base, revision, &[], wanted).findings
}

fn compare_by(base: &Value, revision: &Value, only: &[String], wanted: fn(&Rule) -> bool) -> Drift {
    let (base, revision) = (Reader::new(base), Reader::new(revision));
    let mut comparison = Comparison::new(&base, &revision, wanted);
    document::compare(&mut comparison);
    security::compare(&mut comparison);
    operations::compare(&mut comparison, only);
    schemas::compare_queued(&mut comparison);
    if only.is_empty() {
        document::compare_components(&mut comparison);
    }
    let findings = comparison.collector.finish();
    Drift { findings, diagnostics: (diagnostics(base), diagnostics(revision)) }
}

fn diagnostics(document: Reader<'_>) -> Vec<Diagnostic> {
    let broken = document.into_diagnostics().into_iter();
    broken.map(|(at, what)| Diagnostic { at: at.to_string(), what }).collect()
}
