//! A response in memory, its request id, and the dates in its headers.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, NaiveDateTime, Utc};
use progenitor_client::ResponseValue;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::error::Processed;
use crate::values::Mask;
use crate::{Error, ErrorKind};

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

/// A response, read to its end.
pub(crate) struct BufferedResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(super) attempts: u32,
    /// Whether the server may have done what it was asked, should the body not decode.
    pub(super) processed: Processed,
    /// The mask of the credential that the request was sent with.
    pub(crate) mask: Arc<Mask>,
}

impl BufferedResponse {
    /// Decodes the body with `decode`, whose error says what is wrong with it.
    pub(crate) fn decode<T>(
        self,
        operation: &'static str,
        decode: impl FnOnce(&[u8]) -> Result<T, String>,
    ) -> Result<ResponseValue<T>, Error> {
        match decode(&self.body) {
            Ok(value) => Ok(ResponseValue::new(value, self.status, self.headers)),
            Err(message) => Err(Error::new(ErrorKind::Decode)
                .with_operation(operation)
                .with_status(self.status)
                .with_message(Some(message))
                .with_attempts(self.attempts)
                .with_processed(self.processed)
                .with_request_id(request_id(&self.headers).map(str::to_owned))
                .masked(&self.mask)),
        }
    }
}
