//! Lowering of request bodies and answers: one media type each, and one shape of success.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::keywords::Object;
use super::{CURE, Lowering, extensions, members};
use crate::pointer::Pointer;

/// How a body can be sent, best first. All JSON is one to the generator, and polish says which.
const REQUEST_TYPES: [&str; 5] =
    [JSON, "application/…+json", "application/x-www-form-urlencoded", "text/plain", "application/octet-stream"];
const JSON: &str = "application/json";

impl Lowering<'_> {
    pub(super) fn request_body(&mut self, value: &Value, at: &Pointer) -> Result<Value> {
        let (at, value) = self.dereferenced(value, at)?;
        let mut out = self.object(Object::RequestBody, value, &at)?;
        let at = at.child("content");
        let Some(content) = value.get("content") else {
            bail!("{at}: a request body needs its media types");
        };
        let content = members(content, &at)?;
        let is_of = |name: &str, wanted: &str| match wanted.split_once('…') {
            Some((start, end)) => essence(name).starts_with(start) && essence(name).ends_with(end),
            None => essence(name) == wanted,
        };
        let chosen = REQUEST_TYPES
            .iter()
            .find_map(|wanted| content.iter().find(|(name, _)| is_of(name, wanted)).map(|found| (*wanted, found)));
        let Some((media_type, (name, value))) = chosen else {
            let found: Vec<_> = content.keys().map(String::as_str).collect();
            bail!("{at}: none of {found:?} can be generated, {REQUEST_TYPES:?} can; {CURE}");
        };
        let at = at.child(name);
        let mut lowered = self.object(Object::MediaType, value, &at)?;
        let schema = match media_type {
            "text/plain" => json!({ "type": "string" }),
            "application/octet-stream" => json!({ "type": "string", "format": "binary" }),
            _ => lowered.shift_remove("schema").unwrap_or_else(|| json!({})),
        };
        let media_type = if media_type.contains('…') {
            out.insert(extensions::MEDIA_TYPE.to_owned(), essence(name).into());
            JSON
        } else {
            media_type
        };
        out.insert("content".to_owned(), json!({ media_type: { "schema": schema } }));
        Ok(Value::Object(out))
    }

    /// One `2XX` of one shape, or nothing where the document promises none: the generator then hands over bytes.
    ///
    /// The client's transport reads every error answer itself, so errors only keep their schemas reachable.
    pub(super) fn responses(&mut self, operation: &Value, at: &Pointer) -> Result<Value> {
        let mut success: Option<(Pointer, Value)> = None;
        let mut fallback = None;
        if let Some(value) = operation.get("responses") {
            for (status, value) in members(value, at)? {
                let at = at.child(status);
                match status.as_bytes() {
                    b"default" => fallback = Some(self.answer(value, &at)?),
                    [b'2', _, _] if is_status(status) => {
                        let answer = self.answer(value, &at)?;
                        match &success {
                            Some((first, other)) if *other != answer => {
                                bail!("{at}: a success of another shape than {first}; {CURE}")
                            }
                            Some(_) => {}
                            None => success = Some((at, answer)),
                        }
                    }
                    _ if status.starts_with("x-") => {}
                    _ if is_status(status) => drop(self.answer(value, &at)?),
                    _ => bail!("{at}: `{status}` is not a status; a code, a range like `4XX` or `default` is"),
                }
            }
        }
        // `default` speaks of the statuses that are not listed: of success only where no success is.
        Ok(match success.map(|(_, answer)| answer).or(fallback) {
            Some(answer) => json!({ "2XX": answer }),
            None => json!({}),
        })
    }

    /// An answer reduced to what its shape is: JSON of a schema, bytes, or nothing.
    fn answer(&mut self, value: &Value, at: &Pointer) -> Result<Value> {
        let (at, value) = self.dereferenced(value, at)?;
        self.object(Object::Response, value, &at)?;
        let mut shape = Map::new();
        shape.insert("description".to_owned(), "".into());
        if extensions::ignores_body(value, &at)? {
            return Ok(Value::Object(shape));
        }
        let at = at.child("content");
        if let Some(content) = value.get("content") {
            for (name, value) in members(content, &at)? {
                let at = at.child(name);
                let mut lowered = self.object(Object::MediaType, value, &at)?;
                let is_json = essence(name).ends_with("/json") || essence(name).ends_with("+json");
                if is_json {
                    let schema = lowered.shift_remove("schema").unwrap_or_else(|| json!({}));
                    let content = json!({ "application/json": { "schema": schema } });
                    shape.insert("content".to_owned(), content);
                    break;
                }
                let bytes = json!({ "application/octet-stream": {} });
                shape.insert("content".to_owned(), bytes);
            }
        }
        Ok(Value::Object(shape))
    }
}

/// A media type without its parameters, in lower case.
fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

fn is_status(status: &str) -> bool {
    matches!(status.as_bytes(), [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'] | [b'1'..=b'5', b'X' | b'x', b'X' | b'x'])
}
