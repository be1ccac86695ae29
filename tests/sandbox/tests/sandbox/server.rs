//! The server around the operations: ids, log, start and end.

use std::collections::HashSet;
use std::time::Duration;

use deepgram_mgmt_sandbox::Sandbox;
use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, project};

#[tokio::test]
async fn every_response_has_a_request_id_of_its_own() {
    let client = Client::start().await;
    let mut ids = HashSet::new();
    for path in ["/projects", "/nothing", "/models"] {
        assert!(ids.insert(client.get(path).await.request_id));
    }
}

#[tokio::test]
async fn every_request_is_kept_as_it_came_over_the_wire() {
    let client = Client::start().await;
    client.send(client.request(Method::GET, "/nothing?a=%20b")).await;
    client.delete(&project("/invites/new%2Bhire%40example.com")).await;
    client.write(Method::PATCH, &project(""), &json!({ "name": "N" })).await;

    let seen = client.sandbox.requests();
    assert_eq!(seen.len(), 3);
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("GET", "/v1/nothing"));
    assert_eq!((seen[0].query.as_deref(), seen[0].header("authorization")), (Some("a=%20b"), None));
    assert_eq!(seen[1].path, format!("/v1{}", project("/invites/new%2Bhire%40example.com")));
    assert_eq!((seen[1].query.as_deref(), seen[1].json()), (None, Value::Null));
    assert_eq!(seen[2].header("Authorization"), Some("Bearer sandbox-admin-key"));
    assert_eq!(seen[2].json(), json!({ "name": "N" }));
    assert_eq!(client.sandbox.take_requests(), seen);
    assert!(client.sandbox.requests().is_empty());
}

#[tokio::test]
async fn sandboxes_share_nothing() {
    let (one, other) = (Client::start().await, Client::start().await);
    assert_eq!(one.delete(&project("")).await.status, 204);
    assert_eq!(other.get(&project("")).await.status, 200);
    assert_eq!(other.sandbox.requests().len(), 1);
}

#[tokio::test]
async fn a_dropped_sandbox_responds_no_more_even_on_an_open_connection() {
    let Client { sandbox, http } = Client::start().await;
    let url = format!("{}/v1/projects", sandbox.base_url());
    // Read to its end, so that the connection goes back to the pool.
    let body = http.get(&url).send().await.unwrap().bytes().await.unwrap();
    assert!(!body.is_empty());
    drop(sandbox);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(http.get(&url).send().await.is_err());
}

#[tokio::test]
async fn a_taken_address_is_an_error() {
    let sandbox = Sandbox::start().await.unwrap();
    let address = sandbox.base_url().trim_start_matches("http://").parse().unwrap();
    assert_eq!(Sandbox::start_on(address).await.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
}
