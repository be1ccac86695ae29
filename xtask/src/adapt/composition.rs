//! Rewrites composed schemas for a generator that merges `allOf` to what all parts allow, and a decoder that takes the
//! first branch of a choice that fits.
//!
//! Drop when typify merges closed parts and numbers without loss, and tells the branches of a choice apart.

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use super::shadowing::{self, Shape};
use super::walk::{ANNOTATIONS, ANYTHING, NOTES, resolved};

/// Parts that the generator would merge to less than each of them holds.
pub(super) fn merge(document: &Value, schema: &mut Map<String, Value>) {
    let own = schema.contains_key("properties");
    let Some(Value::Array(parts)) = schema.get("allOf") else { return };
    let has = |part: &Value, name: &str, value: &Value| resolved(document, part).get(name) == Some(value);
    let (closed, number, integer) = (Value::Bool(false), "number".into(), "integer".into());
    let objects = parts.iter().filter(|part| resolved(document, part).get("properties").is_some()).count();
    // Each part closed against the others' properties is an object without any, which nobody means to write.
    let is_closed = |part: &Value| objects + usize::from(own) > 1 && has(part, "additionalProperties", &closed);
    // Every integer is a number.
    let integers = parts.iter().any(|part| has(part, "type", &integer));
    let is_number = |part: &Value| integers && has(part, "type", &number);
    let mended = |part: &Value| {
        let mut part = part.clone();
        if is_closed(&part) {
            part = resolved(document, &part).clone();
            part.as_object_mut().map(|part| part.shift_remove("additionalProperties"));
        } else if is_number(&part) {
            part = resolved(document, &part).clone();
            part["type"] = integer.clone();
        }
        part
    };
    let parts: Vec<Value> = parts.iter().map(mended).collect();
    schema.insert("allOf".to_owned(), parts.into());
    if objects + usize::from(own) > 1 && own && schema.get("additionalProperties") == Some(&closed) {
        schema.shift_remove("additionalProperties");
    }
}

/// Finds the form of a choice for a decoder that takes the first branch that fits. If the branches are `exclusive`, no
/// value belongs to two of them.
pub(super) fn choice(document: &Value, branches: &[Value], exclusive: bool) -> Choice {
    let resolved: Vec<&Value> = branches.iter().map(|branch| resolved(document, branch)).collect();
    let anything = resolved.iter().any(|branch| branch.as_object().is_some_and(says_nothing));
    let strings = resolved.iter().all(|branch| branch.get("type").is_some_and(|kind| kind == "string"));
    // A closed set of strings beside an open one is the open one.
    if strings && resolved.iter().any(|branch| branch.get("enum").is_none()) {
        let nullable = resolved.iter().any(|branch| branch.get("nullable") == Some(&Value::Bool(true)));
        return Choice::String { nullable };
    }
    // The decoder takes the first branch that fits: the more a branch requires, the earlier it is tried. A number
    // would round whole numbers beyond 2^53, so integers come before it.
    let is = |index: usize, name: &str| resolved[index].get("type").is_some_and(|kind| kind == name);
    let integers = (0..branches.len()).any(|index| is(index, "integer"));
    let mut order: Vec<usize> = (0..branches.len()).collect();
    order.sort_by_key(|&index| (integers && is(index, "number"), Reverse(requires(document, resolved[index]))));
    let mut branches: Vec<Value> = order.iter().map(|&index| branches[index].clone()).collect();
    let resolved: Vec<&Value> = order.iter().map(|&index| resolved[index]).collect();
    let is_vague = |index: &usize| {
        shadowing::of(document, resolved[*index]).is_none_or(|shapes| shapes.iter().any(Shape::takes_any_object))
    };
    let vague: Vec<usize> = (0..resolved.len()).filter(is_vague).collect();
    // A branch that would take another's values and lose a part of them hides it: the client keeps such a response
    // unchanged.
    let lists = resolved.iter().filter(|branch| branch.get("type").is_some_and(|kind| kind == "array")).count();
    let hides = |first: usize| {
        (first + 1..resolved.len()).any(|later| shadowing::hides(document, resolved[first], resolved[later], exclusive))
    };
    let reason = match () {
        () if anything => Some("a branch of the choice allows any value"),
        () if vague.len() > 1 => Some("several branches of the choice fit any object"),
        () if lists > 1 => Some("several branches of the choice are lists"),
        () if (0..resolved.len()).any(hides) => Some("a branch of the choice would lose a part of a value of another"),
        () => None,
    };
    if let Some(reason) = reason {
        return Choice::Anything(reason);
    }
    if let [index] = vague[..] {
        let last = branches.remove(index);
        branches.push(last);
    }
    Choice::Kept(branches)
}

