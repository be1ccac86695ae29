//! The report for a page: a table of what breaks or warns, and counts of the rest.

use std::fmt::Write as _;

use super::{Report, Source, line};
use crate::drift::rules::Severity;

/// How many findings a table holds; pages cut off what is longer.
const ROWS: usize = 200;

pub(super) fn written(report: &Report) -> String {
    let mut text =
        format!("## Drift\n\n`{}` → `{}`\n\n**Wire:** {}\n\n", report.base, report.revision, report.summary());
    for severity in [Severity::Breaking, Severity::Warning] {
        let findings: Vec<_> = report.findings.iter().filter(|finding| finding.severity == severity).collect();
        if findings.is_empty() {
            continue;
        }
        // Writing to a string cannot fail.
        let _ =
            writeln!(text, "### {severity} ({})\n\n| rule | what | operations |\n| --- | --- | --- |", findings.len());
        for finding in findings.iter().take(ROWS) {
            let operations = match finding.operations.as_slice() {
                [] => "all".to_owned(),
                [only] => only.clone(),
                several => format!("{} operations", several.len()),
            };
            let _ = writeln!(text, "| `{}` | {} | {} |", finding.rule.id, cell(&line(finding)), cell(&operations));
        }
        if findings.len() > ROWS {
            let _ = writeln!(text, "\n… and {} more.", findings.len() - ROWS);
        }
        text.push('\n');
    }
    let info = report.by_rule(Severity::Info);
    if !info.is_empty() {
        let counts: Vec<String> =
            info.iter().map(|(rule, findings)| format!("`{}` ×{}", rule.id, findings.len())).collect();
        let _ = writeln!(text, "### info ({})\n\n{}\n", report.count(Severity::Info), counts.join(", "));
    }
    for note in report.notes() {
        let _ = writeln!(text, "- {}", cell(&note));
    }
    let _ = writeln!(text, "**Source:** {}\n", report.step());
    if let Source::Compared { verdict, .. } = &report.source {
        for item in verdict.deciding.iter().take(ROWS) {
            let _ = writeln!(text, "- `{}`", item.replace('`', "'"));
        }
    }
    text
}

/// Text that ends no cell and starts no markup.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace(char::is_control, " ")
}
