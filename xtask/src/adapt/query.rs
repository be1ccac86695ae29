//! Writes out an object in a query as one parameter for each property.
//!
//! Drop when progenitor sends objects in a query.

use anyhow::{Error, Result, bail};
use serde_json::Value;

use super::single_values::{Holds, MAX_DEPTH, holds};
use crate::document::pointer::Pointer;
use crate::document::references::resolve;
use crate::lower::{Property, list, members, text};

/// The note on values that OpenAPI does not define in the style `deepObject`.
const UNDEFINED: &str = "OpenAPI does not define `deepObject` for such values; a single value is sent under the plain name, and each item \
                         of a list under the name with `[]`";

/// The properties of a schema of objects and nothing else. In the style `deepObject`, they are those of the parameter `deep`,
/// which may also be a single value or a list in the place of an object.
pub(super) fn properties<'v>(
    document: &'v Value,
    schema: &'v Value,
    deep: Option<&str>,
    at: &Pointer,
) -> Result<Vec<Property<'v>>> {
    let mut reading = Reading { document, deep, properties: Vec::new(), required: Vec::new(), plain: None };
    reading.add(schema, at, MAX_DEPTH)?;
    let Reading { mut properties, required, plain, .. } = reading;
    for property in &mut properties {
        property.required = plain.is_none() && required.contains(&property.name.as_str());
        if let Some(object) = deep {
            property.name = format!("{object}[{}]", property.name);
        }
        match holds(document, property.schema, &property.at) {
            Holds::Single => {}
            // By its own name, a list is sent as any other is.
            Holds::List if deep.is_none() => {}
            Holds::List => as_list(property),
            Holds::More => bail!(property.at.fixable("an object in the query cannot hold this as well")),
        }
    }
    properties.extend(plain);
    if properties.is_empty() {
        bail!(at.fixable("an object in the query needs the names of its properties"));
    }
    Ok(properties)
}

/// A single value or a list in the style `deepObject`.
pub(super) fn plain<'v>(document: &'v Value, schema: &'v Value, name: &str, at: &Pointer) -> Property<'v> {
    let name = name.to_owned();
    let mut plain = Property { name, schema, at: at.clone(), required: true, note: Some(UNDEFINED) };
    if holds(document, schema, at) == Holds::List {
        as_list(&mut plain);
    }
    plain
}

fn as_list(property: &mut Property<'_>) {
    property.name.push_str("[]");
    property.note = Some(UNDEFINED);
}

struct Reading<'v, 'n> {
    document: &'v Value,
    deep: Option<&'n str>,
    properties: Vec<Property<'v>>,
    required: Vec<&'v str>,
    /// A value in the place of the object.
    plain: Option<Property<'v>>,
}

impl<'v> Reading<'v, '_> {
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
                    let branches: Vec<_> = branches.filter(|(_, branch)| !is_null(branch)).collect();
                    let (objects, others): (Vec<_>, Vec<_>) = branches
                        .into_iter()
                        .partition(|(index, branch)| holds(self.document, branch, &there.child(index)) == Holds::More);
                    match (&objects[..], &others[..], self.deep) {
                        ([(index, only)], [], _) => self.add(only, &there.child(index), depth)?,
                        ([(index, object)], [(other, value)], Some(name)) if self.plain.is_none() => {
                            self.add(object, &there.child(index), depth)?;
                            let value = plain(self.document, value, name, &there.child(other));
                            self.plain = Some(Property { required: false, ..value });
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
                        self.properties.retain(|known| known.name != *name);
                        let at = there.child(name);
                        self.properties.push(Property { name: name.clone(), schema, at, required: false, note: None });
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
