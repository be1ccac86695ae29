//! Makes `readOnly` and `writeOnly` properties optional in the direction that lacks them: one type serves requests and
//! responses.
//!
//! Drop when typify makes a type for each direction.

use serde_json::{Map, Value};

use super::walk::{each_schema_of_bodies, resolved};
use crate::document::references::for_each_object;

/// Removes from `required` the `readOnly` properties of requests, and the `writeOnly` properties of responses.
pub(super) fn relax(document: &mut Value) {
    for (body, mark) in [("requestBody", "readOnly"), ("responses", "writeOnly")] {
        let mut has_mark = false;
        for_each_object(document, &mut |object| has_mark |= object.contains_key(mark));
        if !has_mark {
            continue;
        }
        let before = document.clone();
        each_schema_of_bodies(document, body, |_| true, &mut |schema, _| {
            let mut names = Vec::new();
            marked(&before, schema, mark, &mut names);
            if !names.is_empty() {
                not_required(schema, &names);
            }
        });
    }
}

/// The properties that a schema or a part of its `allOf` marks so.
fn marked<'a>(document: &'a Value, schema: &'a Map<String, Value>, mark: &str, names: &mut Vec<String>) {
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let is_marked = |schema: &Value| schema.get(mark) == Some(&Value::Bool(true));
        if is_marked(property) || is_marked(resolved(document, property)) {
            names.push(name.clone());
        }
    }
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        if let Some(part) = resolved(document, part).as_object() {
            marked(document, part, mark, names);
        }
    }
}

fn not_required(schema: &mut Map<String, Value>, names: &[String]) {
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| name.as_str().is_none_or(|name| !names.iter().any(|marked| marked == name)));
    }
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        part.as_object_mut().into_iter().for_each(|part| not_required(part, names));
    }
}
