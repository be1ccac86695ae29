//! The report for a page: a summary that fits on a screen, and the whole in parts that a reader opens.

use super::lines::{COUNTED, describe};
use super::{ApiVerdict, Report};
use crate::drift::Finding;
use crate::drift::rules::Severity;
use crate::inert::{Lines, code};

/// How many findings the summary shows.
const FINDINGS: usize = 10;

/// How many renames, and how many items that decide the semver step, the summary shows.
const ITEMS: usize = 5;

/// How many bytes all parts together may hold: the body of an issue on GitHub holds 65,536 characters.
const PARTS: usize = 55_000;

const TABLE: [&str; 2] = ["| rule | change | position | operations |", "| --- | --- | --- | --- |"];

pub(super) fn render(report: &Report) -> String {
    let mut text = Lines::default();
    summarize(&mut text, report);
    let mut parts = Parts { text, room: PARTS };
    for severity in [Severity::Breaking, Severity::Warning] {
        parts.add(severity, report.count(severity), &TABLE, &rows(report, severity));
    }
    let items = |items: &[String]| -> Vec<String> { items.iter().map(item).collect() };
    parts.add("probable renames", report.renames.len(), &[], &report.renames.iter().map(item).collect::<Vec<_>>());
    if let ApiVerdict::Compared { diff, .. } = &report.api {
        parts.add("items that decide the semver step", diff.deciding.len(), &[], &items(&diff.deciding));
    }
    let notes = report.notes();
    parts.add("notes", notes.len(), &[], &items(&notes));
    parts.add(Severity::Info, report.count(Severity::Info), &TABLE, &rows(report, Severity::Info));
    parts.text.text()
}

fn summarize(text: &mut Lines, report: &Report) {
    text.paragraph("## Drift");
    text.paragraph(format_args!("{} → {}", code(&report.base), code(&report.revision)));
    if let Some(reading) = &report.reading {
        text.paragraph(code(reading));
    }
    text.paragraph(format_args!("**Wire:** {}", report.summary()));
    let worth = report.findings.iter().filter(|finding| finding.severity > Severity::Info);
    let worth: Vec<&Finding> = worth.collect();
    if !worth.is_empty() {
        text.add("| severity | rule | change | position |");
        text.add("| --- | --- | --- | --- |");
        for finding in worth.iter().take(FINDINGS) {
            let change = code(describe(finding));
            let rule = code(finding.rule.id);
            text.add(format_args!("| {} | {rule} | {change} | {} |", finding.severity, position(finding)));
        }
        text.add("");
        more(text, worth.len(), FINDINGS);
    }
    if !report.renames.is_empty() {
        for rename in report.renames.iter().take(ITEMS) {
            text.add(format_args!("- probably renamed: {}", code(rename)));
        }
        text.add("");
        more(text, report.renames.len(), ITEMS);
    }
    match &report.api {
        ApiVerdict::Compared { diff, .. } => {
            text.paragraph(format_args!("**Source:** semver: {}", diff.semver));
            for deciding in diff.deciding.iter().take(ITEMS) {
                text.add(item(deciding));
            }
            text.add("");
            more(text, diff.deciding.len(), ITEMS);
        }
        ApiVerdict::NotCompared { reason } => {
            text.paragraph(format_args!("**Source:** not compared: {}", code(reason)));
        }
        ApiVerdict::Unknown { error } => {
            text.paragraph(format_args!("**Source:** semver: could not tell: {}", code(error)));
        }
    }
}

fn more(text: &mut Lines, all: usize, shown: usize) {
    if all > shown {
        text.paragraph(format_args!("… and {} more below.", all - shown));
    }
}

/// The parts that a reader opens.
struct Parts {
    text: Lines,
    /// How many bytes are left to them.
    room: usize,
}

impl Parts {
    fn add(&mut self, title: impl std::fmt::Display, count: usize, head: &[&str], rows: &[String]) {
        if rows.is_empty() {
            return;
        }
        // HTML begins here, and Markdown again behind the empty line.
        self.text.paragraph(format_args!("<details><summary>{title} ({count})</summary>"));
        for line in head {
            self.text.add(line);
        }
        let mut shown = 0;
        for row in rows {
            let Some(room) = self.room.checked_sub(row.len() + 1) else { break };
            self.room = room;
            self.text.add(row);
            shown += 1;
        }
        self.text.add("");
        if rows.len() > shown {
            self.text.paragraph(format_args!("… and {} more; `--format json` has all.", rows.len() - shown));
        }
        self.text.paragraph("</details>");
    }
}

/// The findings of one severity as rows of a table, and one row for each rule whose findings are counted.
fn rows(report: &Report, severity: Severity) -> Vec<String> {
    let (counted, listed): (Vec<_>, Vec<_>) = report
        .by_rule(severity)
        .into_iter()
        .partition(|(rule, _)| severity == Severity::Info && COUNTED.contains(&rule.id));
    let listed = listed.into_iter().flat_map(|(_, findings)| findings).map(row);
    let counted = counted.into_iter().map(|(rule, findings)| format!("| `{}` | ×{} | | |", rule.id, findings.len()));
    listed.chain(counted).collect()
}

fn row(finding: &Finding) -> String {
    let operations = match finding.operations.as_slice() {
        [] => "all".to_owned(),
        [only] => code(only),
        several => format!("{} operations", several.len()),
    };
    format!("| `{}` | {} | {} | {operations} |", finding.rule.id, code(describe(finding)), position(finding))
}

fn position(finding: &Finding) -> String {
    finding.position().map(code).unwrap_or_default()
}

fn item(text: impl std::fmt::Display) -> String {
    format!("- {}", code(text))
}
