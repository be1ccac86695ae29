//! The strict form of a schema: every documented property must be there, and no other.

use serde_json::{Map, Value, json};

/// The keywords that mean the same in a schema and in its strict form.
const KEPT: [&str; 7] = ["type", "format", "description", "default", "minimum", "$ref", "required"];

/// Derives the strict form. A keyword whose strict meaning is not settled is an error with its place, since a check that
/// skips what it does not know would let wrong answers out.
pub(super) fn strict(schema: &Value) -> Result<Value, String> {
    let schema = schema.as_object().ok_or("not an object")?;
    let mut result = Map::new();
    for (keyword, value) in schema {
        let value = match keyword.as_str() {
            keyword if KEPT.contains(&keyword) => value.clone(),
            "items" => strict(value).map_err(|error| format!("items/{error}"))?,
            "properties" => properties(value)?,
            "additionalProperties" if value.is_boolean() => continue,
            unknown => return Err(format!("{unknown}: no strict form is known")),
        };
        result.insert(keyword.clone(), value);
    }
    if schema.get("type") == Some(&json!("object")) || schema.contains_key("properties") {
        let names = result.get("properties").and_then(Value::as_object);
        let names: Vec<Value> = names.into_iter().flat_map(Map::keys).map(|name| name.as_str().into()).collect();
        result.insert("required".to_owned(), names.into());
        let open = schema.get("additionalProperties") == Some(&json!(true));
        result.insert("additionalProperties".to_owned(), open.into());
    }
    Ok(result.into())
}

fn properties(value: &Value) -> Result<Value, String> {
    let properties = value.as_object().ok_or("properties: not an object")?;
    let strict = |(name, schema): (&String, &Value)| {
        strict(schema).map(|schema| (name.clone(), schema)).map_err(|error| format!("properties/{name}/{error}"))
    };
    Ok(properties.iter().map(strict).collect::<Result<Map<_, _>, _>>()?.into())
}
