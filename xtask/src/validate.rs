//! Validates the sections and references of a document on its own, so that a broken document is reported before an
//! overlay that fails because of it.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::document::load::Document;
use crate::document::pointer::Pointer;
use crate::document::references::resolve;
use crate::lower::keywords::{self, Object};

/// Keywords whose values are data, in which `$ref` would be any key.
const DATA: [&str; 5] = ["example", "examples", "default", "enum", "const"];

/// Looks for sections that OpenAPI does not know, for the paths, and for what every `$ref` names.
///
/// # Errors
/// The first that is broken, with its pointer.
pub fn check(document: &Document) -> Result<()> {
    let whole = &document.value;
    let look = || {
        sections(Object::OpenApi, whole, &Pointer::root())?;
        if whole.get("paths").is_none() {
            bail!(Pointer::root().error("`paths` is missing"));
        }
        if let Some(components) = whole.get("components") {
            sections(Object::Components, components, &Pointer::root().child("components"))?;
        }
        references(whole, whole, &Pointer::root())
    };
    look().with_context(|| document.name.clone())
}

fn sections(object: Object, value: &Value, at: &Pointer) -> Result<()> {
    let names = value.as_object().into_iter().flat_map(|members| members.keys());
    for name in names.filter(|name| !name.starts_with("x-")) {
        if keywords::find(object, name).is_none() {
            bail!(at.child(name).error(format!("`{name}` is not a section of a document; renamed?")));
        }
    }
    Ok(())
}

fn references(document: &Value, value: &Value, at: &Pointer) -> Result<()> {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                resolve(document, reference, at)?;
            }
            let looked_at =
                members.iter().filter(|(name, _)| !DATA.contains(&name.as_str()) && !name.starts_with("x-"));
            looked_at.into_iter().try_for_each(|(name, value)| references(document, value, &at.child(name)))
        }
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(index, value)| references(document, value, &at.child(index)))
        }
        _ => Ok(()),
    }
}
