//! Distinguishes an empty response from an unrecognized one.
//!
//! Every property of a response is optional, so any JSON object decodes. The payload of a type is the properties that
//! matter. A value with an empty payload is therefore compared with the JSON that it came from: an object that has
//! properties, but none of the payload, is an error. Generated code implements [`ResponseBody`] for every type.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

/// A type that response bodies are decoded to.
pub(crate) trait ResponseBody {
    /// Whether the payload of this value, or of one within it, is empty. Called on every response, so it has to be cheap.
    fn is_empty_payload(&self) -> bool {
        false
    }

    /// Looks for an unrecognized object in `value`, the JSON of a value with an empty payload.
    fn validate(_value: &Value) -> Result<(), Unrecognized> {
        Ok(())
    }
}

/// [`ResponseBody::validate`] of a property's type.
type Validate = fn(&Value) -> Result<(), Unrecognized>;

/// An object without any property of its payload.
#[derive(Debug, PartialEq)]
pub(crate) struct Unrecognized {
    /// The path to it, innermost step first.
    path: Vec<String>,
    /// The names of its properties.
    found: Vec<String>,
    expected: &'static [&'static str],
}

/// Validates an object: it has at least one property of `payload`, or no property at all.
pub(crate) fn validate_object(
    value: &Value,
    payload: &'static [&'static str],
    within: &[(&str, Validate)],
) -> Result<(), Unrecognized> {
    // Decoding refuses any other value.
    let Value::Object(members) = value else { return Ok(()) };
    if !members.is_empty() && !payload.iter().any(|name| members.contains_key(*name)) {
        let mut names: Vec<String> = members.keys().cloned().collect();
        // The order of a JSON object depends on features that other crates of a build may turn on.
        names.sort();
        return Err(Unrecognized { path: Vec::new(), found: names, expected: payload });
    }
    for (name, validate) in within {
        if let Some(value) = members.get(*name).filter(|value| !value.is_null()) {
            validate(value).map_err(|unrecognized| unrecognized.within(name))?;
        }
    }
    Ok(())
}

impl Unrecognized {
    fn within(mut self, step: impl fmt::Display) -> Self {
        self.path.push(step.to_string());
        self
    }
}

impl fmt::Display for Unrecognized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: Vec<&str> = self.path.iter().rev().map(String::as_str).collect();
        let place = if path.is_empty() { "the response".to_owned() } else { format!("`{}`", path.join(".")) };
        write!(f, "{place} holds {:?}, and nothing of {:?}", self.found, self.expected)
    }
}

impl<T: ResponseBody> ResponseBody for Option<T> {
    fn is_empty_payload(&self) -> bool {
        self.as_ref().is_some_and(T::is_empty_payload)
    }
    fn validate(value: &Value) -> Result<(), Unrecognized> {
        T::validate(value)
    }
}

impl<T: ResponseBody> ResponseBody for Vec<T> {
    fn is_empty_payload(&self) -> bool {
        self.iter().any(T::is_empty_payload)
    }
    fn validate(value: &Value) -> Result<(), Unrecognized> {
        let items = value.as_array().into_iter().flatten().enumerate();
        items
            .filter(|(_, item)| !item.is_null())
            .try_for_each(|(index, item)| T::validate(item).map_err(|unrecognized| unrecognized.within(index)))
    }
}

impl<T: ResponseBody> ResponseBody for HashMap<String, T> {
    fn is_empty_payload(&self) -> bool {
        self.values().any(T::is_empty_payload)
    }
    fn validate(value: &Value) -> Result<(), Unrecognized> {
        let members = value.as_object().into_iter().flatten();
        members
            .filter(|(_, value)| !value.is_null())
            .try_for_each(|(name, value)| T::validate(value).map_err(|unrecognized| unrecognized.within(name)))
    }
}

impl<T: ResponseBody> ResponseBody for Box<T> {
    fn is_empty_payload(&self) -> bool {
        T::is_empty_payload(self)
    }
    fn validate(value: &Value) -> Result<(), Unrecognized> {
        T::validate(value)
    }
}
