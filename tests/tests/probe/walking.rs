//! What the probe asks: GETs, a bounded number of them, with ids that listings named, and no faster than it may.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::Request;
use axum::http::header::RETRY_AFTER;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use deepgram_mgmt_sandbox::{Sandbox, seed};
use probe::{MAX_CALLS, PER_LISTING};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::scene::{effective, findings, probed};

/// Serves `answer` on loopback until the test's runtime ends; the number of requests and whether all were GETs.
pub(crate) async fn serve(
    answer: impl Fn(usize, &str) -> (StatusCode, Value) + Send + Sync + 'static,
) -> (String, Arc<AtomicUsize>) {
    let (answer, seen) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&seen);
    let handle = move |request: Request| {
        let (answer, n) = (Arc::clone(&answer), count.fetch_add(1, Ordering::SeqCst));
        async move {
            assert_eq!(request.method(), Method::GET);
            let (status, body) = answer(n, request.uri().path());
            ([(RETRY_AFTER, "1")], (status, axum::Json(body))).into_response()
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, Router::new().fallback(handle)).await });
    (base_url, seen)
}

#[tokio::test]
async fn it_sends_gets_only_of_every_operation_with_ids_of_listings_and_provokes_three_refusals() {
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
        project(&format!("/balances/{}", seed::BALANCE_ID)),
        project(&format!("/models/{}", seed::TTS_MODEL_ID)),
        project(&format!("/self-hosted/distribution/credentials/{}", seed::DISTRIBUTION_CREDENTIALS_ID)),
        format!("/v1/projects/{}", seed::SECOND_PROJECT_ID),
    ] {
        assert!(paths.contains(path.as_str()), "{path}: {paths:?}");
    }
    let templates: BTreeSet<&str> = walk.exchanges.iter().map(|exchange| exchange.path.as_str()).collect();
    assert_eq!(templates.len(), 23);
    let refusals: Vec<u16> = walk.exchanges.iter().filter(|e| e.provoked).map(|exchange| exchange.status).collect();
    assert_eq!(refusals, [404, 404, 400]);
    // The one refusal by a query is the only query there is.
    assert_eq!(seen.iter().filter(|request| request.query.is_some()).count(), 1);
}

#[tokio::test]
async fn however_much_there_is_the_number_of_requests_is_bounded() {
    // Whatever is asked, the answer lists a hundred of everything.
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
    assert!(asked <= MAX_CALLS && asked > 23 * PER_LISTING, "{asked}");
}

#[tokio::test]
async fn a_429_is_waited_out_and_one_that_stays_is_what_could_not_be_told() {
    let (base_url, seen) = serve(|n, path| match (n, path) {
        (0, _) => (StatusCode::TOO_MANY_REQUESTS, json!({})),
        (_, "/v1/projects") => (StatusCode::OK, json!({ "projects": [] })),
        (_, "/v1/models") => (StatusCode::FORBIDDEN, json!({ "err_code": "NO", "err_msg": "hush" })),
        _ => (StatusCode::NOT_FOUND, json!({})),
    })
    .await;
    let start = Instant::now();
    let (walk, outcome) = probed(&base_url, &effective()).await;
    assert!(start.elapsed() >= Duration::from_secs(1));
    // The 429 is no answer, its repetition is.
    assert_eq!(seen.load(Ordering::SeqCst), walk.exchanges.len() + 1);
    assert_eq!(outcome.untold, ["GET /v1/models: the answer is 403"]);
    assert_eq!(findings(&outcome), json!([]));
    // Of what no listing named an id for, nothing is asked, and that is said.
    assert_eq!(outcome.skipped.len(), 21);
    assert!(outcome.skipped.contains(&"GET /v1/models/{model_id}: no listing named an id for it".to_owned()));
}
