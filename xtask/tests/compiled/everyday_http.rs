//! Calls of a generated client over a socket, through the runtime of the published client: what the server sees, and what
//! the caller gets.

use std::fmt::Write as _;

use serde_json::{Value, json};
use xtask::client;

use crate::fixture::{Fixture, succeed};

/// A call, the response of the server, the head of the request (with the headers that are not always there) and the body
/// that the server sees, and the value or error that the caller gets.
const CALLS: [(&str, &str, &str, &str); 15] = [
    (
        r#"things_of(["a", "b c"]).fields(["x,y", "z&%"]).sizes([1, 2])"#,
        "204 No Content\r\n\r\n",
        "GET /things/a,b%20c/of?fields=x%2Cy,z%26%25&sizes=1%7C2",
        "null",
    ),
    (r#"things_of(["a"]).x_ids(["7", "8"])"#, "204 No Content\r\n\r\n", "GET /things/a/of [x-ids: 7,8]", "null"),
    (r#"things_of([".."])"#, "", "nothing", "InvalidRequest"),
    (r#"things_of(["a/../b"])"#, "", "nothing", "InvalidRequest"),
    (r#"things_of([""; 0])"#, "", "nothing", "InvalidRequest"),
    (r#"things_of(["a,b"])"#, "", "nothing", "InvalidRequest"),
    ("maybe_thing()", "200 OK\r\nContent-Length: 7\r\n\r\n{\"a\":1}", "GET /maybe", r#"{"a":1}"#),
    ("maybe_thing()", "204 No Content\r\n\r\n", "GET /maybe", "null"),
    ("maybe_thing()", "202 Accepted\r\nContent-Length: 0\r\n\r\n", "GET /maybe", "null"),
    // Only where the document promises a value, its absence is an error.
    ("maybe_thing()", "200 OK\r\nContent-Length: 0\r\n\r\n", "GET /maybe", "Decode"),
    ("maybe_thing()", "202 Accepted\r\nContent-Length: 7\r\n\r\n{\"a\":2}", "GET /maybe", r#"{"a":2}"#),
    (r#"either_thing("7").also("x&y")"#, "204 No Content\r\n\r\n", "GET /either/7?also=x%26y", "null"),
    (
        r#"deep_thing().expand(["a b", "c"]).created_gte(5).filter_ids(["7"])"#,
        "204 No Content\r\n\r\n",
        "GET /deep?created%5Bgte%5D=5&expand%5B%5D=a+b&expand%5B%5D=c&filter%5Bids%5D%5B%5D=7",
        "null",
    ),
    ("deep_thing().created(6)", "204 No Content\r\n\r\n", "GET /deep?created=6", "null"),
    (
        "text_thing().a(5)",
        "200 OK\r\nContent-Length: 7\r\n\r\n{\"a\":6}",
        "POST /text [content-type: text/json] {\"a\":5}",
        r#"{"a":6}"#,
    ),
];

fn document() -> Value {
    let strings = json!({ "type": "array", "items": { "type": "string" } });
    let numbers = json!({ "type": "array", "items": { "type": "integer" } });
    let either = json!({ "type": ["integer", "string"] });
    let thing = json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "integer" } } });
    let content = |media_type: &str| json!({ "required": true, "content": { media_type: { "schema": thing } } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Everyday", "version": "1" },
        "paths": {
            "/things/{ids}/of": { "get": {
                "operationId": "thingsOf",
                "parameters": [
                    { "name": "ids", "in": "path", "required": true, "style": "simple", "schema": strings },
                    { "name": "fields", "in": "query", "explode": false, "schema": strings },
                    { "name": "sizes", "in": "query", "style": "pipeDelimited", "schema": numbers },
                    { "name": "X-Ids", "in": "header", "schema": strings }
                ],
                "responses": { "204": {} }
            } },
            "/maybe": { "get": {
                "operationId": "maybeThing",
                "responses": { "200": content("application/json"), "202": {}, "204": {} }
            } },
            "/either/{id}": { "get": {
                "operationId": "eitherThing",
                "parameters": [
                    { "name": "id", "in": "path", "required": true, "schema": either },
                    { "name": "also", "in": "query", "schema": either }
                ],
                "responses": { "204": {} }
            } },
            "/deep": { "get": {
                "operationId": "deepThing",
                "parameters": [
                    { "name": "expand", "in": "query", "style": "deepObject", "explode": true, "schema": strings },
                    { "name": "created", "in": "query", "style": "deepObject", "explode": true, "schema": { "anyOf": [
                        { "type": "object", "properties": { "gte": { "type": "integer" } } }, { "type": "integer" }
                    ] } },
                    { "name": "filter", "in": "query", "style": "deepObject", "explode": true, "schema": {
                        "type": "object", "properties": { "ids": strings }
                    } }
                ],
                "responses": { "204": {} }
            } },
            "/text": { "post": {
                "operationId": "textThing",
                "requestBody": content("text/json"),
                "responses": { "200": content("text/json") }
            } }
        }
    })
}

/// Prints two lines for each call: what the server saw, and what the caller got.
const PROGRAM: &str = r#"
use std::io::{Read, Write};
use std::net::TcpListener;
use deepgram_mgmt::{Client, Credentials, Error};

/// Answers one request, and describes it.
fn serve(listener: TcpListener, response: &'static str) -> String {
    let (mut connection, _) = listener.accept().unwrap();
    let mut seen = Vec::new();
    while !seen.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if connection.read_exact(&mut byte).is_err() {
            return "nothing".to_owned();
        }
        seen.extend(byte);
    }
    let head = String::from_utf8(seen).unwrap();
    let mut lines = head.lines();
    let mut described = lines.next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
    let mut length = 0;
    for line in lines {
        if line.starts_with("x-") || line.starts_with("content-type") {
            described += &format!(" [{line}]");
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).unwrap();
    if length > 0 {
        described += &format!(" {}", String::from_utf8(body).unwrap());
    }
    write!(connection, "HTTP/1.1 {response}").unwrap();
    described
}

/// The value or the kind of the error, in one line.
fn show<T: serde::Serialize>(outcome: Result<T, Error>) -> String {
    match outcome {
        Ok(value) => serde_json::to_string(&value).unwrap(),
        Err(error) => format!("{:?}", error.kind()),
    }
}
"#;

fn program() -> String {
    let mut main = String::from(
        "fn main() {\nlet runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();\n",
    );
    for (call, response, ..) in CALLS {
        write!(
            main,
            "{{\nlet listener = TcpListener::bind(\"127.0.0.1:0\").unwrap();\n\
             let url = format!(\"http://{{}}\", listener.local_addr().unwrap());\n\
             let server = std::thread::spawn(|| serve(listener, {response:?}));\n\
             let client = Client::builder().credentials(Credentials::api_key(\"k\")).base_url(&url).build().unwrap();\n\
             let outcome = runtime.block_on(async {{ client.{call}.await }});\n\
             // The server waits for a connection, also where no call was sent.\n\
             let _ = std::net::TcpStream::connect(url.trim_start_matches(\"http://\"));\n\
             println!(\"{{}}\\n{{}}\", server.join().unwrap(), show(outcome));\n}}\n"
        )
        .unwrap();
    }
    format!("{PROGRAM}{main}}}\n")
}

#[test]
fn each_call_is_sent_and_read_as_its_document_says() {
    let program = program();
    let fixture = Fixture::shipped("everyday-http", &client(&document()).unwrap());
    fixture.add_binary("everyday", &program);
    let printed = succeed(&mut fixture.cargo(&["run", "--quiet", "--package", "deepgram-mgmt", "--bin", "everyday"]));
    let mut wrong = String::new();
    assert_eq!(printed.lines().count(), 2 * CALLS.len(), "{printed}");
    let mut lines = printed.lines();
    for (call, _, sent, got) in CALLS {
        let (saw, value) = (lines.next().unwrap(), lines.next().unwrap());
        if (saw, value) != (sent, got) {
            writeln!(wrong, "{call}\n  {saw}\n  {sent}\n  {value}\n  {got}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
