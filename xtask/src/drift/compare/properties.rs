//! Compares the properties of two schemas: added, removed, required.

use super::{Comparison, Direction, Pair, SchemaContext, Schemas, Site};
use crate::document::extensions;
use crate::drift::read::schema::{Additional, Schema};
use crate::drift::rules::{self, Relevance};

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    compare_additional(comparison, schemas);
    let (old, new) = (&schemas.old, &schemas.new);
    let direction = schemas.context.direction;
    for (key, base) in &old.properties {
        if let Some(revision) = new.properties.get(key) {
            compare_property(comparison, schemas, *key, Site { base, revision, ..schemas.site });
            continue;
        }
        let name = key.0;
        let rule = if is_one_way(direction, &Schema::read(comparison.base, base)) {
            rules::ONE_WAY_PROPERTY_CHANGED
        } else if is_identity(schemas, name) {
            rules::RESPONSE_IDENTITY_REMOVED
        } else if old.required.contains(name) && !new.required.contains(name) {
            schemas.rule(rules::PROPERTY_REMOVED_REQUIRED)
        } else {
            schemas.rule(rules::PROPERTY_REMOVED)
        };
        comparison.report(Site { base, ..schemas.site }, rule, format!("`{name}`"));
    }
    for (key, revision) in &new.properties {
        if old.properties.contains_key(key) {
            continue;
        }
        let name = key.0;
        let rule = if is_one_way(direction, &Schema::read(comparison.revision, revision)) {
            rules::ONE_WAY_PROPERTY_CHANGED
        } else if new.required.contains(name) && !old.required.contains(name) {
            schemas.rule(rules::PROPERTY_ADDED_REQUIRED)
        } else {
            schemas.rule(rules::PROPERTY_ADDED)
        };
        comparison.report(Site { revision, ..schemas.site }, rule, format!("`{name}`"));
    }
    // `required` may name a property that no `properties` describe.
    let undescribed =
        |name: &&str| !old.properties.contains_key(&(*name, 0)) && !new.properties.contains_key(&(*name, 0));
    for name in new.required.difference(&old.required).copied().filter(undescribed) {
        report_requirement(comparison, schemas, name, true);
    }
    for name in old.required.difference(&new.required).copied().filter(undescribed) {
        report_requirement(comparison, schemas, name, false);
    }
}

fn report_requirement<'a>(
    comparison: &mut Comparison<'_, 'a>,
    schemas: &Schemas<'_, 'a>,
    name: &str,
    is_required: bool,
) {
    let rule = if is_required { rules::PROPERTY_BECAME_REQUIRED } else { rules::PROPERTY_BECAME_OPTIONAL };
    comparison.report(schemas.site, schemas.rule(rule), format!("`{name}`"));
}

/// Compares a property that both schemas have. `nth` counts the subschemas of `allOf` that describe it.
fn compare_property<'a>(
    comparison: &mut Comparison<'_, 'a>,
    schemas: &Schemas<'_, 'a>,
    (name, nth): (&str, usize),
    site: Site<'_, 'a>,
) {
    let old = Schema::read(comparison.base, site.base);
    let new = Schema::read(comparison.revision, site.revision);
    if old.read_only != new.read_only {
        comparison.report(site, rules::READ_ONLY_CHANGED, format!("`{name}`"));
    }
    match (old.write_only, new.write_only) {
        (false, true) => comparison.report(site, rules::WRITE_ONLY_ADDED, format!("`{name}`")),
        (true, false) => comparison.report(site, rules::WRITE_ONLY_REMOVED, format!("`{name}`")),
        _ => {}
    }
    let direction = schemas.context.direction;
    let is_one_way = is_one_way(direction, &old) || is_one_way(direction, &new);
    let was_required = schemas.old.required.contains(name);
    let is_required = schemas.new.required.contains(name);
    if nth == 0 && was_required != is_required {
        if is_one_way {
            comparison.report(site, rules::ONE_WAY_PROPERTY_CHANGED, format!("`{name}` in `required`"));
        } else {
            report_requirement(comparison, schemas, name, is_required);
        }
    }
    let relevance = if is_one_way { Relevance::NotSent } else { schemas.context.relevance };
    let optional = !was_required && !is_identity(schemas, name);
    let context = SchemaContext { optional, relevance, ..schemas.context.within() };
    comparison.enqueue(site.node, Pair::new(site.base, site.revision, context));
}

/// Whether the client demands a property of every response, whatever the document says.
fn is_identity(schemas: &Schemas<'_, '_>, name: &str) -> bool {
    let names = schemas.old.extensions.get(&(extensions::IDENTITY, 0)).and_then(|names| names.as_array());
    schemas.context.direction == Direction::Response
        && names.is_some_and(|names| names.iter().any(|other| other == name))
}

/// Whether a property is not sent in this direction.
fn is_one_way(direction: Direction, schema: &Schema<'_>) -> bool {
    match direction {
        Direction::Request => schema.read_only,
        Direction::Response => schema.write_only,
    }
}

fn compare_additional<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    let rule = match (&schemas.old.additional, &schemas.new.additional) {
        (Additional::Of(base), Additional::Of(revision)) => {
            comparison.enqueue(schemas.site.node, Pair::new(base, revision, schemas.context.within()));
            return;
        }
        (Additional::Open, Additional::Open) | (Additional::Closed, Additional::Closed) => return,
        // The client reads a map of one type.
        (Additional::Of(_), Additional::Open) => rules::ADDITIONAL_LOOSENED,
        (_, Additional::Open) | (Additional::Closed, Additional::Of(_)) => rules::ADDITIONAL_OPENED,
        _ => rules::ADDITIONAL_CLOSED,
    };
    comparison.report(schemas.site, schemas.rule(rule), "additionalProperties");
}
