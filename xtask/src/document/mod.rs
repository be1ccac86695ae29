//! Reads documents, and names what stands in them: the ground floor, which knows nothing of the steps above.

pub mod extensions;
pub mod load;
pub mod locate;
pub mod located;
pub mod media_type;
mod nesting;
pub(crate) mod openapi;
pub mod pointer;
pub mod references;
pub(crate) mod rust_names;
