//! The extensions of ours, by which an overlay says how the client reads what no keyword can say.
//!
//! | extension | on | says |
//! | --- | --- | --- |
//! | `x-client-type: Name` | a schema | the client reads what this schema allows as the schema `Name` |
//! | `x-client-unwrap: [path, …]` | a schema under `components/schemas` | what stands at one of these dotted paths belongs to the object itself |
//! | `x-client-payload: lists` | the same | an answer with properties, but none of its lists, is not understood; without it, none of all |
//! | `x-client-payload: { except: [name, …] }` | the same | an answer with properties, but none beside these, is not understood |
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
/// The properties of which one must be there: [`LISTS`], or all [`EXCEPT`] some.
pub const PAYLOAD: &str = "x-client-payload";
/// Of the payload: those that are lists.
pub const LISTS: &str = "lists";
/// Of the payload: all but those that this names.
pub const EXCEPT: &str = "except";
/// In a lowered request body or answer: what its JSON, text or bytes are called. The generator knows one name for each.
pub const MEDIA_TYPE: &str = "x-client-media-type";
/// What the client makes of a response's body.
const BODY: &str = "x-client-body";

/// Keeps in a lowered schema what later steps read.
pub(super) fn keep(written: &Map<String, Value>, schema: &mut Map<String, Value>, at: &Pointer) -> Result<()> {
    if let Some(paths) = written.get(UNWRAP) {
        check(Form::Texts, paths, &at.child(UNWRAP))?;
        schema.insert(UNWRAP.to_owned(), paths.clone());
    }
    if let Some(payload) = written.get(PAYLOAD) {
        let at = at.child(PAYLOAD);
        match payload {
            Value::Object(said) if said.len() == 1 && said.contains_key(EXCEPT) => {
                check(Form::Texts, &said[EXCEPT], &at.child(EXCEPT))?;
            }
            said if said == LISTS => {}
            other => bail!("{at}: expected `{LISTS}` or `{EXCEPT}` with names, found {other}"),
        }
        schema.insert(PAYLOAD.to_owned(), payload.clone());
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
