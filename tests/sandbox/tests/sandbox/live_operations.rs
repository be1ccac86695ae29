//! Every operation of the effective document, over a real socket.

use std::collections::BTreeSet;

use deepgram_mgmt_sandbox::seed;
use reqwest::{Method, StatusCode};
use roas_overlay::apply::{Apply, ApplyOptions};
use roas_overlay::v1_0::Overlay;
use serde_json::{Value, json};

use crate::live::Live;

const DOCUMENT: &str = include_str!("../../spec/deepgram-management-openapi.yml");
const OVERLAY: &str = include_str!("../../spec/overlay.yaml");

/// Method and path of an operation, and of an operation that has one the body. The reads come first.
fn calls() -> Vec<(Method, &'static str, Option<Value>)> {
    let read = |path| (Method::GET, path, None);
    let delete = |path| (Method::DELETE, path, None);
    let write = |method, path, body| (method, path, Some(body));
    vec![
        read("/projects"),
        read("/projects/{project_id}"),
        read("/projects/{project_id}/keys"),
        read("/projects/{project_id}/keys/{key_id}"),
        read("/projects/{project_id}/members"),
        read("/projects/{project_id}/members/{member_id}/scopes"),
        read("/projects/{project_id}/invites"),
        read("/projects/{project_id}/usage"),
        read("/projects/{project_id}/usage/fields"),
        read("/projects/{project_id}/usage/breakdown"),
        read("/projects/{project_id}/billing/fields"),
        read("/projects/{project_id}/billing/breakdown"),
        read("/projects/{project_id}/requests"),
        read("/projects/{project_id}/requests/{request_id}"),
        read("/projects/{project_id}/balances"),
        read("/projects/{project_id}/balances/{balance_id}"),
        read("/projects/{project_id}/purchases"),
        read("/projects/{project_id}/models"),
        read("/projects/{project_id}/models/{model_id}"),
        read("/models"),
        read("/models/{model_id}"),
        read("/projects/{project_id}/self-hosted/distribution/credentials"),
        read("/projects/{project_id}/self-hosted/distribution/credentials/{distribution_credentials_id}"),
        read("/auth/token"),
        write(Method::POST, "/auth/grant", json!({ "ttl_seconds": 60 })),
        write(Method::PATCH, "/projects/{project_id}", json!({ "name": "Renamed" })),
        write(Method::POST, "/projects/{project_id}/keys", json!({ "comment": "c", "scopes": ["member"] })),
        write(Method::POST, "/projects/{project_id}/invites", json!({ "email": "a@example.com", "scope": "member" })),
        write(Method::PUT, "/projects/{project_id}/members/{member_id}/scopes", json!({ "scope": "member" })),
        write(
            Method::POST,
            "/projects/{project_id}/self-hosted/distribution/credentials",
            json!({ "provider": "quay", "comment": "c", "scopes": ["self-hosted:products"] }),
        ),
        delete("/projects/{project_id}/keys/{key_id}"),
        delete("/projects/{project_id}/members/{member_id}"),
        delete("/projects/{project_id}/invites/{email}"),
        delete("/projects/{project_id}/self-hosted/distribution/credentials/{distribution_credentials_id}"),
        delete("/projects/{project_id}/leave"),
        delete("/projects/{project_id}"),
    ]
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
        let (status, _, response) = Live::start().await.call(method.clone(), &seeded(path), body).await;
        assert_eq!(status, StatusCode::OK, "{method} {path}: {response}");
        assert!(response.is_object(), "{method} {path}: {response}");
    }
}

#[test]
fn these_are_the_operations_of_the_effective_document() {
    let mut document: Value = serde_yaml::from_str(DOCUMENT).unwrap();
    let overlay: Overlay = serde_yaml::from_str(OVERLAY).unwrap();
    overlay.apply(&mut document, ApplyOptions::ErrorOnZeroMatch.into()).unwrap();
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        documented.extend(item.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let called: BTreeSet<String> = calls().iter().map(|(method, path, _)| format!("{method} /v1{path}")).collect();
    assert_eq!(called, documented);
    assert_eq!(called.len(), 36);
}

#[tokio::test]
async fn the_operations_beyond_the_bundled_document_are_404_in_its_dialect() {
    let bundled: Value = serde_yaml::from_str(DOCUMENT).unwrap();
    let client = crate::client::Client::start().await;
    let mut beyond = 0;
    for (method, path, _) in calls() {
        // No document has it, and every server may.
        if path != "/auth/token" && bundled["paths"].get(format!("/v1{path}")).is_none() {
            assert_eq!(client.call(method, &seeded(path)).await.status, StatusCode::NOT_FOUND, "{path}");
            beyond += 1;
        }
    }
    assert_eq!(beyond, 14);
}
