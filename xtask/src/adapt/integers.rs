//! Takes bounds off an integer of which the generator would make a type that lacks some of the values.
//!
//! typify takes one bound for both: `maximum: 255` alone makes `u8`, which has no negative numbers. It makes an `i64` of
//! bounds that no type has, although only a `u64` holds all of them.
//!
//! Drop when typify asks for both bounds.

use serde_json::{Map, Value};

/// Leaves the bounds that choose a type which holds every value of the schema.
pub(super) fn widen(schema: &mut Map<String, Value>) {
    if schema.get("type").is_none_or(|kind| kind != "integer") {
        return;
    }
    let (least, most) = (schema.get("minimum").and_then(Value::as_f64), schema.get("maximum").and_then(Value::as_f64));
    #[expect(clippy::cast_precision_loss, reason = "a bound of 64 bits is about that")]
    let is_large = most.is_some_and(|most| most >= i64::MAX as f64);
    match least {
        // Any number that is not negative, whatever the other bound.
        Some(least) if least >= 0.0 && is_large => {
            remove_bounds(schema);
            schema.insert("minimum".to_owned(), 0.into());
        }
        Some(least) if least < 0.0 && (most.is_none() || is_large) => remove_bounds(schema),
        None => remove_bounds(schema),
        Some(_) => {}
    }
}

fn remove_bounds(schema: &mut Map<String, Value>) {
    for bound in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] {
        schema.shift_remove(bound);
    }
}
