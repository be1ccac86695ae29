//! Error responses of the live API: in a modern form, in a legacy one, and as plain text.

use axum::http::StatusCode;
use serde_json::json;

use crate::call::Call;
use crate::response::{Rejection, Response};

/// Rejects an identifier that is no UUID before anything is looked up. An e-mail address is no such identifier.
pub(super) fn check_ids(call: &Call) -> Result<(), Rejection> {
    for (name, id) in call.parameters.iter().filter(|(name, _)| *name != "email") {
        if !is_uuid(id) {
            return Err(Rejection::NotAnId(format!("UUID parsing failed: {name} is not one")));
        }
    }
    Ok(())
}

fn is_uuid(id: &str) -> bool {
    let lengths = id.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && id.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

pub(crate) fn error_response(rejection: &Rejection, request_id: &str) -> Response {
    let modern = |status, category: &str, message: &str, details: &str| {
        let body = json!({ "category": category, "message": message, "details": details, "request_id": request_id });
        Response::json(status, body)
    };
    match rejection {
        Rejection::Unauthorized(message) => {
            modern(StatusCode::UNAUTHORIZED, "INVALID_AUTH", message, "Check the Authorization header.")
        }
        Rejection::BadBody(message) => {
            modern(StatusCode::BAD_REQUEST, "BAD_REQUEST", message, "Check the body of the request.")
        }
        Rejection::BadFault(message) => {
            modern(StatusCode::BAD_REQUEST, "BAD_REQUEST", message, "Check the header that asks for a fault.")
        }
        Rejection::TooManyRequests { .. } => {
            modern(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", "a fault on purpose", "Send it again later.")
        }
        Rejection::Unavailable { .. } => {
            modern(StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE", "a fault on purpose", "Send it again later.")
        }
        Rejection::TooLarge(message) => {
            modern(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message, "Send a shorter body.")
        }
        Rejection::TooSlow(message) => {
            modern(StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", message, "Send the body sooner.")
        }
        // A request id can be missing from a body; the header has it still.
        Rejection::BadQuery(message) => {
            let body = json!({ "category": "BAD_REQUEST", "message": message, "details": "Check the query." });
            Response::json(StatusCode::BAD_REQUEST, body)
        }
        Rejection::NotFound(message) => {
            let body = json!({ "err_code": "NOT_FOUND", "err_msg": message, "request_id": request_id });
            Response::json(StatusCode::NOT_FOUND, body)
        }
        Rejection::NotAnId(message) => Response::text(StatusCode::NOT_FOUND, message.clone()),
        Rejection::MethodNotAllowed(allowed) => modern(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            &format!("this path has {allowed}"),
            "Check the method.",
        ),
        Rejection::Fault(message) => {
            modern(StatusCode::INTERNAL_SERVER_ERROR, "SANDBOX_FAULT", message, "The sandbox is at fault.")
        }
    }
}
