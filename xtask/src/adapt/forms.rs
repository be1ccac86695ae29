//! Checks that a body can be sent as a form: it is an object, and each property is a single value, or a list of them,
//! which is sent item by item.
//!
//! Drop when progenitor encodes forms as OpenAPI says.

use anyhow::{Result, bail};
use serde_json::Value;

use super::single_values::{Holds, MAX_DEPTH, holds};
use super::walk::COMPOSITION;
use crate::document::pointer::Pointer;
use crate::document::references::resolve;

/// Checks the schema and the encoding of a form at `at`.
pub(super) fn check(document: &Value, form: &Value, at: &Pointer) -> Result<()> {
    check_encoding(form, &at.child("encoding"))?;
    form.get("schema").map_or(Ok(()), |schema| check_schema(document, schema, &at.child("schema"), MAX_DEPTH))
}

/// Properties are encoded as OpenAPI does by default. How a property is escaped makes no difference to a server.
fn check_encoding(form: &Value, at: &Pointer) -> Result<()> {
    for (name, encoding) in form.get("encoding").and_then(Value::as_object).into_iter().flatten() {
        for (keyword, value) in encoding.as_object().into_iter().flatten() {
            let is_default = match keyword.as_str() {
                "style" => value == "form",
                "explode" => value == true,
                "contentType" => value == "text/plain",
                _ => true,
            };
            if !is_default {
                bail!(at.child(name).child(keyword).fixable("the generator cannot encode single properties of a form"));
            }
        }
    }
    Ok(())
}

fn check_schema(document: &Value, schema: &Value, at: &Pointer, depth: usize) -> Result<()> {
    let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
    let is_other = |kind: &Value| kind != "object" && kind != "null";
    let is_no_object = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is_other),
        kind => kind.is_some_and(is_other),
    };
    if is_no_object {
        bail!(at.fixable("a form is an object"));
    }
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let properties = properties.map(|(name, schema)| (at.child("properties").child(name), schema));
    let rest = schema.get("additionalProperties").map(|schema| (at.child("additionalProperties"), schema));
    for (at, value) in properties.chain(rest) {
        if holds(document, value, &at) == Holds::More {
            bail!(at.fixable("a form can hold single values and lists of them alone"));
        }
    }
    if let Some(Ok((at, schema))) =
        schema.get("$ref").and_then(Value::as_str).map(|reference| resolve(document, reference, at))
    {
        check_schema(document, schema, &at, depth)?;
    }
    for keyword in COMPOSITION {
        for (index, part) in schema.get(keyword).and_then(Value::as_array).into_iter().flatten().enumerate() {
            check_schema(document, part, &at.child(keyword).child(index), depth)?;
        }
    }
    Ok(())
}
