//! Hides the secrets of responses.

use std::mem;

use serde_json::Value;

use crate::generated::operations::OPERATIONS;
use crate::runtime::operations::Operation;

/// Stands in the place of a secret.
const MASK: &str = "…";

impl Operation {
    /// Puts `…` in the place of each secret of a response, at any depth, and returns the first.
    pub fn mask_secrets(&self, response: &mut Value) -> Option<String> {
        let mut first = None;
        mask(response, "", &|_, name| self.secrets.contains(&name), &mut |secret| {
            first.get_or_insert(secret);
        });
        first
    }
}

/// Puts `…` in the place of what a server sends under the name of a secret of any operation, at any depth, unless it is at
/// one of the `known` paths of the response or of its `entries`.
pub(super) fn mask_unknown_secrets(response: &mut Value, entries: &[&str], known: &[String]) {
    let is_entry = |known: &str, path: &str| {
        let within = |entries: &&str| path.strip_prefix(entries).and_then(|path| path.strip_prefix('.')) == Some(known);
        known == path || entries.iter().any(within)
    };
    let is_secret = |path: &str, name: &str| {
        OPERATIONS.iter().any(|operation| operation.secrets.contains(&name))
            && !known.iter().any(|known| is_entry(known, path))
    };
    mask(response, "", &is_secret, &mut drop);
}

/// Masks each text and number at a path that is secret, alone or in a list, and calls `found` with the texts.
fn mask(json: &mut Value, path: &str, is_secret: &impl Fn(&str, &str) -> bool, found: &mut impl FnMut(String)) {
    let name = path.rsplit('.').next().unwrap_or_default();
    match json {
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, path, is_secret, found)),
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                mask(value, &path, is_secret, found);
            }
        }
        Value::String(text) if is_secret(path, name) => found(mem::replace(text, MASK.to_owned())),
        Value::Number(_) if is_secret(path, name) => *json = MASK.into(),
        _ => {}
    }
}
