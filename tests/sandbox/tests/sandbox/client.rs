//! A client that knows nothing of the document; it checks what holds for every response.

use deepgram_mgmt_sandbox::{Sandbox, seed};
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// A response.
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) request_id: String,
    /// `Null` for an empty one.
    pub(crate) body: Value,
}

pub(crate) struct Client {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: reqwest::Client,
}

impl Client {
    pub(crate) async fn start() -> Self {
        Self { sandbox: Sandbox::start().await.unwrap(), http: reqwest::Client::new() }
    }

    /// A request to a path below `/v1`.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}/v1{path}", self.sandbox.base_url()))
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Seen {
        let response = request.send().await.unwrap();
        let status = response.status();
        let request_id = response.headers()["dg-request-id"].to_str().unwrap().to_owned();
        let bytes = response.bytes().await.unwrap();
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        assert_eq!(self.sandbox.violations(), Vec::<String>::new());
        if status.is_client_error() {
            assert_eq!(body["request_id"], request_id.as_str());
        }
        Seen { status, request_id, body }
    }

    pub(crate) async fn call(&self, method: Method, path: &str) -> Seen {
        self.send(self.request(method, path).bearer_auth(seed::API_KEY)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Seen {
        self.call(Method::GET, path).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Seen {
        self.call(Method::DELETE, path).await
    }

    pub(crate) async fn write(&self, method: Method, path: &str, body: &Value) -> Seen {
        self.send(self.request(method, path).bearer_auth(seed::API_KEY).json(body)).await
    }

    pub(crate) async fn create_key(&self, body: &Value) -> Seen {
        self.write(Method::POST, &project("/keys"), body).await
    }

    /// The entries of a list under a name.
    pub(crate) async fn listed(&self, path: &str, name: &str) -> Vec<Value> {
        let seen = self.get(path).await;
        assert_eq!(seen.status, 200, "{path}: {}", seen.body);
        seen.body[name].as_array().unwrap().clone()
    }
}

/// A path below the first project.
pub(crate) fn project(rest: &str) -> String {
    format!("/projects/{}{rest}", seed::PROJECT_ID)
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
