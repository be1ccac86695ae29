//! No silent emptiness: telling an answer that is empty from one that was not understood.
//!
//! Every property of an answer is optional, so any JSON object decodes. A value that came out empty where it matters
//! ("hollow") is therefore held against the JSON it came from: an object that has properties, but none that the type
//! knows to matter, is an error. Generated code implements [`Answer`] for every type.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value;

/// A type that answers are decoded to.
pub(crate) trait Answer {
    /// Whether this value, or one within it, came out empty where it matters. Cheap: looked at on every answer.
    fn is_hollow(&self) -> bool {
        false
    }

    /// Looks for an object in `value`, the JSON of a hollow value, of which nothing was understood.
    fn examine(_value: &Value) -> Result<(), Unknown> {
        Ok(())
    }
}

/// [`Answer::examine`] of a property's type.
type Examine = fn(&Value) -> Result<(), Unknown>;

/// An object, or something else in its place, of which nothing was understood.
#[derive(Debug, PartialEq)]
pub(crate) struct Unknown {
    /// The way to it, innermost step first.
    path: Vec<String>,
    found: Found,
    expected: &'static [&'static str],
}

#[derive(Debug, PartialEq)]
enum Found {
    /// The names of its properties.
    Properties(Vec<String>),
    /// What it is, as it is no object.
    Other(&'static str),
}

/// Examines an object: of `payload`, the properties that matter, one must be there unless there are none at all.
pub(crate) fn object(
    value: &Value,
    payload: &'static [&'static str],
    within: &[(&str, Examine)],
) -> Result<(), Unknown> {
    let other = |found| Err(Unknown { path: Vec::new(), found: Found::Other(found), expected: payload });
    let members = match value {
        Value::Object(members) => members,
        Value::Null => return other("null"),
        Value::Bool(_) => return other("a boolean"),
        Value::Number(_) => return other("a number"),
        Value::String(_) => return other("a string"),
        Value::Array(_) => return other("a list"),
    };
    if !members.is_empty() && !payload.iter().any(|name| members.contains_key(*name)) {
        let mut names: Vec<String> = members.keys().cloned().collect();
        // The order of a JSON object depends on features that other crates of a build may turn on.
        names.sort();
        return Err(Unknown { path: Vec::new(), found: Found::Properties(names), expected: payload });
    }
    for (name, examine) in within {
        if let Some(value) = members.get(*name).filter(|value| !value.is_null()) {
            examine(value).map_err(|unknown| unknown.within(name))?;
        }
    }
    Ok(())
}

impl Unknown {
    fn within(mut self, step: impl fmt::Display) -> Self {
        self.path.push(step.to_string());
        self
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: Vec<&str> = self.path.iter().rev().map(String::as_str).collect();
        let place = if path.is_empty() { "the answer".to_owned() } else { format!("`{}`", path.join(".")) };
        match &self.found {
            Found::Properties(names) => {
                write!(f, "{place} holds {names:?}, and nothing of {:?}", self.expected)
            }
            Found::Other(found) => write!(f, "{place} is {found}, not an object"),
        }
    }
}

impl<T: Answer> Answer for Option<T> {
    fn is_hollow(&self) -> bool {
        self.as_ref().is_some_and(T::is_hollow)
    }
    fn examine(value: &Value) -> Result<(), Unknown> {
        T::examine(value)
    }
}

impl<T: Answer> Answer for Vec<T> {
    fn is_hollow(&self) -> bool {
        self.iter().any(T::is_hollow)
    }
    fn examine(value: &Value) -> Result<(), Unknown> {
        let items = value.as_array().into_iter().flatten().enumerate();
        items
            .filter(|(_, item)| !item.is_null())
            .try_for_each(|(index, item)| T::examine(item).map_err(|unknown| unknown.within(index)))
    }
}

impl<T: Answer> Answer for HashMap<String, T> {
    fn is_hollow(&self) -> bool {
        self.values().any(T::is_hollow)
    }
    fn examine(value: &Value) -> Result<(), Unknown> {
        let members = value.as_object().into_iter().flatten();
        members
            .filter(|(_, value)| !value.is_null())
            .try_for_each(|(name, value)| T::examine(value).map_err(|unknown| unknown.within(name)))
    }
}

impl<T: Answer> Answer for Box<T> {
    fn is_hollow(&self) -> bool {
        T::is_hollow(self)
    }
    fn examine(value: &Value) -> Result<(), Unknown> {
        T::examine(value)
    }
}
