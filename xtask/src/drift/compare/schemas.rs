//! Compares the queued pairs of schemas, keyword by keyword. Schemas inside a schema are queued in turn.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::{
    Comparison, Direction, Pair, Schemas, Site, additional, bounds, constraints, payload, properties, types, unions,
};
use crate::document::extensions;
use crate::drift::findings::NodeId;
use crate::drift::read::numbers::normalized;
use crate::drift::read::schema::Schema;
use crate::drift::read::{Location, refers};
use crate::drift::rules;

/// How many speculative comparisons may be nested. Deeper alternatives are compatible only if they are equal.
const MAX_DEPTH: usize = 6;

/// Compares every queued pair, and the pairs that these add.
pub(crate) fn compare_queued(comparison: &mut Comparison<'_, '_>) {
    while let Some((node, pair)) = comparison.dequeue() {
        compare(comparison, node, &pair);
    }
}

/// Whether nothing breaks if the base of the pair becomes the revision.
fn are_compatible<'a>(comparison: &Comparison<'_, 'a>, pair: &Pair<'a>) -> bool {
    let is_plain = |location: &Location<'_>| location.further.is_empty() && !refers(location.value);
    if pair.base.value == pair.revision.value && is_plain(&pair.base) && is_plain(&pair.revision) {
        return true;
    }
    if comparison.depth >= MAX_DEPTH {
        return false;
    }
    if let Some(known) = comparison.compatible.borrow().get(&pair.key()) {
        return known;
    }
    if comparison.depth > 0 && comparison.compatible.borrow().are_many() {
        comparison.compatible.borrow_mut().give_up(pair.key());
        return false;
    }
    // A schema may contain itself: within its own comparison, the two are compatible.
    let assumed = comparison.compatible.borrow_mut().assume(pair.key());
    let old = comparison.base.schema(&pair.base);
    let new = comparison.revision.schema(&pair.revision);
    let are_compatible = !unions::are_disjoint(&old, &new) && {
        let mut speculative = comparison.speculate();
        let node = speculative.collector.add_root(None);
        compare(&mut speculative, node, pair);
        compare_queued(&mut speculative);
        !speculative.breaks
    };
    comparison.compatible.borrow_mut().settle(assumed, are_compatible);
    are_compatible
}

fn compare<'a>(comparison: &mut Comparison<'_, 'a>, node: NodeId, pair: &Pair<'a>) {
    let old = comparison.base.schema(&pair.base);
    let new = comparison.revision.schema(&pair.revision);
    let site = Site::new(node, &pair.base, &pair.revision);
    let schemas = Schemas { site, context: pair.context, old, new };
    compare_annotations(comparison, &schemas);
    let is_done = match pair.context.direction {
        Direction::Request => compare_list_of_one(comparison, &schemas),
        Direction::Response => compare_unwrapped(comparison, &schemas),
    };
    if is_done {
        return;
    }
    compare_nullability(comparison, &schemas);
    constraints::compare_groups(comparison, &schemas);
    if unions::compare(comparison, &schemas, are_compatible) {
        return;
    }
    compare_types(comparison, &schemas);
    compare_values(comparison, &schemas);
    bounds::compare(comparison, &schemas);
    compare_pattern(comparison, &schemas);
    constraints::compare(comparison, &schemas);
    compare_default(comparison, &schemas);
    properties::compare(comparison, &schemas);
    additional::compare(comparison, &schemas);
    payload::compare(comparison, &schemas);
    compare_items(comparison, &schemas);
}

fn compare_items<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    let context = schemas.context_of_items();
    let rule = match (&schemas.old.items, &schemas.new.items) {
        (Some(base), Some(revision)) => {
            comparison.enqueue(schemas.site.node, Pair::new(base, revision, context));
            return;
        }
        (None, Some(_)) if allows_lists(&schemas.old) => rules::TYPE_NARROWED,
        (Some(_), None) if allows_lists(&schemas.new) => rules::TYPE_WIDENED,
        _ => return,
    };
    comparison.report(schemas.site, context.relevance.adjust(schemas.rule(rule)), "items");
}

fn allows_lists(schema: &Schema<'_>) -> bool {
    schema.types.as_ref().is_none_or(|types| types.iter().any(|(name, _)| *name == "array"))
}

/// Compares a parameter that became a list, in a form where one value is a list of one. Returns whether it is one.
fn compare_list_of_one<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) -> bool {
    let (old, new) = (&schemas.old, &schemas.new);
    let is_list = |schema: &Schema<'_>| {
        schema.types.as_ref().is_some_and(|types| types.len() == 1 && types.iter().all(|(name, _)| *name == "array"))
    };
    if !schemas.context.lists || is_list(old) || old.types.is_none() || !is_list(new) {
        return false;
    }
    report_types(comparison, schemas, rules::TYPE_WIDENED.request);
    if let Some(items) = &new.items {
        let pair = Pair::new(schemas.site.base, items, schemas.context.within());
        comparison.enqueue(schemas.site.node, pair);
    }
    true
}

