//! Keeps the secrets of new keys.

use std::io::{self, IsTerminal, Write as _};

use deepgram_mgmt::RotatedKey;
use deepgram_mgmt::operations::{SecretFile, lost, one_line, whole_line};
use deepgram_mgmt::types::KeyWithSecret;

use crate::failure::note;

/// Keeps the secret of a new key: in the file, or else on standard output.
pub(crate) fn keep_new_key(key: &KeyWithSecret, file: Option<SecretFile>) -> io::Result<()> {
    let (id, secret) = (&key.api_key_id, key.key.expose_secret());
    note_new(key);
    if let Some(file) = file {
        return file.keep(secret, Some(id)).map(|_| ());
    }
    let shown = if io::stdout().is_terminal() { whole_line(secret) } else { secret.to_owned() };
    let printed = writeln!(io::stdout(), "{shown}");
    printed.map_err(|error| io::Error::other(format!("standard output: {error}{}", lost(Some(id)))))
}

pub(crate) fn note_new(key: &KeyWithSecret) {
    note(format_args!("new key {}", one_line(&key.api_key_id)));
}

pub(crate) fn note_differences(new: &RotatedKey) {
    for difference in &new.differences {
        note(format_args!("not as the old key: {}", one_line(&format!("{difference:?}"))));
    }
}
