//! Visits the schemas of an OpenAPI 3.0 document, and follows their references.

use serde_json::{Map, Value};

use crate::document::extensions;
use crate::document::located::Located;
use crate::document::openapi::{operations, operations_mut};
use crate::document::pointer::Pointer;
use crate::document::references::{follow, reached};

/// Keywords that restrict no value.
pub(super) const ANNOTATIONS: [&str; 8] =
    ["title", "description", "nullable", "deprecated", "readOnly", "writeOnly", extensions::NAME, NOTES];

/// Keywords that compose a schema of others.
pub(super) const COMPOSITION: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// Marks, while repairs are made, a schema that became any JSON value because its type would lose a part of some. Its
/// value is the reason.
pub(super) const ANYTHING: &str = "x-anything";

/// Holds, while repairs are made, the warnings about a schema.
pub(super) const NOTES: &str = "x-notes";

/// Adds a warning about a schema.
pub(super) fn note(schema: &mut Map<String, Value>, warning: String) {
    let notes = schema.entry(NOTES).or_insert_with(|| Value::Array(Vec::new()));
    if let Some(notes) = notes.as_array_mut()
        && !notes.contains(&Value::from(warning.as_str()))
    {
        notes.push(warning.into());
    }
}

/// Adds the marked schemas and the notes at and below a place, each as a warning.
pub(super) fn add_marked(value: &Value, at: &Pointer, warnings: &mut Vec<Located>) {
    match value {
        Value::Object(members) => {
            let own = members.get(ANYTHING).and_then(Value::as_str);
            warnings.extend(own.map(|reason| at.error(format!("is read as any JSON value: {reason}"))));
            let notes = members.get(NOTES).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
            warnings.extend(notes.map(|note| at.error(note)));
            let inner = members.iter().filter(|(_, value)| holds_values(value));
            inner.for_each(|(name, value)| add_marked(value, &at.child(name), warnings));
        }
        Value::Array(items) => {
            let inner = items.iter().enumerate().filter(|(_, value)| holds_values(value));
            inner.for_each(|(index, value)| add_marked(value, &at.child(index), warnings));
        }
        _ => {}
    }
}

/// Whether a walk goes on in a value: most values of a document are texts.
pub(super) fn holds_values(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

/// The schema that a reference names, alone or as the one part of `allOf` with no keyword of its own beside it, and a
/// reference there in turn.
pub(super) fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let target = reference(schema).and_then(|named| follow(document, named, &Pointer::root(), reference).ok());
    target.map_or(schema, |(_, found)| found)
}

fn reference(schema: &Value) -> Option<&str> {
    let says_no_more =
        |schema: &Map<String, Value>| schema.keys().all(|name| name == "allOf" || ANNOTATIONS.contains(&name.as_str()));
    match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        Some([part]) if schema.as_object().is_some_and(says_no_more) => part.get("$ref")?.as_str(),
        _ => schema.get("$ref")?.as_str(),
    }
}

/// Visits every schema, the innermost first, and says whether it is a component. A lowered document holds schemas
/// only under `schema`, `schemas` and the keywords of schemas; everything else is text.
pub(super) fn each_schema(document: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>, bool)) {
    walk(document, Position::Elsewhere, visit);
}

/// Visits as [`each_schema`] does the schemas in the bodies, `requestBody` or `responses`, of operations whose method
/// `is_of` selects, and those of all components that these reach.
pub(super) fn each_schema_of_bodies(
    document: &mut Value,
    body: &str,
    is_of: impl Fn(&str) -> bool,
    visit: &mut impl FnMut(&mut Map<String, Value>, bool),
) {
    let selected = operations(document).filter(|operation| is_of(operation.method));
    let bodies: Vec<&Value> = selected.filter_map(|operation| operation.value.get(body)).collect();
    let reached = document["components"]["schemas"].as_object().map(|schemas| reached(schemas, &bodies));
    for (name, schema) in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
        if reached.as_ref().is_some_and(|reached| reached.contains_key(name)) {
            // Seen as what stands under `schema`, it is visited with all that is within it.
            let mut holder = Map::from_iter([("schema".to_owned(), schema.take())]).into();
            each_schema(&mut holder, visit);
            *schema = holder["schema"].take();
        }
    }
    for (at, operation) in operations_mut(document) {
        if at.keys().last().is_some_and(|method| is_of(&method))
            && let Some(body) = operation.get_mut(body)
        {
            each_schema(body, visit);
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Position {
    Component,
    Schema,
    Elsewhere,
}

fn walk(value: &mut Value, position: Position, visit: &mut impl FnMut(&mut Map<String, Value>, bool)) {
    let is_schema = position != Position::Elsewhere;
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter_mut().filter(|(_, value)| holds_values(value)) {
                match (is_schema, name.as_str()) {
                    (true, "properties") | (false, "schemas") => {
                        let position = if is_schema { Position::Schema } else { Position::Component };
                        for (_, schema) in value.as_object_mut().into_iter().flatten() {
                            walk(schema, position, visit);
                        }
                    }
                    (true, "items" | "additionalProperties" | "allOf" | "anyOf" | "oneOf") | (false, "schema") => {
                        walk(value, Position::Schema, visit);
                    }
                    (true, _) => {}
                    (false, _) => walk(value, position, visit),
                }
            }
            if is_schema {
                visit(members, position == Position::Component);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, position, visit)),
        _ => {}
    }
}
