//! Takes bounds off an integer of which the generator would make a type that lacks some of the values, and finds those that
//! no type holds.
//!
//! typify takes one bound for both: `maximum: 255` alone makes `u8`, which has no negative numbers. It makes an `i64` of
//! bounds that no type has, although only a `u64` holds all of them.
//!
//! Drop when typify asks for both bounds.

use serde_json::{Map, Value};

/// Leaves the bounds that choose a type which holds every value of the schema. Returns the reason if no type of integers
/// does.
pub(super) fn widen(schema: &mut Map<String, Value>) -> Option<&'static str> {
    if schema.get("type").is_none_or(|kind| kind != "integer") {
        return None;
    }
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    let values: Vec<&Value> = listed.filter(|value| value.is_number()).collect();
    let bounds: Vec<&Value> = ["minimum", "maximum"].into_iter().filter_map(|name| schema.get(name)).collect();
    let (least, most) = (schema.get("minimum").and_then(Value::as_f64), schema.get("maximum").and_then(Value::as_f64));
    let is_negative = if values.is_empty() {
        least.is_none_or(|least| least < 0.0)
    } else {
        values.iter().any(|value| value.as_f64().is_some_and(|value| value < 0.0))
    };
    let mut all = values.iter().chain(&bounds);
    let is_large = all.clone().any(|value| !fits_signed(value));
    if all.any(|value| !value.is_u64() && !fits_signed(value)) || is_negative && is_large {
        return Some("no type of integers holds all of its values");
    }
    if is_large {
        // Any number that is not negative, whatever the bounds and the format say.
        remove_bounds(schema);
        schema.shift_remove("format");
        schema.insert("minimum".to_owned(), 0.into());
        return None;
    }
    match least {
        Some(least) if least < 0.0 && most.is_none() => remove_bounds(schema),
        None => remove_bounds(schema),
        Some(_) => {}
    }
    None
}

/// Whether a number is within the bounds of `i64`.
fn fits_signed(value: &Value) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "this bound is a power of two")]
    let is_small = |number: f64| number.abs() < i64::MAX as f64;
    value.is_i64() || value.as_f64().is_some_and(is_small)
}

fn remove_bounds(schema: &mut Map<String, Value>) {
    for bound in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] {
        schema.shift_remove(bound);
    }
}
