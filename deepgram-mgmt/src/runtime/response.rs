//! A response in memory.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use tracing::{Span, error};

use super::headers::request_id;
use super::response_value::ResponseValue;
use crate::error::Processed;
use crate::values::Mask;
use crate::{Error, ErrorKind};

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
    /// The span of the call.
    pub(super) span: Span,
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
            Err(message) => {
                let error = Error::new(ErrorKind::Decode)
                    .with_operation(operation)
                    .with_status(self.status)
                    .with_message(Some(message))
                    .with_attempts(self.attempts)
                    .with_processed(self.processed)
                    .with_request_id(request_id(&self.headers).map(str::to_owned))
                    .masked(&self.mask);
                self.span.in_scope(|| log_failure(&error));
                Err(error)
            }
        }
    }
}

/// Logs a call that failed, and of its texts only the request id.
pub(super) fn log_failure(error: &Error) {
    error!(
        target: "deepgram_mgmt",
        operation = error.operation(),
        status = error.status().map(|status| status.as_u16()),
        failed = ?error.kind(),
        attempts = error.attempts(),
        request_id = error.request_id(),
        "failed"
    );
}
