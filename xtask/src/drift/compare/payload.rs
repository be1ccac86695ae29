//! Finds out whether the client still recognizes a response. It rejects an object that has properties, but none of the
//! payload.

use serde_json::Value;

use super::{Comparison, Direction, Schemas};
use crate::document::extensions;
use crate::drift::read::Location;
use crate::drift::read::schema::{Additional, Schema};
use crate::drift::rules;

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, schemas: &Schemas<'_, 'a>) {
    let (old, new) = (&schemas.old, &schemas.new);
    let is_body = schemas.context.direction == Direction::Response && schemas.context.body;
    // A map holds any property, and null stands for no object at all.
    if !is_body || old.nullable || matches!(old.additional, Additional::Any | Additional::Of(_)) {
        return;
    }
    let payload = list(comparison, old);
    // A response without a required property is rejected for its sake.
    let is_demanded = |name: &&str| old.required.contains(name);
    if payload.is_empty() || payload.iter().any(is_demanded) || !new.unions.is_empty() {
        return;
    }
    let is_sent = |property: &Location<'a>| !comparison.revision.schema(property).write_only;
    if payload.iter().all(|name| !new.properties.get(name).is_some_and(is_sent)) {
        let names: Vec<String> = payload.iter().map(|name| format!("`{name}`")).collect();
        comparison.report(schemas.site, rules::RESPONSE_PAYLOAD_REMOVED, names.join(", "));
    }
}

/// The properties of which a response must have one.
fn list<'a>(comparison: &Comparison<'_, 'a>, schema: &Schema<'a>) -> Vec<&'a str> {
    let is_list = |property: &Location<'a>| {
        let schema = comparison.base.schema(property);
        schema.types.as_ref().is_some_and(|types| types.iter().all(|(name, _)| *name == "array"))
    };
    let declared = schema.extensions.get(&(extensions::PAYLOAD, 0));
    let excepted = declared.and_then(|declared| declared.get(extensions::EXCEPT)?.as_array());
    let matters = |name: &str, property: &Location<'a>| match (declared, excepted) {
        _ if comparison.base.schema(property).write_only => false,
        (None, _) => true,
        (_, Some(excepted)) => !excepted.contains(&Value::from(name)),
        _ => is_list(property),
    };
    let properties = schema.properties.iter();
    properties.filter(|(name, property)| matters(name, property)).map(|(name, _)| *name).collect()
}
