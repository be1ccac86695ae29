//! Gives every operation a name of its own: its `x-client-name` or `operationId` where that is unique, else a name made from tag, method and
//! path. progenitor makes a method and a builder of the name, and rejects an operation without one.
//!
//! Drop when progenitor names operations without `operationId`, and tells those apart that share one.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::Value;

use crate::document::errors::Errors;
use crate::document::extensions;
use crate::document::openapi::{Operation, operations, operations_mut};
use crate::document::pointer::Pointer;
use crate::document::rust_names::{BUILDER_NAMES, builder_name, method_name};

/// Methods that the hand-written half of the client and the generator's own give to `Client`.
pub const CLIENT_METHODS: [&str; 22] = [
    "amounts_over_time",
    "base_url",
    "builder",
    "clone",
    "create_successor",
    "create_successors",
    "credential",
    "expiring_keys",
    "export_requests",
    "from_env",
    "limits",
    "member_keys",
    "new",
    "new_with_client",
    "only_project",
    "raw",
    "rotate_key",
    "rotate_key_with",
    "set_credentials",
    "url_of",
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
            let id = operation.id.filter(|id| *id != name)?;
            Some(Renamed { at: operation.at, id, method: method_name(&name) })
        })
        .collect())
}

/// Writes the name of each operation into its `operationId`.
pub(super) fn assign(document: &mut Value) -> Result<()> {
    let mut names: BTreeMap<Pointer, String> =
        named(document)?.into_iter().map(|(operation, name)| (operation.at, name)).collect();
    for (at, operation) in operations_mut(document) {
        let (Some(operation), Some(name)) = (operation.as_object_mut(), names.remove(&at)) else { continue };
        let id = operation.keys().position(|key| key == "operationId");
        let place = id.or_else(|| operation.keys().position(|key| key == "parameters")).unwrap_or(0);
        operation.shift_insert(place, "operationId".to_owned(), name.into());
    }
    Ok(())
}

/// An operation's name depends on its own `operationId`, tag, method and path, and on whether another operation or
/// the client itself claims the same `operationId`; never on the order or number of the others.
fn named(document: &Value) -> Result<Vec<(Named, String)>> {
    let operations: Vec<Named> = operations(document).map(Named::of).collect();
    // An `operationId` that one operation alone claims is its name, whatever is made for the others.
    let own: Vec<Option<String>> = operations.iter().map(|operation| operation.id.clone()).collect();
    let kept = unique(&own);
    let mut names: Vec<Option<String>> =
        own.into_iter().map(|id| id.filter(|id| kept.contains(&builder_name(id)))).collect();
    for candidate in [Named::by_tag, |operation: &Named| Some(operation.by_path())] {
        if names.iter().all(Option::is_some) {
            break;
        }
        let made: Vec<Option<String>> = operations.iter().map(candidate).collect();
        let unclaimed = unique(&made);
        for (name, made) in names.iter_mut().zip(made).filter(|(name, _)| name.is_none()) {
            *name = made.filter(|made| unclaimed.contains(&builder_name(made)) && !kept.contains(&builder_name(made)));
        }
    }
    let unique = unique(&names);
    let mut errors = Errors::default();
    let pairs = operations.into_iter().zip(names).filter_map(|(operation, name)| {
        let name = name.filter(|name| unique.contains(&builder_name(name))).ok_or_else(|| {
            let error = "no unique name can be made; give the operation an `operationId` of its own";
            operation.at.error(error).into()
        });
        Some((operation, errors.take(name)?))
    });
    let pairs = pairs.collect();
    errors.finish()?;
    Ok(pairs)
}

/// An `operationId` of which the generator and this crate make one name: of letters and digits, none first.
fn plain(id: &str) -> String {
    let is_plain = |c: char| c.is_alphabetic() || c.is_ascii_digit() || c.is_ascii_punctuation() && c != '\'';
    let id: String = id.chars().map(|c| if is_plain(c) { c } else { ' ' }).collect();
    let starts_with_digit = method_name(&id).starts_with(|c: char| c.is_ascii_digit());
    if starts_with_digit { format!("operation_{id}") } else { id }
}

/// The names that one operation alone claims, and nothing else of the client, as the generator writes them.
fn unique(names: &[Option<String>]) -> BTreeSet<String> {
    let mut seen = BTreeMap::<String, usize>::new();
    for name in names.iter().flatten() {
        *seen.entry(builder_name(name)).or_default() += 1;
    }
    let is_free = |name: &str| !BUILDER_NAMES.contains(&name) && !CLIENT_METHODS.contains(&method_name(name).as_str());
    seen.into_iter().filter(|(name, count)| *count == 1 && is_free(name)).map(|(name, _)| name).collect()
}

struct Named {
    at: Pointer,
    path: String,
    method: &'static str,
    id: Option<String>,
    tag: Option<String>,
}

impl Named {
    fn of(operation: Operation<'_>) -> Self {
        let named = |text: Option<&str>| text.filter(|text| !method_name(text).is_empty()).map(str::to_owned);
        // What asks for no name that Rust can have is reported where the operation is lowered.
        let asked = extensions::name(operation.value, &operation.at()).ok().flatten();
        let tag = operation.value.get("tags").and_then(|tags| tags.get(0)?.as_str());
        Self {
            at: operation.at(),
            path: operation.path.to_owned(),
            method: operation.method,
            id: named(asked.or(operation.id())).map(|id| plain(&id)).filter(|id| !method_name(id).is_empty()),
            tag: named(tag),
        }
    }

    /// `keys_list` for the operation `list` of the tag `keys`.
    fn by_tag(&self) -> Option<String> {
        Some(plain(&format!("{}_{}", method_name(self.tag.as_ref()?), method_name(self.id.as_ref()?))))
    }

    /// `get_v1_projects_by_project_id_keys` for `GET /v1/projects/{project_id}/keys`.
    fn by_path(&self) -> String {
        method_name(&plain(&format!("{}_{}", self.method, self.path.replace("/{", "/by_"))))
    }
}
