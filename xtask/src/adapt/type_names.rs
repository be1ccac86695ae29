//! Gives schemas distinct type names. The generator goes by the name alone: of two schemas with one title it would make
//! one type, and lose what the second holds.
//!
//! Drop when typify keeps schemas of one title apart.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::walk::{ANNOTATIONS, each_schema};
use crate::document::extensions;
use crate::document::openapi::operations_mut;
use crate::document::rust_names::{TYPE_NAMES, type_name};

/// Keywords that make a type of its own of a schema, which then needs a name.
const NAMED: [&str; 7] = ["properties", "enum", "allOf", "anyOf", "oneOf", "minLength", "maxLength"];

/// Leaves out every title that different schemas claim, or that is the name of a component; the schema is then called
/// after its place. No schema's name depends on the order of the others. A name that a schema asks for stays.
pub(super) fn disambiguate(document: &mut Value) {
    let mut taken: BTreeSet<String> = TYPE_NAMES.iter().map(|&name| name.to_owned()).collect();
    let schemas = document["components"]["schemas"].as_object();
    taken.extend(schemas.into_iter().flat_map(Map::keys).map(|name| type_name(name)));
    let mut claims: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    let mut by_hand = BTreeSet::new();
    each_schema(document, &mut |schema, _| {
        by_hand.extend(title(schema).filter(|_| schema.contains_key(extensions::NAME)));
    });
    each_schema(document, &mut |schema, is_component| {
        let Some(name) = title(schema).filter(|name| !is_component && !by_hand.contains(name)) else { return };
        let mut shape = schema.clone();
        shape.shift_remove("description");
        if *claims.entry(name.clone()).or_insert_with(|| shape.clone()) != shape {
            taken.insert(name);
        }
    });
    each_schema(document, &mut |schema, is_component| {
        let is_by_hand = schema.shift_remove(extensions::NAME).is_some();
        let is_lost = |name: String| !is_component && !is_by_hand && (taken.contains(&name) || by_hand.contains(&name));
        if title(schema).is_some_and(is_lost) {
            schema.shift_remove("title");
        }
    });
    taken.extend(claims.into_keys().chain(by_hand));
    let mut names = TypeNames { taken, seen: BTreeSet::new() };
    for (name, schema) in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
        names.within(schema, name);
    }
    names.bodies(document);
    names.parameters(document);
}

/// Gives the title of a choice to a part of its own where the choice allows null: the generator gives it to the `Option`, and
/// names the type within after its location.
fn name_choice(schema: &mut Value) {
    let Some(members) = schema.as_object_mut().filter(|members| members.contains_key("oneOf")) else { return };
    if members.get("nullable") == Some(&Value::Bool(true)) {
        let is_kept = |name: &str| name != "title" && ANNOTATIONS.contains(&name);
        let (kept, choice): (Map<_, _>, Map<_, _>) =
            std::mem::take(members).into_iter().partition(|(name, _)| is_kept(name));
        *members = kept;
        members.insert("allOf".to_owned(), json!([choice]));
    }
}

/// The type's name that a schema asks for by its title.
fn title(schema: &Map<String, Value>) -> Option<String> {
    schema.get("title").and_then(Value::as_str).filter(|_| is_named(schema)).map(type_name)
}

fn is_named(schema: &Map<String, Value>) -> bool {
    let alone = schema.get("allOf").and_then(Value::as_array).is_some_and(|parts| parts.len() == 1);
    !alone && NAMED.iter().any(|keyword| schema.contains_key(*keyword))
}

/// The names that schemas get from their places: `KeyOwner` for the property `owner` of `Key`, `ListKeysResponse` for
/// the response of `list_keys`, `ListKeysSort` for its parameter `sort`. A component or a title keeps its name.
struct TypeNames {
    taken: BTreeSet<String>,
    /// Titles already visited: equal schemas with one title share a type.
    seen: BTreeSet<String>,
}

impl TypeNames {
    fn bodies(&mut self, document: &mut Value) {
        for (_, operation) in operations_mut(document) {
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            for (body, place) in [("body", "/requestBody/content"), ("response", "/responses/2XX/content")] {
                let content = operation.pointer_mut(place).and_then(Value::as_object_mut);
                for (_, media) in content.into_iter().flatten() {
                    if let Some(schema) = media.get_mut("schema") {
                        self.named(schema, &format!("{id}-{body}"));
                    }
                }
            }
        }
    }

    /// After the bodies, which keep the names that they have without parameters.
    fn parameters(&mut self, document: &mut Value) {
        for (_, operation) in operations_mut(document) {
            let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
            let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
            for parameter in parameters.into_iter().flatten() {
                let name = format!("{id}-{}", parameter["name"].as_str().unwrap_or_default());
                self.named(&mut parameter["schema"], &name);
            }
        }
    }

    /// Sees to the schema in the place called `name`, and to those within it.
    fn named(&mut self, schema: &mut Value, name: &str) {
        let Some(members) = schema.as_object_mut() else { return };
        if title(members).is_some_and(|title| !self.seen.insert(title)) {
            return;
        }
        let mut name = members.get("title").and_then(Value::as_str).unwrap_or(name).to_owned();
        if !members.contains_key("title") && is_named(members) && !self.taken.insert(type_name(&name)) {
            let plain = type_name(&name);
            for n in 2.. {
                name = format!("{plain}{n}");
                if self.taken.insert(name.clone()) {
                    break;
                }
            }
            members.insert("title".to_owned(), name.clone().into());
            self.within(schema, &name);
            name_choice(schema);
            return;
        }
        self.within(schema, &name);
    }

    fn within(&mut self, schema: &mut Value, name: &str) {
        for (property, schema) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            self.named(schema, &format!("{name}_{property}"));
        }
        for (keyword, end) in [("items", "Item"), ("additionalProperties", "Value")] {
            if let Some(schema) = schema.get_mut(keyword) {
                self.named(schema, &format!("{}{end}", type_name(name)));
            }
        }
    }
}
