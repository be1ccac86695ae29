//! Lowering of schemas: JSON Schema 2020-12 becomes the Schema Object of OpenAPI 3.0.

use std::collections::HashMap;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::Lowering;
use super::form::{check, list, text};
use super::keywords::{Form, Object};
use super::known_values;
use super::target::Size;
use super::types::{ANNOTATIONS, bound, null_type, only_null, several_types, single_branch, take_foreign, values};
use super::wider;
use crate::document::errors::Errors;
use crate::document::load::kind;
use crate::document::pointer::Pointer;
use crate::document::{aliases, extensions};

/// The keywords that make a schema a type.
const OF_TYPES: [&str; 5] = ["properties", "enum", "allOf", "anyOf", "oneOf"];

/// Where schemas stand in a lowered document.
const SCHEMAS: &str = "#/components/schemas/";

impl Lowering<'_> {
    pub(super) fn schema(&mut self, value: &Value, at: &Pointer) -> Result<Value> {
        let written = match value {
            Value::Bool(true) => return Ok(json!({})),
            Value::Bool(false) => {
                self.warnings
                    .insert(at.error("no type is without a value; the schema `false` is read as any JSON value"));
                return Ok(json!({}));
            }
            Value::Object(members) => members,
            other => bail!(at.error(format!("expected a schema, found {}", kind(other)))),
        };
        if let Some(own) = self.in_own_dialect(written, at) {
            return self.schema(&Value::Object(own), at);
        }
        if let Some(reference) = written.get("$ref") {
            return self.reference(written, reference, at);
        }
        if let Some(name) = written.get(extensions::TYPE) {
            return self.client_type(name, &at.child(extensions::TYPE));
        }
        if let Some(id) = written.get("$id") {
            let at = at.child("$id");
            check(Form::Text, id, &at)?;
            if refers(value) {
                bail!(at.fixable(
                    "changes the meaning of the references below it; write the schema under `components/schemas`"
                ));
            }
        }
        if let Some(base) = self.without_heirs(written, at) {
            return self.schema(&Value::Object(base), at);
        }
        if let Some(plain) = without_unevaluated(written) {
            return self.schema(&Value::Object(plain), at);
        }
        if OF_TYPES.iter().any(|keyword| written.contains_key(*keyword)) {
            self.reached.types += 1;
            self.target.check_size(Size::Types, self.reached.types, at)?;
        }
        let mut schema = self.object(Object::Schema, value, at)?;
        if written.get("additionalProperties") == Some(&Value::Bool(false)) && written.contains_key("allOf") {
            self.warnings.insert(at.child("additionalProperties").error(
                "closes the schema together with all parts of `allOf`; to JSON Schema it forbids the properties that only a \
                 part names",
            ));
        }
        self.name_type(value, &mut schema, at)?;
        name_properties(written, &mut schema, at)?;
        wider::open(written, &mut schema);
        keep_extensions(written, &mut schema, at)?;
        demand_identity(written, &mut schema, at)?;
        known_values::enumerate(written, &mut schema, at)?;
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            self.target.check_size(Size::Properties, properties.len(), &at.child("properties"))?;
        }
        let mut nullable = schema.get("nullable") == Some(&Value::Bool(true));
        for keyword in ["anyOf", "oneOf"] {
            nullable |= self.without_null(&mut schema, keyword, written, at)?;
        }
        if schema.shift_remove("discriminator").is_some()
            && schema.contains_key("properties")
            && !schema.contains_key("anyOf")
            && !schema.contains_key("oneOf")
        {
            // The base of other schemas, whose values stand in its place: what they have more is to be kept.
            schema.entry("additionalProperties").or_insert(Value::Bool(true));
        }
        values(&mut schema);
        nullable |= null_type(&mut schema, at)?;
        for name in take_foreign(&mut schema) {
            let kind = schema.get("type").and_then(Value::as_str).unwrap_or_default();
            self.warnings
                .insert(at.child(&name).error(format!("`{name}` says nothing of the type `{kind}`; it is left out")));
        }
        bound(&mut schema, "minimum", "exclusiveMinimum", f64::max);
        bound(&mut schema, "maximum", "exclusiveMaximum", f64::min);
        if let Some(encoding) = schema.shift_remove("contentEncoding")
            && encoding == "base64"
        {
            schema.entry("format").or_insert_with(|| "byte".into());
        }
        several_types(&mut schema);
        if nullable {
            schema.insert("nullable".to_owned(), true.into());
        }
        Ok(Value::Object(single_branch(schema)))
    }

    /// A schema that is a choice of those made of itself is meant as what they have in common: the base of them all.
    fn without_heirs(&self, written: &Map<String, Value>, at: &Pointer) -> Option<Map<String, Value>> {
        let names = |reference: Option<&Value>| reference?.as_str().and_then(|text| Pointer::of_reference(text).ok());
        let is_heir = |branch: &Value| {
            let parts = names(branch.get("$ref")).and_then(|heir| heir.find(self.document)?.get("allOf")?.as_array());
            parts.is_some_and(|parts| parts.iter().any(|part| names(part.get("$ref")).as_ref() == Some(at)))
        };
        let of_heirs = |keyword: &&str| {
            let branches = written.get(*keyword).and_then(Value::as_array);
            branches.is_some_and(|branches| !branches.is_empty() && branches.iter().all(is_heir))
        };
        let keyword = ["oneOf", "anyOf"].into_iter().find(of_heirs)?;
        let mut base = written.clone();
        base.shift_remove(keyword);
        base.entry("type").or_insert_with(|| "object".into());
        base.entry("additionalProperties").or_insert(Value::Bool(true));
        Some(base)
    }

    /// A reference, with what stands beside it as a second part of `allOf`.
    fn reference(&mut self, written: &Map<String, Value>, reference: &Value, at: &Pointer) -> Result<Value> {
        let reference = text(reference, &at.child("$ref"))?;
        let target = Pointer::of_reference(reference).map_err(|error| at.error(error.to_string()))?;
        let Some(found) = target.find(self.document) else {
            bail!(at.error(format!("`$ref: {reference}` names nothing in the document")));
        };
        if !found.is_object() && !found.is_boolean() {
            bail!(at.error(format!("`$ref: {reference}` names {}, not a schema", kind(found))));
        }
        if let Some(name) = found.get(extensions::TYPE) {
            return self.client_type(name, &target.child(extensions::TYPE));
        }
        if extensions::name(&Value::Object(written.clone()), at)?.is_some() && is_plain(at) {
            bail!(at.child(extensions::NAME).fixable("a reference has the name of its schema; give that one the name"));
        }
        let reference = self.component(&target)?;
        if self.is_30 {
            return Ok(reference);
        }
        let mut siblings = written.clone();
        siblings.retain(|name, _| !["$ref", "$defs", "definitions"].contains(&name.as_str()));
        let siblings = self.schema(&Value::Object(siblings), at)?;
        let mut outer = Map::new();
        let mut inner = Map::new();
        for (name, value) in siblings.as_object().into_iter().flatten() {
            match name.as_str() {
                "description" | "readOnly" | "writeOnly" => outer.insert(name.clone(), value.clone()),
                name if ANNOTATIONS.contains(&name) => None,
                _ => inner.insert(name.clone(), value.clone()),
            };
        }
        if siblings.get("nullable").is_some() && inner.is_empty() {
            outer.insert("nullable".to_owned(), true.into());
        }
        if outer.is_empty() && inner.is_empty() {
            return Ok(reference);
        }
        let mut parts = vec![reference];
        if !inner.is_empty() {
            parts.push(Value::Object(inner));
        }
        outer.insert("allOf".to_owned(), parts.into());
        Ok(Value::Object(outer))
    }

    /// A reference to the schema that the client reads in place of the one that says so.
    fn client_type(&mut self, name: &Value, at: &Pointer) -> Result<Value> {
        let target = Pointer::schemas().child(text(name, at)?);
        if target.find(self.document).is_none() {
            bail!(at.error(format!("{name} is not a schema of this document")));
        }
        self.component(&target)
    }

    /// A reference to the component that the schema at `target` becomes.
    fn component(&mut self, target: &Pointer) -> Result<Value> {
        let asked = match target.find(self.document).filter(|_| is_plain(target)) {
            Some(schema) => extensions::name(schema, target)?,
            None => None,
        };
        Ok(json!({ "$ref": format!("{SCHEMAS}{}", self.reached.name(target, asked)) }))
    }

    /// Gives a schema the name of its type that it asks for. A component has its name already, and a property asks for one
    /// of its own.
    fn name_type(&mut self, written: &Value, schema: &mut Map<String, Value>, at: &Pointer) -> Result<()> {
        let Some(name) = extensions::name(written, at)?.filter(|_| is_plain(at)) else { return Ok(()) };
        self.reached.ask(name, at)?;
        schema.insert("title".to_owned(), name.into());
        schema.insert(extensions::NAME.to_owned(), name.into());
        Ok(())
    }

    /// Lowers the branches of `anyOf` or `oneOf` that are not `null`; whether one was.
    fn without_null(
        &mut self,
        schema: &mut Map<String, Value>,
        keyword: &str,
        written: &Map<String, Value>,
        at: &Pointer,
    ) -> Result<bool> {
        let Some(branches) = written.get(keyword) else {
            return Ok(false);
        };
        let at = at.child(keyword);
        let branches = list(branches, &at)?;
        if branches.is_empty() {
            bail!(at.error("needs at least one schema"));
        }
        let kept = self.schemas(branches.iter().enumerate().filter(|(_, branch)| !only_null(branch)), &at)?;
        let kept: Vec<Value> = kept.into_iter().map(|(_, schema)| schema).collect();
        let had_null = kept.len() < branches.len();
        if !kept.is_empty() {
            schema.insert(keyword.to_owned(), kept.into());
        }
        Ok(had_null)
    }

    /// Lowers every schema that was reached, and those that they reach, in the document's order.
    pub(super) fn reached_schemas(&mut self) -> Result<Value> {
        let mut lowered = Map::new();
        let mut errors = Errors::default();
        while let Some(target) = self.reached.waiting.pop_front() {
            let value = target.find(self.document).cloned().unwrap_or_default();
            let name = self.reached.names[&target].clone();
            self.origins.note(Pointer::schemas().child(&name), &target);
            if let Some(schema) = errors.take(self.schema(&value, &target)) {
                lowered.insert(name, schema);
            }
            errors.take(self.target.check_size(Size::Schemas, lowered.len(), &target));
        }
        errors.finish()?;
        let components = Pointer::schemas();
        let order = components.find(self.document).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        let names = order.filter_map(|key| self.reached.names.get(&components.child(key)));
        let places: HashMap<&String, usize> = names.enumerate().map(|(place, name)| (name, place)).collect();
        let mut sorted: Vec<_> = lowered.into_iter().collect();
        // What was moved here from elsewhere follows, in the order it was reached.
        sorted.sort_by_key(|(name, _)| places.get(name).copied().unwrap_or(usize::MAX));
        Ok(Value::Object(sorted.into_iter().collect()))
    }
}

