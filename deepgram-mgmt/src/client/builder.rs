//! Builds a client: credentials, server, limits.

use std::fmt;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use reqwest::header::HeaderValue;

use super::{Client, Limits, base_url};
use crate::error::root_cause;
use crate::runtime::retry::Retry;
use crate::{Credentials, Error};

/// The production server. Regional and dedicated hosts serve speech, not management.
const DEFAULT_BASE_URL: &str = "https://api.deepgram.com";

/// Long enough for a usage report over months, short enough for an unattended job to notice a dead server.
const DEFAULT_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// Three attempts, and the pauses between them.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);

/// Sixteen times a page of 1,000 full request records, which is half a megabyte.
const DEFAULT_MAX_BODY: usize = 8 * 1024 * 1024;

/// Twice a page of 1,000 full request records, decoded.
const KEPT_MEMORY: usize = 4 * 1024 * 1024;

impl Client {
    /// A builder with the defaults: `https://api.deepgram.com`, 2 minutes a call, 30 seconds an attempt. Reads no
    /// environment but for a proxy (`HTTPS_PROXY` and the like).
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client from the environment: [`ClientBuilder::credentials_from_env`] and nothing else.
    ///
    /// # Errors
    /// As [`ClientBuilder::credentials_from_env`] and [`ClientBuilder::build`].
    ///
    /// # Panics
    /// As [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        Self::builder().credentials_from_env()?.build()
    }
}

/// A variable of the environment; one that is empty counts as not set.
fn variable(name: &str) -> Result<Option<String>, Error> {
    match std::env::var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Error::configuration(format!("{name} is not UTF-8"))),
    }
}

/// Builds a [`Client`]. All but the credentials has a default.
///
/// ```
/// use deepgram_mgmt::{Client, Credentials, Retry};
/// use std::time::Duration;
///
/// let client = Client::builder()
///     .credentials(Credentials::bearer("token"))
///     .base_url("https://deepgram.example.com/prefix")
///     .timeout(Duration::from_secs(60))
///     .attempt_timeout(Duration::from_secs(10))
///     .retry(Retry::never())
///     .max_body_bytes(1024 * 1024)
///     .user_agent("inventory/1.0")
///     .build()?;
/// # Ok::<(), deepgram_mgmt::Error>(())
/// ```
#[derive(Default)]
pub struct ClientBuilder {
    credentials: Option<Credentials>,
    base_url: Option<String>,
    allows_plain_http: bool,
    timeout: Option<Duration>,
    attempt_timeout: Option<Duration>,
    retry: Retry,
    max_body: Option<usize>,
    user_agent: Option<String>,
    http: Option<reqwest::ClientBuilder>,
}

impl ClientBuilder {
    /// Sets the credentials of every call; required.
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Sets the credentials from the environment, and the server that they are for.
    ///
    /// | variable | meaning |
    /// | --- | --- |
    /// | `DEEPGRAM_API_KEY` | an API key, sent as `Token`; wins where both are set |
    /// | `DEEPGRAM_ACCESS_TOKEN` | an access token, sent as `Bearer`: not for api.deepgram.com |
    /// | `DEEPGRAM_AUTH_SCHEME` | `token` or `bearer`: sends either one with that scheme |
    /// | `DEEPGRAM_BASE_URL` | the server, in place of `https://api.deepgram.com`; without the `/v1` of all paths |
    ///
    /// An empty variable counts as unset. A [`base_url`](Self::base_url) that the program sets wins over the variable.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration): no credential, or a variable that is not UTF-8 or
    /// names no scheme.
    pub fn credentials_from_env(self) -> Result<Self, Error> {
        self.credentials_from(variable)
    }

    /// As [`credentials_from_env`](Self::credentials_from_env), with this API key in place of `DEEPGRAM_API_KEY`: for a
    /// key from a file, and all else from the environment.
    ///
    /// # Errors
    /// As [`credentials_from_env`](Self::credentials_from_env).
    pub fn api_key_and_env(self, key: &str) -> Result<Self, Error> {
        self.credentials_from(|name| if name == "DEEPGRAM_API_KEY" { Ok(Some(key.to_owned())) } else { variable(name) })
    }

    fn credentials_from(mut self, variable: impl Fn(&str) -> Result<Option<String>, Error>) -> Result<Self, Error> {
        self.credentials = Some(Credentials::from_variables(&variable)?);
        if self.base_url.is_none() {
            self.base_url = variable("DEEPGRAM_BASE_URL")?;
        }
        Ok(self)
    }

    /// The server's URL, with a path prefix if it has one, with or without a slash at its end, and without the `/v1` that
    /// all paths begin with.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Lets a base URL be `http://` although its host is not this machine, or is reached through a proxy. The credential
    /// then travels in clear.
    #[must_use]
    pub fn allow_plain_http(mut self) -> Self {
        self.allows_plain_http = true;
        self
    }

