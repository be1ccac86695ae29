//! Names temporary files, and finds those that a killed run has left.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Between these, a name has six letters and digits.
const NAME: (&str, &str) = (".cargo-xtask-", ".tmp");

/// A new file on its way to a place in `folder`.
///
/// # Errors
/// The file system's.
pub(crate) fn create(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(NAME.0).suffix(NAME.1).rand_bytes(6).tempfile_in(folder)
}

/// Whether `path` is such a file, and nobody else's.
pub(crate) fn is_one(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let random = name.strip_prefix(NAME.0).and_then(|rest| rest.strip_suffix(NAME.1));
    random.is_some_and(|random| random.len() == 6 && random.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        && path.symlink_metadata().is_ok_and(|found| found.is_file())
}

/// Lists the files that killed runs have left in `folder`, provided that no run is at work there (see [`super::lock`]).
///
/// # Errors
/// The file system's; a folder that does not exist has none.
pub(crate) fn of(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if is_one(&path) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
