//! Validates the sections and references of a document on its own, so that a broken document is reported before an
//! overlay that fails because of it.

use anyhow::{Context as _, Error, Result};
use serde_json::Value;

use crate::document::errors::Errors;
use crate::document::load::Document;
use crate::document::pointer::Pointer;
use crate::document::references::resolve;
use crate::lower::keywords::{self, Object};

/// Keywords whose values are data, in which `$ref` would be any key.
const DATA: [&str; 5] = ["example", "examples", "default", "enum", "const"];

/// Looks for sections that OpenAPI does not know, for the paths, and for what every `$ref` names.
///
/// # Errors
/// All that are broken, each with its pointer.
pub fn check(document: &Document) -> Result<()> {
    let whole = &document.value;
    let mut errors = Errors::default();
    sections(Object::OpenApi, whole, &Pointer::root(), &mut errors);
    if whole.get("paths").is_none() {
        errors.add(Pointer::root().error("`paths` is missing"));
    }
    if let Some(components) = whole.get("components") {
        sections(Object::Components, components, &Pointer::root().child("components"), &mut errors);
    }
    references(whole, whole, &Pointer::root(), &mut errors);
    errors.finish().with_context(|| document.name.clone())
}

fn sections(object: Object, value: &Value, at: &Pointer, errors: &mut Errors) {
    let names = value.as_object().into_iter().flat_map(|members| members.keys());
    for name in names.filter(|name| !name.starts_with("x-")) {
        if keywords::find(object, name).is_none() {
            errors.add(at.child(name).error(format!("`{name}` is not a section of a document; renamed?")));
        }
    }
}

fn references(document: &Value, value: &Value, at: &Pointer, errors: &mut Errors) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                errors.take(resolve(document, reference, at).map_err(Error::from));
            }
            let looked_at =
                members.iter().filter(|(name, _)| !DATA.contains(&name.as_str()) && !name.starts_with("x-"));
            looked_at.for_each(|(name, value)| references(document, value, &at.child(name), errors));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| references(document, value, &at.child(index), errors));
        }
        _ => {}
    }
}
