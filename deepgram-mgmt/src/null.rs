//! `null` where the document promises a list or a map.

use serde::{Deserialize, Deserializer};

/// Reads `null` as the empty value: the API writes either for a list that has nothing in it.
pub(crate) fn as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
