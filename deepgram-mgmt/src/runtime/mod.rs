//! Sends requests and reads responses: everything that generated code calls.
//!
//! Belongs here: how a request is sent and repeated, and how a response is read, decoded and validated. Does not belong
//! here: what only a caller uses (`ext`, `page`), and the types of single values (`values`).

pub(crate) mod de;
pub(crate) mod decode;
pub(crate) mod envelope;
mod error_response;
pub(crate) mod response;
pub(crate) mod response_body;
pub(crate) mod retry;
pub(crate) mod transport;
