//! Applies an overlay to another version of its document, whose parts may have come, gone or moved.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use anyhow::Result;
use roas_overlay::apply::{ApplyErrorKind, ApplyOptions};
use roas_overlay::v1_0::{Action, Overlay};
use serde_json::Value;

use super::actions::{each_step, location_of, parse};
use super::origins::find_written;
use super::renamed::{self, RenamedSchema};
use super::transition::Transition;
use crate::document::extensions;
use crate::document::load::Document;
use crate::document::locate::Positions;
use crate::document::openapi::METHODS;
use crate::document::pointer::Pointer;

/// An action that was not applied. Prints as `file:line:column: action 3: $.paths matches nothing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// Its index in the list of actions.
    pub index: usize,
    place: String,
    target: String,
    /// Why it was not applied.
    pub reason: String,
}

impl Unmatched {
    /// File, line, column, number and target: the action without the reason.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}: action {}: {}", self.place, self.index + 1, self.target)
    }
}

impl fmt::Display for Unmatched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name(), self.reason)
    }
}

/// A part that an action would bring back: the document that the overlay was written for has the part, the newer document
/// lacks it, and the overlay's members of it are no part of their own. Prints as
/// `file:line:column: action 3: $.components writes #/components/schemas/Key, which the newer document lacks`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// The part.
    pub at: Pointer,
    /// Where the overlay writes it, as a location in the overlay.
    pub member: Pointer,
    action: String,
    /// The new name of a schema that was probably renamed.
    renamed_to: Option<String>,
}

impl Leftover {
    /// File, line, column, number and target of the action, at the lines that write the part.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.action
    }
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} writes {}, which the newer document lacks", self.action, self.at)?;
        self.renamed_to.as_ref().map_or(Ok(()), |name| write!(f, "; it was probably renamed to `{name}`"))
    }
}

/// The result of applying an overlay to a document that it was not written for.
#[derive(Debug)]
pub struct Applied {
    /// The document with what matches.
    pub effective: Value,
    /// The same with the parts of the document that the overlay removes, if it removes any.
    pub restored: Option<Value>,
    /// The actions that match nothing, or that need what others would have brought.
    pub unmatched: Vec<Unmatched>,
    /// The parts that were not brought back.
    pub leftovers: Vec<Leftover>,
}

/// Applies an overlay to another version of the document that it was written for. `gone` are the parts that this version
/// lacks: an update of their owner does not bring them back as parts that say nothing. `renamed` are schemas that this version
/// has under other names: actions that use an old name are faults, and are applied to the new one.
///
/// # Errors
/// As [`apply`](super::apply), actions without a match apart.
pub fn apply_to_version(
    document: &Value,
    overlay: &Document,
    gone: &[Pointer],
    renamed: &[RenamedSchema],
) -> Result<Applied> {
    let parsed = parse(overlay)?;
    let Steps { mut effective, mut removed, left_out, stubs } = apply_matching(document, &parsed, gone, &[]);
    let positions = LazyCell::new(|| Positions::of(overlay));
    let unmatched = left_out.into_iter().map(|(index, mut reason)| {
        let action = &parsed.actions[index];
        let place = positions.locate(overlay, &location_of(index));
        for RenamedSchema { from, to } in renamed::used(renamed, action) {
            let _ = write!(reason, "; `{from}` was probably renamed to `{to}`");
        }
        Unmatched { index, place, target: action.target.clone(), reason }
    });
    let leftovers = stubs.into_iter().map(|(index, at)| {
        let member = find_written(overlay, index, &at);
        let (place, target) = (positions.locate(overlay, &member), &parsed.actions[index].target);
        let now = renamed.iter().find(|schema| Pointer::schemas().child(&schema.from) == at);
        let renamed_to = now.map(|schema| schema.to.clone());
        Leftover { at, member, action: format!("{place}: action {}: {target}", index + 1), renamed_to }
    });
    let (unmatched, leftovers) = (unmatched.collect(), leftovers.collect());
    if !renamed.is_empty() {
        Steps { effective, removed, .. } = apply_matching(document, &parsed, gone, renamed);
    }
    let restored = restore(document, &effective, &removed);
    Ok(Applied { effective, restored, unmatched, leftovers })
}

