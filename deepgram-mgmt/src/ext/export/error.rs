//! The error of an export.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::Error;

/// An error of a file that cannot be opened, with its cure where there is one.
pub(crate) fn explain(path: &Path, error: &io::Error) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match error.kind() {
        io::ErrorKind::NotFound if !folder.exists() => {
            format!("the folder `{}` does not exist; create it", folder.display())
        }
        _ => error.to_string(),
    }
}

/// An export that ended early. What it has written stays, and the next run goes on from it.
#[derive(Debug)]
pub struct ExportError(Cause);

#[derive(Debug)]
enum Cause {
    Call(Error),
    File(PathBuf, String),
    Exists(PathBuf),
}

impl ExportError {
    /// The call that failed; `None` if the file did.
    #[must_use]
    pub fn call(&self) -> Option<&Error> {
        match &self.0 {
            Cause::Call(error) => Some(error),
            Cause::File(..) | Cause::Exists(_) => None,
        }
    }

    /// Whether the file exists, and nothing was to be appended to it.
    #[must_use]
    pub fn file_exists(&self) -> bool {
        matches!(self.0, Cause::Exists(_))
    }

    pub(super) fn exists(path: &Path) -> Self {
        Self(Cause::Exists(path.to_owned()))
    }

    /// A file that cannot be read or written.
    pub(super) fn of(path: &Path) -> impl Fn(io::Error) -> Self {
        move |error| Self(Cause::File(path.to_owned(), explain(path, &error)))
    }

    /// A file that is no export to go on with.
    pub(super) fn content(path: &Path, message: impl Into<String>) -> Self {
        Self(Cause::File(path.to_owned(), message.into()))
    }
}

impl From<Error> for ExportError {
    fn from(error: Error) -> Self {
        Self(Cause::Call(error))
    }
}

/// One line: the failed call, or the file and what is wrong with it.
impl fmt::Display for ExportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Cause::Call(error) => error.fmt(f),
            Cause::Exists(path) => write!(f, "{}: exists; choose another name, or append to it", path.display()),
            Cause::File(path, problem) => write!(f, "{}: {problem}", path.display()),
        }
    }
}

/// Without a source: the line that it prints holds the failed call's. [`ExportError::call`] returns that.
impl std::error::Error for ExportError {}
