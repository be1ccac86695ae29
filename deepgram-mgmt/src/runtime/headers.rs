//! Reads headers of a response: the request id, and dates.

use chrono::{DateTime, NaiveDateTime, Utc};
use reqwest::header::HeaderMap;

/// The headers that carry the request id: the first is what the API sends, the second what one SDK documents.
const REQUEST_ID: [&str; 2] = ["dg-request-id", "x-dg-request-id"];

/// Reads the request id from a response's headers: ids are printed and logged, so one that repeats the credential is none.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    REQUEST_ID.iter().find_map(|name| headers.get(*name).filter(|id| !id.is_sensitive())?.to_str().ok())
}

/// Reads a date in one of the three forms that HTTP has for it.
pub(crate) fn http_date(text: &str) -> Option<DateTime<Utc>> {
    let forms = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];
    forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()).map(|time| time.and_utc())
}
