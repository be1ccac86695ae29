//! Rejects path templates that a URL would resolve to another path.

use anyhow::{Result, bail};
use percent_encoding::percent_decode_str;

use crate::document::pointer::Pointer;
use crate::inert::is_steering;

/// Checks that requests go where the template says, whatever values its `{names}` have.
pub(super) fn check(path: &str, at: &Pointer) -> Result<()> {
    if !path.starts_with('/') {
        bail!(at.error("a path starts with `/`"));
    }
    if path.contains(is_steering) {
        bail!(at.fixable("a path holds no control character and none that does not show"));
    }
    if path.contains('#') {
        bail!(at.fixable("a path holds no fragment, which no request sends"));
    }
    if path.contains('?') {
        bail!(at.fixable("a path holds no query; say it as parameters"));
    }
    // A URL reads a backslash as a slash, and `%2e` as a dot.
    if path.contains('\\') {
        bail!(at.fixable("a path holds no backslash, which a URL reads as `/`"));
    }
    // Spaces at its end are no part of a URL.
    let is_dots = |segment: &str| matches!(percent_decode_str(segment).decode_utf8_lossy().trim(), "." | "..");
    if path.split('/').any(is_dots) {
        bail!(at.fixable("a path holds no segment `.` or `..`, which a URL resolves to another path"));
    }
    Ok(())
}
