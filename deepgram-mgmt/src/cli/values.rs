//! Reads the values of an operation from its options.

use clap::ArgMatches;
use deepgram_mgmt::operations::{Location, Operation};
use deepgram_mgmt::serde_json::{Map, Value};

use crate::commands::parameters;
use crate::failure::Failure;

/// The values of an operation, by the names of the setters: all but the project.
pub(crate) fn of(matches: &ArgMatches, operation: &'static Operation) -> Result<Map<String, Value>, Failure> {
    let mut values = Map::new();
    for parameter in parameters(operation) {
        let Some(given) = matches.get_many::<String>(parameter.setter) else { continue };
        let hyphens = if parameter.location == Location::Path { "" } else { "--" };
        let given = given.map(|text| parameter.parse(text)).collect::<Result<Vec<_>, _>>();
        let given = given.map_err(|error| Failure::usage(format!("{hyphens}{}: {error}", parameter.option)))?;
        let value = if parameter.is_list { Some(Value::Array(given)) } else { given.into_iter().next() };
        values.extend(value.map(|value| (parameter.setter.to_owned(), value)));
    }
    Ok(values)
}
