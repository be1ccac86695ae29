//! The end of step 3: what the generator would panic on or lose in silence, repaired where only one meaning is
//! possible, else refused with its place.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use heck::ToUpperCamelCase;
use serde_json::{Map, Value, json};

use super::composed::{self, Choice, only_requires};
use super::{CURE, merging, one_way, titles};
use crate::pointer::{Pointer, resolve};

/// Keywords that restrict no value.
pub(super) const ANNOTATIONS: [&str; 6] = ["title", "description", "nullable", "deprecated", "readOnly", "writeOnly"];

/// Repairs every schema of a lowered document.
pub(super) fn to_generator(mut document: Value) -> Result<Value> {
    refuse_endless(&document)?;
    merging::check_parts(&document)?;
    one_way::relax(&mut document);
    let mut nullable = take_nullable(&mut document);
    // A repair can be what another one looks at, through a reference; few rounds settle it.
    for _ in 0..ROUNDS {
        let before = document.clone();
        let fit = Fit { document: &before, nullable: &nullable };
        each_schema(&mut document, &mut |schema, _| fit.repair(schema));
        // Every reference says it now.
        nullable.clear();
        if document == before {
            break;
        }
    }
    each_schema(&mut document, &mut |schema, _| drop(schema.shift_remove(ANYTHING)));
    merging::check_choices(&document)?;
    guard_parameters(&mut document)?;
    titles::untangle(&mut document);
    Ok(document)
}

/// While repairs are made: a schema that became any JSON value, because its type would lose a part of some.
pub(super) const ANYTHING: &str = "x-anything";

/// Rules that the generator would make a type of.
const RULES: [&str; 8] =
    ["minLength", "maxLength", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

/// The types of single values.
const SINGLE: [&str; 4] = ["string", "integer", "number", "boolean"];

/// How deep `allOf`, `anyOf`, `oneOf` and references may lead to each other: the generator merges them all.
const MAX_DEPTH: usize = 100;

/// How often repairs are made of repairs.
const ROUNDS: usize = 8;

/// Formats that have a type of their own, which leaves no room for further rules on the text or number.
const CONVERTED: [&str; 7] =
    ["date-time", "date-or-date-time", "date", "password", "path-segment", "path-segment-email", "double"];

/// Parameters in paths and headers must be single values, and a string in a path must be of the type that keeps it
/// from becoming another path: no document can be trusted to say so.
fn guard_parameters(document: &mut Value) -> Result<()> {
    let before = document.clone();
    let at = Pointer::root().child("paths");
    for (path, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let at = at.child(path).child(method).child("parameters");
            for (index, parameter) in operation["parameters"].as_array_mut().into_iter().flatten().enumerate() {
                let place = parameter["in"].as_str().unwrap_or_default().to_owned();
                if place == "query" {
                    continue;
                }
                let mut schema = resolved(&before, &parameter["schema"]).clone();
                if is_text(&before, &schema) {
                    schema = json!({ "type": "string" });
                }
                let is_named = parameter["schema"].get("$ref").is_some() && schema.get("enum").is_some();
                let format = schema.get("format").and_then(Value::as_str);
                match schema.get("type").and_then(Value::as_str) {
                    Some("string") if place == "path" && schema.get("enum").is_none() => {
                        let is_email = matches!(format, Some("email" | "path-segment-email"));
                        let format = if is_email { "path-segment-email" } else { "path-segment" };
                        parameter["schema"] = json!({ "type": "string", "format": format });
                    }
                    Some("string") if format == Some("password") => bail!(
                        "{}: a secret in the {place} cannot be generated, authentication is the hand-written half of \
                         the client; {CURE}",
                        at.child(index)
                    ),
                    // A set of strings of a name of its own keeps it.
                    Some("string") if is_named => {}
                    Some(kind) if SINGLE.contains(&kind) => {
                        schema.as_object_mut().and_then(|schema| schema.shift_remove("nullable"));
                        parameter["schema"] = schema;
                    }
                    _ => {
                        let name = &parameter["name"];
                        bail!(
                            "{}: {name} in the {place} is not one string, number or boolean; {CURE}",
                            at.child(index)
                        );
                    }
                }
            }
        }
    }
    Ok(())
}

