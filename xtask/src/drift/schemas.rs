//! Schemas: one pair, keyword by keyword; what they hold is put into the queue.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::compare::{Comparison, Direction, Pair, Role};
use super::findings::Node;
use super::rules::{self, Rule};
use super::schema::Schema;
use super::side::Place;
use super::{constraints, limits, properties, types, unions};
use crate::document::extensions;

/// Two schemas and where they stand, on behalf of a node.
pub(super) struct Compared<'p, 'a> {
    pub(super) node: Node,
    pub(super) places: (&'p Place<'a>, &'p Place<'a>),
    pub(super) role: Role,
    pub(super) old: Schema<'a>,
    pub(super) new: Schema<'a>,
}

impl<'a> Compared<'_, 'a> {
    pub(super) fn report(
        &self,
        comparison: &mut Comparison<'_, 'a>,
        rule: &'static Rule,
        subject: impl Into<String>,
        values: (Option<&Value>, Option<&Value>),
    ) {
        comparison.add(self.node, rule, subject, Some(self.places.0), Some(self.places.1), values);
    }

    /// Reports one of two rules, by direction.
    pub(super) fn both(
        &self,
        comparison: &mut Comparison<'_, 'a>,
        (request, response): (&'static Rule, &'static Rule),
        subject: impl Into<String>,
        values: (Option<&Value>, Option<&Value>),
    ) {
        self.report(comparison, self.role.rule(request, response), subject, values);
    }
}

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, node: Node, (base, revision, role): &Pair<'a>) {
    let (old, new) = (Schema::of(comparison.base, base), Schema::of(comparison.revision, revision));
    let pair = Compared { node, places: (base, revision), role: *role, old, new };
    annotations(comparison, &pair);
    if role.direction == Direction::Request && repeated(comparison, &pair)
        || role.direction == Direction::Response && unwrapped(comparison, &pair)
    {
        return;
    }
    nullability(comparison, &pair);
    if unions::compare(comparison, &pair) {
        return;
    }
    types_of(comparison, &pair);
    values(comparison, &pair);
    limits::compare(comparison, &pair);
    pattern(comparison, &pair);
    constraints::compare(comparison, &pair);
    defaults(comparison, &pair);
    properties::compare(comparison, &pair);
    match (&pair.old.items, &pair.new.items) {
        (Some(base), Some(revision)) => {
            comparison.schemas(pair.node, (base.clone(), revision.clone(), pair.role.within()));
        }
        (None, Some(_)) if holds_lists(&pair.old) => {
            pair.both(comparison, (rules::REQUEST_TYPE_CHANGED, rules::RESPONSE_TYPE_NARROWED), "items", (None, None));
        }
        (Some(_), None) if holds_lists(&pair.new) => {
            pair.both(comparison, (rules::REQUEST_TYPE_WIDENED, rules::RESPONSE_TYPE_CHANGED), "items", (None, None));
        }
        _ => {}
    }
}

fn holds_lists(schema: &Schema<'_>) -> bool {
    schema.types.as_ref().is_none_or(|types| types.iter().any(|(name, _)| *name == "array"))
}

/// A parameter that became a list and is written by repeating its name: one value is a list of one.
fn repeated<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) -> bool {
    let is_list = |schema: &Schema<'_>| {
        schema.types.as_ref().is_some_and(|types| types.len() == 1 && types.iter().all(|(name, _)| *name == "array"))
    };
    if !pair.role.repeats || is_list(&pair.old) || pair.old.types.is_none() || !is_list(&pair.new) {
        return false;
    }
    pair.report(comparison, rules::REQUEST_TYPE_WIDENED, "type", (text(&pair.old).as_ref(), text(&pair.new).as_ref()));
    if let Some(items) = &pair.new.items {
        comparison.schemas(pair.node, (pair.places.0.clone(), items.clone(), pair.role.within()));
    }
    true
}

/// An answer that nests what it is about where the client looks for it.
fn unwrapped<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) -> bool {
    let paths = pair.old.extensions.get(&(extensions::UNWRAP, 0)).and_then(|paths| paths.as_array());
    for path in paths.into_iter().flatten().filter_map(Value::as_str) {
        let mut inner = Some(pair.places.1.clone());
        for name in path.split('.') {
            inner = inner.and_then(|place| Schema::of(comparison.revision, &place).properties.remove(&(name, 0)));
        }
        // What is nested on both sides is compared as it stands.
        let first = path.split('.').next().unwrap_or_default();
        if let Some(inner) = inner.filter(|_| !pair.old.properties.contains_key(&(first, 0)) || path.contains('.')) {
            pair.report(comparison, rules::RESPONSE_WRAPPED, path, (None, None));
            comparison.schemas(pair.node, (pair.places.0.clone(), inner, pair.role));
            return true;
        }
    }
    false
}

