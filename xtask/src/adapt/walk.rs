//! Visits the schemas of an OpenAPI 3.0 document, and follows their references.

use serde_json::{Map, Value};

use crate::document::pointer::Pointer;
use crate::document::references::resolve;

/// Keywords that restrict no value.
pub(super) const ANNOTATIONS: [&str; 6] = ["title", "description", "nullable", "deprecated", "readOnly", "writeOnly"];

/// Marks, while repairs are made, a schema that became any JSON value because its type would lose a part of some.
pub(super) const ANYTHING: &str = "x-anything";

/// How many references to references are followed.
const MAX_REFERENCES: usize = 100;

/// The schema that a reference names, alone or as the one part of `allOf`, and a reference there in turn.
pub(super) fn resolved<'a>(document: &'a Value, mut schema: &'a Value) -> &'a Value {
    for _ in 0..MAX_REFERENCES {
        let reference = match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            Some([part]) => part.get("$ref"),
            _ => schema.get("$ref"),
        };
        let found = reference.and_then(Value::as_str).and_then(|r| resolve(document, r, &Pointer::root()).ok());
        match found {
            Some((_, found)) => schema = found,
            None => break,
        }
    }
    schema
}

/// Visits every schema, the innermost first, and says whether it is a component. A lowered document holds schemas
/// only under `schema`, `schemas` and the keywords of schemas; everything else is text.
pub(super) fn each_schema(document: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>, bool)) {
    walk(document, Position::Elsewhere, visit);
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
            for (name, value) in members.iter_mut() {
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
