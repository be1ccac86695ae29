//! The outline of an OpenAPI document: its version, and its operations.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::Value;

use super::pointer::Pointer;
use super::references::resolve;

/// The methods a path item may hold, in the specification's order.
pub(crate) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// A version of the OpenAPI Specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// 3.0
    V30,
    /// 3.1
    V31,
}

/// The version of OpenAPI that a document is written in.
///
/// # Errors
/// Any other version than 3.0 and 3.1, by name.
pub(crate) fn version(document: &Value) -> Result<Version> {
    let at = Pointer::root().child("openapi");
    match document.get("openapi") {
        Some(Value::String(version)) if is_version(version, "3.1.") => Ok(Version::V31),
        Some(Value::String(version)) if is_version(version, "3.0.") => Ok(Version::V30),
        Some(version) if ["3.0", "3.1"].contains(&version.to_string().trim_matches('"')) => {
            bail!(at.error(format!("{version} is no whole version; write `\"3.1.0\"` or `\"3.0.3\"`, in quotes")))
        }
        Some(version) => bail!(at.error(format!("OpenAPI {version} is not supported; 3.0 and 3.1 are"))),
        None if document.get("swagger").is_some() => {
            let error = Pointer::root().child("swagger").error("Swagger 2.0 is not supported");
            bail!(error.hint("convert the document to OpenAPI 3.0 or 3.1 first"))
        }
        None => bail!(Pointer::root().error("no `openapi`; this is not an OpenAPI document")),
    }
}

fn is_version(version: &str, prefix: &str) -> bool {
    version.strip_prefix(prefix).is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|b| b.is_ascii_digit()))
}

/// An operation of a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operation<'a> {
    pub(crate) path: &'a str,
    pub(crate) method: &'static str,
    pub(crate) value: &'a Value,
}

impl Operation<'_> {
    /// Where it stands, also if its path item stands elsewhere.
    pub(crate) fn at(&self) -> Pointer {
        Pointer::root().child("paths").child(self.path).child(self.method)
    }

    /// Its `operationId`.
    pub(crate) fn id(&self) -> Option<&str> {
        self.value.get("operationId")?.as_str()
    }
}

/// The operations of a document, by path and then by method; a reference in place of a path item is followed.
pub(crate) fn operations(document: &Value) -> impl Iterator<Item = Operation<'_>> {
    path_items(document).flat_map(move |(path, item)| {
        let reference = item.get("$ref").and_then(Value::as_str);
        // What names nothing is reported where the path item is read.
        let referenced = reference.and_then(|reference| Some(resolve(document, reference, &Pointer::root()).ok()?.1));
        METHODS.into_iter().filter_map(move |method| {
            let value = item.get(method).or_else(|| referenced?.get(method))?;
            Some(Operation { path, method, value })
        })
    })
}

/// The URLs of the servers of the whole document, without a slash at the end.
pub(crate) fn servers(document: &Value) -> BTreeSet<String> {
    let servers = document.get("servers").and_then(Value::as_array).into_iter().flatten();
    let urls = servers.filter_map(|server| server.get("url")?.as_str());
    urls.map(|url| url.trim_end_matches('/').to_owned()).collect()
}

/// The path items of a document, by path; extensions among them are left out.
pub(crate) fn path_items(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let items = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    items.map(|(path, item)| (path.as_str(), item)).filter(|(path, _)| !path.starts_with("x-"))
}

/// The operations of a document whose path items hold operations and no references, to be changed.
pub(crate) fn operations_mut(document: &mut Value) -> impl Iterator<Item = (Pointer, &mut Value)> {
    let at = Pointer::root().child("paths");
    let items = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    items.flat_map(move |(path, item)| {
        let at = at.child(path);
        let members = item.as_object_mut().into_iter().flatten();
        members.map(move |(method, operation)| (at.child(method), operation))
    })
}