    /// Sets the operation timeout: all attempts and the pauses between them; 2 minutes if not set. To wait longer for one
    /// response, raise [`attempt_timeout`](Self::attempt_timeout) too.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Sets the attempt timeout: from the connection to the last byte of the response; 30 seconds if not set.
    ///
    /// Half of it is for the connection: where none comes about, nothing was sent, and any call may be repeated. An
    /// [`http_client`](Self::http_client) of your own has its own limit for that, or none.
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = Some(timeout);
        self
    }

    /// Sets how a failed call is repeated.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sets the most bytes of a response's body; 8 MiB if not set, which is sixteen times a page of 1,000 full request
    /// records. A larger response is an error.
    ///
    /// The limit bounds the memory of a call, too: a response and its value take at most 64 times as many bytes. Of several
    /// hostile bodies of 8 MiB, the worst took 430 MiB (`cargo test -p deepgram-mgmt-tests --test faults memory --
    /// --nocapture` measures it). A response of more than 64 KiB with more than one object in 16 bytes, such as
    /// `[{},{},…]`, is not decoded: it is an error.
    #[must_use]
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// The `User-Agent` header, in place of `deepgram-mgmt/<version>`.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// A builder of your own for the HTTP client: proxies, certificates, default headers.
    ///
    /// Redirects stay off, and so does the log of what goes over a connection (`connection_verbose`), which holds the
    /// credential; time limits and retries stay this builder's. The `User-Agent` is yours unless
    /// [`user_agent`](Self::user_agent) is called. No proxy, the environment's or yours, gets to see a call of `http://`
    /// to this machine, unless [`allow_plain_http`](Self::allow_plain_http) is called.
    ///
    /// ```no_run
    /// use deepgram_mgmt::{Client, Credentials, reqwest};
    ///
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let http = reqwest::Client::builder().proxy(reqwest::Proxy::https("http://proxy.example.com:3128")?);
    /// # #[cfg(any(feature = "rustls", feature = "native-tls"))]
    /// let http = http.tls_certs_merge([reqwest::Certificate::from_pem(&std::fs::read("our-ca.pem")?)?]);
    /// let client = Client::builder().credentials(Credentials::api_key("your-key")).http_client(http).build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn http_client(mut self, builder: reqwest::ClientBuilder) -> Self {
        self.http = Some(builder);
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration): no credential or one that cannot be sent, a base
    /// URL that is not `https` (or `http` to this machine), holds a password, a query or a fragment, or ends in `/v1`, or
    /// an HTTP client that cannot be built.
    ///
    /// # Panics
    /// With the feature `rustls-no-provider` and without `rustls`, where the program has installed no provider:
    /// `rustls::crypto::ring::default_provider().install_default()`, or another's, comes first.
    pub fn build(self) -> Result<Client, Error> {
        let credentials = self.credentials.ok_or_else(|| {
            Error::configuration(
                "no credentials were given: set them with `.credentials(…)` or `.credentials_from_env()?`",
            )
        })?;
        let base_url = base_url::checked(self.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL), self.allows_plain_http)?;
        let own_agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let user_agent = self.user_agent.or_else(|| self.http.is_none().then(|| own_agent.to_owned()));
        // No call of this API redirects, and following one would carry the credential along. The HTTP stack's own
        // retries would not be counted among the attempts.
        let attempt_timeout = self.attempt_timeout.unwrap_or(DEFAULT_ATTEMPT_TIMEOUT);
        let mut http = self.http.unwrap_or_else(|| reqwest::Client::builder().connect_timeout(attempt_timeout / 2));
        if base_url.as_url().scheme() == "http" && !self.allows_plain_http {
            // It may travel in clear because it does not leave this machine: to a proxy, it would.
            http = http.no_proxy();
        }
        let http = http.redirect(reqwest::redirect::Policy::none()).retry(reqwest::retry::never());
        let mut http = http.connection_verbose(false);
        if let Some(user_agent) = user_agent {
            let user_agent = HeaderValue::try_from(user_agent)
                .map_err(|_| Error::configuration("the user agent holds a character that no HTTP header carries"))?;
            http = http.user_agent(user_agent);
        }
        let client =
            http.build().map_err(|error| Error::configuration(root_cause(&error.without_url()).to_string()))?;
        keep_freed_memory();
        Ok(Client {
            base_url: Arc::new(base_url),
            client,
            authorization: Arc::new(RwLock::new(credentials.into_authorization()?)),
            limits: Limits {
                operation_timeout: self.timeout.unwrap_or(DEFAULT_TIMEOUT),
                attempt_timeout,
                retry: self.retry,
                max_body: self.max_body.unwrap_or(DEFAULT_MAX_BODY),
            },
        })
    }
}

