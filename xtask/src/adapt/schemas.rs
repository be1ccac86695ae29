//! Gives every schema a form of which the generator makes a type that holds each of its values.
//!
//! Drop a repair when typify makes such a type by itself: of a nullable component, of keywords without `type`, of a
//! format that has no meaning for its type, of a converted format beside other rules, of `additionalProperties: true`
//! beside properties.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::all_of;
use super::composition::{self, Choice, only_requires};
use super::integers;
use super::walk::{ANNOTATIONS, ANYTHING, NOTES, add_marked, each_schema, note, resolved};
use crate::document::located::Located;
use crate::document::pointer::Pointer;

/// How often repairs are made of repairs.
const ROUNDS: usize = 8;

/// Rules that the generator would make a type of.
const RULES: [&str; 8] =
    ["minLength", "maxLength", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

/// Formats that have a type of their own, which leaves no room for further rules on the text or number.
const CONVERTED: [&str; 7] =
    ["date-time", "date-or-date-time", "date", "password", "path-segment", "path-segment-email", "double"];

/// Repairs every schema of the document; a warning for each that became any JSON value.
pub(super) fn repair(document: &mut Value) -> Vec<Located> {
    each_schema(document, &mut |schema, _| all_of::move_rules(schema));
    let mut nullable = take_nullable(document);
    // A repair can be what another one looks at, through a reference; few rounds settle it.
    for round in 0..ROUNDS {
        let before = document.clone();
        let repair = Repair { document: &before, nullable: &nullable, round };
        each_schema(document, &mut |schema, _| repair.schema(schema));
        // Every reference says it now.
        nullable.clear();
        if *document == before {
            break;
        }
    }
    let mut warnings = Vec::new();
    add_marked(document, &Pointer::root(), &mut warnings);
    each_schema(document, &mut |schema, _| {
        schema.shift_remove(ANYTHING);
        schema.shift_remove(NOTES);
        take_first(schema);
    });
    warnings
}

struct Repair<'a> {
    document: &'a Value,
    /// References to the components that allow `null`.
    nullable: &'a BTreeSet<String>,
    /// How often repairs have been made.
    round: usize,
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

impl Repair<'_> {
    /// Why a part of `allOf` makes any JSON value of the whole, if it does.
    fn reason_of_part(&self, part: &Value) -> Option<String> {
        let reason = resolved(self.document, part).get(ANYTHING)?.as_str()?;
        let name = part.get("$ref").and_then(Value::as_str).and_then(|reference| reference.rsplit('/').next());
        let name = name.map_or_else(String::new, |name| format!(" `{name}`"));
        Some(format!("its part{name} is, because {reason}"))
    }

    fn schema(&self, schema: &mut Map<String, Value>) {
        if schema.get("$ref").and_then(Value::as_str).is_some_and(|target| self.nullable.contains(target)) {
            let reference = Value::Object(std::mem::take(schema));
            schema.insert("allOf".to_owned(), json!([reference]));
            schema.insert("nullable".to_owned(), true.into());
        }
        type_from_keywords(schema);
        drop_format(schema);
        if schema.get("format").and_then(Value::as_str).is_some_and(|format| CONVERTED.contains(&format)) {
            schema.retain(|name, _| !RULES.contains(&name.as_str()));
        }
        if let Some(reason) = integers::widen(schema) {
            keep_all(schema, reason);
        }
        fieldless_enum(schema);
        open_object(schema);
        single_branch(schema);
        open_choice(self.document, schema);
        all_of::merge(self.document, schema, self.round);
        composition::merge(self.document, schema);
        let mut parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        if let Some(reason) = parts.find_map(|part| self.reason_of_part(part)) {
            keep_all(schema, &reason);
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(Value::Array(branches)) = schema.get(keyword).cloned() {
                // Branches that only say which properties go together say nothing of a type.
                if branches.iter().all(only_requires) {
                    schema.shift_remove(keyword);
                    continue;
                }
                match composition::choice(self.document, &branches, keyword == "oneOf") {
                    Choice::Kept(branches) => drop(schema.insert(keyword.to_owned(), branches.into())),
                    // What the choice cannot tell apart, properties beside it cannot save.
                    Choice::String { nullable } => {
                        schema.retain(|name, _| ANNOTATIONS.contains(&name.as_str()));
                        schema.insert("type".to_owned(), "string".into());
                        if nullable {
                            schema.insert("nullable".to_owned(), true.into());
                        }
                    }
                    Choice::Anything(reason) => keep_all(schema, reason),
                }
            }
        }
        if composition::has_collision(self.document, schema) {
            match composition::distribute(self.document, schema) {
                Some(choice) => *schema = choice,
                None => keep_all(schema, "properties of two of its parts would have one name in Rust"),
            }
        }
    }
}

