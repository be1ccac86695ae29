//! The request id of a response: the id that the server sent, wherever the response has it.

use deepgram_mgmt::ErrorKind;

use crate::raw::{RawServer, Then, http_response};
use crate::scene::{Scene, client_of, nth_request_id};

#[tokio::test]
async fn the_request_id_of_a_success_is_the_one_the_server_sent() {
    for scene in Scene::both().await {
        for n in 1..=2 {
            let response = scene.client.list_projects().send().await.unwrap();
            assert_eq!(response.request_id(), response.headers()["dg-request-id"].to_str().ok());
            assert_eq!(response.request_id(), Some(&*nth_request_id(n)));
        }
    }
}

#[tokio::test]
async fn the_request_id_is_read_from_either_header_and_none_is_none() {
    for (headers, id) in [
        ("dg-request-id: one\r\n", Some("one")),
        ("DG-Request-Id: one\r\nx-dg-request-id: other\r\n", Some("one")),
        ("x-dg-request-id: other\r\n", Some("other")),
        ("", None),
    ] {
        let server = RawServer::start(http_response("200 OK", headers, "{}"), Then::Close).await;
        let response = client_of(&server.base_url).list_projects().send().await.unwrap();
        assert_eq!(response.request_id(), id, "{headers}");
        let server = RawServer::start(http_response("200 OK", headers, ""), Then::Close).await;
        let response = client_of(&server.base_url).delete_project("p").send().await.unwrap();
        assert_eq!(response.request_id(), id, "{headers}");
    }
}

#[tokio::test]
async fn the_request_id_of_an_error_is_that_of_its_body_or_else_of_its_header() {
    for (body, id) in [
        (r#"{"err_code":"X","err_msg":"x","request_id":"body"}"#, "body"),
        (r#"{"err_code":"X","err_msg":"x"}"#, "header"),
        ("not JSON", "header"),
        ("", "header"),
    ] {
        let server =
            RawServer::start(http_response("403 Forbidden", "dg-request-id: header\r\n", body), Then::Close).await;
        let error = client_of(&server.base_url).list_projects().send().await.unwrap_err();
        assert_eq!(error.request_id(), Some(id), "{body}");
        assert!(error.to_string().ends_with(&format!("(request id {id})")), "{error}");
    }
}

#[tokio::test]
async fn an_answer_that_was_not_understood_keeps_its_request_id() {
    let server =
        RawServer::start(http_response("200 OK", "dg-request-id: one\r\n", r#"{"projects":7}"#), Then::Close).await;
    let error = client_of(&server.base_url).list_projects().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
    assert_eq!(error.request_id(), Some("one"));
}
