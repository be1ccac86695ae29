//! The vendor's own document: what it allows as a response decodes, and no leaf of it is lost.
//!
//! The document is reference data beside the project (`../shared/vendor`); without it the tests say so and try nothing.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use deepgram_mgmt::{Timestamp, operations};
use deepgram_mgmt_sandbox::Dialect;
use fastrand::Rng;
use serde_json::{Map, Value, json};
use xtask::load;

use crate::contract::Turn;
use crate::document;
use crate::emptiness::responses;
use crate::raw::{RawServer, Then, http_response};
use crate::scene::client_of;
use crate::unknown_properties::anything;

/// How many values of each response are tried.
const ROUNDS: usize = 100;

/// The properties that say which one an entry is. The vendor's document requires none of them, and the client does.
const IDENTITIES: [&str; 9] = [
    "project_id",
    "api_key_id",
    "key",
    "member_id",
    "email",
    "balance_id",
    "request_id",
    "distribution_credentials_id",
    "access_token",
];

/// The properties that the object with the identity stands in.
const ENVELOPES: [&str; 5] = ["item", "member", "api_key", "request", "distribution_credentials"];

fn vendor() -> Option<Value> {
    let path = Path::new("../../shared/vendor/openapi.yml");
    if !path.exists() {
        // Said past the harness, which keeps what a test that passes prints.
        let mut stderr = io::stderr();
        writeln!(stderr, "not tried: {} is not there", path.display()).unwrap();
        return None;
    }
    Some(load::document(path).unwrap().value)
}

/// A path without the names of its parameters, which the documents choose for themselves.
fn shape(path: &str) -> String {
    path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect::<Vec<_>>().join("/")
}

/// The schema of each response, by the operation's id in the client's document. No response has an example.
fn schemas(vendor: &Value) -> BTreeMap<String, &Value> {
    let mut schemas = BTreeMap::new();
    for documented in document::operations(Dialect::Live) {
        let paths = vendor["paths"].as_object().unwrap();
        let Some((_, item)) = paths.iter().find(|(path, _)| shape(path) == shape(&documented.path)) else { continue };
        let operation = &item[documented.method.to_lowercase()];
        let Some(content) = operation.pointer("/responses/200/content/application~1json") else { continue };
        assert!(content.get("example").is_none() && content.get("examples").is_none(), "{}", documented.id);
        schemas.insert(documented.id, &content["schema"]);
    }
    schemas
}

/// A value that a schema allows. A list at the top is the payload of its response, and is there; only the results of usage
/// and costs may be absent. Numbers are whole: the document calls counts and amounts alike.
fn value_of(document: &Value, schema: &Value, is_top: bool, rng: &mut Rng) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return value_of(document, document.pointer(reference.trim_start_matches('#')).unwrap(), is_top, rng);
    }
    if let Some(branches) = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array) {
        return value_of(document, &branches[rng.usize(..branches.len())], is_top, rng);
    }
    if let Some(values) = schema["enum"].as_array() {
        return values[rng.usize(..values.len())].clone();
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    match (kinds.get(rng.usize(..kinds.len().max(1))).copied(), schema["format"].as_str()) {
        (Some("object"), _) => {
            let mut object = Map::new();
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                let is_payload = is_top && property["type"] == "array" && name != "results";
                let is_required = schema["required"].as_array().is_some_and(|names| names.contains(&json!(name)));
                let is_identity = [&IDENTITIES[..], &ENVELOPES].concat().contains(&name.as_str());
                if is_payload || is_required || is_identity || rng.u8(..4) > 0 {
                    object.insert(name.clone(), value_of(document, property, false, rng));
                }
            }
            if object.is_empty() && schema["properties"].as_object().is_some_and(Map::is_empty) {
                // It may hold anything, and the client knows some of these names.
                let names = ["code", "completed", "details", "message", "token_details", "other"];
                let some = names.iter().filter(|_| rng.bool()).map(|name| (*name).to_owned()).collect::<Vec<_>>();
                object.extend(some.into_iter().map(|name| (name, anything(rng, 3))));
            }
            if let Some(more) = schema.get("additionalProperties").filter(|more| **more != false) {
                object.insert("a key".to_owned(), value_of(document, more, false, rng));
            }
            object.into()
        }
        (Some("array"), _) => (0..rng.u8(..3)).map(|_| value_of(document, &schema["items"], false, rng)).collect(),
        (Some("string"), Some("date-time")) => json!("2026-09-15T11:32:22.678047Z"),
        (Some("string"), Some("date")) => json!("2026-09-15"),
        (Some("string"), _) => json!(format!("text {}", rng.u16(..))),
        (Some("number" | "integer"), _) => json!(f64::from(rng.u16(..))),
        (Some("boolean"), _) => json!(rng.bool()),
        (Some("null"), _) => Value::Null,
        (None, _) => anything(rng, 2),
        (Some(kind), _) => panic!("{kind}"),
    }
}

