//! Compares the bounds of numbers, lengths and counts.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Comparison, Direction, Schemas, types};
use crate::drift::read::bounds::{Bound, MULTIPLE};
use crate::drift::read::schema::Schema;
use crate::drift::rules;

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    let (old, new) = (&schemas.old.bounds, &schemas.new.bounds);
    let keywords: BTreeSet<_> = old.keywords().chain(new.keywords()).collect();
    for keyword in keywords {
        let implied = (keyword == "minContains").then(|| Bound::inclusive(1.0));
        let bound = |schema: &Schema<'_>| {
            let bound = schema.bounds.get(keyword).or(implied);
            bound.map(|bound| if types::is_integer(schema) { bound.for_integers(keyword) } else { bound })
        };
        let (before, now) = (bound(&schemas.old), bound(&schemas.new));
        let rule = match (before, now) {
            (None, Some(_)) => rules::BOUND_ADDED,
            (Some(before), Some(now)) if before == now => continue,
            (Some(before), Some(now)) if now.is_tighter(before, keyword) => rules::BOUND_TIGHTENED,
            // Of two steps that are no multiples of each other, each rejects values that the other allows.
            (Some(before), Some(now)) if keyword == MULTIPLE && !before.is_tighter(now, keyword) => {
                rules::BOUND_REPLACED
            }
            _ => rules::BOUND_LOOSENED,
        };
        let mut rule = schemas.rule(rule);
        if rule != rules::BOUND_LOOSENED.request && now.is_some_and(|now| allows_what_is_sent(schemas, keyword, now)) {
            rule = rules::REQUEST_EXCLUSION_UNUSED;
        }
        let (before, now) = (before.map(Bound::to_value), now.map(Bound::to_value));
        if rule == rules::BOUND_LOOSENED.response && !is_checked(schemas, keyword) {
            rule = rules::RESPONSE_UNCHECKED_BOUND_LOOSENED;
        }
        comparison.report_values(schemas.site, rule, keyword, (before.as_ref(), now.as_ref()));
    }
}

/// Whether the values that the client sends are listed, and the bound is sure to allow each of them.
fn allows_what_is_sent(schemas: &Schemas<'_, '_>, keyword: &str, bound: Bound) -> bool {
    let is_request = schemas.context.direction == Direction::Request;
    let values = schemas.old.closed_values().filter(|_| is_request);
    // In plain text, a number and a string of digits are the same.
    let other = |value: &Value| match value {
        Value::String(text) => text.parse().ok().map(Value::Number),
        Value::Number(_) | Value::Bool(_) => Some(Value::from(value.to_string())),
        _ => None,
    };
    let allows = |value: &Value| {
        let other = other(value).filter(|_| schemas.context.plain);
        bound.allows(keyword, value) && other.is_none_or(|other| bound.allows(keyword, &other))
    };
    values.is_some_and(|values| values.into_iter().all(allows))
}

/// Whether the type that the client reads into depends on the bound, and does not hold what the new bound allows.
fn is_checked(schemas: &Schemas<'_, '_>, keyword: &str) -> bool {
    match keyword {
        // The type of an enum of texts has the texts alone, and without a type the client reads any JSON value.
        "minLength" | "maxLength" => {
            let values = schemas.old.closed_values();
            schemas.old.types.is_some() && values.is_none_or(|values| !values.iter().all(|value| value.is_string()))
        }
        // The generator makes an array of a list that has one length.
        "minItems" | "maxItems" => {
            let least = schemas.old.bounds.get("minItems");
            schemas.old.types.is_some() && least.is_some() && least == schemas.old.bounds.get("maxItems")
        }
        "minimum" | "maximum" => !types::holds_integers(&schemas.old, &schemas.new),
        _ => false,
    }
}
