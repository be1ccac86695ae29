//! JSON pointers: locations in a document.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use anyhow::{Result, bail};
use serde_json::Value;

/// A JSON pointer (RFC 6901) in its URI fragment form: `#/paths/~1v1~1projects/get`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document, `#`.
    #[must_use]
    pub fn root() -> Self {
        Self("#".to_owned())
    }

    /// The named schemas, `#/components/schemas`.
    #[must_use]
    pub fn schemas() -> Self {
        Self::root().child("components").child("schemas")
    }

    /// The member `key` (or list index) below this place.
    #[must_use]
    pub fn child(&self, key: impl fmt::Display) -> Self {
        // Every step of a walk through a document makes a child, so the key is written in its place, and read once.
        let start = self.0.len() + 1;
        let mut child = String::with_capacity(start + 24);
        child.push_str(&self.0);
        child.push('/');
        // Writing to a text cannot fail.
        let _ = write!(child, "{key}");
        let key = &child[start..];
        if has_escape_character(key) || key.contains('/') {
            let key = key.replace('%', "%25").replace('~', "~0").replace('/', "~1");
            child.truncate(start);
            child.push_str(&key);
        }
        Self(child)
    }

    /// The place a `$ref` names.
    ///
    /// # Errors
    /// A reference that leaves the document or is not a JSON pointer.
    pub fn of_reference(reference: &str) -> Result<Self> {
        match reference.strip_prefix('#') {
            Some("") => Ok(Self::root()),
            Some(path) if path.starts_with('/') && !has_escape_character(path) => Ok(Self(reference.to_owned())),
            Some(path) if path.starts_with('/') => {
                Ok(path[1..].split('/').fold(Self::root(), |at, key| at.child(unescape(key))))
            }
            Some(_) => bail!("`{reference}` names an anchor; write it as a JSON pointer (`#/…`)"),
            None => bail!("`{reference}` leaves the document; bundle the documents into one first"),
        }
    }

    /// The place above this one, and the key that leads here from it; `None` for the whole document.
    pub(crate) fn parent(&self) -> Option<(Self, String)> {
        let (parent, key) = self.0.rsplit_once('/')?;
        Some((Self(parent.to_owned()), unescape(key).into_owned()))
    }

    /// The keys from the root to here.
    pub fn keys(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(|key| unescape(key).into_owned())
    }

    /// The value at this place of `document`.
    #[must_use]
    pub fn find<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        self.0.split('/').skip(1).try_fold(document, |value, key| member(value, &unescape(key)))
    }

    /// The value at this place of `document`, to be changed.
    pub(crate) fn find_mut<'a>(&self, document: &'a mut Value) -> Option<&'a mut Value> {
        self.keys().try_fold(document, |value, key| match value {
            Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
            other => other.get_mut(&key),
        })
    }

    /// Removes the member or the item at this place of `document`, if there is one.
    pub(crate) fn remove_from(&self, document: &mut Value) {
        let Some((parent, key)) = self.parent() else { return };
        match parent.find_mut(document) {
            Some(Value::Object(members)) => drop(members.shift_remove(&key)),
            Some(Value::Array(items)) => {
                if let Some(index) = key.parse().ok().filter(|index| *index < items.len()) {
                    items.remove(index);
                }
            }
            _ => {}
        }
    }

    /// The innermost property of a schema that is this place or holds it.
    pub(crate) fn property(&self) -> Option<Self> {
        let keys: Vec<String> = self.keys().collect();
        let start = if self.is_within(&Self::schemas()) { 3 } else { 0 };
        let (mut end, mut index) = (None, start);
        while index + 1 < keys.len() {
            // A property may be called `properties`, too.
            if keys[index] == "properties" {
                index += 1;
                end = Some(index);
            }
            index += 1;
        }
        end.map(|end| keys[..=end].iter().fold(Self::root(), |at, key| at.child(key)))
    }

    /// The name of the component, if this place is a schema of `components/schemas`.
    pub(crate) fn component(&self) -> Option<String> {
        self.parent().filter(|(parent, _)| *parent == Self::schemas()).map(|(_, name)| name)
    }

    /// Whether this place is `other` or below it.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        self.0.strip_prefix(&other.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The fragment as it stands in a `$ref`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The member of a value that a key of a pointer names.
pub(crate) fn member<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    match value {
        Value::Object(members) => members.get(key),
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

/// Whether a key or a path holds an escape, or a character that starts one.
fn has_escape_character(text: &str) -> bool {
    text.contains('%') || text.contains('~')
}

/// Undoes the escapes of RFC 6901 and, since a `$ref` is a URI, of RFC 3986.
fn unescape(key: &str) -> Cow<'_, str> {
    if !has_escape_character(key) {
        return Cow::Borrowed(key);
    }
    let decoded = percent_encoding::percent_decode_str(key).decode_utf8_lossy();
    Cow::Owned(decoded.replace("~1", "/").replace("~0", "~"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_is_found_whatever_it_holds() {
        for key in ["/v1/a%20b", "a%2520b", "%", "~1", "a/b~c", "é", "a:run"] {
            let document = json!({ "paths": { key: 1 } });
            let at = Pointer::root().child("paths").child(key);
            assert_eq!(at.find(&document), Some(&json!(1)), "{at}");
            assert_eq!(at.keys().last().as_deref(), Some(key), "{at}");
            assert_eq!(Pointer::of_reference(at.as_str()).unwrap(), at);
        }
        assert_eq!(Pointer::of_reference("#/paths/~1v1~1a%2520b").unwrap().keys().last().unwrap(), "/v1/a%20b");
    }
}
