//! Servers, recordings and documents that mean ill: nothing of them steers what shows the report, and none is a panic.

use std::collections::BTreeSet;

use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use probe::{Content, Document, Exchange, Format, Kind, Outcome, Walk};
use pulldown_cmark::{Event, Options, Parser};
use serde_json::{Value, json};

use crate::recordings::recorded;
use crate::scene::{effective, probed};
use crate::walking::serve_any;

const FORMATS: [Format; 4] = [Format::Text, Format::Json, Format::Markdown, Format::Github];

/// Keys that are secrets, addresses, or commands to what shows them.
const KEYS: [&str; 9] = [
    "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3",
    "ada@example.com",
    "sk_live_a1b2c3d4e5f6",
    "\u{1b}[2J\u{9b}2J",
    "\n::error title=owned::hush",
    "##[error]hush",
    "| <img src=x onerror=hush> `hush` @everyone",
    "\u{202e}hush",
    "11111111-1111-4111-8111-111111111111",
];

fn keys(value: &Value) -> Value {
    KEYS.iter().map(|key| ((*key).to_owned(), value.clone())).collect::<serde_json::Map<_, _>>().into()
}

#[tokio::test]
async fn keys_that_are_data_are_in_no_report_no_suggestion_and_no_recording() {
    let (base_url, _) = serve_any(|_, path| {
        let body = match path {
            "/v1/projects" => {
                // Undocumented, below what is undocumented, below what the client holds, and where a text belongs.
                let mut project = keys(&json!("hush"));
                project["project_id"] = json!("p");
                project["shade"] = keys(&keys(&json!(1)));
                project["company"] = keys(&json!(null));
                json!({ "projects": [project] })
            }
            // Names of properties by their looks; the document says that they are not.
            "/v1/models" => json!({ "languages": { "alice": 1, "bob": "hush" } }),
            "/v1/projects/p/billing/fields" => json!({ "line_items": { "carol": 1 } }),
            _ => json!({}),
        };
        Json(body).into_response()
    })
    .await;
    let document = effective();
    let (walk, outcome) = probed(&base_url, &document).await;
    let fields: Vec<_> = outcome.findings.iter().map(|f| (f.kind, [&*f.schema, &*f.field].concat())).collect();
    for (kind, field) in [
        (Kind::UndocumentedField, "Project.*"),
        (Kind::UndocumentedField, "Project.shade"),
        (Kind::WrongType, "Project.company"),
        (Kind::WrongType, "ModelList.languages.*"),
        (Kind::WrongType, "BillingFields.line_items.*"),
    ] {
        assert!(fields.contains(&(kind, field.to_owned())), "{field}: {fields:?}");
    }
    let private: Vec<&str> = KEYS.iter().copied().chain(["hush", "alice", "bob", "carol"]).collect();
    for format in FORMATS {
        let report = outcome.report(format);
        assert!(report.contains("shade"), "{report}");
        assert_holds_none(&report, &private);
    }
    assert_holds_none(&probe::overlay(&outcome.findings, &document).unwrap().unwrap().to_string(), &private);

    let (text, replayed) = recorded(&walk, &document);
    assert_holds_none(&text, &private);
    let again = probe::judge(&replayed, &document, &document).unwrap();
    assert_eq!(again.report(Format::Json), outcome.report(Format::Json));
}

fn assert_holds_none(text: &str, private: &[&str]) {
    for value in private {
        let escaped = json!(value).to_string();
        assert!(!text.contains(value) && !text.contains(escaped.trim_matches('"')), "{value:?}: {text}");
    }
}

