//! Step 3, lower: converts an OpenAPI 3.1 document into a 3.0 document.
//!
//! [`keywords::TABLE`] states the action on every keyword of OpenAPI 3.1 and JSON Schema 2020-12. No unknown keyword is
//! dropped in silence: a keyword without a row, or without a form in 3.0, is a warning or an error with its location. Lowering
//! knows no generator; a [`Target`] says which media types it wants, and how much it can hold.

mod bodies;
mod components;
mod dialect;
mod form;
pub mod keywords;
mod known_values;
mod objects;
mod operation;
mod origins;
mod parameters;
mod path_template;
mod reached;
mod schema;
mod target;
mod types;
mod wider;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use crate::document::errors::Errors;
use crate::document::located::Located;
use crate::document::openapi::{Version, version};
use crate::document::pointer::Pointer;
use form::{check, check_deep};
pub(crate) use form::{list, members, text};
use keywords::{Action, Form, Object};
pub use origins::Origins;
pub use target::{Property, Selected, Sending, Size, Target};

/// The version of a lowered document.
const VERSION: &str = "3.0.3";

/// A document in the form of OpenAPI 3.0.
#[derive(Debug)]
pub struct Lowered {
    /// The document: its operations, and every schema they reach.
    pub document: Value,
    /// Where its parts stand in the document that it was made of.
    pub origins: Origins,
    /// The types that schemas other than components and properties ask for by name, with the schemas' locations there.
    pub named: BTreeMap<String, Pointer>,
    /// The parts of that document that were left out or read in another way, with locations there. No value of a request
    /// or a response is lost by one of them.
    pub warnings: BTreeSet<Located>,
}

/// Converts `document` (OpenAPI 3.0 or 3.1) into a 3.0 document for `target`.
///
/// # Errors
/// All there are, each with the JSON pointer: another version, a value of the wrong form, an unknown keyword where a part of a request or a
/// response could be lost, a reference that names nothing or itself, a keyword without a form in OpenAPI 3.0 whose loss
/// would change more than a type, and a part that the target does not take.
pub fn to_30(document: &Value, target: &dyn Target) -> Result<Lowered> {
    let mut lowering = Lowering::of(document, target)?;
    let root = Pointer::root();
    let mut errors = Errors::default();
    let mut lowered = errors.take(lowering.object(Object::OpenApi, document, &root)).unwrap_or_default();
    let schemas = errors.take(lowering.reached_schemas());
    errors.finish()?;
    lowering.check_unreached_schemas()?;
    lowered.insert("openapi".to_owned(), VERSION.into());
    lowered.entry("paths").or_insert_with(|| json!({}));
    let info = lowered.entry("info").or_insert_with(|| json!({}));
    for name in ["title", "version"] {
        info.as_object_mut().map(|info| info.entry(name).or_insert_with(|| "".into()));
    }
    lowered.insert("components".to_owned(), json!({ "schemas": schemas }));
    Ok(Lowered {
        document: Value::Object(lowered),
        origins: lowering.origins,
        named: lowering.reached.asked,
        warnings: lowering.warnings,
    })
}

/// One run over a document.
struct Lowering<'a> {
    document: &'a Value,
    target: &'a dyn Target,
    /// 3.0 ignores what stands beside a `$ref`; 3.1 does not.
    is_30: bool,
    /// How many parameters the operations so far have.
    parameters: usize,
    reached: reached::Reached,
    origins: Origins,
    warnings: BTreeSet<Located>,
}

impl<'a> Lowering<'a> {
    fn of(document: &'a Value, target: &'a dyn Target) -> Result<Self> {
        let is_30 = version(document)? == Version::V30;
        Ok(Self {
            document,
            target,
            is_30,
            parameters: 0,
            reached: reached::Reached::of(document),
            origins: Origins::default(),
            warnings: BTreeSet::new(),
        })
    }

    /// Walks one object by the table: checks every keyword's form, and takes its action: keep, convert, drop, widen or
    /// reject.
    fn object(&mut self, object: Object, value: &Value, at: &Pointer) -> Result<Map<String, Value>> {
        let mut out = Map::new();
        let required: &[&str] = match object {
            Object::OpenApi => &["info"],
            Object::Info => &["title", "version"],
            _ => &[],
        };
        let written = members(value, at)?;
        for name in required.iter().filter(|name| written.get(**name).is_none_or(Value::is_null)) {
            self.warnings.insert(at.error(format!("`{name}` is missing; no request or response needs it")));
        }
        let mut errors = Errors::default();
        for (name, value) in written {
            if let Some(Some(lowered)) = errors.take(self.member(object, written, name, value, &at.child(name))) {
                out.insert(name.clone(), lowered);
            }
        }
        errors.finish()?;
        Ok(out)
    }

