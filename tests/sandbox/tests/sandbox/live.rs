//! The live dialect: its operations, its scheme, the forms of its errors, its log and its faults.

use deepgram_mgmt_sandbox::{Fault, Sandbox, seed};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

pub(crate) struct Live {
    sandbox: Sandbox,
    http: reqwest::Client,
}

impl Live {
    pub(crate) async fn start() -> Self {
        Self { sandbox: Sandbox::start_live().await.unwrap(), http: reqwest::Client::new() }
    }

    /// Status, media type and body of a response; the body is text where it is no JSON.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, String, Value) {
        self.call_as(&format!("Token {}", seed::API_KEY), method, path, body).await
    }

    async fn call_as(
        &self,
        authorization: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, String, Value) {
        let url = format!("{}/v1{path}", self.sandbox.base_url());
        let mut request = self.http.request(method, url).header("authorization", authorization);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        assert!(response.headers().contains_key("dg-request-id"));
        let media_type = response.headers().get("content-type").map(|name| name.to_str().unwrap().to_owned());
        let (status, text) = (response.status(), response.text().await.unwrap());
        assert_eq!(self.sandbox.violations(), Vec::<String>::new());
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (status, media_type.unwrap_or_default(), body)
    }

    async fn get(&self, path: &str) -> Value {
        let (status, _, body) = self.call(Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }
}

pub(crate) fn project(rest: &str) -> String {
    format!("/projects/{}{rest}", seed::PROJECT_ID)
}

