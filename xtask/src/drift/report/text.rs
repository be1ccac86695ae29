//! The report for a terminal: one screen, by groups, the worst first.

use super::lines::lines;
use super::{ApiVerdict, Report};
use crate::drift::rules::{self, Severity};
use crate::inert::Lines;

/// How wide a line of findings may be.
const WIDTH: usize = 150;

/// How much of one finding that breaks or warns is shown, over several lines where the terminal is narrower.
const ITEM: usize = 240;

/// How many lines a rule gets.
fn most(severity: Severity) -> usize {
    if severity == Severity::Breaking { 12 } else { 6 }
}

/// Rules whose findings are counted and not listed: they say nothing about the wire.
const COUNTED: [&str; 4] = [
    rules::DOCUMENTATION_CHANGED.id,
    rules::EXTENSION_CHANGED.id,
    rules::UNUSED_COMPONENT_CHANGED.id,
    rules::OPERATION_ID_CHANGED.id,
];

/// How many of the items that decide the step are shown.
const DECIDING: usize = 5;

pub(super) fn render(report: &Report) -> String {
    let mut text = Lines::default();
    text.add(format_args!("drift: {} → {}", report.base, report.revision));
    text.add(format_args!("wire:  {}", report.summary()));
    for severity in [Severity::Breaking, Severity::Warning] {
        for (rule, findings) in report.by_rule(severity) {
            text.add(format_args!("{severity:<9}{} ×{}: {}", rule.id, findings.len(), rule.reason));
            list(&mut text, &lines(&findings), most(severity));
        }
    }
    let mut counted = Vec::new();
    for (rule, findings) in report.by_rule(Severity::Info) {
        let name = format!("{} ×{}", rule.id, findings.len());
        if COUNTED.contains(&rule.id) {
            counted.push(name);
        } else {
            let found = format!("{name}: {}", lines(&findings).join("; "));
            text.add(format_args!("{:<9}{}", Severity::Info, cut(&found, WIDTH)));
        }
    }
    if !counted.is_empty() {
        text.add(format_args!("{:<9}{}", Severity::Info, counted.join(", ")));
    }
    for note in report.notes() {
        text.add(format_args!("note:  {note}"));
    }
    if let ApiVerdict::Compared { diff, unmatched_actions } = &report.api {
        let (added, removed, changed) = (diff.added.len(), diff.removed.len(), diff.changed.len());
        text.add(format_args!("source: {added} public items added, {removed} removed, {changed} changed"));
        for item in diff.deciding.iter().take(DECIDING) {
            text.add(format_args!("         {}", cut(item, WIDTH)));
        }
        if diff.deciding.len() > DECIDING {
            text.add(format_args!("         … and {} more", diff.deciding.len() - DECIDING));
        }
        if !unmatched_actions.is_empty() {
            text.add(format_args!("overlay: {} actions match nothing in the revision", unmatched_actions.len()));
        }
    }
    text.add(report.semver());
    text.text()
}

/// Items put together to lines, and what is left over counted.
fn list(text: &mut Lines, items: &[String], most: usize) {
    let (mut line, mut written) = (String::new(), 0);
    for (index, item) in items.iter().enumerate() {
        let item = cut(item, ITEM);
        if !line.is_empty() && line.chars().count() + item.chars().count() + 2 > WIDTH {
            text.add(format_args!("         {line}"));
            line.clear();
            written += 1;
            if written == most {
                text.add(format_args!("         … and {} more; --format json has all", items.len() - index));
                return;
            }
        }
        if !line.is_empty() {
            line.push_str("; ");
        }
        line.push_str(&item);
    }
    if !line.is_empty() {
        text.add(format_args!("         {line}"));
    }
}

fn cut(item: &str, most: usize) -> String {
    if item.chars().count() <= most { item.to_owned() } else { item.chars().take(most - 1).chain(['…']).collect() }
}
