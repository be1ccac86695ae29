//! Extends the generated client for its callers.
//!
//! Belongs here: what is built upon the generated operations, or reaches beyond them. Does not belong here: what every
//! call passes through (`runtime`), and the streams of the request log (`page`). No other module uses this one.

#[cfg(feature = "httpmock")]
pub mod mock;
pub mod operations;
mod raw;
mod response;
mod rotate;

pub use raw::RawRequest;
pub use response::ResponseExt;
pub use rotate::{KeyDifference, RotateKeyError, RotatedKey};
