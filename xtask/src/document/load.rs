//! Step 1, load: reads a file in YAML or JSON into a document. Errors have line and column.

use std::cell::Cell;
use std::fmt::{self, Write as _};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use sha2::{Digest, Sha256};

use super::{nesting, yaml_faults};

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
    /// The file's text.
    pub text: String,
    /// The content, mapping keys in the file's order.
    pub value: Value,
}

impl Document {
    /// The name of the file, without the path to it.
    #[must_use]
    pub fn file_name(&self) -> String {
        Path::new(&self.name).file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
    }
}

/// Reads and parses `path`: JSON if the name ends in `.json`, else YAML.
///
/// # Errors
/// A file that cannot be read, is too large, is not UTF-8 YAML or JSON, repeats a mapping key, or whose aliases
/// expand beyond bounds; the message starts with `file:line:column` where the parser knows them.
pub fn document(path: &Path) -> Result<Document> {
    document_called(&path.display().to_string(), path)
}

/// Reads and parses `path`, which messages call `name`.
///
/// # Errors
/// As [`document`].
pub fn document_called(name: &str, path: &Path) -> Result<Document> {
    parse(name, &bytes(name, path)?)
}

/// Reads the text at `path`, which messages call `name`.
///
/// # Errors
/// A file that cannot be read, is too large, is an HTML page or is not UTF-8.
pub(crate) fn text(name: &str, path: &Path) -> Result<String> {
    Ok(decode(name, &bytes(name, path)?)?.to_owned())
}

fn bytes(name: &str, path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // The length of a file says nothing: a device has none, and no end.
    let read = File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
    read.with_context(|| format!("{name}: cannot be read"))?;
    check_size(name, &bytes)?;
    Ok(bytes)
}

/// Rejects a document of more bytes than any has.
pub(crate) fn check_size(name: &str, bytes: &[u8]) -> Result<()> {
    if u64::try_from(bytes.len())? > MAX_BYTES {
        bail!("{name}: more than {MAX_BYTES} bytes, the limit for a file");
    }
    Ok(())
}

/// The text of a file, without the byte order mark that some editors start it with.
fn decode<'b>(name: &str, bytes: &'b [u8]) -> Result<&'b str> {
    if is_html(bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)) {
        bail!("{name}:1:1: an HTML page, and not the file that it shows; download the raw file");
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (line, column) = line_column(&bytes[..error.valid_up_to()]);
        anyhow::anyhow!("{name}:{line}:{column}: not UTF-8")
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn is_html(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let begins = |tag: &[u8]| start.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    begins(b"<!doctype html") || begins(b"<html")
}

/// Parses `bytes` as the content of the file called `name`.
///
/// # Errors
/// As [`document`], the file system apart.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Document> {
    let text = decode(name, bytes)?;
    let values = Cell::new(0);
    if text.trim().is_empty() {
        bail!("{name}: the document is empty");
    }
    let value = read(name, text, Node(&values)).map_err(|Failure { place, reason }| match place {
        Some((line, column)) => anyhow::anyhow!("{name}:{line}:{column}: {reason}"),
        None => anyhow::anyhow!("{name}: {reason}"),
    })?;
    match value {
        Value::Object(_) => {}
        // What YAML makes of comments alone.
        Value::Null => bail!("{name}: the document is empty"),
        other => bail!("{name}:1:1: the document is {}, not a mapping", kind(&other)),
    }
    Ok(Document { name: name.to_owned(), sha256: hex(&Sha256::digest(bytes)), text: text.to_owned(), value })
}

/// Why a text could not be read, and where.
struct Failure {
    /// Line and column, from 1, where the parser knows them.
    place: Option<(usize, usize)>,
    reason: String,
}

impl Failure {
    /// The parser's message names the place as well; once is enough.
    fn new(place: Option<(usize, usize)>, message: &str) -> Self {
        let said = place.map(|(line, column)| format!(" at line {line} column {column}"));
        Self { place, reason: said.map_or(message.to_owned(), |said| message.replacen(&said, "", 1)) }
    }
}

/// Whether the file called `name` is read as JSON, and not as YAML.
pub(crate) fn is_json(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
}