/// Compares an enveloped response: one that nests its content where the client looks for it. Returns whether it is one.
fn compare_unwrapped<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) -> bool {
    let paths = schemas.old.extensions.get(&(extensions::UNWRAP, 0)).and_then(|paths| paths.as_array());
    for path in paths.into_iter().flatten().filter_map(Value::as_str) {
        let mut inner = Some(schemas.site.revision.clone());
        for name in path.split('.') {
            inner = inner.and_then(|outer| comparison.revision.schema(&outer).properties.get(name).cloned());
        }
        // Content that is nested in both documents is compared in place.
        let first = path.split('.').next().unwrap_or_default();
        if let Some(inner) = inner.filter(|_| !schemas.old.properties.contains_key(first) || path.contains('.')) {
            comparison.report(schemas.site, rules::RESPONSE_WRAPPED, path);
            comparison.enqueue(schemas.site.node, Pair::new(schemas.site.base, &inner, schemas.context));
            return true;
        }
    }
    false
}

fn compare_annotations<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    let (old, new) = (&schemas.old, &schemas.new);
    let maps = [
        (&old.documentation, &new.documentation, rules::DOCUMENTATION_CHANGED),
        (&old.extensions, &new.extensions, rules::EXTENSION_CHANGED),
        (&old.unknown, &new.unknown, rules::UNKNOWN_KEYWORD_CHANGED),
    ];
    for (old, new, rule) in maps {
        let names = differing_names(old, new);
        if !names.is_empty() {
            comparison.report(schemas.site, rule, names.join(", "));
        }
    }
    if old.deprecated != new.deprecated {
        let subject = if new.deprecated { "deprecated" } else { "no longer deprecated" };
        comparison.report(schemas.site, rules::DEPRECATION_CHANGED, subject);
    }
    if old.discriminator != new.discriminator {
        let values = (old.discriminator, new.discriminator);
        comparison.report_values(schemas.site, rules::DISCRIMINATOR_CHANGED, "discriminator", values);
    }
}

fn differing_names<'a>(
    old: &BTreeMap<(&'a str, usize), &Value>,
    new: &BTreeMap<(&'a str, usize), &Value>,
) -> Vec<&'a str> {
    let changed = old.iter().filter(|(key, value)| new.get(*key) != Some(*value)).map(|(key, _)| key.0);
    let added = new.keys().filter(|key| !old.contains_key(*key)).map(|key| key.0);
    let mut names: Vec<&str> = changed.chain(added).collect();
    names.dedup();
    names
}

fn compare_nullability<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    // A schema without a type allows null too. The comparison of types reports that it gained or lost one.
    let is_untyped = |schema: &Schema<'_>| schema.types.is_none() && schema.unions.is_empty();
    if is_untyped(&schemas.old) || is_untyped(&schemas.new) || schemas.context.alternative {
        return;
    }
    let rule = match (schemas.old.nullable, schemas.new.nullable) {
        (false, true) if schemas.old.reads_null && schemas.context.direction == Direction::Response => return,
        (false, true) if schemas.context.optional => rules::OPTIONAL_BECAME_NULLABLE,
        (false, true) => rules::BECAME_NULLABLE,
        (true, false) if schemas.new.is_implied && schemas.context.direction == Direction::Request => return,
        (true, false) if schemas.context.optional => rules::OPTIONAL_BECAME_NOT_NULLABLE,
        (true, false) => rules::BECAME_NOT_NULLABLE,
        _ => return,
    };
    comparison.report(schemas.site, schemas.rule(rule), "nullable");
}

fn compare_types<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    let (old, new) = (&schemas.old, &schemas.new);
    if old.types == new.types && old.is_implied == new.is_implied {
        return;
    }
    let is_compatible = match schemas.context.direction {
        Direction::Request => types::accepts(new, old, schemas.context.plain),
        Direction::Response => types::decodes(old, new, schemas.context.plain),
    };
    let rule = if is_compatible { rules::TYPE_CHANGED_COMPATIBLY } else { rules::TYPE_CHANGED };
    report_types(comparison, schemas, schemas.rule(rule));
}

fn report_types<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>, rule: &'static rules::Rule) {
    let (old, new) = (describe_types(&schemas.old), describe_types(&schemas.new));
    comparison.report_values(schemas.site, rule, "type", (old.as_ref(), new.as_ref()));
}

