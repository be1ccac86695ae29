//! Schemas that are changed at random: kinds of changes that nobody thought of writing down.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Schemas to start from, with every kind of keyword that a client is generated for.
pub(crate) fn schemas() -> Vec<Value> {
    let text = json!({ "type": "string" });
    let thing = |required: &[&str]| json!({ "type": "object", "properties": { "a": text, "n": { "type": "integer" }, "f": { "type": "boolean" } }, "required": required });
    vec![
        thing(&["a"]),
        thing(&[]),
        json!({ "type": "object", "properties": { "a": text, "in": thing(&["n"]) }, "required": ["in"] }),
        json!({ "type": "object", "properties": { "a": text, "n": { "type": ["integer", "null"] } }, "required": ["n"], "additionalProperties": false }),
        json!({ "type": "object", "properties": { "a": text }, "additionalProperties": { "type": "integer" } }),
        json!({ "type": "object", "additionalProperties": text }),
        json!({ "type": "object" }),
        json!({ "type": "array", "items": thing(&["a"]), "minItems": 1, "maxItems": 3 }),
        json!({ "type": "object", "properties": { "list": { "type": "array", "items": { "type": "number" } }, "page": { "type": "integer", "minimum": 0 } } }),
        json!({ "type": "object", "properties": { "kind": { "enum": ["a", "b"], "type": "string" }, "on": { "type": "string", "format": "date" }, "at": { "type": "string", "format": "date-time" }, "s": { "type": "string", "maxLength": 5 } }, "required": ["kind", "at"] }),
        json!({ "oneOf": [thing(&["a"]), { "type": "object", "properties": { "b": text }, "required": ["b"] }] }),
        json!({ "anyOf": [{ "type": "object", "properties": { "k": { "const": "x" }, "v": { "type": "integer" } }, "required": ["k"] }, { "type": "object", "properties": { "k": { "const": "y" }, "w": text }, "required": ["k", "w"] }] }),
        json!({ "allOf": [thing(&["a"]), { "type": "object", "properties": { "more": text }, "required": ["more"] }] }),
        json!({ "type": "object", "properties": { "x": { "oneOf": [{ "type": "string" }, { "type": "integer" }] }, "y": { "type": ["string", "null"], "enum": ["a", null] } }, "required": ["x"] }),
        json!({ "type": "integer", "format": "int32", "minimum": 1, "maximum": 10 }),
        json!({ "type": "string", "enum": ["a", "b", "c"] }),
    ]
}

/// Changes one part of a schema.
pub(crate) fn change(schema: &mut Value, rng: &mut Rng) {
    let count = parts(schema, &mut |_| {});
    let wanted = rng.usize(..count.max(1));
    let mut index = 0;
    parts(schema, &mut |part| {
        if index == wanted {
            change_here(part, rng);
        }
        index += 1;
    });
}

/// Visits a schema and the schemas within it. Returns how many there are.
fn parts(schema: &mut Value, visit: &mut dyn FnMut(&mut Value)) -> usize {
    let mut count = 1;
    if let Some(members) = schema.as_object_mut() {
        for (key, member) in members.iter_mut() {
            match (key.as_str(), member) {
                ("properties", Value::Object(properties)) => {
                    count += properties.values_mut().map(|property| parts(property, visit)).sum::<usize>();
                }
                ("items" | "additionalProperties", member @ Value::Object(_)) => count += parts(member, visit),
                ("allOf" | "anyOf" | "oneOf", Value::Array(branches)) => {
                    count += branches.iter_mut().map(|branch| parts(branch, visit)).sum::<usize>();
                }
                _ => {}
            }
        }
    }
    visit(schema);
    count
}

fn change_here(schema: &mut Value, rng: &mut Rng) {
    let kinds = ["string", "integer", "number", "boolean", "object", "array"];
    match rng.u8(..10) {
        0 => *schema = json!({ "type": kinds[rng.usize(..kinds.len())] }),
        1 => wrap(schema, rng),
        2 => change_null(schema),
        3 if schema["type"] == "object" => {
            let excluded = [json!({ "required": ["b"] }), json!({ "type": "string" }), json!({ "const": "a" })];
            schema["not"] = excluded[rng.usize(..excluded.len())].clone();
        }
        4 => {
            let lists = [json!(["a"]), json!(["a", "b"]), json!(["a", "b", "c", "d"])];
            let list = lists[rng.usize(..lists.len())].clone();
            if schema.get("enum").is_some() && rng.bool() {
                schema.as_object_mut().unwrap().shift_remove("enum");
            } else if schema["type"] == "string" && schema.get("format").is_none() {
                schema["enum"] = list;
            }
        }
        _ if schema["type"] == "object" => change_object(schema, rng),
        _ => change_limit(schema, rng),
    }
}

