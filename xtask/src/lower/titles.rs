//! Titles that would make one type of two schemas: the generator goes by the name alone, and what the second holds
//! would be lost.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::fit::each_schema;
use super::schema::{TYPE_NAMES, type_name};

/// Keywords that make a type of its own of a schema, which then needs a name.
const NAMED: [&str; 7] = ["properties", "enum", "allOf", "anyOf", "oneOf", "minLength", "maxLength"];

/// Leaves out every title that different schemas claim, or that is the name of a component; the schema is then called
/// after its place. No schema's name depends on the order of the others.
pub(super) fn untangle(document: &mut Value) {
    let mut taken: BTreeSet<String> = TYPE_NAMES.iter().map(|&name| name.to_owned()).collect();
    let schemas = document["components"]["schemas"].as_object();
    taken.extend(schemas.into_iter().flat_map(Map::keys).map(|name| type_name(name)));
    let mut claims: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    each_schema(document, &mut |schema, is_component| {
        let Some(name) = title(schema).filter(|_| !is_component) else { return };
        let mut shape = schema.clone();
        shape.shift_remove("description");
        if *claims.entry(name.clone()).or_insert_with(|| shape.clone()) != shape {
            taken.insert(name);
        }
    });
    each_schema(document, &mut |schema, is_component| {
        if title(schema).is_some_and(|name| !is_component && taken.contains(&name)) {
            schema.shift_remove("title");
        }
    });
    taken.extend(claims.into_keys());
    title_bodies(document, &mut taken);
}

/// The type's name that a schema asks for by its title.
fn title(schema: &Map<String, Value>) -> Option<String> {
    let is_named = NAMED.iter().any(|keyword| schema.contains_key(*keyword));
    schema.get("title").and_then(Value::as_str).filter(|_| is_named).map(type_name)
}

/// A body without a title is called after its operation: `ListKeysResponse`, which a component may be called too.
fn title_bodies(document: &mut Value, taken: &mut BTreeSet<String>) {
    let items = document["paths"].as_object_mut().into_iter().flatten();
    for (_, operation) in items.flat_map(|(_, item)| item.as_object_mut().into_iter().flatten()) {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        for (body, place) in [("body", "/requestBody/content"), ("response", "/responses/2XX/content")] {
            let content = operation.pointer_mut(place).and_then(Value::as_object_mut);
            for (_, media) in content.into_iter().flatten() {
                let Some(schema) = media.get_mut("schema").and_then(Value::as_object_mut) else { continue };
                let name = type_name(&format!("{id}-{body}"));
                let is_named = NAMED.iter().any(|keyword| schema.contains_key(*keyword));
                if !is_named || schema.contains_key("title") || !taken.contains(&name) {
                    continue;
                }
                let mut title = name.clone();
                for n in 2.. {
                    if taken.insert(title.clone()) {
                        break;
                    }
                    title = format!("{name}{n}");
                }
                schema.insert("title".to_owned(), title.into());
            }
        }
    }
}
