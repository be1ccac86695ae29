//! Names of operations: the document's own where they are unique, else made from tag, method and path.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::Value;

use crate::pointer::{Pointer, resolve};

/// The methods a path item may hold, in the specification's order.
pub(crate) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The name of each operation, by path and method.
pub(super) type OperationIds = BTreeMap<(String, String), String>;

/// Names that generated builders use for something else; a builder of that name would hide it.
const BUILDER_NAMES: [&str; 13] = [
    "Box",
    "ByteStream",
    "Default",
    "Err",
    "Error",
    "From",
    "Ok",
    "Option",
    "RequestBuilderExt",
    "ResponseValue",
    "Result",
    "String",
    "Vec",
];

/// Methods that the hand-written half of the client and the generator's own give to `Client`.
pub const CLIENT_METHODS: [&str; 15] = [
    "builder",
    "clone",
    "credential",
    "find_marked",
    "from_env",
    "from_variables",
    "limits",
    "new",
    "new_with_client",
    "raw",
    "rotate_key",
    "set_credentials",
    "verify",
    "with_attempt_timeout",
    "with_timeout",
];

/// An operation that goes by another name than its own `operationId`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    /// Where it stands.
    pub at: Pointer,
    /// Its `operationId`, which another operation or the client itself claims too.
    pub id: String,
    /// The name that was made for it, as the method of the client is called.
    pub method: String,
}

/// The operations of a document that cannot keep their `operationId`.
///
/// # Errors
/// An operation for which no unique name can be made, with its pointer.
pub fn renamed(document: &Value) -> Result<Vec<Renamed>> {
    let named = named(document)?.into_iter();
    Ok(named
        .filter_map(|(operation, name)| {
            let id = operation.id.clone().filter(|id| *id != name)?;
            Some(Renamed { at: operation.at(), id, method: name.to_snake_case() })
        })
        .collect())
}

pub(super) fn operation_ids(document: &Value) -> Result<OperationIds> {
    let named = named(document)?.into_iter();
    Ok(named.map(|(operation, name)| ((operation.path, operation.method.to_owned()), name)).collect())
}

/// An operation's name depends on its own `operationId`, tag, method and path, and on whether another operation or
/// the client itself claims the same `operationId`; never on the order or number of the others.
fn named(document: &Value) -> Result<Vec<(Named, String)>> {
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
    let pairs = operations.into_iter().zip(names).map(|(operation, name)| match name {
        Some(name) if unique.contains(&written(&name)) => Ok((operation, name)),
        _ => bail!("{}: no unique name can be made; give the operation an `operationId` of its own", operation.at()),
    });
    pairs.collect()
}

/// An `operationId` of which the generator and this crate make the same name: of letters and digits, none first.
fn plain(id: &str) -> String {
    let is_plain = |c: char| c.is_alphabetic() || c.is_ascii_digit() || c.is_ascii_punctuation() && c != '\'';
    let id: String = id.chars().map(|c| if is_plain(c) { c } else { ' ' }).collect();
    let starts_with_digit = id.to_snake_case().starts_with(|c: char| c.is_ascii_digit());
    if starts_with_digit { format!("operation_{id}") } else { id }
}

/// A name as the generator writes it for a builder; its method's name differs wherever this does.
fn written(name: &str) -> String {
    name.to_snake_case().to_upper_camel_case()
}

/// The names that one operation alone claims, and nothing else of the client, as the generator writes them.
fn unique(names: &[Option<String>]) -> BTreeSet<String> {
    let mut seen = BTreeMap::<String, usize>::new();
    for name in names.iter().flatten() {
        *seen.entry(written(name)).or_default() += 1;
    }
    let is_free =
        |name: &str| !BUILDER_NAMES.contains(&name) && !CLIENT_METHODS.contains(&name.to_snake_case().as_str());
    seen.into_iter().filter(|(name, count)| *count == 1 && is_free(name)).map(|(name, _)| name).collect()
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
            id: text(operation.get("operationId")).map(|id| plain(&id)).filter(|id| !id.to_snake_case().is_empty()),
            tag: text(operation.get("tags").and_then(|tags| tags.get(0))),
        }
    }

    fn at(&self) -> Pointer {
        Pointer::root().child("paths").child(&self.path).child(self.method)
    }

    /// `keys_list` for the operation `list` of the tag `keys`.
    fn by_tag(&self) -> Option<String> {
        Some(plain(&format!("{}_{}", self.tag.as_ref()?.to_snake_case(), self.id.as_ref()?.to_snake_case())))
    }

    /// `get_v1_projects_by_project_id_keys` for `GET /v1/projects/{project_id}/keys`.
    fn by_path(&self) -> String {
        plain(&format!("{}_{}", self.method, self.path.replace("/{", "/by_"))).to_snake_case()
    }
}