/// Whether a schema is a choice of single values, which are text where they stand in a path or header.
fn is_text(document: &Value, schema: &Value) -> bool {
    let branches = ["anyOf", "oneOf"].iter().find_map(|keyword| schema.get(*keyword)?.as_array());
    branches.is_some_and(|branches| {
        branches.iter().map(|branch| resolved(document, branch)).all(|branch| {
            let kind = branch.get("type").and_then(Value::as_str);
            kind.is_some_and(|kind| SINGLE.contains(&kind)) && branch.get("format").is_none_or(|f| f != "password")
        })
    })
}

/// The schema that a reference names, alone or as the one part of `allOf`, and a reference there in turn.
pub(super) fn resolved<'a>(document: &'a Value, mut schema: &'a Value) -> &'a Value {
    for _ in 0..MAX_DEPTH {
        let reference = match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            Some([part]) => part.get("$ref"),
            _ => schema.get("$ref"),
        };
        let found = reference.and_then(Value::as_str).and_then(|r| resolve(document, r, &Pointer::root()).ok());
        match found {
            Some((_, found)) => schema = found,
            None => break,
        }
    }
    schema
}

struct Fit<'a> {
    document: &'a Value,
    /// References to the components that allow `null`.
    nullable: &'a BTreeSet<String>,
}

/// A component that allows `null` would become a type around an `Option`: the place that refers to it says so instead.
fn take_nullable(document: &mut Value) -> BTreeSet<String> {
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    schemas
        .into_iter()
        .flatten()
        .filter(|(_, schema)| schema.get("nullable") == Some(&Value::Bool(true)))
        .map(|(name, schema)| {
            schema.as_object_mut().and_then(|schema| schema.shift_remove("nullable"));
            format!("#/components/schemas/{name}")
        })
        .collect()
}

/// Visits every schema, the innermost first, and says whether it is a component. A lowered document holds schemas
/// only under `schema`, `schemas` and the keywords of schemas; everything else is text.
pub(super) fn each_schema(document: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>, bool)) {
    walk(document, Place::Elsewhere, visit);
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Component,
    Schema,
    Elsewhere,
}

fn walk(value: &mut Value, place: Place, visit: &mut impl FnMut(&mut Map<String, Value>, bool)) {
    let is_schema = place != Place::Elsewhere;
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                match (is_schema, name.as_str()) {
                    (true, "properties") | (false, "schemas") => {
                        let place = if is_schema { Place::Schema } else { Place::Component };
                        for (_, schema) in value.as_object_mut().into_iter().flatten() {
                            walk(schema, place, visit);
                        }
                    }
                    (true, "items" | "additionalProperties" | "allOf" | "anyOf" | "oneOf") | (false, "schema") => {
                        walk(value, Place::Schema, visit);
                    }
                    (true, _) => {}
                    (false, _) => walk(value, place, visit),
                }
            }
            if is_schema {
                visit(members, place == Place::Component);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, place, visit)),
        _ => {}
    }
}

impl Fit<'_> {
    fn repair(&self, schema: &mut Map<String, Value>) {
        if schema.get("$ref").and_then(Value::as_str).is_some_and(|target| self.nullable.contains(target)) {
            let reference = Value::Object(std::mem::take(schema));
            schema.insert("allOf".to_owned(), json!([reference]));
            schema.insert("nullable".to_owned(), true.into());
        }
        type_from_keywords(schema);
        if schema.get("format").and_then(Value::as_str).is_some_and(|format| CONVERTED.contains(&format)) {
            schema.retain(|name, _| !RULES.contains(&name.as_str()));
        }
        fieldless_enum(schema);
        open_object(schema);
        composed::merge(self.document, schema);
        let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        if parts.map(|part| resolved(self.document, part)).any(|part| part.get(ANYTHING).is_some()) {
            keep_all(schema);
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = schema.get(keyword).cloned() {
                // Branches that only say which properties go together say nothing of a type.
                if schema.contains_key("properties") && branches.iter().all(only_requires) {
                    schema.shift_remove(keyword);
                    continue;
                }
                match composed::choice(self.document, &branches, keyword == "oneOf") {
                    Choice::Kept(branches) => drop(schema.insert(keyword.to_owned(), branches.into())),
                    // What the choice cannot tell apart, properties beside it cannot save.
                    Choice::String { nullable } => {
                        schema.retain(|name, _| ANNOTATIONS.contains(&name.as_str()));
                        schema.insert("type".to_owned(), "string".into());
                        if nullable {
                            schema.insert("nullable".to_owned(), true.into());
                        }
                    }
                    Choice::Anything => keep_all(schema),
                }
            }
        }
    }
}

