//! Compares the bounds of numbers, lengths and counts.

use std::collections::BTreeSet;

use super::{Comparison, Schemas};
use crate::drift::read::bounds::{Bound, MULTIPLE};
use crate::drift::rules;

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    let (old, new) = (&schemas.old.bounds, &schemas.new.bounds);
    let keywords: BTreeSet<_> = old.keywords().chain(new.keywords()).collect();
    for keyword in keywords {
        let implied = (keyword == "minContains").then(|| Bound::inclusive(1.0));
        let (before, now) = (old.get(keyword).or(implied), new.get(keyword).or(implied));
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
        comparison.report_values(schemas.site, schemas.rule(rule), keyword, (before.as_ref(), now.as_ref()));
    }
}
