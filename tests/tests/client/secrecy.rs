//! Secrets that no error and no debug print shows: a credential, and the secret of a new key.

use std::error::Error as StdError;

use deepgram_mgmt::{Client, Credentials, Error, ErrorKind};
use deepgram_mgmt_sandbox::Dialect;
use deepgram_mgmt_sandbox::seed::PROJECT_ID;

use crate::operation::{Ids, operations};
use crate::raw::RawServer;
use crate::scene::{Scene, client_of};

/// The error of a creation that the server responded like this.
async fn creation_error(body: &str) -> Error {
    let server = RawServer::json("200 OK", body).await;
    let client = client_of(&server.base_url);
    let create = client.create_project_key("p").comment("ci").scopes([""; 0]);
    let error = create.send().await.unwrap_err();
    assert_eq!(server.request_lines(), ["POST /v1/projects/p/keys HTTP/1.1"]);
    assert_eq!(error.kind(), ErrorKind::Decode, "{body}: {error}");
    error
}

/// Everything that an error lets out: itself and its causes, each in both forms.
fn printed(error: &Error) -> String {
    let mut printed = format!("{error}\n{error:?}\n{error:#?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        printed = format!("{printed}\n{error}\n{error:?}");
        cause = error.source();
    }
    printed
}

#[tokio::test]
async fn an_answer_to_a_creation_that_is_not_understood_says_where_and_not_what_stood_there() {
    for (body, place, expected) in [
        (r#"{"key":["sk-hush"]}"#, "key", "expected a string"),
        (r#"{"key":{"sk-hush":"sk-hush"}}"#, "key", "expected a string"),
        (r#"{"key":"sk-hush","api_key_id":7}"#, "api_key_id", "expected a string"),
        (r#"{"key":"sk-hush","scopes":"sk-hush"}"#, "scopes", "expected a sequence"),
        (r#"{"key":"sk-hush","created":"sk-hush"}"#, "created", "expected a date"),
        (r#"{"key":"sk-hush","scopes":"x, expected sk-hush"}"#, "scopes", "expected a sequence"),
        (r#"{"key":"sk-hush","scopes":"x at line sk-hush"}"#, "scopes", "expected a sequence"),
        (r#"{"key":"sk-hush","key":"sk-hush"}"#, "the response", "holds `key` twice"),
        (r#"{"key":" ","api_key_id":"k","comment":"hush"}"#, "the response holds", "its `key` is null or empty"),
        (r#""sk-hush""#, "line 1", "expected"),
        (r#"["sk-hush"]"#, "line 1", "expected"),
        ("sk-hush", "line 1", "not JSON"),
        (r#"{"key":"sk-hush"#, "line 1", "ends too early"),
        (r#"{"key":"sk-hush"}"#, "the response holds [\"key\"]", "lacks `api_key_id`"),
        (r#"{"key":"sk-hush","api_key_id":"k"} sk-hush"#, "more follows", "JSON value"),
        (r#"{"key":sk-hush}"#, "line 1", "not JSON"),
    ] {
        let error = creation_error(body).await;
        let message = error.message().unwrap();
        assert!(message.contains(place) && message.contains(expected), "{body}: {message}");
        let printed = printed(&error);
        assert!(!printed.contains("hush"), "{body}: {printed}");
    }
}

#[tokio::test]
async fn a_property_that_the_document_does_not_know_is_not_repeated_either() {
    for body in [r#"{"sk-hush":nul}"#, r#"{"x":{"sk-hush":nul}}"#] {
        let printed = printed(&creation_error(body).await);
        assert!(!printed.contains("hush"), "{body}: {printed}");
    }
}

#[tokio::test]
async fn a_created_key_is_read_by_name_only_and_does_not_print() {
    for scene in Scene::both().await {
        let create = scene.client.create_project_key(PROJECT_ID);
        let created = create.comment("ci").scopes([""; 0]).send().await.unwrap();
        let secret = &created.key;
        assert!(!secret.expose_secret().is_empty());
        let printed = format!("{created:?} {created:#?} {secret:?}");
        assert!(printed.contains("Secret(…)") && !printed.contains(secret.expose_secret()), "{printed}");
    }
}

/// A response, or an entry of one, of every operation that hands out a secret.
const SECRETS: &str = r#"{
    "key": "sk-hush", "secret": "sk-hush", "access_token": "sk-hush", "api_key_id": "k", "username": "u",
    "distribution_credentials_id": "d"
}"#;

#[tokio::test]
async fn no_response_prints_the_secret_that_it_hands_out() {
    let operations = operations(Dialect::Live);
    for operation in operations.iter().filter(|operation| !operation.row().secrets.is_empty()) {
        let body = match operation.row().entries {
            [] => SECRETS.to_owned(),
            [list, ..] => format!(r#"{{ "{list}": [{SECRETS}] }}"#),
        };
        let server = RawServer::json("200 OK", &body).await;
        let client = client_of(&server.base_url);
        let sent = (operation.send)(&client, &Ids::of_dialect(Dialect::Live)).await;
        let printed = sent.unwrap_or_else(|error| panic!("{}: {error}", operation.id)).printed;
        assert!(printed.contains("Secret(…)") && !printed.contains("hush"), "{}: {printed}", operation.id);
        let request = server.request_lines().pop().unwrap();
        assert!(request.starts_with(operation.row().method), "{}: {request}", operation.id);
    }
}

#[tokio::test]
async fn a_refused_credential_prints_neither_in_the_error_nor_in_the_client() {
    for scene in Scene::both().await {
        let client: Client = scene.client(|builder| builder.credentials(Credentials::bearer("sk-hush")));
        let error = client.list_projects().send().await.unwrap_err();
        assert_eq!(scene.the_request().header("authorization"), Some("Bearer sk-hush"));
        let printed = format!("{} {client:?} {:?}", printed(&error), client.list_projects());
        assert!(!printed.contains("hush"), "{printed}");
    }
}
