//! Lists of items in a body.

use serde_json::Value;

/// Represents each item.
pub(super) fn all<'a, T: 'a>(items: impl IntoIterator<Item = &'a T>, represent: impl Fn(&T) -> Value) -> Vec<Value> {
    items.into_iter().map(represent).collect()
}
