//! Lowering of request bodies and answers: one media type each, and one shape of success.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::Lowering;
use super::form::{check_deep, members};
use super::keywords::{Form, Object};
use super::query::Holds;
use crate::document::extensions;
use crate::document::media_type::{essence, is_json};
use crate::document::pointer::Pointer;

/// How a body can be sent, best first. All JSON is one to the generator, and so are all text and all bytes; polish
/// says which.
const REQUEST_TYPES: [&str; 5] = [JSON, OTHER_JSON, FORM, TEXT, BYTES];
const JSON: &str = "application/json";
const OTHER_JSON: &str = "application/…+json";
const FORM: &str = "application/x-www-form-urlencoded";
const TEXT: &str = "text/plain";
const BYTES: &str = "application/octet-stream";

impl Lowering<'_> {
    /// The request body at `at`, which will be at `there`.
    pub(super) fn request_body(&mut self, value: &Value, at: &Pointer, there: &Pointer) -> Result<Value> {
        let (at, value) = self.dereferenced(value, at)?;
        let mut out = self.object(Object::RequestBody, value, &at)?;
        let at = at.child("content");
        let Some(content) = value.get("content") else {
            bail!(at.error("a request body needs its media types"));
        };
        check_deep(Form::Named(Object::MediaType), content, &at)?;
        let content = members(content, &at)?;
        let Some((name, form)) = self.chosen(content, &at) else {
            let found: Vec<_> = content.keys().map(String::as_str).collect();
            bail!(at.fixable(format!(
                "none of {found:?} can be generated, {REQUEST_TYPES:?} and one of text or bytes can"
            )));
        };
        let (at, value) = (at.child(name), &content[name]);
        self.origins.note(there.child("content").child(form), &at);
        let mut lowered = self.object(Object::MediaType, value, &at)?;
        let schema = match form {
            TEXT => json!({ "type": "string" }),
            BYTES => json!({ "type": "string", "format": "binary" }),
            _ => lowered.shift_remove("schema").unwrap_or_else(|| json!({})),
        };
        if form == FORM {
            if value.get("encoding").is_some_and(|encoding| *encoding != json!({})) {
                bail!(at.child("encoding").fixable("the generator cannot encode single properties of a form"));
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
            Some(_) if says("type", "string") && essence(name).starts_with("text/") => Some((name, TEXT)),
            // Images and sound in the words of 3.1; text of another kind (XML) is sent as bytes as well.
            Some(_) if says("type", "string") => Some((name, BYTES)),
            Some(_) => None,
        }
    }

    /// One `2XX` of one shape, or nothing where the document promises none: the generator then hands over bytes.
    ///
    /// The client's transport reads every error answer itself, so errors only keep their schemas reachable.
    pub(super) fn responses(&mut self, operation: &Value, at: &Pointer, there: &Pointer) -> Result<Value> {
        let mut successes: Vec<Answer> = Vec::new();
        let mut fallback = None;
        if let Some(value) = operation.get("responses") {
            for (status, value) in members(value, at)? {
                let at = at.child(status);
                match status.as_bytes() {
                    b"default" => fallback = Some(self.answer(value, &at)?),
                    [b'2', _, _] if is_status(status) => {
                        let answer = self.answer(value, &at)?;
                        if successes.iter().all(|other| other.shape != answer.shape) {
                            successes.push(answer);
                        }
                    }
                    _ if status.starts_with("x-") => {}
                    _ if is_status(status) => drop(self.answer(value, &at)?),
                    _ => bail!(
                        at.error(format!("`{status}` is not a status; a code, a range like `4XX` or `default` is"))
                    ),
                }
            }
        }
        // `default` speaks of the statuses that are not listed: of success only where no success is.
        let there = there.child("2XX");
        if successes.is_empty() {
            successes.extend(fallback);
        }
        let Some(Answer { mut shape, at, json }) = self.one_of(successes, &there)? else { return Ok(json!({})) };
        if let Some((at, media_type)) = json {
            self.origins.note(there.child("content").child(JSON), &at);
            if media_type != JSON && media_type != "*/*" {
                shape.insert(extensions::MEDIA_TYPE.to_owned(), media_type.into());
            }
        }
        self.origins.note(there, &at);
        Ok(json!({ "2XX": shape }))
    }

    /// The one success; of several in JSON a choice, since the body may be as any of them says.
    fn one_of(&mut self, mut successes: Vec<Answer>, there: &Pointer) -> Result<Option<Answer>> {
        if successes.len() < 2 {
            return Ok(successes.pop());
        }
        let (mut branches, mut media_types) = (Vec::new(), BTreeSet::new());
        let schema = there.child("content").child(JSON).child("schema");
        for answer in &successes {
            let Some((at, media_type)) = &answer.json else {
                let other = successes.iter().find(|other| other.at != answer.at).map_or(&answer.at, |other| &other.at);
                bail!(answer.at.fixable(format!("a success of another shape than {other}")));
            };
            self.origins.note(schema.child("anyOf").child(branches.len()), &at.child("schema"));
            branches.push(answer.shape["content"][JSON]["schema"].clone());
            media_types.insert(media_type.clone());
        }
        let mut first = successes.swap_remove(0);
        first.shape.insert("content".to_owned(), json!({ JSON: { "schema": { "anyOf": branches } } }));
        if let (Some((_, media_type)), true) = (&mut first.json, media_types.len() > 1) {
            JSON.clone_into(media_type);
        }
        Ok(Some(first))
    }

    /// An answer reduced to what its shape is: JSON of a schema, bytes, or nothing.
    fn answer(&mut self, value: &Value, at: &Pointer) -> Result<Answer> {
        let (place, value) = self.dereferenced(value, at)?;
        self.object(Object::Response, value, &place)?;
        let shape = Map::from_iter([("description".to_owned(), "".into())]);
        let mut answer = Answer { shape, at: at.clone(), json: None };
        let ignored = extensions::ignores_body(value, &place)?;
        let Some(content) = value.get("content").filter(|_| !ignored) else { return Ok(answer) };
        let at = place.child("content");
        check_deep(Form::Named(Object::MediaType), content, &at)?;
        let content = members(content, &at)?;
        let may_be_json = |name: &str, value: &Value| match essence(name).as_str() {
            "*/*" => value.get("schema").is_some_and(|schema| self.holds(schema, &at) != Holds::Single),
            name => is_json(name),
        };
        // Of several kinds of JSON the plain one, if it is among them.
        let plain = content.iter().find(|(name, _)| essence(name) == JSON);
        let chosen = plain.or_else(|| content.iter().find(|(name, value)| may_be_json(name, value)));
        for (name, value) in content.iter().filter(|(name, _)| chosen.is_none_or(|(chosen, _)| chosen == *name)) {
            let at = at.child(name);
            let mut lowered = self.object(Object::MediaType, value, &at)?;
            let content = if chosen.is_some() {
                let schema = lowered.shift_remove("schema").unwrap_or_else(|| json!({}));
                answer.json = Some((at, essence(name)));
                json!({ JSON: { "schema": schema } })
            } else {
                json!({ BYTES: {} })
            };
            answer.shape.insert("content".to_owned(), content);
        }
        Ok(answer)
    }
}

/// What one status answers.
struct Answer {
    shape: Map<String, Value>,
    at: Pointer,
    /// Where its JSON stands, and what that is called.
    json: Option<(Pointer, String)>,
}

/// Whether a key of `responses` is a status code or a range of them.
fn is_status(status: &str) -> bool {
    matches!(status.as_bytes(), [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'] | [b'1'..=b'5', b'X' | b'x', b'X' | b'x'])
}
