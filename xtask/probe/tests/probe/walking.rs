//! The requests of the probe: a bounded number of GETs, with ids from listings, and no faster than the server allows.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::http::header::RETRY_AFTER;
use axum::http::uri::PathAndQuery;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use deepgram_mgmt::chrono::NaiveDate;
use deepgram_mgmt::operations::OPERATIONS;
use deepgram_mgmt::{Client, Credentials};
use deepgram_mgmt_sandbox::{Sandbox, seed};
use probe::{Document, Kind, MAX_CALLS, PER_LISTING};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::scene::{bundled, effective, findings, probed};

/// Serves `response` on loopback until the test's runtime ends; the number of requests, which are GETs.
pub(crate) async fn serve(
    response: impl Fn(usize, &str) -> (StatusCode, Value) + Send + Sync + 'static,
) -> (String, Arc<AtomicUsize>) {
    serve_any(move |n, path| {
        let (status, body) = response(n, path);
        ([(RETRY_AFTER, "1")], (status, axum::Json(body))).into_response()
    })
    .await
}

/// As `serve`, with responses of any kind.
pub(crate) async fn serve_any(
    response: impl Fn(usize, &str) -> Response + Send + Sync + 'static,
) -> (String, Arc<AtomicUsize>) {
    let (response, seen) = (Arc::new(response), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&seen);
    let handle = move |request: Request| {
        let (response, n) = (Arc::clone(&response), count.fetch_add(1, Ordering::SeqCst));
        async move {
            assert_eq!(request.method(), Method::GET);
            let target = request.uri().path_and_query().map_or("", PathAndQuery::as_str);
            response(n, target)
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, Router::new().fallback(handle)).await });
    (base_url, seen)
}

#[tokio::test]
async fn it_sends_gets_only_of_every_operation_with_ids_of_listings_and_provokes_three_error_responses() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let (walk, _) = probed(&sandbox.base_url(), &effective()).await;
    let seen = sandbox.take_requests();
    assert_eq!(seen.len(), walk.exchanges.len());
    assert!(seen.iter().all(|request| request.method == "GET" && request.body.is_empty()));
    let paths: BTreeSet<&str> = seen.iter().map(|request| request.path.as_str()).collect();
    let project = |rest: &str| format!("/v1/projects/{}{rest}", seed::PROJECT_ID);
    for path in [
        project(&format!("/keys/{}", seed::KEY_ID)),
        project(&format!("/members/{}/scopes", seed::MEMBER_ID)),
        project(&format!("/models/{}", seed::TTS_MODEL_ID)),
        project(&format!("/self-hosted/distribution/credentials/{}", seed::DISTRIBUTION_CREDENTIALS_ID)),
        format!("/v1/projects/{}", seed::SECOND_PROJECT_ID),
    ] {
        assert!(paths.contains(path.as_str()), "{path}: {paths:?}");
    }
    let templates: BTreeSet<&str> = walk.exchanges.iter().map(|exchange| exchange.path.as_str()).collect();
    let gets = OPERATIONS.iter().filter(|operation| operation.method == "GET");
    assert_eq!(templates, gets.map(|operation| operation.path).collect());
    let errors: Vec<u16> = walk.exchanges.iter().filter(|e| e.provoked).map(|exchange| exchange.status).collect();
    assert_eq!(errors, [404, 404, 400]);
    // The one error response to a query is for the only query.
    assert_eq!(seen.iter().filter(|request| request.query.is_some()).count(), 1);
}

#[tokio::test]
async fn however_much_there_is_the_number_of_requests_is_bounded() {
    // Whatever is asked, the response lists a hundred of everything.
    let hundred: Vec<Value> = (0..100)
        .map(|n| {
            json!({ "project_id": n.to_string(), "api_key_id": n.to_string(), "uuid": n.to_string(),
            "member_id": n.to_string(), "balance_id": n.to_string(), "request_id": n.to_string(),
            "distribution_credentials_id": n.to_string() })
        })
        .collect();
    let (base_url, seen) = serve(move |_, _| (StatusCode::OK, json!({ "all": hundred }))).await;
    let (walk, _) = probed(&base_url, &effective()).await;
    let asked = seen.load(Ordering::SeqCst);
    assert_eq!(asked, walk.exchanges.len());
    assert!(asked <= MAX_CALLS && asked > 24 * PER_LISTING, "{asked}");
}

/// The paths of the operations that only read.
fn gets() -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().filter(|operation| operation.method == "GET").map(|operation| operation.path)
}

#[tokio::test]
async fn a_429_is_waited_out_and_one_that_stays_is_what_could_not_be_told() {
    let (base_url, seen) = serve(|n, path| match (n, path) {
        (0, _) => (StatusCode::TOO_MANY_REQUESTS, json!({})),
        (_, "/v1/projects") => (StatusCode::OK, json!({ "projects": [] })),
        (_, "/v1/auth/token") => (StatusCode::OK, json!({})),
        (_, "/v1/models") => (StatusCode::FORBIDDEN, json!({ "err_code": "NO", "err_msg": "hush" })),
        _ => (StatusCode::NOT_FOUND, json!({})),
    })
    .await;
    let start = Instant::now();
    let (walk, outcome) = probed(&base_url, &effective()).await;
    assert!(start.elapsed() >= Duration::from_secs(1));
    // The 429 is not recorded, the response to the repeated request is.
    assert_eq!(seen.load(Ordering::SeqCst), walk.exchanges.len() + 1);
    assert_eq!(outcome.untold, ["GET /v1/models: the status is 403"]);
    assert_eq!(findings(&outcome), json!([]));
    // Of what no listing named an id for, nothing is asked, and that is said.
    let mut skipped = outcome.skipped.clone();
    skipped.sort();
    let mut with_id: Vec<String> = gets()
        .filter(|path| path.contains('{'))
        .map(|path| format!("GET {path}: no listing named an id for it"))
        .collect();
    with_id.sort();
    assert_eq!(skipped, with_id);
}

