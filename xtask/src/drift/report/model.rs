//! The content of a report, whatever its format.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::count::count;
use crate::drift::config::Applied;
use crate::drift::renames::Rename;
use crate::drift::rules::{Rule, Severity};
use crate::drift::{Diagnostic, Finding};
use crate::rust_api::ApiDiff;

/// The effect of regenerating on the public API, or the reason why it is unknown.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiVerdict {
    /// The public items of both clients were compared.
    Compared {
        /// Added, removed and changed items, and the semver bump.
        #[serde(flatten)]
        diff: ApiDiff,
        /// Actions of the overlay that match nothing in the revision.
        unmatched_actions: Vec<String>,
    },
    /// No client is generated from one of the documents.
    NotCompared {
        /// Why, and which task compares them.
        reason: String,
    },
    /// The pipeline rejected one of the documents.
    Unknown {
        /// Its error.
        error: String,
    },
}

/// The result of the drift check for two documents.
#[derive(Debug, Clone)]
pub struct Report {
    /// The name of the base.
    pub base: String,
    /// The name of the revision.
    pub revision: String,
    /// One line about the overlay, where both documents have it.
    pub reading: Option<String>,
    /// The findings that count, worst first.
    pub findings: Vec<Finding>,
    /// The probable renames among the findings.
    pub renames: Vec<Rename>,
    /// The number of findings that a baseline accepts.
    pub accepted: usize,
    /// The number of accepted findings that are gone.
    pub gone: usize,
    /// The effect of the configuration.
    pub applied: Applied,
    /// Broken parts of the base and of the revision.
    pub diagnostics: (Vec<Diagnostic>, Vec<Diagnostic>),
    /// The comparison of the public APIs.
    pub api: ApiVerdict,
}

impl Report {
    /// How many findings of each severity there are.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// The findings of one severity by rule, in the order of the rules' ids.
    pub(super) fn by_rule(&self, severity: Severity) -> Vec<(&'static Rule, Vec<&Finding>)> {
        let mut groups: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| finding.severity == severity) {
            groups.entry(finding.rule.id).or_default().push(finding);
        }
        groups.into_values().map(|findings| (findings[0].rule, findings)).collect()
    }

    /// The counts of the findings in one line.
    pub(super) fn summary(&self) -> String {
        let counts: Vec<String> =
            Severity::ALL.into_iter().map(|severity| format!("{} {severity}", self.count(severity))).collect();
        let mut line = counts.join(", ");
        // Writing to a string cannot fail.
        if self.accepted > 0 {
            let _ = write!(line, "; {} more accepted by the baseline", self.accepted);
        }
        if self.applied.ignored > 0 {
            let _ = write!(line, "; {} ignored", self.applied.ignored);
        }
        line
    }

    /// Diagnostics, and entries of the configuration and of the baseline that need care.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.applied.idle.iter().map(|entry| format!("ignore {entry}")).collect();
        if self.gone > 0 {
            let are = if self.gone == 1 { "is" } else { "are" };
            notes.push(format!("{} {are} gone; write the baseline anew", count(self.gone, "accepted finding")));
        }
        for (name, diagnostics) in [(&self.base, &self.diagnostics.0), (&self.revision, &self.diagnostics.1)] {
            notes.extend(diagnostics.iter().map(|found| format!("{name}: {}: {}", found.at, found.what)));
        }
        notes
    }

    /// The effect on the public API in one line.
    pub(super) fn semver(&self) -> String {
        match &self.api {
            ApiVerdict::Compared { diff, .. } => format!("semver: {}", diff.semver),
            ApiVerdict::NotCompared { reason } => format!("source: not compared: {reason}"),
            ApiVerdict::Unknown { error } => format!("semver: could not tell: {error}"),
        }
    }
}
