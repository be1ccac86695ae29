//! The shape of values that were seen: their types, never themselves.

use std::collections::{BTreeMap, BTreeSet};

use deepgram_mgmt::Timestamp;
use deepgram_mgmt::chrono::DateTime;
use serde_json::{Map, Value, json};
use xtask::load::type_of;

/// The format of texts that are a time in any form that the client reads, as the overlay has it.
pub(crate) const TIME: &str = "date-or-date-time";

/// The common form of all values seen at one place.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape {
    types: BTreeSet<&'static str>,
    /// Texts that are no point in time were seen.
    has_other_texts: bool,
    properties: BTreeMap<String, Shape>,
    /// The values under keys that are data.
    values: Option<Box<Shape>>,
    items: Option<Box<Shape>>,
}

impl Shape {
    pub(crate) fn of(value: &Value) -> Self {
        let mut shape = Self { types: [type_of(value)].into(), ..Self::default() };
        match value {
            Value::String(text) => shape.has_other_texts = !is_time(text),
            Value::Array(items) => shape.items = all(items),
            // One key that is no name makes the object a map.
            Value::Object(members) if members.keys().all(|key| is_name(key)) => {
                shape.properties = members.iter().map(|(key, value)| (key.clone(), Self::of(value))).collect();
            }
            Value::Object(members) => shape.values = all(members.values()),
            _ => {}
        }
        shape
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.types.extend(other.types);
        self.has_other_texts |= other.has_other_texts;
        for (name, shape) in other.properties {
            self.properties.entry(name).or_default().merge(shape);
        }
        for (own, other) in [(&mut self.values, other.values), (&mut self.items, other.items)] {
            if let Some(other) = other {
                own.get_or_insert_default().merge(*other);
            }
        }
    }

    pub(crate) fn types(&self) -> &BTreeSet<&'static str> {
        &self.types
    }

    /// The types that were seen within, by path, such as `.results[].hours`.
    pub(crate) fn within(&self) -> BTreeMap<String, BTreeSet<&'static str>> {
        let mut found = BTreeMap::new();
        self.collect("", &mut found);
        found
    }

    fn collect(&self, path: &str, found: &mut BTreeMap<String, BTreeSet<&'static str>>) {
        let properties = self.properties.iter().map(|(name, shape)| (format!("{path}.{name}"), shape));
        let values = self.values.iter().map(|shape| (format!("{path}.*"), &**shape));
        let items = self.items.iter().map(|shape| (format!("{path}[]"), &**shape));
        for (path, shape) in properties.chain(values).chain(items) {
            shape.collect(&path, found);
            found.insert(path, shape.types.clone());
        }
    }

    /// Whether every text was a point in time, in a form that responses write.
    pub(crate) fn is_time(&self) -> bool {
        self.types.contains("string") && !self.has_other_texts
    }

    /// A schema that allows what was seen.
    pub(crate) fn schema(&self) -> Value {
        let mut types = self.types.clone();
        if types.contains("number") {
            types.remove("integer");
        }
        // Of what was only ever null, nothing is known.
        if types.iter().all(|name| *name == "null") {
            return json!({});
        }
        let mut schema = Map::new();
        let only = types.first().filter(|_| types.len() == 1);
        schema.insert("type".to_owned(), only.map_or_else(|| json!(types), |only| json!(only)));
        if self.is_time() {
            schema.insert("format".to_owned(), TIME.into());
        }
        if let Some(items) = &self.items {
            schema.insert("items".to_owned(), items.schema());
        }
        if let Some(values) = &self.values {
            let mut values = values.clone();
            self.properties.values().for_each(|shape| values.merge(shape.clone()));
            schema.insert("additionalProperties".to_owned(), values.schema());
        } else if !self.properties.is_empty() {
            let properties: Map<_, _> =
                self.properties.iter().map(|(name, shape)| (name.clone(), shape.schema())).collect();
            schema.insert("properties".to_owned(), properties.into());
        }
        schema.into()
    }
}

fn all<'a>(values: impl IntoIterator<Item = &'a Value>) -> Option<Box<Shape>> {
    values
        .into_iter()
        .map(Shape::of)
        .reduce(|mut all, shape| {
            all.merge(shape);
            all
        })
        .map(Box::new)
}

/// The type of a value with what its text looks like: `string (date)`.
pub(crate) fn described(value: &Value) -> String {
    let format = value.as_str().and_then(text_format);
    format.map_or_else(|| type_of(value).to_owned(), |format| format!("string ({format})"))
}

/// Whether a text is a time in a form that the client reads.
pub(crate) fn is_time(text: &str) -> bool {
    text.parse::<Timestamp>().is_ok()
}

/// The format that a text has, of those that matter here.
pub(crate) fn text_format(text: &str) -> Option<&'static str> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if is_time(text) {
        return Some(match text.len() {
            10 => "date",
            _ if DateTime::parse_from_rfc3339(text).is_ok() => "date-time",
            _ => "date-time without zone",
        });
    }
    let is_uuid = text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    let is_email = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    match text {
        _ if is_uuid => Some("uuid"),
        _ if text.starts_with("https://") || text.starts_with("http://") => Some("uri"),
        _ if is_email && !text.contains(char::is_whitespace) => Some("email"),
        _ if digits == text.len() && digits > 0 => Some("digits"),
        _ => None,
    }
}

/// Whether a key looks like a name that a programmer gave, rather than data such as an id, a secret or an address: words
/// of letters, with at most one number of three digits in each.
pub(crate) fn is_name(key: &str) -> bool {
    let is_word = |word: &str| {
        let digits = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
        word.len() <= 20 && digits.len() - rest.len() <= 3 && rest.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let is_start = |c: char| c.is_ascii_lowercase() || c == '_';
    key.len() <= 40 && key.starts_with(is_start) && key.split('_').all(is_word)
}
