//! The `x-client-` extensions. They tell the client what no keyword of OpenAPI can express. `xtask/README.md`
//! has the table.

use anyhow::{Result, bail};
use serde_json::Value;

use super::pointer::Pointer;

/// The schema that the client reads in place of this one.
pub const TYPE: &str = "x-client-type";
/// Where in a response the object may be wrapped.
pub const UNWRAP: &str = "x-client-unwrap";
/// The properties of which one must be there: [`LISTS`], or all [`EXCEPT`] some.
pub const PAYLOAD: &str = "x-client-payload";
/// Of the payload: those that are lists.
pub const LISTS: &str = "lists";
/// Of the payload: all but those that this names.
pub const EXCEPT: &str = "except";
/// The properties that identify an object. The client demands them.
pub const IDENTITY: &str = "x-client-identity";
/// Of an object whose properties may have values of other types than the document gives them.
pub const OPEN: &str = "x-client-open";
/// The values of a text that are known; the client takes any other, too.
pub const KNOWN_VALUES: &str = "x-client-known-values";
/// The media type that the document gives to a body, if the generator knows its JSON, text or bytes by another name.
pub const MEDIA_TYPE: &str = "x-client-media-type";
/// The statuses of successes without content beside those with JSON.
pub const NO_CONTENT: &str = "x-client-no-content";
/// This text separates the items of a parameter that is sent as one text.
pub const JOINED: &str = "x-client-joined";
/// The name of a schema, a property or a parameter in Rust.
pub const NAME: &str = "x-client-name";
/// Why the client has no method for an operation.
pub const SKIP: &str = "x-client-skip";
/// The command of an operation in the command line: its group, and its name.
pub(crate) const COMMAND: &str = "x-client-command";
/// The client's use of a response's body.
const BODY: &str = "x-client-body";

/// The name in Rust that an object of the document asks for.
///
/// # Errors
/// A value that is no name in Rust.
pub(crate) fn name<'v>(object: &'v Value, at: &Pointer) -> Result<Option<&'v str>> {
    let Some(value) = object.get(NAME) else { return Ok(None) };
    let starts = |name: &str| name.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(char::is_alphabetic);
    match value.as_str().filter(|name| starts(name)) {
        Some(name) => Ok(Some(name)),
        None => bail!(at.child(NAME).error(format!("expected a name that starts with a letter, found {value}"))),
    }
}

/// Whether the client leaves a response's body unread.
///
/// # Errors
/// A value of the extension that means nothing.
pub fn ignores_body(response: &Value, at: &Pointer) -> Result<bool> {
    match response.get(BODY) {
        None => Ok(false),
        Some(value) if value == "ignored" => Ok(true),
        Some(other) => bail!(at.child(BODY).error(format!("expected `ignored`, found {other}"))),
    }
}
