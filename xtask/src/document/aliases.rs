//! Aliases: names of properties and parameters that a document must not have twice, because Rust makes one name of them.
//!
//! An alias begins with the name in Rust, and hides the name in JSON in characters that no text uses (Unicode's
//! noncharacters). The generator makes the name in Rust of it. [`restore`] puts the name in JSON back into generated texts.

use serde_json::{Map, Value};

use super::extensions;
use super::rust_names::setter_name;

/// Separates the name in Rust from the hidden one. Each character after it is four bits of the hidden name.
const START: char = '\u{fdef}';
const DIGITS: u32 = 0xfdd0;
/// [`START`] would be the sixteenth digit.
const FIFTEEN: char = '\u{fffe}';

/// The alias of the property or parameter `json`, of which Rust's name becomes `rust`.
pub(crate) fn alias(rust: &str, json: &str) -> String {
    let digit =
        |bits: u8| if bits == 15 { FIFTEEN } else { char::from_u32(DIGITS + u32::from(bits)).unwrap_or(FIFTEEN) };
    let hidden = json.bytes().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    setter_name(rust).chars().chain([START]).chain(hidden).collect()
}

/// Gives the property `name` of a schema its alias, wherever the schema names the property.
pub(crate) fn rename(schema: &mut Map<String, Value>, name: &str, alias: &str) {
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut)
        && let Some(position) = properties.keys().position(|known| known == name)
        && let Some(property) = properties.shift_remove(name)
    {
        properties.shift_insert(position, alias.to_owned(), property);
    }
    for list in ["required", extensions::IDENTITY] {
        for known in schema.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
            if known == name {
                *known = alias.into();
            }
        }
    }
}

/// Whether a document holds an alias.
pub(crate) fn are_in(document: &Value) -> bool {
    match document {
        Value::Object(members) => members.iter().any(|(name, value)| has_alias(name) || are_in(value)),
        Value::Array(items) => items.iter().any(are_in),
        Value::String(text) => has_alias(text),
        _ => false,
    }
}

/// Whether a text holds an alias.
pub(crate) fn has_alias(text: &str) -> bool {
    // Nearly every text of a document is ASCII, and that is told faster.
    !text.is_ascii() && text.contains(START)
}

/// The text with the name in JSON in the place of each alias.
pub(crate) fn restore(text: &str) -> String {
    let bits = |c: char| match u32::from(c) {
        _ if c == FIFTEEN => Some(15),
        code => u8::try_from(code.checked_sub(DIGITS)?).ok().filter(|bits| *bits < 15),
    };
    let mut parts = text.split(START);
    let mut restored = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = restored.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_').len();
        restored.truncate(end);
        let hidden: Vec<u8> = part.chars().map_while(bits).collect();
        let bytes: Vec<u8> = hidden.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
        restored.push_str(&String::from_utf8_lossy(&bytes));
        restored.extend(part.chars().skip_while(|c| bits(*c).is_some()));
    }
    restored
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_one_name_to_rust_and_another_to_json() {
        for json in ["createdAt", "a/ÿ\u{1f600}\"", "", "+1"] {
            let alias = alias("created_at_2", json);
            assert_eq!(setter_name(&alias), "created_at_2");
            assert!(has_alias(&alias) && !has_alias(json));
            assert_eq!(restore(&format!("of {alias}: {alias}.")), format!("of {json}: {json}."));
        }
    }
}