fn wrap(schema: &mut Value, rng: &mut Rng) {
    let own = schema.take();
    let other = json!({ "type": "object", "properties": { "other": { "type": "string" } }, "required": ["other"] });
    let text = json!({ "type": "object", "properties": { "a": { "type": "string" }, "z": { "type": "string" } } });
    let is_map = own.get("additionalProperties").is_some_and(|further| *further != true);
    *schema = match rng.u8(..if is_map { 5 } else { 6 }) {
        0 => json!({ "oneOf": [own, other] }),
        1 => json!({ "oneOf": [own, text] }),
        2 => json!({ "anyOf": [other, own] }),
        3 => json!({ "allOf": [own] }),
        4 => json!({ "type": "object", "properties": { "data": own } }),
        _ => json!({ "allOf": [own, { "type": "object", "properties": { "part": { "type": "string" } } }] }),
    };
}

fn change_null(schema: &mut Value) {
    match schema.get("type").cloned() {
        Some(Value::String(name)) => schema["type"] = json!([name, "null"]),
        Some(Value::Array(names)) => schema["type"] = names.first().cloned().unwrap_or_default(),
        _ => {
            let own = schema.take();
            *schema = json!({ "anyOf": [own, { "type": "null" }] });
        }
    }
}

fn change_object(schema: &mut Value, rng: &mut Rng) {
    let names: Vec<String> = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect();
    let some = names.get(rng.usize(..names.len().max(1))).cloned();
    let members = schema.as_object_mut().unwrap();
    let mut required: Vec<Value> = members.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let properties = members.entry("properties").or_insert_with(|| Value::Object(Map::new()));
    match (rng.u8(..7), some) {
        (0, Some(name)) => {
            properties.as_object_mut().unwrap().shift_remove(&name);
            required.retain(|other| *other != name);
        }
        (1, Some(name)) => {
            let value = properties.as_object_mut().unwrap().shift_remove(&name).unwrap();
            properties["renamed"] = value;
            required.iter_mut().filter(|other| **other == name).for_each(|other| *other = json!("renamed"));
        }
        (2, Some(name)) if required.contains(&json!(name)) => required.retain(|other| *other != name),
        (2, Some(name)) => required.push(json!(name)),
        (3, _) => properties["added"] = json!({ "type": "string" }),
        (4, _) => {
            properties["needed"] = json!({ "type": "integer" });
            required.push(json!("needed"));
        }
        (5, Some(name)) => {
            let mark = if rng.bool() { "readOnly" } else { "writeOnly" };
            properties[name][mark] = json!(true);
        }
        _ => {
            let further = [json!(false), json!(true), json!({ "type": "string" }), json!({ "type": "integer" })];
            members.insert("additionalProperties".to_owned(), further[rng.usize(..further.len())].clone());
        }
    }
    members.insert("required".to_owned(), required.into());
}

fn change_limit(schema: &mut Value, rng: &mut Rng) {
    let formats: &[&str] = match schema["type"].as_str() {
        Some("string") => &["date", "date-time", "uuid", "email", "byte", "ipv4", "made-up"],
        Some("integer") => &["int32", "int64", "uint32", "uint64"],
        Some("number") => &["float", "double"],
        _ => &[],
    };
    if !formats.is_empty() && schema.get("enum").is_none() && rng.bool() {
        schema["format"] = json!(formats[rng.usize(..formats.len())]);
        return;
    }
    let (least, most) = match schema["type"].as_str() {
        Some("string") => ("minLength", "maxLength"),
        Some("array") => ("minItems", "maxItems"),
        Some("integer" | "number") => ("minimum", "maximum"),
        _ => return,
    };
    let members = schema.as_object_mut().unwrap();
    match rng.u8(..4) {
        0 => drop(members.insert(least.to_owned(), json!(rng.u8(..4)))),
        1 => drop(members.insert(most.to_owned(), json!(rng.u8(4..40)))),
        2 => drop(members.shift_remove(least)),
        _ => drop(members.shift_remove(most)),
    }
}
