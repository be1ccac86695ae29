//! Human-readable locations, for example `GET /v1/projects 200 ProjectList.projects[]`.

use serde_json::Value;

use crate::document::openapi::METHODS;
use crate::document::pointer::{Pointer, member};

/// Describes a location by the names of its operation, parameter, status, schema and property.
pub(crate) fn describe(document: &Value, at: &Pointer) -> String {
    let keys: Vec<String> = at.keys().collect();
    let mut text = String::new();
    let mut here = Some(document);
    let mut rest = keys.iter().map(String::as_str);
    let mut last = "";
    while let Some(key) = rest.next() {
        let is_path = std::mem::replace(&mut last, key) == "paths";
        here = here.and_then(|value| member(value, key));
        let mut next = || {
            let key = rest.next().unwrap_or_default();
            here = here.and_then(|value| member(value, key));
            key
        };
        match key {
            "paths" => {
                next().clone_into(&mut text);
            }
            // Right below a path: `text` is the path so far.
            method if METHODS.contains(&method) && is_path => text = format!("{} {text}", method.to_uppercase()),
            "components" => {
                next();
                next().clone_into(&mut text);
            }
            "parameters" => {
                next();
                let name = here.and_then(|parameter| parameter.get("name")?.as_str());
                push_word(&mut text, name.unwrap_or("parameter"));
            }
            "requestBody" => push_word(&mut text, "body"),
            "responses" | "headers" => push_word(&mut text, next()),
            "content" | "servers" => {
                next();
            }
            "properties" => {
                text.push('.');
                text.push_str(next());
            }
            "items" => text.push_str("[]"),
            "additionalProperties" => text.push_str("{}"),
            "anyOf" | "oneOf" | "allOf" => {
                let index = next();
                text.push('|');
                text.push_str(index);
            }
            "schema" => {}
            other => push_word(&mut text, other),
        }
    }
    text
}

fn push_word(text: &mut String, word: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(word);
}