fn annotations<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) {
    let (old, new) = (&pair.old, &pair.new);
    let maps = [
        (&old.documentation, &new.documentation, rules::DOCUMENTATION_CHANGED),
        (&old.extensions, &new.extensions, rules::EXTENSION_CHANGED),
        (&old.unknown, &new.unknown, rules::UNKNOWN_KEYWORD_CHANGED),
    ];
    for (before, now, rule) in maps {
        let names = differing(before, now);
        if !names.is_empty() {
            pair.report(comparison, rule, names.join(", "), (None, None));
        }
    }
    if old.deprecated != new.deprecated {
        let subject = if new.deprecated { "deprecated" } else { "no longer deprecated" };
        pair.report(comparison, rules::DEPRECATION_CHANGED, subject, (None, None));
    }
    if old.discriminator != new.discriminator {
        let values = (old.discriminator, new.discriminator);
        pair.report(comparison, rules::DISCRIMINATOR_CHANGED, "discriminator", values);
    }
}

/// The names of what differs in two maps.
fn differing<'a>(
    before: &BTreeMap<(&'a str, usize), &Value>,
    now: &BTreeMap<(&'a str, usize), &Value>,
) -> Vec<&'a str> {
    let changed = before.iter().filter(|(key, value)| now.get(*key) != Some(*value)).map(|(key, _)| key.0);
    let added = now.keys().filter(|key| !before.contains_key(*key)).map(|key| key.0);
    let mut names: Vec<&str> = changed.chain(added).collect();
    names.dedup();
    names
}

fn nullability<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) {
    // Where any value is allowed so is null; that the type is said now is what is reported.
    let untyped = |schema: &Schema<'_>| schema.types.is_none() && schema.unions.is_empty();
    if untyped(&pair.old) || untyped(&pair.new) || pair.role.alternative {
        return;
    }
    let response =
        if pair.role.optional { rules::RESPONSE_OPTIONAL_BECAME_NULLABLE } else { rules::RESPONSE_BECAME_NULLABLE };
    match (pair.old.nullable, pair.new.nullable) {
        (false, true) => pair.both(comparison, (rules::REQUEST_BECAME_NULLABLE, response), "nullable", (None, None)),
        (true, false) => {
            let both = (rules::REQUEST_BECAME_NOT_NULLABLE, rules::RESPONSE_BECAME_NOT_NULLABLE);
            pair.both(comparison, both, "nullable", (None, None));
        }
        _ => {}
    }
}

/// The types of a schema as one reads them.
fn text(schema: &Schema<'_>) -> Option<Value> {
    let types = schema.types.as_ref()?;
    if types.is_empty() {
        return Some(Value::from("nothing"));
    }
    let names =
        types.iter().map(|(name, format)| format.map_or_else(|| (*name).to_owned(), |f| format!("{name} ({f})")));
    Some(Value::String(names.collect::<Vec<_>>().join(" or ")))
}

fn types_of<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) {
    let (old, new) = (pair.old.types.as_ref(), pair.new.types.as_ref());
    if old == new {
        return;
    }
    let wider = types::holds(new, old, pair.role.plain);
    let narrower = types::decodes(old, new, pair.role.plain);
    let rule = match pair.role.direction {
        Direction::Request if wider => rules::REQUEST_TYPE_WIDENED,
        Direction::Request => rules::REQUEST_TYPE_CHANGED,
        Direction::Response if narrower => rules::RESPONSE_TYPE_NARROWED,
        Direction::Response => rules::RESPONSE_TYPE_CHANGED,
    };
    pair.report(comparison, rule, "type", (text(&pair.old).as_ref(), text(&pair.new).as_ref()));
}

