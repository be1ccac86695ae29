//! Lowering of types: `const` and `enum`, `null`, several types at once, and bounds of numbers.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::form::text;
use crate::document::load;
use crate::document::pointer::Pointer;

/// Keywords that may stand beside a `$ref` and restrict no value.
pub(super) const ANNOTATIONS: [&str; 5] = ["title", "deprecated", "readOnly", "writeOnly", "nullable"];

/// How many types a JSON value can be of, `null` and whole numbers apart.
const ALL_TYPES: usize = 5;

/// The keywords that speak of one type only, by type.
const TYPE_KEYWORDS: [(&str, &[&str]); 5] = [
    ("object", &["properties", "additionalProperties", "required", "minProperties", "maxProperties"]),
    ("array", &["items", "minItems", "maxItems", "uniqueItems"]),
    ("string", &["minLength", "maxLength", "format"]),
    ("number", &["multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format"]),
    ("integer", &["multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format"]),
];

/// Whether a schema allows `null` and nothing else.
pub(super) fn only_null(schema: &Value) -> bool {
    let null = |value: &Value| value.as_array().is_some_and(|values| values.iter().all(Value::is_null));
    schema.get("type").is_some_and(|kind| kind == "null" || *kind == json!(["null"]))
        || schema.get("const").is_some_and(Value::is_null)
        || schema.get("enum").is_some_and(|values| null(values) && *values != json!([]))
}

/// `const` becomes an `enum` of one; the type that only the values say is written out.
pub(super) fn values(schema: &mut Map<String, Value>) {
    if let Some(value) = schema.shift_remove("const") {
        schema.insert("enum".to_owned(), json!([value]));
    }
    let Some(Value::Array(values)) = schema.get("enum") else {
        return;
    };
    if !schema.contains_key("type") {
        let mut types: Vec<Value> = Vec::new();
        for value in values {
            let name = load::type_of(value);
            if !types.contains(&name.into()) {
                types.push(name.into());
            }
        }
        schema.insert("type".to_owned(), types.into());
    }
}

/// Takes `null` out of `type` and `enum`; whether it was there.
pub(super) fn null_type(schema: &mut Map<String, Value>, at: &Pointer) -> Result<bool> {
    let Some(written) = schema.shift_remove("type") else {
        return Ok(false);
    };
    let mut types: Vec<String> = Vec::new();
    for name in written.as_array().map_or_else(|| vec![&written], |list| list.iter().collect()) {
        let at = at.child("type");
        let name = text(name, &at)?;
        if !["null", "boolean", "object", "array", "number", "string", "integer"].contains(&name) {
            bail!(at.error(format!("`{name}` is not a type of JSON Schema")));
        }
        if !types.iter().any(|known| known == name) {
            types.push(name.to_owned());
        }
    }
    if types.iter().any(|name| name == "number") {
        types.retain(|name| name != "integer");
    }
    let lists_null = schema.get("enum").and_then(Value::as_array).is_some_and(|values| values.contains(&Value::Null));
    let nullable = lists_null || types.iter().any(|name| name == "null");
    types.retain(|name| name != "null");
    if types.is_empty() {
        // 3.0 has no type of null alone; any JSON value holds it.
        schema.shift_remove("enum");
        return Ok(true);
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    let types = if types.len() == 1 { types.remove(0).into() } else { Value::from(types) };
    schema.insert("type".to_owned(), types);
    Ok(nullable)
}

/// Takes out the keywords that speak of other types than the schema's one; their names.
pub(super) fn take_foreign(schema: &mut Map<String, Value>) -> Vec<String> {
    let Some(kind) = schema.get("type").and_then(Value::as_str) else { return Vec::new() };
    let own = TYPE_KEYWORDS.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, keywords)| *keywords);
    let is_foreign =
        |name: &str| !own.contains(&name) && TYPE_KEYWORDS.iter().any(|(_, keywords)| keywords.contains(&name));
    let foreign: Vec<String> = schema.keys().filter(|name| is_foreign(name)).cloned().collect();
    schema.retain(|name, _| !foreign.contains(name));
    foreign
}

