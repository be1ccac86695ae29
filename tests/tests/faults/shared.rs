//! The client that the faults are tried on: as it ships, but with limits in milliseconds.

use std::time::Duration;

use crate::server::Seen;
use deepgram_mgmt::{Client, ClientBuilder, Credentials, Retry};

/// Long enough for loopback on a busy machine, short enough to wait for.
pub(crate) const ATTEMPT: Duration = Duration::from_millis(200);

/// The longest body that the client reads.
pub(crate) const MAX_BODY: usize = 100_000;

pub(crate) fn builder(base_url: &str) -> ClientBuilder {
    let retry = Retry::default().min_delay(Duration::from_millis(1)).max_delay(Duration::from_millis(5));
    Client::builder()
        .base_url(base_url)
        .credentials(Credentials::api_key("credential-hush"))
        .attempt_timeout(ATTEMPT)
        .max_body_bytes(MAX_BODY)
        .retry(retry)
}

pub(crate) fn client_of(base_url: &str) -> Client {
    builder(base_url).build().unwrap()
}

/// A success of every operation, holding a secret wherever one can be.
const SUCCESS: &str = r#"{
    "key": "secret-hush", "secret": "secret-hush", "access_token": "secret-hush", "api_key_id": "k", "message": "m",
    "project_id": "p", "projects": [], "api_keys": [], "members": [], "invites": [], "scopes": ["s"], "results": [],
    "requests": [{ "request_id": "r" }], "page": 0, "limit": 10, "request_id": "r", "balances": [], "balance_id": "b",
    "stt": [], "uuid": "u", "orders": [], "comment": "c", "tags": [], "features": [], "accessors": [],
    "distribution_credentials": [], "distribution_credentials_id": "d"
}"#;

/// A success of whatever was asked.
pub(crate) fn success_body(seen: &Seen) -> String {
    // What reads a key gets it masked.
    let key = if seen.method == "POST" { "secret-hush" } else { "secr****" };
    let mut body = SUCCESS.replacen("secret-hush", key, 1);
    if seen.method == "POST" || !seen.path.ends_with("/credentials") {
        // Only the listing has a list there.
        body = body.replacen(r#""distribution_credentials": [],"#, "", 1);
    }
    // A key that is read has the id that was asked for.
    match seen.path.rsplit_once("/keys/") {
        Some((_, id)) => body.replacen(r#""api_key_id": "k""#, &format!(r#""api_key_id": "{id}""#), 1),
        None => body,
    }
}
