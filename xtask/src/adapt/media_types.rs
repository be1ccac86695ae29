//! Selects one media type of each body, under the one name that the generator knows for JSON, a form, text or bytes.
//! polish writes the name of the document into the request.
//!
//! Drop when progenitor sends and reads media types by the names that the document gives them, and offers several.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::forms;
use super::single_values::{Holds, holds};
use crate::document::extensions;
use crate::document::media_type::{FORM, essence, is_json};
use crate::document::openapi::operations_mut;
use crate::document::pointer::Pointer;
use crate::lower::Selected;

/// The ways to send a body, best first.
const REQUEST_TYPES: [&str; 5] = [JSON, OTHER_JSON, FORM, TEXT, BYTES];
pub(super) const JSON: &str = "application/json";
const OTHER_JSON: &str = "application/…+json";
const TEXT: &str = "text/plain";
pub(super) const BYTES: &str = "application/octet-stream";

/// The media type that the client sends.
pub(super) fn of_request(document: &Value, content: &Map<String, Value>, at: &Pointer) -> Result<Selected> {
    let Some((name, lowered)) = choose(document, content, at) else {
        let found: Vec<_> = content.keys().map(|name| format!("`{name}`")).collect();
        bail!(at.fixable(match found.join(", ") {
            none if none.is_empty() => "a request body needs a media type".to_owned(),
            found =>
                format!("a body of {found} cannot be generated; JSON, a form, and one media type of text or bytes can"),
        }));
    };
    if lowered == FORM {
        forms::check(document, &content[name], &at.child(name))?;
    }
    Ok(Selected { name: name.to_owned(), lowered })
}

fn choose<'v>(document: &Value, content: &'v Map<String, Value>, at: &Pointer) -> Option<(&'v str, &'static str)> {
    let find = |is: &dyn Fn(&str) -> bool| content.keys().find(|name| is(&essence(name))).map(String::as_str);
    let known = REQUEST_TYPES.into_iter().find_map(|form| match form {
        OTHER_JSON => find(&is_json).map(|n| (n, JSON)),
        _ => find(&|name| name == form).map(|name| (name, form)),
    });
    if known.is_some() {
        return known;
    }
    // Which of several kinds of text or bytes the caller has, nobody could say.
    let mut others = content.iter().filter(|(name, _)| !name.contains('*') || *name == "*/*");
    let (Some((name, value)), None) = (others.next(), others.next()) else { return None };
    if essence(name).starts_with("multipart/") {
        return None;
    }
    let says = |name: &str, said: &str| value["schema"].get(name).is_some_and(|value| value == said);
    match value.get("schema") {
        Some(schema) if name == "*/*" && holds(document, schema, at) != Holds::Single => Some((name, JSON)),
        None => Some((name, BYTES)),
        Some(schema) if *schema == json!({}) || says("type", "string") && says("format", "binary") => {
            Some((name, BYTES))
        }
        Some(_) if says("type", "string") && essence(name).starts_with("text/") => Some((name, TEXT)),
        // Images and sound in the words of 3.1; text of another kind (XML) is sent as bytes as well.
        Some(_) if says("type", "string") => Some((name, BYTES)),
        Some(_) => None,
    }
}

/// The media type that the client decodes, if there is JSON; else all, as bytes.
pub(super) fn of_response(document: &Value, content: &Map<String, Value>, at: &Pointer) -> Vec<Selected> {
    let may_be_json = |name: &str, value: &Value| match essence(name).as_str() {
        "*/*" => value.get("schema").is_some_and(|schema| holds(document, schema, at) != Holds::Single),
        name => is_json(name),
    };
    // Of several kinds of JSON the plain one, if it is among them.
    let plain = content.iter().find(|(name, _)| essence(name) == JSON);
    match plain.or_else(|| content.iter().find(|(name, value)| may_be_json(name, value))) {
        Some((name, _)) => vec![Selected { name: name.clone(), lowered: JSON }],
        None => content.keys().map(|name| Selected { name: name.clone(), lowered: BYTES }).collect(),
    }
}

/// Gives the media type of each request body a schema that the generator has a type for, and notes the name that the
/// document gives it.
pub(super) fn complete_requests(document: &mut Value) {
    for (_, operation) in operations_mut(document) {
        let Some(body) = operation.get_mut("requestBody").and_then(Value::as_object_mut) else { continue };
        let Some(Value::Object(content)) = body.shift_remove("content") else { continue };
        let Some((form, mut media_type)) = content.into_iter().next() else { continue };
        if let Some(name) = media_type.get(extensions::MEDIA_TYPE).and_then(Value::as_str)
            && !name.contains('*')
        {
            body.insert(extensions::MEDIA_TYPE.to_owned(), name.into());
        }
        let schema = match form.as_str() {
            TEXT => json!({ "type": "string" }),
            BYTES => json!({ "type": "string", "format": "binary" }),
            _ => media_type.get_mut("schema").map_or_else(|| json!({}), Value::take),
        };
        body.insert("content".to_owned(), json!({ form: { "schema": schema } }));
    }
}
