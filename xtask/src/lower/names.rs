//! Names of operations: the document's own where they are unique, else made from tag, method and path.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::Value;

use crate::pointer::{Pointer, resolve};

/// The methods a path item may hold, in the specification's order.
pub(super) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The name of each operation, by path and method.
pub(super) type OperationIds = BTreeMap<(String, String), String>;

/// An operation's name depends on its own `operationId`, tag, method and path, and on whether another operation
/// claims the same `operationId`; never on the order or number of the others.
pub(super) fn operation_ids(document: &Value) -> Result<OperationIds> {
    let mut operations = Vec::new();
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let at = Pointer::root().child("paths").child(path);
        let referenced = match item.get("$ref").and_then(Value::as_str) {
            Some(reference) => Some(resolve(document, reference, &at)?.1),
            None => None,
        };
        for method in METHODS {
            let operation = item.get(method).or_else(|| referenced.and_then(|item| item.get(method)));
            if let Some(operation) = operation {
                operations.push(Named::of(path, method, operation));
            }
        }
    }
    // An `operationId` that one operation alone claims is its name, whatever is made for the others.
    let own: Vec<Option<String>> = operations.iter().map(|operation| operation.id.clone()).collect();
    let kept = unique(&own);
    let mut names: Vec<Option<String>> =
        own.into_iter().map(|id| id.filter(|id| kept.contains(&written(id)))).collect();
    for candidate in [Named::by_tag, |operation: &Named| Some(operation.by_path())] {
        let made: Vec<Option<String>> = operations.iter().map(candidate).collect();
        let unclaimed = unique(&made);
        for (name, made) in names.iter_mut().zip(made).filter(|(name, _)| name.is_none()) {
            *name = made.filter(|made| unclaimed.contains(&written(made)) && !kept.contains(&written(made)));
        }
    }
    let unique = unique(&names);
    let mut ids = OperationIds::new();
    for (name, operation) in names.into_iter().zip(operations) {
        let at = Pointer::root().child("paths").child(&operation.path).child(operation.method);
        match name {
            Some(name) if unique.contains(&written(&name)) => {
                ids.insert((operation.path, operation.method.to_owned()), name);
            }
            _ => bail!("{at}: no unique name can be made; give the operation an `operationId` of its own"),
        }
    }
    Ok(ids)
}

/// A name as the generator writes it for a builder; its method's name differs wherever this does.
fn written(name: &str) -> String {
    name.to_snake_case().to_upper_camel_case()
}

/// The names that one operation alone claims, as the generator writes them.
fn unique(names: &[Option<String>]) -> BTreeSet<String> {
    let mut seen = BTreeMap::<String, usize>::new();
    for name in names.iter().flatten() {
        *seen.entry(written(name)).or_default() += 1;
    }
    seen.into_iter().filter(|(_, count)| *count == 1).map(|(name, _)| name).collect()
}

struct Named {
    path: String,
    method: &'static str,
    id: Option<String>,
    tag: Option<String>,
}

impl Named {
    fn of(path: &str, method: &'static str, operation: &Value) -> Self {
        let text = |value: Option<&Value>| {
            value.and_then(Value::as_str).filter(|t| !t.to_snake_case().is_empty()).map(str::to_owned)
        };
        Self {
            path: path.to_owned(),
            method,
            id: text(operation.get("operationId")),
            tag: text(operation.get("tags").and_then(|tags| tags.get(0))),
        }
    }

    /// `keys_list` for the operation `list` of the tag `keys`.
    fn by_tag(&self) -> Option<String> {
        Some(format!("{}_{}", self.tag.as_ref()?.to_snake_case(), self.id.as_ref()?.to_snake_case()))
    }

    /// `get_v1_projects_by_project_id_keys` for `GET /v1/projects/{project_id}/keys`.
    fn by_path(&self) -> String {
        let segments = self.path.replace("/{", "/by_").to_snake_case();
        format!("{}_{segments}", self.method)
    }
}
