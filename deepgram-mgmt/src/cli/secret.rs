//! A file for a secret that the API shows once: it gets its name together with the secret.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use deepgram_mgmt::RotatedKey;
use deepgram_mgmt::operations::one_line;
use deepgram_mgmt::types::KeyWithSecret;
use tempfile::{Builder, NamedTempFile};

use crate::failure::{Failure, note};

/// A new file that only its owner reads, made before the call, so that no secret comes that cannot be kept. It has no
/// name of its own before it has a secret, and goes without one.
pub(crate) struct SecretFile {
    path: PathBuf,
    file: NamedTempFile,
}

impl SecretFile {
    /// Creates the file beside its path; a path that exists is an error.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        if path.symlink_metadata().is_ok() {
            return Err(Failure::usage(format!("{}: exists, and a secret overwrites no file", path.display())));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Its permissions are its owner's alone: 0600.
        let file = Builder::new().prefix(".secret-").tempfile_in(folder);
        let file = file.map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Writes the secret and a line break, and gives the file its name.
    pub(crate) fn keep(mut self, secret: &str) -> io::Result<()> {
        writeln!(self.file, "{secret}").and_then(|()| self.file.as_file().sync_all())?;
        let Err(problem) = self.file.persist_noclobber(&self.path) else { return Ok(()) };
        let (_, kept) = problem.file.keep()?;
        let (path, kept) = (self.path.display(), kept.display());
        Err(io::Error::other(format!("{path}: {}; the secret is in {kept}", problem.error)))
    }
}

/// Keeps the secret of a new key: in the file, or else on standard output.
pub(crate) fn keep_new_key(key: &KeyWithSecret, file: Option<SecretFile>) -> io::Result<()> {
    let (id, secret) = (one_line(&key.api_key_id), key.key.expose_secret());
    note(format_args!("new key {id}"));
    let kept = file.map_or_else(|| writeln!(io::stdout(), "{secret}"), |file| file.keep(secret));
    kept.map_err(|error| io::Error::other(format!("{error} (delete {id} if its secret is lost)")))
}

pub(crate) fn note_differences(new: &RotatedKey) {
    for difference in &new.differences {
        note(format_args!("not as the old key: {}", one_line(&format!("{difference:?}"))));
    }
}
