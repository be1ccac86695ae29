//! Limits of numbers, lengths and counts: read into one form for 3.0 and 3.1, and compared.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::compare::Comparison;
use super::rules;
use super::schemas::Compared;
use super::side::{Place, Side};
use crate::load::kind;

const LENGTHS: [&str; 8] =
    ["minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains", "minProperties", "maxProperties"];

const MULTIPLE: &str = "multipleOf";

/// Limits of numbers, and their exclusive forms: a flag in 3.0, a number in 3.1.
const NUMBERS: [(&str, &str); 2] = [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")];

/// A limit, and whether it is itself outside.
type Limit = (f64, bool);

/// By keyword; `minimum` and `maximum` hold their exclusive forms too.
#[derive(Debug, Default)]
pub(super) struct Limits(BTreeMap<&'static str, Limit>);

pub(super) fn is_limit(keyword: &str) -> bool {
    keyword == MULTIPLE
        || LENGTHS.contains(&keyword)
        || NUMBERS.iter().any(|(own, exclusive)| *own == keyword || *exclusive == keyword)
}

impl Limits {
    /// Takes in the limits of one more schema; of two limits the tighter holds.
    pub(super) fn read(&mut self, side: &Side<'_>, place: &Place<'_>) {
        let number = |key: &str, may_be_flag: bool| {
            let value = place.value.get(key).filter(|value| !(value.is_null() || may_be_flag && value.is_boolean()))?;
            let number = value.as_f64();
            if number.is_none() {
                side.note(&place.at.child(key), format!("is {}, not a number", kind(value)));
            }
            number
        };
        for (keyword, exclusive) in NUMBERS {
            let inclusive = number(keyword, false).map(|limit| (limit, place.flag(exclusive)));
            for limit in [inclusive, number(exclusive, true).map(|limit| (limit, true))].into_iter().flatten() {
                self.tighten(keyword, limit);
            }
        }
        for keyword in LENGTHS {
            // A least length of nothing is no limit, and `contains` alone asks for one item.
            let idle = if keyword == "minContains" { 1.0_f64 } else { 0.0 };
            let is_idle = |limit: f64| is_lower(keyword) && limit.total_cmp(&idle).is_eq();
            if let Some(limit) = number(keyword, false).filter(|limit| !is_idle(*limit)) {
                self.tighten(keyword, (limit, false));
            }
        }
        if let Some(step) = number(MULTIPLE, false).filter(|step| *step > 0.0) {
            self.tighten(MULTIPLE, (step, false));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn tighten(&mut self, keyword: &'static str, limit: Limit) {
        let known = self.0.entry(keyword).or_insert(limit);
        if is_tighter(limit, *known, keyword) {
            *known = limit;
        }
    }
}

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) {
    let (old, new) = (&pair.old.limits.0, &pair.new.limits.0);
    let keywords: BTreeSet<_> = old.keys().chain(new.keys()).copied().collect();
    for keyword in keywords {
        let implied = (keyword == "minContains").then_some(&(1.0, false));
        let (before, now) = (old.get(keyword).or(implied), new.get(keyword).or(implied));
        let both = match (before, now) {
            (None, Some(_)) => (rules::REQUEST_BOUND_ADDED, rules::RESPONSE_BOUND_TIGHTENED),
            (Some(before), Some(now)) if before == now => continue,
            // Steps of which neither holds the other refuse what was allowed, and allow what was refused.
            (Some(before), Some(now)) if keyword == MULTIPLE && !is_tighter(*before, *now, keyword) => {
                let response = if is_tighter(*now, *before, keyword) {
                    rules::RESPONSE_BOUND_TIGHTENED
                } else {
                    rules::RESPONSE_BOUND_LOOSENED
                };
                (rules::REQUEST_BOUND_TIGHTENED, response)
            }
            (Some(before), Some(now)) if is_tighter(*now, *before, keyword) => {
                (rules::REQUEST_BOUND_TIGHTENED, rules::RESPONSE_BOUND_TIGHTENED)
            }
            _ => (rules::REQUEST_BOUND_LOOSENED, rules::RESPONSE_BOUND_LOOSENED),
        };
        pair.both(comparison, both, keyword, (before.map(shown).as_ref(), now.map(shown).as_ref()));
    }
}

/// A limit as the document has it: `10`, not `10.0`.
fn shown((limit, is_exclusive): &Limit) -> Value {
    let text = limit.to_string();
    if *is_exclusive {
        return Value::String(format!("{text}, exclusive"));
    }
    text.parse::<i64>().map_or_else(|_| Value::from(*limit), Value::from)
}

fn is_lower(keyword: &str) -> bool {
    keyword.starts_with("min")
}

/// Whether `limit` allows less than `known`.
fn is_tighter(limit: Limit, known: Limit, keyword: &str) -> bool {
    if keyword == MULTIPLE {
        let times = limit.0 / known.0;
        return times > 1.0 && (times - times.round()).abs() < 1e-9 * times;
    }
    let beyond = if is_lower(keyword) { limit.0 > known.0 } else { limit.0 < known.0 };
    beyond || limit.0.total_cmp(&known.0).is_eq() && limit.1 && !known.1
}
