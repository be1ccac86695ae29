//! Deletes the overlay actions that correct only parts which the newer document lacks: this needs no judgement.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::Value;

use crate::document::load::{self, Document};
use crate::document::locate::Positions;
use crate::document::openapi::operations;
use crate::document::pointer::Pointer;
use crate::drift::report::Report;
use crate::drift::rules;
use crate::overlay::{self, Unmatched};

/// Takes the actions out of `unmatched` that correct only the parts of `older` which are `gone`. Returns them, and the
/// overlay without them.
///
/// # Errors
/// An overlay that is not OpenAPI Overlay 1.0.
pub(super) fn delete(
    overlay: &Document,
    unmatched: &mut Vec<Unmatched>,
    older: &Value,
    gone: &[Pointer],
) -> Result<(Document, Vec<Unmatched>)> {
    let within = overlay::find_actions_within(older, overlay, gone)?;
    let (deleted, kept): (Vec<_>, Vec<_>) = unmatched.drain(..).partition(|action| within.contains(&action.index));
    let shorter = cut(overlay, &deleted.iter().map(|action| action.index).collect());
    if let (Some(shorter), false) = (shorter, deleted.is_empty()) {
        *unmatched = kept;
        return Ok((shorter, deleted));
    }
    unmatched.extend(deleted.into_iter().chain(kept));
    Ok((overlay.clone(), Vec::new()))
}

/// The operations, path items and schemas that only `older` has, and that `newer` does not have under another name. Both are
/// without an overlay.
pub(super) fn find_gone(older: &Value, newer: &Value, report: &Report) -> Vec<Pointer> {
    let is_renamed = |at: &Pointer| report.renames.iter().any(|rename| rename.base == at.as_str());
    let removed = report.findings.iter().filter(|finding| finding.rule == rules::OPERATION_REMOVED);
    let removed = removed.filter_map(|finding| Pointer::of_reference(finding.base.as_deref()?).ok());
    let mut gone: Vec<Pointer> = removed.filter(|at| !is_renamed(at)).collect();
    let items: BTreeSet<Pointer> = gone.iter().filter_map(|at| Some(at.parent()?.0)).collect();
    let is_whole = |item: &Pointer| {
        let within = operations(older).map(|operation| operation.at()).filter(|at| at.is_within(item));
        item.find(newer).is_none() && within.into_iter().all(|at| gone.contains(&at))
    };
    let items: Vec<Pointer> = items.into_iter().filter(is_whole).collect();
    let schemas = Pointer::schemas().find(older).and_then(Value::as_object).into_iter().flatten();
    let schemas = schemas.map(|(name, _)| Pointer::schemas().child(name));
    let schemas: Vec<Pointer> = schemas.filter(|at| at.find(newer).is_none() && !is_renamed(at)).collect();
    gone.extend(items.into_iter().chain(schemas));
    gone
}

/// The overlay without the lines of these actions. A comment above an action stays. `None` if its lines are not of the
/// actions alone.
fn cut(overlay: &Document, indexes: &BTreeSet<usize>) -> Option<Document> {
    let actions = Pointer::root().child("actions");
    let list = overlay.value.get("actions")?.as_array()?;
    let positions = Positions::of(overlay);
    let lines: Vec<&str> = overlay.text.split_inclusive('\n').collect();
    let starts = (0..list.len()).map(|index| positions.find(&actions.child(index)).line - 1);
    let bounds: Vec<usize> = starts.chain([lines.len()]).collect();
    let mut text = lines.get(..*bounds.first()?)?.concat();
    for (index, bounds) in bounds.windows(2).enumerate() {
        let own = lines.get(bounds[0]..bounds[1])?;
        let is_apart = |line: &&&str| line.trim().is_empty() || line.trim_start().starts_with('#');
        let after = own.len() - own.iter().rev().take_while(is_apart).count();
        text.extend(own[if indexes.contains(&index) { after } else { 0 }..].iter().copied());
    }
    let shorter = load::parse(&overlay.name, text.as_bytes()).ok()?;
    let mut expected = overlay.value.clone();
    let kept = list.iter().enumerate().filter(|(index, _)| !indexes.contains(index)).map(|(_, action)| action.clone());
    expected["actions"] = kept.collect();
    (shorter.value == expected).then_some(shorter)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "overlay: 1.0.0\nactions:\n  # First.\n  - target: $.a\n    update: 1\n\n  # Second.\n  - target: $.b\n    \
                        update: |\n      2\n  - { target: $.c }\n# The end.\n";

    fn without(indexes: &[usize], text: &str) -> Option<String> {
        let overlay = load::parse("overlay.yaml", text.as_bytes()).unwrap();
        cut(&overlay, &indexes.iter().copied().collect()).map(|overlay| overlay.text)
    }

    #[test]
    fn only_the_lines_of_an_action_go_and_comments_stay() {
        let first = "  - target: $.a\n    update: 1\n";
        let second = "  - target: $.b\n    update: |\n      2\n";
        let third = "  - { target: $.c }\n";
        assert_eq!(without(&[0], TEXT), Some(TEXT.replace(first, "")));
        assert_eq!(without(&[1, 2], TEXT), Some(TEXT.replace(second, "").replace(third, "")));
    }

    #[test]
    fn lines_that_hold_more_than_the_actions_are_not_cut() {
        assert_eq!(without(&[0], "actions: [{ target: $.a }, { target: $.b }]\n"), None);
        assert_eq!(without(&[1], "actions:\n  - target: $.a\n  - target: $.b\nextends: x\n"), None);
    }
}
