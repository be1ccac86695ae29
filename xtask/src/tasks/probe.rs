//! `cargo xtask probe`: compares real responses with the document, in a process that knows the client.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Context, Result};

use super::Outcome;
use crate::workspace;

/// Builds the probe of the workspace at `root`, and runs it in the caller's folder with the caller's arguments.
///
/// # Errors
/// Cargo cannot be started.
pub fn run(arguments: &[OsString], root: &Path, started_in: &Path) -> Result<Outcome> {
    let status = workspace::cargo()
        .args(["run", "--package", "deepgram-mgmt-probe", "--bin", "probe", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .arg("--")
        .args(arguments)
        .current_dir(started_in)
        .status()
        .context("the probe cannot be started")?;
    Ok(status.into())
}
