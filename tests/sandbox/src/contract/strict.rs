//! The strict form of a schema: every documented property must be there, and no other.

use serde_json::{Map, Value, json};

use super::reading::Reading;

/// The keywords that have one meaning in a schema and in its strict form.
const KEPT: [&str; 25] = [
    "$ref",
    "const",
    "default",
    "deprecated",
    "description",
    "enum",
    "example",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxItems",
    "maxLength",
    "maximum",
    "minItems",
    "minLength",
    "minimum",
    "multipleOf",
    "pattern",
    "readOnly",
    "required",
    "title",
    "type",
    "uniqueItems",
    "writeOnly",
];

/// The extensions that say how a client reads; what is sent is not their concern.
const EXTENSIONS: &str = "x-client-";

/// Derives the strict form. A keyword whose strict meaning is not settled is an error with its place, since a check that
/// skips what it does not know would let wrong responses out.
pub(super) fn strict(schema: &Value, reading: Reading) -> Result<Value, String> {
    let schema = schema.as_object().ok_or("not an object")?;
    let mut result = Map::new();
    for (keyword, value) in schema {
        let (keyword, value) = match keyword.as_str() {
            "items" => ("items", strict(value, reading).map_err(|error| format!("items/{error}"))?),
            "properties" => ("properties", properties(value, schema.get("required"), reading)?),
            // In strict form the branches exclude each other, so one must fit and no other.
            "anyOf" | "oneOf" => ("oneOf", branches(keyword, value, reading)?),
            "additionalProperties" => continue,
            keyword if KEPT.contains(&keyword) => (keyword, value.clone()),
            keyword if keyword.starts_with(EXTENSIONS) => continue,
            unknown => return Err(format!("{unknown}: no strict form is known")),
        };
        if result.insert(keyword.to_owned(), value).is_some() {
            return Err(format!("{keyword}: no strict form is known beside its like"));
        }
    }
    if is_object(schema) {
        let names = result.get("properties").and_then(Value::as_object);
        let names: Vec<Value> = names.into_iter().flat_map(Map::keys).map(|name| name.as_str().into()).collect();
        result.insert("required".to_owned(), names.into());
        result.insert("additionalProperties".to_owned(), additional(schema, reading)?);
    }
    Ok(result.into())
}

fn is_object(schema: &Map<String, Value>) -> bool {
    let object = json!("object");
    let kind = schema.get("type");
    kind == Some(&object)
        || kind.and_then(Value::as_array).is_some_and(|kinds| kinds.contains(&object))
        || schema.contains_key("properties")
}

fn properties(value: &Value, required: Option<&Value>, reading: Reading) -> Result<Value, String> {
    let properties = value.as_object().ok_or("properties: not an object")?;
    let required = required.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let strict = |(name, schema): (&String, &Value)| {
        let schema = strict(schema, reading).map_err(|error| format!("properties/{name}/{error}"))?;
        let nullable = reading == Reading::AsServed && !required.contains(&json!(name));
        // Not `anyOf`: it would not say what is wrong within the property.
        let schema = if nullable { json!({ "if": { "type": "null" }, "else": schema }) } else { schema };
        Ok((name.clone(), schema))
    };
    properties.iter().map(strict).collect::<Result<Map<_, _>, _>>().map(Into::into)
}

fn branches(keyword: &str, value: &Value, reading: Reading) -> Result<Value, String> {
    let branches = value.as_array().ok_or_else(|| format!("{keyword}: not an array"))?.iter().enumerate();
    let strict = |(index, branch)| strict(branch, reading).map_err(|error| format!("{keyword}/{index}/{error}"));
    branches.map(strict).collect::<Result<Vec<_>, _>>().map(Into::into)
}

/// The further properties that an object may hold: those that its schema allows, and by default none.
fn additional(schema: &Map<String, Value>, reading: Reading) -> Result<Value, String> {
    match schema.get("additionalProperties") {
        None => Ok(false.into()),
        Some(Value::Bool(open)) => Ok((*open).into()),
        Some(schema) => strict(schema, reading).map_err(|error| format!("additionalProperties/{error}")),
    }
}
