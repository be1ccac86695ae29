//! The document that responses are compared with: its GET operations and their responses.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use xtask::media_type::essence;
use xtask::pointer::Pointer;
use xtask::references::resolve;
use xtask::{load, overlay};

use crate::exchange::Exchange;
use crate::parameter::Query;

/// The extension by which a document says how `null` is read; its one value is [`ABSENT`].
const NULL: &str = "x-client-null";
const ABSENT: &str = "absent";

/// An OpenAPI 3.1 document, its overlay applied.
#[derive(Debug)]
pub struct Document {
    value: Value,
    operations: Vec<Operation>,
    nulls_are_absent: bool,
}

/// A GET operation.
#[derive(Debug)]
pub struct Operation {
    /// The path, with its parameters in braces.
    pub path: String,
    /// Where it stands.
    pub at: Pointer,
    /// Its query parameters.
    pub query: Vec<Query>,
}

impl Operation {
    /// Whether `path` is this operation's, whatever its parameters are called.
    #[must_use]
    pub fn is(&self, path: &str) -> bool {
        is_same_path(&self.path, path)
    }
}

/// Whether two paths are one, whatever their parameters are called.
pub(crate) fn is_same_path(one: &str, other: &str) -> bool {
    let part =
        |part: &str| if part.starts_with('{') && part.ends_with('}') { "{}".to_owned() } else { part.to_owned() };
    one.split('/').map(part).eq(other.split('/').map(part))
}

impl Document {
    /// Reads a document and applies its overlays in order.
    ///
    /// # Errors
    /// As the steps load and overlay of the pipeline, and a document that is not OpenAPI 3.1.
    pub fn load(document: &Path, overlays: &[PathBuf]) -> Result<Self> {
        let loaded = load::document(document)?;
        let mut value = loaded.value;
        for path in overlays {
            value = overlay::apply(value, &load::document(path)?)?;
        }
        Self::new(value).with_context(|| loaded.name)
    }

    /// A document that is already parsed.
    ///
    /// # Errors
    /// One that is not OpenAPI 3.1, or has a parameter that names nothing.
    pub fn new(value: Value) -> Result<Self> {
        match value["openapi"].as_str() {
            Some(version) if version.starts_with("3.1.") => {}
            version => bail!(
                "#/openapi: {}: the probe needs OpenAPI 3.1, whose schemas are JSON Schema",
                version.unwrap_or("no version")
            ),
        }
        let nulls_are_absent = match &value[NULL] {
            Value::Null => false,
            Value::String(reading) if reading == ABSENT => true,
            other => bail!("#/{NULL}: expected `{ABSENT}`, found {other}"),
        };
        let mut operations = Vec::new();
        for path in value["paths"].as_object().into_iter().flat_map(Map::keys) {
            let (at, item) = follow(&value, Pointer::root().child("paths").child(path))?;
            if let Some(operation) = item.get("get") {
                if !operation.is_object() {
                    bail!("{}: is {}, not a mapping", at.child("get"), load::kind(operation));
                }
                let query = query(&value, &at, [item, operation])?;
                operations.push(Operation { path: path.clone(), at: at.child("get"), query });
            }
        }
        // Listings before what they list.
        operations.sort_by_key(|operation| operation.path.split('/').count());
        Ok(Self { value, operations, nulls_are_absent })
    }

    /// The GET operations, shorter paths first.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation with this path, whatever its parameters are called.
    pub(crate) fn operation(&self, path: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.is(path))
    }

    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    /// A body as it is validated: without the properties that are null, where those count as absent.
    pub(crate) fn present<'v>(&self, body: &'v Value) -> Cow<'v, Value> {
        if self.nulls_are_absent { Cow::Owned(without_nulls(body)) } else { Cow::Borrowed(body) }
    }

    /// The response of an operation for a status: by the status itself, its range, or `default`.
    pub(crate) fn response(&self, operation: &Operation, status: u16) -> Result<Option<(Pointer, &Value)>> {
        let at = operation.at.child("responses");
        let names = [status.to_string(), format!("{}XX", status / 100), "default".to_owned()];
        let found = names.iter().map(|name| at.child(name)).find(|at| at.find(&self.value).is_some());
        found.map(|at| self.follow(at)).transpose()
    }

    /// The schema of a response's body, where the document has one.
    pub(crate) fn schema_of(&self, exchange: &Exchange) -> Result<Option<Pointer>> {
        let Some(operation) = self.operation(&exchange.path) else { return Ok(None) };
        let Some((response_at, response)) = self.response(operation, exchange.status)? else { return Ok(None) };
        let (content, sent) = (response["content"].as_object(), exchange.content_type.as_deref());
        let name = content.and_then(|content| media_type(content, sent?));
        let at = name.map(|name| response_at.child("content").child(name).child("schema"));
        Ok(at.filter(|at| at.find(&self.value).is_some()))
    }

    /// The value at a place, or the target of the reference there.
    pub(crate) fn follow(&self, at: Pointer) -> Result<(Pointer, &Value)> {
        follow(&self.value, at)
    }
}

/// The documented media type that covers `sent`: itself, or a range such as `text/*`.
pub(crate) fn media_type<'c>(content: &'c Map<String, Value>, sent: &str) -> Option<&'c str> {
    let family = format!("{}/*", sent.split('/').next().unwrap_or_default());
    let covers = |wanted: &str| content.keys().find(|name| essence(name) == wanted);
    covers(sent).or_else(|| covers(&family)).or_else(|| covers("*/*")).map(String::as_str)
}

fn follow(document: &Value, at: Pointer) -> Result<(Pointer, &Value)> {
    let value = at.find(document).with_context(|| format!("{at}: not there"))?;
    match (value.get("$ref").and_then(Value::as_str), value.as_object().map(Map::len)) {
        (Some(reference), Some(1)) => Ok(resolve(document, reference, &at)?),
        _ => Ok((at, value)),
    }
}

fn query(document: &Value, at: &Pointer, owners: [&Value; 2]) -> Result<Vec<Query>> {
    let mut found = Vec::new();
    for parameter in owners.into_iter().filter_map(|owner| owner["parameters"].as_array()).flatten() {
        let parameter = match parameter["$ref"].as_str() {
            Some(reference) => resolve(document, reference, at)?.1,
            None => parameter,
        };
        if parameter["in"] == "query" {
            found.extend(Query::new(document, parameter, at)?);
        }
    }
    Ok(found)
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let present = members.iter().filter(|(_, value)| !value.is_null());
            present.map(|(name, value)| (name.clone(), without_nulls(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(without_nulls).collect::<Vec<_>>().into(),
        other => other.clone(),
    }
}
