//! Finds the value of a JSON text at which its reader stopped.
//!
//! A reader that keeps the path itself would be compiled for each type once more.

use std::fmt;

use super::large_numbers::string;

/// A step from a value to one within it.
#[derive(Debug, PartialEq)]
pub(super) enum Step {
    /// To a property.
    Name(String),
    /// To an entry of a list.
    Index(usize),
}

/// The steps from the whole text to a value.
pub(super) struct Path(pub(super) Vec<Step>);

impl Path {
    /// The path of the value of a text that is no value of its type.
    pub(super) fn of(error: &serde_json::Error, text: &str) -> Self {
        let lines_before = text.split_inclusive('\n').take(error.line().saturating_sub(1));
        let end = lines_before.map(str::len).sum::<usize>() + error.column();
        Self::to_end(&text.as_bytes()[..end.min(text.len())])
    }

    /// The path of the value that ends where a reader stopped, or else of the one that would begin there. Behind the name
    /// of a property, it is the path of the object.
    fn to_end(read: &[u8]) -> Self {
        // An object has a step from a colon to the comma behind it.
        let mut steps: Vec<Option<Step>> = Vec::new();
        let (mut name, mut at): (&[u8], _) = (&[], 0);
        while at < read.len() {
            let length = if read[at] == b'"' { string(&read[at..]) } else { 1 };
            match (read[at], steps.last_mut()) {
                (b'{', _) => steps.push(None),
                (b'[', _) => steps.push(Some(Step::Index(0))),
                (b'}' | b']', _) => drop(steps.pop()),
                (b'"', _) => name = &read[at..at + length],
                (b':', Some(step)) => *step = serde_json::from_slice(name).ok().map(Step::Name),
                (b',', Some(Some(Step::Index(index)))) => *index += 1,
                (b',', Some(step)) => *step = None,
                _ => {}
            }
            at += length;
        }
        Self(steps.into_iter().flatten().collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (depth, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Name(name) if depth == 0 => f.write_str(name)?,
                Step::Name(name) => write!(f, ".{name}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;
    use crate::types;

    #[test]
    fn the_path_is_that_of_the_value_that_ends_or_begins_where_the_text_ends() {
        for (read, path) in [
            ("", ""),
            ("1", ""),
            ("{", ""),
            (r#"{"a""#, ""),
            (r#"{"a":"#, "a"),
            (r#"{"a": 1"#, "a"),
            (r#"{"a":1,"#, ""),
            (r#"{"a":1,"b""#, ""),
            (r#"{"a":1,"b":"x""#, "b"),
            (r#"{"a":1}"#, ""),
            ("[", "[0]"),
            ("[1", "[0]"),
            ("[1, ", "[1]"),
            ("[[],[1,2", "[1][1]"),
            ("[[],[1,2]", "[1]"),
            (r#"{"a":[{"b":{}},{"b":{"c":[]"#, "a[1].b.c"),
            (r#"{"a":[{"b":{}},{"b":{"c":[]}"#, "a[1].b"),
            (r#"{"a":[{"b":{}},{"b":{"c":[]}}"#, "a[1]"),
            (r#"{"a, [\"{\\": "}],:""#, r#"a, ["{\"#),
        ] {
            assert_eq!(Path::to_end(read.as_bytes()).to_string(), path, "{read}");
        }
    }
    /// Every form of a value in which one value within it is another one, or one property lacks.
    fn changed(value: &Value) -> Vec<Value> {
        let others =
            [json!(null), json!(true), json!(-7), json!(1.5), json!("x, [{\"\\"), json!([[1]]), json!({ "a": {} })];
        let mut all = others.to_vec();
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let with = |changed| members.clone().into_iter().chain([(name.clone(), changed)]).collect();
                    all.extend(changed(member).into_iter().map(with));
                    all.push(members.clone().into_iter().filter(|(other, _)| other != name).collect());
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    all.extend(changed(item).into_iter().map(|changed| {
                        let mut items = items.clone();
                        items[index] = changed;
                        items.into()
                    }));
                }
            }
            _ => {}
        }
        all
    }

    /// How many changed forms of a value are wrong, each with the path that a reader that keeps it has kept.
    fn wrong<T: DeserializeOwned>(value: &Value) -> usize {
        let mut wrong = 0;
        for value in changed(value) {
            for json in [value.to_string(), format!("{value:#}")] {
                let Err(error) = serde_json::from_str::<T>(&json) else { continue };
                let kept = serde_path_to_error::deserialize::<_, T>(&mut serde_json::Deserializer::from_str(&json));
                let kept = kept.err().unwrap().path().to_string();
                let found = Path::of(&error, &json).to_string();
                assert_eq!(found, if kept == "." { "" } else { &kept }, "{error}: {json}");
                wrong += 1;
            }
        }
        wrong
    }

    #[test]
    fn the_path_of_an_error_is_the_one_that_a_reader_keeps() {
        let record = json!({
            "request_id": "r", "created": "2024-01-01T00:00:00Z", "path": "/v1/listen", "code": 200, "deployment": "hosted",
            "response": { "code": 200, "completed": "2024-01-01T00:00:00Z",
                "details": { "usd": 0.5, "duration": 2.5, "models": ["m"], "tags": ["t"], "features": ["a", "b"],
                    "config": { "model": "nova" } } }
        });
        let key = json!({ "member": { "member_id": "m", "email": "a@b.org" },
            "api_key": { "api_key_id": "k", "comment": "c", "scopes": ["admin"], "created": "2024-01-01T00:00:00Z" } });
        let model = json!({ "name": "n", "canonical_name": "c", "architecture": "a", "languages": ["en"], "version": "v",
            "uuid": "u", "batch": true, "streaming": false, "metadata": { "accent": "a", "tags": ["t"] } });
        let usage = json!({ "start": "2024-01-01", "end": "2024-01-02", "resolution": { "units": "day", "amount": 1 },
            "results": [{ "hours": 1.5, "requests": 2, "grouping": { "start": "2024-01-01", "endpoint": "listen" } }] });
        let counts = [
            wrong::<types::RequestList>(&json!({ "page": 0, "limit": 10, "requests": [record, record] })),
            wrong::<types::KeyList>(&json!({ "api_keys": [key, { "api_key_id": "k", "tags": ["t"] }] })),
            wrong::<types::ModelList>(&json!({ "stt": [model], "tts": [model, model] })),
            wrong::<types::UsageBreakdown>(&usage),
        ];
        assert!(counts.iter().all(|count| *count > 50), "{counts:?}");
    }
}
