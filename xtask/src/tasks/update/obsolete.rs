//! Deletes what the overlay says about parts that the newer document lacks: this needs no judgement.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::Value;

use crate::document::load::{self, Document};
use crate::document::locate::Positions;
use crate::document::openapi::operations;
use crate::document::pointer::Pointer;
use crate::drift::renames;
use crate::drift::report::Report;
use crate::drift::rules;
use crate::overlay::{self, Leftover, Unmatched};

/// The reason why an obsolete action is still there.
const BOUND: &str = "corrects only what the newer document lacks; delete it by hand, because it shares its lines, or an \
                     anchor in them, with others";

/// The faults of an overlay for the newer document.
pub(super) struct Faults {
    /// Actions that match nothing.
    pub(super) unmatched: Vec<Unmatched>,
    /// Members of actions that would bring back what is gone.
    pub(super) leftovers: Vec<Leftover>,
}

/// Takes out of `faults` what only corrects the parts of `older` which are `gone`. Returns the overlay without it, and a line
/// about each part of the overlay that goes.
///
/// # Errors
/// An overlay that is not OpenAPI Overlay 1.0.
pub(super) fn delete(
    overlay: &Document,
    faults: &mut Faults,
    older: &Value,
    gone: &[Pointer],
) -> Result<(Document, Vec<String>)> {
    let within = overlay::find_actions_within(older, overlay, gone)?;
    let action = |action: &Unmatched| overlay::location_of(action.index);
    let actions = faults.unmatched.iter().filter(|action| within.contains(&action.index));
    let actions = actions.map(|it| (action(it), format!("{}: the newer document lacks what it corrects", it.name())));
    let is_gone = |leftover: &&Leftover| gone.iter().any(|at| leftover.at.is_within(at));
    let members = faults.leftovers.iter().filter(is_gone);
    let members =
        members.map(|it| (it.member.clone(), format!("{}, in part: the newer document lacks {}", it.name(), it.at)));
    let mut obsolete: BTreeMap<Pointer, String> = actions.chain(members).collect();
    if obsolete.is_empty() {
        return Ok((overlay.clone(), Vec::new()));
    }
    let mut shorter = cut(overlay, obsolete.keys());
    if shorter.is_none() {
        obsolete.retain(|at, _| cut(overlay, [at]).is_some());
        shorter = cut(overlay, obsolete.keys());
    }
    let Some(shorter) = shorter else { return Ok((overlay.clone(), Vec::new())) };
    faults.unmatched.retain(|it| !obsolete.contains_key(&action(it)));
    faults.leftovers.retain(|it| !obsolete.contains_key(&it.member));
    for action in faults.unmatched.iter_mut().filter(|action| within.contains(&action.index)) {
        BOUND.clone_into(&mut action.reason);
    }
    let mut lines: Vec<(Pointer, String)> = obsolete.into_iter().collect();
    let positions = Positions::of(overlay);
    lines.sort_by_key(|(at, _)| positions.find(at));
    Ok((shorter, lines.into_iter().map(|(_, line)| line).collect()))
}

/// The operations, path items and schemas that only `older` has, and that `newer` does not have under another name. Both are
/// without an overlay.
pub(super) fn find_gone(older: &Value, newer: &Value, report: &Report) -> Vec<Pointer> {
    // The overlay does not know the new name, so that the effective schemas can differ.
    let renames = [renames::find(older, newer, &[]), report.renames.clone()].concat();
    let is_renamed = |at: &Pointer| renames.iter().any(|rename| rename.base == at.as_str());
    let removed = report.findings.iter().filter(|finding| finding.rule == rules::OPERATION_REMOVED);
    let removed = removed.filter_map(|finding| Pointer::of_reference(finding.base.as_deref()?).ok());
    // An operation that the overlay adds may be missing for another reason: it names a part that is gone.
    let is_of_document = |at: &Pointer| at.find(older).is_some() && at.find(newer).is_none();
    let mut gone: Vec<Pointer> = removed.filter(|at| is_of_document(at) && !is_renamed(at)).collect();
    let items: BTreeSet<Pointer> = gone.iter().filter_map(|at| Some(at.parent()?.0)).collect();
    let is_whole = |item: &Pointer| {
        let within = operations(older).map(|operation| operation.at()).filter(|at| at.is_within(item));
        item.find(newer).is_none() && within.into_iter().all(|at| gone.contains(&at))
    };
    let items: Vec<Pointer> = items.into_iter().filter(is_whole).collect();
    let added: Vec<&Value> =
        find_schemas(newer).filter(|at| at.find(older).is_none()).filter_map(|at| at.find(newer)).collect();
    let is_changed_too = |at: &Pointer| added.iter().any(|other| at.find(older).is_some_and(|it| is_like(it, other)));
    let schemas = find_schemas(older).filter(|at| at.find(newer).is_none() && !is_renamed(at) && !is_changed_too(at));
    gone.extend(items.into_iter().chain(schemas));
    gone
}

