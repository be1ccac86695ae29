//! Distinguishes an empty response from an unrecognized one.
//!
//! Most properties of a response are optional, so most JSON objects decode. The payload of a type is the properties that
//! matter. A response as a whole with an empty payload is therefore compared with the JSON that it came from: an object
//! that has properties, but none of the payload, is an error. An object within a response is never judged: what its type
//! does not know is kept in it.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

use super::envelope;

/// A type that response bodies are decoded to. Generated code implements it for every type.
pub(crate) trait ResponseBody {
    /// Whether the payload of this value is empty. Called on every response, so it has to be cheap.
    fn is_empty_payload(&self) -> bool {
        false
    }

    /// Whether `value`, the JSON of a value with an empty payload, is recognized all the same.
    fn validate(_value: &Value) -> Result<(), Unrecognized> {
        Ok(())
    }

    /// Whether the document names all that this value holds, at every depth. Of the branches of a union, the first that it
    /// holds for is read.
    #[allow(dead_code, reason = "not every document has a union")]
    fn is_known(&self) -> bool {
        true
    }
}

/// An object without any property of its payload.
#[derive(Debug, PartialEq)]
pub(crate) struct Unrecognized {
    /// The names of its properties.
    found: Vec<String>,
    expected: &'static [&'static str],
}

/// Validates an object: it has at least one property of `payload`, in itself or in an envelope at one of `paths`, or no
/// property at all.
pub(crate) fn validate_object(
    value: &Value,
    payload: &'static [&'static str],
    paths: &[&str],
) -> Result<(), Unrecognized> {
    // Decoding refuses any other value.
    let Value::Object(members) = value else { return Ok(()) };
    if members.is_empty() || payload.iter().any(|name| envelope::has(members, paths, name)) {
        return Ok(());
    }
    let mut names: Vec<String> = members.keys().cloned().collect();
    // The order of a JSON object depends on features that other crates of a build may turn on.
    names.sort();
    Err(Unrecognized { found: names, expected: payload })
}

impl fmt::Display for Unrecognized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the response holds {:?}, and nothing of {:?}", self.found, self.expected)
    }
}

impl<T: ResponseBody> ResponseBody for Option<T> {
    fn is_empty_payload(&self) -> bool {
        self.as_ref().is_some_and(T::is_empty_payload)
    }
    fn validate(value: &Value) -> Result<(), Unrecognized> {
        T::validate(value)
    }
    fn is_known(&self) -> bool {
        self.as_ref().is_none_or(T::is_known)
    }
}

impl<T: ResponseBody> ResponseBody for Vec<T> {
    fn is_known(&self) -> bool {
        self.iter().all(T::is_known)
    }
}

impl<K, T: ResponseBody> ResponseBody for HashMap<K, T> {
    fn is_known(&self) -> bool {
        self.values().all(T::is_known)
    }
}

impl<T: ResponseBody> ResponseBody for Box<T> {
    fn is_empty_payload(&self) -> bool {
        T::is_empty_payload(self)
    }
    fn validate(value: &Value) -> Result<(), Unrecognized> {
        T::validate(value)
    }
    fn is_known(&self) -> bool {
        T::is_known(self)
    }
}
