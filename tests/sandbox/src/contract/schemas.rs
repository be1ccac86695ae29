//! The compiled schemas of a document: unchanged for requests, in strict form for responses.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Map, Value, json};

use super::reading::{At as _, Reading, object};
use super::strict::strict;
use crate::moment;

const COMPONENTS: &str = "#/components/schemas/";

pub(super) struct Schemas<'a> {
    components: &'a Map<String, Value>,
    pub(super) reading: Reading,
}

impl<'a> Schemas<'a> {
    pub(super) fn read(document: &'a Value, reading: Reading) -> Result<Self, String> {
        Ok(Self { components: object(document, "/components/schemas")?, reading })
    }

    /// The component that a schema refers to; else the schema itself.
    pub(super) fn resolve<'s>(&'s self, schema: &'s Value) -> Result<&'s Value, String> {
        let Some(name) = schema["$ref"].as_str().and_then(|target| target.strip_prefix(COMPONENTS)) else {
            return Ok(schema);
        };
        self.components.get(name).ok_or_else(|| format!("{COMPONENTS}{name}: not there"))
    }

    /// Compiles a schema as documented.
    pub(super) fn documented(&self, schema: &Value) -> Result<Validator, String> {
        compile(schema, self.components, &[moment::FORMAT])
    }

    /// Compiles a schema for what goes out: every documented property and no other.
    ///
    /// The strict form of a schema that a response refers to. Other schemas have none: they say how a client reads.
    pub(super) fn response(&self, schema: &Value) -> Result<Validator, String> {
        let schema = strict(schema, self.reading)?;
        let mut components = Map::new();
        let mut names = references(&schema);
        while let Some(name) = names.pop() {
            if components.contains_key(name) {
                continue;
            }
            let documented = self.components.get(name).ok_or_else(|| format!("{COMPONENTS}{name}: not there"))?;
            // The names are those of the documented form, which outlives its strict one.
            names.extend(references(documented));
            components.insert(name.to_owned(), strict(documented, self.reading).at(&format!("{COMPONENTS}{name}"))?);
        }
        compile(&schema, &components, &[moment::FORMAT])
    }
}

/// The components that a schema refers to.
fn references(schema: &Value) -> Vec<&str> {
    match schema {
        Value::Object(keywords) => keywords
            .iter()
            .flat_map(|(keyword, value)| match value.as_str() {
                Some(target) if keyword == "$ref" => target.strip_prefix(COMPONENTS).into_iter().collect(),
                _ => references(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// Compiles a schema; the formats named take every form of a point in time.
fn compile(schema: &Value, components: &Map<String, Value>, lenient: &[&str]) -> Result<Validator, String> {
    let root = json!({ "allOf": [schema], "components": { "schemas": components } });
    let mut options = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true);
    for &format in lenient {
        options = options.with_format(format, |text: &str| moment::parse(text).is_some());
    }
    options.build(&root).map_err(|error| error.to_string())
}

/// All that is wrong with a value, each fault with its place.
pub(super) fn faults(schema: &Validator, value: &Value) -> Result<(), String> {
    let faults: Vec<String> = schema.iter_errors(value).map(|error| fault(&error)).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ")) }
}

fn fault(error: &ValidationError<'_>) -> String {
    let reason = match error.kind() {
        // In place of the value, which the library shows whole.
        ValidationErrorKind::OneOfNotValid { context } => {
            let branches = context.iter().map(|errors| errors.iter().map(fault).collect::<Vec<_>>().join("; "));
            format!("no form fits: {}", branches.collect::<Vec<_>>().join(" | "))
        }
        _ => error.to_string(),
    };
    match error.instance_path().as_str() {
        "" => reason,
        place => format!("{place}: {reason}"),
    }
}