#[tokio::test]
async fn a_429_that_stays_ends_the_walk() {
    let (base_url, seen) = serve_any(|_, path| match path {
        "/v1/projects" => axum::Json(json!({ "projects": [{ "project_id": "p" }] })).into_response(),
        _ => StatusCode::TOO_MANY_REQUESTS.into_response(),
    })
    .await;
    let (walk, outcome) = probed(&base_url, &effective()).await;
    // The listing once, the next operation as often as the client repeats it.
    assert_eq!((seen.load(Ordering::SeqCst), walk.exchanges.len()), (4, 2));
    assert_eq!(outcome.untold, ["GET /v1/models: the status is 429"]);
    // All but those two.
    assert_eq!(outcome.skipped.len(), gets().count() - 2);
    let throttled = "GET /v1/projects/{project_id}: the server takes no more requests: 429";
    assert!(outcome.skipped.contains(&throttled.to_owned()), "{:?}", outcome.skipped);
}

#[tokio::test]
async fn the_order_of_paths_does_not_matter_and_required_parameters_get_a_value_that_the_document_allows() {
    let parameter =
        |name: &str, schema: Value| json!({ "name": name, "in": "query", "required": true, "schema": schema });
    let get = |parameters: Value| {
        let ok = json!({ "description": "OK", "content": { "application/json": { "schema": {} } } });
        json!({ "get": { "parameters": parameters, "responses": { "200": ok } } })
    };
    let document = Document::new(json!({
        "openapi": "3.1.0",
        "info": { "title": "Backwards", "version": "1" },
        "paths": {
            "/v1/things/{thing_id}/parts": get(json!([
                parameter("start", json!({ "type": "string", "format": "date" })),
                parameter("period_end", json!({ "$ref": "#/components/schemas/Time" })),
                parameter("limit", json!({ "type": "integer", "minimum": 5 })),
                parameter("deep", json!({ "type": "boolean" })),
                parameter("order", json!({ "type": "string", "enum": ["up", "down"] })),
            ])),
            "/v1/things/{thing_id}": get(json!([])),
            "/v1/things": { "$ref": "#/components/pathItems/Things" },
            "/v1/things/{thing_id}.json": get(json!([])),
            "/v1/search": get(json!([parameter("q", json!({ "type": "string" }))])),
        },
        "components": {
            "pathItems": { "Things": get(json!([])) },
            "schemas": { "Time": { "type": "string", "format": "date-time" } },
        },
    }))
    .unwrap();
    let targets = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&targets);
    let (base_url, _) = serve(move |_, target| {
        seen.lock().unwrap().push(target.to_owned());
        match target {
            // Ids can be numbers.
            "/v1/things" => (
                StatusCode::OK,
                json!([{ "thing_id": 17 }, { "thing_id": ".." }, { "thing_id": "" }, { "thing_id": "a/b" }]),
            ),
            other if other.starts_with("/v1/things/") => (StatusCode::OK, json!({})),
            _ => (StatusCode::NOT_FOUND, json!({})),
        }
    })
    .await;
    let (_, outcome) = probed(&base_url, &document).await;
    let targets = targets.lock().unwrap();
    assert_eq!(targets[..3], ["/v1/things", "/v1/things/17", "/v1/things/a%2Fb"]);
    let (path, query) = targets[3].split_once('?').unwrap();
    assert_eq!(path, "/v1/things/17/parts");
    let query: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let date = |text: &str| text[..10].parse::<NaiveDate>().unwrap();
    assert_eq!((date(query[1].1) - date(query[0].1)).num_days(), 30, "{query:?}");
    assert!(query[0].1.len() == 10 && query[1].1.ends_with('Z'), "{query:?}");
    assert_eq!(query[2..], [("limit", "5"), ("deep", "false"), ("order", "up")]);
    let search = "GET /v1/search: it requires the query parameter `q`, and names no value for it";
    assert_eq!(outcome.skipped, [search, "GET /v1/things/{thing_id}.json: no listing named an id for it"]);
    assert_eq!((findings(&outcome), outcome.succeeded), (json!([]), (3, 5)));
}

#[tokio::test]
async fn operations_that_only_the_client_has_are_asked_last_and_their_error_responses_say_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::builder().base_url(sandbox.base_url()).credentials(Credentials::bearer(seed::API_KEY));
    let walk = probe::walk(&client.build().unwrap(), &bundled(), &effective()).await;
    let asked = sandbox.take_requests();
    let first = asked.iter().position(|request| request.path.ends_with("/usage/fields")).unwrap();
    let last = asked.iter().rposition(|request| request.path.ends_with("/keys")).unwrap();
    assert!(last < first, "{last} {first}");
    let outcome = probe::judge(&walk, &bundled(), &effective()).unwrap();
    // The bundled dialect has one of them, the details of a credential; it rejects a limit that is no number with a status that its document lacks.
    let found: Vec<_> = outcome.findings.iter().map(|finding| (finding.kind, finding.field.as_str())).collect();
    assert_eq!(found, [(Kind::UndocumentedOperation, "200"), (Kind::UndocumentedStatus, "400")]);
    assert_eq!((outcome.untold.len(), outcome.skipped.len(), outcome.succeeded), (0, 0, (13, 13)));
}
