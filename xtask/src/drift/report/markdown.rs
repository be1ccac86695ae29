//! The report for a page: a table of what breaks or warns, and counts of the rest.

use super::lines::describe;
use super::{ApiVerdict, Report};
use crate::drift::rules::Severity;
use crate::inert::{Lines, code};

/// How many findings a table holds; pages cut off what is longer.
const ROWS: usize = 200;

pub(super) fn render(report: &Report) -> String {
    let mut text = Lines::default();
    let (base, revision) = (code(&report.base), code(&report.revision));
    text.paragraph("## Drift");
    text.paragraph(format_args!("{base} → {revision}"));
    text.paragraph(format_args!("**Wire:** {}", report.summary()));
    for severity in [Severity::Breaking, Severity::Warning] {
        let findings: Vec<_> = report.findings.iter().filter(|finding| finding.severity == severity).collect();
        if findings.is_empty() {
            continue;
        }
        text.paragraph(format_args!("### {severity} ({})", findings.len()));
        text.add("| rule | change | operations |");
        text.add("| --- | --- | --- |");
        for finding in findings.iter().take(ROWS) {
            let operations = match finding.operations.as_slice() {
                [] => "all".to_owned(),
                [only] => code(only),
                several => format!("{} operations", several.len()),
            };
            text.add(format_args!("| `{}` | {} | {operations} |", finding.rule.id, code(describe(finding))));
        }
        text.add("");
        if findings.len() > ROWS {
            text.paragraph(format_args!("… and {} more.", findings.len() - ROWS));
        }
    }
    let info = report.by_rule(Severity::Info);
    if !info.is_empty() {
        let counts: Vec<String> =
            info.iter().map(|(rule, findings)| format!("`{}` ×{}", rule.id, findings.len())).collect();
        text.paragraph(format_args!("### info ({})", report.count(Severity::Info)));
        text.paragraph(counts.join(", "));
    }
    for note in report.notes() {
        text.add(format_args!("- {}", code(note)));
    }
    match &report.api {
        ApiVerdict::Compared { diff, .. } => {
            text.paragraph(format_args!("**Source:** semver: {}", diff.semver));
            for item in diff.deciding.iter().take(ROWS) {
                text.add(format_args!("- {}", code(item)));
            }
        }
        ApiVerdict::Unknown { error } => {
            text.paragraph(format_args!("**Source:** semver: could not tell: {}", code(error)));
        }
    }
    text.text()
}