fn find_schemas(document: &Value) -> impl Iterator<Item = Pointer> + '_ {
    let schemas = Pointer::schemas().find(document).and_then(Value::as_object).into_iter().flatten();
    schemas.map(|(name, _)| Pointer::schemas().child(name))
}

/// Whether a schema may be another one under a new name: they share half of its properties.
fn is_like(schema: &Value, other: &Value) -> bool {
    let names = |schema: &Value| -> BTreeSet<String> {
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        properties.map(|(name, _)| name.clone()).collect()
    };
    let (own, others) = (names(schema), names(other));
    let common = own.intersection(&others).count();
    common > 0 && common * 2 >= own.len()
}

/// The overlay without the lines of these actions, and of these members of actions. A comment above them stays. `None` if
/// the lines hold something else, too.
fn cut<'p>(overlay: &Document, places: impl IntoIterator<Item = &'p Pointer> + Clone) -> Option<Document> {
    let positions = Positions::of(overlay);
    let lines: Vec<&str> = overlay.text.split_inclusive('\n').collect();
    let mut is_cut = vec![false; lines.len()];
    for at in places.clone() {
        let start = positions.find(at).line - 1;
        let own = lines.get(start..find_end(overlay, &positions, at).unwrap_or(lines.len()))?;
        let is_apart = |line: &&&str| line.trim().is_empty() || line.trim_start().starts_with('#');
        let length = own.len() - own.iter().rev().take_while(is_apart).count();
        is_cut[start..start + length].fill(true);
    }
    let text: String = lines.iter().zip(is_cut).filter(|(_, is_cut)| !is_cut).map(|(line, _)| *line).collect();
    let shorter = load::parse(&overlay.name, text.as_bytes()).ok()?;
    let mut expected = overlay.value.clone();
    let mut places: Vec<&Pointer> = places.into_iter().collect();
    // Of several items of a list, the last one first.
    places.sort_by_key(|at| std::cmp::Reverse(positions.find(at)));
    for at in places {
        at.remove_from(&mut expected);
    }
    (shorter.value == expected).then_some(shorter)
}

/// The index of the line where the next part begins after the part at a place.
fn find_end(overlay: &Document, positions: &Positions, at: &Pointer) -> Option<usize> {
    let start = positions.find(at).line;
    let parents = std::iter::successors(Some(at.clone()), |at| Some(at.parent()?.0)).skip(1);
    let siblings = parents.flat_map(|parent| match parent.find(&overlay.value) {
        Some(Value::Object(members)) => members.keys().map(|key| parent.child(key)).collect(),
        Some(Value::Array(items)) => (0..items.len()).map(|index| parent.child(index)).collect::<Vec<_>>(),
        _ => Vec::new(),
    });
    siblings.map(|at| positions.find(&at).line).filter(|line| *line > start).min().map(|line| line - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "overlay: 1.0.0\nactions:\n  # First.\n  - target: $.a\n    update: 1\n\n  # Second.\n  - target: $.b\n    \
                        update: |\n      2\n  - { target: $.c }\n# The end.\n";

    fn without(indexes: &[usize], text: &str) -> Option<String> {
        let overlay = load::parse("overlay.yaml", text.as_bytes()).unwrap();
        let actions: Vec<Pointer> = indexes.iter().copied().map(overlay::location_of).collect();
        cut(&overlay, &actions).map(|overlay| overlay.text)
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
        let text = "actions:\n  - target: $.a\n  - target: $.b\nextends: x\n";
        assert_eq!(without(&[1], text), Some(text.replace("  - target: $.b\n", "")));
        let anchor = "actions:\n  - target: $.a\n    update: &a {}\n  - target: $.b\n    update: *a\n";
        assert_eq!(without(&[0], anchor), None);
    }

    #[test]
    fn a_member_of_an_update_goes_with_its_lines_alone() {
        let text = "actions:\n  - target: $.a\n    update:\n      B: { x: 1 }\n      # About C.\n      C:\n        x: >-\n          \
                    y\n\n      D: {}\n  - target: $.b\n";
        let overlay = load::parse("overlay.yaml", text.as_bytes()).unwrap();
        let without = |members: &[&str]| {
            let update = overlay::location_of(0).child("update");
            let places: Vec<Pointer> = members.iter().map(|name| update.child(name)).collect();
            cut(&overlay, &places).map(|overlay| overlay.text)
        };
        let second = "      C:\n        x: >-\n          y\n";
        assert_eq!(without(&["C"]), Some(text.replace(second, "")));
        assert_eq!(without(&["B", "D"]), Some(text.replace("      B: { x: 1 }\n", "").replace("      D: {}\n", "")));
        // An update without members is another update.
        assert_eq!(without(&["B", "C", "D"]), None);
    }
}