/// The leaves of a value by their names, wherever they stand: the client flattens an envelope. Null is none, a number is
/// a float, and a time is written in one form.
fn leaves(value: &Value, name: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(members) => members.iter().for_each(|(name, value)| leaves(value, name, found)),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, name, found)),
        Value::Number(number) => found.push((name.to_owned(), number.as_f64().unwrap().to_string())),
        Value::String(text) => {
            let time = text.parse().map(|time: Timestamp| time.to_string());
            found.push((name.to_owned(), time.unwrap_or_else(|_| text.clone())));
        }
        Value::Bool(_) => found.push((name.to_owned(), value.to_string())),
    }
}

fn sorted_leaves(value: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    leaves(value, "", &mut found);
    found.sort();
    found
}

#[test]
fn what_the_vendors_document_allows_decodes_and_no_leaf_of_it_is_lost() {
    let Some(vendor) = vendor() else { return };
    let schemas = schemas(&vendor);
    let mut rng = Rng::with_seed(8);
    for (id, schema) in schemas {
        let row = operations::find(&id).unwrap();
        // A body that the client ignores has no type.
        if row.response.is_none() {
            continue;
        }
        let turn = |value: &Value| row.visit_response(Turn(value)).unwrap();
        for _ in 0..ROUNDS {
            let value = value_of(&vendor, schema, true, &mut rng);
            let written = turn(&value).unwrap_or_else(|error| panic!("{id}: {value}: {error}"));
            assert_eq!(sorted_leaves(&written), sorted_leaves(&value), "{id}: {value}");
            assert_eq!(turn(&written).unwrap(), written, "{id}");
        }
    }
}

#[tokio::test]
async fn each_call_reads_what_the_vendors_document_allows_as_its_response() {
    let Some(vendor) = vendor() else { return };
    let schemas = schemas(&vendor);
    let mut rng = Rng::with_seed(9);
    let unread = RawServer::json("200 OK", "{}").await;
    let ids: Vec<_> = responses(&client_of(&unread.base_url)).await.into_iter().map(|(id, _)| id).collect();
    for _ in 0..10 {
        // The vendor's document lacks the operation that says whether a credential is valid.
        let mut body =
            |id: &&str| schemas.get(*id).map_or(json!({}), |schema| value_of(&vendor, schema, true, &mut rng));
        let bodies: Vec<Value> = ids.iter().map(&mut body).collect();
        let json = |body: &Value| http_response("200 OK", "content-type: application/json\r\n", &body.to_string());
        let server = RawServer::in_turn(bodies.iter().map(json).collect(), Then::Close).await;
        for ((id, response), body) in responses(&client_of(&server.base_url)).await.into_iter().zip(&bodies) {
            response.unwrap_or_else(|error| panic!("{id}: {body}: {error}"));
        }
        assert_eq!(server.requests().len(), ids.len());
    }
}
