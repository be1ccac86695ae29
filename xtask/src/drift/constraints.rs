//! The keywords of JSON Schema that say what goes with what: added they allow less, removed they allow more.

use std::collections::BTreeSet;

use serde_json::Value;

use super::compare::Comparison;
use super::rules::{self, Rule};
use super::schemas::Compared;
use super::side::Place;

/// What a keyword holds, as far as two of its values can be compared.
enum Kind {
    /// Nothing of which it can be told whether it allows more or less.
    Opaque,
    /// `true`.
    Flag,
    /// The name of a form.
    Form,
    Schema,
    Schemas,
    SchemasByName,
    NamesByName,
}

/// Every keyword that is compared here.
const KEYWORDS: [(&str, Kind); 17] = [
    ("uniqueItems", Kind::Flag),
    ("contains", Kind::Schema),
    ("prefixItems", Kind::Schemas),
    ("unevaluatedItems", Kind::Schema),
    ("unevaluatedProperties", Kind::Schema),
    ("propertyNames", Kind::Schema),
    ("patternProperties", Kind::SchemasByName),
    ("dependentSchemas", Kind::SchemasByName),
    ("dependentRequired", Kind::NamesByName),
    ("then", Kind::Schema),
    ("else", Kind::Schema),
    ("contentSchema", Kind::Schema),
    ("contentEncoding", Kind::Form),
    ("contentMediaType", Kind::Form),
    ("if", Kind::Opaque),
    ("not", Kind::Opaque),
    ("dependencies", Kind::Opaque),
];

type Both = (&'static Rule, &'static Rule);

const ADDED: Both = (rules::REQUEST_CONSTRAINT_ADDED, rules::RESPONSE_CONSTRAINT_ADDED);
const REMOVED: Both = (rules::REQUEST_CONSTRAINT_REMOVED, rules::RESPONSE_CONSTRAINT_REMOVED);
const CHANGED: Both = (rules::REQUEST_CONSTRAINT_CHANGED, rules::RESPONSE_CONSTRAINT_CHANGED);
const FORM: Both = (rules::REQUEST_CONTENT_CHANGED, rules::RESPONSE_CONTENT_CHANGED);
/// What allows less in one way and more in another.
const OTHER: Both = (rules::REQUEST_CONSTRAINT_ADDED, rules::RESPONSE_CONSTRAINT_REMOVED);

pub(super) fn is_constraint(keyword: &str) -> bool {
    KEYWORDS.iter().any(|(name, _)| *name == keyword)
}

/// Whether a value of a constraint rules nothing out.
pub(super) fn is_idle(keyword: &str, value: &Value) -> bool {
    let is_all = value == &Value::Bool(true) || value.as_object().is_some_and(serde_json::Map::is_empty);
    match KEYWORDS.iter().find(|(name, _)| *name == keyword) {
        Some((_, Kind::Flag)) => value != &Value::Bool(true),
        // An item that has to be there is asked for by a `contains` that any item fulfils.
        Some((name, Kind::Schema)) => is_all && *name != "contains",
        _ => false,
    }
}

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) {
    let (old, new) = (&pair.old.constraints, &pair.new.constraints);
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).copied().collect();
    for key in keys {
        let (before, now) = (old.get(&key), new.get(&key));
        if before.map(|place| place.value) == now.map(|place| place.value) && !refers(before) {
            continue;
        }
        let kind = KEYWORDS.iter().find(|(name, _)| *name == key.0).map_or(&Kind::Opaque, |(_, kind)| kind);
        match kind {
            Kind::Opaque => pair.both(comparison, CHANGED, key.0, shown(before, now)),
            Kind::Form => pair.both(comparison, FORM, key.0, shown(before, now)),
            Kind::Flag | Kind::Schema => schema(comparison, pair, key.0, before, now),
            Kind::Schemas => items(comparison, pair, before, now),
            Kind::SchemasByName => {
                for name in names(before, now) {
                    let at = |place: Option<&Place<'a>>| place.and_then(|place| place.get(name));
                    let subject = format!("{} of `{name}`", key.0);
                    schema(comparison, pair, &subject, at(before).as_ref(), at(now).as_ref());
                }
            }
            Kind::NamesByName => {
                for name in names(before, now) {
                    required(comparison, pair, name, before, now);
                }
            }
        }
    }
}

