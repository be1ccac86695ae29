//! The report for a terminal: one screen, by groups, the worst first.

use std::fmt::Write as _;

use super::{Report, Source, lines};
use crate::drift::rules::{self, Severity};

/// How wide a line of findings may be.
const WIDTH: usize = 150;

/// How many lines a rule of each severity gets.
fn most(severity: Severity) -> usize {
    match severity {
        Severity::Breaking => 12,
        Severity::Warning => 6,
        Severity::Info => 2,
    }
}

/// Rules whose findings are counted and not listed: they say nothing about the wire.
const COUNTED: [&str; 4] = [
    rules::DOCUMENTATION_CHANGED.id,
    rules::EXTENSION_CHANGED.id,
    rules::UNUSED_COMPONENT_CHANGED.id,
    rules::OPERATION_ID_CHANGED.id,
];

/// How many of the items that decide the step are shown.
const DECIDING: usize = 10;

pub(super) fn written(report: &Report) -> String {
    let mut text = format!("drift: {} → {}\nwire:  {}\n", report.base, report.revision, report.summary());
    for severity in Severity::ALL {
        for (rule, findings) in report.by_rule(severity) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{severity:<9}{} ×{}: {}", rule.id, findings.len(), rule.reason);
            if !COUNTED.contains(&rule.id) {
                listed(&mut text, &lines(&findings), most(severity));
            }
        }
    }
    for note in report.notes() {
        let _ = writeln!(text, "note:  {note}");
    }
    if let Source::Compared { verdict, unmatched_actions } = &report.source {
        let (added, removed, changed) = (verdict.added.len(), verdict.removed.len(), verdict.changed.len());
        let _ = writeln!(text, "source: {added} public items added, {removed} removed, {changed} changed");
        for item in verdict.deciding.iter().take(DECIDING) {
            let _ = writeln!(text, "         {}", cut(item));
        }
        if verdict.deciding.len() > DECIDING {
            let _ = writeln!(text, "         … and {} more", verdict.deciding.len() - DECIDING);
        }
        if !unmatched_actions.is_empty() {
            let _ = writeln!(text, "overlay: {} actions match nothing in the revision", unmatched_actions.len());
        }
    }
    let _ = writeln!(text, "{}", report.step());
    text
}

/// Items put together to lines, and what is left over counted.
fn listed(text: &mut String, items: &[String], most: usize) {
    let (mut line, mut written) = (String::new(), 0);
    for (index, item) in items.iter().enumerate() {
        let item = cut(item);
        if !line.is_empty() && line.chars().count() + item.chars().count() + 2 > WIDTH {
            let _ = writeln!(text, "         {line}");
            line.clear();
            written += 1;
            if written == most {
                let _ = writeln!(text, "         … and {} more; --format json has all", items.len() - index);
                return;
            }
        }
        if !line.is_empty() {
            line.push_str("; ");
        }
        line.push_str(&item);
    }
    if !line.is_empty() {
        let _ = writeln!(text, "         {line}");
    }
}

fn cut(item: &str) -> String {
    if item.chars().count() <= WIDTH { item.to_owned() } else { item.chars().take(WIDTH - 1).chain(['…']).collect() }
}
