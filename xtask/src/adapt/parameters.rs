//! Gives every parameter in a path or header a type that the generator can send there.
//!
//! Drop the single values when progenitor sends lists and objects in paths and headers. The types of strings in paths
//! stay: they keep a value from becoming another path.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::walk::resolved;
use crate::document::errors::Errors;
use crate::document::extensions;
use crate::document::openapi::operations_mut;
use crate::document::pointer::Pointer;

/// The types of single values.
const SINGLE: [&str; 4] = ["string", "integer", "number", "boolean"];

/// Parameters in paths and headers must be single values, and a string in a path must be of the type that keeps it
/// from becoming another path: no document can be trusted to say so.
pub(super) fn restrict(document: &mut Value) -> Result<()> {
    let before = document.clone();
    let mut errors = Errors::default();
    for (at, operation) in operations_mut(document) {
        let at = at.child("parameters");
        for (index, parameter) in operation["parameters"].as_array_mut().into_iter().flatten().enumerate() {
            errors.take(restrict_one(&before, parameter, &at.child(index)));
        }
    }
    errors.finish()
}

fn restrict_one(document: &Value, parameter: &mut Value, at: &Pointer) -> Result<()> {
    let (place, name) = (parameter["in"].as_str().unwrap_or_default(), parameter["name"].to_string());
    let place = place.to_owned();
    if parameter.get(extensions::JOINED).is_some() {
        let schema = &mut parameter["schema"];
        // A single value is sent as the list of it is.
        let mut item = resolved(document, schema).get("items").cloned().unwrap_or_else(|| json!({ "type": "string" }));
        single_value(document, &mut item, &place, &name, at)?;
        // The type of a text with a limit cannot be printed; the server checks it.
        for limit in ["minLength", "maxLength"] {
            item.as_object_mut().and_then(|item| item.shift_remove(limit));
        }
        *schema = json!({ "type": "array", "items": item });
    } else if place == "query" {
        // Of its type, a caller would have to name the variant for a text.
        if is_text(document, resolved(document, &parameter["schema"])) {
            parameter["schema"] = json!({ "type": "string" });
        }
    } else {
        single_value(document, &mut parameter["schema"], &place, &name, at)?;
    }
    Ok(())
}

/// Gives a schema in a path or header, or among values that are joined to a text, the type of single values.
fn single_value(document: &Value, written: &mut Value, place: &str, name: &str, at: &Pointer) -> Result<()> {
    let mut schema = resolved(document, written).clone();
    if is_text(document, &schema) || is_any(&schema) {
        schema = json!({ "type": "string" });
    }
    let is_named = written.get("$ref").is_some() && schema.get("enum").is_some();
    let format = schema.get("format").and_then(Value::as_str);
    match schema.get("type").and_then(Value::as_str) {
        // Enumerations are open: another value of one would be another path.
        Some("string") if place == "path" => {
            let is_email = matches!(format, Some("email" | "path-segment-email"));
            let format = if is_email { "path-segment-email" } else { "path-segment" };
            *written = json!({ "type": "string", "format": format });
        }
        Some("string") if format == Some("password") => bail!(at.fixable(format!(
            "a secret in the {place} cannot be generated, authentication is the hand-written half of the client"
        ))),
        // A set of strings of a name of its own keeps it.
        Some("string") if is_named => {}
        Some(kind) if SINGLE.contains(&kind) => {
            schema.as_object_mut().and_then(|schema| schema.shift_remove("nullable"));
            *written = schema;
        }
        _ => bail!(at.fixable(format!("{name} in the {place} is not one string, number or boolean"))),
    }
    Ok(())
}

/// Whether a schema does not say which single values it allows.
fn is_any(schema: &Value) -> bool {
    ["type", "enum", "allOf", "anyOf", "oneOf"].iter().all(|keyword| schema.get(*keyword).is_none())
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
