//! Compares the constraints of JSON Schema. A new constraint allows fewer values, and a removed constraint allows more.

use std::collections::BTreeSet;

use serde_json::Value;

use super::overlap::{self, Overlap};
use super::{Comparison, Direction, Pair, SchemaContext, Schemas};
use crate::drift::read::keywords::{Constraint, constraint};
use crate::drift::read::{Location, refers};
use crate::drift::rules::{self, Rule, RulePair};

/// The only constraint that becomes a part of the client's types, in the form of `additionalProperties`.
const CHECKED: &str = "unevaluatedProperties";

/// A value before and now. Either may be missing.
#[derive(Clone, Copy)]
struct Values<'p, 'a> {
    old: Option<&'p Location<'a>>,
    new: Option<&'p Location<'a>>,
}

impl<'a> Values<'_, 'a> {
    /// The members that either value has, by name.
    fn names(self) -> BTreeSet<&'a str> {
        let members =
            |value: Option<&Location<'a>>| value.and_then(|value| value.value.as_object()).into_iter().flatten();
        members(self.old).chain(members(self.new)).map(|(name, _)| name.as_str()).collect()
    }

    fn raw(self) -> (Option<&'a Value>, Option<&'a Value>) {
        (self.old.map(|old| old.value), self.new.map(|new| new.value))
    }
}

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    let (old, new) = (&schemas.old.constraints, &schemas.new.constraints);
    let keys: BTreeSet<_> = old.keys().chain(new.keys()).copied().collect();
    for key in keys {
        let values = Values { old: old.get(&key), new: new.get(&key) };
        let (before, now) = values.raw();
        if before == now && !before.is_some_and(refers) {
            continue;
        }
        let keyword = key.0;
        let mut report = |rule| comparison.report_values(schemas.site, schemas.rule(rule), keyword, (before, now));
        match constraint(keyword).unwrap_or(Constraint::Opaque) {
            Constraint::Excluded if schemas.context.direction == Direction::Request => {
                compare_excluded(comparison, schemas, values);
            }
            Constraint::Excluded | Constraint::Opaque => report(rules::CONSTRAINT_CHANGED),
            Constraint::Format => report(rules::CONTENT_CHANGED),
            Constraint::Flag | Constraint::Schema => {
                let context = if keyword == CHECKED { schemas.context.within() } else { schemas.unchecked() };
                compare_schema(comparison, schemas, keyword, values, context);
            }
            Constraint::Schemas => compare_items(comparison, schemas, values),
            Constraint::SchemasByName => {
                for name in values.names() {
                    let member = |value: Option<&Location<'a>>| value.and_then(|value| value.get(name));
                    let (old, new) = (member(values.old), member(values.new));
                    let values = Values { old: old.as_ref(), new: new.as_ref() };
                    let subject = format!("{keyword} of `{name}`");
                    if keyword == "patternProperties" && values.old.is_none() && !schemas.old.is_map() {
                        // Only a library of regular expressions could tell which of the named properties match.
                        let rule = schemas.rule(rules::CONSTRAINT_CHANGED);
                        comparison.report_values(schemas.site, rule, subject, values.raw());
                    } else {
                        compare_schema(comparison, schemas, &subject, values, schemas.unchecked());
                    }
                }
            }
            Constraint::NamesByName => {
                for name in values.names() {
                    compare_dependents(comparison, schemas, name, values);
                }
            }
        }
    }
}

/// Compares the groups of properties of which a response has one. In a request, each group is an alternative.
pub(super) fn compare_groups<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    if schemas.context.direction == Direction::Request {
        return;
    }
    let [old, new] = [&schemas.old, &schemas.new]
        .map(|schema| schema.unions.iter().filter(|union| union.only_requires()).collect::<Vec<_>>());
    for index in 0..old.len().max(new.len()) {
        let (old, new) = (old.get(index), new.get(index));
        if let Some(union) = old.or(new).filter(|_| old.map(|it| it.required()) != new.map(|it| it.required())) {
            comparison.report(schemas.site, schemas.rule(rules::CONSTRAINT_CHANGED), union.keyword);
        }
    }
}

