//! One call: the request goes out authenticated, the answer comes back as a value or as the one error.
//!
//! Every generated `send` ends here, with one function per shape of success.

use progenitor_client::ResponseValue;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::response::request_id;
use crate::{Client, Error, ErrorKind, types};

/// Sends a request whose success is JSON.
pub(crate) async fn json<T: DeserializeOwned>(
    client: &Client,
    request: RequestBuilder,
    operation: &'static str,
) -> Result<ResponseValue<T>, Error> {
    let response = success(client, request, operation).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body =
        response.bytes().await.map_err(|error| Error::http(error).with_operation(operation).with_status(status))?;
    match serde_json::from_slice(&body) {
        Ok(value) => Ok(ResponseValue::new(value, status, headers)),
        Err(_) => Err(not_understood::<T>(&body)
            .with_operation(operation)
            .with_status(status)
            .with_request_id(request_id(&headers).map(str::to_owned))),
    }
}

/// Sends a request whose success says no more than that; a body is read to its end and not looked at.
pub(crate) async fn empty(
    client: &Client,
    request: RequestBuilder,
    operation: &'static str,
) -> Result<ResponseValue<()>, Error> {
    let response = success(client, request, operation).await?;
    let (status, headers) = (response.status(), response.headers().clone());
    // Read so that the connection can be used again. The status has said all there is to say: the call succeeded.
    let _ = response.bytes().await;
    Ok(ResponseValue::new((), status, headers))
}

/// Sends a request and lets only success pass.
async fn success(client: &Client, request: RequestBuilder, operation: &'static str) -> Result<Response, Error> {
    let response = request
        .header(AUTHORIZATION, client.authorization())
        .timeout(client.timeout())
        .send()
        .await
        .map_err(|error| Error::http(error).with_operation(operation))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let headers = response.headers().clone();
    // An error stays that error even if its body breaks off.
    let body = response.bytes().await.unwrap_or_default();
    Err(refusal(status, &headers, &body).with_operation(operation))
}

/// The error that an answer without success stands for.
fn refusal(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Error {
    let known: Option<types::Error> = serde_json::from_slice(body).ok();
    let (code, message, id) =
        known.map_or_else(Default::default, |error| (error.err_code, error.err_msg, error.request_id));
    let kind = if status.is_client_error() || status.is_server_error() {
        ErrorKind::Status
    } else {
        ErrorKind::UnexpectedStatus
    };
    Error::new(kind)
        .with_status(status)
        .with_code(code)
        .with_message(message)
        .with_request_id(id.or_else(|| request_id(headers).map(str::to_owned)))
}

/// Says where in an answer the type was not met, and nothing of what stood there: it may be a new key.
fn not_understood<T: DeserializeOwned>(body: &[u8]) -> Error {
    let mut json = serde_json::Deserializer::from_slice(body);
    let message = match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Ok(_) => "more follows after the JSON value".to_owned(),
        Err(error) => {
            let cause = error.inner();
            let place = format!("{}, line {} column {}", error.path(), cause.line(), cause.column());
            // serde puts what it found first and what it expected last.
            match cause.to_string().rsplit_once(", expected ") {
                Some((_, expected)) if cause.is_data() => {
                    let expected = expected.rsplit_once(" at line ").map_or(expected, |(expected, _)| expected);
                    format!("at {place}: expected {expected}")
                }
                _ if cause.is_eof() => format!("at {place}: the JSON ends too early"),
                _ if cause.is_syntax() => format!("at {place}: not JSON"),
                _ => format!("at {place}: not what the document says"),
            }
        }
    };
    Error::new(ErrorKind::Decode).with_message(Some(message))
}
