//! Removes private values from responses: every text and number becomes a placeholder of equal form.

use std::collections::HashMap;

use deepgram_mgmt::chrono::{Days, NaiveDate};
use serde_json::{Map, Value, json};

use crate::exchange::{Content, Exchange};
use crate::infer::text_format;

/// Gives equal texts equal placeholders, throughout a recording.
#[derive(Debug, Default)]
pub(crate) struct Redactor(HashMap<String, String>);

impl Redactor {
    /// The exchange with placeholders for values; which keys are data is for `keys` to say. `public` are the texts that
    /// documents themselves name: values of enumerations.
    pub(crate) fn exchange(&mut self, exchange: &Exchange, public: &[String]) -> Exchange {
        let content = match &exchange.content {
            Content::Json(body) => Content::Json(self.value(body, public)),
            other => other.clone(),
        };
        Exchange { content, ..exchange.clone() }
    }

    fn value(&mut self, value: &Value, public: &[String]) -> Value {
        match value {
            Value::Null | Value::Bool(_) => value.clone(),
            Value::String(text) if public.contains(text) => value.clone(),
            Value::String(text) => self.text(text).into(),
            // How a number is written is part of its shape: 10, 10.0 and 9e-05 are read differently.
            Value::Number(number) if !number.is_f64() => json!(7),
            Value::Number(number) if number.as_f64().is_some_and(|number| number.fract() == 0.0) => json!(7.0),
            Value::Number(_) => json!(0.7),
            Value::Array(items) => items.iter().map(|item| self.value(item, public)).collect::<Vec<_>>().into(),
            Value::Object(members) => {
                let member = |(name, value): (&String, &Value)| (name.clone(), self.value(value, public));
                members.iter().map(member).collect::<Map<_, _>>().into()
            }
        }
    }

    /// The placeholder of a text, or of a key that is data.
    pub(crate) fn text(&mut self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        let n = self.0.len() + 1;
        let placeholder = || match text_format(text) {
            Some("uuid") => format!("f1f1f1f1-0000-4000-8000-{n:012x}"),
            Some("email") => format!("person-{n}@example.invalid"),
            Some("uri") => format!("https://example.invalid/{n}"),
            Some("digits") => digits(n, text.len()),
            // Neither day nor time stays, but what there is of them, and the zone's form.
            Some(_) => time(n, text),
            // The dash tells it from the name of a property, for keys that are data.
            None => format!("text-{n}"),
        };
        self.0.entry(text.to_owned()).or_insert_with(placeholder).clone()
    }
}

/// As many digits, another number for each `n` that they have room for.
fn digits(n: usize, length: usize) -> String {
    let n = n.to_string();
    if n.len() < length { format!("7{n:0>0$}", length - 1) } else { "7".repeat(length) }
}

/// The same form with another time: another day for each `n`, with a one for every further digit.
fn time(n: usize, text: &str) -> String {
    let first = NaiveDate::default();
    let day = first.checked_add_days(Days::new(n as u64)).unwrap_or(first).to_string();
    let rest = text.chars().skip(day.len());
    day.chars().chain(rest.map(|c| if c.is_ascii_digit() { '1' } else { c })).collect()
}