fn compare_schema<'a>(
    comparison: &mut Comparison<'_, 'a>,
    schemas: &Schemas<'_, 'a>,
    subject: &str,
    values: Values<'_, 'a>,
    context: SchemaContext,
) {
    let is_request = schemas.context.direction == Direction::Request;
    let rule = match (values.old, values.new) {
        (_, Some(names)) if is_request && subject == "propertyNames" && !schemas.old.is_map() => {
            let rule = rule_of_names(comparison, schemas, names);
            comparison.report_values(schemas.site, rule, subject, values.raw());
            return;
        }
        (Some(base), Some(revision)) => {
            comparison.enqueue(schemas.site.node, Pair::new(base, revision, context));
            return;
        }
        // `items` evaluates every item.
        (None, Some(_)) if is_request && subject == "unevaluatedItems" && schemas.new.items.is_some() => {
            comparison.report_values(schemas.site, rules::REQUEST_EXCLUSION_UNUSED, subject, values.raw());
            return;
        }
        (None, Some(_)) if is_request && subject == "contentSchema" => rules::CONTENT_CHANGED,
        (None, Some(_)) => rules::CONSTRAINT_ADDED,
        (Some(_), None) => rules::CONSTRAINT_REMOVED,
        (None, None) => return,
    };
    comparison.report_values(schemas.site, schemas.rule(rule), subject, values.raw());
}

/// Compares the values that `not` excludes from requests.
fn compare_excluded<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>, values: Values<'_, 'a>) {
    let rule = match (values.old, values.new) {
        (_, None) => rules::CONSTRAINT_REMOVED.request,
        (old, Some(new)) => match overlap::find(comparison, schemas.site.base, new) {
            Overlap::No => rules::REQUEST_EXCLUSION_UNUSED,
            Overlap::Yes if old.is_none() => rules::CONSTRAINT_ADDED.request,
            _ => rules::CONSTRAINT_CHANGED.request,
        },
    };
    comparison.report_values(schemas.site, rule, "not", values.raw());
}

/// The rule for names that must satisfy a schema, where the client sends only the properties that the document names.
fn rule_of_names<'a>(
    comparison: &Comparison<'_, 'a>,
    schemas: &Schemas<'_, 'a>,
    names: &Location<'a>,
) -> &'static Rule {
    let schema = comparison.revision.schema(names);
    let is_plain = schema.pattern.is_none() && schema.unions.is_empty() && schema.constraints.is_empty();
    if !is_plain || schema.bounds.keywords().any(|keyword| !["minLength", "maxLength"].contains(&keyword)) {
        return rules::CONSTRAINT_CHANGED.request;
    }
    let allows = |name: &str| {
        let length = i128::try_from(name.chars().count()).unwrap_or(i128::MAX);
        let (least, most) = schema.bounds.lengths();
        let is_listed = schema.closed_values().is_none_or(|values| values.iter().any(|value| *value == name));
        least.is_none_or(|least| least <= length) && most.is_none_or(|most| length <= most) && is_listed
    };
    let all = schemas.old.properties.keys().all(|name| allows(name));
    if all { rules::REQUEST_EXCLUSION_UNUSED } else { rules::CONSTRAINT_ADDED.request }
}

/// Compares a tuple item by item. Beyond the end of the shorter tuple, its `items` is compared.
fn compare_items<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>, values: Values<'_, 'a>) {
    let length = |list: Option<&Location<'a>>| list.and_then(|list| list.value.as_array()).map_or(0, Vec::len);
    let item = |list: Option<&Location<'a>>, rest: &Option<Location<'a>>, index: usize| {
        let item = list.and_then(|list| {
            let value = list.value.as_array()?.get(index)?;
            Some(Location::new(list.at.child(index), value))
        });
        item.or_else(|| rest.clone())
    };
    for index in 0..length(values.old).max(length(values.new)) {
        let old = item(values.old, &schemas.old.items, index);
        let new = item(values.new, &schemas.new.items, index);
        let values = Values { old: old.as_ref(), new: new.as_ref() };
        compare_schema(comparison, schemas, &format!("prefixItems {index}"), values, schemas.context_of_items());
    }
}

/// Compares the properties that are required beside the property called `name`.
fn compare_dependents<'a>(
    comparison: &mut Comparison<'_, 'a>,
    schemas: &Schemas<'_, 'a>,
    name: &str,
    values: Values<'_, 'a>,
) {
    let required = |value: Option<&Location<'a>>| -> BTreeSet<&'a str> {
        let names = value.and_then(|value| value.value.get(name)?.as_array()).into_iter().flatten();
        names.filter_map(Value::as_str).collect()
    };
    let (old, new) = (required(values.old), required(values.new));
    let rule: &RulePair = match (new.is_superset(&old), old.is_superset(&new)) {
        (true, true) => return,
        (true, false) => rules::CONSTRAINT_ADDED,
        (false, true) => rules::CONSTRAINT_REMOVED,
        (false, false) => rules::CONSTRAINT_REPLACED,
    };
    let list = |names: BTreeSet<&str>| Value::from(names.into_iter().collect::<Vec<_>>());
    let (old, new) = (list(old), list(new));
    let subject = format!("dependentRequired of `{name}`");
    comparison.report_values(schemas.site, schemas.rule(rule), subject, (Some(&old), Some(&new)));
}
