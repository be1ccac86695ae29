//! Writes out an object in a query as one parameter for each property.
//!
//! Drop when progenitor sends objects in a query.

use anyhow::{Error, Result, bail};
use serde_json::Value;

use super::single_values::{Holds, MAX_DEPTH, holds};
use crate::document::pointer::Pointer;
use crate::document::references::resolve;
use crate::lower::{Property, list, members, text};

/// The properties of a schema of objects and nothing else.
pub(super) fn properties<'v>(
    document: &'v Value,
    schema: &'v Value,
    is_deep: bool,
    at: &Pointer,
) -> Result<Vec<Property<'v>>> {
    let mut reading = Reading { document, properties: Vec::new(), required: Vec::new() };
    reading.add(schema, at, MAX_DEPTH)?;
    let Reading { mut properties, required, .. } = reading;
    for property in &mut properties {
        property.required = required.contains(&property.name.as_str());
        match holds(document, property.schema, &property.at) {
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

struct Reading<'v> {
    document: &'v Value,
    properties: Vec<Property<'v>>,
    required: Vec<&'v str>,
}

impl<'v> Reading<'v> {
    fn add(&mut self, schema: &'v Value, at: &Pointer, depth: usize) -> Result<()> {
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
                    self.add(value, &there, depth)?;
                }
                "allOf" => {
                    for (index, part) in list(value, &there)?.iter().enumerate() {
                        self.add(part, &there.child(index), depth)?;
                    }
                }
                "anyOf" | "oneOf" => {
                    let is_null = |branch: &Value| branch.get("type").is_some_and(|kind| kind == "null");
                    let branches = list(value, &there)?.iter().enumerate();
                    let mut branches = branches.filter(|(_, branch)| !is_null(branch));
                    match (branches.next(), branches.next()) {
                        (Some((index, only)), None) => self.add(only, &there.child(index), depth)?,
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
                        self.properties.retain(|known| known.name != *name);
                        let at = there.child(name);
                        self.properties.push(Property { name: name.clone(), schema, at, required: false });
                    }
                }
                "required" => self.required.extend(value.as_array().into_iter().flatten().filter_map(Value::as_str)),
                "additionalProperties" if *value != Value::Bool(false) => return Err(cannot(keyword)),
                _ => {}
            }
        }
        Ok(())
    }
}