#[test]
fn what_documents_and_recordings_say_ends_no_line_and_is_no_markup() {
    let hostile = "/\u{1b}[2J\u{9b}2J\n::error::x\u{2028}\u{202e}|`<b>";
    let walk = Walk {
        exchanges: vec![exchange(hostile, 200, hostile, Content::Json(json!({ "project_id": 1 })))],
        untold: vec![format!("GET /v1/x: {hostile}")],
        skipped: vec![hostile.to_owned()],
    };
    let effective = effective();
    let outcome = probe::judge(&walk, &effective, &effective).unwrap();
    assert_eq!(outcome.findings.len(), 1);
    for format in FORMATS {
        let report = outcome.report(format);
        let steering = report.chars().find(|c| *c != '\n' && (c.is_control() || "\u{2028}\u{202e}".contains(*c)));
        assert_eq!(steering, None, "{format:?}: {report:?}");
        let commands = report.lines().filter(|line| line.trim_start().starts_with("::")).collect::<Vec<_>>();
        assert!(commands.iter().all(|line| !line.starts_with("::error")), "{commands:?}");
    }
    // As code, and the code is not ended: the HTML beside it is the report's own.
    let markdown = outcome.report(Format::Markdown);
    for event in Parser::new_ext(&markdown, Options::ENABLE_TABLES) {
        let (Event::Html(html) | Event::InlineHtml(html)) = &event else { continue };
        assert_eq!(html.trim(), "<br>", "{markdown}");
    }
    let rows = markdown.lines().filter(|line| line.starts_with('|'));
    assert!(rows.into_iter().all(|row| row.replace("\\|", "").matches('|').count() == 5), "{markdown}");
    let json: Value = serde_json::from_str(&outcome.report(Format::Json)).unwrap();
    assert_eq!(json["not_asked"], json!([hostile]));
}

fn exchange(path: &str, status: u16, content_type: &str, content: Content) -> Exchange {
    let content_type = Some(content_type.to_owned());
    Exchange { path: path.to_owned(), provoked: false, status, content_type, content }
}

#[tokio::test]
async fn a_response_that_is_none_is_a_finding_or_could_not_be_told() {
    let typed = |content_type: &'static [u8], body: &'static str| -> Response {
        ([(CONTENT_TYPE, HeaderValue::from_bytes(content_type).unwrap())], body).into_response()
    };
    let (base_url, _) = serve_any(move |_, path| match path {
        "/v1/projects" => Json(json!({ "projects": [{ "project_id": "p" }] })).into_response(),
        "/v1/models" => Html("<h1>hush</h1>").into_response(),
        "/v1/projects/p" => typed(b"application/json", "{ \"project_id\": \"hush"),
        "/v1/projects/p/keys" => typed(b"application/json", ""),
        "/v1/projects/p/members" => typed(b"hush|`<b>\xff", "{}"),
        "/v1/projects/p/invites" => StatusCode::OK.into_response(),
        "/v1/projects/p/usage" => typed(b"application/json", Box::leak("[".repeat(100_000).into_boxed_str())),
        "/v1/projects/p/balances" => vec![b' '; 8 * 1024 * 1024 + 1].into_response(),
        // A text that JSON could be read from is a text where the document says so.
        "/v1/projects/p/requests" => (StatusCode::BAD_REQUEST, "404").into_response(),
        _ => Json(json!({})).into_response(),
    })
    .await;
    let (_, outcome) = probed(&base_url, &effective()).await;
    let found: BTreeSet<_> = outcome.findings.iter().map(|f| (f.kind, format!("{}: {}", f.schema, f.field))).collect();
    let expected = [
        "GET /v1/models 2XX: text/html",
        "GET /v1/projects/{project_id} 2XX: no JSON",
        "GET /v1/projects/{project_id}/keys 2XX: no JSON",
        "GET /v1/projects/{project_id}/members 2XX: no media type",
        "GET /v1/projects/{project_id}/invites 2XX: no media type",
        "GET /v1/projects/{project_id}/usage 2XX: no JSON",
    ];
    let mut expected = expected.map(|place| (Kind::UndocumentedContentType, place.to_owned())).to_vec();
    // An id that nobody has gets a response, an object without its identity.
    expected.push((Kind::Undecodable, "Project: ".to_owned()));
    assert_eq!(found, expected.into_iter().collect());
    assert_eq!(
        outcome.untold,
        [
            "GET /v1/projects/{project_id}/requests: the status is 400",
            "GET /v1/projects/{project_id}/balances: raw: the response is too large: the limit is 8388608 bytes",
        ]
    );
    assert!(FORMATS.iter().all(|format| !outcome.report(*format).contains("hush")));
    // No document can say that JSON may be none; the page of HTML is all that it can have.
    let suggested = probe::overlay(&outcome.findings, &effective()).unwrap().unwrap();
    assert_eq!(suggested["actions"].as_array().unwrap().len(), 1);
    assert_eq!(suggested["actions"][0]["update"], json!({ "content": { "text/html": {} } }));
}

