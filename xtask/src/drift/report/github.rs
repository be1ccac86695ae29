//! The report as workflow commands, which GitHub shows as annotations.

use super::Report;
use super::lines::describe;
use crate::drift::FilePosition;
use crate::drift::rules::Severity;
use crate::inert::Lines;

/// GitHub shows ten annotations of each level for a step.
const SHOWN: usize = 10;

pub(super) fn render(report: &Report) -> String {
    let mut text = Lines::default();
    for (severity, command) in [(Severity::Breaking, "error"), (Severity::Warning, "warning")] {
        let findings: Vec<_> = report.findings.iter().filter(|finding| finding.severity == severity).collect();
        for finding in findings.iter().take(SHOWN) {
            let message = [format!("{} — {}", describe(finding), finding.rule.reason)];
            match finding.position() {
                Some(FilePosition { file, position }) => {
                    text.command_at(command, finding.rule.id, (file, position.line, position.column), message);
                }
                None => text.command(command, finding.rule.id, message),
            }
        }
        if findings.len() > SHOWN {
            text.command(command, "drift", [format!("… and {} more", findings.len() - SHOWN)]);
        }
    }
    for rename in report.renames.iter().take(SHOWN) {
        text.command("notice", "drift", [format!("probably renamed: {rename}")]);
    }
    for note in report.reading.iter().cloned().chain(report.notes()) {
        text.command("notice", "drift", [note]);
    }
    text.command("notice", "drift", [format!("{}; {}", report.summary(), report.semver())]);
    text.text()
}
