//! Refusals as the live API words them: in a modern form, in a legacy one, and as plain text.

use axum::http::StatusCode;
use serde_json::json;

use crate::answer::{Answer, Refusal};
use crate::call::Call;

/// An identifier that is no UUID is not looked for. An e-mail address is no such identifier.
pub(super) fn refuse_ids(call: &Call) -> Result<(), Refusal> {
    for (name, id) in call.parameters.iter().filter(|(name, _)| *name != "email") {
        if !is_uuid(id) {
            return Err(Refusal::NotAnId(format!("UUID parsing failed: {name} is not one")));
        }
    }
    Ok(())
}

fn is_uuid(id: &str) -> bool {
    let lengths = id.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && id.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

pub(crate) fn refuse(refusal: &Refusal, request_id: &str) -> Answer {
    let modern = |status, category: &str, message: &str, details: &str| {
        let body = json!({ "category": category, "message": message, "details": details, "request_id": request_id });
        Answer::json(status, body)
    };
    match refusal {
        Refusal::Unauthorized(message) => {
            modern(StatusCode::UNAUTHORIZED, "INVALID_AUTH", message, "Check the Authorization header.")
        }
        Refusal::BadBody(message) => {
            modern(StatusCode::BAD_REQUEST, "BAD_REQUEST", message, "Check the body of the request.")
        }
        Refusal::TooLarge(message) => {
            modern(StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message, "Send a shorter body.")
        }
        Refusal::TooSlow(message) => {
            modern(StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", message, "Send the body sooner.")
        }
        // A request id can be missing from a body; the header has it still.
        Refusal::BadQuery(message) => {
            let body = json!({ "category": "BAD_REQUEST", "message": message, "details": "Check the query." });
            Answer::json(StatusCode::BAD_REQUEST, body)
        }
        Refusal::NotFound(message) => {
            let body = json!({ "err_code": "NOT_FOUND", "err_msg": message, "request_id": request_id });
            Answer::json(StatusCode::NOT_FOUND, body)
        }
        Refusal::NotAnId(message) => Answer::text(StatusCode::NOT_FOUND, message.clone()),
        Refusal::MethodNotAllowed(allowed) => modern(
            StatusCode::METHOD_NOT_ALLOWED,
            "METHOD_NOT_ALLOWED",
            &format!("this path has {allowed}"),
            "Check the method.",
        ),
        Refusal::Fault(message) => {
            modern(StatusCode::INTERNAL_SERVER_ERROR, "SANDBOX_FAULT", message, "The sandbox is at fault.")
        }
    }
}
