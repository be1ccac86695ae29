//! The probe: real answers held against the document, by a process that knows the client.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::workspace;

/// Builds and runs the probe where the caller is, with the caller's arguments.
///
/// # Errors
/// Cargo cannot be started.
pub fn run(arguments: &[OsString], started_in: &Path) -> Result<ExitCode> {
    let manifest = std::env::current_dir()?.join("Cargo.toml");
    let status = workspace::cargo()
        .args(["run", "--quiet", "--package", "deepgram-mgmt-probe", "--bin", "probe", "--manifest-path"])
        .arg(manifest)
        .arg("--")
        .args(arguments)
        .current_dir(started_in)
        .status()
        .context("the probe cannot be started")?;
    // Its own codes pass; all others, such as cargo's where the build fails, say nothing of the answers.
    let code = status.code().and_then(|code| u8::try_from(code).ok()).filter(|code| *code <= 2);
    Ok(ExitCode::from(code.unwrap_or(2)))
}
