//! Reads the style of a parameter: how its lists and objects are sent.
//!
//! Drop when progenitor sends lists and objects in every style, in queries, paths and headers.

use anyhow::{Result, bail};
use serde_json::Value;

use super::query;
use super::single_values::{Holds, holds};
use crate::document::pointer::Pointer;
use crate::lower::Sending;

/// The styles that send a list in the query as one text, and the text between its items, as it stands in a URL.
const SEPARATORS: [(&str, &str); 3] = [("form", ","), ("spaceDelimited", "%20"), ("pipeDelimited", "%7C")];

/// How a parameter is sent.
///
/// # Errors
/// A style that the client does not send.
pub(super) fn sending<'v>(document: &'v Value, parameter: &'v Value, at: &Pointer) -> Result<Sending<'v>> {
    let place = parameter["in"].as_str().unwrap_or_default();
    let (schema, schema_at) = (&parameter["schema"], at.child("schema"));
    let name = parameter["name"].as_str().unwrap_or_default();
    let usual = if place == "query" { "form" } else { "simple" };
    let style = parameter.get("style").and_then(Value::as_str).unwrap_or(usual);
    let explode = parameter.get("explode").map_or(style == "form", |explode| explode == true);
    let holds = holds(document, schema, &schema_at);
    let separator = SEPARATORS.iter().find(|(name, _)| *name == style).map(|(_, separator)| *separator);
    match (place, holds) {
        ("cookie", _) => bail!(at.fixable("cookie parameters cannot be generated")),
        ("query", Holds::More) if style == "deepObject" => {
            Ok(Sending::WrittenOut(query::properties(document, schema, Some(name), &schema_at)?))
        }
        ("query", _) if style == "deepObject" => {
            Ok(Sending::WrittenOut(vec![query::plain(document, schema, name, &schema_at)]))
        }
        ("query", Holds::List) => match separator {
            Some(_) if explode => Ok(Sending::Usual),
            Some(separator) => Ok(Sending::Joined(separator)),
            None => bail!(unsupported(style, "lists", place, at)),
        },
        ("query", Holds::More) if style == "form" && !explode => bail!(at.child("explode").fixable(
            "an object in the query is sent property by property; `explode: false` cannot be generated; say \
             `type: string` to send it as one text"
        )),
        ("query", Holds::More) if style == "form" => {
            Ok(Sending::WrittenOut(query::properties(document, schema, None, &schema_at)?))
        }
        (_, Holds::More) if place != "query" => {
            bail!(schema_at.fixable(format!("only single values and lists of them can be sent in the {place}")))
        }
        _ if style != usual => bail!(unsupported(style, "these values", place, at)),
        (_, Holds::List) => Ok(Sending::Joined(",")),
        _ => Ok(Sending::Usual),
    }
}

fn unsupported(style: &str, values: &str, place: &str, at: &Pointer) -> crate::document::located::Located {
    at.child("style").fixable(format!("`{style}` cannot be generated for {values} in the {place}"))
}
