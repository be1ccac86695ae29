//! Gives the properties of an object, the parameters of an operation and the values of an enumeration names that stay
//! different in Rust: `createdAt` beside `created_at` becomes `created_at_2`. The name in JSON stays, and so does the name
//! of the first of them.
//!
//! Drop when progenitor and typify number the fields and setters that would have one name.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::walk::each_schema;
use crate::document::aliases::{alias, rename, restore};
use crate::document::openapi::operations_mut;
use crate::document::rust_names::{BUILDER_METHODS, field_name, setter_name, variant_name};

/// The field that typify adds for the properties that a schema does not name.
const MAP: &str = "extra";

/// Numbers the properties that collide, in the document's order.
pub(super) fn number_properties(document: &mut Value) {
    each_schema(document, &mut |schema, _| properties(schema));
}

/// Numbers the parameters that collide, in the document's order.
pub(super) fn number_parameters(document: &mut Value) {
    for (_, operation) in operations_mut(document) {
        let has_body = operation.get("requestBody").is_some();
        let reserved =
            BUILDER_METHODS.into_iter().chain(["body", "body_map", "client"].into_iter().filter(|_| has_body));
        let mut reserved: BTreeSet<String> = reserved.map(str::to_owned).collect();
        let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) else { continue };
        // The path holds the names of its parameters, which are different already.
        let is_path = |parameter: &Value| parameter["in"] == "path";
        let name = |parameter: &Value| parameter["name"].as_str().unwrap_or_default().to_owned();
        reserved.extend(parameters.iter().filter(|parameter| is_path(parameter)).map(|p| setter_name(&name(p))));
        let mut others: Vec<&mut Value> = parameters.iter_mut().filter(|parameter| !is_path(parameter)).collect();
        let names: Vec<String> = others.iter().map(|parameter| name(parameter)).collect();
        for (parameter, alias) in others.iter_mut().zip(aliases(&names, setter_name, reserved)) {
            if let Some(alias) = alias {
                parameter["name"] = alias.into();
            }
        }
    }
}

fn properties(schema: &mut Map<String, Value>) {
    let is_open = schema.get("additionalProperties").is_some_and(|rest| *rest != Value::Bool(false));
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    let mut names: Vec<String> = properties.keys().cloned().collect();
    // typify makes a field of a required property that is not described.
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    names.extend(required.filter(|name| !properties.contains_key(*name)).map(str::to_owned));
    let reserved = is_open.then(|| MAP.to_owned()).into_iter().collect();
    for (name, numbered) in names.iter().zip(aliases(&names, field_name, reserved)) {
        // To Rust, `r#` is no part of a name.
        if let Some(alias) = numbered.or_else(|| name.starts_with("r#").then(|| alias(name, name))) {
            rename(schema, name, &alias);
        }
    }
}

/// Numbers the values of an enumeration that collide, in the document's order.
pub(super) fn number_values(document: &mut Value) {
    each_schema(document, &mut |schema, _| values(schema));
}

fn values(schema: &mut Map<String, Value>) {
    let Some(values) = schema.get_mut("enum").and_then(Value::as_array_mut) else { return };
    let mut known = BTreeSet::new();
    values.retain(|value| known.insert(value.to_string()));
    let names: Vec<String> = values.iter().filter_map(Value::as_str).map(name_of_value).collect();
    let mut seen = BTreeSet::new();
    let mut taken: BTreeSet<String> = names.iter().map(|name| variant_name(name)).collect();
    for (value, name) in values.iter_mut().zip(&names) {
        let Some(text) = value.as_str() else { continue };
        let is_first = seen.insert(variant_name(name));
        // To Rust, `r#` is no part of a name.
        if is_first && name == text && !text.starts_with("r#") {
            continue;
        }
        let numbers = (2..).map(|n| format!("{name}_{n}"));
        let free = |name: &String| taken.insert(variant_name(name));
        let name = if is_first { Some(name.clone()) } else { numbers.into_iter().find(free) };
        *value = alias(&name.unwrap_or_default(), text).into();
    }
}

/// The value as the name of a variant: one without letters and digits is called so.
fn name_of_value(value: &str) -> String {
    match value {
        "" => "empty".to_owned(),
        _ if !value.contains(char::is_alphanumeric) => "value".to_owned(),
        _ => value.to_owned(),
    }
}

/// The aliases of the names that are reserved, or that Rust cannot tell from one before them. `in_rust` is the name that
/// the generator makes of one.
pub(super) fn aliases(
    names: &[String],
    in_rust: impl Fn(&str) -> String,
    reserved: BTreeSet<String>,
) -> Vec<Option<String>> {
    let mut taken: BTreeSet<String> = names.iter().map(|name| in_rust(name)).chain(reserved.clone()).collect();
    let mut seen = reserved;
    let alias_of = |name: &String| {
        let plain = in_rust(name);
        if seen.insert(plain.clone()) {
            return None;
        }
        let mut numbered = plain.clone();
        for n in 2.. {
            numbered = format!("{plain}_{n}");
            if taken.insert(numbered.clone()) {
                break;
            }
        }
        Some(alias(&numbered, &restore(name)))
    };
    names.iter().map(alias_of).collect()
}
