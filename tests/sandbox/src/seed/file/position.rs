//! Finds the lines and columns of values in the text of a seed.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

/// A value whose parts are still text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Parts<'t> {
    List(#[serde(borrow)] Vec<&'t RawValue>),
    Object(#[serde(borrow)] BTreeMap<String, &'t RawValue>),
}

/// The line and the column of the value at a JSON pointer, each from 1; of the nearest value around it if there is none. A
/// column counts characters.
pub(super) fn find(text: &str, pointer: &str) -> (usize, usize) {
    let mut value = text.trim_start();
    for key in pointer.split('/').skip(1) {
        let part = match serde_json::from_str(value) {
            Ok(Parts::List(items)) => key.parse::<usize>().ok().and_then(|index| items.get(index).copied()),
            Ok(Parts::Object(members)) => members.get(&key.replace("~1", "/").replace("~0", "~")).copied(),
            Err(_) => None,
        };
        let Some(part) = part else { break };
        value = part.get();
    }
    // A value is a part of the text, so it begins within it.
    let before = &text[..(value.as_ptr().addr()).saturating_sub(text.as_ptr().addr()).min(text.len())];
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn a_value_has_the_line_and_column_where_it_begins() {
        let text = "\n{ \"é\": [1,\n  { \"a/b\": 2 }] }";
        let places = [("", (2, 1)), ("/é", (2, 8)), ("/é/0", (2, 9)), ("/é/1/a~1b", (3, 12)), ("/é/9", (2, 8))];
        for (pointer, place) in places {
            assert_eq!(find(text, pointer), place, "{pointer}");
        }
    }
}
