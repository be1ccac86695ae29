//! The reasons for which a command ends early, and their exit codes.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use deepgram_mgmt::operations::{one_line, whole_line};
use deepgram_mgmt::{Error, ErrorKind, ExportError, RotateKeyError};

/// Prints a line to standard error. Where that is full or closed, the command goes on: its exit code tells the outcome.
pub(crate) fn note(line: impl Display) {
    let _ = writeln!(io::stderr(), "{}", whole_line(&line.to_string()));
}

/// Goes on after a reader that has seen enough: for a command that also changes or judges something.
pub(crate) fn go_on(printed: Result<(), Failure>) -> Result<(), Failure> {
    printed.or_else(|failure| if failure.exit_code == 0 { Ok(()) } else { Err(failure) })
}

/// A command that ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    exit_code: u8,
    /// Empty if there is nothing to print.
    line: String,
}

impl Failure {
    /// 1: the API rejected the call, cannot be reached, or its response is of no use.
    pub(crate) fn rejected(line: impl Display) -> Self {
        Self { exit_code: 1, line: line.to_string() }
    }

    /// 2: an option, the environment or a file of this machine is wrong.
    pub(crate) fn usage(line: impl Display) -> Self {
        Self { exit_code: 2, line: line.to_string() }
    }

    /// 3: the API may have done it, wholly or in part: look before you repeat.
    pub(crate) fn maybe(line: impl Display) -> Self {
        Self { exit_code: 3, line: line.to_string() }
    }

    /// A file that cannot be made, or whose name a response gives and cannot be one.
    pub(crate) fn of_file(error: &io::Error) -> Self {
        let exit_code = if error.kind() == io::ErrorKind::InvalidData { 1 } else { 2 };
        Self { exit_code, line: error.to_string() }
    }

    /// The failure of a command that has changed something before.
    pub(crate) fn after_changes(self) -> Self {
        Self { exit_code: 3, ..self }
    }

    /// Adds a cure to the line.
    pub(crate) fn with(self, cure: &str) -> Self {
        Self { line: self.line + cure, ..self }
    }

    /// The failure to print the response of a call that changed something. A reader that has seen enough is none, unless
    /// a new secret is lost; the rest of the line then says of which object.
    pub(crate) fn after_change(self, lost: Option<&str>) -> Self {
        match (self.exit_code, lost) {
            (_, Some(lost)) => Self::maybe(self.line + lost),
            (0, None) => self,
            _ => Self::maybe(format!("it was done, and the response cannot be printed: {}", self.line)),
        }
    }

    /// Prints the line, and returns the exit code.
    pub(crate) fn report(self) -> ExitCode {
        if self.exit_code != 0 && !self.line.is_empty() {
            note(format_args!("{}: {}", crate::commands::NAME, self.line));
        }
        ExitCode::from(self.exit_code)
    }

    fn of_call(error: &Error, mut line: String) -> Self {
        // A text that is neither JSON nor a gateway's page is the reason: `UUID parsing failed`.
        if let Some(reason) = error.body_excerpt().filter(|text| !text.trim_start().starts_with(['<', '{', '['])) {
            line = format!("{line}: {}", one_line(reason.trim()));
        }
        match error.kind() {
            _ if error.maybe_processed() => Self::maybe(line),
            ErrorKind::Configuration | ErrorKind::InvalidRequest => Self::usage(line),
            _ => Self::rejected(line),
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
        let line = error.to_string();
        if let Some(call) = error.call() { Self::of_call(call, line) } else { Self::usage(line) }
    }
}

/// A key that was made and does not replace the old one is something to look at.
impl From<RotateKeyError> for Failure {
    fn from(error: RotateKeyError) -> Self {
        let line = error.to_string();
        match error.call() {
            Some(call) if !error.may_have_created() => Self::of_call(call, line),
            _ => Self::maybe(line),
        }
    }
}

/// An error of standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // Whoever reads the output has seen enough of it, as `head` does.
        let exit_code = if error.kind() == io::ErrorKind::BrokenPipe { 0 } else { 2 };
        Self { exit_code, line: format!("standard output: {error}") }
    }
}
