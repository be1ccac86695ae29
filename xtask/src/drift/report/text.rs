//! The report for a terminal: one screen, by groups, the worst first.

use super::lines::{COUNTED, lines};
use super::{ApiVerdict, Report};
use crate::drift::rules::Severity;
use crate::inert::Lines;

/// How wide a line of findings may be.
const WIDTH: usize = 150;

/// How much of one finding that breaks or warns is shown, over several lines where the terminal is narrower.
const ITEM: usize = 240;

/// How many lines a rule gets.
fn most(severity: Severity) -> usize {
    if severity == Severity::Breaking { 12 } else { 6 }
}

/// How many renames are shown.
const RENAMES: usize = 10;

/// How many of the items that decide the step are shown.
const DECIDING: usize = 5;

pub(super) fn render(report: &Report) -> String {
    let mut text = Lines::default();
    text.add(format_args!("drift: {} → {}", report.base, report.revision));
    if let Some(reading) = &report.reading {
        text.add(format_args!("read:  {reading}"));
    }
    text.add(format_args!("wire:  {}", report.summary()));
    for severity in [Severity::Breaking, Severity::Warning] {
        for (rule, findings) in report.by_rule(severity) {
            text.add(format_args!("{severity:<9}{} ×{}: {}", rule.id, findings.len(), rule.reason));
            let items = lines(&findings).into_iter();
            let items: Vec<String> = items.map(|item| cut(&item.text, ITEM) + &item.positions()).collect();
            list(&mut text, &items, most(severity));
        }
    }
    let mut counted = Vec::new();
    for (rule, findings) in report.by_rule(Severity::Info) {
        let name = format!("{} ×{}", rule.id, findings.len());
        if COUNTED.contains(&rule.id) {
            counted.push(name);
        } else {
            let items: Vec<String> = lines(&findings).into_iter().map(|item| item.text).collect();
            let found = format!("{name}: {}", items.join("; "));
            text.add(format_args!("{:<9}{}", Severity::Info, cut(&found, WIDTH)));
        }
    }
    if !counted.is_empty() {
        text.add(format_args!("{:<9}{}", Severity::Info, counted.join(", ")));
    }
    for rename in report.renames.iter().take(RENAMES) {
        text.add(format_args!("probably renamed: {}", cut(&rename.to_string(), WIDTH)));
    }
    if report.renames.len() > RENAMES {
        text.add(format_args!(
            "probably renamed: … and {} more; --format json has all",
            report.renames.len() - RENAMES
        ));
    }
    for note in report.notes() {
        text.add(format_args!("note:  {note}"));
    }
    if let ApiVerdict::Compared { diff, unmatched_actions } = &report.api {
        let (added, removed, changed) = (diff.added.len(), diff.removed.len(), diff.changed.len());
        text.add(format_args!("source: public items: {added} added, {removed} removed, {changed} changed"));
        for item in diff.deciding.iter().take(DECIDING) {
            text.add(format_args!("         {}", cut(item, WIDTH)));
        }
        if diff.deciding.len() > DECIDING {
            text.add(format_args!("         … and {} more", diff.deciding.len() - DECIDING));
        }
        if !unmatched_actions.is_empty() {
            let matches = if unmatched_actions.len() == 1 { "action matches" } else { "actions match" };
            text.add(format_args!("overlay: {} {matches} nothing in the revision", unmatched_actions.len()));
        }
    }
    text.add(report.semver());
    text.text()
}

/// Items put together to lines, and what is left over counted.
fn list(text: &mut Lines, items: &[String], most: usize) {
    let (mut line, mut written) = (String::new(), 0);
    for (index, item) in items.iter().enumerate() {
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
        line.push_str(item);
    }
    if !line.is_empty() {
        text.add(format_args!("         {line}"));
    }
}

fn cut(item: &str, most: usize) -> String {
    if item.chars().count() <= most { item.to_owned() } else { item.chars().take(most - 1).chain(['…']).collect() }
}