/// Whether a place is neither a component nor a property, whose name is another than its type's.
fn is_plain(at: &Pointer) -> bool {
    at.component().is_none() && at.property().as_ref() != Some(at)
}

/// Whether a reference stands in a schema.
fn refers(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.contains_key("$ref") || members.values().any(refers),
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}

/// A schema that composes nothing evaluates its own properties only: the rest is additional.
fn without_unevaluated(written: &Map<String, Value>) -> Option<Map<String, Value>> {
    const OTHERS: [&str; 5] = ["allOf", "anyOf", "oneOf", "additionalProperties", "patternProperties"];
    let rest = written.get("unevaluatedProperties")?.clone();
    if OTHERS.iter().any(|name| written.contains_key(*name)) {
        return None;
    }
    let mut plain = written.clone();
    plain.shift_remove("unevaluatedProperties");
    plain.insert("additionalProperties".to_owned(), rest);
    Some(plain)
}

/// Gives the properties the names in Rust that they ask for.
fn name_properties(written: &Map<String, Value>, schema: &mut Map<String, Value>, at: &Pointer) -> Result<()> {
    let at = at.child("properties");
    for (name, property) in written.get("properties").and_then(Value::as_object).into_iter().flatten() {
        if let Some(rust) = extensions::name(property, &at.child(name))? {
            aliases::rename(schema, name, &aliases::alias(rust, name));
        }
    }
    Ok(())
}

