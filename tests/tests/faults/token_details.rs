//! The details of a credential: no document names their properties, so all of them are kept.

use deepgram_mgmt::ErrorKind;
use serde_json::{Value, json};

use crate::server::{Server, json as success};
use crate::shared::client_of;

#[tokio::test]
async fn every_detail_of_a_credential_is_kept_and_none_of_their_values_prints() {
    let details =
        json!({ "api_key_id": "k", "secret": "hush", "n": 9e-5, "deep": { "list": [1, null, { "x": "hush" }] } });
    for sent in [details, json!({})] {
        let body = sent.to_string();
        let server = Server::start(move |_| success(&body)).await;
        let response = client_of(&server.base_url).get_token_details().send().await.unwrap();
        let printed = format!("{response:?} {:#?}", *response);
        assert!(!printed.contains("hush") && printed.contains("api_key_id") == (sent != json!({})), "{printed}");
        assert_eq!(serde_json::to_value(response.into_inner()).unwrap(), sent);
        let seen = &server.seen()[0];
        assert_eq!((&*seen.method, &*seen.path, &*seen.query), ("GET", "/v1/auth/token", ""));
    }
}

#[tokio::test]
async fn what_is_no_object_is_no_detail_of_a_credential() {
    for sent in [json!([]), json!([{ "api_key_id": "k" }]), json!("valid"), json!(true), Value::Null] {
        let body = sent.to_string();
        let server = Server::start(move |_| success(&body)).await;
        let error = client_of(&server.base_url).get_token_details().send().await.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (ErrorKind::Decode, Some("get_token_details")), "{sent}");
    }
}
