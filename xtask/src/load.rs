//! Step 1, load: a file in YAML or JSON becomes a document, or an error with line and column.

use std::cell::Cell;
use std::fmt::{self, Write as _};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use sha2::{Digest, Sha256};

/// No API document is larger; the parser holds about thirty times a file's size.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// Values a document may hold after its aliases are expanded: what 32 MiB of plain YAML can hold, and no more.
const MAX_VALUES: usize = 4_000_000;

/// A parsed file.
#[derive(Debug, Clone)]
pub struct Document {
    /// The path as it was given; names the document in messages.
    pub name: String,
    /// Lower-case hexadecimal SHA-256 of the file's bytes.
    pub sha256: String,
    /// The content, mapping keys in the file's order.
    pub value: Value,
}

impl Document {
    /// The name without what is particular to this machine: a path inside the workspace as it is, else the file.
    #[must_use]
    pub fn portable_name(&self) -> String {
        let path = Path::new(&self.name);
        let file = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        if path.is_absolute() { file } else { self.name.replace('\\', "/") }
    }
}

/// Reads and parses `path`: JSON if the name ends in `.json`, else YAML.
///
/// # Errors
/// A file that cannot be read, is too large, is not UTF-8 YAML or JSON, repeats a mapping key, or whose aliases
/// expand beyond bounds; the message starts with `file:line:column` where the parser knows them.
pub fn document(path: &Path) -> Result<Document> {
    let name = path.display().to_string();
    let size = std::fs::metadata(path).with_context(|| format!("{name}: cannot be read"))?.len();
    if size > MAX_BYTES {
        bail!("{name}: {size} bytes; the limit for a document is {MAX_BYTES}");
    }
    let bytes = std::fs::read(path).with_context(|| format!("{name}: cannot be read"))?;
    parse(&name, &bytes)
}

/// Parses `bytes` as the content of the file called `name`.
///
/// # Errors
/// As [`document`], the file system apart.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Document> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (line, column) = line_column(&bytes[..error.valid_up_to()]);
        anyhow::anyhow!("{name}:{line}:{column}: not UTF-8")
    })?;
    let values = Cell::new(0);
    let is_json = Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let value = if is_json {
        let mut json = serde_json::Deserializer::from_str(text);
        Node(&values).deserialize(&mut json).and_then(|value| json.end().map(|()| value)).map_err(|e| {
            let said = e.to_string().replace(&format!(" at line {} column {}", e.line(), e.column()), "");
            anyhow::anyhow!("{name}:{}:{}: {said}", e.line(), e.column())
        })?
    } else {
        Node(&values).deserialize(serde_yaml::Deserializer::from_str(text)).map_err(|error| match error.location() {
            Some(at) => {
                let (line, column) = (at.line(), at.column());
                // The parser's own words for the place, which stands in front already.
                let said = error.to_string().replace(&format!(" at line {line} column {column}"), "");
                anyhow::anyhow!("{name}:{line}:{column}: {said}")
            }
            None => anyhow::anyhow!("{name}: {error}"),
        })?
    };
    if !value.is_object() {
        bail!("{name}:1:1: the document is {}, not a mapping", kind(&value));
    }
    Ok(Document { name: name.to_owned(), sha256: hex(&Sha256::digest(bytes)), value })
}

/// What a value is called in messages.
#[must_use]
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn line_column(before: &[u8]) -> (usize, usize) {
    let mut lines = before.split(|&byte| byte == b'\n');
    let last = lines.next_back().map_or(0, <[u8]>::len);
    (lines.count() + 1, last + 1)
}

/// Deserializes a [`Value`] as `serde_json` would, but counts values, refuses repeated keys, and takes the
/// integers that YAML allows as keys (`200:`) as the strings they are in JSON.
#[derive(Clone, Copy)]
struct Node<'a>(&'a Cell<usize>);

impl Node<'_> {
    fn count<E: serde::de::Error>(self) -> Result<(), E> {
        self.0.set(self.0.get() + 1);
        if self.0.get() > MAX_VALUES {
            return Err(E::custom(format!("more than {MAX_VALUES} values once aliases are expanded")));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON can hold")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom(format!("{value} has no form in JSON")))?;
        Ok(Value::Number(number))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut mapping = Map::new();
        while let Some(key) = entries.next_key_seed(Key)? {
            if mapping.contains_key(&key) {
                return Err(A::Error::custom(format!("duplicate key `{key}`")));
            }
            let value = entries.next_value_seed(self)?;
            mapping.insert(key, value);
        }
        Ok(Value::Object(mapping))
    }
}

struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = String;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Key {
    type Value = String;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string as the key of a mapping, in quotes where YAML takes it for something else")
    }
    fn visit_i64<E>(self, key: i64) -> Result<String, E> {
        Ok(key.to_string())
    }
    fn visit_u64<E>(self, key: u64) -> Result<String, E> {
        Ok(key.to_string())
    }
    fn visit_str<E>(self, key: &str) -> Result<String, E> {
        Ok(key.to_owned())
    }
}