fn values<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) {
    let (old, new) = (&pair.old, &pair.new);
    match (old.constant, new.constant) {
        (None, Some(_)) if old.values.is_none() => {
            pair.both(
                comparison,
                (rules::REQUEST_CONST_ADDED, rules::RESPONSE_CONST_ADDED),
                "const",
                (None, new.constant),
            );
        }
        (Some(_), None) if new.values.is_none() => {
            let both = (rules::REQUEST_CONST_REMOVED, rules::RESPONSE_CONST_REMOVED);
            pair.both(comparison, both, "const", (old.constant, None));
        }
        (Some(before), Some(now)) => {
            if before != now {
                let both = (rules::REQUEST_CONST_CHANGED, rules::RESPONSE_CONST_CHANGED);
                pair.both(comparison, both, "const", (Some(before), Some(now)));
            }
        }
        _ => enumerations(comparison, pair),
    }
}

/// Compares `enum`; beside one, `const` is an `enum` of one value.
fn enumerations<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) {
    let listed = |schema: &Schema<'a>| schema.values.clone().or_else(|| schema.constant.map(|value| vec![value]));
    let (old, new) = (listed(&pair.old), listed(&pair.new));
    // An open list closes nothing: it is compared with another list only.
    let closed = |schema: &Schema<'a>, values: &Option<Vec<&'a Value>>| values.is_some() && !schema.is_open;
    let are_closed = (closed(&pair.old, &old), closed(&pair.new, &new));
    let show = |values: &Option<Vec<&Value>>| {
        values.as_ref().map(|values| Value::Array(values.iter().map(|value| (*value).clone()).collect()))
    };
    let lists = (show(&old), show(&new));
    let lists = (lists.0.as_ref(), lists.1.as_ref());
    match are_closed {
        (false, true) => {
            pair.both(comparison, (rules::REQUEST_BECAME_ENUM, rules::RESPONSE_BECAME_ENUM), "enum", lists);
        }
        (true, false) => {
            pair.both(comparison, (rules::REQUEST_ENUM_DROPPED, rules::RESPONSE_ENUM_DROPPED), "enum", lists);
        }
        _ if old.is_some() != new.is_some() => {
            pair.report(comparison, rules::DOCUMENTATION_CHANGED, "known values", lists);
        }
        _ => {}
    }
    let (Some(before), Some(now)) = (old, new) else { return };
    // Enums of strings alone become closed enums in Rust; of any other type, the client keeps what comes.
    let keeps_others = pair.old.is_open || !before.iter().all(|value| value.is_string());
    let added = if keeps_others { rules::RESPONSE_OPEN_ENUM_VALUE_ADDED } else { rules::RESPONSE_ENUM_VALUE_ADDED };
    let known: (HashSet<&Value>, HashSet<&Value>) = (before.iter().copied().collect(), now.iter().copied().collect());
    for value in before.iter().filter(|value| !known.1.contains(*value)) {
        let both = (rules::REQUEST_ENUM_VALUE_REMOVED, rules::RESPONSE_ENUM_VALUE_REMOVED);
        pair.both(comparison, both, format!("enum value {value}"), (Some(value), None));
    }
    for value in now.iter().filter(|value| !known.0.contains(*value)) {
        pair.both(
            comparison,
            (rules::REQUEST_ENUM_VALUE_ADDED, added),
            format!("enum value {value}"),
            (None, Some(value)),
        );
    }
}

fn pattern<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) {
    /// Patterns that every string matches.
    const ANY: [&str; 4] = [".*", "^.*$", "", "^.*"];
    let (old, new) = (pair.old.pattern, pair.new.pattern);
    if old == new {
        return;
    }
    let request = match (old, new) {
        (_, None) => rules::REQUEST_PATTERN_LOOSENED,
        (_, Some(now)) if ANY.contains(&now) => rules::REQUEST_PATTERN_LOOSENED,
        (None, _) => rules::REQUEST_PATTERN_ADDED,
        _ => rules::REQUEST_PATTERN_CHANGED,
    };
    let values = (old.map(Value::from), new.map(Value::from));
    let both = (request, rules::RESPONSE_PATTERN_CHANGED);
    pair.both(comparison, both, "pattern", (values.0.as_ref(), values.1.as_ref()));
}

fn defaults<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) {
    // The default of a parameter is compared where the parameter is.
    if pair.old.default != pair.new.default && !pair.role.parameter {
        let both = (rules::REQUEST_DEFAULT_CHANGED, rules::RESPONSE_DEFAULT_CHANGED);
        pair.both(comparison, both, "default", (pair.old.default, pair.new.default));
    }
}
