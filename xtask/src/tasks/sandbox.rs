//! `cargo xtask sandbox`: the sandbox as a program, in the live dialect unless the caller names another.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context, Result};

use super::Outcome;
use crate::workspace;

/// Builds the sandbox of the workspace at `root`, and runs it in the caller's folder with the caller's arguments.
///
/// # Errors
/// Cargo cannot be started.
pub fn run(arguments: &[OsString], root: &Path, started_in: &Path) -> Result<Outcome> {
    let names_dialect = arguments.iter().any(|argument| argument.to_string_lossy().starts_with("--dialect"));
    let dialect: &[&str] = if names_dialect { &[] } else { &["--dialect", "live"] };
    let status = workspace::cargo()
        .args(["run", "--package", "deepgram-mgmt-sandbox", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .arg("--")
        .args(dialect)
        .args(arguments)
        .current_dir(started_in)
        .status()
        .context("the sandbox cannot be started")?;
    Ok(status.into())
}
