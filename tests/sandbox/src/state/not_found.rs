//! The one error of the domain.

/// Something that was looked up does not exist; the text names its kind.
#[derive(Debug, PartialEq)]
pub(crate) struct NotFound(pub(crate) &'static str);
