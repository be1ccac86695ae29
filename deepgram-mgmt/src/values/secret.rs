//! A string that does not print.

use std::fmt;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A secret: an API key, a token, the `key` of a created key.
///
/// `Debug` shows nothing of it and there is no `Display`; [`Secret::expose_secret`] reads it. Its memory is zeroed
/// when dropped, which reaches this copy only: the header or the response that held it, and what the HTTP stack buffered
/// on the way, are beyond it.
///
/// ```
/// use deepgram_mgmt::Secret;
///
/// let secret = Secret::from("hush");
/// assert!(!format!("{secret:?}").contains("hush"));
/// assert_eq!(secret.expose_secret(), "hush");
/// ```
///
/// Serializing writes the secret in clear: whoever stores a response means to keep it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// The secret itself.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(secret: String) -> Self {
        Self(Zeroizing::new(secret))
    }
}

impl From<&String> for Secret {
    fn from(secret: &String) -> Self {
        Self::from(secret.as_str())
    }
}

impl From<&Secret> for Secret {
    fn from(secret: &Secret) -> Self {
        secret.clone()
    }
}

impl From<&str> for Secret {
    fn from(secret: &str) -> Self {
        Self::from(secret.to_owned())
    }
}

/// Compares all bytes: the time shows only whether the lengths are equal.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_stored_and_never_printed() {
        let secret: Secret = serde_json::from_str(r#""hush""#).unwrap();
        assert_eq!(secret.expose_secret(), "hush");
        assert_eq!(serde_json::to_string(&secret).unwrap(), r#""hush""#);
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn secrets_are_equal_if_all_their_bytes_are() {
        let secret = Secret::from("hush");
        assert_eq!(secret, secret.clone());
        for other in ["hush!", "hus", "rush", "husk", ""] {
            assert_ne!(secret, Secret::from(other), "{other}");
        }
    }
}
