//! Lets one run write at a time: a run holds the lock of its checkout, or of a folder outside of any, until it is done.

use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use fs4::{FileExt, TryLockError};
use sha2::{Digest, Sha256};

use crate::document::load::hex;
use crate::workspace;

/// Where a checkout has its lock: a folder that is never committed.
const IN_CHECKOUT: &str = "target/xtask.lock";

/// A lock, held until dropped. The system frees it when the process is killed.
#[derive(Debug)]
#[must_use]
pub struct Lock {
    _file: Option<File>,
}

/// Waits until nobody else writes to or reads from `folder` and the checkout around it.
///
/// # Errors
/// The file system's.
pub fn to_write(folder: &Path) -> Result<Lock> {
    let path = place(folder)?;
    let cannot = || format!("{}: cannot be locked", path.display());
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(cannot)?;
    }
    let file = open(&path).with_context(cannot)?;
    wait(folder, || FileExt::try_lock(&file), || FileExt::lock(&file)).with_context(cannot)?;
    Ok(Lock { _file: Some(file) })
}

/// Waits until nobody writes to `folder` and the checkout around it. Where no lock can be made, such as on a read-only
/// disk, there is nobody to wait for.
///
/// # Errors
/// The file system's.
pub fn to_read(folder: &Path) -> Result<Lock> {
    let path = place(folder)?;
    let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| open(&path));
    let Ok(file) = made else { return Ok(Lock { _file: None }) };
    wait(folder, || FileExt::try_lock_shared(&file), || FileExt::lock_shared(&file))
        .with_context(|| format!("{}: cannot be locked", path.display()))?;
    Ok(Lock { _file: Some(file) })
}

fn wait(
    folder: &Path,
    try_lock: impl FnOnce() -> Result<(), TryLockError>,
    lock: impl FnOnce() -> io::Result<()>,
) -> io::Result<()> {
    match try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            eprintln!("waiting for another run that works on {}", folder.display());
            lock()
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Another user's file can be locked, too, without being written to.
fn open(path: &Path) -> io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(false).open(path).or_else(|_| File::open(path))
}

/// The file that is locked: in the checkout around `folder`, else among the system's temporary files.
fn place(folder: &Path) -> Result<PathBuf> {
    let folder = workspace::resolve(folder)?;
    if let Some(root) = workspace::around(&folder) {
        return Ok(root.join(IN_CHECKOUT));
    }
    let name = hex(&Sha256::digest(folder.as_os_str().as_encoded_bytes()));
    Ok(env::temp_dir().join(format!("cargo-xtask-{name}.lock")))
}
