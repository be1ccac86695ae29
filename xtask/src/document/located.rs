//! Errors and warnings about one location of a document.

use std::fmt;

use super::pointer::Pointer;

/// The cure for a document that cannot be generated: nobody edits the document itself.
const OVERLAY_HINT: &str = "change it with an overlay action";

/// An error about one location of a document. Prints as `#/pointer: message; hint`.
///
/// It keeps its location as a value, so that context added on the way neither hides nor replaces it:
/// `error.downcast_ref::<Located>()` finds it below any context.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Located {
    /// The location.
    pub at: Pointer,
    /// The problem there.
    pub message: String,
    /// How to solve it.
    pub hint: Option<&'static str>,
}

impl Located {
    /// The message without the names and values of the document, which it quotes: errors of one kind share it.
    #[must_use]
    pub fn kind(&self) -> String {
        let parts = self.message.split(['`', '"']).enumerate();
        parts.map(|(index, part)| if index % 2 == 0 { part } else { "…" }).collect()
    }

    /// The error as one about `above`; its message names the location where that is another one.
    pub(crate) fn seen_from(&self, above: &Pointer) -> Self {
        let place = self.at.as_str().strip_prefix(above.as_str()).filter(|_| self.at.is_within(above));
        let message = match place.map_or(self.at.as_str(), |below| below.trim_start_matches('/')) {
            "" => self.message.clone(),
            place => format!("{place}: {}", self.message),
        };
        Self { at: above.clone(), message, hint: self.hint }
    }

    /// The error with another hint.
    pub(crate) fn hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }
}

impl Pointer {
    /// An error about this location.
    pub(crate) fn error(&self, message: impl Into<String>) -> Located {
        Located { at: self.clone(), message: message.into(), hint: None }
    }

    /// An error about this location that an overlay can fix.
    pub(crate) fn fixable(&self, message: impl Into<String>) -> Located {
        self.error(message).hint(OVERLAY_HINT)
    }
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.message)?;
        self.hint.map_or(Ok(()), |hint| write!(f, "; {hint}"))
    }
}

impl std::error::Error for Located {}
