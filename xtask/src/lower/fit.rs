//! The end of step 3: what the generator would panic on or lose in silence, repaired where only one meaning is
//! possible, else refused with its place.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use heck::ToUpperCamelCase;
use serde_json::{Map, Value, json};

use crate::pointer::{Pointer, resolve};

/// Keywords that restrict no value.
const ANNOTATIONS: [&str; 7] = ["title", "description", "default", "nullable", "deprecated", "readOnly", "writeOnly"];

/// Repairs every schema of a lowered document.
pub(super) fn to_generator(mut document: Value) -> Result<Value> {
    refuse_endless(&document)?;
    let nullable = take_nullable(&mut document);
    let before = document.clone();
    let fit = Fit { document: &before, nullable };
    fit.walk(&mut document, false);
    Ok(document)
}

struct Fit<'a> {
    document: &'a Value,
    /// References to the components that allow `null`.
    nullable: BTreeSet<String>,
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

impl Fit<'_> {
    /// Visits every schema, the innermost first. A lowered document holds schemas only under `schema`, `schemas`
    /// and the keywords of schemas; everything else is text.
    fn walk(&self, value: &mut Value, is_schema: bool) {
        match value {
            Value::Object(members) => {
                for (name, value) in members.iter_mut() {
                    match (is_schema, name.as_str()) {
                        (true, "properties") | (false, "schemas") => {
                            for (_, schema) in value.as_object_mut().into_iter().flatten() {
                                self.walk(schema, true);
                            }
                        }
                        (true, "items" | "additionalProperties" | "allOf" | "anyOf" | "oneOf") | (false, "schema") => {
                            self.walk(value, true);
                        }
                        (true, _) => {}
                        (false, _) => self.walk(value, false),
                    }
                }
                if is_schema {
                    self.repair(members);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item, is_schema)),
            _ => {}
        }
    }

    fn repair(&self, schema: &mut Map<String, Value>) {
        if schema.get("$ref").and_then(Value::as_str).is_some_and(|target| self.nullable.contains(target)) {
            let reference = Value::Object(std::mem::take(schema));
            schema.insert("allOf".to_owned(), json!([reference]));
            schema.insert("nullable".to_owned(), true.into());
        }
        type_from_keywords(schema);
        fieldless_enum(schema);
        open_object(schema);
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = schema.get(keyword).cloned() {
                match self.choice(branches) {
                    Choice::Kept(branches) => drop(schema.insert(keyword.to_owned(), branches.into())),
                    // What the choice cannot tell apart, properties beside it cannot save.
                    Choice::One(merged) => {
                        schema.retain(|name, _| ANNOTATIONS.contains(&name.as_str()));
                        schema.extend(merged);
                    }
                }
            }
        }
    }

    /// What the branches of a choice come to in a language whose decoder takes the first that fits.
    fn choice(&self, mut branches: Vec<Value>) -> Choice {
        let resolved: Vec<Value> = branches.iter().map(|branch| self.resolved(branch)).collect();
        let anything = resolved.iter().any(|branch| branch.as_object().is_some_and(says_nothing));
        let strings = resolved.iter().all(|branch| branch.get("type").is_some_and(|kind| kind == "string"));
        // A closed set of strings beside an open one is the open one.
        if strings && resolved.iter().any(|branch| branch.get("enum").is_none()) {
            return Choice::One(Map::from_iter([("type".to_owned(), "string".into())]));
        }
        let vague: Vec<usize> = (0..resolved.len()).filter(|&index| self.takes_any_object(&resolved[index])).collect();
        // Each of several objects without a required property would decode all of them, as an empty value:
        // the client keeps such an answer as it came.
        if anything || vague.len() > 1 {
            return Choice::One(Map::new());
        }
        if let [index] = vague[..] {
            let last = branches.remove(index);
            branches.push(last);
        }
        Choice::Kept(branches)
    }

    fn resolved(&self, branch: &Value) -> Value {
        let reference = match branch.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            Some([part]) => part.get("$ref"),
            _ => branch.get("$ref"),
        };
        match reference.and_then(Value::as_str) {
            Some(reference) => resolve(self.document, reference, &Pointer::root())
                .map_or_else(|_| branch.clone(), |(_, found)| found.clone()),
            None => branch.clone(),
        }
    }

    /// Whether the generated type decodes any JSON object, whatever its properties.
    fn takes_any_object(&self, schema: &Value) -> bool {
        let is_object = schema.get("type").is_some_and(|kind| kind == "object") || schema.get("properties").is_some();
        let parts = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let requires = schema.get("required").and_then(Value::as_array).is_some_and(|names| !names.is_empty());
        let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        !requires
            && !closed
            && (is_object || !parts.is_empty())
            && parts.iter().all(|part| self.takes_any_object(&self.resolved(part)))
    }
}

enum Choice {
    Kept(Vec<Value>),
    One(Map<String, Value>),
}

/// Whether a schema restricts nothing.
fn says_nothing(schema: &Map<String, Value>) -> bool {
    schema.keys().all(|name| ANNOTATIONS.contains(&name.as_str()))
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
    }
}

/// An `enum` becomes a Rust enum only where it can: of strings whose variants have names of their own. Elsewhere
/// the type alone holds every value.
fn fieldless_enum(schema: &mut Map<String, Value>) {
    let Some(Value::Array(values)) = schema.get("enum") else {
        return;
    };
    let names: BTreeSet<String> = values.iter().filter_map(Value::as_str).map(str::to_upper_camel_case).collect();
    if names.len() < values.len() || values.is_empty() {
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
    let at = Pointer::root().child("components").child("schemas");
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