/// The result of applying the actions one after the other.
struct Steps {
    effective: Value,
    /// The parts that actions remove.
    removed: Vec<Pointer>,
    /// The actions that were left out, each with the reason.
    left_out: BTreeMap<usize, String>,
    /// The parts that were not brought back, each with the action.
    stubs: BTreeSet<(usize, Pointer)>,
}

/// Applies the actions that match something, and that need no action which was left out. An action that uses the old name of
/// a renamed schema sees the document under that name.
fn apply_matching(document: &Value, overlay: &Overlay, gone: &[Pointer], renamed: &[RenamedSchema]) -> Steps {
    let mut left_out: BTreeMap<usize, String> = BTreeMap::new();
    loop {
        let (mut transition, mut removed, mut stubs) = (Transition::of(document.clone()), Vec::new(), BTreeSet::new());
        let before = left_out.len();
        for (index, action) in overlay.actions.iter().enumerate() {
            if left_out.contains_key(&index) {
                continue;
            }
            let used = renamed::used(renamed, action);
            let applied = if used.is_empty() {
                apply_one(action, overlay, &mut transition, gone)
            } else {
                let mut old = Transition::of(renamed::to_old(transition.after(), &used));
                let applied = apply_one(action, overlay, &mut old, gone);
                if applied.is_ok() {
                    transition.replace(renamed::to_new(old.after(), &used));
                }
                applied
            };
            match applied {
                Ok(found) => {
                    stubs.extend(found.into_iter().map(|at| (index, at)));
                    if action.remove == Some(true) {
                        let (at, before, after) = transition.part();
                        add_removed(before, after, &at, &mut removed);
                    }
                }
                Err(reason) => drop(left_out.insert(index, reason)),
            }
        }
        let effective = transition.into_after();
        for (index, action) in overlay.actions.iter().enumerate() {
            let update = action.update.as_ref().map(|update| renamed::to_new(update, &renamed::used(renamed, action)));
            let names = update.as_ref().map(named).unwrap_or_default();
            let missing = names.into_iter().find(|at| at.find(&effective).is_none());
            if let (Some(at), false) = (missing, left_out.contains_key(&index)) {
                left_out.insert(index, format!("names {at}, which is not there"));
            }
        }
        if left_out.len() == before {
            return Steps { effective, removed, left_out, stubs };
        }
    }
}

/// Applies one action, takes the stubs of what is `gone` out again, and returns where they were. An action that cannot be
/// applied, or that does nothing else, changes nothing: it is left out for the reason returned.
fn apply_one(
    action: &Action,
    overlay: &Overlay,
    document: &mut Transition,
    gone: &[Pointer],
) -> Result<Vec<Pointer>, String> {
    let options = ApplyOptions::ErrorOnZeroMatch | ApplyOptions::ErrorOnMixedKindMatch;
    document.apply(action, overlay, options).map_err(|kind| match kind {
        ApplyErrorKind::ZeroMatch => "matches nothing".to_owned(),
        kind => kind.to_string(),
    })?;
    let (before, after) = (document.before(), document.after());
    if repeated_parameters(after) > repeated_parameters(before) {
        document.undo();
        return Err("brings a parameter that is already there".to_owned());
    }
    let is_brought = |at: &&Pointer| at.find(before).is_none() && at.find(after).is_some_and(|it| is_stub(at, it));
    let stubs: Vec<Pointer> = gone.iter().filter(is_brought).cloned().collect();
    for at in &stubs {
        document.remove(at);
    }
    let (_, before, after) = document.part();
    match stubs.first() {
        Some(at) if before == after => {
            document.undo();
            Err(format!("writes {at} alone, which the newer document lacks"))
        }
        _ => Ok(stubs),
    }
}

/// Whether a part at `at` says nothing on its own: a schema without a type, an operation without responses, a path without
/// operations.
fn is_stub(at: &Pointer, value: &Value) -> bool {
    const TYPES: [&str; 8] = ["type", "$ref", "allOf", "anyOf", "oneOf", "enum", "const", extensions::TYPE];
    let keys: Vec<String> = at.keys().collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let has = |names: &[&str]| names.iter().any(|name| value.get(name).is_some());
    match keys.as_slice() {
        ["paths", _, method] if METHODS.contains(method) => !has(&["responses"]),
        ["paths", _] => {
            let operations = METHODS.iter().filter_map(|method| Some((at.child(method), value.get(method)?)));
            !has(&["$ref"]) && operations.into_iter().all(|(at, operation)| is_stub(&at, operation))
        }
        ["components", "parameters", _] => !has(&["in", "$ref"]),
        [.., "schemas" | "properties", _] => !has(&TYPES),
        _ => false,
    }
}

