//! The server: records each request, checks its credential, routes it, and lets no wrong answer out.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{self, Body};
use axum::extract::{Request, State as Shares};
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use chrono::{DateTime, SubsecRound, Utc};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::answer::{Answer, Content, Refusal};
use crate::call::Call;
use crate::contract::{Contract, Route};
use crate::dialect::Dialect;
use crate::fault::Fault;
use crate::log::{Log, SeenRequest};
use crate::state::State;

/// What the connections of one sandbox share.
#[derive(Debug)]
pub(crate) struct Shared {
    dialect: Dialect,
    contract: &'static Contract,
    state: Mutex<State>,
    pub(crate) requests: Log<SeenRequest>,
    pub(crate) violations: Log<String>,
    fault: Mutex<Option<Fault>>,
    answered: AtomicU64,
}

impl Shared {
    pub(crate) fn new(dialect: Dialect, state: State) -> io::Result<Self> {
        Ok(Self {
            dialect,
            contract: dialect.contract()?,
            state: Mutex::new(state),
            requests: Log::new(),
            violations: Log::new(),
            fault: Mutex::new(None),
            answered: AtomicU64::new(0),
        })
    }

    /// No operation leaves the state half changed, so the state behind a poisoned lock is still good.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault(&self) -> Option<Fault> {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_fault(&self, fault: Option<Fault>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    fn next_request_id(&self) -> String {
        let n = self.answered.fetch_add(1, Ordering::Relaxed) + 1;
        format!("d6000000-0000-4000-8000-{n:012x}")
    }
}

/// Serves until `stopped` resolves, be it by a message or because its sender is gone.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, stopped: oneshot::Receiver<()>) {
    // The routes are the document's, so axum needs none: a path exists exactly when the document has it.
    let service = Router::new().fallback(handle).with_state(shared);
    let stopped = async { drop(stopped.await) };
    // Never an error: axum retries an accept that failed.
    let _ = axum::serve(listener, service).with_graceful_shutdown(stopped).await;
}

async fn handle(Shares(shared): Shares<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // A body that breaks off is recorded as none; its sender is gone and reads no answer.
    let body = body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    let seen = SeenRequest {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(ToOwned::to_owned),
        headers: readable(&parts.headers),
        body: body.to_vec(),
    };
    shared.requests.add(seen.clone());
    respond(&shared, &seen)
}

fn readable(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect()
}

fn respond(shared: &Shared, request: &SeenRequest) -> Response {
    let request_id = shared.next_request_id();
    let mut headers = vec![(HeaderName::from_static("dg-request-id"), request_id.clone())];
    let route = shared.contract.route(&request.method, &request.path);
    let answer = perform(shared, request, &route).unwrap_or_else(|refusal| {
        headers.extend(demand(&refusal, shared.dialect));
        shared.dialect.refuse(&refusal, &request_id)
    });
    let operation = route.operation();
    let answer = match shared.contract.check_answer(operation, &answer) {
        Ok(()) => answer,
        Err(reason) => {
            let reason = format!("{} {}: {reason}", request.method, request.path);
            shared.violations.add(reason.clone());
            shared.dialect.refuse(&Refusal::Fault(reason), &request_id)
        }
    };
    let media_type = match answer.content {
        Content::None => None,
        Content::Json(_) => Some("application/json"),
        Content::Text(_) => Some("text/plain"),
    };
    headers.extend(media_type.map(|name| (header::CONTENT_TYPE, name.to_owned())));
    let body = Body::from(answer.content.to_string());
    (answer.status, AppendHeaders(headers), body).into_response()
}

/// The header that RFC 9110 wants beside a 401 and a 405.
fn demand(refusal: &Refusal, dialect: Dialect) -> Option<(HeaderName, String)> {
    match refusal {
        Refusal::Unauthorized(_) => Some((header::WWW_AUTHENTICATE, dialect.scheme().to_owned())),
        Refusal::MethodNotAllowed(allowed) => Some((header::ALLOW, allowed.clone())),
        Refusal::BadQuery(_) | Refusal::BadBody(_) | Refusal::NotFound(_) | Refusal::NotAnId(_) | Refusal::Fault(_) => {
            None
        }
    }
}

fn perform(shared: &Shared, request: &SeenRequest, route: &Route<'_>) -> Result<Answer, Refusal> {
    // To the microsecond, as Deepgram's own timestamps.
    let now = Utc::now().trunc_subsecs(6);
    authenticate(shared, request, now)?;
    let (operation, parameters) = match route {
        Route::Found(operation, parameters) => (operation, parameters),
        Route::WrongMethod(allowed) => return Err(Refusal::MethodNotAllowed(allowed.join(", "))),
        Route::Unknown => return Err(Refusal::NotFound("no such path".to_owned())),
    };
    let call = Call {
        parameters: parameters.clone(),
        query: operation.read_query(request.query.as_deref().unwrap_or_default()).map_err(Refusal::BadQuery)?,
        body: operation.read_body(request.header("content-type"), &request.body).map_err(Refusal::BadBody)?,
        now,
        fault: shared.fault(),
    };
    shared.dialect.perform(&operation.id, &call, &mut shared.state())
}

fn authenticate(shared: &Shared, request: &SeenRequest, now: DateTime<Utc>) -> Result<(), Refusal> {
    let refuse = |reason: String| Err(Refusal::Unauthorized(reason));
    let scheme = shared.dialect.scheme();
    let sent = request.headers.iter().filter(|(name, _)| name == "authorization").collect::<Vec<_>>();
    let [(_, sent)] = sent.as_slice() else {
        return refuse(format!("one authorization header is needed, {} were sent", sent.len()));
    };
    match sent.split_once(' ') {
        Some((name, credential)) if name.eq_ignore_ascii_case(scheme) => {
            if shared.state().accepts(credential.trim_start_matches(' '), now) {
                Ok(())
            } else {
                refuse("invalid credentials".to_owned())
            }
        }
        _ => refuse(format!("the authorization scheme is {scheme}")),
    }
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
    async fn an_answer_against_the_document_is_replaced_by_a_500_and_recorded() {
        let mut state = seed::state();
        // The document wants an e-mail address here, so an answer that shows this member cannot be sent.
        "not an address".clone_into(&mut state.project_mut(seed::PROJECT_ID).unwrap().members[0].email);
        let shared = Shared::new(Dialect::Bundled, state).unwrap();

        let response = respond(&shared, &get(&format!("/v1/projects/{}/members", seed::PROJECT_ID)));

        assert_eq!(response.status(), 500);
        let body = body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(String::from_utf8_lossy(&body).contains("SANDBOX_FAULT"));
        let violations = shared.violations.all();
        assert_eq!(violations.len(), 1);
        assert!(violations[0].contains("/members/0/email"), "{violations:?}");

        let response = respond(&shared, &get("/v1/projects"));
        assert_eq!(response.status(), 200);
        assert_eq!(shared.violations.all().len(), 1);
    }
}
