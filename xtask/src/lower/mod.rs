//! Step 3, lower: an OpenAPI 3.1 document becomes the 3.0 document that the generator reads.
//!
//! [`keywords::TABLE`] says for every keyword of OpenAPI 3.1 and JSON Schema 2020-12 what happens to it. Nothing is
//! dropped for being unknown: what has no row, no 3.0 form, or no form in the generator is an error with its place.

mod bodies;
mod composed;
pub mod extensions;
mod fit;
pub mod keywords;
mod merging;
mod names;
mod objects;
mod one_way;
mod operation;
mod origins;
mod parameters;
mod path_template;
mod query;
mod schema;
mod shapes;
mod titles;
mod types;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use crate::load::kind;
use crate::pointer::Pointer;
use keywords::{Fate, Form, Object};
pub(crate) use names::METHODS;
pub use names::{CLIENT_METHODS, Renamed, renamed};
pub use origins::Origins;

/// The dialects that schemas of a 3.1 document are written in by default.
const DIALECTS: [&str; 2] =
    ["https://spec.openapis.org/oas/3.1/dialect/base", "https://json-schema.org/draft/2020-12/schema"];

/// What to do about a document that cannot be generated: it is not ours to edit.
const CURE: &str = "change it with an overlay action";

/// What a lowered document calls itself.
const VERSION: &str = "3.0.3";

/// The 3.0 form of `document` (OpenAPI 3.0 or 3.1), holding its operations and every schema they reach.
///
/// # Errors
/// With the JSON pointer: another version, a value of the wrong form, an unknown keyword, a reference that names
/// nothing or itself, and whatever has no form in OpenAPI 3.0 or in the generator.
pub fn to_30(document: &Value) -> Result<Value> {
    lowered(document).map(|(lowered, _)| lowered)
}

/// The same, with where its parts stood in `document`.
///
/// # Errors
/// As [`to_30`].
pub fn lowered(document: &Value) -> Result<(Value, Origins)> {
    let mut lowering = Lowering::of(document)?;
    let root = Pointer::root();
    let mut lowered = lowering.object(Object::OpenApi, document, &root)?;
    lowered.insert("openapi".to_owned(), VERSION.into());
    lowered.entry("paths").or_insert_with(|| json!({}));
    lowered.insert("components".to_owned(), json!({ "schemas": lowering.reached_schemas()? }));
    let lowered = fit::to_generator(Value::Object(lowered));
    let origins = lowering.origins;
    match lowered {
        Ok(lowered) => Ok((lowered, origins)),
        Err(error) => Err(origins.attributed(error, document)),
    }
}

/// One run over a document.
struct Lowering<'a> {
    document: &'a Value,
    /// 3.0 ignores what stands beside a `$ref`; 3.1 does not.
    is_30: bool,
    operation_ids: names::OperationIds,
    /// How many parameters the operations so far have.
    parameters: usize,
    schemas: schema::Reached,
    origins: Origins,
}

impl<'a> Lowering<'a> {
    fn of(document: &'a Value) -> Result<Self> {
        let is_30 = is_30(document)?;
        Ok(Self {
            document,
            is_30,
            operation_ids: names::operation_ids(document)?,
            parameters: 0,
            schemas: schema::Reached::of(document),
            origins: Origins::default(),
        })
    }

