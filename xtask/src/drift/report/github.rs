//! The report as workflow commands, which GitHub shows as annotations.

use super::Report;
use super::lines::describe;
use crate::drift::rules::Severity;
use crate::inert::Lines;

/// GitHub shows ten annotations of each level for a step.
const SHOWN: usize = 10;

pub(super) fn render(report: &Report) -> String {
    let mut text = Lines::default();
    for (severity, command) in [(Severity::Breaking, "error"), (Severity::Warning, "warning")] {
        let findings: Vec<_> = report.findings.iter().filter(|finding| finding.severity == severity).collect();
        for finding in findings.iter().take(SHOWN) {
            text.command(command, finding.rule.id, [format!("{} — {}", describe(finding), finding.rule.reason)]);
        }
        if findings.len() > SHOWN {
            text.command(command, "drift", [format!("… and {} more", findings.len() - SHOWN)]);
        }
    }
    for note in report.notes() {
        text.command("notice", "drift", [note]);
    }
    text.command("notice", "drift", [format!("{}; {}", report.summary(), report.semver())]);
    text.text()
}
