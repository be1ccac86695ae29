//! Lowering of request bodies and answers: one media type each, and one shape of success.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::keywords::Object;
use super::query::Holds;
use super::{CURE, Lowering, extensions, members};
use crate::pointer::Pointer;

/// How a body can be sent, best first. All JSON is one to the generator, and so are all text and all bytes; polish
/// says which.
const REQUEST_TYPES: [&str; 5] = [JSON, OTHER_JSON, FORM, TEXT, BYTES];
const JSON: &str = "application/json";
const OTHER_JSON: &str = "application/…+json";
const FORM: &str = "application/x-www-form-urlencoded";
const TEXT: &str = "text/plain";
const BYTES: &str = "application/octet-stream";

impl Lowering<'_> {
    pub(super) fn request_body(&mut self, value: &Value, at: &Pointer) -> Result<Value> {
        let (at, value) = self.dereferenced(value, at)?;
        let mut out = self.object(Object::RequestBody, value, &at)?;
        let at = at.child("content");
        let Some(content) = value.get("content") else {
            bail!("{at}: a request body needs its media types");
        };
        let content = members(content, &at)?;
        let Some((name, form)) = self.chosen(content, &at) else {
            let found: Vec<_> = content.keys().map(String::as_str).collect();
            bail!("{at}: none of {found:?} can be generated, {REQUEST_TYPES:?} and one of text or bytes can; {CURE}");
        };
        let (at, value) = (at.child(name), &content[name]);
        let mut lowered = self.object(Object::MediaType, value, &at)?;
        let schema = match form {
            TEXT => json!({ "type": "string" }),
            BYTES => json!({ "type": "string", "format": "binary" }),
            _ => lowered.shift_remove("schema").unwrap_or_else(|| json!({})),
        };
        if form == FORM {
            if value.get("encoding").is_some_and(|encoding| *encoding != json!({})) {
                bail!("{at}/encoding: the generator cannot encode single properties of a form; {CURE}");
            }
            if let Some(schema) = value.get("schema") {
                self.check_form(schema, &at.child("schema"))?;
            }
        }
        if essence(name) != form && !name.contains('*') {
            out.insert(extensions::MEDIA_TYPE.to_owned(), essence(name).into());
        }
        out.insert("content".to_owned(), json!({ form: { "schema": schema } }));
        Ok(Value::Object(out))
    }

    /// The media type that the client sends, and the one that it is to the generator.
    fn chosen<'v>(&self, content: &'v Map<String, Value>, at: &Pointer) -> Option<(&'v str, &'static str)> {
        let find = |is: &dyn Fn(&str) -> bool| content.keys().find(|name| is(&essence(name))).map(String::as_str);
        let known = REQUEST_TYPES.into_iter().find_map(|form| match form {
            OTHER_JSON => find(&|name| name.starts_with("application/") && name.ends_with("+json")).map(|n| (n, JSON)),
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
            Some(schema) if name == "*/*" && self.holds(schema, at) != Holds::Single => Some((name, JSON)),
            None => Some((name, BYTES)),
            Some(schema) if *schema == json!({}) || says("type", "string") && says("format", "binary") => {
                Some((name, BYTES))
            }
            Some(_) if says("type", "string") && name != "*/*" => Some((name, TEXT)),
            Some(_) => None,
        }
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
                let is_structured = |schema: &Value| essence(name) == "*/*" && self.holds(schema, &at) != Holds::Single;
                if is_json || value.get("schema").is_some_and(is_structured) {
                    let schema = lowered.shift_remove("schema").unwrap_or_else(|| json!({}));
                    let content = json!({ JSON: { "schema": schema } });
                    shape.insert("content".to_owned(), content);
                    break;
                }
                let bytes = json!({ BYTES: {} });
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
