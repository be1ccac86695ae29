//! The report for a program: everything, with stable names.

use serde_json::{Value, json};

use super::Report;
use crate::drift::rules::Severity;
use crate::drift::{Diagnostic, Finding};
use crate::inert;

pub(super) fn render(report: &Report) -> String {
    let diagnostics = |diagnostics: &[Diagnostic]| -> Vec<Value> {
        diagnostics.iter().map(|found| json!({ "at": found.at, "what": found.what })).collect()
    };
    let value = json!({
        "base": report.base,
        "revision": report.revision,
        "reading": report.reading,
        "summary": {
            "breaking": report.count(Severity::Breaking),
            "warning": report.count(Severity::Warning),
            "info": report.count(Severity::Info),
            "accepted": report.accepted,
            "ignored": report.applied.ignored,
        },
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "renames": report.renames,
        "idle_ignores": report.applied.idle,
        "accepted_findings_gone": report.gone,
        "defects": { "base": diagnostics(&report.diagnostics.0), "revision": diagnostics(&report.diagnostics.1) },
        "source": report.api,
    });
    inert::json(&format!("{value:#}\n"))
}

fn finding(finding: &Finding) -> Value {
    json!({
        "rule": finding.rule.id,
        "severity": finding.severity,
        "reason": finding.rule.reason,
        "place": finding.place,
        "subject": finding.subject,
        "old": finding.old,
        "new": finding.new,
        "base": finding.base,
        "revision": finding.revision,
        "base_position": finding.base_position,
        "revision_position": finding.revision_position,
        "operations": finding.operations,
    })
}
