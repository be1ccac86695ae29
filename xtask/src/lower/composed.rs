//! Schemas made of others, for a generator that merges `allOf` to what all parts allow, and a decoder that takes the
//! first branch of a choice that fits.

use serde_json::{Map, Value};

use super::fit::{ANNOTATIONS, resolved};

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

/// What the branches of a choice come to in a language whose decoder takes the first that fits.
/// Where they are `exclusive`, no value belongs to two of them.
pub(super) fn choice(document: &Value, branches: &[Value], exclusive: bool) -> Choice {
    let resolved: Vec<&Value> = branches.iter().map(|branch| resolved(document, branch)).collect();
    let anything = resolved.iter().any(|branch| branch.as_object().is_some_and(says_nothing));
    let strings = resolved.iter().all(|branch| branch.get("type").is_some_and(|kind| kind == "string"));
    // A closed set of strings beside an open one is the open one.
    if strings && resolved.iter().any(|branch| branch.get("enum").is_none()) {
        let mut string = Map::from_iter([("type".to_owned(), "string".into())]);
        if resolved.iter().any(|branch| branch.get("nullable") == Some(&Value::Bool(true))) {
            string.insert("nullable".to_owned(), true.into());
        }
        return Choice::One(string);
    }
    // The decoder takes the first branch that fits: the more a branch requires, the earlier it is tried. A number
    // would round whole numbers beyond 2^53, so integers come before it.
    let is = |index: usize, name: &str| resolved[index].get("type").is_some_and(|kind| kind == name);
    let integers = (0..branches.len()).any(|index| is(index, "integer"));
    let mut order: Vec<usize> = (0..branches.len()).collect();
    order.sort_by_key(|&index| (integers && is(index, "number"), std::cmp::Reverse(required(resolved[index]).len())));
    let mut branches: Vec<Value> = order.iter().map(|&index| branches[index].clone()).collect();
    let resolved: Vec<&Value> = order.iter().map(|&index| resolved[index]).collect();
    let vague: Vec<usize> = (0..resolved.len()).filter(|&index| takes_any_object(document, resolved[index])).collect();
    // One that would take another's values and lose a part of them cannot be told apart from it: the client keeps
    // such an answer as it came.
    let lists = resolved.iter().filter(|branch| branch.get("type").is_some_and(|kind| kind == "array")).count();
    let hides =
        |first: usize| (first + 1..resolved.len()).any(|later| hides(resolved[first], resolved[later], exclusive));
    if anything || vague.len() > 1 || lists > 1 || (0..resolved.len()).any(hides) {
        return Choice::One(Map::new());
    }
    if let [index] = vague[..] {
        let last = branches.remove(index);
        branches.push(last);
    }
    Choice::Kept(branches)
}

/// Whether the generated type decodes any JSON object, whatever its properties.
fn takes_any_object(document: &Value, schema: &Value) -> bool {
    let is_object = schema.get("type").is_some_and(|kind| kind == "object") || schema.get("properties").is_some();
    let parts = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    required(schema).is_empty()
        && !closed
        && (is_object || !parts.is_empty())
        && parts.iter().all(|part| takes_any_object(document, resolved(document, part)))
}

fn required(schema: &Value) -> Vec<&str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Whether values of the object `later` decode as the object `first`, which is tried before it, and lose properties.
fn hides(first: &Value, later: &Value, exclusive: bool) -> bool {
    let properties = |schema: &Value| schema.get("properties").and_then(Value::as_object).cloned();
    let (Some(of_first), Some(of_later)) = (properties(first), properties(later)) else { return false };
    let closed = first.get("additionalProperties") == Some(&Value::Bool(false));
    let needs = required(first);
    let loses = of_later.keys().any(|name| !of_first.contains_key(name));
    // Different sets of strings, or different types, for a property that both must have tell them apart.
    let told_apart = needs.iter().any(|name| match (of_first.get(*name), of_later.get(*name)) {
        (Some(first), Some(later)) => {
            let sets = (first.get("enum").and_then(Value::as_array), later.get("enum").and_then(Value::as_array));
            let disjoint = matches!(sets, (Some(a), Some(b)) if a.iter().all(|value| !b.contains(value)));
            disjoint || first.get("type").is_some() && later.get("type").is_some() && first["type"] != later["type"]
        }
        // What has both belongs to both, where that may be.
        _ => exclusive || later.get("additionalProperties") == Some(&Value::Bool(false)),
    });
    !closed && loses && !told_apart
}

/// What a choice comes to.
pub(super) enum Choice {
    /// These branches, to be tried in this order.
    Kept(Vec<Value>),
    /// One schema that holds the values of all of them.
    One(Map<String, Value>),
}

/// Whether a branch only says which properties go together.
pub(super) fn only_requires(branch: &Value) -> bool {
    branch.as_object().is_some_and(|branch| branch.keys().all(|name| name == "required"))
}

/// Whether a schema restricts nothing.
fn says_nothing(schema: &Map<String, Value>) -> bool {
    schema.keys().all(|name| ANNOTATIONS.contains(&name.as_str()))
}
