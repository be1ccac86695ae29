//! Tells schemas of single values from schemas of lists and objects, which the generator cannot send in a path, a header,
//! a query or a form.
//!
//! Drop when progenitor serializes lists and objects there as OpenAPI says.

use serde_json::Value;

use super::walk::COMPOSITION;
use crate::document::pointer::Pointer;
use crate::document::references::resolve;

/// How deep references and compositions may lead before a value counts as neither an object nor a list.
pub(super) const MAX_DEPTH: usize = 32;

/// The values of a schema, as far as a query can hold them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Single values.
    Single,
    /// Lists of single values, among others.
    List,
    /// Objects, or lists of lists or objects.
    More,
}

/// The most that a value of `schema` may be. The schema is one of OpenAPI 3.0 or 3.1.
pub(super) fn holds(document: &Value, schema: &Value, at: &Pointer) -> Holds {
    holds_within(document, schema, at, MAX_DEPTH)
}

fn holds_within(document: &Value, schema: &Value, at: &Pointer, depth: usize) -> Holds {
    let Some(depth) = depth.checked_sub(1) else { return Holds::Single };
    let is = |name: &str| match schema.get("type") {
        Some(Value::String(kind)) => kind == name,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == name),
        _ => false,
    };
    let untyped = schema.get("type").is_none();
    let says = |names: &[&str]| untyped && names.iter().any(|name| schema.get(*name).is_some());
    let mut holds = Holds::Single;
    if is("object") || says(&["properties", "additionalProperties"]) {
        return Holds::More;
    }
    if is("array") || says(&["items"]) {
        let item = schema.get("items").map(|items| holds_within(document, items, at, depth));
        if item.is_some_and(|item| item != Holds::Single) {
            return Holds::More;
        }
        holds = Holds::List;
    }
    let referenced = schema.get("$ref").and_then(Value::as_str).and_then(|r| resolve(document, r, at).ok());
    let parts = COMPOSITION.into_iter().filter_map(|name| schema.get(name)?.as_array()).flatten();
    for part in parts.chain(referenced.map(|(_, schema)| schema)) {
        match holds_within(document, part, at, depth) {
            Holds::More => return Holds::More,
            Holds::List => holds = Holds::List,
            Holds::Single => {}
        }
    }
    holds
}
