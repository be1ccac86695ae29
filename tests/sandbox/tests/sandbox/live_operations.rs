//! Every operation of the effective document, over a real socket.

use deepgram_mgmt_sandbox::seed;
use reqwest::{Method, StatusCode};
use roas_overlay::apply::{Apply, ApplyOptions};
use roas_overlay::v1_0::Overlay;
use serde_json::{Map, Value, json};

use crate::live::Live;

const DOCUMENT: &str = include_str!("../../spec/deepgram-management-openapi.yml");
const OVERLAY: &str = include_str!("../../spec/overlay.yaml");

/// The effective document.
fn effective() -> Value {
    let mut document: Value = serde_yaml::from_str(DOCUMENT).unwrap();
    let overlay: Overlay = serde_yaml::from_str(OVERLAY).unwrap();
    overlay.apply(&mut document, ApplyOptions::ErrorOnZeroMatch.into()).unwrap();
    document
}

/// Method and path of every operation of the document, and of an operation that has one the body.
fn calls() -> Vec<(Method, String, Option<Value>)> {
    let document = effective();
    let mut calls = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let schema = operation.pointer("/requestBody/content/application~1json/schema");
            let path = path.strip_prefix("/v1").unwrap().to_owned();
            calls.push((method.to_uppercase().parse().unwrap(), path, schema.map(|schema| body(&document, schema))));
        }
    }
    calls
}

/// A body with each property that a schema requires.
fn body(document: &Value, schema: &Value) -> Value {
    let reference = schema["$ref"].as_str().map(|reference| reference.trim_start_matches('#'));
    let schema = reference.map_or(schema, |reference| document.pointer(reference).unwrap());
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let property = |name: &str| {
        let property = &schema["properties"][name];
        // A description beside the reference puts it into an `allOf` of one.
        let target = property["$ref"].as_str().or_else(|| property["allOf"][0]["$ref"].as_str());
        target.map_or(property, |target| document.pointer(target.trim_start_matches('#')).unwrap())
    };
    let value = |name: &str| match (&property(name)["type"], &property(name)["format"]) {
        (kind, _) if kind == "array" => json!(["member"]),
        (_, format) if format == "email" => json!("a@example.com"),
        (kind, _) => {
            assert_eq!(kind, "string", "{name}");
            json!("member")
        }
    };
    required.map(|name| (name.to_owned(), value(name))).collect::<Map<_, _>>().into()
}

/// A path that is there at the start of every sandbox.
fn seeded(template: &str) -> String {
    let ids = [
        ("{project_id}", seed::PROJECT_ID),
        ("{key_id}", seed::KEY_ID),
        ("{member_id}", seed::MEMBER_ID),
        ("{email}", seed::INVITE_EMAIL),
        ("{balance_id}", seed::BALANCE_ID),
        ("{request_id}", seed::REQUEST_ID),
        ("{model_id}", seed::TTS_MODEL_ID),
        ("{distribution_credentials_id}", seed::DISTRIBUTION_CREDENTIALS_ID),
    ];
    ids.into_iter().fold(template.to_owned(), |path, (name, id)| path.replace(name, id))
}

#[tokio::test]
async fn every_operation_returns_200_within_the_document() {
    for (method, path, body) in calls() {
        // Each on a sandbox of its own, since some of them take from the others.
        let (status, _, response) = Live::start().await.call(method.clone(), &seeded(&path), body).await;
        assert_eq!(status, StatusCode::OK, "{method} {path}: {response}");
        assert!(response.is_object(), "{method} {path}: {response}");
    }
}

#[tokio::test]
async fn the_operations_beyond_the_bundled_document_are_404_in_its_dialect() {
    let bundled: Value = serde_yaml::from_str(DOCUMENT).unwrap();
    let client = crate::client::Client::start().await;
    for (method, path, _) in calls() {
        // No document has it, and every server may.
        if path != "/auth/token" && bundled["paths"].get(format!("/v1{path}")).is_none() {
            assert_eq!(client.call(method, &seeded(&path)).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
