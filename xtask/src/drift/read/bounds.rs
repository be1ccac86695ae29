//! Reads the bounds of numbers, lengths and counts into one form for 3.0 and 3.1.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::Value;

use super::numbers::EXACT;
use super::{Document, Location};
use crate::document::load::kind;

const LENGTHS: [&str; 8] =
    ["minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains", "minProperties", "maxProperties"];

pub(crate) const MULTIPLE: &str = "multipleOf";

/// Bounds of numbers, and their exclusive forms: a flag in 3.0, a number in 3.1.
const NUMBERS: [(&str, &str); 2] = [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")];

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bound {
    limit: f64,
    /// Whether the limit itself is not allowed.
    is_exclusive: bool,
}

impl Bound {
    pub(crate) fn inclusive(limit: f64) -> Self {
        Self { limit, is_exclusive: false }
    }

    /// Whether this bound of `keyword` allows less than `other`.
    pub(crate) fn is_tighter(self, other: Self, keyword: &str) -> bool {
        if keyword == MULTIPLE {
            let times = self.limit / other.limit;
            return times > 1.0 && (times - times.round()).abs() < 1e-9 * times;
        }
        let beyond = if is_lower(keyword) { self.limit > other.limit } else { self.limit < other.limit };
        beyond || self.limit.total_cmp(&other.limit).is_eq() && self.is_exclusive && !other.is_exclusive
    }

    /// Whether this bound of `keyword` is sure to allow a value. It restricts no values of other types than its own.
    pub(crate) fn allows(self, keyword: &str, value: &Value) -> bool {
        let count = |count: usize| u32::try_from(count).ok().map(f64::from);
        let size = match (keyword, value) {
            ("minimum" | "maximum" | MULTIPLE, Value::Number(number)) => {
                number.as_f64().filter(|number| number.abs() < EXACT)
            }
            ("minLength" | "maxLength", Value::String(text)) => count(text.chars().count()),
            ("minItems" | "maxItems", Value::Array(items)) => count(items.len()),
            ("minProperties" | "maxProperties", Value::Object(members)) => count(members.len()),
            // Only a comparison with the schema tells how many items count.
            ("minContains" | "maxContains", Value::Array(_)) => None,
            _ => return true,
        };
        size.is_some_and(|size| match size.total_cmp(&self.limit) {
            _ if keyword == MULTIPLE => (size % self.limit).abs().total_cmp(&0.0).is_eq(),
            Ordering::Equal => !self.is_exclusive,
            order => (order == Ordering::Greater) == is_lower(keyword),
        })
    }

    /// The bound of `keyword` for integers, of which none lies between two neighbours.
    pub(crate) fn for_integers(self, keyword: &str) -> Self {
        let limit = match (keyword, self.is_exclusive) {
            ("minimum", true) => self.limit.floor() + 1.0,
            ("minimum", false) => self.limit.ceil(),
            ("maximum", true) => self.limit.ceil() - 1.0,
            ("maximum", false) => self.limit.floor(),
            _ => return self,
        };
        Self::inclusive(limit)
    }

    /// The bound in the document's form: `10`, not `10.0`.
    pub(crate) fn to_value(self) -> Value {
        let text = self.limit.to_string();
        if self.is_exclusive {
            return Value::String(format!("{text}, exclusive"));
        }
        text.parse::<i64>().map_or_else(|_| Value::from(self.limit), Value::from)
    }
}

/// The bounds of one schema by keyword. `minimum` and `maximum` hold their exclusive forms too.
#[derive(Debug, Default)]
pub(crate) struct Bounds(BTreeMap<&'static str, Bound>);

impl Bounds {
    /// Adds the bounds of one more schema. The tighter of two bounds holds.
    pub(super) fn read(&mut self, document: &Document<'_>, schema: &Location<'_>) {
        // Most schemas have none.
        if !schema.value.as_object().is_some_and(|members| members.keys().any(|keyword| is_bound(keyword))) {
            return;
        }
        let number = |key: &str, may_be_flag: bool| {
            let value =
                schema.value.get(key).filter(|value| !(value.is_null() || may_be_flag && value.is_boolean()))?;
            let number = value.as_f64();
            if number.is_none() {
                document.note(&schema.at.child(key), format!("is {}, not a number", kind(value)));
            }
            number
        };
        for (keyword, exclusive) in NUMBERS {
            let own = number(keyword, false).map(|limit| Bound { limit, is_exclusive: schema.flag(exclusive) });
            let other = number(exclusive, true).map(|limit| Bound { limit, is_exclusive: true });
            for bound in [own, other].into_iter().flatten() {
                self.tighten(keyword, bound);
            }
        }
        for keyword in LENGTHS {
            // A minimum of zero excludes nothing. `contains` alone already asks for one item.
            let idle = if keyword == "minContains" { 1.0_f64 } else { 0.0 };
            let is_idle = |limit: f64| is_lower(keyword) && limit.total_cmp(&idle).is_eq();
            if let Some(limit) = number(keyword, false).filter(|limit| !is_idle(*limit)) {
                self.tighten(keyword, Bound::inclusive(limit));
            }
        }
        if let Some(step) = number(MULTIPLE, false).filter(|step| *step > 0.0) {
            self.tighten(MULTIPLE, Bound::inclusive(step));
        }
    }

    /// The least integer that the bounds allow.
    pub(crate) fn least_integer(&self) -> Option<i128> {
        let bound = self.get("minimum")?;
        Some(whole(if bound.is_exclusive { bound.limit.floor() + 1.0 } else { bound.limit.ceil() }))
    }

    /// The largest integer that the bounds allow.
    pub(crate) fn most_integer(&self) -> Option<i128> {
        let bound = self.get("maximum")?;
        let most = whole(if bound.is_exclusive { bound.limit.ceil() - 1.0 } else { bound.limit.floor() });
        // A float has no place for the largest integers of 64 bits, and holds the powers of two above them.
        let is_rounded = [i128::from(i64::MAX), i128::from(u64::MAX)].contains(&(most - 1));
        Some(if is_rounded { most - 1 } else { most })
    }

    /// The least and the largest length of a string.
    pub(crate) fn lengths(&self) -> (Option<i128>, Option<i128>) {
        let length = |keyword| self.get(keyword).map(|bound| whole(bound.limit));
        (length("minLength"), length("maxLength"))
    }

    pub(crate) fn has_step(&self) -> bool {
        self.0.contains_key(MULTIPLE)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn keywords(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }

    pub(crate) fn get(&self, keyword: &str) -> Option<Bound> {
        self.0.get(keyword).copied()
    }

    fn tighten(&mut self, keyword: &'static str, bound: Bound) {
        let known = self.0.entry(keyword).or_insert(bound);
        if bound.is_tighter(*known, keyword) {
            *known = bound;
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "no document has a limit beyond 128 bits")]
fn whole(limit: f64) -> i128 {
    limit as i128
}

pub(super) fn is_bound(keyword: &str) -> bool {
    keyword == MULTIPLE
        || LENGTHS.contains(&keyword)
        || NUMBERS.iter().any(|(own, exclusive)| *own == keyword || *exclusive == keyword)
}

fn is_lower(keyword: &str) -> bool {
    keyword.starts_with("min")
}
