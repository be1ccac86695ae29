//! Sends one call: authenticates its request, repeats it where that is allowed, and returns a value or the error.
//!
//! Every generated `send` ends here, with one function for each kind of success.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::{Request, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;
use tokio::time::timeout;
use tracing::{Instrument, Level, Span, debug, enabled, field, info_span};

use super::connection::{is_of_certificate, with_server};
use super::decode::{decode, readable_part};
use super::error_response::error_of;
use super::headers::request_id;
use super::response::{BufferedResponse, log_failure};
use super::response_body::ResponseBody;
use super::response_value::ResponseValue;
use super::retry::{self, Failure, Phase};
use crate::credentials::Authorization;
use crate::error::Processed;
use crate::{Client, Error, ErrorKind};

/// Maximum preallocation from `Content-Length`; larger bodies grow as they arrive.
const RESERVED_AT_ONCE: usize = 1024 * 1024;

/// Maximum time to read a body that is ignored: reading it to its end only keeps the connection for the next call.
const IGNORED_BODY: Duration = Duration::from_secs(2);

/// Sends a request whose success is JSON.
pub(crate) async fn json<T: DeserializeOwned + ResponseBody>(
    client: &Client,
    request: RequestBuilder,
    operation: &'static str,
) -> Result<ResponseValue<T>, Error> {
    exchange(client, request, operation, Body::Matters).await?.decode(operation, decode)
}

/// Sends a request whose success is JSON, or nothing: `may_be_empty` finds the statuses that need no body.
#[allow(dead_code, reason = "generated code calls it where a document has both; not every one does")]
pub(crate) async fn optional_json<T: DeserializeOwned + ResponseBody>(
    client: &Client,
    request: RequestBuilder,
    operation: &'static str,
    may_be_empty: fn(u16) -> bool,
) -> Result<ResponseValue<Option<T>>, Error> {
    let response = exchange(client, request, operation, Body::Matters).await?;
    let is_empty = response.body.is_empty() && may_be_empty(response.status.as_u16());
    response.decode(operation, |body| if is_empty { Ok(None) } else { decode(body).map(Some) })
}

/// Sends a request whose success has no value; its body is ignored.
pub(crate) async fn empty(
    client: &Client,
    request: RequestBuilder,
    operation: &'static str,
) -> Result<ResponseValue<()>, Error> {
    // Errors are JSON here too.
    let request = request.header(ACCEPT, HeaderValue::from_static("application/json"));
    let response = exchange(client, request, operation, Body::Ignored).await?;
    Ok(ResponseValue::new((), response.status, response.headers))
}

/// Sends a request whose success is bytes.
#[allow(dead_code, reason = "generated code calls it where a document has a response of bytes; not every one does")]
pub(crate) async fn bytes(
    client: &Client,
    request: RequestBuilder,
    operation: &'static str,
) -> Result<ResponseValue<Bytes>, Error> {
    let response = exchange(client, request, operation, Body::Matters).await?;
    Ok(ResponseValue::new(response.body, response.status, response.headers))
}

/// The value of a call, which its `.await` gives.
pub(crate) type CallFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Sends a call for its value alone.
pub(crate) fn value<'a, T: 'a>(
    send: impl Future<Output = Result<ResponseValue<T>, Error>> + Send + 'a,
) -> CallFuture<'a, T> {
    Box::pin(async move { send.await.map(ResponseValue::into_inner) })
}

/// Whether a success needs its whole body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    Matters,
    Ignored,
}

/// Sends a request until it succeeds or may not be sent again; only success passes.
pub(crate) async fn exchange(
    client: &Client,
    request: RequestBuilder,
    operation: &'static str,
    body: Body,
) -> Result<BufferedResponse, Error> {
    let (span, outcome) = send_in_span(client, request, operation, body).await;
    outcome.map_err(|failure| failed(&span, failure))
}

/// Sends a request as [`exchange`] does; a response of any status passes.
pub(crate) async fn exchange_any(
    client: &Client,
    request: RequestBuilder,
    operation: &'static str,
) -> Result<BufferedResponse, Error> {
    let (span, outcome) = send_in_span(client, request, operation, Body::Matters).await;
    match outcome {
        Ok(response) => Ok(response),
        Err(Failure { response: Some(response), .. }) => Ok(*response),
        Err(failure) => Err(failed(&span, failure)),
    }
}

