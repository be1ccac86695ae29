//! Merges the parts of `allOf` into one schema, where each keyword has one place.
//!
//! typify panics on some parts (an `enum` beside a reference), and calls others contradictory that are not: a part that
//! allows `null`, an object that is closed beside its parts.
//!
//! Drop when typify merges every two parts that one value can satisfy.

use serde_json::{Map, Value, json};

use super::walk::{ANNOTATIONS, ANYTHING, NOTES, note, resolved};

/// How many rounds of repairs merge parts. Each round writes references out one level deeper, which would have no end for
/// schemas that contain themselves; below the last, a schema is any JSON value.
const MAX_ROUNDS: usize = 4;

type Schema = Map<String, Value>;

/// Rules, and the types of the values that they restrict.
const RULES: [(&str, &[&str]); 4] = [
    ("string", &["minLength", "maxLength"]),
    ("number integer", &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    ("array", &["minItems", "maxItems"]),
    ("object", &["minProperties", "maxProperties"]),
];

/// Whether a keyword restricts the values of some types, and says nothing of all others.
pub(super) fn is_rule(keyword: &str) -> bool {
    RULES.iter().any(|(_, rules)| rules.contains(&keyword))
}

/// Writes the parts of `allOf` that are rules alone beside it. Alone, they would be read as a type of their own.
pub(super) fn move_rules(schema: &mut Schema) {
    let Some(Value::Array(parts)) = schema.get_mut("allOf") else { return };
    let has_rules = |part: &Schema| {
        part.keys().any(|name| is_rule(name)) && part.keys().all(|name| is_rule(name) || !restricts(name))
    };
    let (rules, others): (Vec<_>, Vec<_>) =
        std::mem::take(parts).into_iter().partition(|part| part.as_object().is_some_and(has_rules));
    *parts = others;
    for (name, value) in rules.into_iter().filter_map(|part| Some(part.as_object()?.clone())).flatten() {
        match schema.get(&name) {
            _ if !is_rule(&name) => {}
            Some(first) if *first != value => {
                let warning = format!("of two `{name}`, the client reads {first} and leaves {value} out");
                note(schema, warning);
            }
            Some(_) => {}
            None => drop(schema.insert(name, value)),
        }
    }
    if schema["allOf"] == json!([]) {
        schema.shift_remove("allOf");
    }
}

/// Merges a schema with the parts of its `allOf`. A reference with nothing to add stays a reference. A schema stays
/// unchanged if its parts are choices, have extensions of their own, or contradict each other.
pub(super) fn merge(document: &Value, schema: &mut Schema, round: usize) {
    let Some(parts) = schema.get("allOf").and_then(Value::as_array) else { return };
    if parts.len() == 1 && schema.keys().all(|name| name == "allOf" || !restricts(name)) {
        return;
    }
    let Some(mut merged) = flatten(document, schema) else { return };
    if let Some(reference) = parts.iter().find(|part| says_all(document, part, &merged)) {
        merged.retain(|name, _| !restricts(name));
        for name in ANNOTATIONS {
            match schema.get(name) {
                Some(value) if name != NOTES => drop(merged.insert(name.to_owned(), value.clone())),
                None if !["nullable", NOTES].contains(&name) => drop(merged.shift_remove(name)),
                _ => {}
            }
        }
        merged.insert("allOf".to_owned(), json!([reference]));
    } else if round >= MAX_ROUNDS {
        merged.retain(|name, _| !restricts(name));
        merged.insert(ANYTHING.to_owned(), "its parts contain the whole again".into());
    }
    *schema = merged;
}

/// Whether a part is a reference to a schema that has all keywords of `merged`.
fn says_all(document: &Value, part: &Value, merged: &Schema) -> bool {
    let restrictions = |schema: &Schema| {
        let mut schema = schema.clone();
        schema.retain(|name, _| restricts(name));
        schema
    };
    let is_reference = resolved(document, part) != part;
    let flat = resolved(document, part).as_object().and_then(|part| flatten(document, part));
    is_reference && flat.is_some_and(|part| restrictions(&part) == restrictions(merged))
}

fn restricts(keyword: &str) -> bool {
    !ANNOTATIONS.contains(&keyword)
}

/// Whether a schema allows null; `None` if it does not say.
fn allows_null(schema: &Schema) -> Option<bool> {
    let is_nullable = schema.get("nullable") == Some(&Value::Bool(true));
    (is_nullable || schema.contains_key("type") || schema.contains_key("enum")).then_some(is_nullable)
}

/// A schema without `allOf` that holds every value of this one.
fn flatten(document: &Value, schema: &Schema) -> Option<Schema> {
    let mut merged = schema.clone();
    let parts = merged.shift_remove("allOf");
    let parts = parts.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    // `false` beside the parts is meant to close them all, though to JSON Schema they name no property.
    let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false)) && !parts.is_empty();
    if is_closed {
        merged.shift_remove("additionalProperties");
    }
    // A part that allows null allows none beside one that does not.
    let mut nulls = vec![allows_null(&merged)];
    for part in parts {
        let written = part.as_object()?;
        let part = flatten(document, resolved(document, part).as_object()?)?;
        nulls.push(allows_null(written).filter(|allows| *allows).or(allows_null(&part)));
        add(document, &mut merged, part)?;
    }
    if nulls.iter().flatten().count() > 0 && nulls.iter().flatten().all(|allows| *allows) {
        merged.insert("nullable".to_owned(), true.into());
    }
    if is_closed {
        merged.insert("additionalProperties".to_owned(), false.into());
    }
    if let Some(kind) = merged.get("type").and_then(Value::as_str).map(str::to_owned) {
        let of_others = |(kinds, _): &&(&str, &[&str])| !kinds.split(' ').any(|known| known == kind);
        for rule in RULES.iter().filter(of_others).flat_map(|(_, rules)| *rules) {
            if merged.shift_remove(*rule).is_some() {
                note(&mut merged, format!("`{rule}` says nothing of the type `{kind}`; it is left out"));
            }
        }
    }
    Some(merged)
}

