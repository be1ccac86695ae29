//! Failures below and beside HTTP: time limits, connections, and responses that the document does not list.

use std::time::{Duration, Instant};

use deepgram_mgmt::{Client, Error, ErrorKind, reqwest};
use futures_util::FutureExt;
use tokio::net::TcpListener;

use crate::raw::{RawServer, Then, http_response};
use crate::scene::{builder, client_of};

/// An response of which the half is missing.
const HALF: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{\"projects\":[";

fn hasty(base_url: &str) -> Client {
    builder(base_url).timeout(Duration::from_millis(100)).build().unwrap()
}

/// The error of a call; a client that waits on is a failure and not a test that hangs.
async fn error_in_time(client: &Client) -> Error {
    let calling = tokio::time::timeout(Duration::from_secs(1), client.list_projects().send());
    calling.await.expect("the call ends in time").unwrap_err()
}

fn assert_kind(error: &Error, kind: ErrorKind, begins: &str) {
    assert_eq!(error.kind(), kind, "{error:?}");
    let line = error.to_string();
    assert!(line.starts_with(begins) && !line.contains('\n'), "{line}");
}

/// Where a server listens, as errors name it.
fn host_and_port(server: &RawServer) -> &str {
    server.base_url.trim_start_matches("http://")
}

#[test]
fn outside_of_a_runtime_calls_and_streams_are_errors_and_nothing_is_sent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let client = client_of(&format!("http://{}", listener.local_addr().unwrap()));
    let request = || client.list_project_requests("p");
    let errors = [
        client.list_projects().send().now_or_never().expect("at once").unwrap_err(),
        client.delete_project("p").send().now_or_never().expect("at once").unwrap_err(),
        client.raw(reqwest::Method::GET, "/v1/projects").send().now_or_never().expect("at once").unwrap_err(),
        request().items().try_next().now_or_never().expect("at once").unwrap_err(),
        request().pages().concurrency(4).try_next().now_or_never().expect("at once").unwrap_err(),
    ];
    for error in errors {
        assert_eq!((error.kind(), error.attempts(), error.maybe_processed()), (ErrorKind::InvalidRequest, 0, false));
        assert!(error.to_string().contains("no tokio runtime on this thread; make the call within one"), "{error}");
    }
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[tokio::test]
async fn a_server_that_never_answers_is_a_timeout_within_the_limit() {
    let server = RawServer::start("", Then::Hold).await;
    let begun = Instant::now();
    let error = error_in_time(&hasty(&server.base_url)).await;
    assert!(begun.elapsed() >= Duration::from_millis(100), "{:?}", begun.elapsed());
    assert_kind(&error, ErrorKind::Timeout, &format!("list_projects: timed out: {}: ", host_and_port(&server)));
    assert_eq!((error.status(), error.operation()), (None, Some("list_projects")));
    assert_eq!(server.request_lines(), ["GET /v1/projects HTTP/1.1"]);
}

#[tokio::test]
async fn an_answer_that_stops_halfway_is_a_timeout_within_the_limit() {
    let server = RawServer::start(HALF, Then::Hold).await;
    let error = error_in_time(&hasty(&server.base_url)).await;
    assert_kind(&error, ErrorKind::Timeout, "list_projects: timed out");
}

#[tokio::test]
async fn a_deletion_that_succeeded_does_not_wait_long_for_a_body_that_does_not_come() {
    let server = RawServer::start(HALF, Then::Hold).await;
    let client = client_of(&server.base_url);
    let deleting = client.delete_project_key("p", "k").send();
    let deleted = tokio::time::timeout(Duration::from_secs(10), deleting).await;
    assert_eq!(deleted.expect("well before the limit of an attempt, 30 seconds").unwrap().status(), 200);
    assert_eq!(server.request_lines(), ["DELETE /v1/projects/p/keys/k HTTP/1.1"]);
}

#[tokio::test]
async fn an_answer_is_waited_for_longer_only_where_the_limit_of_an_attempt_is_longer_too() {
    let server = RawServer::start("", Then::Hold).await;
    let client = builder(&server.base_url).attempt_timeout(Duration::from_millis(50)).build().unwrap();
    let longer = client.with_timeout(Duration::from_secs(600));
    let patient = longer.with_attempt_timeout(Duration::from_millis(800));
    for (client, is_patient) in [(&longer, false), (&patient, true)] {
        let begun = Instant::now();
        let error = client.list_projects().send().await.unwrap_err();
        assert_kind(&error, ErrorKind::Timeout, "list_projects: timed out");
        assert_eq!(begun.elapsed() >= Duration::from_millis(800), is_patient, "{:?}", begun.elapsed());
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_time_limit_of_the_callers_http_client_gives_way_to_the_builders() {
    let server = RawServer::start("", Then::Hold).await;
    let http = reqwest::Client::builder().timeout(Duration::from_secs(60));
    let client = builder(&server.base_url).http_client(http).timeout(Duration::from_millis(100)).build().unwrap();
    let error = error_in_time(&client).await;
    assert_kind(&error, ErrorKind::Timeout, "list_projects: timed out");
}

#[tokio::test]
async fn a_refused_connection_is_a_connect_error_that_does_not_repeat_the_url() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = client_of(&format!("http://{closed}"));
    let delete = client.delete_project_invitation("p", "hush@example.com");
    let error = delete.send().await.unwrap_err();
    assert_kind(&error, ErrorKind::Connect, &format!("delete_project_invitation: cannot connect: {closed}: "));
    assert_eq!(error.status(), None);
    // The path of this call is personal data.
    assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_in_its_body_is_a_connection_error() {
    let server = RawServer::start(HALF, Then::Close).await;
    let error = client_of(&server.base_url).list_projects().send().await.unwrap_err();
    assert_kind(
        &error,
        ErrorKind::Connection,
        &format!("list_projects: the connection broke: {}: ", host_and_port(&server)),
    );
    assert_eq!(server.request_lines(), ["GET /v1/projects HTTP/1.1"]);
}

#[tokio::test]
async fn a_connection_that_closes_without_an_answer_is_a_connection_error_and_a_write_is_not_repeated() {
    let server = RawServer::start("", Then::Close).await;
    let client = client_of(&server.base_url);
    let create = client.create_project_key("p").comment("ci").scopes([""; 0]);
    let error = create.send().await.unwrap_err();
    let named = format!("create_project_key: the connection broke: {}: ", host_and_port(&server));
    assert_kind(&error, ErrorKind::Connection, &named);
    assert_eq!(server.request_lines(), ["POST /v1/projects/p/keys HTTP/1.1"]);
}

#[tokio::test]
async fn an_error_whose_body_breaks_off_is_still_that_error() {
    let server = RawServer::start(HALF.replace("200 OK", "503 Service Unavailable"), Then::Close).await;
    let error = client_of(&server.base_url).list_projects().send().await.unwrap_err();
    assert_kind(&error, ErrorKind::Status, "list_projects: 503 Service Unavailable");
}

#[tokio::test]
async fn an_error_that_the_document_does_not_list_is_a_status_error_with_what_the_server_said() {
    for (status, code) in
        [("402 Payment Required", 402), ("429 Too Many Requests", 429), ("500 Internal Server Error", 500)]
    {
        let server = RawServer::json(status, r#"{"err_code":"NO\nMORE","err_msg":"not\r\nnow"}"#).await;
        let error = client_of(&server.base_url).list_projects().send().await.unwrap_err();
        assert_kind(&error, ErrorKind::Status, &format!("list_projects: {status}: NO MORE: not  now"));
        assert_eq!(error.status().map(|status| status.as_u16()), Some(code));
        assert_eq!((error.code(), error.message()), (Some("NO\nMORE"), Some("not\r\nnow")));
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_error_that_is_not_json_is_a_status_error_without_the_servers_text() {
    for body in ["<html>hush</html>", "", "null", "[\"hush\"]", r#"{"err_code":{"hush":1}}"#] {
        let server = RawServer::json("502 Bad Gateway", body).await;
        let error = client_of(&server.base_url).list_projects().send().await.unwrap_err();
        assert_kind(&error, ErrorKind::Status, "list_projects: 502 Bad Gateway");
        assert_eq!(error.code(), None);
        assert!(!format!("{error} {error:?}").contains("hush"), "{error:?}");
    }
}

#[tokio::test]
async fn a_message_of_megabytes_is_kept_whole_and_printed_in_part() {
    let message = "no ".repeat(700_000);
    let server = RawServer::json("400 Bad Request", &format!(r#"{{"err_code":"C","err_msg":"{message}"}}"#)).await;
    let error = client_of(&server.base_url).list_projects().send().await.unwrap_err();
    assert_kind(&error, ErrorKind::Status, "list_projects: 400 Bad Request: C: no no ");
    assert!(error.to_string().len() < 1100 && error.to_string().ends_with('…'), "{error}");
    assert_eq!(error.message(), Some(message.as_str()));
}

#[tokio::test]
async fn any_2xx_is_the_success_of_the_call_with_or_without_a_body() {
    for status in ["200 OK", "201 Created", "202 Accepted"] {
        let server = RawServer::json(status, r#"{"message":"done","project_id":"p","name":"P"}"#).await;
        let client = client_of(&server.base_url);
        assert_eq!(client.get_project("p").send().await.unwrap().name.as_deref(), Some("P"));
        let deleted = client.delete_project("p").send().await.unwrap();
        assert_eq!(deleted.status().to_string(), status);
        assert_eq!(server.request_lines(), ["GET /v1/projects/p HTTP/1.1", "DELETE /v1/projects/p HTTP/1.1"]);
    }
    let server = RawServer::start(http_response("200 OK", "", "deleted, and no JSON"), Then::Close).await;
    client_of(&server.base_url).delete_project("p").send().await.unwrap();
}
