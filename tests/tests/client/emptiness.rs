//! No silent emptiness: a response that no type knows is an error, and never an empty value.

use deepgram_mgmt::{Client, Error, ErrorKind, operations};
use deepgram_mgmt_sandbox::Dialect;

use crate::operation::{Ids, operations as calls};
use crate::raw::RawServer;
use crate::round_trip::effective;
use crate::scene::client_of;

/// Every operation with a typed response, called of a server that responds to each alike.
pub(crate) async fn responses(client: &Client) -> Vec<(&'static str, Result<(), Error>)> {
    let ids = Ids::of_dialect(Dialect::Live);
    let mut responses = Vec::new();
    for operation in calls(Dialect::Live).into_iter().filter(|operation| operation.row().response.is_some()) {
        responses.push((operation.id, (operation.send)(client, &ids).await.map(drop)));
    }
    responses
}

/// The result of each operation for one body. Each request was sent once.
async fn responses_to(body: &str) -> Vec<(&'static str, Result<(), Error>)> {
    let server = RawServer::json("200 OK", body).await;
    let responses = responses(&client_of(&server.base_url)).await;
    assert_eq!(server.requests().len(), responses.len(), "{body}");
    responses
}

#[tokio::test]
async fn properties_that_no_type_knows_are_an_error_that_quotes_them() {
    for (id, response) in responses_to(r#"{"x":1,"y":null}"#).await {
        // Of an open object, no property is unknown.
        if id == "getTokenDetails" {
            assert!(response.is_ok(), "{response:?}");
            continue;
        }
        let error = response.expect_err(id);
        assert_eq!((error.kind(), error.status().map(|s| s.as_u16())), (ErrorKind::Decode, Some(200)), "{id}: {error}");
        assert!(error.message().is_some_and(|message| message.contains(r#"["x", "y"]"#)), "{id}: {error}");
    }
}

#[tokio::test]
async fn what_is_no_object_is_an_error() {
    for body in ["[]", "[{}]", r#""text""#, "null", "7", ""] {
        for (id, response) in responses_to(body).await {
            let error = response.expect_err(&format!("{id}: {body}"));
            assert_eq!(error.kind(), ErrorKind::Decode, "{id}: {body}: {error}");
        }
    }
}

#[tokio::test]
async fn an_empty_object_is_what_the_bundled_contract_allows_and_no_entry_without_its_identity() {
    let document = effective();
    let identity = |id| {
        let response = operations::find(id).and_then(|row| row.response).expect("a response");
        document["components"]["schemas"][response]["x-client-identity"].as_array()
    };
    for (id, response) in responses_to("{}").await {
        if identity(id).is_some() {
            let error = response.expect_err(id);
            assert!(
                error.message().is_some_and(|message| message.contains("the response holds [], and lacks `")),
                "{error}"
            );
        } else {
            response.unwrap_or_else(|error| panic!("{id}: {error}"));
        }
    }
}

#[tokio::test]
async fn an_entry_of_a_list_without_its_identity_is_an_error_that_names_it_and_what_it_holds() {
    for (body, said) in [
        (
            r#"{"projects":[{"project_id":"p"},{"uuid":"q"}]}"#,
            r#"`projects[1]` holds ["uuid"], and lacks `project_id`"#,
        ),
        (
            r#"{"projects":[{"project_id":null,"name":"hush"}]}"#,
            r#"`projects[0]` holds ["name", "project_id"], and its `project_id` is null or empty"#,
        ),
        (
            r#"{"projects":[{"project_id":"","name":"hush"}]}"#,
            r#"`projects[0]` holds ["name", "project_id"], and its `project_id` is null or empty"#,
        ),
        (
            "{\"projects\":[{\"project_id\":\" \u{a0}\\n\",\"name\":\"hush\"}]}",
            r#"`projects[0]` holds ["name", "project_id"], and its `project_id` is null or empty"#,
        ),
    ] {
        let server = RawServer::json("200 OK", body).await;
        let error = client_of(&server.base_url).list_projects().send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
        let message = error.message().unwrap();
        assert!(message.contains(said) && !format!("{error:#?}").contains("hush"), "{error}");
        assert_eq!(server.request_lines(), ["GET /v1/projects HTTP/1.1"]);
    }
}

#[tokio::test]
async fn a_list_response_without_its_list_is_an_error_and_usage_without_results_is_not() {
    let server = RawServer::json("200 OK", r#"{"page":0,"limit":10}"#).await;
    let error = client_of(&server.base_url).list_project_requests("p").send().await.unwrap_err();
    assert!(error.message().is_some_and(|message| message.contains(r#"["limit", "page"]"#)), "{error}");

    let body = r#"{"start":"2024-10-16","end":"2024-10-23","resolution":{"units":"day","amount":1}}"#;
    let server = RawServer::json("200 OK", body).await;
    let client = client_of(&server.base_url);
    assert!(client.get_project_usage("p").send().await.unwrap().results.is_empty());
    assert!(client.get_usage_breakdown("p").send().await.unwrap().results.is_empty());
    assert!(client.get_billing_breakdown("p").send().await.unwrap().results.is_empty());
}

#[tokio::test]
async fn an_object_within_a_response_is_never_judged_and_what_it_holds_is_kept() {
    let body = r#"{"requests":[{"request_id":"r","response":{"new":{"shape":[1]}}}],"page":0}"#;
    let server = RawServer::json("200 OK", body).await;
    let list = client_of(&server.base_url).list_project_requests("p").send().await.unwrap();
    let response = list.requests[0].response.as_ref().unwrap();
    assert_eq!(response.unknown.get("new").unwrap()["shape"][0], 1);
    let [read, came] = [serde_json::to_value(list.into_inner()).unwrap(), serde_json::from_str(body).unwrap()];
    assert_eq!(read, came);
}
