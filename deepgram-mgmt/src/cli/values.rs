//! Reads the values of an operation from its options.

use clap::ArgMatches;
use deepgram_mgmt::operations::{Kind, Location, Operation, Parameter};
use deepgram_mgmt::serde_json::{Map, Value, from_str};

use crate::commands::parameters;
use crate::failure::Failure;

/// The values of an operation, by the names of the setters: all but the project.
pub(crate) fn of(matches: &ArgMatches, operation: &'static Operation) -> Result<Map<String, Value>, Failure> {
    let mut values = Map::new();
    for parameter in parameters(operation) {
        let Some(given) = matches.get_many::<String>(parameter.setter) else { continue };
        let given: Vec<Value> = given.map(|text| value(parameter, text)).collect::<Result<_, _>>()?;
        let value = if parameter.is_list { Some(Value::Array(given)) } else { given.into_iter().next() };
        values.extend(value.map(|value| (parameter.setter.to_owned(), value)));
    }
    Ok(values)
}

/// One value as JSON. The client checks what a text may be.
fn value(parameter: &Parameter, text: &str) -> Result<Value, Failure> {
    let expected = match parameter.kind {
        Kind::Integer => "a whole number",
        Kind::Number => "a number",
        Kind::Boolean => "`true` or `false`",
        Kind::Json => "JSON",
        _ => return Ok(Value::String(text.to_owned())),
    };
    let value: Option<Value> = from_str(text).ok();
    let value = value.filter(|value| match parameter.kind {
        Kind::Integer => value.is_i64() || value.is_u64(),
        Kind::Number => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        _ => true,
    });
    value.ok_or_else(|| {
        let hyphens = if parameter.location == Location::Path { "" } else { "--" };
        Failure::Usage(format!("{hyphens}{}: expected {expected}, found `{}`", parameter.option, text.escape_debug()))
    })
}
