//! The types of single values: each checks what it is made from, and how it is printed.
//!
//! Belongs here: a value that a request or a response holds, and that is complete by itself. Does not belong here: what
//! calls the server, and the objects of the document, which are generated (`types`). Generated code names these types.

mod bad_entry;
mod mask;
mod path_segment;
mod resume_point;
mod secret;
mod timestamp;
mod unknown_properties;

pub use bad_entry::BadEntry;
pub(crate) use mask::Mask;
pub use path_segment::{EmailSegment, PathSegment, PathSegmentError};
pub use resume_point::ResumePoint;
pub use secret::Secret;
pub use timestamp::{Timestamp, TimestampError};
pub use unknown_properties::UnknownProperties;