    /// The lowered value of one member of an object; `None` where nothing of it remains.
    fn member(
        &mut self,
        object: Object,
        written: &Map<String, Value>,
        name: &str,
        value: &Value,
        at: &Pointer,
    ) -> Result<Option<Value>> {
        // Extensions are for other tools. The steps that know one read it themselves.
        if name.starts_with("x-") {
            return Ok(None);
        }
        let Some(row) = keywords::find(object, name) else {
            let unknown = format!("`{name}` is not a keyword of the {object} Object");
            if keywords::may_lose(object, written) {
                bail!(at.fixable(unknown));
            }
            self.warnings.insert(at.error(format!("{unknown}; it is left out")));
            return Ok(None);
        };
        if let Some(reason) = keywords::is_absent(object, row, value) {
            self.warnings.insert(at.error(format!("{reason}; it is left out")));
            return Ok(None);
        }
        let text = (row.form == Form::Text).then(|| self.unquoted(value, at)).flatten();
        let value = text.as_ref().unwrap_or(value);
        match row.action {
            Action::Keep if keywords::is_for_readers(object, name) && check(row.form, value, at).is_err() => {
                self.check_dropped(row.form, value, at)?;
                Ok(None)
            }
            Action::Drop => {
                self.check_dropped(row.form, value, at)?;
                Ok(None)
            }
            Action::Widen => {
                check_deep(row.form, value, at)?;
                self.warnings.insert(at.error(format!("`{name}` restricts no type: {}", row.note)));
                Ok(None)
            }
            Action::Reject => bail!(at.fixable(format!("`{name}` cannot be generated: {}", row.note))),
            Action::Keep | Action::Convert => self.keyword(object, name, row.form, value, at),
        }
    }

    /// Warns of a part that is left out and has a wrong form, as it may be meant otherwise.
    ///
    /// # Errors
    /// None about a location.
    fn check_dropped(&mut self, form: Form, value: &Value, at: &Pointer) -> Result<()> {
        let Err(error) = check_deep(form, value, at) else { return Ok(()) };
        let Located { at, message, .. } = error.downcast()?;
        self.warnings.insert(at.error(format!("{message}; the client does not need it")));
        Ok(())
    }

    /// Lowers schemas, each below `at` by its key.
    fn schemas<'v, K: Display + Copy>(
        &mut self,
        schemas: impl Iterator<Item = (K, &'v Value)>,
        at: &Pointer,
    ) -> Result<Vec<(K, Value)>> {
        let mut errors = Errors::default();
        let lowered: Vec<_> = schemas
            .filter_map(|(key, schema)| Some((key, errors.take(self.schema(schema, &at.child(key)))?)))
            .collect();
        errors.finish()?;
        Ok(lowered)
    }

    /// The text that a number or a boolean is meant as, such as `version: 1.0` without quotes.
    fn unquoted(&mut self, value: &Value, at: &Pointer) -> Option<Value> {
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            _ => return None,
        };
        self.warnings.insert(at.error(format!("{value} is read as the text \"{text}\"; put it in quotes")));
        Some(text.into())
    }

    /// The lowered value of one keyword; `None` where nothing of it remains.
    fn keyword(
        &mut self,
        object: Object,
        name: &str,
        form: Form,
        value: &Value,
        at: &Pointer,
    ) -> Result<Option<Value>> {
        let value = match (object, name) {
            (Object::OpenApi, "paths") => self.paths(value, at)?,
            // Built by `path_item`, `operation` and `schema`, which know what stands around them.
            (Object::PathItem, _)
            | (Object::Operation, "parameters" | "requestBody" | "responses")
            | (Object::RequestBody | Object::Response, "content")
            | (Object::Schema, "anyOf" | "oneOf" | "$defs" | "definitions" | "$id") => return Ok(None),
            (Object::Schema, "additionalProperties") if value.is_boolean() => value.clone(),
            (Object::Schema, "items") if value.is_array() => {
                let warning =
                    "a list is the old form of `prefixItems`, which restricts no type; the items are any values";
                self.warnings.insert(at.error(warning));
                json!({})
            }
            (Object::Schema, "unevaluatedItems" | "unevaluatedProperties") => {
                if !value.is_boolean() && *value != json!({}) {
                    let warning = format!("`{name}` restricts no type: 3.0 does not know what is evaluated");
                    self.warnings.insert(at.error(warning));
                }
                return Ok(None);
            }
            // It is about forms only, and the target checks it there.
            (Object::MediaType, "encoding") => {
                self.check_dropped(form, value, at)?;
                return Ok(None);
            }
            // Only what operations reach is looked at, when they reach it.
            (Object::OpenApi, "components") => {
                self.components(value, at)?;
                return Ok(None);
            }
            (Object::OpenApi, "jsonSchemaDialect") | (Object::Schema, "$schema") => {
                self.check_dialect(value, at)?;
                return Ok(None);
            }
            _ => match form {
                Form::One(Object::Schema) => self.schema(value, at)?,
                Form::Many(Object::Schema) => self
                    .schemas(list(value, at)?.iter().enumerate(), at)?
                    .into_iter()
                    .map(|(_, schema)| schema)
                    .collect(),
                Form::Named(Object::Schema) => {
                    let schemas = self.schemas(members(value, at)?.iter(), at)?;
                    schemas.into_iter().map(|(name, schema)| (name.clone(), schema)).collect()
                }
                Form::One(object) => Value::Object(self.object(object, value, at)?),
                form => {
                    check(form, value, at)?;
                    value.clone()
                }
            },
        };
        Ok(Some(value))
    }
}
