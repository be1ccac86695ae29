//! What an answer says beside its body.

use reqwest::header::HeaderMap;

use crate::Secret;

/// The headers that carry the request id: the first is what the API sends, the second what one SDK documents.
const REQUEST_ID: [&str; 2] = ["dg-request-id", "x-dg-request-id"];

/// The request id in an answer's headers.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    REQUEST_ID.iter().find_map(|name| headers.get(*name).filter(|id| !id.is_sensitive())?.to_str().ok())
}

/// Makes no request id of a header that repeats the credential: ids are printed and logged.
pub(crate) fn disown_request_id(headers: &mut HeaderMap, credential: &Secret) {
    for name in REQUEST_ID {
        if let Some(id) = headers.get_mut(name) {
            let repeats = id.to_str().is_ok_and(|id| id.contains(credential.expose_secret()));
            id.set_sensitive(repeats);
        }
    }
}
