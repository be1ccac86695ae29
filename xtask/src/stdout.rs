//! Writes to the standard output. `println!` would panic where the reader has gone or the disk is full.

use std::fmt;
use std::io::{self, ErrorKind, Write as _};

use anyhow::{Context, Result};

use crate::inert;

/// Prints one line, in which no character steers.
///
/// # Errors
/// As [`print()`].
pub fn print_line(line: impl fmt::Display) -> Result<()> {
    print(&format!("{}\n", inert::line(line)))
}

/// Prints a text of whole lines. A reader that has gone has read enough: this is no error, and the work goes on.
///
/// # Errors
/// A text that cannot be written, such as to a full disk.
pub fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.context("the standard output cannot be written"),
    }
}
