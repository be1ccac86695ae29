//! The requests of generated builders, call by call.
//!
//! One program is built of one document; its runtime describes each request instead of sending it.

mod same_names;

use std::fmt::Write as _;
use std::process::Command;

use serde_json::{Map, Value, json};
use xtask::client;

use crate::fixture::{Fixture, target};

/// A call of the client, and the request.
const CALLS: [(&str, &str); 51] = [
    ("find()", "find: GET http://h/find"),
    (
        r#"find().filter_since("x&y").filter_kind(types::FindFilterKind::A)"#,
        "find: GET http://h/find?filter%5Bkind%5D=a&filter%5Bsince%5D=x%26y",
    ),
    ("find().limit(5).tag([1, 2])", "find: GET http://h/find?limit=5&tag=1&tag=2"),
    (r#"find().sort(["a", "b"])"#, "find: GET http://h/find?sort=a&sort=b"),
    (r#"either("7")"#, "either: GET http://h/either/7"),
    (r#"find().x_trace("t")"#, "find: GET http://h/find [x-trace: t]"),
    // Lists in one text: what separates the items stands as it is, the items are percent-encoded.
    (r#"lists(["a", "b c"])"#, "lists: GET http://h/lists/a,b%20c/items"),
    (
        r#"lists(["a"]).commas(["x,y", "z&%"]).spaces([1, 2]).pipes(["p|q", "r"]).many(["m", "n"])"#,
        "lists: GET http://h/lists/a/items?commas=x%2Cy,z%26%25&pipes=p%7Cq%7Cr&spaces=1%202&many=m&many=n",
    ),
    (
        r#"lists(["a"]).either(["1"]).kinds([types::Kind::from("b"), "c".into()]).days(["2026-01-02"]).plain("p")"#,
        "lists: GET http://h/lists/a/items?days=2026-01-02&either=1&kinds=b,c&plain=p",
    ),
    (
        r#"lists(["a"]).short(["s"]).amounts([1.5]).times(["2026-01-02T03:04:05Z"])"#,
        "lists: GET http://h/lists/a/items?amounts=1.5&short=s&times=2026-01-02T03%3A04%3A05Z",
    ),
    (r#"lists(["a"]).x_ids([7, 8])"#, "lists: GET http://h/lists/a/items [x-ids: 7,8]"),
    (r#"lists(["a"]).x_ids([0; 0]).commas(["only"])"#, "lists: GET http://h/lists/a/items?commas=only"),
    (r#"lists([""; 0])"#, "lists: ids has no items"),
    (r#"lists(["a,b"])"#, "lists: an item of the list holds a comma, which separates the items"),
    // A choice of single values in a query is the text of one.
    (r#"either_query().q("7")"#, "either_query: GET http://h/eitherQuery?q=7"),
    (r#"either_query().q("x&y")"#, "either_query: GET http://h/eitherQuery?q=x%26y"),
    // Names that Rust cannot tell apart are numbered, and sent as the document has them.
    (r#"twins("1").id_2("2").id_3("3").send_2("4")"#, "twins: GET http://h/twins/1?id=2&send=4 [id: 3]"),
    (r#"pair("1", "2", "3", "4").user_id_3("5")"#, "pair: GET http://h/pair/1/2/3/4?user_id=5"),
    ("named_by_hand().order(types::Order::Asc2)", "named_by_hand: GET http://h/named?order=ASC"),
    ("named_by_hand().order(types::Order::Empty)", "named_by_hand: GET http://h/named?order="),
    (r#"twins("1").by_hand("5")"#, "twins: GET http://h/twins/1?b%5By%5D=5"),
    (
        r#"twin_body().created_at("1").created_at_2("2")"#,
        r#"twin_body: POST http://h/twinBody [content-type: application/json] {"createdAt":"1","created_at":"2"}"#,
    ),
    (r#"text_json().a("1")"#, r#"text_json: POST http://h/textJson [content-type: text/json] {"a":"1"}"#),
    ("hal()", "hal: GET http://h/hal [accept: application/hal+json]"),
    ("problem()", "problem: GET http://h/problem [accept: application/json]"),
    ("any()", "any: GET http://h/any [accept: application/json]"),
    ("bytes()", "bytes: GET http://h/bytes"),
    (r#"wav().body(b"RIFF".to_vec())"#, "wav: POST http://h/wav [content-type: audio/wav] RIFF"),
    (r#"csv().body("a,b".to_owned())"#, "csv: POST http://h/csv [content-type: text/csv] a,b"),
    ("csv()", "csv: body is missing: set it with `.body(…)`"),
    (r#"patch().a("1")"#, r#"patch: PATCH http://h/patch [content-type: application/merge-patch+json] {"a":"1"}"#),
    ("patch()", "patch: a is missing: set it with `.a(…)`"),
    // An update clears a list or a map; a call that makes something new says nothing by an empty one.
    (
        r#"relabel().labels([""; 0]).by_name(std::collections::HashMap::new())"#,
        r#"relabel: PATCH http://h/relabel [content-type: application/json] {"by_name":{},"labels":[]}"#,
    ),
    (
        r#"relabel().labels(["x"])"#,
        r#"relabel: PATCH http://h/relabel [content-type: application/json] {"labels":["x"]}"#,
    ),
    ("relabel()", "relabel: PATCH http://h/relabel [content-type: application/json] {}"),
    (r#"label().labels([""; 0])"#, "label: POST http://h/label [content-type: application/json] {}"),
    ("json()", "json: POST http://h/json"),
    ("json().q(\"x\")", "json: POST http://h/json?q=x"),
    (r#"json().q("x").a("1")"#, r#"json: POST http://h/json?q=x [content-type: application/json] {"a":"1"}"#),
    ("json().body(types::builder::JsonBody::default())", "json: a is missing: set it with `.a(…)`"),
    // A property has `body_` before its name where a parameter or the builder has that name.
    (
        r#"clash("1").body_id("2").client("3").body_clone("4").day("2026-01-02")"#,
        r#"clash: POST http://h/clash/1 [content-type: application/json] {"client":"3","clone":"4","day":"2026-01-02","id":"2"}"#,
    ),
    ("form()", "form: POST http://h/form"),
    (r#"form().a("x y")"#, "form: POST http://h/form [content-type: application/x-www-form-urlencoded] a=x+y"),
    (
        r#"list_form().names(["x", "y&z"]).mixed(types::ListFormBodyMixed::from(7)).kinds([types::Kind::B])"#,
        "list_form: POST http://h/listForm [content-type: application/x-www-form-urlencoded] kinds=b&mixed=7&names=x&names=y%26z",
    ),
    (
        r#"list_form().names(["x"]).any(serde_json::json!([[1]]))"#,
        "list_form: any: [1] is no text, number or boolean, nor a list of them",
    ),
    ("list()", "list: POST http://h/list"),
    ("list().body(vec![1])", "list: POST http://h/list [content-type: application/hal+json] [1]"),
    ("optional_wav()", "optional_wav: POST http://h/optionalWav"),
    (
        r#"optional_wav().body(b"RIFF".to_vec())"#,
        "optional_wav: POST http://h/optionalWav [content-type: audio/wav] RIFF",
    ),
    // What is large stands in a box, which its builder neither wants nor loses.
    (
        r#"large().part(types::LargeBodyPart { p1: Some("x".to_owned()), ..Default::default() })"#,
        r#"large: POST http://h/large [content-type: application/json] {"part":{"p1":"x"}}"#,
    ),
    (
        "large().body(types::LargeBody { part: Some(Box::default()) })",
        r#"large: POST http://h/large [content-type: application/json] {"part":{}}"#,
    ),
];

/// An operation with lists in one text, in every place and style.
fn lists(text: &Value) -> Value {
    let strings = json!({ "type": "array", "items": text });
    let numbers = json!({ "type": "array", "items": { "type": "integer" } });
    let kinds = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Kind" } });
    let days = json!({ "type": "array", "items": { "type": "string", "format": "date" } });
    let short = json!({ "type": "array", "items": { "type": "string", "minLength": 1, "maxLength": 3 } });
    let amounts = json!({ "type": "array", "items": { "type": ["number", "null"] } });
    let either = json!({ "anyOf": [text, { "type": "array", "items": { "type": ["string", "integer"] } }] });
    json!({
        "operationId": "lists",
        "parameters": [
            { "name": "ids", "in": "path", "required": true, "schema": strings },
            { "name": "commas", "in": "query", "explode": false, "schema": strings },
            { "name": "spaces", "in": "query", "style": "spaceDelimited", "schema": numbers },
            { "name": "pipes", "in": "query", "style": "pipeDelimited", "explode": false, "schema": strings },
            { "name": "many", "in": "query", "style": "pipeDelimited", "explode": true, "schema": strings },
            { "name": "kinds", "in": "query", "explode": false, "schema": kinds },
            { "name": "days", "in": "query", "explode": false, "schema": days },
            { "name": "either", "in": "query", "explode": false, "schema": either },
            { "name": "short", "in": "query", "explode": false, "schema": short },
            { "name": "amounts", "in": "query", "explode": false, "schema": amounts },
            { "name": "times", "in": "query", "explode": false, "schema": { "type": "array", "items": {
                "type": "string", "format": "date-time" } } },
            { "name": "plain", "in": "query", "explode": false, "schema": text },
            { "name": "X-Ids", "in": "header", "schema": numbers }
        ],
        "responses": { "204": {} }
    })
}

fn document() -> Value {
    let text = json!({ "type": "string" });
    let object = json!({ "type": "object", "required": ["a"], "properties": { "a": text } });
    let content = |media_type: &str, schema: &Value| json!({ "content": { media_type: { "schema": schema } } });
    let required = |media_type: &str, schema: &Value| {
        let mut body = content(media_type, schema);
        body["required"] = json!(true);
        body
    };
    let bytes = json!({ "type": "string", "format": "binary" });
    let list = json!({ "type": "array", "items": { "type": "integer" } });
    let part: Map<String, Value> = (0..11).map(|number| (format!("p{number}"), text.clone())).collect();
    let part = json!({ "type": "object", "properties": part });
    let labels = json!({ "type": "object", "properties": {
        "labels": { "type": "array", "items": text }, "by_name": { "type": "object", "additionalProperties": text }
    } });
    let mut paths = json!({ "/find": { "get": {
        "operationId": "find",
        "parameters": [
            { "name": "filter", "in": "query", "style": "deepObject", "schema": { "type": "object", "properties": {
                "since": text, "kind": { "enum": ["a", "b"] }
            } } },
            { "name": "page", "in": "query", "schema": { "type": "object", "properties": {
                "limit": { "type": "integer" }, "sort": { "type": "array", "items": text }
            } } },
            { "name": "tag", "in": "query", "schema": list },
            { "name": "X-Trace", "in": "header", "schema": text }
        ],
        "responses": { "204": {} }
    } } });
    paths["/either/{id}"]["get"] = json!({
        "operationId": "either",
        "parameters": [{ "name": "id", "in": "path", "schema": { "type": ["integer", "string"], "pattern": "^[0-9]+$" } }],
        "responses": { "204": {} }
    });
    paths["/lists/{ids}/items"]["get"] = lists(&text);
    paths.as_object_mut().unwrap().extend(same_names::paths(&text));
    paths["/eitherQuery"]["get"] = json!({
        "operationId": "eitherQuery",
        "parameters": [{ "name": "q", "in": "query", "schema": { "type": ["integer", "string"] } }],
        "responses": { "204": {} }
    });
    let properties = json!({
        "id": text, "client": text, "clone": text, "day": { "type": "string", "format": "date" }
    });
    let list_form = json!({ "type": "object", "properties": {
        "names": { "type": "array", "items": text },
        "mixed": { "anyOf": [{ "type": "integer" }, { "type": "array", "items": { "type": "boolean" } }] },
        "kinds": { "type": "array", "items": { "$ref": "#/components/schemas/Kind" } },
        "any": {}
    } });
    let id = json!({ "name": "id", "in": "path", "required": true, "schema": text });
    paths["/clash/{id}"]["post"] = json!({
        "operationId": "clash",
        "parameters": [id],
        "requestBody": content("application/json", &json!({ "type": "object", "properties": properties })),
        "responses": { "204": {} }
    });
    paths["/pair/{user-id}/{user_id}/{send}/{$4}"]["get"] = json!({
        "operationId": "pair",
        "parameters": [
            { "name": "user_id", "in": "query", "schema": text },
            { "name": "user_id", "in": "path", "schema": text },
            { "name": "user-id", "in": "path", "schema": text },
            { "name": "send", "in": "path", "schema": text },
            { "name": "$4", "in": "path", "x-client-name": "fourth", "schema": text }
        ],
        "responses": { "204": {} }
    });
    paths["/named"]["get"] = json!({
        "operationId": "find",
        "x-client-name": "namedByHand",
        "parameters": [{ "name": "order", "in": "query", "schema": { "$ref": "#/components/schemas/Order" } }],
        "responses": { "204": {} }
    });
    paths["/twins/{id}"]["get"] = json!({
        "operationId": "twins",
        "parameters": [
            { "name": "id", "in": "query", "schema": text },
            { "name": "id", "in": "path", "schema": text },
            { "name": "ID", "in": "header", "schema": text },
            { "name": "send", "in": "query", "schema": text },
            { "name": "b[y]", "in": "query", "x-client-name": "by_hand", "schema": text }
        ],
        "responses": { "204": {} }
    });
    for (id, response) in [
        ("hal", content("application/hal+json", &object)),
        ("problem", json!({ "content": { "application/hal+json": {}, "application/json": { "schema": object } } })),
        ("any", content("*/*", &object)),
        ("bytes", content("audio/wav", &bytes)),
        ("defaulted", content("application/json", &json!({ "type": "object", "properties": { "a": text } }))),
    ] {
        paths[format!("/{id}")]["get"] = json!({ "operationId": id, "responses": { "200": response } });
    }
    for (id, method, body) in [
        ("wav", "post", required("audio/wav", &bytes)),
        ("csv", "post", required("text/csv", &text)),
        ("patch", "patch", required("application/merge-patch+json", &object)),
        ("json", "post", content("application/json", &object)),
        ("form", "post", content("application/x-www-form-urlencoded", &object)),
        ("listForm", "post", required("application/x-www-form-urlencoded", &list_form)),
        (
            "twinBody",
            "post",
            content(
                "application/json",
                &json!({ "type": "object", "properties": { "createdAt": text, "created_at": text } }),
            ),
        ),
        ("relabel", "patch", required("application/json", &labels)),
        ("label", "post", required("application/json", &labels)),
        ("list", "post", content("application/hal+json", &list)),
        ("textJson", "post", content("text/json", &object)),
        ("optionalWav", "post", content("audio/wav", &bytes)),
        ("large", "post", content("application/json", &json!({ "type": "object", "properties": { "part": part } }))),
    ] {
        let query = json!([{ "name": "q", "in": "query", "schema": text }]);
        paths[format!("/{id}")][method] =
            json!({ "operationId": id, "parameters": query, "requestBody": body, "responses": { "204": {} } });
    }
    let mut schemas = same_names::schemas();
    schemas["Kind"] = json!({ "enum": ["a", "b"] });
    schemas["Order"] = json!({ "enum": ["asc", "ASC", ""] });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Sending", "version": "1" },
        "paths": paths,
        "components": { "schemas": schemas }
    })
}

#[test]
fn every_call_comes_to_the_request_that_its_document_says() {
    let mut main = String::from(
        "use generated::types;\n\
         fn now<F: Future>(call: F) -> F::Output {\n\
         let mut context = std::task::Context::from_waker(std::task::Waker::noop());\n\
         match std::pin::pin!(call).poll(&mut context) {\nstd::task::Poll::Ready(done) => done,\n\
         std::task::Poll::Pending => panic!(\"waits for something\"),\n}\n}\n\
         fn main() {\n\
         let client = Client { baseurl: \"http://h\".to_owned(), client: reqwest::Client::new() };\n",
    );
    let calls: Vec<(&str, &str)> = CALLS.into_iter().chain(same_names::CALLS).collect();
    for (call, _) in &calls {
        writeln!(main, "println!(\"{{}}\", now(client.{call}.send()).map(drop).unwrap_err().0);").unwrap();
    }
    main.push_str("}\n");
    let fixture = Fixture::runtime_interface("sending");
    fixture.add_program("sending", &client(&document()).unwrap(), &main);
    fixture.build_programs();

    let output = Command::new(target().join("debug/sending")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let sent = String::from_utf8(output.stdout).unwrap();
    assert_eq!(sent.lines().count(), calls.len());
    let mut wrong = String::new();
    for ((call, expected), sent) in calls.into_iter().zip(sent.lines()) {
        if sent != expected {
            writeln!(wrong, "{call}\n  {sent}\n  {expected}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_type_has_a_builder_if_it_is_sent_or_has_no_default() {
    let types = client(&document()).unwrap().types;
    let (has, has_not) = (["LargeBody", "LargeBodyPart", "PatchBody", "HalResponse"], ["DefaultedResponse"]);
    for name in has {
        assert!(types.contains(&format!("pub fn builder() -> builder::{name} {{")), "{name}");
    }
    for name in has_not {
        assert_eq!(types.matches(&format!("pub struct {name} {{")).count(), 1, "{name}");
        assert!(!types.contains(&format!("builder::{name} ")), "{name}");
    }
}
