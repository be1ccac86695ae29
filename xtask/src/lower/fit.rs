//! The end of step 3: what the generator would panic on or lose in silence, repaired where only one meaning is
//! possible, else refused with its place.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use heck::ToUpperCamelCase;
use serde_json::{Map, Value, json};

use super::CURE;
use crate::pointer::{Pointer, resolve};

/// Keywords that restrict no value.
const ANNOTATIONS: [&str; 7] = ["title", "description", "default", "nullable", "deprecated", "readOnly", "writeOnly"];

/// Repairs every schema of a lowered document.
pub(super) fn to_generator(mut document: Value) -> Result<Value> {
    refuse_endless(&document)?;
    let mut nullable = take_nullable(&mut document);
    // A repair can be what another one looks at, through a reference; few rounds settle it.
    for _ in 0..ROUNDS {
        let before = document.clone();
        Fit { document: &before, nullable: &nullable }.walk(&mut document, false);
        // Every reference says it now.
        nullable.clear();
        if document == before {
            break;
        }
    }
    guard_parameters(&mut document)?;
    Ok(document)
}

/// Rules that the generator would make a type of.
const RULES: [&str; 9] = [
    "minLength",
    "maxLength",
    "pattern",
    "enum",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];

/// How deep `allOf`, `anyOf`, `oneOf` and references may lead to each other: the generator merges them all.
const MAX_DEPTH: usize = 100;

/// How often repairs are made of repairs.
const ROUNDS: usize = 8;

/// Formats that have a type of their own, which leaves no room for further rules on the text or number.
const CONVERTED: [&str; 8] =
    ["date-time", "date-or-date-time", "date", "password", "path-segment", "path-segment-email", "uuid", "double"];

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
                let format = schema.get("format").and_then(Value::as_str);
                match schema.get("type").and_then(Value::as_str) {
                    Some("string") if place == "path" && schema.get("enum").is_none() => {
                        let is_email = matches!(format, Some("email" | "path-segment-email"));
                        let format = if is_email { "path-segment-email" } else { "path-segment" };
                        parameter["schema"] = json!({ "type": "string", "format": format });
                    }
                    Some("string" | "integer" | "number" | "boolean") => {
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

/// The schema that a reference names, alone or as the one part of `allOf`.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let reference = match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        Some([part]) => part.get("$ref"),
        _ => schema.get("$ref"),
    };
    match reference.and_then(Value::as_str) {
        Some(reference) => resolve(document, reference, &Pointer::root()).map_or(schema, |(_, found)| found),
        None => schema,
    }
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
        if schema.get("format").and_then(Value::as_str).is_some_and(|format| CONVERTED.contains(&format)) {
            schema.retain(|name, _| !RULES.contains(&name.as_str()));
        }
        fieldless_enum(schema);
        open_object(schema);
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = schema.get(keyword).cloned() {
                // Branches that only say which properties go together say nothing of a type.
                if schema.contains_key("properties") && branches.iter().all(only_requires) {
                    schema.shift_remove(keyword);
                    continue;
                }
                match self.choice(&branches) {
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
    fn choice(&self, branches: &[Value]) -> Choice {
        let resolved: Vec<&Value> = branches.iter().map(|branch| resolved(self.document, branch)).collect();
        let anything = resolved.iter().any(|branch| branch.as_object().is_some_and(says_nothing));
        let strings = resolved.iter().all(|branch| branch.get("type").is_some_and(|kind| kind == "string"));
        // A closed set of strings beside an open one is the open one.
        if strings && resolved.iter().any(|branch| branch.get("enum").is_none()) {
            let mut string = Map::from_iter([("type".to_owned(), "string".into())]);
            if resolved.iter().any(|branch| branch.get("nullable") == Some(&Value::Bool(true))) {
                string.insert("nullable".to_owned(), true.into());
            }
            return Choice::One(string);
        }
        // The decoder takes the first branch that fits: the more a branch requires, the earlier it is tried.
        let mut order: Vec<usize> = (0..branches.len()).collect();
        order.sort_by_key(|&index| std::cmp::Reverse(required(resolved[index]).len()));
        let mut branches: Vec<Value> = order.iter().map(|&index| branches[index].clone()).collect();
        let resolved: Vec<&Value> = order.iter().map(|&index| resolved[index]).collect();
        let vague: Vec<usize> = (0..resolved.len()).filter(|&index| self.takes_any_object(resolved[index])).collect();
        // One that would take another's values and lose a part of them cannot be told apart from it: the client keeps
        // such an answer as it came.
        let lists = resolved.iter().filter(|branch| branch.get("type").is_some_and(|kind| kind == "array")).count();
        let hides = |first: usize| (first + 1..resolved.len()).any(|later| hides(resolved[first], resolved[later]));
        if anything || vague.len() > 1 || lists > 1 || (0..resolved.len()).any(hides) {
            return Choice::One(Map::new());
        }
        if let [index] = vague[..] {
            let last = branches.remove(index);
            branches.push(last);
        }
        Choice::Kept(branches)
    }

    /// Whether the generated type decodes any JSON object, whatever its properties.
    fn takes_any_object(&self, schema: &Value) -> bool {
        let is_object = schema.get("type").is_some_and(|kind| kind == "object") || schema.get("properties").is_some();
        let parts = schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
        required(schema).is_empty()
            && !closed
            && (is_object || !parts.is_empty())
            && parts.iter().all(|part| self.takes_any_object(resolved(self.document, part)))
    }
}

fn required(schema: &Value) -> Vec<&str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Whether values of the object `later` decode as the object `first`, which is tried before it, and lose properties.
fn hides(first: &Value, later: &Value) -> bool {
    let properties = |schema: &Value| schema.get("properties").and_then(Value::as_object).cloned();
    let (Some(of_first), Some(of_later)) = (properties(first), properties(later)) else { return false };
    let closed = first.get("additionalProperties") == Some(&Value::Bool(false));
    let needs = required(first);
    let loses = of_later.keys().any(|name| !of_first.contains_key(name));
    // Different sets of strings, or different types, for a property that both must have tell them apart.
    let told_apart = needs.iter().any(|name| match (of_first.get(*name), of_later.get(*name)) {
        (Some(first), Some(later)) => {
            let sets = (first.get("enum").and_then(Value::as_array), later.get("enum").and_then(Value::as_array));
            let disjoint = matches!(sets, (Some(a), Some(b)) if a.iter().all(|value| !b.contains(value)));
            disjoint || first.get("type").is_some() && later.get("type").is_some() && first["type"] != later["type"]
        }
        _ => true,
    });
    !closed && loses && !told_apart
}

enum Choice {
    Kept(Vec<Value>),
    One(Map<String, Value>),
}

fn only_requires(branch: &Value) -> bool {
    branch.as_object().is_some_and(|branch| branch.keys().all(|name| name == "required"))
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
    } else if ["minimum", "maximum", "multipleOf"].iter().any(|keyword| schema.contains_key(*keyword)) {
        schema.insert("type".to_owned(), "number".into());
    } else if ["minLength", "maxLength", "pattern"].iter().any(|keyword| schema.contains_key(*keyword)) {
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
