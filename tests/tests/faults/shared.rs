//! The client that the faults are tried on: as it ships, but with limits in milliseconds.

use std::time::Duration;

use deepgram_mgmt::{Client, ClientBuilder, Credentials, Retry};

/// Long enough for loopback on a busy machine, short enough to wait for.
pub(crate) const ATTEMPT: Duration = Duration::from_millis(200);

/// What the client reads at most.
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
