//! The two schemes: the effective document names them, the constructors send them, and neither falls back to the other.

use deepgram_mgmt::{Client, Credentials};
use deepgram_mgmt_sandbox::seed;

use crate::document::{bundled, overlaid, text};
use crate::raw::RawServer;
use crate::scene::{Scene, assert_refused};

#[tokio::test]
async fn the_constructors_send_the_schemes_of_the_effective_document() {
    let mut schemes = bundled()["components"]["securitySchemes"].as_mapping().expect("schemes").clone();
    assert_eq!(schemes.len(), 1, "the bundled document has one scheme");
    for (name, scheme) in overlaid("$.components.securitySchemes").as_mapping().expect("schemes") {
        assert!(schemes.insert(name.clone(), scheme.clone()).is_none(), "the overlay replaces no scheme");
    }
    let names: Vec<&str> = schemes.keys().map(text).collect();
    assert_eq!(names, ["bearerAuth", "tokenAuth"]);
    // Either of them authenticates: the bundled document demands the one, the overlay adds its alternative.
    assert_eq!(bundled()["security"], serde_yaml::from_str::<serde_yaml::Value>("[bearerAuth: []]").unwrap());
    assert_eq!(overlaid("$.security"), serde_yaml::from_str::<serde_yaml::Value>("tokenAuth: []").unwrap());

    let bearer = &schemes["bearerAuth"];
    assert_eq!((text(&bearer["type"]), text(&bearer["scheme"])), ("http", "bearer"));
    assert_eq!(sent(Credentials::bearer("made-up")).await, "Bearer made-up");

    let token = &schemes["tokenAuth"];
    assert_eq!((text(&token["type"]), text(&token["in"]), text(&token["name"])), ("apiKey", "header", "Authorization"));
    // OpenAPI has no field for the word before an API key, so its description says it.
    let description = text(&token["description"]);
    assert!(description.contains("prefix `Token`") && description.contains("`Authorization: Token <key>`"));
    assert_eq!(sent(Credentials::api_key("made-up")).await, "Token made-up");
}

/// The one `Authorization` header that goes over the wire.
async fn sent(credentials: Credentials) -> String {
    let server = RawServer::json("200 OK", r#"{"projects":[]}"#).await;
    let client = Client::builder().base_url(&server.base_url).credentials(credentials).build().unwrap();
    client.list_projects().send().await.unwrap();
    let request = server.requests().concat();
    let header = |line: &str| {
        line.split_once(": ")
            .filter(|(name, _)| name.eq_ignore_ascii_case("authorization"))
            .map(|(_, value)| value.to_owned())
    };
    let headers: Vec<String> = request.lines().filter_map(header).collect();
    assert_eq!(headers.len(), 1, "{request}");
    headers.concat()
}

#[tokio::test]
async fn a_refused_token_is_a_401_without_a_second_attempt_as_bearer() {
    let scene = Scene::start().await;
    let client = scene.client(|builder| builder.credentials(Credentials::api_key(seed::API_KEY)));
    assert_refused(client.list_projects().send().await, 401, "INVALID_AUTH");
    let seen = scene.saw("GET", "/v1/projects", None);
    assert_eq!(seen.header("authorization"), Some("Token sandbox-admin-key"));
}

#[tokio::test]
async fn a_refused_bearer_is_a_401_without_a_second_attempt_as_token() {
    let server = RawServer::json("401 Unauthorized", r#"{"err_code":"INVALID_AUTH","err_msg":"no"}"#).await;
    let client = Client::builder().base_url(&server.base_url).credentials(Credentials::bearer("jwt")).build().unwrap();
    assert_refused(client.list_projects().send().await, 401, "INVALID_AUTH");
    assert_eq!(server.request_lines(), ["GET /v1/projects HTTP/1.1"]);
}
