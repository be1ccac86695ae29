//! Lowering of request bodies and responses, each with the media types that the target selects.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::Lowering;
use super::form::{check, members};
use super::keywords::{Form, Object};
use super::target::Selected;
use crate::document::errors::{Errors, located};
use crate::document::extensions;
use crate::document::located::Located;
use crate::document::media_type::essence;
use crate::document::pointer::Pointer;

impl Lowering<'_> {
    /// The request body at `at`, which will be at `there`.
    pub(super) fn request_body(&mut self, value: &Value, at: &Pointer, there: &Pointer) -> Result<Value> {
        let (at, value) = self.dereferenced(value, at)?;
        let mut out = self.object(Object::RequestBody, value, &at)?;
        let at = at.child("content");
        let Some(content) = value.get("content") else {
            bail!(at.error("a request body needs its media types"));
        };
        let content = media_types(content, &at)?;
        let selected = self.target.request_media_types(self.document, content, &at)?;
        out.insert("content".to_owned(), self.media_types(content, selected, &at, &there.child("content"))?);
        Ok(Value::Object(out))
    }

    /// The responses of an operation by status.
    pub(super) fn responses(&mut self, operation: &Value, at: &Pointer, there: &Pointer) -> Result<Value> {
        let mut lowered = Map::new();
        let mut errors = Errors::default();
        let responses =
            operation.get("responses").filter(|value| !value.is_null()).map(|value| members(value, at)).transpose()?;
        let has_success = responses.is_some_and(|responses| responses.keys().any(|status| status.starts_with('2')));
        for (status, value) in responses.into_iter().flatten().filter(|(status, _)| !status.starts_with("x-")) {
            let at = at.child(status);
            let empty = json!({});
            let value = if self.says_nothing(value, &at) { &empty } else { value };
            let there = there.child(status);
            self.origins.note(there.clone(), &at);
            let is_known = status == "default" || is_status(status);
            let response = if is_known {
                self.response(value, &at, &there)
            } else {
                let message = format!("`{status}` is not a status; a code, a range like `4XX` or `default` is");
                Err(at.error(message).into())
            };
            let is_read = status.starts_with('2') || status == "default" && !has_success;
            let response = match response {
                Err(error) if is_known && !is_read => {
                    for Located { at, message, .. } in located(&error) {
                        self.warnings.insert(at.error(format!("{message}; the client reads errors without it")));
                    }
                    continue;
                }
                response => response,
            };
            lowered.insert(status.clone(), errors.take(response).into());
        }
        errors.finish()?;
        Ok(Value::Object(lowered))
    }

    fn response(&mut self, value: &Value, at: &Pointer, there: &Pointer) -> Result<Value> {
        let (at, value) = self.dereferenced(value, at)?;
        let mut out = self.object(Object::Response, value, &at)?;
        out.entry("description").or_insert_with(|| "".into());
        let Some(content) = value.get("content").filter(|content| !content.is_null()) else {
            return Ok(Value::Object(out));
        };
        let at_content = at.child("content");
        let content = media_types(content, &at_content)?;
        let selected = self.target.response_media_types(self.document, value, content, &at)?;
        if !selected.is_empty() {
            let content = self.media_types(content, selected, &at_content, &there.child("content"))?;
            out.insert("content".to_owned(), content);
        }
        Ok(Value::Object(out))
    }

    fn media_types(
        &mut self,
        content: &Map<String, Value>,
        selected: Vec<Selected>,
        at: &Pointer,
        there: &Pointer,
    ) -> Result<Value> {
        let mut media_types = Map::new();
        for Selected { name, lowered } in selected {
            let at = at.child(&name);
            self.origins.note(there.child(lowered), &at);
            let mut media_type = self.object(Object::MediaType, &content[&name], &at)?;
            if essence(&name) != lowered {
                media_type.insert(extensions::MEDIA_TYPE.to_owned(), essence(&name).into());
            }
            media_types.insert(lowered.to_owned(), Value::Object(media_type));
        }
        Ok(Value::Object(media_types))
    }
}

/// The media types of a body. Those that are not selected are not looked at further.
fn media_types<'v>(content: &'v Value, at: &Pointer) -> Result<&'v Map<String, Value>> {
    let media_types = members(content, at)?;
    for (name, value) in media_types {
        check(Form::One(Object::MediaType), value, &at.child(name))?;
    }
    Ok(media_types)
}

/// Whether a key of `responses` is a status code or a range of them.
fn is_status(status: &str) -> bool {
    matches!(status.as_bytes(), [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'] | [b'1'..=b'5', b'X' | b'x', b'X' | b'x'])
}
