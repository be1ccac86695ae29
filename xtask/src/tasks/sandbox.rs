//! `cargo xtask sandbox`: the sandbox as a program.

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
    let mut command = workspace::cargo();
    command
        .args(["run", "--package", "deepgram-mgmt-sandbox", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .arg("--")
        .args(arguments)
        .current_dir(started_in);
    let status = workspace::run_instead(command).context("the sandbox cannot be started")?;
    Ok(status.into())
}
