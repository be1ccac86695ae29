//! Properties: those that came, went, or are wanted now; what they hold is put into the queue.

use super::compare::{Comparison, Direction, Role, Weight};
use super::rules;
use super::schema::{Additional, Schema};
use super::schemas::Compared;
use super::side::Place;

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) {
    additional(comparison, pair);
    let direction = pair.role.direction;
    for ((name, nth), base) in &pair.old.properties {
        if let Some(revision) = pair.new.properties.get(&(*name, *nth)) {
            property(comparison, pair, (name, *nth), base, revision);
            continue;
        }
        let rule = match direction {
            _ if is_one_way(direction, &Schema::of(comparison.base, base)) => rules::ONE_WAY_PROPERTY_CHANGED,
            Direction::Request => rules::REQUEST_PROPERTY_REMOVED,
            Direction::Response if pair.old.required.contains(name) && !pair.new.required.contains(name) => {
                rules::RESPONSE_PROPERTY_REMOVED_REQUIRED
            }
            Direction::Response => rules::RESPONSE_PROPERTY_REMOVED,
        };
        comparison.add(pair.node, rule, format!("`{name}`"), Some(base), Some(pair.places.1), (None, None));
    }
    for ((name, nth), revision) in &pair.new.properties {
        if pair.old.properties.contains_key(&(*name, *nth)) {
            continue;
        }
        let rule = match direction {
            _ if is_one_way(direction, &Schema::of(comparison.revision, revision)) => rules::ONE_WAY_PROPERTY_CHANGED,
            Direction::Request if pair.new.required.contains(name) && !pair.old.required.contains(name) => {
                rules::REQUEST_PROPERTY_ADDED_REQUIRED
            }
            Direction::Request => rules::REQUEST_PROPERTY_ADDED,
            Direction::Response => rules::RESPONSE_PROPERTY_ADDED,
        };
        comparison.add(pair.node, rule, format!("`{name}`"), Some(pair.places.0), Some(revision), (None, None));
    }
    // Names in `required` that no `properties` describe.
    let undescribed = |name: &&&str| {
        !pair.old.properties.contains_key(&(**name, 0)) && !pair.new.properties.contains_key(&(**name, 0))
    };
    for name in pair.new.required.difference(&pair.old.required).filter(|name| undescribed(name)) {
        requirement(comparison, pair, name, true);
    }
    for name in pair.old.required.difference(&pair.new.required).filter(|name| undescribed(name)) {
        requirement(comparison, pair, name, false);
    }
}

fn requirement<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>, name: &str, now: bool) {
    let both = if now {
        (rules::REQUEST_PROPERTY_BECAME_REQUIRED, rules::RESPONSE_PROPERTY_BECAME_REQUIRED)
    } else {
        (rules::REQUEST_PROPERTY_BECAME_OPTIONAL, rules::RESPONSE_PROPERTY_BECAME_OPTIONAL)
    };
    pair.both(comparison, both, format!("`{name}`"), (None, None));
}

fn property<'a>(
    comparison: &mut Comparison<'_, 'a>,
    pair: &Compared<'_, 'a>,
    (name, nth): (&str, usize),
    base: &Place<'a>,
    revision: &Place<'a>,
) {
    let (old, new) = (Schema::of(comparison.base, base), Schema::of(comparison.revision, revision));
    let subject = || format!("`{name}`");
    let mut report = |rule| comparison.add(pair.node, rule, subject(), Some(base), Some(revision), (None, None));
    if old.read_only != new.read_only {
        report(rules::READ_ONLY_CHANGED);
    }
    match (old.write_only, new.write_only) {
        (false, true) => report(rules::WRITE_ONLY_ADDED),
        (true, false) => report(rules::WRITE_ONLY_REMOVED),
        _ => {}
    }
    let is_one_way = is_one_way(pair.role.direction, &old) || is_one_way(pair.role.direction, &new);
    let weight = if is_one_way { Weight::OneWay } else { pair.role.weight };
    let required = (pair.old.required.contains(name), pair.new.required.contains(name));
    if nth == 0 && required.0 != required.1 {
        if is_one_way {
            comparison.add(
                pair.node,
                rules::ONE_WAY_PROPERTY_CHANGED,
                format!("`{name}` in `required`"),
                Some(base),
                Some(revision),
                (None, None),
            );
        } else {
            requirement(comparison, pair, name, required.1);
        }
    }
    let role = Role { optional: !required.0, weight, ..pair.role.within() };
    comparison.schemas(pair.node, (base.clone(), revision.clone(), role));
}

/// Whether servers ignore a property of requests, or leave it out of answers.
fn is_one_way(direction: Direction, schema: &Schema<'_>) -> bool {
    match direction {
        Direction::Request => schema.read_only,
        Direction::Response => schema.write_only,
    }
}

fn additional<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) {
    let both = match (&pair.old.additional, &pair.new.additional) {
        (Additional::Of(base), Additional::Of(revision)) => {
            comparison.schemas(pair.node, (base.clone(), revision.clone(), pair.role.within()));
            return;
        }
        (Additional::Open, Additional::Open) | (Additional::Closed, Additional::Closed) => return,
        // The client reads a map of one type.
        (Additional::Of(_), Additional::Open) => {
            (rules::REQUEST_ADDITIONAL_OPENED, rules::RESPONSE_ADDITIONAL_LOOSENED)
        }
        (_, Additional::Open) | (Additional::Closed, Additional::Of(_)) => {
            (rules::REQUEST_ADDITIONAL_OPENED, rules::RESPONSE_ADDITIONAL_CHANGED)
        }
        _ => (rules::REQUEST_ADDITIONAL_CLOSED, rules::RESPONSE_ADDITIONAL_CHANGED),
    };
    pair.both(comparison, both, "additionalProperties", (None, None));
}