/// Whether something below refers to a schema, which may have changed although the reference has not.
fn refers(place: Option<&Place<'_>>) -> bool {
    fn within(value: &Value) -> bool {
        match value {
            Value::Object(members) => members.contains_key("$ref") || members.values().any(within),
            Value::Array(items) => items.iter().any(within),
            _ => false,
        }
    }
    place.is_some_and(|place| within(place.value))
}

fn schema<'a>(
    comparison: &mut Comparison<'_, 'a>,
    pair: &Compared<'_, 'a>,
    subject: &str,
    before: Option<&Place<'a>>,
    now: Option<&Place<'a>>,
) {
    match (before, now) {
        (Some(old), Some(new)) => comparison.schemas(pair.node, (old.clone(), new.clone(), pair.role.within())),
        (None, Some(_)) => pair.both(comparison, ADDED, subject, shown(before, now)),
        (Some(_), None) => pair.both(comparison, REMOVED, subject, shown(before, now)),
        (None, None) => {}
    }
}

/// Compares a tuple item by item; beyond the shorter one stands what it says of all further items.
fn items<'a>(
    comparison: &mut Comparison<'_, 'a>,
    pair: &Compared<'_, 'a>,
    before: Option<&Place<'a>>,
    now: Option<&Place<'a>>,
) {
    let listed = |place: Option<&Place<'a>>| place.and_then(|place| place.value.as_array()).map_or(0, Vec::len);
    let at = |place: Option<&Place<'a>>, rest: &Option<Place<'a>>, index: usize| {
        let item = place
            .and_then(|place| Some(Place { at: place.at.child(index), value: place.value.as_array()?.get(index)? }));
        item.or_else(|| rest.clone())
    };
    for index in 0..listed(before).max(listed(now)) {
        let subject = format!("prefixItems {index}");
        let (old, new) = (at(before, &pair.old.items, index), at(now, &pair.new.items, index));
        schema(comparison, pair, &subject, old.as_ref(), new.as_ref());
    }
}

/// Compares which properties go with one.
fn required<'a>(
    comparison: &mut Comparison<'_, 'a>,
    pair: &Compared<'_, 'a>,
    name: &str,
    before: Option<&Place<'a>>,
    now: Option<&Place<'a>>,
) {
    let wanted = |place: Option<&Place<'a>>| -> BTreeSet<&'a str> {
        let names = place.and_then(|place| place.value.get(name)?.as_array()).into_iter().flatten();
        names.filter_map(Value::as_str).collect()
    };
    let (old, new) = (wanted(before), wanted(now));
    let both = match (new.is_superset(&old), old.is_superset(&new)) {
        (true, true) => return,
        (true, false) => ADDED,
        (false, true) => REMOVED,
        (false, false) => OTHER,
    };
    let list = |names: BTreeSet<&str>| Value::from(names.into_iter().collect::<Vec<_>>());
    let values = (list(old), list(new));
    pair.both(comparison, both, format!("dependentRequired of `{name}`"), (Some(&values.0), Some(&values.1)));
}

/// The names that either side has.
fn names<'a>(before: Option<&Place<'a>>, now: Option<&Place<'a>>) -> BTreeSet<&'a str> {
    let members = |place: Option<&Place<'a>>| place.and_then(|place| place.value.as_object()).into_iter().flatten();
    members(before).chain(members(now)).map(|(name, _)| name.as_str()).collect()
}

fn shown<'a>(before: Option<&Place<'a>>, now: Option<&Place<'a>>) -> (Option<&'a Value>, Option<&'a Value>) {
    (before.map(|place| place.value), now.map(|place| place.value))
}