#[tokio::test]
async fn the_live_dialect_takes_token_and_no_bearer() {
    let live = Live::start().await;
    let (status, _, body) = live.call_as(&format!("Bearer {}", seed::API_KEY), Method::GET, "/projects", None).await;
    assert_eq!((status, &body["category"]), (StatusCode::UNAUTHORIZED, &json!("INVALID_AUTH")));
    let bundled = Sandbox::start().await.unwrap();
    let request = live.http.get(format!("{}/v1/projects", bundled.base_url()));
    let response = request.header("authorization", format!("Token {}", seed::API_KEY)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn errors_come_in_the_modern_and_legacy_form_and_as_text() {
    let live = Live::start().await;
    let (status, _, body) = live.call(Method::POST, &project("/keys"), Some(json!({ "comment": 1 }))).await;
    assert_eq!((status, &body["category"]), (StatusCode::BAD_REQUEST, &json!("BAD_REQUEST")));
    assert!(body["request_id"].is_string());
    let (status, _, body) = live.call(Method::GET, &project("/requests?limit=1001"), None).await;
    assert_eq!((status, &body["request_id"]), (StatusCode::BAD_REQUEST, &Value::Null));
    let unknown = "/projects/00000000-0000-4000-8000-000000000000";
    let (status, _, body) = live.call(Method::GET, unknown, None).await;
    assert_eq!((status, &body["err_code"]), (StatusCode::NOT_FOUND, &json!("NOT_FOUND")));
    let (status, media_type, body) = live.call(Method::GET, "/projects/nobody", None).await;
    assert_eq!((status, media_type.as_str()), (StatusCode::NOT_FOUND, "text/plain"));
    assert!(body.as_str().unwrap().starts_with("UUID parsing failed"));
}

#[tokio::test]
async fn a_date_without_time_or_two_expiries_are_no_expiry_of_a_key() {
    let live = Live::start().await;
    for expiry in [
        json!({ "expiration_date": "2999-01-01" }),
        json!({ "expiration_date": "2999-01-01T00:00:00Z", "time_to_live_in_seconds": 60 }),
    ] {
        let mut body = json!({ "comment": "c", "scopes": ["member"] });
        body.as_object_mut().unwrap().extend(expiry.as_object().unwrap().clone());
        let (status, ..) = live.call(Method::POST, &project("/keys"), Some(body)).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn the_log_is_paged_from_0_newest_first_and_filtered() {
    let live = Live::start().await;
    let ids = |page: &Value| -> Vec<String> {
        let records = page["requests"].as_array().unwrap();
        records.iter().map(|record| record["request_id"].as_str().unwrap().to_owned()).collect()
    };
    let mut all = Vec::new();
    for page in 0..3 {
        all.extend(ids(&live.get(&project(&format!("/requests?page={page}"))).await));
    }
    assert_eq!(all.len(), seed::REQUESTS as usize);
    assert_eq!(all[2], seed::REQUEST_ID);
    let one = live.get(&project(&format!("/requests?request_id={}", seed::FAILED_REQUEST_ID))).await;
    assert_eq!(ids(&one), [seed::FAILED_REQUEST_ID]);
    let failed = live.get(&project("/requests?status=failed&limit=100")).await;
    assert!(ids(&failed).contains(&seed::FAILED_REQUEST_ID.to_owned()) && ids(&failed).len() < all.len());
    let none = live.get(&project("/requests?end=2026-09-15T11:00:00")).await;
    assert_eq!(ids(&none), [""; 0]);
}

#[tokio::test]
async fn a_server_that_ignores_the_page_sends_the_first_one_each_time() {
    let live = Live::start().await;
    let first = live.get(&project("/requests")).await;
    live.sandbox.set_fault(Some(Fault::IgnoresPage));
    assert_eq!(live.get(&project("/requests?page=1")).await, first);
    live.sandbox.set_fault(None);
    assert_ne!(live.get(&project("/requests?page=1")).await, first);
}

#[tokio::test]
async fn usage_can_be_filtered_and_grouped_and_tags_come_in_every_form() {
    let live = Live::start().await;
    let total = |usage: &Value| -> f64 {
        usage["results"].as_array().unwrap().iter().map(|result| result["requests"].as_f64().unwrap()).sum()
    };
    let (all, streamed) =
        (live.get(&project("/usage")).await, live.get(&project("/usage?method=streaming&diarize=true")).await);
    assert!(total(&streamed) > 0.0 && total(&streamed) < total(&all));
    let grouped = live.get(&project("/usage/breakdown?grouping=tags&end=2026-09-02")).await;
    let tags: Vec<&Value> = grouped["results"].as_array().unwrap().iter().map(|r| &r["grouping"]["tags"]).collect();
    assert!(
        tags.contains(&&Value::Null) && tags.contains(&&json!(seed::TAG)) && tags.contains(&&json!(seed::AGENT_TAGS))
    );
    let bill = live.get(&project("/billing/breakdown?grouping=tags&end=2026-09-02")).await;
    let tags: Vec<&Value> = bill["results"].as_array().unwrap().iter().map(|r| &r["grouping"]["tags"]).collect();
    for expected in [json!([]), json!([seed::TAG]), json!(seed::AGENT_TAGS)] {
        assert!(tags.contains(&&expected), "the tags of a bill are a list: {tags:?}");
    }
    for unknown in ["usage/breakdown?grouping=line_item", "billing/breakdown?grouping=deployment&grouping=endpoint"] {
        let (status, ..) = live.call(Method::GET, &project(&format!("/{unknown}")), None).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{unknown}");
    }
}

#[tokio::test]
async fn distribution_credentials_show_their_secret_once() {
    let live = Live::start().await;
    let path = project("/self-hosted/distribution/credentials");
    let new = json!({ "provider": "quay", "comment": "ci", "scopes": ["self-hosted:products"] });
    let (status, _, made) = live.call(Method::POST, &path, Some(new)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(made["secret"].is_string() && made["username"].is_string());
    let one = format!("{path}/{}", made["distribution_credentials_id"].as_str().unwrap());
    let got = live.get(&one).await;
    assert_eq!(got["distribution_credentials"]["comment"], "ci");
    assert!(got["distribution_credentials"].get("secret").is_none());
    let (status, _, deleted) = live.call(Method::DELETE, &one, None).await;
    assert_eq!((status, deleted), (StatusCode::OK, got));
    let (status, ..) = live.call(Method::GET, &one, None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