/// Sends a request in a span of its own, and returns that for what is logged of the outcome.
async fn send_in_span(
    client: &Client,
    request: RequestBuilder,
    operation: &'static str,
    body: Body,
) -> (Span, Result<BufferedResponse, Failure>) {
    let span = span_of(operation);
    // In a box, because each future around it would move its 3 kB once more.
    let outcome = Box::pin(send(client, request, operation, body, &span)).instrument(span.clone()).await;
    (span, outcome)
}

/// The span of a call. Its fields have the names that OpenTelemetry gives them for HTTP clients.
fn span_of(operation: &'static str) -> Span {
    info_span!(
        target: "deepgram_mgmt",
        "deepgram_mgmt",
        operation,
        http.request.method = field::Empty,
        server.address = field::Empty,
        http.response.status_code = field::Empty,
        http.request.resend_count = field::Empty
    )
}

/// The error of a call that failed, which is logged in its span.
fn failed(span: &Span, Failure { error, .. }: Failure) -> Error {
    span.in_scope(|| log_failure(&error));
    error
}

async fn send(
    client: &Client,
    request: RequestBuilder,
    operation: &'static str,
    body: Body,
    span: &Span,
) -> Result<BufferedResponse, Failure> {
    let name_operation = |failure: Failure| Failure { error: failure.error.with_operation(operation), ..failure };
    let request = request.build().map_err(|error| name_operation(Failure::new(Phase::NotSent, Error::http(error))))?;
    if Handle::try_current().is_err() {
        let error = Error::invalid_request(operation, "no tokio runtime on this thread; make the call within one");
        return Err(Failure::new(Phase::NotSent, error));
    }
    span.record("http.request.method", request.method().as_str());
    span.record("server.address", request.url().host_str());
    let limits = client.limits();
    let outcome = retry::run(&limits.retry, operation, request.method(), limits.operation_timeout, |number, left| {
        // Only a stream cannot be cloned; every body here is held in memory.
        let request = request.try_clone();
        async move {
            let start = Instant::now();
            let outcome = if let Some(request) = request {
                attempt(client, request, number, left, body).await
            } else {
                Err(Failure::new(Phase::NotSent, Error::invalid_request(operation, "the body cannot be sent twice")))
            };
            report(operation, number, start.elapsed(), &outcome);
            outcome
        }
    });
    let outcome = outcome.await.map_err(name_operation);
    let (status, attempts) = match &outcome {
        Ok(response) => (Some(response.status), response.attempts),
        Err(failure) => (failure.error.status(), failure.error.attempts()),
    };
    span.record("http.response.status_code", status.map(|status| status.as_u16()));
    span.record("http.request.resend_count", attempts.saturating_sub(1));
    outcome
}

/// Logs one event for each attempt, and of its texts only the request id: no body, no query, no other header.
fn report(operation: &str, attempt: u32, took: Duration, outcome: &Result<BufferedResponse, Failure>) {
    // Reading the id costs as much as the rest of the event, and nobody may listen.
    if !enabled!(target: "deepgram_mgmt", Level::DEBUG) {
        return;
    }
    let (status, request_id) = match outcome {
        Ok(response) => (Some(response.status), request_id(&response.headers)),
        Err(failure) => (failure.error.status(), failure.error.request_id()),
    };
    let status = status.map(|status| status.as_u16());
    let failed = outcome.as_ref().err().map(|failure| tracing::field::debug(failure.error.kind()));
    let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    debug!(target: "deepgram_mgmt", operation, attempt, status, failed, duration_ms, request_id, "attempt");
}

/// Sends a request once. Every text of a server that becomes part of an error passes the mask here.
async fn attempt(
    client: &Client,
    mut request: Request,
    number: u32,
    left: Duration,
    body: Body,
) -> Result<BufferedResponse, Failure> {
    let credential = client.credential();
    authenticate(&mut request, &credential);
    *request.timeout_mut() = Some(client.limits().attempt_timeout.min(left));
    let outcome = respond(client, request, number, body, &credential).await;
    outcome.map_err(|failure| Failure { error: failure.error.masked(&credential.mask), ..failure })
}

