//! Escapes foreign text in output: the text of a document, a server or a file name never ends a line, starts markup, or
//! steers the terminal or the workflow that shows it. One function for each format.

use std::fmt::{self, Write as _};

/// Characters that end a line, steer a terminal, turn the direction of text, or do not show at all.
#[must_use]
pub fn is_steering(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// One line for a terminal or a log: no character steers, and the line is no workflow command.
///
/// GitHub's runner takes a line that begins with `::`, after any spaces, and `##[` anywhere in a line.
#[must_use]
pub fn line(text: impl fmt::Display) -> String {
    let line = text.to_string().replace(is_steering, " ").replace("##[", "# #[");
    let start = line.len() - line.trim_start().len();
    if line[start..].starts_with("::") { format!("{}: {}", &line[..start], &line[start + 1..]) } else { line }
}

/// A text of several lines for a terminal, a log or a page. Each call adds exactly one.
#[derive(Debug, Default)]
pub struct Lines(String);

impl Lines {
    /// Adds a line, which ends where the call does.
    pub fn add(&mut self, text: impl fmt::Display) {
        self.0.push_str(&line(text));
        self.0.push('\n');
    }

    /// Adds a line and an empty one, which ends a paragraph of Markdown.
    pub fn paragraph(&mut self, text: impl fmt::Display) {
        self.add(text);
        self.0.push('\n');
    }

    /// Adds one of GitHub's workflow commands, which shows `message` as an annotation, each of its items as a line.
    pub fn command(
        &mut self,
        level: &str,
        title: impl fmt::Display,
        message: impl IntoIterator<Item = impl fmt::Display>,
    ) {
        self.add_command(level, &[("title", title.to_string())], message);
    }

    /// Adds a command whose annotation is about a file, a line and a column.
    pub fn command_at(
        &mut self,
        level: &str,
        title: impl fmt::Display,
        (file, row, column): (&str, usize, usize),
        message: impl IntoIterator<Item = impl fmt::Display>,
    ) {
        let properties = [
            ("title", title.to_string()),
            ("file", file.to_owned()),
            ("line", row.to_string()),
            ("col", column.to_string()),
        ];
        self.add_command(level, &properties, message);
    }

    fn add_command(
        &mut self,
        level: &str,
        properties: &[(&str, String)],
        message: impl IntoIterator<Item = impl fmt::Display>,
    ) {
        // Escaped as its toolkit does.
        let data = |text: String| text.replace('%', "%25");
        let properties: Vec<String> = properties
            .iter()
            .map(|(name, value)| format!("{name}={}", data(line(value)).replace(':', "%3A").replace(',', "%2C")))
            .collect();
        let lines: Vec<String> = message.into_iter().map(|text| data(line(text))).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "::{level} {}::{}", properties.join(","), lines.join("%0A"));
    }

    /// The text so far.
    #[must_use]
    pub fn text(self) -> String {
        self.0
    }
}

/// Text within Markdown, also within a cell of a table: code, in which no markup, mention or link is read.
#[must_use]
pub fn code(text: impl fmt::Display) -> String {
    // A page reads `\|` in a cell as `|`, and may read `\\|` as the end of the cell.
    let text = text.to_string().replace(is_steering, " ").replace("\\|", "\\ |").replace('|', "\\|");
    code_span(&text)
}

/// A code span of Markdown. Its fence has more backticks than any run of them in the text.
#[must_use]
pub fn code_span(text: &str) -> String {
    let fence = "`".repeat(text.split(|c| c != '`').map(str::len).max().unwrap_or_default() + 1);
    // A space on either side is no part of the code, and without it a backtick would be one of the fence.
    let space = if text.trim_matches(' ').is_empty() || text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        " "
    } else {
        ""
    };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A JSON text as it is written, with escapes for all that JSON itself lets stand.
#[must_use]
pub fn json(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if is_steering(c) && c != '\n' {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    // Only a string can hold it.
    escaped.replace("##[", "#\\u0023[")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_and_no_command() {
        for (text, shown) in [
            ("a\nb\r\u{1b}[31mc\u{202e}d", "a b  [31mc d"),
            ("::error::x", ": :error::x"),
            ("  \u{a0}::add-mask::x", "  \u{a0}: :add-mask::x"),
            ("\u{feff}::error::x", " : :error::x"),
            ("a ##[error]b", "a # #[error]b"),
            ("crate::types::Model", "crate::types::Model"),
        ] {
            assert_eq!(line(text), shown);
        }
    }

    #[test]
    fn code_is_what_a_page_shows_and_nothing_else() {
        use pulldown_cmark::{Event, Options, Parser, TagEnd};
        for text in ["a", "`", "``", "a`b``c", " a ", "<b>", "|", "\\", "\\\\", "@me #1", "[x](y)", "&lt;", "`a`|b"] {
            let page = format!("| x |\n| --- |\n| {} |\n", code(text));
            let mut events = Parser::new_ext(&page, Options::ENABLE_TABLES);
            let head = events.find(|event| matches!(event, Event::End(TagEnd::TableHead)));
            assert!(head.is_some());
            let cell: Vec<Event<'_>> = events.skip(2).collect();
            let [Event::Code(shown), Event::End(TagEnd::TableCell), ..] = &cell[..] else { panic!("{page}{cell:?}") };
            assert_eq!(shown.trim(), text.trim(), "{page}");
        }
        assert!(!code("\\|").contains("\\\\|"));
    }

    #[test]
    fn json_means_the_same_when_it_is_escaped() {
        let value = serde_json::json!("\u{7f}\u{9b}\u{202e}\u{e0041} ##[error]\n");
        let text = json(&value.to_string());
        assert!(!text.contains(is_steering) && !text.contains("##["), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
