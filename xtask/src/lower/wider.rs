//! Widens a schema where a keyword that 3.0 lacks says what else a value may hold: without the keyword, the keywords
//! beside it would be narrower than the document.

use serde_json::{Map, Value, json};

/// Keywords that describe properties which `properties` does not name.
const OF_PROPERTIES: [&str; 6] = ["patternProperties", "dependentSchemas", "dependencies", "if", "then", "else"];

/// Opens the lists and objects of a lowered schema for the values that the written one allows.
pub(super) fn open(written: &Map<String, Value>, schema: &mut Map<String, Value>) {
    let is = |name: &str| match written.get("type") {
        Some(Value::String(kind)) => kind == name,
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == name),
        _ => false,
    };
    // `items` describes the items after those of `prefixItems`.
    if written.contains_key("prefixItems") && (is("array") || schema.contains_key("items")) {
        schema.insert("items".to_owned(), json!({}));
    }
    if !OF_PROPERTIES.iter().any(|keyword| written.contains_key(*keyword)) {
        return;
    }
    if written.contains_key("patternProperties") {
        // It names properties that `additionalProperties` does not describe.
        schema.shift_remove("additionalProperties");
    }
    if is("object") || schema.contains_key("properties") {
        schema.entry("additionalProperties").or_insert(Value::Bool(true));
    }
}
