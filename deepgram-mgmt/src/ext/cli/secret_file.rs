//! Files for secrets that the API shows once: each gets its name together with the secret.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::text::one_line;
use crate::Timestamp;
use crate::ext::export::error::explain;
use crate::ext::member_keys::{KeyUse, MemberKeys};
use crate::ext::rotate::RotateKeyError;
use crate::types::KeyWithSecret;

/// A new file that only its owner reads, made before the call, so that no secret comes that cannot be kept. It has no
/// name of its own before it has a secret, and goes without one.
#[derive(Debug)]
pub struct SecretFile {
    path: PathBuf,
    file: NamedTempFile,
}

impl SecretFile {
    /// Creates the file beside its path.
    ///
    /// # Errors
    /// The path, and why no file can be there; one that exists is not overwritten.
    pub fn create(path: &Path) -> io::Result<Self> {
        let fail = |problem: &dyn fmt::Display| io::Error::other(format!("{}: {problem}", path.display()));
        if path.symlink_metadata().is_ok() {
            return Err(fail(&"exists, and a secret overwrites no file"));
        }
        if path.file_name().is_none() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(fail(&"is no name of a file"));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Its permissions are its owner's alone: 0600.
        let file = Builder::new().prefix(".secret-").tempfile_in(folder);
        Ok(Self { path: path.to_owned(), file: file.map_err(|error| fail(&explain(path, &error)))? })
    }

    /// Writes the secret of a new object and a line break, and gives the file its name.
    ///
    /// # Errors
    /// The path, and why the secret is lost, with the `id` of the object; or where else it is kept.
    pub fn keep(mut self, secret: &str, id: Option<&str>) -> io::Result<PathBuf> {
        // An error of the file itself names no path.
        let file = self.file.as_file_mut();
        let written = writeln!(file, "{secret}").and_then(|()| file.sync_all());
        written.map_err(|error| io::Error::other(format!("{}: {error}{}", self.path.display(), lost(id))))?;
        let Err(problem) = self.file.persist_noclobber(&self.path) else { return Ok(self.path) };
        let (_, kept) = problem.file.keep()?;
        let (path, kept) = (self.path.display(), kept.display());
        Err(io::Error::other(format!("{path}: {}; the secret is in {kept}", problem.error)))
    }
}

/// The end of an error that loses the secret of a new object.
#[must_use]
pub fn lost(id: Option<&str>) -> String {
    let deletion = id.map(|id| format!(": delete {}", one_line(id))).unwrap_or_default();
    format!("; the new secret is lost{deletion}")
}

/// Whether nobody can see a secret on standard output. One that is closed is opened as `/dev/null` before `main`.
#[must_use]
pub fn loses_output() -> bool {
    #[cfg(unix)]
    {
        use std::fs::{File, metadata};
        use std::os::{fd::AsFd as _, unix::fs::MetadataExt as _};

        let stdout = io::stdout().as_fd().try_clone_to_owned().and_then(|stdout| File::from(stdout).metadata());
        let null = metadata("/dev/null");
        stdout.and_then(|stdout| Ok(stdout.rdev() == null?.rdev())).unwrap_or_default()
    }
    #[cfg(not(unix))]
    false
}

/// The files of successors in a folder. A file has the id of the old key for its name.
#[derive(Debug)]
pub struct SuccessorFiles {
    files: HashMap<String, SecretFile>,
}

impl SuccessorFiles {
    /// Creates the files for the keys that need a successor, and takes all other keys out: returns a line about each.
    ///
    /// # Errors
    /// As [`SecretFile::create`]. [`ErrorKind::InvalidData`]: an id, which comes from a server, is no name of a file.
    pub fn create(folder: &Path, keys: &mut MemberKeys) -> io::Result<(Self, Vec<String>)> {
        let (mut files, mut others) = (HashMap::new(), Vec::new());
        for KeyUse { key, .. } in &keys.keys {
            let id = key.api_key_id.clone();
            if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                let message = format!("the id {} cannot be the name of a file", one_line(&id));
                return Err(io::Error::new(ErrorKind::InvalidData, message));
            }
            let path = folder.join(&id);
            if key.expiration_date.is_some_and(|expiry| expiry <= Timestamp::now()) {
                others.push(format!("the key {id} has expired: it needs no successor"));
            } else if path.symlink_metadata().is_ok_and(|file| file.is_file() && file.len() > 0) {
                others.push(format!("the key {id} has a successor already: {}", path.display()));
            } else {
                files.insert(id, SecretFile::create(&path)?);
            }
        }
        keys.keys.retain(|used| files.contains_key(&used.key.api_key_id));
        Ok((Self { files }, others))
    }

    /// Keeps the secret of the successor of a key.
    ///
    /// # Errors
    /// As [`SecretFile::keep`], and a key that has no file.
    pub fn keep(&mut self, old_id: &str, new: &KeyWithSecret) -> io::Result<PathBuf> {
        let id = &new.api_key_id;
        let file = self.files.remove(old_id).ok_or_else(|| io::Error::other(format!("no file{}", lost(Some(id)))))?;
        file.keep(new.key.expose_secret(), Some(id))
    }

    /// Keeps the secret of a new key that is none to rely on and could not be deleted, in a file of another name. `None` if
    /// the error has no such key.
    pub fn keep_unverified(&mut self, error: &RotateKeyError) -> Option<io::Result<PathBuf>> {
        let (new, _) = error.new_key().zip(error.call())?;
        if let Some(file) = self.files.get_mut(error.old_key_id()) {
            file.path.as_mut_os_string().push(".unverified");
        }
        Some(self.keep(error.old_key_id(), new))
    }
}
