//! The server: records each request, checks its credential, routes it, and sends no wrong response.

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{fmt, io};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, Request, header};
use axum::response::{AppendHeaders, IntoResponse, Response as HttpResponse};
use chrono::{DateTime, SubsecRound, Utc};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use tokio::time::{sleep, timeout};

use crate::call::Call;
use crate::contract::{Contract, Route};
use crate::dialect::Dialect;
use crate::fault::{FAULT_HEADER, Fault, Faults};
use crate::limits::Limits;
use crate::log::{Log, SeenRequest};
use crate::response::{Content, Rejection, Response};
use crate::state::State;
use crate::truncated::Truncated;

/// How many faults of responses are kept. Each text states the whole fault.
const VIOLATIONS: usize = 1_000;

/// The state that the connections of one sandbox share.
#[derive(Debug)]
pub(crate) struct Shared {
    dialect: Dialect,
    contract: &'static Contract,
    state: Mutex<State>,
    pub(crate) limits: Limits,
    pub(crate) requests: Log<SeenRequest>,
    pub(crate) violations: Log<String>,
    pub(crate) faults: Faults,
    responses: AtomicU64,
}

impl Shared {
    pub(crate) fn new(dialect: Dialect, state: State, limits: Limits, faults: Faults) -> io::Result<Self> {
        Ok(Self {
            dialect,
            contract: dialect.contract()?,
            state: Mutex::new(state),
            limits,
            requests: Log::new(limits.requests, limits.kept, SeenRequest::size),
            violations: Log::new(VIOLATIONS, limits.kept, String::len),
            faults,
            responses: AtomicU64::new(0),
        })
    }

    /// No operation leaves the state half changed, so the state behind a poisoned lock is still good.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_request_id(&self) -> String {
        let n = self.responses.fetch_add(1, Ordering::Relaxed) + 1;
        format!("d6000000-0000-4000-8000-{n:012x}")
    }
}

/// The connection is to be reset in place of a response.
#[derive(Debug)]
pub(crate) struct Reset;

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fault on purpose: the connection is reset")
    }
}

impl Error for Reset {}

/// The response to a request. Its routes are the document's: a path exists exactly when the document has it.
pub(crate) async fn handle(shared: &Shared, request: Request<Incoming>) -> Result<HttpResponse, Reset> {
    let (parts, body) = request.into_parts();
    let mut seen = SeenRequest {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(ToOwned::to_owned),
        headers: readable(&parts.headers),
        body: Vec::new(),
    };
    let has_body = !body.is_end_stream();
    // A body is read only for who may send one.
    let admitted = match authenticate(shared, &seen, Utc::now()) {
        Ok(()) => read(body, &shared.limits).await.map(|body| seen.body = body),
        Err(rejection) => Err(rejection),
    };
    let is_unread = has_body && admitted.is_err();
    shared.requests.add(seen.clone());
    let admitted = admitted.and_then(|()| fault_of(shared, &seen));
    match admitted {
        Ok(Some(Fault::Reset)) => return Err(Reset),
        Ok(Some(Fault::Slow(delay))) => sleep(delay).await,
        _ => {}
    }
    let mut response = respond(shared, &seen, admitted);
    if is_unread {
        // The rest of the body is in the way of another request.
        response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    }
    Ok(response)
}

/// The fault that concerns a request. An error response that a fault makes is a rejection.
fn fault_of(shared: &Shared, request: &SeenRequest) -> Result<Option<Fault>, Rejection> {
    let fault = shared.faults.of(request.header(FAULT_HEADER));
    match fault.map_err(|error| Rejection::BadFault(format!("{FAULT_HEADER}: {error}")))? {
        Some(Fault::TooManyRequests { retry_after }) => Err(Rejection::TooManyRequests { retry_after }),
        Some(Fault::Unavailable { retry_after }) => Err(Rejection::Unavailable { retry_after }),
        other => Ok(other),
    }
}

/// The whole body; if it says how long it is and that is too long, nothing of it is read.
async fn read(body: Incoming, limits: &Limits) -> Result<Vec<u8>, Rejection> {
    let too_large = || Rejection::TooLarge(format!("the body has more than {} bytes", limits.body));
    if body.size_hint().lower() > limits.body as u64 {
        return Err(too_large());
    }
    match timeout(limits.time, Limited::new(body, limits.body).collect()).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes().into()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        // A body that breaks off is recorded as none; its sender is gone and reads no response.
        Ok(Err(_)) => Ok(Vec::new()),
        Err(_) => Err(Rejection::TooSlow(format!("the body has not come within {:?}", limits.time))),
    }
}

fn readable(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect()
}

