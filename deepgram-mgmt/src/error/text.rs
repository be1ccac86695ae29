//! Texts that a server or the HTTP stack had a part in, in a form that can be printed.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};

/// Maximum length of one text of a server in print: enough to read, too little to fill a log.
const PRINTED_CHARACTERS: usize = 1000;

/// Prints a server's text on one line, and cuts off a long one.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = self.0.chars();
        for c in all.by_ref().take(PRINTED_CHARACTERS) {
            f.write_char(if breaks_line(c) { ' ' } else { c })?;
        }
        if all.next().is_some() { f.write_char('…') } else { Ok(()) }
    }
}

/// Whether a character ends a line, or turns the direction of what stands beside it.
pub(crate) fn breaks_line(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The HTTP stack wraps the one informative message in several that are not.
pub(crate) fn root_cause<'a>(error: &'a (dyn StdError + Send + Sync + 'static)) -> &'a dyn StdError {
    causes(error).last().unwrap_or(error)
}

/// An error, its source, and so on.
pub(super) fn causes<'a>(
    error: &'a (dyn StdError + Send + Sync + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error as &(dyn StdError + 'static)), |&error| error.source())
}
