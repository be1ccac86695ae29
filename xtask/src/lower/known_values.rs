//! Makes an enumeration of the known values of a text. The client takes any other value, too, so a document that lists
//! known values allows as much as one that does not.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use super::form::{check, list};
use super::objects::Form;
use crate::document::extensions;
use crate::document::pointer::Pointer;

/// Writes the known values into the `enum` of a lowered schema.
pub(super) fn enumerate(written: &Map<String, Value>, schema: &mut Map<String, Value>, at: &Pointer) -> Result<()> {
    let Some(values) = written.get(extensions::KNOWN_VALUES) else { return Ok(()) };
    let at = at.child(extensions::KNOWN_VALUES);
    check(Form::Texts, values, &at)?;
    if written.get("type").is_none_or(|kind| kind != "string") {
        bail!(at.error("only a schema of the type `string` has known values"));
    }
    if let Some(keyword) = ["enum", "const"].into_iter().find(|keyword| written.contains_key(*keyword)) {
        bail!(at.error(format!("`{keyword}` lists the values already; delete the extension")));
    }
    let mut seen = BTreeSet::new();
    let values = list(values, &at)?;
    for (index, value) in values.iter().enumerate() {
        if !seen.insert(value.as_str()) {
            bail!(at.child(index).error(format!("lists {value} twice")));
        }
    }
    if values.is_empty() {
        bail!(at.error("needs at least one value"));
    }
    schema.insert("enum".to_owned(), values.clone().into());
    Ok(())
}
