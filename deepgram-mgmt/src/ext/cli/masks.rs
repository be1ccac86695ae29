//! Hides the secrets of responses.

use std::mem;

use serde_json::Value;

use crate::generated::operations::OPERATIONS;
use crate::runtime::operations::Operation;

/// Stands in the place of a secret.
const MASK: &str = "…";

/// How the names of secrets end, such as `client_secret`, `refreshToken` and `api_key`.
const ENDS: [&str; 6] = ["credential", "key", "passphrase", "password", "secret", "token"];

impl Operation {
    /// Puts `…` in the place of each secret of a response, at any depth, and of its text wherever else it stands; returns
    /// the first.
    pub fn mask_secrets(&self, response: &mut Value) -> Option<String> {
        let mut found = Vec::new();
        mask(response, "", false, &|_, name, _| self.secrets.contains(&name), &mut |secret| found.push(secret));
        found.retain(|secret| !secret.is_empty());
        for secret in &found {
            mask_text(response, secret);
        }
        found.into_iter().next()
    }
}

/// Puts `…` in the place of what a server sends under the name of a secret of any operation, and of each text whose name
/// ends as those of secrets do, at any depth, unless it is at one of the `known` paths of the `entries` of the response, or
/// of the response itself.
pub(super) fn mask_unknown_secrets(response: &mut Value, entries: &[&str], known: &[String]) {
    let is_listed = |path: &str| known.iter().any(|known| leads_to(path, known));
    let is_of_entry = |path: &str, entries: &str| {
        path.strip_prefix(entries).and_then(|path| path.strip_prefix('.')).is_some_and(is_listed)
    };
    let is_known = |path: &str| {
        // A name alone is of an entry, where there are entries.
        (entries.is_empty() || path.contains('.')) && is_listed(path)
            || entries.iter().any(|entries| is_of_entry(path, entries))
    };
    let is_secret = |path: &str, name: &str, value: &Value| {
        let is_named = || OPERATIONS.iter().any(|operation| operation.secrets.contains(&name));
        (is_text(value) && ends_as_secret(name) || is_named()) && !is_known(path)
    };
    mask(response, "", false, &is_secret, &mut drop);
}

/// Whether a value is a text, or a list of texts alone: a number is a count of tokens, and an object holds ids as well.
fn is_text(value: &Value) -> bool {
    value.is_string() || value.as_array().is_some_and(|items| items.iter().all(Value::is_string))
}

fn ends_as_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ENDS.iter().any(|end| name.ends_with(end))
}

/// Whether a property is at this path, or below it.
pub(super) fn leads_to(path: &str, property: &str) -> bool {
    property.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Masks each text and number at a path that is secret, or below one, and calls `found` with the texts.
fn mask(
    json: &mut Value,
    path: &str,
    is_below: bool,
    is_secret: &impl Fn(&str, &str, &Value) -> bool,
    found: &mut impl FnMut(String),
) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, path, is_below, is_secret, found)),
        Value::Object(members) => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                let is_below = is_below || is_secret(&path, name, value);
                mask(value, &path, is_below, is_secret, found);
            }
        }
        Value::String(text) if is_below => found(mem::replace(text, MASK.to_owned())),
        Value::Number(_) if is_below => *json = MASK.into(),
        _ => {}
    }
}

/// Puts `…` in the place of a text wherever it stands in a value.
fn mask_text(json: &mut Value, secret: &str) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(|item| mask_text(item, secret)),
        Value::Object(members) => members.values_mut().for_each(|value| mask_text(value, secret)),
        Value::String(text) if text.contains(secret) => *text = text.replace(secret, MASK),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::operations::find;

    #[test]
    fn a_secret_that_comes_again_under_another_name_is_masked_there_too() {
        let mut response = json!({ "key": "s3cret", "copy": "s3cret", "links": [{ "url": "https://x/?k=s3cret" }] });
        let secret = find("createProjectKey").unwrap().mask_secrets(&mut response);
        assert_eq!(secret.as_deref(), Some("s3cret"));
        assert_eq!(response, json!({ "key": "…", "copy": "…", "links": [{ "url": "https://x/?k=…" }] }));
    }

    #[test]
    fn a_known_property_of_the_entries_is_none_of_the_response_and_what_is_below_a_secret_is_secret() {
        let mut list =
            json!({ "api_keys": [{ "key": "ab…", "hash": { "key": { "value": "s", "n": 7 } } }], "key": "s" });
        mask_unknown_secrets(&mut list, &["api_keys"], &["key".to_owned()]);
        let masked =
            json!({ "api_keys": [{ "key": "ab…", "hash": { "key": { "value": "…", "n": "…" } } }], "key": "…" });
        assert_eq!(list, masked);
        let mut chore = json!([{ "key": { "api_key_id": "k", "secret": "s" }, "expires": "x" }]);
        mask_unknown_secrets(&mut chore, &[], &["key.api_key_id".to_owned(), "expires".to_owned()]);
        assert_eq!(chore, json!([{ "key": { "api_key_id": "k", "secret": "…" }, "expires": "x" }]));
    }

    #[test]
    fn a_text_whose_name_ends_as_that_of_a_secret_is_masked_and_a_count_or_an_id_is_not() {
        let secrets =
            ["api_key", "awsCredential", "client_secret", "passphrase", "password", "token", "refreshToken", "Secret"];
        for name in secrets {
            let mut response = json!({ "entry": { name: "s", "list": [{ name: ["s", "t"] }] } });
            mask_unknown_secrets(&mut response, &[], &[]);
            assert_eq!(response, json!({ "entry": { name: "…", "list": [{ name: ["…", "…"] }] } }));
        }
        let shown = json!({
            "api_key": { "api_key_id": "k", "comment": "c" }, "api_key_id": "k", "token_details": "d", "total_tokens": 7,
            "max_token": 8, "has_secret": true, "tokenizer": "t", "entries": [{ "key_prefix": "ab" }],
        });
        let mut response = shown.clone();
        mask_unknown_secrets(&mut response, &["entries"], &[]);
        assert_eq!(response, shown);
    }
}
