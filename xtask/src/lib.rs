//! The tooling that keeps `deepgram-mgmt` true to its documents.
//!
//! A document flows through pure steps, one module each; input and output are at the two ends:
//! [`load`] → [`overlay`] → [`lower`] → [`adapt`] → [`generate`] → [`polish`] → [`output`].

pub mod adapt;
pub mod document;
pub mod drift;
pub mod generate;
mod leftovers;
pub mod lock;
pub mod lower;
pub mod output;
pub mod overlay;
pub mod pipeline;
pub mod polish;
pub mod probe;
pub mod rust_api;
pub mod shipped;
pub mod soundness;
pub mod source;
pub mod stale;
pub mod tasks;
pub mod tour;
pub mod update;
pub mod widening;
pub mod workspace;

pub use document::{extensions, load, locate, media_type, pointer, references};
pub use pipeline::{STACK, client, published_client};
