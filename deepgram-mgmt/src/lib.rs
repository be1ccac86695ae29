#![doc = include_str!("../README.md")]

mod answer;
mod auth;
mod client;
mod connection;
mod decode;
mod error;
#[rustfmt::skip]
#[allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::pedantic,
    reason = "generated: its style is the generator's, its documentation the document's"
)]
mod generated;
mod lenient;
mod mask;
#[cfg(feature = "httpmock")]
pub mod mock;
mod object;
mod page;
mod path_segment;
mod raw;
mod refusal;
mod response;
mod retry;
mod rotate;
mod secret;
mod timestamp;
mod transport;
mod unwrap;

pub use auth::Credentials;
pub use client::{Client, ClientBuilder};
pub use error::{Error, ErrorKind};
pub use generated::{builder, types};
pub use page::{Items, Page, Pages, ResumePoint};
pub use path_segment::{EmailSegment, PathSegment, PathSegmentError};
pub use progenitor_client::ResponseValue;
pub use raw::RawRequest;
pub use response::ResponseExt;
pub use retry::Retry;
pub use rotate::{KeyDifference, RotateKeyError, RotatedKey};
pub use secret::Secret;
pub use timestamp::{Timestamp, TimestampError};

pub use chrono;
pub use reqwest;
