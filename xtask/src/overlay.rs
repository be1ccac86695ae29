//! Step 2, overlay: corrections in the form of an OpenAPI Overlay 1.0 document, each with its reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use anyhow::{Error, Result, bail};
use roas_overlay::apply::{Apply, ApplyErrorKind, ApplyOptions};
use roas_overlay::v1_0::{Action, Overlay};
use roas_overlay::validation::Validate;
use serde_json::Value;

use crate::document::errors;
use crate::document::extensions;
use crate::document::load::Document;
use crate::document::locate::locate;
use crate::document::pointer::Pointer;

/// Possible causes of an action that matches nothing, each with its cure.
const UNMATCHED: &str = "matches nothing: what it names was renamed or is missing (change the target), \
                         or was fixed upstream (delete the action)";

/// The effective document: `document` with every action of `overlay` applied in order.
///
/// # Errors
/// An overlay that is not OpenAPI Overlay 1.0, an action without a description (its reason), and an action that
/// matches nothing in the document.
pub fn apply(document: Value, overlay: &Document) -> Result<Value> {
    let parsed = parse(overlay)?;
    let mut effective = document;
    parsed.apply(&mut effective, ApplyOptions::ErrorOnZeroMatch | ApplyOptions::ErrorOnMixedKindMatch).map_err(
        |error| {
            let reason = match error.kind {
                ApplyErrorKind::ZeroMatch => UNMATCHED.to_owned(),
                kind => kind.to_string(),
            };
            anyhow::anyhow!(
                "{}: action {}: {} {reason}",
                place(overlay, error.action_index),
                error.action_index + 1,
                error.target
            )
        },
    )?;
    Ok(effective)
}

/// An action that was not applied. Prints as `file:line:column: action 3: $.paths matches nothing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmatched {
    /// Its index in the list of actions.
    pub index: usize,
    place: String,
    target: String,
    reason: String,
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

/// The same for a document that the overlay was not written for: what matches is applied, and the actions that do not,
/// or that need what others would have brought, are listed.
///
/// # Errors
/// As [`apply`], actions without a match apart.
pub fn apply_what_matches(document: &Value, overlay: &Document) -> Result<(Value, Vec<Unmatched>)> {
    let parsed = parse(overlay)?;
    let mut left_out: BTreeMap<usize, String> = BTreeMap::new();
    loop {
        let mut effective = document.clone();
        let before = left_out.len();
        for (index, action) in parsed.actions.iter().enumerate() {
            if left_out.contains_key(&index) {
                continue;
            }
            let one = alone(action, &parsed);
            let mut changed = effective.clone();
            match one.apply(&mut changed, ApplyOptions::ErrorOnZeroMatch | ApplyOptions::ErrorOnMixedKindMatch) {
                Ok(_) if repeated_parameters(&changed) > repeated_parameters(&effective) => {
                    left_out.insert(index, "brings a parameter that is already there".to_owned());
                }
                Ok(_) => effective = changed,
                Err(error) => {
                    let reason = match error.kind {
                        ApplyErrorKind::ZeroMatch => "matches nothing".to_owned(),
                        kind => kind.to_string(),
                    };
                    left_out.insert(index, reason);
                }
            }
        }
        for (index, action) in parsed.actions.iter().enumerate() {
            let names = action.update.as_ref().map(named).unwrap_or_default();
            let missing = names.into_iter().find(|at| at.find(&effective).is_none());
            if let (Some(at), false) = (missing, left_out.contains_key(&index)) {
                left_out.insert(index, format!("names {at}, which is not there"));
            }
        }
        if left_out.len() == before {
            let listed = left_out.into_iter().map(|(index, reason)| {
                let target = parsed.actions[index].target.clone();
                Unmatched { index, place: place(overlay, index), target, reason }
            });
            return Ok((effective, listed.collect()));
        }
    }
}

/// The locations in `overlay` of the actions that add `places`, which `document` does not have. A place that no action
/// adds is left out.
///
/// # Errors
/// An overlay that is not OpenAPI Overlay 1.0.
pub fn find_actions(document: &Value, overlay: &Document, places: &[Pointer]) -> Result<BTreeMap<Pointer, Pointer>> {
    let mut found = BTreeMap::new();
    each_step(document, overlay, |index, _, before, after| {
        for place in places.iter().filter(|place| place.find(before).is_none() && place.find(after).is_some()) {
            found.entry(place.clone()).or_insert_with(|| Pointer::root().child("actions").child(index));
        }
    })?;
    Ok(found)
}

/// The indexes of the actions that change nothing in `document` but the parts at `places`. They correct nothing in a
/// document without those parts.
///
/// # Errors
/// An overlay that is not OpenAPI Overlay 1.0.
pub fn find_actions_within(document: &Value, overlay: &Document, places: &[Pointer]) -> Result<BTreeSet<usize>> {
    let mut found = BTreeSet::new();
    each_step(document, overlay, |index, _, before, after| {
        if before != after && without(before, places) == without(after, places) {
            found.insert(index);
        }
    })?;
    Ok(found)
}

