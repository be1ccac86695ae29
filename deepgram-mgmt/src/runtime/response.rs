//! A response in memory, and its request id.

use bytes::Bytes;
use progenitor_client::ResponseValue;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::error::Processed;
use crate::{Error, ErrorKind, Secret};

/// The headers that carry the request id: the first is what the API sends, the second what one SDK documents.
const REQUEST_ID: [&str; 2] = ["dg-request-id", "x-dg-request-id"];

/// Reads the request id from a response's headers.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    REQUEST_ID.iter().find_map(|name| headers.get(*name).filter(|id| !id.is_sensitive())?.to_str().ok())
}

/// Ignores request-id headers that echo the credential: ids are printed and logged.
pub(crate) fn disown_request_id(headers: &mut HeaderMap, credential: &Secret) {
    for name in REQUEST_ID {
        if let Some(id) = headers.get_mut(name) {
            let repeats = id.to_str().is_ok_and(|id| id.contains(credential.expose_secret()));
            id.set_sensitive(repeats);
        }
    }
}

/// A response, read to its end.
#[derive(Debug)]
pub(crate) struct BufferedResponse {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(super) attempts: u32,
    /// Whether the server may have done what it was asked, should the body not decode.
    pub(super) processed: Processed,
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
                .with_request_id(request_id(&self.headers).map(str::to_owned))),
        }
    }
}