/// Lets the allocator keep the memory of one page for the next. The one of glibc returns it to the system otherwise, and
/// takes it again with a page fault for every 4 KiB: 34 for a page of 1,000 brief records, 370 for one of full records. It
/// keeps twice the largest block that was freed so far. This one is never touched, and so takes no memory.
fn keep_freed_memory() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(KEPT_MEMORY)));
}

/// Without what has not been checked yet and may hold a password: the base URL, and headers and proxies of the HTTP client.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("credentials", &self.credentials)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("retry", &self.retry)
            .field("max_body", &self.max_body)
            .field("user_agent", &self.user_agent)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn a_base_url_that_is_none_or_carries_more_is_refused_and_not_repeated() {
        for given in [
            "",
            "api.deepgram.com/hush",
            "ftp://hush",
            "https://user:hush@host",
            "http://localhost:80@hush",
            "https://host/?hush",
            "https://host/#hush",
        ] {
            let builder = Client::builder().credentials(Credentials::api_key("hush")).base_url(given);
            let printed = format!("{builder:?}");
            let error = builder.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(!format!("{printed} {error} {error:?}").contains("hush"), "{printed} {error}");
        }
    }

    #[test]
    fn a_base_url_that_ends_in_the_version_is_refused_behind_every_prefix_and_in_the_environment_too() {
        for given in [
            "https://api.deepgram.com/v1",
            "https://api.deepgram.com/v1/",
            "https://api.deepgram.com//v1//",
            "https://api.deepgram.com/x/../v1",
            "https://deepgram.example.com/proxy/v1",
            "http://localhost:8080/proxy/v1/",
        ] {
            for error in [
                Client::builder().credentials(Credentials::api_key("hush")).base_url(given).build().unwrap_err(),
                Client::builder()
                    .credentials_from(|name| {
                        Ok(Some(if name == "DEEPGRAM_BASE_URL" { given } else { "token" }.to_owned()))
                    })
                    .and_then(ClientBuilder::build)
                    .unwrap_err(),
            ] {
                assert_eq!(error.kind(), ErrorKind::Configuration);
                assert!(error.to_string().ends_with("leave that out"), "{given}: {error}");
            }
        }
        for given in
            ["https://host/v1.example", "https://host/v1/tenant", "https://host/xv1", "https://v1", "https://host/v11"]
        {
            assert!(base_url::checked(given, false).is_ok(), "{given}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_base_url_or_a_user_agent_is_said_with_its_cure() {
        let builder = || Client::builder().credentials(Credentials::api_key("hush"));
        let http = reqwest::Client::builder().user_agent("a\nb");
        for (builder, said) in [
            (builder().base_url("api.deepgram.com"), "is not a URL: write it with https:// in front"),
            (builder().base_url("localhost:8080"), "ClientBuilder::base_url) does not begin with https:// or http://"),
            (builder().base_url("https://host:port"), "ClientBuilder::base_url) is not a URL: invalid port number"),
            (
                builder().base_url("https://host/v1"),
                "ends in /v1, with which the path of every operation begins; leave that out",
            ),
            (builder().user_agent("a\nb"), "the user agent holds a character that no HTTP header carries"),
            (builder().http_client(http), "the client cannot be built: failed to parse header value"),
        ] {
            let error = builder.build().unwrap_err().to_string();
            assert!(error.ends_with(said), "{error}");
        }
    }

    #[test]
    fn the_environment_names_server_and_credential() {
        let set = |name: &str| match name {
            "DEEPGRAM_BASE_URL" => Ok(Some("http://127.0.0.1:1/".to_owned())),
            "DEEPGRAM_API_KEY" => Ok(Some("hush".to_owned())),
            _ => Ok(None),
        };
        let client = Client::builder().credentials_from(set).unwrap().build().unwrap();
        assert_eq!(client.base_url.to_string(), "http://127.0.0.1:1");
        assert_eq!(client.credential().header, "Token hush");
        assert!(!format!("{client:?}").contains("hush"));
        for builder in [
            Client::builder().base_url("http://127.0.0.1:2").credentials_from(set).unwrap(),
            Client::builder().credentials_from(set).unwrap().base_url("http://127.0.0.1:2"),
        ] {
            assert_eq!(builder.build().unwrap().base_url.to_string(), "http://127.0.0.1:2");
        }
    }

    #[test]
    fn a_client_without_credentials_is_not_built() {
        assert_eq!(Client::builder().build().unwrap_err().kind(), ErrorKind::Configuration);
    }
}
