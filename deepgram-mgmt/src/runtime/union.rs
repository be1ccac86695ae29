//! Reads a value of a schema that is one of several.

use serde::Deserialize;
use serde::de::{self, Deserializer};
use serde_json::{Map, Value};

use super::response_body::ResponseBody;

/// Reads a value as one branch of a union.
pub(crate) type Branch<T> = fn(&Value) -> Result<T, serde_json::Error>;

/// Reads the first branch that names all that the value holds, else the first one that can keep it.
pub(crate) fn read<'de, D: Deserializer<'de>, T: ResponseBody>(
    deserializer: D,
    name: &'static str,
    branches: &[Branch<T>],
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let mut first = None;
    for branch in branches {
        match branch(&value) {
            Ok(read) if read.is_known() => return Ok(read),
            Ok(read) => first = first.or(Some(read)),
            Err(_) => {}
        }
    }
    first.ok_or_else(|| de::Error::custom(format_args!("data did not match any variant of union {name}")))
}

/// Reads the branch that the property `tag` of an object names, with the other properties.
pub(crate) fn tagged<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    name: &'static str,
    tag: &'static str,
    branches: &[(&'static str, Branch<T>)],
) -> Result<T, D::Error> {
    let mut properties = Map::<String, Value>::deserialize(deserializer)?;
    let Some(Value::String(named)) = properties.remove(tag) else { return Err(de::Error::missing_field(tag)) };
    let Some((_, branch)) = branches.iter().find(|(text, _)| *text == named) else {
        return Err(de::Error::custom(format_args!("`{tag}` names no variant of union {name}")));
    };
    branch(&properties.into()).map_err(de::Error::custom)
}