/// The indexes of the actions that change nothing in `document` but the parts at `places`. They correct nothing in a
/// document without those parts.
///
/// # Errors
/// An overlay that is not OpenAPI Overlay 1.0.
pub fn find_actions_within(document: &Value, overlay: &Document, places: &[Pointer]) -> Result<BTreeSet<usize>> {
    let mut found = BTreeSet::new();
    if places.is_empty() {
        return Ok(found);
    }
    each_step(document, overlay, |index, transition| {
        let (at, before, after) = transition.part();
        if before != after && differ_within(Some(before), Some(after), &at, places) {
            found.insert(index);
        }
    })?;
    Ok(found)
}

/// Whether the values at `at`, if there are any, differ in nothing but the parts at `places`, which are members of mappings.
fn differ_within(before: Option<&Value>, after: Option<&Value>, at: &Pointer, places: &[Pointer]) -> bool {
    match (before, after) {
        _ if places.iter().any(|place| at.is_within(place)) => true,
        (Some(Value::Object(before)), Some(Value::Object(after))) if places.iter().any(|place| place.is_within(at)) => {
            let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            keys.into_iter().all(|key| differ_within(before.get(key), after.get(key), &at.child(key), places))
        }
        _ => before == after,
    }
}

/// `effective` with the parts of `document` that the overlay removes in order to write them in another form: their changes
/// show nowhere else. `None` if it removes none.
fn restore(document: &Value, effective: &Value, removed: &[Pointer]) -> Option<Value> {
    let mut restored = None;
    for at in removed {
        let restored = restored.get_or_insert_with(|| effective.clone());
        let owner = at.parent().and_then(|(parent, key)| Some((parent.find_mut(restored)?, key)));
        if let (Some((Value::Object(members), key)), Some(value)) = (owner, at.find(document)) {
            members.insert(key, value.clone());
        }
    }
    restored
}

/// The places of the members that only `before` has.
#[must_use]
pub fn find_removed(before: &Value, after: &Value) -> Vec<Pointer> {
    let mut removed = Vec::new();
    add_removed(before, after, &Pointer::root(), &mut removed);
    removed
}

fn add_removed(before: &Value, after: &Value, at: &Pointer, removed: &mut Vec<Pointer>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                match after.get(key) {
                    None => removed.push(at.child(key)),
                    Some(other) if other != value => add_removed(value, other, &at.child(key), removed),
                    Some(_) => {}
                }
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (index, (value, other)) in before.iter().zip(after).enumerate() {
                add_removed(value, other, &at.child(index), removed);
            }
        }
        _ => {}
    }
}

/// How many parameters stand twice in one list.
fn repeated_parameters(document: &Value) -> usize {
    let items = document.get("paths").and_then(Value::as_object).into_iter().flatten().map(|(_, item)| item);
    let owners =
        items.flat_map(|item| std::iter::once(item).chain(item.as_object().into_iter().flatten().map(|(_, v)| v)));
    owners
        .filter_map(|owner| owner.get("parameters")?.as_array())
        .map(|list| {
            let known =
                list.iter().map(|parameter| (parameter.get("in"), parameter.get("name"))).filter(|key| key.1.is_some());
            let (all, distinct) = known.fold((0, BTreeSet::new()), |(all, mut distinct), (place, name)| {
                distinct.insert((place.and_then(Value::as_str), name.and_then(Value::as_str)));
                (all + 1, distinct)
            });
            all - distinct.len()
        })
        .sum()
}

/// The places of the document that an update refers to.
fn named(update: &Value) -> Vec<Pointer> {
    match update {
        Value::Object(members) => members
            .iter()
            .flat_map(|(key, value)| match (key.as_str(), value) {
                ("$ref", Value::String(reference)) => Pointer::of_reference(reference).into_iter().collect(),
                (extensions::TYPE, Value::String(name)) => vec![Pointer::schemas().child(name)],
                _ => named(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(named).collect(),
        _ => Vec::new(),
    }
}