/// Makes any JSON value of a schema, and of every schema that it is a part of.
fn keep_all(schema: &mut Map<String, Value>, reason: &str) {
    schema.retain(|name, _| ANNOTATIONS.contains(&name.as_str()));
    schema.insert(ANYTHING.to_owned(), reason.into());
}

/// Makes `oneOf` of `anyOf`: a choice that was kept loses nothing to the first branch that fits. typify flattens the branches
/// of `anyOf` into one object, of which no reader can be made.
fn take_first(schema: &mut Map<String, Value>) {
    let Some(branches) = schema.shift_remove("anyOf") else { return };
    if schema.contains_key("oneOf") {
        add_part(schema, json!({ "oneOf": branches }));
    } else {
        schema.insert("oneOf".to_owned(), branches);
    }
}

/// Keywords of objects or lists without a `type` mean an object or a list; the generator needs it said. A rule means no
/// type: values of all others satisfy it.
fn type_from_keywords(schema: &mut Map<String, Value>) {
    let composed = ["allOf", "anyOf", "oneOf", "$ref"].iter().any(|keyword| schema.contains_key(*keyword));
    if schema.contains_key("type") || composed {
        return;
    }
    if schema.contains_key("properties") || schema.contains_key("additionalProperties") {
        schema.insert("type".to_owned(), "object".into());
    } else if schema.contains_key("items") {
        schema.insert("type".to_owned(), "array".into());
    } else if let Some(rule) = schema.keys().find(|name| all_of::is_rule(name)).cloned() {
        schema.retain(|name, _| !all_of::is_rule(name));
        note(
            schema,
            format!("is read as any JSON value: `{rule}` restricts values of one type only, and no `type` is stated"),
        );
    }
}

/// A UUID is text to a client, and a boolean, a list or an object has no format. A format without a type restricts some
/// types and allows all others. typify would look for a type of each.
fn drop_format(schema: &mut Map<String, Value>) {
    let has = |keyword: &str, names: &[&str]| {
        schema.get(keyword).and_then(Value::as_str).is_some_and(|name| names.contains(&name))
    };
    let is_untyped = !schema.contains_key("type");
    if is_untyped || has("format", &["uuid"]) || has("type", &["boolean", "array", "object"]) {
        schema.shift_remove("format");
    }
}

/// An `enum` becomes a Rust enum only where it can: of strings. Elsewhere the type alone holds every value.
fn fieldless_enum(schema: &mut Map<String, Value>) {
    let Some(Value::Array(values)) = schema.get("enum") else {
        return;
    };
    let is_text = schema.get("type").is_none_or(|kind| kind == "string") && values.iter().all(Value::is_string);
    if !is_text || values.is_empty() {
        schema.shift_remove("enum");
        return;
    }
    // typify leaves out values that a limit beside them forbids, though the document lists them.
    schema.retain(|name, _| !["minLength", "maxLength"].contains(&name.as_str()));
}

/// A choice of one branch, beside keywords of its own, is one more part.
fn single_branch(schema: &mut Map<String, Value>) {
    for keyword in ["anyOf", "oneOf"] {
        if schema.get(keyword).and_then(Value::as_array).is_some_and(|branches| branches.len() == 1)
            && let Some(Value::Array(branch)) = schema.shift_remove(keyword)
        {
            for branch in branch {
                add_part(schema, branch);
            }
        }
    }
}

/// `additionalProperties: false` beside a choice forbids the properties of its branches, which nobody means to write.
fn open_choice(document: &Value, schema: &mut Map<String, Value>) {
    let has_properties = |branch: &Value| resolved(document, branch).get("properties").is_some();
    let branches = ["anyOf", "oneOf"].into_iter().filter_map(|keyword| schema.get(keyword)?.as_array());
    if schema.get("additionalProperties") == Some(&Value::Bool(false)) && branches.flatten().any(has_properties) {
        schema.shift_remove("additionalProperties");
    }
}

fn add_part(schema: &mut Map<String, Value>, part: Value) {
    if let Some(parts) = schema.entry("allOf").or_insert_with(|| json!([])).as_array_mut() {
        parts.push(part);
    }
}

/// `additionalProperties: true` beside properties generates no place for them; `{}` does.
fn open_object(schema: &mut Map<String, Value>) {
    if schema.contains_key("properties") && schema.get("additionalProperties") == Some(&Value::Bool(true)) {
        schema.insert("additionalProperties".to_owned(), json!({}));
    }
}
