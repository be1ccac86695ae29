//! Writes parameters into the path and the query of a request.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// The characters that a segment of a path does not hold as they are: those that the URL Standard encodes there, and
/// those that would end the segment or begin an escape.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// Encodes one segment of a path.
pub(crate) fn encode_path(segment: &str) -> String {
    utf8_percent_encode(segment, ENCODED).to_string()
}

/// A parameter of the query, of the style `form`: a list repeats the name, an object writes its properties, and nothing
/// stands for `None`.
pub(crate) struct QueryParam<'a, T> {
    name: &'a str,
    value: &'a T,
}

impl<'a, T> QueryParam<'a, T> {
    pub(crate) fn new(name: &'a str, value: &'a T) -> Self {
        Self { name, value }
    }
}

impl<T: Serialize> Serialize for QueryParam<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match serde_json::to_value(self.value).map_err(S::Error::custom)? {
            list @ Value::Array(_) => serializer.collect_seq(items(self.name, list).map_err(S::Error::custom)?),
            Value::Object(properties) => serializer.collect_seq(present(properties)),
            // Not what JSON made of it, which has only finite numbers, and those of 64 bits.
            _ => serializer.collect_seq([(self.name, self.value)]),
        }
    }
}

/// The body of a form: each property of an object is written as a parameter of the query is.
pub(crate) struct Form<'a, T>(pub(crate) &'a T);

impl<T: Serialize> Serialize for Form<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value::Object(properties) = serde_json::to_value(self.0).map_err(S::Error::custom)? else {
            return Err(S::Error::custom("a form is an object"));
        };
        let mut all = Vec::new();
        for (name, value) in present(properties) {
            all.extend(items(&name, value).map_err(S::Error::custom)?);
        }
        serializer.collect_seq(all)
    }
}

/// The properties that are not null.
fn present(properties: Map<String, Value>) -> Vec<(String, Value)> {
    properties.into_iter().filter(|(_, value)| !value.is_null()).collect()
}

/// A value under its name, or each item of a list. Neither a query nor a form holds lists or objects within them.
fn items(name: &str, value: Value) -> Result<Vec<(String, Value)>, String> {
    let items = match value {
        Value::Array(items) => items,
        single => vec![single],
    };
    match items.iter().find(|item| item.is_array() || item.is_object() || item.is_null()) {
        Some(other) => Err(format!("{name}: {other} is no text, number or boolean, nor a list of them")),
        None => Ok(items.into_iter().map(|item| (name.to_owned(), item)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The query that the HTTP client sends for a value.
    fn sent(value: impl Serialize) -> reqwest::Result<String> {
        let request = reqwest::Client::new().get("http://localhost/").query(&QueryParam::new("n", &value));
        Ok(request.build()?.url().query().unwrap_or_default().to_owned())
    }

    #[test]
    fn a_parameter_is_written_in_the_style_form() {
        for (value, query) in [
            (json!("a b&c"), "n=a+b%26c"),
            (json!(true), "n=true"),
            (json!(-3), "n=-3"),
            (json!(u64::MAX), "n=18446744073709551615"),
            (json!(0.8), "n=0.8"),
            (json!([]), ""),
            (json!(["x", 1]), "n=x&n=1"),
            (json!({ "a": "x", "b": 2, "c": null }), "a=x&b=2"),
        ] {
            assert_eq!(sent(&value).unwrap(), query, "{value}");
        }
        assert_eq!(sent(None::<String>).unwrap(), "");
        assert_eq!(sent(Some(0.1_f32)).unwrap(), "n=0.1");
        assert_eq!(sent(f64::INFINITY).unwrap(), "n=inf");
    }

    #[test]
    fn a_value_without_a_form_is_an_error() {
        for value in [json!({ "a": [1] }), json!(["x", null]), json!([f64::NAN]), json!([["x"]])] {
            assert!(sent(&value).unwrap_err().is_builder(), "{value}");
        }
    }

    #[test]
    fn a_segment_of_a_path_stays_one_segment() {
        assert_eq!(encode_path("a/b\\?c#d%2F e\u{e9}"), "a%2Fb%5C%3Fc%23d%252F%20e%C3%A9");
        assert_eq!(encode_path("0f3a-1c_2.~@:"), "0f3a-1c_2.~@:");
    }
}