    /// Walks one object by the table: checks every keyword's form, keeps and lowers, leaves out, refuses.
    fn object(&mut self, object: Object, value: &Value, at: &Pointer) -> Result<Map<String, Value>> {
        let mut out = Map::new();
        let required: &[&str] = match object {
            Object::OpenApi => &["info"],
            Object::Info => &["title", "version"],
            Object::License => &["name"],
            _ => &[],
        };
        for name in required {
            if !members(value, at)?.contains_key(*name) {
                bail!("{at}: `{name}` is missing; {CURE}");
            }
        }
        for (name, value) in members(value, at)? {
            // Extensions are for other tools; two of them would even steer the generator.
            if name.starts_with("x-") {
                continue;
            }
            let at = at.child(name);
            let Some(row) = keywords::find(object, name) else {
                bail!("{at}: `{name}` is not a keyword of a {object} Object; {CURE}");
            };
            match row.fate {
                Fate::LeftOut => check_deep(row.form, value, &at)?,
                Fate::Refused => bail!("{at}: `{name}` cannot be generated: {}; {CURE}", row.note),
                Fate::Kept | Fate::Lowered => {
                    if let Some(value) = self.keyword(object, name, row.form, value, &at)? {
                        out.insert(name.clone(), value);
                    }
                }
            }
        }
        Ok(out)
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
            (Object::Schema, "unevaluatedItems" | "unevaluatedProperties") => {
                if !value.is_boolean() && *value != json!({}) {
                    bail!("{at}: `{name}` cannot be generated: 3.0 does not know what is evaluated; {CURE}");
                }
                return Ok(None);
            }
            // Speaks of forms only; `request_body` looks at it there.
            (Object::MediaType, "encoding") => {
                check_deep(form, value, at)?;
                return Ok(None);
            }
            // Only what operations reach is looked at, when they reach it.
            (Object::OpenApi, "components") => {
                check_components(value, at)?;
                return Ok(None);
            }
            (Object::OpenApi, "jsonSchemaDialect") | (Object::Schema, "$schema") => {
                check(form, value, at)?;
                if !DIALECTS.iter().any(|dialect| value == dialect) {
                    bail!("{at}: the dialect {value} is not supported; OpenAPI 3.1's own is");
                }
                return Ok(None);
            }
            _ => match form {
                Form::One(Object::Schema) => self.schema(value, at)?,
                Form::Many(Object::Schema) => list(value, at)?
                    .iter()
                    .enumerate()
                    .map(|(index, value)| self.schema(value, &at.child(index)))
                    .collect::<Result<_>>()?,
                Form::Named(Object::Schema) => {
                    let mut schemas = Map::new();
                    for (name, value) in members(value, at)? {
                        schemas.insert(name.clone(), self.schema(value, &at.child(name))?);
                    }
                    Value::Object(schemas)
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

fn check_components(value: &Value, at: &Pointer) -> Result<()> {
    for (section, value) in members(value, at)? {
        let at = at.child(section);
        if section.starts_with("x-") {
            continue;
        }
        let Some(row) = keywords::find(Object::Components, section) else {
            bail!("{at}: `{section}` is not a section of components; {CURE}");
        };
        match (row.fate, row.form) {
            (keywords::Fate::LeftOut, form) => check_deep(form, value, &at)?,
            (_, Form::Named(object)) => {
                let named = members(value, &at)?.iter();
                named.into_iter().try_for_each(|(name, value)| check(Form::One(object), value, &at.child(name)))?;
            }
            (_, form) => check(form, value, &at)?,
        }
    }
    Ok(())
}

/// Whether the document is OpenAPI 3.0, and not 3.1.
///
/// # Errors
/// Any other version, by name.
pub(crate) fn is_30(document: &Value) -> Result<bool> {
    let at = Pointer::root().child("openapi");
    match document.get("openapi") {
        Some(Value::String(version)) if is_version(version, "3.1.") => Ok(false),
        Some(Value::String(version)) if is_version(version, "3.0.") => Ok(true),
        Some(version) if ["3.0", "3.1"].contains(&version.to_string().trim_matches('"')) => {
            bail!("{at}: {version} is no whole version; write `\"3.1.0\"` or `\"3.0.3\"`, in quotes")
        }
        Some(version) => bail!("{at}: OpenAPI {version} is not supported; 3.0 and 3.1 are"),
        None if document.get("swagger").is_some() => {
            bail!("#/swagger: Swagger 2.0 is not supported; OpenAPI 3.0 and 3.1 are")
        }
        None => bail!("#: no `openapi`; this is not an OpenAPI document"),
    }
}

fn is_version(version: &str, prefix: &str) -> bool {
    version.strip_prefix(prefix).is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|b| b.is_ascii_digit()))
}

/// The members of a mapping.
fn members<'v>(value: &'v Value, at: &Pointer) -> Result<&'v Map<String, Value>> {
    match value {
        Value::Object(members) => Ok(members),
        other => bail!("{at}: expected a mapping, found {}", kind(other)),
    }
}

/// The items of a list.
fn list<'v>(value: &'v Value, at: &Pointer) -> Result<&'v Vec<Value>> {
    match value {
        Value::Array(items) => Ok(items),
        other => bail!("{at}: expected a list, found {}", kind(other)),
    }
}

/// The text of a string.
fn text<'v>(value: &'v Value, at: &Pointer) -> Result<&'v str> {
    match value {
        Value::String(text) => Ok(text),
        other => bail!("{at}: expected a string, found {}", kind(other)),
    }
}

/// Checks the form of what is left out, and of what the table knows below it. What it does not know there is left out
/// as well.
fn check_deep(form: Form, value: &Value, at: &Pointer) -> Result<()> {
    check(form, value, at)?;
    match (form, value) {
        // A schema is looked at where values of it are sent or answered.
        (Form::One(Object::Schema), _) => Ok(()),
        (Form::One(object), Value::Object(members)) => members.iter().try_for_each(|(name, value)| {
            keywords::find(object, name).map_or(Ok(()), |row| check_deep(row.form, value, &at.child(name)))
        }),
        (Form::Many(object), Value::Array(items)) => {
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, value)| check_deep(Form::One(object), value, &at.child(index)))
        }
        (Form::Named(object), Value::Object(members)) => {
            members.iter().try_for_each(|(name, value)| check_deep(Form::One(object), value, &at.child(name)))
        }
        _ => Ok(()),
    }
}

/// Checks the form of a value that holds no further objects.
fn check(form: Form, value: &Value, at: &Pointer) -> Result<()> {
    let texts = || value.as_array().is_some_and(|items| items.iter().all(Value::is_string));
    let count = || value.is_u64() || value.as_f64().is_some_and(|n| n >= 0.0 && n.fract() == 0.0);
    let (expected, fits) = match form {
        Form::Text => ("a string", value.is_string()),
        Form::Flag => ("a boolean", value.is_boolean()),
        Form::Number => ("a number", value.is_number()),
        Form::Count => ("a whole number from 0", count()),
        Form::Bound => ("a number or a boolean", value.is_number() || value.is_boolean()),
        Form::Texts => ("a list of strings", texts()),
        Form::Types => ("a string or a list of strings", value.is_string() || texts()),
        Form::Values | Form::Many(_) => ("a list", value.is_array()),
        Form::One(Object::Schema) => ("a schema", value.is_object() || value.is_boolean()),
        Form::Mapping | Form::One(_) | Form::Named(_) => ("a mapping", value.is_object()),
        Form::Mappings => ("a list of mappings", value.as_array().is_some_and(|all| all.iter().all(Value::is_object))),
        Form::Any => return Ok(()),
    };
    if !fits {
        bail!("{at}: expected {expected}, found {}", kind(value));
    }
    Ok(())
}
