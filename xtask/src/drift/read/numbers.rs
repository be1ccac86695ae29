//! Writes equal numbers alike: to JSON Schema, 1 and 1.0 are one number.

use std::borrow::Cow;

use serde_json::{Number, Value};

/// The members of a document in which a number stands for a text: `openapi: 3.0`.
const TEXTS: [&str; 2] = ["openapi", "info"];

/// The document with its whole numbers as integers.
pub(crate) fn normalized(document: &Value) -> Cow<'_, Value> {
    let members = document.as_object().into_iter().flatten();
    let mut members = members.filter(|(name, _)| !TEXTS.contains(&name.as_str()));
    if !members.any(|(_, value)| has_whole_float(value)) {
        return Cow::Borrowed(document);
    }
    let mut document = document.clone();
    let members = document.as_object_mut().into_iter().flatten();
    members.filter(|(name, _)| !TEXTS.contains(&name.as_str())).for_each(|(_, value)| normalize(value));
    Cow::Owned(document)
}

fn has_whole_float(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.values().any(has_whole_float),
        Value::Array(items) => items.iter().any(has_whole_float),
        Value::Number(number) => whole(number).is_some(),
        _ => false,
    }
}

fn normalize(value: &mut Value) {
    match value {
        Value::Object(members) => members.values_mut().for_each(normalize),
        Value::Array(items) => items.iter_mut().for_each(normalize),
        Value::Number(number) => *number = whole(number).unwrap_or_else(|| number.clone()),
        _ => {}
    }
}

/// The integer that a float stands for. Floats beyond 2^53 stand for several.
fn whole(number: &Number) -> Option<Number> {
    /// 2^53
    const END: f64 = 9_007_199_254_740_992.0;
    let float = number.as_f64().filter(|float| number.is_f64() && float.abs() < END)?;
    format!("{float}").parse::<i64>().ok().map(Number::from)
}