/// The types of a schema in words: `string (date) or integer`.
fn describe_types(schema: &Schema<'_>) -> Option<Value> {
    let types = schema.types.as_ref()?;
    if types.is_empty() {
        return Some(Value::from("nothing"));
    }
    let names =
        types.iter().map(|(name, format)| format.map_or_else(|| (*name).to_owned(), |f| format!("{name} ({f})")));
    Some(Value::String(names.collect::<Vec<_>>().join(" or ")))
}

fn compare_values<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    let constants = (schemas.old.constant, schemas.new.constant);
    let rule = match constants {
        (None, Some(_)) if schemas.old.values.is_none() => rules::CONST_ADDED,
        (Some(_), None) if schemas.new.values.is_none() => rules::CONST_REMOVED,
        (Some(old), Some(new)) if normalized(old) == normalized(new) => return,
        (Some(_), Some(_)) => rules::CONST_CHANGED,
        _ => return compare_enums(comparison, schemas),
    };
    comparison.report_values(schemas.site, schemas.rule(rule), "const", constants);
}

/// Compares `enum`. Beside an `enum`, `const` is an `enum` of one value.
fn compare_enums<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    let list = |schema: &Schema<'a>| schema.values.clone().or_else(|| schema.constant.map(|value| vec![value]));
    let (old, new) = (list(&schemas.old), list(&schemas.new));
    compare_openness(comparison, schemas, old.as_deref(), new.as_deref());
    let (Some(old), Some(new)) = (old, new) else { return };
    for value in missing(&old, &new) {
        let pair = if schemas.new.is_open { rules::KNOWN_VALUE_REMOVED } else { rules::ENUM_VALUE_REMOVED };
        let rule = schemas.rule(pair);
        comparison.report_values(schemas.site, rule, format!("enum value {value}"), (Some(value), None));
    }
    for value in missing(&new, &old) {
        let rule = schemas.rule(rules::ENUM_VALUE_ADDED);
        comparison.report_values(schemas.site, rule, format!("enum value {value}"), (None, Some(value)));
    }
}

/// Compares whether there is a list of values, and whether others are allowed.
fn compare_openness<'a>(
    comparison: &mut Comparison<'_, 'a>,
    schemas: &Schemas<'_, 'a>,
    old: Option<&[&'a Value]>,
    new: Option<&[&'a Value]>,
) {
    // An open list restricts nothing. It is compared only with another list.
    let was_closed = old.is_some() && !schemas.old.is_open;
    let is_closed = new.is_some() && !schemas.new.is_open;
    let (rule, subject) = match (was_closed, is_closed) {
        (false, true) => (schemas.rule(rules::BECAME_ENUM), "enum"),
        (true, false) => (schemas.rule(rules::ENUM_DROPPED), "enum"),
        _ if old.is_some() != new.is_some() => (rules::DOCUMENTATION_CHANGED, "known values"),
        _ => return,
    };
    let (old, new) = (old.map(to_list), new.map(to_list));
    comparison.report_values(schemas.site, rule, subject, (old.as_ref(), new.as_ref()));
}

fn to_list(values: &[&Value]) -> Value {
    values.iter().copied().cloned().collect()
}

/// The values that `others` lacks.
fn missing<'a>(values: &[&'a Value], others: &[&'a Value]) -> Vec<&'a Value> {
    let others: HashSet<Cow<'_, Value>> = others.iter().copied().map(normalized).collect();
    values.iter().copied().filter(|value| !others.contains(&normalized(value))).collect()
}

fn compare_pattern<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    /// Patterns that match every string.
    const ANY: [&str; 4] = [".*", "^.*$", "", "^.*"];
    let (old, new) = (schemas.old.pattern, schemas.new.pattern);
    if old == new {
        return;
    }
    let rule = match (old, new) {
        (_, None) => rules::PATTERN_LOOSENED,
        (_, Some(new)) if ANY.contains(&new) => rules::PATTERN_LOOSENED,
        (None, _) => rules::PATTERN_ADDED,
        _ => rules::PATTERN_CHANGED,
    };
    let (old, new) = (old.map(Value::from), new.map(Value::from));
    comparison.report_values(schemas.site, schemas.rule(rule), "pattern", (old.as_ref(), new.as_ref()));
}

fn compare_default<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    let (old, new) = (schemas.old.default, schemas.new.default);
    // The default of a parameter is compared with the parameter.
    if old.map(normalized) != new.map(normalized) && !schemas.context.parameter {
        comparison.report_values(schemas.site, schemas.rule(rules::DEFAULT_CHANGED), "default", (old, new));
    }
}
