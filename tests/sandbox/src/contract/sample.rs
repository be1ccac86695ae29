//! Makes a response of an operation from its schema and examples.

use axum::http::StatusCode;
use serde_json::{Map, Value};

use super::reading::JSON;
use crate::response::Response;

/// How many schemas within schemas a sample has, at most: a schema may contain itself.
const DEPTH: usize = 16;

/// The first success that an operation documents, with every property of its body. A status that no server can send, such
/// as a range, is 200.
pub(super) fn response(document: &Value, operation: &Value) -> Response {
    let responses = operation["responses"].as_object().into_iter().flatten();
    let success = responses.filter(|(status, _)| status.starts_with('2')).min_by_key(|(status, _)| status.as_str());
    let Some((status, response)) = success else { return Response::empty(StatusCode::OK) };
    let status = status.parse().unwrap_or(StatusCode::OK);
    let Some(schema) = response.pointer(JSON) else { return Response::empty(status) };
    let mut body = value(document, schema, DEPTH);
    let media = &response["content"]["application/json"];
    let named = media["examples"].as_object().and_then(|examples| examples.values().next());
    if let Some(example) = media.get("example").or_else(|| named?.get("value")) {
        overlay(&mut body, example);
    }
    Response::json(status, body)
}

/// A value of a schema: its example, and what that lacks of the documented properties.
fn value(document: &Value, schema: &Value, depth: usize) -> Value {
    let mut made = made(document, schema, depth);
    let first = schema["examples"].as_array().and_then(|examples| examples.first());
    let mut stated =
        first.into_iter().chain(["example", "default", "const"].iter().filter_map(|keyword| schema.get(*keyword)));
    if let Some(stated) = stated.next() {
        overlay(&mut made, stated);
    }
    made
}

fn made(document: &Value, schema: &Value, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return Value::Null };
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null);
        return value(document, target, depth);
    }
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    if let Some(first) = ["oneOf", "anyOf"].iter().find_map(|keyword| schema[*keyword].as_array()?.first()) {
        return value(document, first, depth);
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().and_then(Value::as_str),
        kind => kind.as_str(),
    };
    match kind {
        Some("array") => {
            let least = schema["minItems"].as_u64().unwrap_or(1);
            (0..least.min(1)).map(|_| value(document, &schema["items"], depth)).collect()
        }
        Some("string") => text(schema["format"].as_str()).into(),
        // Whole, so that it is an integer, too.
        Some("integer" | "number") => schema["minimum"].as_i64().unwrap_or(1).into(),
        Some("boolean") => true.into(),
        Some("null") => Value::Null,
        _ => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let member = |(name, schema): (&String, &Value)| (name.clone(), value(document, schema, depth));
            properties.map(member).collect::<Map<_, _>>().into()
        }
    }
}

/// A text of a format.
fn text(format: Option<&str>) -> &'static str {
    match format {
        Some("date-time" | "date-or-date-time") => "2026-09-15T11:32:22Z",
        Some("date") => "2026-09-15",
        Some("time") => "11:32:22Z",
        Some("email") => "ada@example.com",
        Some("uuid") => "0b7a5c1e-6d3f-4a52-9f0e-3c8d1b2a4e57",
        Some("uri" | "url") => "https://example.com/",
        Some("hostname") => "example.com",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        _ => "text",
    }
}

/// Puts what an example states over a value; objects keep what it does not state.
fn overlay(value: &mut Value, example: &Value) {
    match (value, example) {
        (Value::Object(members), Value::Object(stated)) => {
            for (name, example) in stated {
                overlay(members.entry(name.clone()).or_insert(Value::Null), example);
            }
        }
        (value, example) => *value = example.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::response::Content;

    #[test]
    fn an_example_goes_before_the_schema_and_the_schema_gives_what_the_example_lacks() {
        let schema = json!({ "type": "object", "properties": {
            "id": { "type": "string", "format": "uuid" },
            "made": { "type": "string", "format": "date-time", "example": "2020-01-01T00:00:00Z" },
            "state": { "enum": ["new", "old"] },
            "count": { "type": ["integer", "null"], "minimum": 3 },
            "owner": { "$ref": "#/owner" },
        } });
        let document = json!({ "owner": { "type": "object", "properties": { "up": { "type": "array", "items": { "$ref": "#/owner" } } } } });
        let operation = json!({ "responses": {
            "404": {},
            "2XX": { "content": { "application/json": { "schema": schema, "example": { "id": "mine" } } } },
        } });
        let Response { status, content } = response(&document, &operation);
        assert_eq!(status, StatusCode::OK);
        let Content::Json(body) = content else { panic!("{content:?}") };
        assert_eq!((&body["id"], &body["made"]), (&json!("mine"), &json!("2020-01-01T00:00:00Z")));
        assert_eq!((&body["state"], &body["count"]), (&json!("new"), &json!(3)));
        // It ends, although the schema does not.
        assert!(body["owner"]["up"][0]["up"].is_array(), "{body}");
    }

    #[test]
    fn a_success_without_content_is_its_status_alone() {
        let operation = json!({ "responses": { "204": { "description": "gone" }, "400": {} } });
        assert_eq!(response(&Value::Null, &operation), Response::empty(StatusCode::NO_CONTENT));
    }
}