/// Demands the properties that say which one an object is, whatever else the document says of them.
fn demand_identity(written: &Map<String, Value>, schema: &mut Map<String, Value>, at: &Pointer) -> Result<()> {
    let Some(names) = written.get(extensions::IDENTITY) else { return Ok(()) };
    let at = at.child(extensions::IDENTITY);
    check(Form::Texts, names, &at)?;
    let mut required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    for (index, name) in list(names, &at)?.iter().enumerate() {
        let property = name.as_str().and_then(|name| schema.get_mut("properties")?.get_mut(name)?.as_object_mut());
        let Some(property) = property else {
            bail!(at.child(index).error(format!("names {name}, which is not a property of the schema")));
        };
        property.shift_remove("nullable");
        if !required.contains(name) {
            required.push(name.clone());
        }
    }
    schema.insert("required".to_owned(), required.into());
    Ok(())
}

/// Keeps in a lowered schema what later steps read.
fn keep_extensions(written: &Map<String, Value>, schema: &mut Map<String, Value>, at: &Pointer) -> Result<()> {
    if let Some(names) = written.get(extensions::IDENTITY) {
        schema.insert(extensions::IDENTITY.to_owned(), names.clone());
    }
    if let Some(paths) = written.get(extensions::UNWRAP) {
        check(Form::Texts, paths, &at.child(extensions::UNWRAP))?;
        schema.insert(extensions::UNWRAP.to_owned(), paths.clone());
    }
    if let Some(open) = written.get(extensions::OPEN) {
        if open != true {
            bail!(at.child(extensions::OPEN).error(format!("expected `true`, found {open}")));
        }
        schema.insert(extensions::OPEN.to_owned(), true.into());
    }
    if let Some(payload) = written.get(extensions::PAYLOAD) {
        let at = at.child(extensions::PAYLOAD);
        match payload {
            Value::Object(said) if said.len() == 1 && said.contains_key(extensions::EXCEPT) => {
                check(Form::Texts, &said[extensions::EXCEPT], &at.child(extensions::EXCEPT))?;
            }
            said if said == extensions::LISTS => {}
            other => bail!(at.error(format!(
                "expected `{}` or `{}` with names, found {other}",
                extensions::LISTS,
                extensions::EXCEPT
            ))),
        }
        schema.insert(extensions::PAYLOAD.to_owned(), payload.clone());
    }
    Ok(())
}
