//! The documents that the cases of `fixtures/drift` describe.

use serde_json::{Value, json};

/// The document of a case, and the document after its change. Both are JSON merge patches (RFC 7396).
pub(crate) fn changed(given: &Value, change: &Value) -> (Value, Value) {
    let mut base = json!({ "openapi": "3.1.0", "info": { "title": "T", "version": "1" } });
    merge(&mut base, given);
    let mut revision = base.clone();
    merge(&mut revision, change);
    (base, revision)
}

/// A document that sends a schema in a `request`, or receives it in a `response`. `schemas` are those that it refers to.
pub(crate) fn of_schema(schemas: Option<&Value>, schema: &Value, sent: &str) -> Value {
    let mut schemas = schemas.cloned().unwrap_or_else(|| json!({}));
    schemas["Thing"] = schema.clone();
    let content = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } });
    let operation = if sent == "request" {
        json!({ "requestBody": { "required": true, "content": content }, "responses": { "204": {} } })
    } else {
        json!({ "responses": { "200": { "content": content } } })
    };
    json!({ "openapi": "3.1.0", "info": { "title": "T", "version": "1" },
            "paths": { "/things": { "post": operation } }, "components": { "schemas": schemas } })
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let members = target.as_object_mut().unwrap();
    for (key, value) in patch {
        if value.is_null() {
            members.shift_remove(key);
        } else {
            merge(members.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}
