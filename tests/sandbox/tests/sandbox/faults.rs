//! Faults on demand: what the client gets, and what the sandbox saw and did.

use std::time::{Duration, Instant};

use deepgram_mgmt_sandbox::{Dialect, FAULT_HEADER, Fault, FaultRule, Sandbox, seed};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The name that every request of these tests gives the project.
const NAME: &str = "changed";

/// Renames the project of a live sandbox under a fault.
async fn rename(sandbox: &Sandbox, fault: &str) -> reqwest::Result<Response> {
    let url = format!("{}/v1/projects/{}", sandbox.base_url(), seed::PROJECT_ID);
    let request = reqwest::Client::new().request(Method::PATCH, url).json(&json!({ "name": NAME }));
    request.header("authorization", format!("Token {}", seed::API_KEY)).header(FAULT_HEADER, fault).send().await
}

/// The name of the project now; no fault but the sandbox's own rules concerns the request.
async fn name(sandbox: &Sandbox) -> String {
    let url = format!("{}/v1/projects/{}", sandbox.base_url(), seed::PROJECT_ID);
    let request = reqwest::Client::new().get(url).header("authorization", format!("Token {}", seed::API_KEY));
    let project: Value = request.send().await.unwrap().json().await.unwrap();
    project["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_error_response_on_demand_has_its_retry_after_and_the_request_no_effect() {
    for (fault, status, retry_after) in [
        ("429", StatusCode::TOO_MANY_REQUESTS, Some("1")),
        ("429; retry-after=7", StatusCode::TOO_MANY_REQUESTS, Some("7")),
        ("503", StatusCode::SERVICE_UNAVAILABLE, None),
        ("503; retry-after=0", StatusCode::SERVICE_UNAVAILABLE, Some("0")),
    ] {
        for (dialect, scheme, code) in [(Dialect::Live, "Token", "category"), (Dialect::Bundled, "Bearer", "err_code")]
        {
            let sandbox = Sandbox::builder().dialect(dialect).start().await.unwrap();
            let url = format!("{}/v1/projects/{}", sandbox.base_url(), seed::PROJECT_ID);
            let request =
                reqwest::Client::new().delete(url).header("authorization", format!("{scheme} {}", seed::API_KEY));
            let response = request.try_clone().unwrap().header(FAULT_HEADER, fault).send().await.unwrap();
            assert_eq!(response.status(), status, "{fault}");
            let sent = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(sent.as_deref(), retry_after, "{fault}");
            let body: Value = response.json().await.unwrap();
            assert!(body[code].is_string(), "{body}");
            assert_eq!(sandbox.violations(), Vec::<String>::new());
            // The project is still there to be deleted.
            assert!(request.send().await.unwrap().status().is_success());
            let seen = sandbox.requests();
            let headers: Vec<_> = seen.iter().map(|request| request.header(FAULT_HEADER)).collect();
            assert_eq!(headers, [Some(fault), None]);
        }
    }
}

#[tokio::test]
async fn a_slow_response_comes_after_its_time_and_holds_up_no_other() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let start = Instant::now();
    let (slow, other) = tokio::join!(rename(&sandbox, "slow; ms=400"), async {
        let name = name(&sandbox).await;
        (name, start.elapsed())
    });
    assert_eq!(slow.unwrap().status(), StatusCode::OK);
    assert!(start.elapsed() >= Duration::from_millis(400));
    assert!(other.1 < start.elapsed(), "{other:?}");
    assert_eq!(name(&sandbox).await, NAME);
}

#[tokio::test]
async fn a_reset_is_a_reset_without_a_byte_of_a_response_and_the_request_has_no_effect() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let mut stream = TcpStream::connect(sandbox.base_url().trim_start_matches("http://")).await.unwrap();
    let head = format!("GET /v1/projects HTTP/1.1\r\nhost: a\r\nauthorization: Token {}\r\n", seed::API_KEY);
    stream.write_all(format!("{head}{FAULT_HEADER}: reset\r\n\r\n").as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let error = stream.read_to_end(&mut bytes).await.unwrap_err();
    assert_eq!((error.kind(), bytes), (std::io::ErrorKind::ConnectionReset, Vec::new()));

    assert!(rename(&sandbox, "reset").await.is_err());
    assert_ne!(name(&sandbox).await, NAME);
    let methods: Vec<_> = sandbox.requests().into_iter().map(|request| request.method).collect();
    assert_eq!(methods, ["GET", "PATCH", "GET"]);
}

#[tokio::test]
async fn a_truncated_response_breaks_off_in_its_body_and_the_request_has_its_effect() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let response = rename(&sandbox, "truncated").await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.content_length().unwrap() > 0);
    assert!(response.bytes().await.is_err());
    assert_eq!(name(&sandbox).await, NAME);
}

#[tokio::test]
async fn a_header_that_states_no_fault_is_a_400_that_names_it_and_a_401_goes_first() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let response = rename(&sandbox, "418").await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let text = response.text().await.unwrap();
    assert!(text.contains(FAULT_HEADER) && text.contains("expected 429, 503, slow"), "{text}");
    assert_ne!(name(&sandbox).await, NAME);

    let url = format!("{}/v1/projects", sandbox.base_url());
    let response = reqwest::Client::new().get(url).header(FAULT_HEADER, "503").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_rule_with_a_chance_concerns_the_same_requests_of_every_sandbox_with_its_seed() {
    let statuses = async |seed| {
        let rule = FaultRule::new(Fault::Unavailable { retry_after: None }, 0.5);
        let builder = Sandbox::builder().dialect(Dialect::Live).fault(rule).fault_seed(seed);
        let sandbox = builder.start().await.unwrap();
        let url = format!("{}/v1/projects", sandbox.base_url());
        let request = reqwest::Client::new().get(url).header("authorization", format!("Token {}", seed::API_KEY));
        let mut statuses = Vec::new();
        for _ in 0..32 {
            statuses.push(request.try_clone().unwrap().send().await.unwrap().status());
        }
        statuses
    };
    let first = statuses(3).await;
    assert!(first.contains(&StatusCode::OK) && first.contains(&StatusCode::SERVICE_UNAVAILABLE), "{first:?}");
    assert_eq!(first, statuses(3).await);
    assert_ne!(first, statuses(4).await);
}
