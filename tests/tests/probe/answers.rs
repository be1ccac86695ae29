//! What single answers come to, and what the program makes of servers.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::sync::{Arc, Mutex};

use deepgram_mgmt::{Client, Credentials};
use deepgram_mgmt_sandbox::probe::{self, Content, Document, Exchange, Kind, Walk};
use deepgram_mgmt_sandbox::{Sandbox, seed};
use serde_json::{Value, json};

use crate::{effective, listed};

/// An answer to GET /v1/projects, judged.
fn judged(status: u16, content_type: &str, body: Value) -> Vec<(String, String, Kind)> {
    let document = effective();
    let exchange = Exchange {
        path: "/v1/projects".to_owned(),
        provoked: false,
        status,
        content_type: Some(content_type.to_owned()),
        content: Content::Json(body),
    };
    let walk = Walk { exchanges: vec![exchange], ..Walk::default() };
    listed(&probe::judge(&walk, &document, &document).unwrap())
}

fn has(found: &[(String, String, Kind)], field: &str, kind: Kind) -> bool {
    found.iter().any(|(_, name, what)| name == field && *what == kind)
}

#[test]
fn a_field_that_the_client_loses_is_reported_as_lost() {
    let found = judged(200, "application/json", json!({ "projects": [{ "project_id": "a", "color": "blue" }] }));
    assert!(has(&found, ".color", Kind::UndocumentedField), "{found:?}");
    assert!(found.iter().any(|(.., kind)| *kind == Kind::LostField), "{found:?}");
}

#[test]
fn an_answer_that_the_client_does_not_decode_is_reported() {
    let found = judged(200, "application/json", json!({ "projects": "none" }));
    assert!(found.iter().any(|(.., kind)| *kind == Kind::WrongType), "{found:?}");
    assert!(found.iter().any(|(.., kind)| *kind == Kind::Undecodable), "{found:?}");
}

#[test]
fn a_status_and_a_media_type_that_are_not_documented_are_reported() {
    let found = judged(302, "application/json", json!({}));
    assert!(has(&found, "302", Kind::UndocumentedStatus), "{found:?}");
    let found = judged(200, "application/xml", json!({ "projects": [] }));
    assert!(found.iter().any(|(.., kind)| *kind == Kind::UndocumentedContentType), "{found:?}");
}

/// A server that refuses the first request for coming too soon; what it saw, by request line.
fn hurried_server() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    std::thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let mut lines = BufReader::new(connection.try_clone().unwrap()).lines();
            let request = lines.next().unwrap().unwrap();
            while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
            let mut seen = log.lock().unwrap();
            seen.push(request);
            let (status, body) = match seen.len() {
                1 => ("429 Too Many Requests\r\nRetry-After: 0", "{}"),
                _ => ("200 OK", r#"{"projects":[]}"#),
            };
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            );
            connection.write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, seen)
}

#[tokio::test]
async fn a_429_is_waited_out() {
    let (url, seen) = hurried_server();
    let document = Document::new(json!({
        "openapi": "3.1.0",
        "info": { "title": "small", "version": "1" },
        "paths": { "/v1/projects": { "get": { "operationId": "listProjects", "responses": { "200": {
            "description": "all",
            "content": { "application/json": { "schema": {
                "type": "object", "properties": { "projects": { "type": "array", "items": {} } },
            } } },
        } } } } },
    }))
    .unwrap();
    let client = Client::builder().base_url(url).credentials(Credentials::api_key("k")).build().unwrap();
    let walk = probe::walk(&client, &document).await;
    let listed = walk.exchanges.iter().filter(|exchange| exchange.path == "/v1/projects" && !exchange.provoked);
    assert_eq!(listed.map(|exchange| exchange.status).collect::<Vec<_>>(), [200], "{walk:?}");
    let seen = seen.lock().unwrap();
    assert!(seen.len() >= 2 && seen.iter().all(|line| line.starts_with("GET ")), "{seen:?}");
    assert_eq!(seen[0], seen[1]);
}

/// The exit code of the program, asking `base_url`.
async fn exit_code(base_url: String, key: &'static str, more: &'static [&'static str]) -> (Option<i32>, String) {
    tokio::task::spawn_blocking(move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
        command.args(["--base-url", &base_url]).args(more).env("DEEPGRAM_API_KEY", key);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn the_exit_code_tells_clean_from_findings_and_from_not_knowing() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let (code, text) = exit_code(sandbox.base_url(), seed::API_KEY, &[]).await;
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = exit_code(sandbox.base_url(), seed::API_KEY, &["--no-overlay"]).await;
    assert_eq!(code, Some(1), "{text}");
    let (code, text) = exit_code(sandbox.base_url(), "another-key", &[]).await;
    assert_eq!(code, Some(2), "{text}");
    assert!(!text.contains("another-key"), "{text}");
    let (code, text) = exit_code("http://127.0.0.1:1".to_owned(), seed::API_KEY, &[]).await;
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("connect"), "{text}");
}
