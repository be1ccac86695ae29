//! Writes parameters into the path and the query of a request.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::Value;

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
        let is_given = |value: &Value| !value.is_null();
        match serde_json::to_value(self.value).map_err(S::Error::custom)? {
            Value::Null => serializer.collect_seq([(); 0]),
            Value::Array(items) => {
                serializer.collect_seq(items.into_iter().filter(is_given).map(|item| (self.name, item)))
            }
            Value::Object(properties) => {
                serializer.collect_seq(properties.into_iter().filter(|(_, value)| is_given(value)))
            }
            value => serializer.collect_seq([(self.name, value)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The query that the HTTP client sends for a value.
    fn sent(value: &Value) -> String {
        let request = reqwest::Client::new().get("http://localhost/").query(&QueryParam::new("n", value));
        request.build().unwrap().url().query().unwrap_or_default().to_owned()
    }

    #[test]
    fn a_parameter_is_written_in_the_style_form() {
        for (value, query) in [
            (json!(null), ""),
            (json!("a b&c"), "n=a+b%26c"),
            (json!(true), "n=true"),
            (json!(-3), "n=-3"),
            (json!(u64::MAX), "n=18446744073709551615"),
            (json!(0.8), "n=0.8"),
            (json!([]), ""),
            (json!(["x", 1, null]), "n=x&n=1"),
            (json!({ "a": "x", "b": 2, "c": null }), "a=x&b=2"),
        ] {
            assert_eq!(sent(&value), query, "{value}");
        }
    }

    #[test]
    fn a_list_within_an_object_is_not_sent_as_something_else() {
        let request =
            reqwest::Client::new().get("http://localhost/").query(&QueryParam::new("n", &json!({ "a": [1] })));
        assert!(request.build().unwrap_err().is_builder());
    }

    #[test]
    fn a_segment_of_a_path_stays_one_segment() {
        assert_eq!(encode_path("a/b?c#d%2F e\u{e9}"), "a%2Fb%3Fc%23d%252F%20e%C3%A9");
        assert_eq!(encode_path("0f3a-1c_2.~@:"), "0f3a-1c_2.~@:");
    }
}
