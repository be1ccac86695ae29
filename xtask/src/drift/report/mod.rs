//! Formats one report for a terminal, a program, a page or a workflow.

mod github;
mod json;
mod lines;
mod markdown;
mod text;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::config::Applied;
use super::rules::Severity;
use super::{Diagnostic, Finding};
use crate::rust_api::ApiDiff;

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For a program; holds everything.
    Json,
    /// For a page: a job's summary, a comment.
    Markdown,
    /// Workflow commands, which GitHub shows as annotations.
    Github,
}

/// The effect of regenerating on the public API, or the reason why it is unknown.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The public items of both clients were compared.
    Compared {
        /// Added, removed and changed items, and the semver bump.
        #[serde(flatten)]
        verdict: ApiDiff,
        /// Actions of the overlay that match nothing in the revision.
        unmatched_actions: Vec<String>,
    },
    /// The pipeline refused one of the documents.
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
    /// The findings that count, worst first.
    pub findings: Vec<Finding>,
    /// The number of findings that a baseline accepts.
    pub accepted: usize,
    /// The number of accepted findings that are gone.
    pub gone: usize,
    /// The effect of the configuration.
    pub applied: Applied,
    /// Broken parts of the base and of the revision.
    pub defects: (Vec<Diagnostic>, Vec<Diagnostic>),
    /// The comparison of the public APIs.
    pub source: Source,
}

impl Report {
    /// The report in one of its forms.
    #[must_use]
    pub fn written(&self, format: Format) -> String {
        match format {
            Format::Text => text::written(self),
            Format::Json => json::written(self),
            Format::Markdown => markdown::written(self),
            Format::Github => github::written(self),
        }
    }

    /// How many findings of each severity there are.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// The findings of one severity by rule, in the order of the rules' ids.
    fn by_rule(&self, severity: Severity) -> Vec<(&'static super::rules::Rule, Vec<&Finding>)> {
        let mut groups: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in self.findings.iter().filter(|finding| finding.severity == severity) {
            groups.entry(finding.rule.id).or_default().push(finding);
        }
        groups.into_values().map(|findings| (findings[0].rule, findings)).collect()
    }

    /// The verdict on the wire in one line.
    fn summary(&self) -> String {
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

    /// What is to be put in order beside the documents.
    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.applied.idle.iter().map(|what| format!("ignore {what}")).collect();
        if self.gone > 0 {
            notes.push(format!("{} accepted findings are gone; write the baseline anew", self.gone));
        }
        for (name, defects) in [(&self.base, &self.defects.0), (&self.revision, &self.defects.1)] {
            notes.extend(defects.iter().map(|defect| format!("{name}: {}: {}", defect.at, defect.what)));
        }
        notes
    }

    /// The source verdict in one line.
    fn step(&self) -> String {
        match &self.source {
            Source::Compared { verdict, .. } => format!("semver: {}", verdict.semver),
            Source::Unknown { error } => format!("semver: could not tell: {error}"),
        }
    }
}

/// A finding's place, what changed there, and how.
fn line(finding: &Finding) -> String {
    let change = change(finding);
    if finding.place.is_empty() || change.is_empty() {
        format!("{}{change}", finding.place)
    } else {
        format!("{} {change}", finding.place)
    }
}

/// What changed at a finding's place, as far as the place does not say it.
fn change(finding: &Finding) -> String {
    let is_place = finding.place.ends_with(finding.subject.trim_matches('`'));
    let subject = if is_place { "" } else { finding.subject.as_str() };
    let show = |value: &Option<serde_json::Value>| match value {
        None => "none".to_owned(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    if finding.old.is_none() && finding.new.is_none() {
        return subject.to_owned();
    }
    format!("{subject} {} → {}", show(&finding.old), show(&finding.new)).trim_start().to_owned()
}
