//! Writes equal numbers alike: to JSON Schema, 1 and 1.0 are one number. Their types stay apart, for the client tells them
//! apart where the document names no type.

use std::borrow::Cow;

use serde_json::{Number, Value};

/// Below it, a float holds every integer as it is: 2^53.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

/// A value with its whole numbers as integers.
pub(crate) fn normalized(value: &Value) -> Cow<'_, Value> {
    if !has_whole_float(value) {
        return Cow::Borrowed(value);
    }
    let mut value = value.clone();
    normalize(&mut value);
    Cow::Owned(value)
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
    let float = number.as_f64().filter(|float| number.is_f64() && float.abs() < EXACT)?;
    format!("{float}").parse::<i64>().ok().map(Number::from)
}
