//! The tooling that keeps `deepgram-mgmt` true to its documents.
//!
//! A document flows through pure steps, one module each; input and output are at the two ends:
//! [`load`] → [`overlay`] → [`lower`] → [`adapt`] → [`generate`] → [`polish`] → [`output`].

#![warn(clippy::self_named_module_files)]

pub mod adapt;
mod count;
pub mod document;
pub mod drift;
pub mod generate;
pub mod inert;
pub mod lower;
pub mod output;
pub mod overlay;
pub mod pipeline;
pub mod polish;
pub mod published;
pub mod rust_api;
pub mod skip;
pub mod stdout;
pub mod superset;
pub mod tasks;
pub mod texts;
pub mod validate;
pub mod workspace;

pub use document::{extensions, load, locate, media_type, pointer, references};
pub use pipeline::{STACK, client, published_client};
