//! The extensions of ours, by which an overlay says how the client reads what no keyword can say.
//!
//! | extension | on | says |
//! | --- | --- | --- |
//! | `x-client-type: Name` | a schema | the client reads what this schema allows as the schema `Name` |
//! | `x-client-unwrap: [path, …]` | a schema under `components/schemas` | what stands at one of these dotted paths belongs to the object itself |
//! | `x-client-payload: [name, …]` | the same | an answer with properties, but none of these, is not understood; without it, none of all |
//! | `x-client-body: ignored` | a response | success is success, whatever the body and whether there is one |
//! | `x-client-null: absent` | the document | to the probe, null in place of an optional value is as good as absent |

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use super::check;
use super::keywords::Form;
use crate::pointer::Pointer;

/// The schema that the client reads in place of this one.
pub const TYPE: &str = "x-client-type";
/// Where in an answer the object may be wrapped.
pub const UNWRAP: &str = "x-client-unwrap";
/// The properties of which one must be there.
pub const PAYLOAD: &str = "x-client-payload";
/// In a lowered request body or answer: what its JSON, text or bytes are called. The generator knows one name for each.
pub const MEDIA_TYPE: &str = "x-client-media-type";
/// What the client makes of a response's body.
const BODY: &str = "x-client-body";

/// Keeps in a lowered schema what later steps read.
pub(super) fn keep(written: &Map<String, Value>, schema: &mut Map<String, Value>, at: &Pointer) -> Result<()> {
    for name in [UNWRAP, PAYLOAD] {
        if let Some(value) = written.get(name) {
            check(Form::Texts, value, &at.child(name))?;
            schema.insert(name.to_owned(), value.clone());
        }
    }
    Ok(())
}

/// Whether the client leaves a response's body unread.
///
/// # Errors
/// A value of the extension that means nothing.
pub fn ignores_body(response: &Value, at: &Pointer) -> Result<bool> {
    match response.get(BODY) {
        None => Ok(false),
        Some(value) if value == "ignored" => Ok(true),
        Some(other) => bail!("{}: expected `ignored`, found {other}", at.child(BODY)),
    }
}