#[test]
fn a_document_that_is_none_is_an_error_with_its_place_or_empty_and_never_a_panic() {
    let with = |path: Value| json!({ "openapi": "3.1.0", "paths": { "/v1/projects": path } });
    let ok = |schema: Value| {
        with(json!({ "get": { "responses": { "200": { "content": { "application/json": { "schema": schema } } } } } }))
    };
    let mut looping = ok(json!({ "$ref": "#/components/schemas/A" }));
    looping["components"] = json!({ "schemas": { "A": { "allOf": [{ "$ref": "#/components/schemas/A" }] } } });
    let rows = [
        (json!({}), "#/openapi: no version"),
        (json!({ "openapi": 3.1 }), "#/openapi: no version"),
        (json!({ "openapi": "3.0.3" }), "#/openapi: 3.0.3"),
        (json!({ "openapi": "3.1.0", "x-client-null": 1 }), "#/x-client-null: expected `absent`"),
        (json!({ "openapi": "3.1.0", "paths": [1] }), ""),
        (with(json!(1)), ""),
        (with(json!({ "get": 1 })), "#/paths/~1v1~1projects/get: is a number, not a mapping"),
        (with(json!({ "get": {} })), ""),
        (with(json!({ "get": { "responses": { "200": { "content": 1 } } } })), ""),
        (with(json!({ "$ref": "#/nowhere" })), "`$ref: #/nowhere` names nothing"),
        (with(json!({ "get": { "parameters": [{ "$ref": "other.yml" }] } })), "leaves the document"),
        (ok(json!(7)), "#/paths/~1v1~1projects/get/responses/200/content/application~1json/schema"),
        (ok(json!({ "type": "nonsense" })), "application~1json/schema"),
        (ok(json!({ "$ref": "#/nowhere" })), "names nothing"),
        (ok(json!({ "$ref": "https://example.com/other.json" })), "leaves the document"),
        (ok(json!({ "pattern": "(" })), "application~1json/schema"),
        (ok(json!({ "propertyNames": { "pattern": "^a" } })), "propertyNames"),
        (ok(json!({ "properties": 1, "required": 1, "allOf": 1, "anyOf": {}, "enum": 1 })), "schema"),
        (looping, "leads back to itself"),
    ];
    let body = json!({ "projects": [{ "project_id": 1 }], "a": { "b": [[]] } });
    let exchange = exchange("/v1/projects", 200, "application/json", Content::Json(body));
    let walk = Walk { exchanges: vec![exchange], ..Walk::default() };
    let shipped = effective();
    for (value, expected) in rows {
        let judged = Document::new(value.clone()).and_then(|document| {
            let outcome: Outcome = probe::judge(&walk, &document, &shipped)?;
            probe::overlay(&outcome.findings, &document).map(|_| ())
        });
        let said = judged.map_or_else(|error| format!("{error:#}"), |()| String::new());
        assert_eq!(said.is_empty(), expected.is_empty(), "{value}: {said}");
        assert!(said.contains(expected), "{value}: {said}");
    }
}

#[test]
fn a_suggestion_names_a_place_whatever_it_is_called() {
    let path = "/v1/it's \\ \"quoted\"\n\u{1}";
    let ok = json!({ "description": "OK", "content": { "application/json": { "schema": { "properties": {} } } } });
    let document = json!({ "openapi": "3.1.0", "paths": { path: { "get": { "responses": { "200": ok } } } } });
    let document = Document::new(document).unwrap();
    let exchange = exchange(path, 200, "application/json", Content::Json(json!({ "shade": 1 })));
    let walk = Walk { exchanges: vec![exchange], ..Walk::default() };
    let outcome = probe::judge(&walk, &document, &effective()).unwrap();
    // It is applied on the way, so that one that names nothing is an error.
    let suggested = probe::overlay(&outcome.findings, &document).unwrap().unwrap();
    assert_eq!(suggested["actions"][0]["update"], json!({ "properties": { "shade": { "type": "integer" } } }));
}
