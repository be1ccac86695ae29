#![doc = include_str!("guide.md")]

mod client;
mod credentials;
mod error;
mod ext;
#[rustfmt::skip]
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    reason = "generated: its style is the generator's, its documentation the document's"
)]
mod generated;
#[cfg(any(doc, doctest))]
pub mod guide;
mod page;
mod runtime;
mod values;

pub use client::Client;
pub use client::builder::ClientBuilder;
pub use credentials::Credentials;
pub use error::{Error, ErrorKind};
#[cfg(feature = "httpmock")]
pub use ext::mock;
pub use ext::operations;
pub use ext::{
    ExpiringKey, ExpiringKeys, KeyDifference, KeyUse, Measure, MemberKeys, RawRequest, RotateKeyError, RotatedKey,
};
pub use ext::{ExportError, ExportProgress, Exported, RequestExport};
pub use generated::{builder, types};
pub use page::{Items, Page, Pages};
pub use runtime::retry::Retry;
pub use runtime::{IntoValue, InvalidValue, ResponseValue};
pub use values::{
    BadEntry, EmailSegment, PathSegment, PathSegmentError, ResumePoint, Secret, Timestamp, TimestampError,
    UnknownProperties,
};

pub use chrono;
pub use reqwest;
pub use serde_json;
