//! The document that answers are held against: its GET operations and what they may answer.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use xtask::pointer::{Pointer, resolve};
use xtask::{load, overlay};

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
    /// The names of its query parameters, and whether each is required.
    pub query: Vec<(String, bool)>,
}

impl Operation {
    /// Whether `path` is this operation's, whatever its parameters are called.
    #[must_use]
    pub fn is(&self, path: &str) -> bool {
        let shape = |path: &str| -> Vec<String> {
            path.split('/').map(|part| if part.starts_with('{') { "{}".to_owned() } else { part.to_owned() }).collect()
        };
        shape(&self.path) == shape(path)
    }
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
                "#/openapi: {}: answers are held against OpenAPI 3.1, whose schemas are JSON Schema",
                version.unwrap_or("no version")
            ),
        }
        let nulls_are_absent = match &value[NULL] {
            Value::Null => false,
            Value::String(reading) if reading == ABSENT => true,
            other => bail!("#/{NULL}: expected `{ABSENT}`, found {other}"),
        };
        let mut operations = Vec::new();
        for (path, item) in value["paths"].as_object().into_iter().flatten() {
            if let Some(operation) = item.get("get") {
                let at = Pointer::root().child("paths").child(path);
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

    /// Whether an optional property that is null counts as absent.
    pub(crate) fn nulls_are_absent(&self) -> bool {
        self.nulls_are_absent
    }

    /// What an operation may answer with this status: the status itself, its range, or the default.
    pub(crate) fn response(&self, operation: &Operation, status: u16) -> Result<Option<(Pointer, &Value)>> {
        let at = operation.at.child("responses");
        let names = [status.to_string(), format!("{}XX", status / 100), "default".to_owned()];
        let found = names.iter().map(|name| at.child(name)).find(|at| at.find(&self.value).is_some());
        found.map(|at| self.follow(at)).transpose()
    }

    /// What stands at a place, or what its reference names if it is nothing but one.
    pub(crate) fn follow(&self, at: Pointer) -> Result<(Pointer, &Value)> {
        let value = at.find(&self.value).with_context(|| format!("{at}: not there"))?;
        match (value.get("$ref").and_then(Value::as_str), value.as_object().map(serde_json::Map::len)) {
            (Some(reference), Some(1)) => resolve(&self.value, reference, &at),
            _ => Ok((at, value)),
        }
    }
}

fn query(document: &Value, at: &Pointer, owners: [&Value; 2]) -> Result<Vec<(String, bool)>> {
    let mut names = Vec::new();
    for parameter in owners.into_iter().filter_map(|owner| owner["parameters"].as_array()).flatten() {
        let parameter = match parameter["$ref"].as_str() {
            Some(reference) => resolve(document, reference, at)?.1,
            None => parameter,
        };
        if let ("query", Some(name)) = (parameter["in"].as_str().unwrap_or_default(), parameter["name"].as_str()) {
            names.push((name.to_owned(), parameter["required"] == true));
        }
    }
    Ok(names)
}
