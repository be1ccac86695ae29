//! The responses that an operation may give, by status or range of statuses.

use axum::http::StatusCode;
use jsonschema::Validator;
use serde_json::{Value, json};

use super::reading::{At as _, JSON, Reading};
use super::schemas::{Schemas, faults};
use crate::response::Content;

/// The extension by which the overlay says that a response may lack its body.
const BODY: &str = "x-client-body";

#[derive(Debug)]
pub(crate) struct Responses(Vec<(Statuses, Expected)>);

#[derive(Debug, PartialEq)]
enum Statuses {
    One(StatusCode),
    /// Of this hundred.
    Hundred(u16),
}

/// The content of a response.
#[derive(Debug)]
pub(super) enum Expected {
    Nothing,
    Json(Validator),
    JsonOrNothing(Validator),
    JsonOrText(Validator),
}

impl Responses {
    pub(super) fn read(schemas: &Schemas<'_>, operation: &Value) -> Result<Self, String> {
        let mut responses = Vec::new();
        for (key, response) in operation["responses"].as_object().into_iter().flatten() {
            let statuses = Statuses::read(key)?;
            let expected = Expected::read(schemas, &statuses, response).at(key)?;
            responses.push((statuses, expected));
        }
        Ok(Self(responses))
    }

    /// The content that the document states for a status. A single status goes before its range.
    pub(super) fn of(&self, status: StatusCode) -> Option<&Expected> {
        let find = |wanted: &Statuses| self.0.iter().find(|(statuses, _)| statuses == wanted);
        let found = find(&Statuses::One(status)).or_else(|| find(&Statuses::Hundred(status.as_u16() / 100)));
        found.map(|(_, expected)| expected)
    }
}

impl Statuses {
    fn read(key: &str) -> Result<Self, String> {
        let hundred = key.strip_suffix("XX").and_then(|digit| digit.parse().ok()).map(Self::Hundred);
        let one = || key.parse().ok().map(Self::One);
        hundred.or_else(one).ok_or_else(|| format!("{key}: not a status"))
    }

    fn is_error(&self) -> bool {
        match self {
            Self::One(status) => status.is_client_error() || status.is_server_error(),
            Self::Hundred(hundred) => (4..=5).contains(hundred),
        }
    }
}

impl Expected {
    /// The content of an error response that the document does not list.
    pub(super) fn any_error(schemas: &Schemas<'_>) -> Result<Self, String> {
        Self::error(schemas, &json!({ "$ref": "#/components/schemas/Error" }))
    }

    fn read(schemas: &Schemas<'_>, statuses: &Statuses, response: &Value) -> Result<Self, String> {
        let Some(schema) = response.pointer(JSON) else {
            return match response.get("content") {
                None => Ok(Self::Nothing),
                Some(_) => Err("the content is not JSON".to_owned()),
            };
        };
        match response.get(BODY) {
            None if statuses.is_error() => Self::error(schemas, schema),
            None => schemas.response(schema).map(Self::Json),
            Some(body) if body == "ignored" => schemas.response(schema).map(Self::JsonOrNothing),
            Some(other) => Err(format!("{BODY}: {other} is not known")),
        }
    }

    fn error(schemas: &Schemas<'_>, schema: &Value) -> Result<Self, String> {
        match schemas.reading {
            Reading::AsWritten => schemas.response(schema).map(Self::Json),
            Reading::AsServed => schemas.documented(schema).map(Self::JsonOrText),
        }
    }

    pub(super) fn check(&self, content: &Content) -> Result<(), String> {
        match (self, content) {
            (Self::Nothing | Self::JsonOrNothing(_), Content::None) | (Self::JsonOrText(_), Content::Text(_)) => Ok(()),
            (Self::Nothing, _) => Err("a body where the document has none".to_owned()),
            (_, Content::None) => Err("no body where the document has one".to_owned()),
            (_, Content::Text(_)) => Err("a text where the document has JSON".to_owned()),
            (Self::Json(schema) | Self::JsonOrNothing(schema) | Self::JsonOrText(schema), Content::Json(body)) => {
                faults(schema, body)
            }
        }
    }
}
