//! Extends the generated client for its callers.
//!
//! Belongs here: what is built upon the generated operations, or reaches beyond them. Does not belong here: what every
//! call passes through (`runtime`), and the streams of the request log (`page`). No other module uses this one.

mod amounts;
#[cfg(feature = "cli")]
mod calls;
#[cfg(feature = "cli")]
mod cli;
mod expiring;
mod export;
mod member_keys;
#[cfg(feature = "httpmock")]
pub mod mock;
mod only_project;
pub mod operations;
mod raw;
mod rotate;

pub use amounts::Measure;
pub use expiring::{ExpiringKey, ExpiringKeys};
pub use export::{ExportError, ExportProgress, Exported, RequestExport};
pub use member_keys::{KeyUse, MemberKeys};
pub use raw::RawRequest;
pub use rotate::{KeyDifference, RotateKeyError, RotatedKey};
