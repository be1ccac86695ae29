//! A file for a secret that the API shows once: made before the call, so that no secret comes that cannot be kept.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use crate::failure::Failure;

/// A new file that only its owner reads. It goes again unless a secret is written.
pub(crate) struct SecretFile<'p> {
    path: &'p Path,
    file: File,
    is_kept: bool,
}

impl<'p> SecretFile<'p> {
    /// Creates the file; one that exists is an error.
    pub(crate) fn create(path: &'p Path) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
        Ok(Self { path, file, is_kept: false })
    }

    /// Writes the secret and a line break.
    pub(crate) fn keep(mut self, secret: &str) -> Result<(), Failure> {
        self.is_kept = true;
        let written = self.file.write_all(format!("{secret}\n").as_bytes()).and_then(|()| self.file.sync_all());
        written.map_err(|error| {
            let path = self.path.display();
            Failure::Maybe(format!(
                "{path}: {error}; the new secret is not in it, and is shown nowhere else: delete it"
            ))
        })
    }
}

impl Drop for SecretFile<'_> {
    fn drop(&mut self) {
        if !self.is_kept {
            // An empty file that stays does no harm, and says that it is there at the next try.
            let _ = std::fs::remove_file(self.path);
        }
    }
}
