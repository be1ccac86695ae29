//! The reasons for which a command ends early, and their exit codes.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use deepgram_mgmt::operations::{one_line, whole_line};
use deepgram_mgmt::{Error, ErrorKind, ExportError, RotateKeyError};

/// Whoever reads the output has seen enough of it, as `head` does.
pub(crate) const UNREAD: u8 = 0;
/// The API rejected the call, cannot be reached, or its response is of no use.
pub(crate) const REJECTED: u8 = 1;
/// An option, the environment or a file of this machine is wrong.
pub(crate) const USAGE: u8 = 2;
/// The API may have done it, wholly or in part: look before you repeat.
pub(crate) const MAYBE: u8 = 3;

/// Prints a line to standard error. Where that is full or closed, the command goes on: its exit code tells the outcome.
pub(crate) fn note(line: impl Display) {
    let _ = writeln!(io::stderr(), "{}", whole_line(&line.to_string()));
}

/// Goes on after a reader that has seen enough: for a command that also changes or judges something.
pub(crate) fn go_on(printed: Result<(), Failure>) -> Result<(), Failure> {
    printed.or_else(|failure| if failure.code == UNREAD { Ok(()) } else { Err(failure) })
}

/// A command that ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) code: u8,
    /// Empty if there is nothing to print.
    pub(crate) line: String,
}

impl Failure {
    pub(crate) fn new(code: u8, line: impl Display) -> Self {
        Self { code, line: line.to_string() }
    }

    pub(crate) fn usage(line: impl Display) -> Self {
        Self::new(USAGE, line)
    }

    /// Adds to the line.
    pub(crate) fn and(self, more: &str) -> Self {
        Self { line: self.line + more, ..self }
    }

    /// Prints the line, and returns the exit code.
    pub(crate) fn report(self) -> ExitCode {
        if self.code != UNREAD && !self.line.is_empty() {
            note(format_args!("{}: {}", crate::commands::NAME, self.line));
        }
        ExitCode::from(self.code)
    }

    fn of_call(error: &Error, mut line: String) -> Self {
        // A text that is neither JSON nor a gateway's page is the reason: `UUID parsing failed`.
        if let Some(reason) = error.body_excerpt().filter(|text| !text.trim_start().starts_with(['<', '{', '['])) {
            let call = error.to_string();
            line = line.replacen(&call, &format!("{call}: {}", one_line(reason.trim())), 1);
        }
        match error.kind() {
            _ if error.maybe_processed() => Self::new(MAYBE, line),
            ErrorKind::Configuration | ErrorKind::InvalidRequest => Self::new(USAGE, line),
            _ => Self::new(REJECTED, line),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::of_call(&error, error.to_string())
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        let cure = if error.file_exists() { " with --append" } else { "" };
        error.call().map_or_else(|| Self::usage(&error).and(cure), |call| Self::of_call(call, error.to_string()))
    }
}

/// A key that was made and does not replace the old one is something to look at.
impl From<RotateKeyError> for Failure {
    fn from(error: RotateKeyError) -> Self {
        match error.call() {
            Some(call) if !error.may_have_created() => Self::of_call(call, error.to_string()),
            None if !error.may_have_created() => Self::usage(error),
            _ => Self::new(MAYBE, error),
        }
    }
}

/// An error of a file, or of standard output; data that cannot be used are the server's.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::new(UNREAD, error),
            io::ErrorKind::InvalidData => Self::new(REJECTED, error),
            _ => Self::usage(error),
        }
    }
}