/// Reads the response to a request to its end; only success passes.
async fn respond(
    client: &Client,
    request: Request,
    attempts: u32,
    body: Body,
    credential: &Authorization,
) -> Result<BufferedResponse, Failure> {
    let processed = if request.method().is_safe() { Processed::No } else { Processed::Maybe };
    let mut response = client.client.execute(request).await.map_err(|error| {
        let is_of_certificate = is_of_certificate(&error);
        let error = with_server(Error::http(error), client.base_url());
        let phase = match error.kind() {
            // Another attempt would meet the same certificate.
            ErrorKind::Connect if is_of_certificate => Phase::NotSent,
            ErrorKind::Connect => Phase::Connect,
            ErrorKind::InvalidRequest => Phase::NotSent,
            _ => Phase::Send,
        };
        Failure::new(phase, error)
    })?;
    let (status, mut headers) = (response.status(), std::mem::take(response.headers_mut()));
    credential.mask.headers(&mut headers);
    let mask = Arc::clone(&credential.mask);
    let reading = read(response, client.limits().max_body);
    let read = if status.is_success() && body == Body::Ignored {
        timeout(IGNORED_BODY, reading).await.unwrap_or_else(|_| Ok(Bytes::new()))
    } else {
        reading.await
    };
    if !status.is_success() {
        // An error stays that error even if its body breaks off or is too large.
        let read = read.unwrap_or_default();
        let retry_after = retry::retry_after(&headers, SystemTime::now());
        let error = error_of(status, &headers, readable_part(&read));
        let response =
            BufferedResponse { status, headers, body: read, attempts, processed, mask, span: Span::current() };
        return Err(Failure { phase: Phase::Status(status), error, retry_after, response: Some(Box::new(response)) });
    }
    let body = match (read, body) {
        (Ok(read), _) => read,
        // The status alone shows that the call succeeded.
        (Err(_), Body::Ignored) => Bytes::new(),
        (Err(error), Body::Matters) => {
            let phase = if error.kind() == ErrorKind::BodyTooLarge { Phase::Permanent } else { Phase::Body };
            let id = request_id(&headers).map(str::to_owned);
            let error = with_server(error, client.base_url());
            return Err(Failure::new(phase, error.with_status(status).with_request_id(id)));
        }
    };
    Ok(BufferedResponse { status, headers, body, attempts, processed, mask, span: Span::current() })
}

fn authenticate(request: &mut Request, credential: &Authorization) {
    request.headers_mut().insert(AUTHORIZATION, credential.header.clone());
}

/// Reads a body of at most `max` bytes. One that comes in a single piece, as most do, is not copied.
async fn read(mut response: Response, max: usize) -> Result<Bytes, Error> {
    let too_large = || Error::new(ErrorKind::BodyTooLarge).with_message(Some(format!("the limit is {max} bytes")));
    let announced = response.content_length().unwrap_or(0);
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    if announced > max {
        return Err(too_large());
    }
    let first = response.chunk().await.map_err(Error::http)?.unwrap_or_default();
    if first.len() > max {
        return Err(too_large());
    }
    let mut whole = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Error::http)? {
        if whole.is_empty() {
            whole.reserve(announced.min(RESERVED_AT_ONCE));
            whole.extend_from_slice(&first);
        }
        if whole.len() + chunk.len() > max {
            return Err(too_large());
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(if whole.is_empty() { first } else { whole.into() })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;
    use crate::Credentials;

    #[tokio::test]
    async fn bytes_are_handed_over_as_the_server_sent_them() {
        let sent = b"RIFF\x00\xff\r\n\r\nWAVE";
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let mut seen = Vec::new();
            while !seen.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                connection.read_exact(&mut byte).unwrap();
                seen.extend(byte);
            }
            write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", sent.len()).unwrap();
            connection.write_all(sent).unwrap();
            String::from_utf8(seen).unwrap()
        });
        let client = Client::builder().credentials(Credentials::api_key("k")).base_url(&base_url).build().unwrap();
        let request = client.client.get(format!("{base_url}/speech"));
        let response = bytes(&client, request, "speech").await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.into_inner(), sent.as_slice());
        let seen = server.join().unwrap().to_lowercase();
        assert!(seen.starts_with("get /speech http/1.1\r\n") && seen.contains("authorization: token k\r\n"), "{seen}");
    }

    #[test]
    fn a_request_that_is_ready_to_be_sent_does_not_print_its_credential() {
        let client = Client::builder().credentials(Credentials::api_key("hush")).build().unwrap();
        let mut request = client.client.get("https://api.deepgram.com/v1/projects").build().unwrap();
        authenticate(&mut request, &client.credential());
        assert_eq!(request.headers()[AUTHORIZATION], "Token hush");
        let printed = format!("{request:?} {request:#?}");
        assert!(printed.contains("authorization") && !printed.contains("hush"), "{printed}");
    }
}