/// A numeric exclusive bound becomes 3.0's pair of bound and flag, the tighter of the two winning.
pub(super) fn bound(schema: &mut Map<String, Value>, inclusive: &str, exclusive: &str, tighter: fn(f64, f64) -> f64) {
    let Some(limit) = schema.get(exclusive).and_then(Value::as_f64) else {
        return;
    };
    let other = schema.get(inclusive).and_then(Value::as_f64);
    #[expect(clippy::float_cmp, reason = "both are the very numbers of the document")]
    let excludes = other.is_none_or(|other| tighter(limit, other) == limit);
    if excludes && let Some(number) = schema.shift_remove(exclusive) {
        schema.insert(inclusive.to_owned(), number);
        schema.insert(exclusive.to_owned(), true.into());
    } else {
        schema.shift_remove(exclusive);
    }
}

/// Several types become `anyOf`, one branch a type, each with the keywords that speak of it.
pub(super) fn several_types(schema: &mut Map<String, Value>) {
    let Some(Value::Array(types)) = schema.get("type") else {
        return;
    };
    let types: Vec<String> = types.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut rest = schema.clone();
    rest.shift_remove("type");
    let is_annotation = |name: &String| name == "description" || ANNOTATIONS.contains(&name.as_str());
    if types.len() == ALL_TYPES && rest.keys().all(is_annotation) {
        // Every JSON value is of one of them, and a number would lose digits as one of several.
        *schema = rest;
        return;
    }
    for (_, keywords) in TYPE_KEYWORDS {
        rest.retain(|name, _| !keywords.contains(&name.as_str()));
    }
    let values = rest.shift_remove("enum");
    let mut branches = Vec::new();
    for name in types {
        let mut branch = Map::from_iter([("type".to_owned(), name.clone().into())]);
        let keywords = TYPE_KEYWORDS.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, keywords)| *keywords);
        branch
            .extend(schema.iter().filter(|(k, _)| keywords.contains(&k.as_str())).map(|(k, v)| (k.clone(), v.clone())));
        if let Some(Value::Array(values)) = &values {
            let own: Vec<Value> = values.iter().filter(|value| is_of_type(value, &name)).cloned().collect();
            if own.is_empty() {
                continue;
            }
            // `1.0` is an integer to JSON Schema, and to a decoder a number.
            if own.iter().any(Value::is_f64) {
                branch.insert("type".to_owned(), "number".into());
            }
            branch.insert("enum".to_owned(), own.into());
        }
        branches.push(Value::Object(branch));
    }
    if let Some(Value::Array(parts)) = rest.get_mut("allOf") {
        parts.push(json!({ "anyOf": branches }));
    } else if rest.contains_key("anyOf") {
        // A schema of several types with alternatives of its own must satisfy both.
        rest.insert("allOf".to_owned(), json!([{ "anyOf": branches }]));
    } else {
        rest.insert("anyOf".to_owned(), branches.into());
    }
    *schema = rest;
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) => name == "boolean",
        Value::Number(number) => {
            name == "number" || name == "integer" && number.as_f64().is_none_or(|number| number.fract() == 0.0)
        }
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    }
}

/// A choice of one is no choice: what was `anyOf: [X, null]` becomes X, nullable.
pub(super) fn single_branch(mut schema: Map<String, Value>) -> Map<String, Value> {
    for keyword in ["anyOf", "oneOf"] {
        let says_values = schema
            .keys()
            .any(|name| !ANNOTATIONS.contains(&name.as_str()) && !["description", keyword].contains(&name.as_str()));
        let Some([branch]) = schema.get(keyword).and_then(Value::as_array).map(Vec::as_slice) else {
            continue;
        };
        if says_values {
            continue;
        }
        let branch = branch.clone();
        schema.shift_remove(keyword);
        match branch {
            Value::Object(branch) if !branch.contains_key("$ref") => {
                for (name, value) in branch {
                    schema.entry(name).or_insert(value);
                }
            }
            branch if schema.is_empty() => return branch.as_object().cloned().unwrap_or_default(),
            branch => drop(schema.insert("allOf".to_owned(), json!([branch]))),
        }
    }
    schema
}
