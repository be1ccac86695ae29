//! Checks that the values of keywords have the JSON form that the table states.

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use super::keywords;
use super::objects::{Form, Object};
use crate::document::load::kind;
use crate::document::pointer::Pointer;

/// The members of a mapping.
pub(crate) fn members<'v>(value: &'v Value, at: &Pointer) -> Result<&'v Map<String, Value>> {
    match value {
        Value::Object(members) => Ok(members),
        other => bail!(at.error(format!("expected a mapping, found {}", kind(other)))),
    }
}

/// The items of a list.
pub(crate) fn list<'v>(value: &'v Value, at: &Pointer) -> Result<&'v Vec<Value>> {
    match value {
        Value::Array(items) => Ok(items),
        other => bail!(at.error(format!("expected a list, found {}", kind(other)))),
    }
}

/// The text of a string.
pub(crate) fn text<'v>(value: &'v Value, at: &Pointer) -> Result<&'v str> {
    match value {
        Value::String(text) => Ok(text),
        other => bail!(at.error(format!("expected a string, found {}", kind(other)))),
    }
}

/// Checks the form of a part that is left out, and of the keywords below it that the table knows. Other keywords there
/// are left out as well.
pub(super) fn check_deep(form: Form, value: &Value, at: &Pointer) -> Result<()> {
    check(form, value, at)?;
    match (form, value) {
        // A schema is checked where a request or a response has values of it.
        (Form::One(Object::Schema), _) => Ok(()),
        (Form::One(object), Value::Object(members)) => members.iter().try_for_each(|(name, value)| {
            keywords::find(object, name).map_or(Ok(()), |row| check_deep(row.form, value, &at.child(name)))
        }),
        (Form::Many(object), Value::Array(items)) => {
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, value)| check_deep(Form::One(object), value, &at.child(index)))
        }
        (Form::Named(object), Value::Object(members)) => {
            members.iter().try_for_each(|(name, value)| check_deep(Form::One(object), value, &at.child(name)))
        }
        _ => Ok(()),
    }
}

/// Checks the form of a value that holds no further objects.
pub(super) fn check(form: Form, value: &Value, at: &Pointer) -> Result<()> {
    let texts = || value.as_array().is_some_and(|items| items.iter().all(Value::is_string));
    let count = || value.is_u64() || value.as_f64().is_some_and(|n| n >= 0.0 && n.fract() == 0.0);
    let (expected, fits) = match form {
        Form::Text => ("a string", value.is_string()),
        Form::Flag => ("a boolean", value.is_boolean()),
        Form::Number => ("a number", value.is_number()),
        Form::Count => ("a whole number from 0", count()),
        Form::Bound => ("a number or a boolean", value.is_number() || value.is_boolean()),
        Form::Texts => ("a list of strings", texts()),
        Form::Types => ("a string or a list of strings", value.is_string() || texts()),
        Form::Values | Form::Many(_) => ("a list", value.is_array()),
        Form::One(Object::Schema) => ("a schema", value.is_object() || value.is_boolean()),
        Form::Mapping | Form::One(_) | Form::Named(_) => ("a mapping", value.is_object()),
        Form::Mappings => ("a list of mappings", value.as_array().is_some_and(|all| all.iter().all(Value::is_object))),
        Form::Any => return Ok(()),
    };
    if !fits {
        bail!(at.error(format!("expected {expected}, found {}", kind(value))));
    }
    Ok(())
}