/// `effective`, which `overlay` makes of `document`, with the parts of `document` that the overlay removes in order to write
/// them in another form. Their changes show nowhere else.
///
/// # Errors
/// An overlay that is not OpenAPI Overlay 1.0.
pub fn restore_removed(document: &Value, overlay: &Document, effective: &Value) -> Result<Value> {
    let mut restored = effective.clone();
    each_step(document, overlay, |_, action, before, after| {
        let mut removed = Vec::new();
        if action.remove == Some(true) {
            find_removed(before, after, &Pointer::root(), &mut removed);
        }
        for at in removed {
            let owner = at.parent().and_then(|(parent, key)| Some((find_mut(&mut restored, &parent)?, key)));
            if let (Some((Value::Object(members), key)), Some(value)) = (owner, at.find(document)) {
                members.insert(key, value.clone());
            }
        }
    })?;
    Ok(restored)
}

/// Applies the actions one after the other, and hands on each with its index and the document before and after it. An
/// action that cannot be applied is left out.
fn each_step(document: &Value, overlay: &Document, mut step: impl FnMut(usize, &Action, &Value, &Value)) -> Result<()> {
    let parsed = parse(overlay)?;
    let mut current = document.clone();
    for (index, action) in parsed.actions.iter().enumerate() {
        let mut changed = current.clone();
        if alone(action, &parsed).apply(&mut changed, ApplyOptions::ErrorOnMixedKindMatch.into()).is_ok() {
            step(index, action, &current, &changed);
            current = changed;
        }
    }
    Ok(())
}

/// The places of the members that `after` lacks.
fn find_removed(before: &Value, after: &Value, at: &Pointer, removed: &mut Vec<Pointer>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                match after.get(key) {
                    None => removed.push(at.child(key)),
                    Some(other) if other != value => find_removed(value, other, &at.child(key), removed),
                    Some(_) => {}
                }
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (index, (value, other)) in before.iter().zip(after).enumerate() {
                find_removed(value, other, &at.child(index), removed);
            }
        }
        _ => {}
    }
}

fn find_mut<'v>(document: &'v mut Value, at: &Pointer) -> Option<&'v mut Value> {
    at.keys().try_fold(document, |value, key| match value {
        Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
        other => other.get_mut(&key),
    })
}

/// A document without the parts at `places`.
fn without(document: &Value, places: &[Pointer]) -> Value {
    let mut rest = document.clone();
    for (parent, key) in places.iter().filter_map(Pointer::parent) {
        if let Some(Value::Object(members)) = find_mut(&mut rest, &parent) {
            members.remove(&key);
        }
    }
    rest
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

/// `error`, which is about the effective document, with the name of the file that its location comes from.
#[must_use]
pub fn attribute(error: Error, document: &Document, overlay: Option<&Document>, effective: &Value) -> Error {
    let at = errors::located(&error).first().map(|located| &located.at);
    let name = match overlay.and_then(|overlay| Some((overlay, at?))) {
        Some((overlay, at)) => match (at.find(&document.value), at.find(effective)) {
            (None, Some(_)) => overlay.name.clone(),
            (before, now) if before != now => format!("{} with {}", document.name, overlay.name),
            _ => document.name.clone(),
        },
        None => document.name.clone(),
    };
    error.context(name)
}

/// File, line and column of an action.
fn place(overlay: &Document, index: usize) -> String {
    locate(overlay, &Pointer::root().child("actions").child(index))
}

/// An overlay with one action of another.
fn alone(action: &Action, overlay: &Overlay) -> Overlay {
    Overlay {
        overlay: overlay.overlay.clone(),
        info: overlay.info.clone(),
        extends: overlay.extends.clone(),
        actions: vec![action.clone()],
        extensions: overlay.extensions.clone(),
    }
}

fn parse(overlay: &Document) -> Result<Overlay> {
    let name = &overlay.name;
    let parsed: Overlay = serde_path_to_error::deserialize(&overlay.value)
        .map_err(|error| anyhow::anyhow!("{name}: {}: {}", error.path(), error.inner()))?;
    reject_unknown(name, &overlay.value, &serde_json::to_value(&parsed)?, &Pointer::root())?;
    parsed.validate(enumset::EnumSet::empty()).map_err(|invalid| {
        let problems: Vec<String> = invalid.errors.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{name}: not an OpenAPI Overlay 1.0 document: {}", problems.join("; "))
    })?;
    for (index, action) in parsed.actions.iter().enumerate() {
        if action.description.as_deref().is_none_or(|text| text.trim().is_empty()) {
            bail!(
                "{}: action {}: {} has no description; say why it is there and when to drop it",
                place(overlay, index),
                index + 1,
                action.target
            );
        }
    }
    Ok(parsed)
}

/// The overlay library skips properties it does not know; a misspelt `remove` must not pass for no action.
fn reject_unknown(name: &str, written: &Value, understood: &Value, at: &Pointer) -> Result<()> {
    match (written, understood) {
        (Value::Object(written), Value::Object(understood)) => {
            for (key, value) in written {
                let at = at.child(key);
                match understood.get(key) {
                    Some(known) => reject_unknown(name, value, known, &at)?,
                    None => bail!("{name}: {at} is not a property of OpenAPI Overlay 1.0"),
                }
            }
            Ok(())
        }
        (Value::Array(written), Value::Array(understood)) => {
            for (index, (value, known)) in written.iter().zip(understood).enumerate() {
                reject_unknown(name, value, known, &at.child(index))?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}
