//! The reasons for which a command ends early, and their exit codes.

use std::io;
use std::process::ExitCode;

use deepgram_mgmt::{Error, ErrorKind, ExportError, RotateKeyError};

/// A command that ended early: one line, and the exit code.
#[derive(Debug)]
pub(crate) enum Failure {
    /// 1: the API rejected the call, or its response is of no use.
    Rejected(String),
    /// 2: an option, the environment or a file of this machine is wrong.
    Usage(String),
    /// 3: the API may have done it, wholly or in part: look before you repeat.
    Maybe(String),
    /// 0: nobody reads the output any more.
    ClosedOutput,
}

impl Failure {
    /// Prints the line, and returns the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let (code, line) = match self {
            Self::Rejected(line) => (1, line),
            Self::Usage(line) => (2, line),
            Self::Maybe(line) => (3, line),
            Self::ClosedOutput => return ExitCode::SUCCESS,
        };
        eprintln!("{}: {line}", crate::commands::NAME);
        ExitCode::from(code)
    }

    fn of_call(error: &Error, line: String) -> Self {
        match error.kind() {
            _ if error.maybe_processed() => Self::Maybe(line),
            ErrorKind::Configuration | ErrorKind::InvalidRequest => Self::Usage(line),
            _ => Self::Rejected(line),
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
        error.call().map_or_else(|| Self::Usage(line.clone()), |call| Self::of_call(call, line.clone()))
    }
}

/// A key that was made and does not replace the old one is something to look at.
impl From<&RotateKeyError> for Failure {
    fn from(error: &RotateKeyError) -> Self {
        let line = error.to_string();
        if error.new_key_id().is_some() { Self::Maybe(line) } else { Self::of_call(error.error(), line) }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        // Whoever reads the output has seen enough of it, as `head` does.
        if error.kind() == io::ErrorKind::BrokenPipe { Self::ClosedOutput } else { Self::Usage(error.to_string()) }
    }
}
