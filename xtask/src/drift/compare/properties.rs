//! Compares the properties of two schemas: added, removed, required.

use super::{Comparison, Direction, Pair, SchemaContext, Schemas, Site};
use crate::document::extensions;
use crate::drift::read::Location;
use crate::drift::read::schema::{Additional, Schema};
use crate::drift::rules::{self, Relevance, Rule};

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    let (old, new) = (&schemas.old, &schemas.new);
    for (name, base) in &old.properties {
        match new.properties.get(name) {
            Some(revision) => {
                compare_property(comparison, schemas, name, Site { base, revision, ..schemas.site });
                compare_restrictions(comparison, schemas, name, base);
            }
            None => compare_removed(comparison, schemas, name, base),
        }
    }
    for (name, revision) in new.properties.iter().filter(|(name, _)| !old.properties.contains_key(*name)) {
        compare_added(comparison, schemas, name, revision);
    }
    // `required` may name a property that no `properties` describe.
    let undescribed = |name: &&str| !old.properties.contains_key(name) && !new.properties.contains_key(name);
    for name in new.required.difference(&old.required).copied().filter(undescribed) {
        report_requirement(comparison, schemas, name, true);
    }
    for name in old.required.difference(&new.required).copied().filter(undescribed) {
        report_requirement(comparison, schemas, name, false);
    }
}

/// Compares a property with the parts of the whole that restrict it without naming it. A restriction that is not new says
/// nothing of what clients send.
fn compare_restrictions<'a>(
    comparison: &mut Comparison<'_, 'a>,
    schemas: &Schemas<'_, 'a>,
    name: &str,
    base: &Location<'a>,
) {
    let is_restricted = schemas.old.restrictions.iter().any(|(names, _)| !names.contains(name));
    if schemas.context.direction == Direction::Response || is_restricted || comparison.base.schema(base).read_only {
        return;
    }
    for (_, schema) in schemas.new.restrictions.iter().filter(|(names, _)| !names.contains(name)) {
        if let Some(revision) = schema {
            comparison.enqueue(schemas.site.node, Pair::new(base, revision, schemas.context.within()));
        } else {
            let site = Site { base, ..schemas.site };
            comparison.report(site, rules::REQUEST_PROPERTY_REJECTED, format!("`{name}`"));
        }
    }
}

fn compare_removed<'a>(
    comparison: &mut Comparison<'_, 'a>,
    schemas: &Schemas<'_, 'a>,
    name: &str,
    base: &Location<'a>,
) {
    let (old, new) = (&schemas.old, &schemas.new);
    let direction = schemas.context.direction;
    let rule = if is_one_way(direction, &comparison.base.schema(base)) {
        rules::ONE_WAY_PROPERTY_CHANGED
    } else if is_identity(schemas, name) {
        rules::RESPONSE_IDENTITY_REMOVED
    } else if old.required.contains(name) && !new.required.contains(name) {
        schemas.rule(rules::PROPERTY_REMOVED_REQUIRED)
    } else {
        schemas.rule(rules::PROPERTY_REMOVED)
    };
    let rule = match &new.additional {
        Additional::Closed if is_sent(schemas, rule) && !new.has_properties_by_pattern() => {
            rules::REQUEST_PROPERTY_REJECTED
        }
        // A property that the document no longer names is one of the map's.
        Additional::Of(revision) if rule != rules::ONE_WAY_PROPERTY_CHANGED => {
            let optional = !old.required.contains(name) && !is_identity(schemas, name);
            let context = SchemaContext { optional, ..schemas.context.within() };
            comparison.enqueue(schemas.site.node, Pair::new(base, revision, context));
            rule
        }
        _ => rule,
    };
    comparison.report(Site { base, ..schemas.site }, rule, format!("`{name}`"));
    if is_sent(schemas, rule) && new.required.contains(name) && !old.required.contains(name) {
        report_requirement(comparison, schemas, name, true);
    }
}

/// Whether the client may send the property to which `rule` applies.
fn is_sent(schemas: &Schemas<'_, '_>, rule: &'static Rule) -> bool {
    schemas.context.direction == Direction::Request && rule != rules::ONE_WAY_PROPERTY_CHANGED
}

fn compare_added<'a>(
    comparison: &mut Comparison<'_, 'a>,
    schemas: &Schemas<'_, 'a>,
    name: &str,
    revision: &Location<'a>,
) {
    let (old, new) = (&schemas.old, &schemas.new);
    let direction = schemas.context.direction;
    let rule = if is_one_way(direction, &comparison.revision.schema(revision)) {
        rules::ONE_WAY_PROPERTY_CHANGED
    } else if new.required.contains(name) && !old.required.contains(name) {
        schemas.rule(rules::PROPERTY_ADDED_REQUIRED)
    } else {
        schemas.rule(rules::PROPERTY_ADDED)
    };
    comparison.report(Site { revision, ..schemas.site }, rule, format!("`{name}`"));
    if rule != rules::ONE_WAY_PROPERTY_CHANGED && old.required.contains(name) && !new.required.contains(name) {
        report_requirement(comparison, schemas, name, false);
    }
    // A property that the document did not name was one of the map's.
    if let Additional::Of(base) = &old.additional
        && rule != rules::ONE_WAY_PROPERTY_CHANGED
    {
        comparison.enqueue(schemas.site.node, Pair::new(base, revision, schemas.context.within()));
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

/// Compares a property that both schemas have.
fn compare_property<'a>(
    comparison: &mut Comparison<'_, 'a>,
    schemas: &Schemas<'_, 'a>,
    name: &str,
    site: Site<'_, 'a>,
) {
    let old = comparison.base.schema(site.base);
    let new = comparison.revision.schema(site.revision);
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
    // What is not sent in this direction is not required in it.
    let was_listed = schemas.old.required.contains(name);
    let is_listed = schemas.new.required.contains(name);
    let was_required = was_listed && !self::is_one_way(direction, &old);
    let is_required = is_listed && !self::is_one_way(direction, &new);
    if was_required != is_required {
        report_requirement(comparison, schemas, name, is_required);
    } else if was_listed != is_listed {
        comparison.report(site, rules::ONE_WAY_PROPERTY_CHANGED, format!("`{name}` in `required`"));
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
