//! Finds the lines and columns of values in the text of a seed.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// The line and the column of the value at a JSON pointer, each from 1; of the nearest value around it if there is none. A
/// column counts characters.
pub(super) fn find(text: &str, pointer: &str) -> (usize, usize) {
    let mut value = text.trim_start();
    for key in pointer.split('/').skip(1) {
        let part = if value.starts_with('[') {
            let items: Vec<&RawValue> = serde_json::from_str(value).unwrap_or_default();
            key.parse().ok().and_then(|index: usize| items.get(index).copied())
        } else {
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(value).unwrap_or_default();
            members.get(&key.replace("~1", "/").replace("~0", "~")).copied()
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