/// Makes any JSON value of a schema, and of every schema that it is a part of.
fn keep_all(schema: &mut Map<String, Value>) {
    schema.retain(|name, _| ANNOTATIONS.contains(&name.as_str()));
    schema.insert(ANYTHING.to_owned(), true.into());
}

/// Keywords of objects or lists without a `type` mean an object or a list; the generator needs it said.
fn type_from_keywords(schema: &mut Map<String, Value>) {
    let composed = ["allOf", "anyOf", "oneOf", "$ref"].iter().any(|keyword| schema.contains_key(*keyword));
    if schema.contains_key("type") || composed {
        return;
    }
    if schema.contains_key("properties") || schema.contains_key("additionalProperties") {
        schema.insert("type".to_owned(), "object".into());
    } else if schema.contains_key("items") {
        schema.insert("type".to_owned(), "array".into());
    } else if ["minimum", "maximum", "multipleOf"].iter().any(|keyword| schema.contains_key(*keyword)) {
        schema.insert("type".to_owned(), "number".into());
    } else if ["minLength", "maxLength"].iter().any(|keyword| schema.contains_key(*keyword)) {
        schema.insert("type".to_owned(), "string".into());
    }
}

/// An `enum` becomes a Rust enum only where it can: of strings whose variants have names of their own. Elsewhere
/// the type alone holds every value.
fn fieldless_enum(schema: &mut Map<String, Value>) {
    let Some(Value::Array(values)) = schema.get("enum") else {
        return;
    };
    let names: BTreeSet<String> = values.iter().filter_map(Value::as_str).map(str::to_upper_camel_case).collect();
    if names.len() < values.len() || values.is_empty() || names.contains("") {
        schema.shift_remove("enum");
    }
}

/// `additionalProperties: true` beside properties generates no place for them; `{}` does.
fn open_object(schema: &mut Map<String, Value>) {
    if schema.contains_key("properties") && schema.get("additionalProperties") == Some(&Value::Bool(true)) {
        schema.insert("additionalProperties".to_owned(), json!({}));
    }
}

/// A schema that is made of itself has no values, and the generator no end.
fn refuse_endless(document: &Value) -> Result<()> {
    let at = Pointer::schemas();
    let schemas = at.find(document).and_then(Value::as_object);
    let mut sound = BTreeSet::new();
    for name in schemas.into_iter().flat_map(Map::keys) {
        follow(document, &at.child(name), &mut Vec::new(), &mut sound)?;
    }
    Ok(())
}

fn follow(document: &Value, at: &Pointer, path: &mut Vec<Pointer>, sound: &mut BTreeSet<Pointer>) -> Result<()> {
    if sound.contains(at) {
        return Ok(());
    }
    if path.contains(at) {
        bail!("{at}: the schema is made of itself, so no value can be written");
    }
    if path.len() > MAX_DEPTH {
        bail!("{at}: composed of more than {MAX_DEPTH} schemas in each other; {CURE}");
    }
    path.push(at.clone());
    if let Some(schema) = at.find(document) {
        for part in parts(schema) {
            follow(document, &part, path, sound)?;
        }
    }
    path.pop();
    sound.insert(at.clone());
    Ok(())
}

/// The schemas whose values are values of this one too.
fn parts(schema: &Value) -> Vec<Pointer> {
    let mut found: Vec<Pointer> =
        schema.get("$ref").and_then(Value::as_str).and_then(|r| Pointer::of_reference(r).ok()).into_iter().collect();
    for keyword in ["allOf", "anyOf", "oneOf"] {
        found.extend(schema.get(keyword).and_then(Value::as_array).into_iter().flatten().flat_map(parts));
    }
    found
}
