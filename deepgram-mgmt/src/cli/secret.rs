//! A file for a secret that the API shows once: made before the call, so that no secret comes that cannot be kept.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use deepgram_mgmt::operations::one_line;
use deepgram_mgmt::{RotateKeyError, RotatedKey};

use crate::failure::{Failure, note};

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
        let file = options.open(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        Ok(Self { path, file, is_kept: false })
    }

    /// Writes the secret and a line break.
    pub(crate) fn keep(mut self, secret: &str) -> Result<(), Failure> {
        self.is_kept = true;
        let written = self.file.write_all(format!("{secret}\n").as_bytes()).and_then(|()| self.file.sync_all());
        let path = self.path.display();
        written.map_err(|error| Failure::maybe(format!("{path}: {error}; the new secret is lost: delete what has it")))
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

/// Keeps the secret of the new key that takes the place of an old one: in the file, or else on standard output. A failure
/// after the key was made still holds it.
pub(crate) fn keep_new_key(
    outcome: Result<RotatedKey, RotateKeyError>,
    file: Option<SecretFile<'_>>,
) -> Result<(), Failure> {
    let (key, failure) = match outcome {
        Ok(RotatedKey { key, differences, .. }) => {
            for difference in differences {
                note(format_args!("not as the old key: {}", one_line(&format!("{difference:?}"))));
            }
            (Some(key), Ok(()))
        }
        Err(error) => {
            let failure = Failure::from(&error);
            (error.into_new_key(), Err(failure))
        }
    };
    let Some(key) = key else { return failure };
    note(format_args!("new key {}", one_line(&key.api_key_id)));
    let Some(file) = file else {
        let printed = writeln!(io::stdout(), "{}", key.key.expose_secret());
        return printed.map_err(|error| Failure::maybe(format!("{error}: the new secret is lost"))).and(failure);
    };
    file.keep(key.key.expose_secret()).and(failure)
}
