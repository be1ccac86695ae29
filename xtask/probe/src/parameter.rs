//! Query parameters, and the value that a request gives one that is required.

use anyhow::Result;
use deepgram_mgmt::chrono::{TimeDelta, Utc};
use serde_json::Value;
use xtask::pointer::Pointer;
use xtask::references::resolve;

use crate::infer::TIME;

/// How long the period is that a request asks for.
const PERIOD: TimeDelta = TimeDelta::days(30);

/// A query parameter of an operation.
#[derive(Debug)]
pub struct Query {
    /// Its name.
    pub name: String,
    /// Whether no request goes without it.
    pub is_required: bool,
    /// The parameter as the document has it.
    parameter: Value,
    /// The schema of its values.
    schema: Value,
}

impl Query {
    /// The parameter, found at `at`; `None` if it has no name.
    pub(crate) fn new(document: &Value, parameter: &Value, at: &Pointer) -> Result<Option<Self>> {
        let Some(name) = parameter["name"].as_str() else { return Ok(None) };
        let schema = match parameter["schema"]["$ref"].as_str() {
            Some(reference) => resolve(document, reference, at)?.1,
            None => &parameter["schema"],
        };
        let is_required = parameter["required"] == true;
        Ok(Some(Self { name: name.to_owned(), is_required, parameter: parameter.clone(), schema: schema.clone() }))
    }

    /// A value that the document allows: one that it names, or the nearest of its type. Times are within the last 30
    /// days. Of other texts nothing is known.
    #[must_use]
    pub fn value(&self) -> Option<String> {
        let Self { name, parameter, schema, .. } = self;
        let first = |list: &Value| list.get(0).cloned().unwrap_or_default();
        let examples = parameter["examples"].as_object().and_then(|named| named.values().next()?.get("value"));
        let named = [
            schema["default"].clone(),
            schema["const"].clone(),
            first(&schema["enum"]),
            parameter["example"].clone(),
            examples.cloned().unwrap_or_default(),
            schema["example"].clone(),
            first(&schema["examples"]),
        ];
        if let Some(value) = named.iter().find_map(text) {
            return Some(value);
        }
        let is_end = ["end", "until", "to"].iter().any(|word| name.split('_').any(|part| part == *word));
        let time = if is_end { Utc::now() } else { Utc::now() - PERIOD };
        match (schema["type"].as_str()?, schema["format"].as_str()) {
            ("string", Some("date" | TIME)) => Some(time.format("%Y-%m-%d").to_string()),
            ("string", Some("date-time")) => Some(time.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            ("integer" | "number", _) => text(&schema["minimum"]).or_else(|| Some("1".to_owned())),
            ("boolean", _) => Some("false".to_owned()),
            _ => None,
        }
    }
}

/// A single value as a query has it.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}
