//! Checks that nothing is lost: every property of the document has a field in its type, and every type a value.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use serde_json::{Map, Value};
use syn::{Field, Fields, ItemStruct, Type};

use super::index::Index;
use super::syntax::{arguments, has_argument, json_name, last_name, written_name};
use crate::document::errors::Errors;
use crate::document::openapi::operations;
use crate::document::pointer::Pointer;
use crate::document::references::resolve;
use crate::document::rust_names::type_name;

/// The cure of a schema that shares its type's name with another.
const HINT: &str = "give it a `title` of its own or change it with an overlay action";

/// Holds the generated types against the components and bodies they were made of.
///
/// # Errors
/// With the pointer: a property that the generator left out, and a schema that it made a type without values of. It
/// does so where parts of `allOf` contradict each other, and where two schemas have one type's name.
pub(super) fn check(index: &Index<'_>, lowered: &Value) -> Result<()> {
    let types = Types { lowered, index };
    let schemas = lowered["components"]["schemas"].as_object();
    let mut errors = Errors::default();
    for (name, schema) in schemas.into_iter().flatten() {
        errors.take(types.holds(&type_name(name), schema, &Pointer::schemas().child(name)));
    }
    types.bodies(&mut errors);
    errors.finish()?;
    match index.enums.keys().find(|name| types.is_empty(name)) {
        Some(name) => {
            bail!(Pointer::schemas().fixable(format!("no value is possible for the type `{name}`")))
        }
        None => Ok(()),
    }
}

struct Types<'a> {
    lowered: &'a Value,
    index: &'a Index<'a>,
}

impl Types<'_> {
    fn is_empty(&self, name: &str) -> bool {
        self.index.enums.get(name).is_some_and(|item| item.variants.is_empty())
    }

    /// The types of bodies that are no components, which are called after their operation or their title.
    fn bodies(&self, errors: &mut Errors) {
        for operation in operations(self.lowered) {
            let (id, at) = (operation.id().unwrap_or_default(), operation.at());
            let response = at.child("responses").child("2XX");
            for (end, at) in [("body", at.child("requestBody")), ("response", response)] {
                let content = at.child("content");
                for (media_type, value) in content.find(self.lowered).and_then(Value::as_object).into_iter().flatten() {
                    if let Some(schema) = value.get("schema") {
                        let at = content.child(media_type).child("schema");
                        errors.take(self.body(&format!("{id}-{end}"), schema, &at));
                    }
                }
            }
        }
    }

    fn body(&self, name: &str, schema: &Value, at: &Pointer) -> Result<()> {
        let name = type_name(schema.get("title").and_then(Value::as_str).unwrap_or(name));
        for (keyword, end) in [("items", "Item"), ("additionalProperties", "Value")] {
            if let Some(within) = schema.get(keyword) {
                self.body(&format!("{name}{end}"), within, &at.child(keyword))?;
            }
        }
        if schema.get("$ref").is_some() { Ok(()) } else { self.holds(&name, schema, at) }
    }

    /// Whether the type has a place for all that the schema says; references are looked at where they lead.
    fn holds(&self, name: &str, schema: &Value, at: &Pointer) -> Result<()> {
        if self.is_empty(name) {
            bail!(at.fixable("no value is possible: its parts contradict each other"));
        }
        if let (Some(item), Some(Value::Array(values))) = (self.index.enums.get(name), schema.get("enum")) {
            let variants: BTreeSet<String> = item.variants.iter().map(|v| written_name(&v.ident, &v.attrs)).collect();
            if let Some(value) = values.iter().find(|v| v.as_str().is_some_and(|v| !variants.contains(v))) {
                bail!(
                    at.child("enum")
                        .error(format!("the type `{name}` has no place for {value}: another schema has its name"))
                        .hint(HINT)
                );
            }
        }
        let is_choice = ["anyOf", "oneOf"].iter().any(|keyword| schema.get(*keyword).is_some());
        // A choice is a type for each of its branches.
        let Some(ItemStruct { fields: Fields::Named(fields), .. }) =
            self.index.structs.get(name).filter(|_| !is_choice)
        else {
            return Ok(());
        };
        let is_rest = |field: &&Field| has_argument(field, "flatten");
        if let Some(rest) = fields.named.iter().find(is_rest)
            && let Some(field) = fields.named.iter().find(|field| !is_rest(field) && field.ident == rest.ident)
        {
            let at = at.child("properties").child(json_name(field));
            bail!(at.error(
                "the map of the object's other properties has this name too; leave `additionalProperties` out \
                 with an overlay action"
            ));
        }
        let fields: BTreeMap<String, &Field> = fields.named.iter().map(|field| (json_name(field), field)).collect();
        let mut idents = BTreeMap::new();
        for (property, field) in &fields {
            if let Some(other) = idents.insert(&field.ident, property) {
                bail!(at.child("properties").error(format!(
                    "`{other}` and `{property}` would be one field; give one a name with `x-client-name` in an overlay"
                )));
            }
        }
        for (part, at) in self.parts(schema, at) {
            for (property, schema) in part.get("properties").and_then(Value::as_object).into_iter().flatten() {
                let at = at.child("properties").child(property);
                let Some(field) = fields.get(property) else {
                    bail!(at.fixable(format!(
                        "the type `{name}` has no place for it: it contradicts what stands elsewhere"
                    )));
                };
                self.field(&field.ty, schema, &at)?;
            }
        }
        Ok(())
    }

    /// A schema and the parts of its `allOf`, whose properties are all its own.
    fn parts<'v>(&'v self, schema: &'v Value, at: &Pointer) -> Vec<(&'v Value, Pointer)> {
        let mut parts = vec![(schema, at.clone())];
        for (index, part) in schema.get("allOf").and_then(Value::as_array).into_iter().flatten().enumerate() {
            let there = at.child("allOf").child(index);
            let referenced = part.get("$ref").and_then(Value::as_str);
            match referenced.and_then(|reference| resolve(self.lowered, reference, &there).ok()) {
                Some((at, part)) => parts.extend(self.parts(part, &at)),
                None => parts.extend(self.parts(part, &there)),
            }
        }
        parts
    }

    /// The types written within a field's type, held against the schemas written within its schema.
    fn field(&self, ty: &Type, schema: &Value, at: &Pointer) -> Result<()> {
        let is_reference = |schema: &Value| {
            let alone = schema.get("allOf").and_then(Value::as_array).is_some_and(|parts| parts.len() == 1);
            schema.get("$ref").is_some() || alone
        };
        match last_name(ty).as_deref() {
            _ if is_reference(schema) => Ok(()),
            // A schema may be called `Box`, too; its type has no arguments.
            Some(name) if arguments(ty).is_empty() => self.holds(name, schema, at),
            Some("Option" | "Box") => arguments(ty).into_iter().try_for_each(|ty| self.field(ty, schema, at)),
            Some(name @ ("Vec" | "HashMap")) => {
                let keyword = if name == "Vec" { "items" } else { "additionalProperties" };
                let within: Option<&Map<String, Value>> = schema.get(keyword).and_then(Value::as_object);
                match (within, arguments(ty).last()) {
                    (Some(_), Some(ty)) => self.field(ty, &schema[keyword], &at.child(keyword)),
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}