/// Reads the text of the file called `name` with `seed`: as JSON if the name ends in `.json`, else as YAML.
fn read<'t, S: DeserializeSeed<'t>>(name: &str, text: &'t str, seed: S) -> Result<S::Value, Failure> {
    if is_json(name) {
        let mut json = serde_json::Deserializer::from_str(text);
        let value = seed.deserialize(&mut json).and_then(|value| json.end().map(|()| value));
        value.map_err(|error| Failure::new(Some((error.line(), error.column())), &error.to_string()))
    } else {
        nesting::check(text).map_err(|error| Failure {
            place: Some(line_column(&text.as_bytes()[..error.at])),
            reason: error.reason,
        })?;
        let value = seed.deserialize(serde_yaml::Deserializer::from_str(text));
        value.map_err(|error| {
            let message = error.to_string();
            yaml_faults::explain(&message, text).map_or_else(
                || Failure::new(error.location().map(|place| (place.line(), place.column())), &message),
                |(place, reason)| Failure { place, reason: reason.to_owned() },
            )
        })
    }
}

/// The name of a value's kind in messages.
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

/// JSON Schema's name for the type of a value.
#[must_use]
pub fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        // `10.0` can be `10.5` another time.
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Line and column, from 1, of what follows `before`.
pub(crate) fn line_column(before: &[u8]) -> (usize, usize) {
    let mut lines = before.split(|&byte| byte == b'\n');
    let last = lines.next_back().map_or(0, <[u8]>::len);
    (lines.count() + 1, last + 1)
}

/// Deserializes a [`Value`] as `serde_json` would, but counts values, rejects repeated keys, and takes the
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
    fn visit_none<E>(self) -> Result<Value, E> {
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
    // What 64 bits do not hold is read as it is in JSON.
    #[expect(clippy::cast_precision_loss, reason = "JSON's parser rounds it to the nearest number as well")]
    fn visit_i128<E: serde::de::Error>(self, value: i128) -> Result<Value, E> {
        self.visit_f64(value as f64)
    }
    #[expect(clippy::cast_precision_loss, reason = "JSON's parser rounds it to the nearest number as well")]
    fn visit_u128<E: serde::de::Error>(self, value: u128) -> Result<Value, E> {
        self.visit_f64(value as f64)
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
        while let Some(key) = entries.next_key_seed(Key(&mapping))? {
            let value = entries.next_value_seed(self)?;
            mapping.insert(key, value);
        }
        if let Some(merged) = mapping.shift_remove(MERGE) {
            merge(&mut mapping, merged)?;
        }
        Ok(Value::Object(mapping))
    }
}

/// The key by which a mapping in YAML takes over the members of others.
pub(crate) const MERGE: &str = "<<";

/// Adds the members of a mapping, or of each of a list of mappings, that `mapping` does not have yet.
fn merge<E: serde::de::Error>(mapping: &mut Map<String, Value>, merged: Value) -> Result<(), E> {
    match merged {
        Value::Object(members) => {
            for (key, value) in members {
                mapping.entry(key).or_insert(value);
            }
            Ok(())
        }
        Value::Array(all) if all.iter().all(Value::is_object) => {
            all.into_iter().try_for_each(|members| merge(mapping, members))
        }
        other => Err(E::custom(format!("`{MERGE}` takes a mapping or a list of them, not {}", kind(&other)))),
    }
}

/// A key of a mapping, as a string; a key that the mapping has already is rejected with its location.
struct Key<'m>(&'m Map<String, Value>);

impl Key<'_> {
    fn once<E: serde::de::Error>(self, key: String) -> Result<String, E> {
        if self.0.contains_key(&key) { Err(E::custom(format!("duplicate key `{key}`"))) } else { Ok(key) }
    }
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = String;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = String;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string as the key of a mapping, in quotes where YAML takes it for something else")
    }
    fn visit_i64<E: serde::de::Error>(self, key: i64) -> Result<String, E> {
        self.once(key.to_string())
    }
    fn visit_u64<E: serde::de::Error>(self, key: u64) -> Result<String, E> {
        self.once(key.to_string())
    }
    fn visit_str<E: serde::de::Error>(self, key: &str) -> Result<String, E> {
        self.once(key.to_owned())
    }
}
