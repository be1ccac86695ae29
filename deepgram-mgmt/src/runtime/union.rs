//! Reads a value of a schema that is one of several.

use serde::Deserialize;
use serde::de::{self, Deserializer};
use serde_json::Value;

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
