//! The report for a program: everything, with stable names.

use serde_json::{Value, json};

use super::{Report, Severity};
use crate::drift::{Diagnostic, Finding};
use crate::inert;

pub(super) fn written(report: &Report) -> String {
    let defects = |defects: &[Diagnostic]| -> Vec<Value> {
        defects.iter().map(|defect| json!({ "at": defect.at, "what": defect.what })).collect()
    };
    let value = json!({
        "base": report.base,
        "revision": report.revision,
        "summary": {
            "breaking": report.count(Severity::Breaking),
            "warning": report.count(Severity::Warning),
            "info": report.count(Severity::Info),
            "accepted": report.accepted,
            "ignored": report.applied.ignored,
        },
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
        "idle_ignores": report.applied.idle,
        "accepted_findings_gone": report.gone,
        "defects": { "base": defects(&report.defects.0), "revision": defects(&report.defects.1) },
        "source": report.source,
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
        "operations": finding.operations,
    })
}
