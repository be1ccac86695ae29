//! The report as workflow commands, which GitHub shows as annotations.

use std::fmt::Write as _;

use super::{Report, line};
use crate::drift::rules::Severity;

/// GitHub shows ten annotations of each level for a step.
const SHOWN: usize = 10;

pub(super) fn written(report: &Report) -> String {
    let mut text = String::new();
    for (severity, command) in [(Severity::Breaking, "error"), (Severity::Warning, "warning")] {
        let findings: Vec<_> = report.findings.iter().filter(|finding| finding.severity == severity).collect();
        for finding in findings.iter().take(SHOWN) {
            let message = format!("{} — {}", line(finding), finding.rule.reason);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "::{command} title={}::{}", property(finding.rule.id), data(&message));
        }
        if findings.len() > SHOWN {
            let _ = writeln!(text, "::{command} title=drift::… and {} more", findings.len() - SHOWN);
        }
    }
    for note in report.notes() {
        let _ = writeln!(text, "::notice title=drift::{}", data(&note));
    }
    let _ = writeln!(text, "::notice title=drift::{}", data(&format!("{}; {}", report.summary(), report.step())));
    text
}

/// The data of a workflow command, escaped as GitHub's toolkit does.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
