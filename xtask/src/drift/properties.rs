//! Properties: those that came, went, or are wanted now; what they hold is put into the queue.

use super::compare::{Comparison, Direction, Role};
use super::rules;
use super::schema::{Additional, Schema};
use super::schemas::Compared;
use super::side::Place;

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) {
    additional(comparison, pair);
    let direction = pair.role.direction;
    for ((name, nth), base) in &pair.old.properties {
        let was_required = pair.old.required.contains(name);
        let Some(revision) = pair.new.properties.get(&(*name, *nth)) else {
            let ignored = direction == Direction::Response && Schema::of(comparison.base, base).write_only
                || direction == Direction::Request && Schema::of(comparison.base, base).read_only;
            let rule = match direction {
                _ if ignored => rules::READ_ONLY_CHANGED,
                Direction::Request => rules::REQUEST_PROPERTY_REMOVED,
                Direction::Response if was_required && !pair.new.required.contains(name) => {
                    rules::RESPONSE_PROPERTY_REMOVED_REQUIRED
                }
                Direction::Response => rules::RESPONSE_PROPERTY_REMOVED,
            };
            comparison.add(pair.node, rule, format!("`{name}`"), Some(base), Some(pair.places.1), (None, None));
            continue;
        };
        property(comparison, pair, (name, *nth), base, revision);
    }
    for ((name, nth), revision) in &pair.new.properties {
        if pair.old.properties.contains_key(&(*name, *nth)) {
            continue;
        }
        let required = pair.new.required.contains(name) && !Schema::of(comparison.revision, revision).read_only;
        let rule = match direction {
            Direction::Request if required && !pair.old.required.contains(name) => {
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
    // What one side alone writes is not looked for by the other.
    let ignored = match pair.role.direction {
        Direction::Request => new.read_only || old.read_only,
        Direction::Response => new.write_only || old.write_only,
    };
    let required = (pair.old.required.contains(name), pair.new.required.contains(name));
    if ignored {
        quietly(comparison, pair, base, revision);
        return;
    }
    if nth == 0 && required.0 != required.1 {
        requirement(comparison, pair, name, required.1);
    }
    let role = Role { optional: !required.0, repeats: false, ..pair.role };
    comparison.schemas(pair.node, (base.clone(), revision.clone(), role));
}

/// A property that does not travel this way: that it changed is said, and no more.
fn quietly<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>, base: &Place<'a>, revision: &Place<'a>) {
    if base.value != revision.value {
        let (base, revision) = (Some(base), Some(revision));
        comparison.add(pair.node, rules::READ_ONLY_CHANGED, "what it allows", base, revision, (None, None));
    }
}

fn additional<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) {
    let both = match (&pair.old.additional, &pair.new.additional) {
        (Additional::Of(base), Additional::Of(revision)) => {
            let role = Role { optional: false, repeats: false, ..pair.role };
            comparison.schemas(pair.node, (base.clone(), revision.clone(), role));
            return;
        }
        (Additional::Open, Additional::Open) | (Additional::Closed, Additional::Closed) => return,
        (_, Additional::Open) | (Additional::Closed, Additional::Of(_)) => {
            (rules::REQUEST_ADDITIONAL_OPENED, rules::RESPONSE_ADDITIONAL_CHANGED)
        }
        _ => (rules::REQUEST_ADDITIONAL_CLOSED, rules::RESPONSE_ADDITIONAL_CHANGED),
    };
    pair.both(comparison, both, "additionalProperties", (None, None));
}
