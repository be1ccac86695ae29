//! Step 4, generate: an OpenAPI 3.0 document becomes Rust tokens, by progenitor.

use std::panic::{AssertUnwindSafe, catch_unwind};

use anyhow::{Result, anyhow};
use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle, TypeImpl};
use serde_json::{Value, json};

/// The generator's raw output for a lowered document.
///
/// # Errors
/// What the generator refuses or panics on.
pub fn client(lowered: &Value) -> Result<TokenStream> {
    let document: OpenAPI = serde_path_to_error::deserialize(lowered)
        .map_err(|error| anyhow!("openapiv3: {}: {}", error.path(), error.inner()))?;
    // progenitor answers some documents with a panic; here it is one more refusal.
    let tokens = catch_unwind(AssertUnwindSafe(|| Generator::new(&settings()).generate_tokens(&document)))
        .map_err(|panic| anyhow!("progenitor panicked: {}", message(panic.as_ref())))?;
    tokens.map_err(|error| anyhow!("progenitor: {error}"))
}

fn settings() -> GenerationSettings {
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_tag(TagStyle::Merged);
    let string = |format: &str| schema(json!({ "type": "string", "format": format }));
    let text = [TypeImpl::Display, TypeImpl::FromStr];
    settings
        .with_conversion(string("date-time"), "crate::Timestamp", text.into_iter())
        .with_conversion(string("password"), "crate::Secret", std::iter::empty())
        .with_conversion(string("path-segment"), "crate::PathSegment", text.into_iter())
        .with_conversion(string("path-segment-email"), "crate::EmailSegment", text.into_iter())
        // An id is text: its form is the server's business, and a UUID type would be one more crate.
        .with_conversion(string("uuid"), "::std::string::String", text.into_iter());
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
