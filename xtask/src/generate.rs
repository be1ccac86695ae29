//! Step 5, generate: progenitor turns an OpenAPI 3.0 document into Rust tokens.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use anyhow::{Error, Result, anyhow};
use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle, TypeImpl};
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::document::bisect::shortest;
use crate::document::openapi::{Operation, operations};
use crate::document::pointer::Pointer;
use crate::document::references::reached;
use crate::texts;

/// The generator's raw output for a lowered document.
///
/// # Errors
/// A document that the generator rejects or panics on, with the pointer of the schema or operation that makes it so.
pub fn client(lowered: &Value) -> Result<TokenStream> {
    read_and_write(lowered).map(|(_, client)| client)
}

/// As [`client`], and the generator's mocks of the operations, for the package `httpmock`. They stand in the client's own
/// crate.
///
/// # Errors
/// As [`client`]. What is an error of the mocks alone has no pointer.
pub fn client_and_mocks(lowered: &Value) -> Result<(TokenStream, TokenStream)> {
    let (document, client) = read_and_write(lowered)?;
    // Each with a generator of its own: one that has written the types would write mocks with other names.
    let mocks = flatten(quietly(|| Generator::new(&settings()).httpmock(&document, "crate")))?;
    Ok((client, mocks))
}

/// The document as the generator reads it, with marks in the place of texts, and its client.
fn read_and_write(lowered: &Value) -> Result<(OpenAPI, TokenStream)> {
    let written = read(&texts::marked(lowered).0).and_then(|document| {
        let client = write_client(&document)?;
        Ok((document, client))
    });
    written.map_err(|error| match culprit(lowered) {
        Some((at, error)) => Error::new(at.fixable(format!("{error:#}"))),
        None => error,
    })
}

fn write_client(document: &OpenAPI) -> Result<TokenStream> {
    flatten(quietly(|| Generator::new(&settings()).generate_tokens(document)))
}

fn read(lowered: &Value) -> Result<OpenAPI> {
    // Only an error needs the path to it, which would be half of the work.
    OpenAPI::deserialize(lowered).or_else(|_| {
        serde_path_to_error::deserialize(lowered)
            .map_err(|error| anyhow!("openapiv3: {}: {}", error.path(), error.inner()))
    })
}

/// progenitor panics on some documents. Here a panic is an error like any other.
fn flatten(outcome: std::thread::Result<Result<TokenStream, progenitor::Error>>) -> Result<TokenStream> {
    let tokens = outcome.map_err(|panic| anyhow!("progenitor panicked: {}", message(panic.as_ref())))?;
    tokens.map_err(|error| anyhow!("progenitor: {error}"))
}

/// The first schema, else the first operation, that fails together with those before it: the last one of the shortest
/// run of them that fails.
fn culprit(lowered: &Value) -> Option<(Pointer, anyhow::Error)> {
    let schemas = lowered["components"]["schemas"].as_object()?;
    let fails = |paths: Value, roots: &Value| {
        let document = json!({
            "openapi": lowered["openapi"],
            "info": lowered["info"],
            "paths": paths,
            "components": { "schemas": reached(schemas, &[roots, &paths]) }
        });
        read(&document).and_then(|document| write_client(&document)).err()
    };
    // What fails without any of them is the fault of none.
    if fails(json!({}), &Value::Null).is_some() {
        return None;
    }
    let names: Vec<&String> = schemas.keys().collect();
    let references = |count: usize| {
        names[..count].iter().map(|name| json!({ "$ref": format!("#/components/schemas/{name}") })).collect::<Value>()
    };
    let fails_with_schemas = |count| fails(json!({}), &references(count));
    if let Some(error) = fails_with_schemas(names.len()) {
        let (index, error) = shortest(names.len(), error, fails_with_schemas);
        return Some((Pointer::schemas().child(names[index]), error));
    }
    let operations: Vec<Operation<'_>> = operations(lowered).collect();
    let paths = |count: usize| {
        let mut paths = json!({});
        for Operation { path, method, value } in &operations[..count] {
            paths[*path][*method] = (*value).clone();
        }
        paths
    };
    let fails_with_operations = |count| fails(paths(count), &Value::Null);
    let error = fails_with_operations(operations.len())?;
    let (index, error) = shortest(operations.len(), error, fails_with_operations);
    Some((operations[index].at(), error))
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic in it is returned and not printed.
fn quietly<T>(work: impl FnOnce() -> T) -> std::thread::Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                usual(info);
            }
        }));
    });
    QUIET.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(false);
    outcome
}

fn settings() -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Builder).with_tag(TagStyle::Merged);
    settings.with_derive("PartialEq");
    let string = |format: &str| schema(json!({ "type": "string", "format": format }));
    let text = [TypeImpl::Display, TypeImpl::FromStr];
    settings
        .with_conversion(string("date-time"), "crate::values::Timestamp", text.into_iter())
        .with_conversion(string("date-or-date-time"), "crate::values::Timestamp", text.into_iter())
        .with_conversion(string("password"), "crate::values::Secret", std::iter::empty())
        .with_conversion(string("path-segment"), "crate::values::PathSegment", text.into_iter())
        .with_conversion(string("path-segment-email"), "crate::values::EmailSegment", text.into_iter());
    for format in ["float", "double"] {
        // 1.1 read as f32 is 1.10000002; money and hours are not.
        settings.with_conversion(
            schema(json!({ "type": "number", "format": format })),
            "f64",
            [TypeImpl::Display, TypeImpl::FromStr, TypeImpl::Default].into_iter(),
        );
    }
    settings
}

fn schema(value: Value) -> schemars::schema::SchemaObject {
    serde_json::from_value(value).expect("a literal schema")
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message")
}
