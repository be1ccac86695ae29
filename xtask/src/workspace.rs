//! Finds the workspace that the tasks work on: the checkout that they are called in, whichever one built the program.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

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

/// Runs a command in the place of this process, so that a signal to the task reaches the command. The exit code is the
/// command's. Where the system cannot do so, it runs the command, and waits for it.
pub(crate) fn run_instead(mut command: Command) -> io::Result<ExitStatus> {
    #[cfg(unix)]
    return Err(std::os::unix::process::CommandExt::exec(&mut command));
    #[cfg(not(unix))]
    command.status()
}

/// The one name of a folder, of which the last parts may not exist yet.
///
/// # Errors
/// The file system's.
pub(crate) fn resolve(folder: &Path) -> Result<PathBuf> {
    resolve_existing(folder).with_context(|| format!("{}: cannot be found", folder.display()))
}

fn resolve_existing(folder: &Path) -> io::Result<PathBuf> {
    let folder = std::path::absolute(folder)?;
    let mut missing = Vec::new();
    let mut found = folder.as_path();
    loop {
        match (found.canonicalize(), found.parent(), found.file_name()) {
            (Ok(real), _, _) => return Ok(missing.iter().rev().fold(real, |path, part| path.join(part))),
            (Err(_), Some(parent), Some(name)) => {
                missing.push(name);
                found = parent;
            }
            (Err(error), _, _) => return Err(error),
        }
    }
}
