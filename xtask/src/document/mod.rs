//! Reads documents, and names their parts. Imports nothing of the steps above.

pub(crate) mod aliases;
pub(crate) mod bisect;
pub(crate) mod dialects;
pub mod errors;
pub mod extensions;
pub(crate) mod git;
pub mod load;
pub mod locate;
pub mod located;
pub mod media_type;
mod nesting;
pub(crate) mod openapi;
pub mod parts;
pub mod pointer;
pub mod references;
pub(crate) mod rust_names;
mod yaml_faults;
