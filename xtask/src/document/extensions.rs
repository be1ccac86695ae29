//! The `x-client-` extensions, by which an overlay says how the client reads what no keyword can say. `xtask/README.md`
//! has the table.

use anyhow::{Result, bail};
use serde_json::Value;

use super::pointer::Pointer;

/// The schema that the client reads in place of this one.
pub const TYPE: &str = "x-client-type";
/// Where in an answer the object may be wrapped.
pub const UNWRAP: &str = "x-client-unwrap";
/// The properties of which one must be there: [`LISTS`], or all [`EXCEPT`] some.
pub const PAYLOAD: &str = "x-client-payload";
/// Of the payload: those that are lists.
pub const LISTS: &str = "lists";
/// Of the payload: all but those that this names.
pub const EXCEPT: &str = "except";
/// The properties that say which one an object is: it is of no use without them, and the client demands them.
pub const IDENTITY: &str = "x-client-identity";
/// The values of a text that are known; the client takes any other, too.
pub const KNOWN_VALUES: &str = "x-client-known-values";
/// In a lowered request body or answer: what its JSON, text or bytes are called. The generator knows one name for each.
pub const MEDIA_TYPE: &str = "x-client-media-type";
/// The client's use of a response's body.
const BODY: &str = "x-client-body";

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
