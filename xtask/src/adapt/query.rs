//! What queries and forms can hold. An object in a query becomes one parameter for each property, which is what both of
//! OpenAPI's ways of writing it there come to.

use anyhow::{Error, Result, bail};
use serde_json::Value;

use super::Lowering;
use super::form::{list, members, text};
use crate::document::pointer::Pointer;
use crate::document::references::resolve;

/// How deep references and compositions may lead before a value counts as neither an object nor a list.
const MAX_DEPTH: usize = 32;

/// What a schema says of the values that a query can hold.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Single values.
    Single,
    /// Lists of single values, among others.
    List,
    /// Objects, or lists of what is no single value.
    More,
}

/// A property of an object that is written out in a query.
pub(super) struct Property<'a> {
    pub(super) name: &'a str,
    pub(super) schema: &'a Value,
    pub(super) at: Pointer,
    pub(super) required: bool,
}

impl<'a> Lowering<'a> {
    /// What is the most that a value of this schema may be.
    pub(super) fn holds(&self, schema: &Value, at: &Pointer) -> Holds {
        self.holds_within(schema, at, MAX_DEPTH)
    }

    fn holds_within(&self, schema: &Value, at: &Pointer, depth: usize) -> Holds {
        let Some(depth) = depth.checked_sub(1) else { return Holds::Single };
        let is = |name: &str| match schema.get("type") {
            Some(Value::String(kind)) => kind == name,
            Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == name),
            _ => false,
        };
        let untyped = schema.get("type").is_none();
        let says = |names: &[&str]| untyped && names.iter().any(|name| schema.get(*name).is_some());
        let mut holds = Holds::Single;
        if is("object") || says(&["properties", "additionalProperties"]) {
            return Holds::More;
        }
        if is("array") || says(&["items"]) {
            let item = schema.get("items").map(|items| self.holds_within(items, at, depth));
            if item.is_some_and(|item| item != Holds::Single) {
                return Holds::More;
            }
            holds = Holds::List;
        }
        let referenced = schema.get("$ref").and_then(Value::as_str).and_then(|r| resolve(self.document, r, at).ok());
        let parts = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|name| schema.get(name)?.as_array()).flatten();
        for part in parts.chain(referenced.map(|(_, schema)| schema)) {
            match self.holds_within(part, at, depth) {
                Holds::More => return Holds::More,
                Holds::List => holds = Holds::List,
                Holds::Single => {}
            }
        }
        holds
    }

    /// The properties of a schema of objects and nothing else; an error where the parameter is called so that it
    /// cannot be written out.
    pub(super) fn written_out<'v>(&self, schema: &'v Value, is_deep: bool, at: &Pointer) -> Result<Vec<Property<'v>>>
    where
        'a: 'v,
    {
        let mut properties = Vec::new();
        let mut required = Vec::new();
        self.collect(schema, at, MAX_DEPTH, &mut properties, &mut required)?;
        for property in &mut properties {
            property.required = required.contains(&property.name);
            match self.holds(property.schema, &property.at) {
                Holds::Single => {}
                // By its own name, a list is sent as any other is.
                Holds::List if !is_deep => {}
                _ => bail!(property.at.fixable("an object in the query cannot hold this as well")),
            }
        }
        if properties.is_empty() {
            bail!(at.fixable("an object in the query needs the names of its properties"));
        }
        Ok(properties)
    }

    /// A form is written as a query is, but for lists: each property is one single value.
    pub(super) fn check_form(&self, schema: &Value, at: &Pointer) -> Result<()> {
        self.check_form_within(schema, at, MAX_DEPTH)
    }

    fn check_form_within(&self, schema: &Value, at: &Pointer, depth: usize) -> Result<()> {
        let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
        let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
        let properties = properties.map(|(name, schema)| (at.child("properties").child(name), schema));
        let rest = schema.get("additionalProperties").map(|schema| (at.child("additionalProperties"), schema));
        for (at, value) in properties.chain(rest) {
            if self.holds(value, &at) != Holds::Single {
                bail!(at.fixable("a form can hold single values alone"));
            }
        }
        if let Some(Ok((at, schema))) =
            schema.get("$ref").and_then(Value::as_str).map(|reference| resolve(self.document, reference, at))
        {
            self.check_form_within(schema, &at, depth)?;
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            for (index, part) in schema.get(keyword).and_then(Value::as_array).into_iter().flatten().enumerate() {
                self.check_form_within(part, &at.child(keyword).child(index), depth)?;
            }
        }
        Ok(())
    }

    fn collect<'v>(
        &self,
        schema: &'v Value,
        at: &Pointer,
        depth: usize,
        properties: &mut Vec<Property<'v>>,
        required: &mut Vec<&'v str>,
    ) -> Result<()>
    where
        'a: 'v,
    {
        let cannot =
            |keyword: &str| {
                Error::new(at.child(keyword).fixable(
                    "a query holds single values, lists of them, and objects written out property by property",
                ))
            };
        let Some(depth) = depth.checked_sub(1) else { bail!(at.error("the schema is made of itself")) };
        for (keyword, value) in members(schema, at)? {
            let there = at.child(keyword);
            match keyword.as_str() {
                "$ref" => {
                    let (there, value) = resolve(self.document, text(value, &there)?, at)?;
                    self.collect(value, &there, depth, properties, required)?;
                }
                "allOf" => {
                    for (index, part) in list(value, &there)?.iter().enumerate() {
                        self.collect(part, &there.child(index), depth, properties, required)?;
                    }
                }
                "anyOf" | "oneOf" => {
                    let branches = list(value, &there)?.iter().enumerate();
                    let mut branches =
                        branches.filter(|(_, branch)| branch.get("type").is_none_or(|kind| kind != "null"));
                    match (branches.next(), branches.next()) {
                        (Some((index, only)), None) => {
                            self.collect(only, &there.child(index), depth, properties, required)?;
                        }
                        _ => return Err(cannot(keyword)),
                    }
                }
                "type" => {
                    let is_object = |kind: &Value| kind == "object" || kind == "null";
                    if !is_object(value) && !value.as_array().is_some_and(|kinds| kinds.iter().all(is_object)) {
                        return Err(cannot(keyword));
                    }
                }
                "properties" => {
                    for (name, schema) in members(value, &there)? {
                        properties.retain(|known| known.name != name);
                        properties.push(Property { name, schema, at: there.child(name), required: false });
                    }
                }
                "required" => required.extend(value.as_array().into_iter().flatten().filter_map(Value::as_str)),
                "additionalProperties" if *value != Value::Bool(false) => return Err(cannot(keyword)),
                _ => {}
            }
        }
        Ok(())
    }
}