/// Whether properties of different parts of a composed schema would have one name in Rust. Within one part they are
/// numbered.
pub(super) fn has_collision(document: &Value, schema: &Map<String, Value>) -> bool {
    let has = |keyword: &str| schema.contains_key(keyword);
    let is_composed = has("allOf") || has("properties") && (has("anyOf") || has("oneOf"));
    if !is_composed {
        return false;
    }
    let schema = Value::Object(schema.clone());
    shadowing::of(document, &schema).is_some_and(|shapes| shapes.iter().any(Shape::has_collision))
}

/// The schema as a choice: each branch of its first choice together with all other parts. Then the parts of each branch can
/// be merged, which numbers names that collide. `None` if no part is a choice.
pub(super) fn distribute(document: &Value, schema: &Map<String, Value>) -> Option<Map<String, Value>> {
    let is_annotation = |name: &str| ANNOTATIONS.contains(&name);
    let choice_of = |part: &Value| ["oneOf", "anyOf"].into_iter().find(|name| part.get(*name).is_some());
    let (mut outer, mut own): (Map<_, _>, Map<_, _>) =
        schema.clone().into_iter().partition(|(name, _)| is_annotation(name));
    let mut parts = match own.shift_remove("allOf") {
        Some(Value::Array(parts)) => parts,
        _ => Vec::new(),
    };
    parts.insert(0, Value::Object(own));
    let index = parts.iter().position(|part| choice_of(resolved(document, part)).is_some())?;
    let mut part = resolved(document, &parts[index]).clone();
    let keyword = choice_of(&part)?;
    let Some(Value::Array(branches)) = part.as_object_mut()?.shift_remove(keyword) else { return None };
    if part.get("nullable") == Some(&Value::Bool(true)) {
        outer.insert("nullable".to_owned(), true.into());
    }
    part.as_object_mut()?.retain(|name, _| !is_annotation(name));
    parts[index] = part;
    parts.retain(|part| part.as_object().is_none_or(|part| !part.is_empty()));
    let with_parts = |branch: Value| json!({ "allOf": parts.iter().cloned().chain([branch]).collect::<Vec<_>>() });
    outer.insert(keyword.to_owned(), branches.into_iter().map(with_parts).collect());
    Some(outer)
}

/// How many properties a value of the schema has at least.
fn requires(document: &Value, schema: &Value) -> usize {
    let shapes = shadowing::of(document, schema).unwrap_or_default();
    shapes.iter().map(|shape| shape.required.len()).min().unwrap_or_default()
}

/// The form of a choice.
pub(super) enum Choice {
    /// These branches, to be tried in this order.
    Kept(Vec<Value>),
    /// One string, whatever it says.
    String { nullable: bool },
    /// Any JSON value, for this reason: no type is sure to hold what each of them holds.
    Anything(&'static str),
}

/// Whether a branch only says which properties an object needs.
pub(super) fn only_requires(branch: &Value) -> bool {
    let requires = branch.get("required").is_some();
    branch.as_object().into_iter().flatten().all(|(name, value)| match name.as_str() {
        "required" | "title" | "description" | NOTES => true,
        "type" => requires && value == "object",
        _ => false,
    })
}

/// Whether a schema restricts nothing.
fn says_nothing(schema: &Map<String, Value>) -> bool {
    schema.keys().all(|name| ANNOTATIONS.contains(&name.as_str()) || name == ANYTHING)
}
