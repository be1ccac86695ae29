//! The report as workflow commands, which GitHub shows as annotations.

use std::fmt::Write as _;

use super::{Report, line};
use crate::drift::rules::Severity;
use crate::inert::{message, property};

/// GitHub shows ten annotations of each level for a step.
const SHOWN: usize = 10;

pub(super) fn written(report: &Report) -> String {
    let mut text = String::new();
    for (severity, command) in [(Severity::Breaking, "error"), (Severity::Warning, "warning")] {
        let findings: Vec<_> = report.findings.iter().filter(|finding| finding.severity == severity).collect();
        for finding in findings.iter().take(SHOWN) {
            let found = format!("{} — {}", line(finding), finding.rule.reason);
            // Writing to a string cannot fail.
            let _ = writeln!(text, "::{command} title={}::{}", property(finding.rule.id), message(found));
        }
        if findings.len() > SHOWN {
            let _ = writeln!(text, "::{command} title=drift::… and {} more", findings.len() - SHOWN);
        }
    }
    for note in report.notes() {
        let _ = writeln!(text, "::notice title=drift::{}", message(note));
    }
    let _ = writeln!(text, "::notice title=drift::{}", message(format!("{}; {}", report.summary(), report.step())));
    text
}
