//! Credentials: an API key or an access token, and the scheme it is sent with.

use std::fmt;
use std::sync::Arc;

use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use crate::values::Mask;
use crate::{Error, Secret};

/// An API key or an access token, with its scheme. Never printed: `Debug` shows the scheme only.
///
/// There is no fallback from one scheme to the other: a server that rejects a scheme responds with 401, and the
/// caller sees that.
///
/// ```
/// use deepgram_mgmt::Credentials;
///
/// let credentials = Credentials::api_key("my key");
/// assert!(!format!("{credentials:?}").contains("my key"));
/// ```
#[derive(Clone)]
pub struct Credentials {
    scheme: Scheme,
    secret: Secret,
    /// Where it comes from, for messages.
    origin: &'static str,
}

/// The word before the secret in the `Authorization` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    /// The scheme that api.deepgram.com accepts for an API key; `tokenAuth` in the effective document.
    Token,
    /// The scheme of the bundled document; `bearerAuth`.
    Bearer,
}

impl Credentials {
    /// An API key, sent as `Authorization: Token <key>`, which api.deepgram.com accepts.
    pub fn api_key(key: impl Into<Secret>) -> Self {
        Self { scheme: Scheme::Token, secret: key.into(), origin: "the API key" }
    }

    /// An API key or access token, sent as `Authorization: Bearer <token>`: what servers that follow the bundled
    /// document take. Access tokens of api.deepgram.com do not open its management endpoints.
    pub fn bearer(token: impl Into<Secret>) -> Self {
        Self { scheme: Scheme::Bearer, secret: token.into(), origin: "the access token" }
    }

    /// Credentials from the environment, read through `variable`:
    /// `DEEPGRAM_API_KEY` (scheme `Token`) before `DEEPGRAM_ACCESS_TOKEN` (scheme `Bearer`), and
    /// `DEEPGRAM_AUTH_SCHEME` (`token` or `bearer`) over either one's scheme. An empty variable counts as unset.
    pub(crate) fn from_variables(variable: impl Fn(&str) -> Result<Option<String>, Error>) -> Result<Self, Error> {
        // Access tokens do not work on management endpoints, so the key wins where both are set.
        let credentials = match (variable("DEEPGRAM_API_KEY")?, variable("DEEPGRAM_ACCESS_TOKEN")?) {
            (Some(key), _) => Self { origin: "DEEPGRAM_API_KEY", ..Self::api_key(key) },
            (None, Some(token)) => Self { origin: "DEEPGRAM_ACCESS_TOKEN", ..Self::bearer(token) },
            (None, None) => {
                let message = "neither DEEPGRAM_API_KEY nor DEEPGRAM_ACCESS_TOKEN is set; an empty one counts as unset";
                return Err(Error::configuration(message));
            }
        };
        let scheme = match variable("DEEPGRAM_AUTH_SCHEME")? {
            None => credentials.scheme,
            Some(scheme) if scheme.eq_ignore_ascii_case("token") => Scheme::Token,
            Some(scheme) if scheme.eq_ignore_ascii_case("bearer") => Scheme::Bearer,
            Some(_) => return Err(Error::configuration("DEEPGRAM_AUTH_SCHEME is neither `token` nor `bearer`")),
        };
        Ok(Self { scheme, ..credentials })
    }

    /// The credentials as requests carry them.
    pub(crate) fn into_authorization(self) -> Result<Authorization, Error> {
        let scheme = match self.scheme {
            Scheme::Token => "Token",
            Scheme::Bearer => "Bearer",
        };
        let secret = self.secret.expose_secret();
        // A key read from a file often ends in a newline; what is wrong is said, never what the key is.
        if secret.is_empty() || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            let problem = "is empty, or holds white space or another character that is not visible ASCII";
            return Err(Error::configuration(format!("{} {problem}", self.origin)));
        }
        let mut header = HeaderValue::from_str(&Zeroizing::new(format!("{scheme} {secret}")))
            .map_err(|_| Error::configuration("the credential cannot be an HTTP header"))?;
        // HTTP libraries print no header that is marked so.
        header.set_sensitive(true);
        Ok(Authorization { header, mask: Arc::new(Mask::new(&self.secret)) })
    }
}

/// The `Authorization` header, and the mask of the secret in it: a server may repeat it.
#[derive(Clone)]
pub(crate) struct Authorization {
    pub(crate) header: HeaderValue,
    pub(crate) mask: Arc<Mask>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({:?} …)", self.scheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    fn header_for(variables: &[(&str, &str)]) -> Result<String, Error> {
        let credentials = Credentials::from_variables(|name| {
            Ok(variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        })?;
        Ok(credentials.into_authorization()?.header.to_str().expect("ASCII").to_owned())
    }

    #[test]
    fn an_api_key_beats_an_access_token() {
        let both = [("DEEPGRAM_ACCESS_TOKEN", "jwt"), ("DEEPGRAM_API_KEY", "key")];
        assert_eq!(header_for(&both).unwrap(), "Token key");
        assert_eq!(header_for(&both[..1]).unwrap(), "Bearer jwt");
    }

    #[test]
    fn the_scheme_can_be_overridden_either_way() {
        assert_eq!(
            header_for(&[("DEEPGRAM_API_KEY", "key"), ("DEEPGRAM_AUTH_SCHEME", "bearer")]).unwrap(),
            "Bearer key"
        );
        assert_eq!(
            header_for(&[("DEEPGRAM_ACCESS_TOKEN", "jwt"), ("DEEPGRAM_AUTH_SCHEME", "Token")]).unwrap(),
            "Token jwt"
        );
    }

    #[test]
    fn an_unknown_scheme_or_no_credential_is_an_error() {
        for variables in [&[("DEEPGRAM_API_KEY", "key"), ("DEEPGRAM_AUTH_SCHEME", "basic")][..], &[]] {
            assert_eq!(header_for(variables).unwrap_err().kind(), ErrorKind::Configuration);
        }
    }

    #[test]
    fn a_credential_that_no_header_carries_is_refused_without_being_printed() {
        for secret in ["", "hush\n", "hush hush", "hüsh"] {
            let error = Credentials::api_key(secret).into_authorization().err().expect("refused");
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(!format!("{error} {error:?}").contains("sh"), "{error}");
        }
        for (name, said) in
            [("DEEPGRAM_API_KEY", "DEEPGRAM_API_KEY"), ("DEEPGRAM_ACCESS_TOKEN", "DEEPGRAM_ACCESS_TOKEN")]
        {
            let error = header_for(&[(name, "two words")]).unwrap_err().to_string();
            assert_eq!(
                error,
                format!(
                    "the client cannot be built: {said} is empty, or holds white space or another \
                                       character that is not visible ASCII"
                )
            );
        }
    }

    #[test]
    fn debug_shows_the_scheme_and_not_the_secret() {
        let credentials = Credentials::bearer("hush");
        assert_eq!(format!("{credentials:?}"), "Credentials(Bearer …)");
        assert!(credentials.into_authorization().unwrap_or_else(|error| panic!("{error}")).header.is_sensitive());
    }
}