fn respond(shared: &Shared, request: &SeenRequest, admitted: Result<Option<Fault>, Rejection>) -> HttpResponse {
    let request_id = shared.next_request_id();
    let mut headers = vec![(HeaderName::from_static("dg-request-id"), request_id.clone())];
    let route = shared.contract.route(&request.method, &request.path);
    let is_truncated = admitted == Ok(Some(Fault::Truncated));
    let response = admitted.and_then(|fault| perform(shared, request, &route, fault)).unwrap_or_else(|rejection| {
        headers.extend(demand(&rejection, shared.dialect));
        shared.dialect.error_response(&rejection, &request_id)
    });
    let operation = route.operation();
    let response = match shared.contract.check_response(operation, &response) {
        Ok(()) => response,
        Err(reason) => {
            let reason = format!("{} {}: {reason}", request.method, request.path);
            shared.violations.add(reason.clone());
            shared.dialect.error_response(&Rejection::Fault(reason), &request_id)
        }
    };
    let media_type = match response.content {
        Content::None => None,
        Content::Json(_) => Some("application/json"),
        Content::Text(_) => Some("text/plain"),
    };
    headers.extend(media_type.map(|name| (header::CONTENT_TYPE, name.to_owned())));
    let text = response.content.to_string();
    let body = if is_truncated && !text.is_empty() { Body::new(Truncated::new(text)) } else { Body::from(text) };
    (response.status, AppendHeaders(headers), body).into_response()
}

/// The header that RFC 9110 wants beside a 401 and a 405, and the one that a fault states.
fn demand(rejection: &Rejection, dialect: Dialect) -> Option<(HeaderName, String)> {
    match rejection {
        Rejection::Unauthorized(_) => Some((header::WWW_AUTHENTICATE, dialect.scheme().to_owned())),
        Rejection::MethodNotAllowed(allowed) => Some((header::ALLOW, allowed.clone())),
        Rejection::TooManyRequests { retry_after } | Rejection::Unavailable { retry_after: Some(retry_after) } => {
            Some((header::RETRY_AFTER, retry_after.to_string()))
        }
        Rejection::BadQuery(_)
        | Rejection::BadBody(_)
        | Rejection::TooLarge(_)
        | Rejection::TooSlow(_)
        | Rejection::BadFault(_)
        | Rejection::Unavailable { retry_after: None }
        | Rejection::NotFound(_)
        | Rejection::NotAnId(_)
        | Rejection::Fault(_) => None,
    }
}

fn perform(
    shared: &Shared,
    request: &SeenRequest,
    route: &Route<'_>,
    fault: Option<Fault>,
) -> Result<Response, Rejection> {
    // To the microsecond, as Deepgram's own timestamps.
    let now = Utc::now().trunc_subsecs(6);
    let (operation, parameters) = match route {
        Route::Found(operation, parameters) => (operation, parameters),
        Route::WrongMethod(allowed) => return Err(Rejection::MethodNotAllowed(allowed.join(", "))),
        Route::Unknown => return Err(Rejection::NotFound("no such path".to_owned())),
    };
    let call = Call {
        parameters: parameters.clone(),
        query: operation.read_query(request.query.as_deref().unwrap_or_default()).map_err(Rejection::BadQuery)?,
        body: operation.read_body(request.header("content-type"), &request.body).map_err(Rejection::BadBody)?,
        credential: request.header("authorization").map(credential).unwrap_or_default().to_owned(),
        now,
        sample: operation.sample.clone(),
        fault,
    };
    shared.dialect.perform(&operation.id, &call, &mut shared.state())
}

fn authenticate(shared: &Shared, request: &SeenRequest, now: DateTime<Utc>) -> Result<(), Rejection> {
    let reject = |reason: String| Err(Rejection::Unauthorized(reason));
    let scheme = shared.dialect.scheme();
    let sent = request.headers.iter().filter(|(name, _)| name == "authorization").collect::<Vec<_>>();
    let [(_, sent)] = sent.as_slice() else {
        return reject(format!("one authorization header is needed, {} were sent", sent.len()));
    };
    match sent.split_once(' ') {
        Some((name, _)) if name.eq_ignore_ascii_case(scheme) => {
            if shared.state().accepts(credential(sent), now) {
                Ok(())
            } else {
                reject("invalid credentials".to_owned())
            }
        }
        _ => reject(format!("the authorization scheme is {scheme}")),
    }
}

/// Reads the credential after the scheme of an authorization header.
fn credential(header: &str) -> &str {
    header.split_once(' ').map_or("", |(_, credential)| credential.trim_start_matches(' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed;

    fn get(path: &str) -> SeenRequest {
        SeenRequest {
            method: "GET".to_owned(),
            path: path.to_owned(),
            query: None,
            headers: vec![("authorization".to_owned(), format!("Bearer {}", seed::API_KEY))],
            body: Vec::new(),
        }
    }

    #[tokio::test]
    async fn a_response_against_the_document_is_replaced_by_a_500_and_recorded() {
        let mut state = seed::state();
        // The document wants an e-mail address here, so a response that shows this member cannot be sent.
        "not an address".clone_into(&mut state.project_mut(seed::PROJECT_ID).unwrap().members[0].email);
        let shared = Shared::new(Dialect::Bundled, state, Limits::STATED, Faults::new(Vec::new(), 0)).unwrap();

        let response = respond(&shared, &get(&format!("/v1/projects/{}/members", seed::PROJECT_ID)), Ok(None));

        assert_eq!(response.status(), 500);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(String::from_utf8_lossy(&body).contains("SANDBOX_FAULT"));
        let violations = shared.violations.all();
        assert_eq!(violations.len(), 1);
        assert!(violations[0].contains("/members/0/email"), "{violations:?}");

        let response = respond(&shared, &get("/v1/projects"), Ok(None));
        assert_eq!(response.status(), 200);
        assert_eq!(shared.violations.all().len(), 1);
    }
}
