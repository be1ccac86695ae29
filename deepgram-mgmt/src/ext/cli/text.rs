//! Texts that steer no terminal.

use crate::error::{OneLine, breaks_line};

/// A text of a server or of the document in a form that a terminal can show: on one line, without characters that steer
/// it, and cut off after 1,000 characters.
#[must_use]
pub fn one_line(text: &str) -> String {
    OneLine(text).to_string()
}

/// As [`one_line`], and whole: for data.
#[must_use]
pub fn whole_line(text: &str) -> String {
    text.chars().map(|c| if breaks_line(c) { ' ' } else { c }).collect()
}

/// JSON in which no character steers a terminal: such characters stand in texts alone, where an escape means the same.
#[must_use]
pub fn inert_json(json: &str) -> String {
    let mut inert = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !breaks_line(c) {
            inert.push(c);
        } else {
            inert.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    inert
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn json_that_steers_no_terminal_is_the_data_all_the_same() {
        let value = json!({ "a\u{9b}": "\u{202e}b\u{1b}[31m\n\u{7f}é漢\u{1f469}" });
        let printed = inert_json(&value.to_string());
        assert!(printed.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{printed:?}");
        assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), value);
    }
}
