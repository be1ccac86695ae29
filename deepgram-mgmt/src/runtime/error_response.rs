//! Turns a response that is not a success into the error, whatever the form of its body.

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::headers::request_id;
use crate::{Error, ErrorKind};

/// Makes the error of a response. Its body may be the legacy form (`err_code`, `err_msg`), the modern one (`category`,
/// `message`, `details`), any other JSON, text, HTML or nothing at all.
pub(super) fn error_of(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Error {
    let kind = if status.is_client_error() || status.is_server_error() {
        ErrorKind::Status
    } else {
        ErrorKind::UnexpectedStatus
    };
    let mut error = Error::new(kind).with_status(status);
    let mut id = None;
    let body = String::from_utf8_lossy(body);
    let json: Option<Value> = serde_json::from_str(&body).ok();
    if let Some(said) = &json {
        let text = |names: [&str; 2]| {
            names.iter().find_map(|name| match said.get(name)? {
                Value::String(text) => Some(text.clone()),
                // A code may be a number; what else there is, is no text.
                Value::Number(number) => Some(number.to_string()),
                _ => None,
            })
        };
        let code = text(["err_code", "category"]);
        let message = text(["err_msg", "message"]);
        id = text(["request_id", "dg_request_id"]);
        let details = said.get("details").filter(|details| !details.is_null()).cloned();
        error = error.with_code(code).with_message(message).with_details(details);
    }
    if error.code().is_none() && error.message().is_none() {
        let text = json.map_or_else(|| body.trim().to_owned(), |json| json.to_string());
        error = error.with_excerpt(Some(text).filter(|text| !text.is_empty()));
    }
    error.with_request_id(id.or_else(|| request_id(headers).map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Secret;
    use crate::values::Mask;

    fn of(status: u16, body: &[u8]) -> Error {
        let mut headers = HeaderMap::new();
        headers.insert("dg-request-id", "from-header".parse().unwrap());
        let mask = Mask::new(&Secret::from("hush"));
        error_of(StatusCode::from_u16(status).unwrap(), &headers, body).masked(&mask)
    }

    #[test]
    fn legacy_and_modern_bodies_are_the_same_error() {
        let legacy = of(401, br#"{"err_code":"INVALID_AUTH","err_msg":"Invalid credentials.","request_id":"r"}"#);
        let modern = of(
            401,
            br#"{"category":"INVALID_AUTH","message":"Invalid credentials.","details":"Ask.","request_id":"r"}"#,
        );
        for error in [&legacy, &modern] {
            assert_eq!((error.kind(), error.code()), (ErrorKind::Status, Some("INVALID_AUTH")));
            assert_eq!((error.message(), error.request_id()), (Some("Invalid credentials."), Some("r")));
            assert_eq!(error.to_string(), "401 Unauthorized: INVALID_AUTH: Invalid credentials. (request id r)");
        }
        assert_eq!((legacy.details(), modern.details()), (None, Some(&Value::from("Ask."))));
    }

    #[test]
    fn what_is_not_json_is_an_excerpt_that_does_not_print() {
        let page = format!("<html>hush {}</html>", "x".repeat(1000));
        let error = of(502, page.as_bytes());
        assert_eq!(error.to_string(), "502 Bad Gateway (request id from-header)");
        let excerpt = error.body_excerpt().unwrap();
        assert!(excerpt.starts_with("<html>… xxx") && excerpt.chars().count() == 512, "{excerpt}");
        assert!(of(404, b"UUID parsing failed").body_excerpt() == Some("UUID parsing failed"));
        assert!(of(500, b"").body_excerpt().is_none());
        assert_eq!(of(500, b"\xff\xfe").body_excerpt(), Some("\u{fffd}\u{fffd}"));
    }

    #[test]
    fn json_of_another_form_is_an_excerpt() {
        for body in ["[]", "7", r#"{"x":1}"#, r#"{"err_code":null,"err_msg":["a"]}"#, r#"{"error":"quota"}"#] {
            let error = of(400, body.as_bytes());
            assert_eq!((error.code(), error.message(), error.body_excerpt()), (None, None, Some(body)));
            assert_eq!(error.request_id(), Some("from-header"));
        }
    }

    #[test]
    fn the_credential_of_the_client_is_masked_wherever_the_server_repeats_it() {
        let error =
            of(401, br#"{"category":"hush","message":"Token hush is unknown","details":{"hush":["h\u0075sh"]}}"#);
        assert_eq!(error.message(), Some("Token … is unknown"));
        assert!(!format!("{error:?} {error:#?}").contains("hush"), "{error:#?}");
        let escaped = of(401, br#"{"error":["h\u0075sh is unknown"]}"#);
        assert_eq!(escaped.body_excerpt(), Some(r#"{"error":["… is unknown"]}"#));
    }
}
