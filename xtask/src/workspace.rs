//! Finds the workspace that the tasks work on: the checkout that they are called in, whichever one built the program.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// A file that the workspace's root holds, and no other folder.
const MARK: &str = "deepgram-mgmt/Cargo.toml";

/// The workspace's root: found upwards from the package that cargo runs, or from the current directory where the
/// program is run by itself.
///
/// # Errors
/// A place outside of any checkout.
pub fn root() -> Result<PathBuf> {
    // Read when the program runs: checkouts that share a target directory share the program.
    let start = env::var_os("CARGO_MANIFEST_DIR").map_or_else(env::current_dir, |package| Ok(package.into()))?;
    let root = around(&start).with_context(|| {
        format!("{}: neither here nor above is a `{MARK}`; run it inside the workspace", start.display())
    })?;
    Ok(root.to_owned())
}

/// The root of the checkout that `folder` is in, or none.
#[must_use]
pub fn around(folder: &Path) -> Option<&Path> {
    folder.ancestors().find(|folder| folder.join(MARK).is_file())
}

/// The cargo that runs the program; else the one that is installed.
#[must_use]
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