/// Adds the keywords of another part; `None` if no type holds the values of both.
fn add(document: &Value, merged: &mut Schema, part: Schema) -> Option<()> {
    let has_choice = |schema: &Schema| ["anyOf", "oneOf"].iter().any(|keyword| schema.contains_key(*keyword));
    let is_extension = |name: &String| name.starts_with("x-client-") && restricts(name);
    if has_choice(&part) || part.contains_key(ANYTHING) || part.keys().any(is_extension) {
        return None;
    }
    let closed = Value::Bool(false);
    let is_object = |schema: &Schema| schema.contains_key("properties");
    // Each part closed against the others' properties is an object without any, which nobody means to write.
    let both = is_object(merged) && is_object(&part);
    let is_closed = |schema: &Schema| schema.get("additionalProperties") == Some(&closed);
    if both && is_closed(merged) {
        merged.shift_remove("additionalProperties");
    }
    for (name, value) in part {
        if !restricts(&name) {
            if name == "description" {
                merged.entry(name).or_insert(value);
            }
            continue;
        }
        if both && name == "additionalProperties" && value == closed {
            continue;
        }
        let Some(other) = merged.get_mut(&name) else {
            merged.insert(name, value);
            continue;
        };
        if *other == value {
            continue;
        }
        match (name.as_str(), &mut *other, value) {
            ("type", other, value) => match (other.as_str()?, value.as_str()?) {
                ("integer", "number") => {}
                ("number", "integer") => *other = value,
                _ => return None,
            },
            ("enum", Value::Array(values), Value::Array(others)) => {
                values.retain(|value| others.contains(value));
                if values.is_empty() {
                    return None;
                }
            }
            ("required", Value::Array(names), Value::Array(others)) => {
                names.extend(others.into_iter().filter(|name| !names.contains(name)).collect::<Vec<_>>());
            }
            ("properties", Value::Object(properties), Value::Object(others)) => {
                for (name, schema) in others {
                    let own = properties.get(&name);
                    let both = own.map_or(Some(schema.clone()), |own| both_of(document, own, &schema));
                    properties.insert(name, both?);
                }
            }
            ("items" | "additionalProperties", Value::Bool(true), value) => *other = value,
            ("items" | "additionalProperties", Value::Object(_), Value::Bool(true)) => {}
            ("items" | "additionalProperties", Value::Object(_), value @ Value::Object(_)) => {
                *other = both_of(document, other, &value)?;
            }
            ("additionalProperties", other, value) if *other == closed || value == closed => *other = closed.clone(),
            // Two limits: without either the type is the wider one, and no type checks them.
            _ => drop(merged.shift_remove(&name)),
        }
    }
    Some(())
}

/// The schema of the values that belong to both; `None` if their types differ.
fn both_of(document: &Value, first: &Value, second: &Value) -> Option<Value> {
    let is_empty = |schema: &Value| schema.as_object().is_some_and(Map::is_empty);
    let kind = |schema| resolved(document, schema).get("type").and_then(Value::as_str);
    let are_numbers = |kinds| matches!(kinds, ("integer", "number") | ("number", "integer"));
    match (kind(first), kind(second)) {
        _ if first == second || is_empty(second) => Some(first.clone()),
        _ if is_empty(first) => Some(second.clone()),
        (Some(first), Some(second)) if first != second && !are_numbers((first, second)) => None,
        _ => Some(json!({ "allOf": [first, second] })),
    }
}
