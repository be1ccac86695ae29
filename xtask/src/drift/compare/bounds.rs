//! Compares the bounds of numbers, lengths and counts.

use std::collections::BTreeSet;

use super::{Comparison, Schemas, types};
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
        let (before, now) = (before.map(Bound::to_value), now.map(Bound::to_value));
        let mut rule = schemas.rule(rule);
        if rule == rules::BOUND_LOOSENED.response && !is_checked(schemas, keyword) {
            rule = rules::RESPONSE_UNCHECKED_BOUND_LOOSENED;
        }
        comparison.report_values(schemas.site, rule, keyword, (before.as_ref(), now.as_ref()));
    }
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
