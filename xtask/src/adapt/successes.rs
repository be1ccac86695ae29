//! Gives every operation one success, `2XX`, of one shape, or none where the document promises none: the generator then
//! hands over bytes. Statuses without content beside JSON are noted, so that polish makes an `Option` of the value. Error responses are left out, for the client's transport reads them itself.
//!
//! Drop when progenitor takes successes of several shapes, and error responses of several shapes beside them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::media_types::{BYTES, JSON};
use crate::document::extensions;
use crate::document::located::Located;
use crate::document::openapi::operations_mut;
use crate::document::pointer::Pointer;
use crate::lower::Origins;

/// A response of an operation, reduced to its shape: JSON of a schema, bytes, or nothing.
struct Response {
    shape: Map<String, Value>,
    at: Pointer,
    /// Its statuses, and the statuses of equal responses.
    statuses: Vec<String>,
    /// The name of its JSON in the document.
    json: Option<String>,
}

impl Response {
    fn is_empty(&self) -> bool {
        !self.shape.contains_key("content")
    }
}

/// Merges the successes of each operation; a warning for each whose JSON is read as bytes.
pub(super) fn merge(document: &mut Value, origins: &mut Origins) -> Vec<Located> {
    let mut warnings = Vec::new();
    for (at, operation) in operations_mut(document) {
        let success = find_success(&operation["responses"], &at.child("responses"), origins, &mut warnings);
        operation["responses"] = success.map_or_else(|| json!({}), |shape| json!({ "2XX": shape }));
    }
    warnings
}

fn find_success(
    responses: &Value,
    at: &Pointer,
    origins: &mut Origins,
    warnings: &mut Vec<Located>,
) -> Option<Map<String, Value>> {
    let mut successes: Vec<Response> = Vec::new();
    for (status, response) in responses.as_object().into_iter().flatten().filter(|(status, _)| status.starts_with('2'))
    {
        let response = reduce(response, at.child(status));
        match successes.iter_mut().find(|other| other.shape == response.shape) {
            Some(equal) => equal.statuses.push(status.clone()),
            None => successes.push(Response { statuses: vec![status.clone()], ..response }),
        }
    }
    // `default` speaks of the statuses that are not listed: of success only where no success is.
    if successes.is_empty() {
        successes.extend(responses.get("default").map(|response| reduce(response, at.child("default"))));
    }
    let there = at.child("2XX");
    let Response { mut shape, at, json, .. } = choose(successes, &there, origins, warnings)?;
    if let Some(media_type) = json {
        origins.rename(there.child("content").child(JSON), &at.child("content").child(JSON));
        if media_type != JSON && media_type != "*/*" {
            shape.insert(extensions::MEDIA_TYPE.to_owned(), media_type.into());
        }
    }
    origins.rename(there, &at);
    Some(shape)
}

fn reduce(response: &Value, at: Pointer) -> Response {
    let mut shape = Map::from_iter([("description".to_owned(), "".into())]);
    let content = response.get("content");
    let json = content.and_then(|content| content.get(JSON));
    if let Some(json) = json {
        let schema = json.get("schema").cloned().unwrap_or_else(|| json!({}));
        shape.insert("content".to_owned(), json!({ JSON: { "schema": schema } }));
    } else if content.is_some() {
        shape.insert("content".to_owned(), json!({ BYTES: {} }));
    }
    let name = |json: &Value| json.get(extensions::MEDIA_TYPE).and_then(Value::as_str).unwrap_or(JSON).to_owned();
    Response { shape, at, statuses: Vec::new(), json: json.map(name) }
}

/// The one success; of several in JSON a choice, since the body may be as any of them says.
fn choose(
    mut successes: Vec<Response>,
    there: &Pointer,
    origins: &mut Origins,
    warnings: &mut Vec<Located>,
) -> Option<Response> {
    if successes.len() < 2 {
        return successes.pop();
    }
    // Bytes may be none.
    let empty = successes.iter().position(Response::is_empty).map(|index| successes.remove(index));
    let mut first = choose_content(successes, there, origins, warnings)?;
    if let (Some(_), Some(empty)) = (&first.json, empty) {
        first.shape.insert(extensions::NO_CONTENT.to_owned(), empty.statuses.into());
    }
    Some(first)
}

/// The one success among those with content.
fn choose_content(
    mut successes: Vec<Response>,
    there: &Pointer,
    origins: &mut Origins,
    warnings: &mut Vec<Located>,
) -> Option<Response> {
    if successes.len() < 2 {
        return successes.pop();
    }
    // There is one success of bytes at most, because all of them have one shape.
    if let Some(bytes) = successes.iter().position(|success| success.json.is_none()) {
        let bytes = successes.swap_remove(bytes);
        let read = successes
            .iter()
            .map(|json| json.at.error(format!("is read as bytes, because {} is no JSON", origins.trace(&bytes.at))));
        warnings.extend(read);
        return Some(bytes);
    }
    let (mut branches, mut media_types) = (Vec::new(), BTreeSet::new());
    for success in &successes {
        let schema = |response: &Pointer| response.child("content").child(JSON).child("schema");
        origins.rename(schema(there).child("anyOf").child(branches.len()), &schema(&success.at));
        branches.push(success.shape["content"][JSON]["schema"].clone());
        media_types.insert(success.json.clone());
    }
    let mut first = successes.swap_remove(0);
    first.shape.insert("content".to_owned(), json!({ JSON: { "schema": { "anyOf": branches } } }));
    if media_types.len() > 1 {
        first.json = Some(JSON.to_owned());
    }
    Some(first)
}
