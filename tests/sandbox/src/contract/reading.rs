//! How the sandbox reads a document: where it leaves a choice, where its schemas are, and how an error names its place.

use serde_json::{Map, Value};

/// Where a request body or a response has its schema.
pub(super) const JSON: &str = "/content/application~1json/schema";

/// How a document is read where it leaves a choice. Either way each documented property must be there, and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// The document means what it says.
    AsWritten,
    /// It is read as the live API serves it:
    /// - an optional property may be null, whatever its type;
    /// - an error may be a text, and if it is JSON, it may lack properties and have others.
    AsServed,
}

pub(super) fn object<'a>(document: &'a Value, pointer: &str) -> Result<&'a Map<String, Value>, String> {
    document.pointer(pointer).and_then(Value::as_object).ok_or_else(|| format!("#{pointer}: not an object"))
}

/// Puts the place in front of an error.
pub(super) trait At {
    fn at(self, place: &str) -> Self;
}

impl<T> At for Result<T, String> {
    fn at(self, place: &str) -> Self {
        self.map_err(|error| format!("{place}: {error}"))
    }
}
