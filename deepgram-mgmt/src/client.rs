//! The client: its builder, its credentials and its limits.

use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;

use crate::credentials::Authorization;
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

/// Calls the Deepgram Management API: one method per operation, each of which returns a builder with `.send()`.
///
/// Cheap to clone; clones share one connection pool.
///
/// Calls and streams run on [tokio](https://docs.rs/tokio), with its time and I/O enabled. Outside a runtime, a call is an
/// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) and sends nothing. One that was started in a runtime
/// and is polled outside of it later panics, and so does one in a runtime without time or I/O.
#[derive(Clone)]
#[expect(clippy::struct_field_names, reason = "generated code reads the field by the generator's name for it")]
pub struct Client {
    /// Without a slash at its end. Read by generated code.
    pub(crate) baseurl: Arc<str>,
    /// Read by generated code.
    pub(crate) client: reqwest::Client,
    /// Shared by every clone, so that all of them change credentials at once.
    authorization: Arc<RwLock<Authorization>>,
    limits: Limits,
}

/// The limits of a call.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// From the first attempt to the last byte of the response, pauses included.
    pub(crate) operation_timeout: Duration,
    /// From the connection to the last byte of the response.
    pub(crate) attempt_timeout: Duration,
    pub(crate) retry: Retry,
    /// The most bytes of a response's body.
    pub(crate) max_body: usize,
}

impl Client {
    /// A builder with the defaults: `https://api.deepgram.com`, 2 minutes a call, 30 seconds an attempt. Reads no
    /// environment but for a proxy (`HTTPS_PROXY` and the like).
    #[must_use]
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client from the environment.
    ///
    /// | variable | meaning |
    /// | --- | --- |
    /// | `DEEPGRAM_API_KEY` | an API key, sent as `Token`; wins where both are set |
    /// | `DEEPGRAM_ACCESS_TOKEN` | an access token, sent as `Bearer`: not for api.deepgram.com |
    /// | `DEEPGRAM_AUTH_SCHEME` | `token` or `bearer`: sends either one with that scheme |
    /// | `DEEPGRAM_BASE_URL` | the server, in place of `https://api.deepgram.com`; without the `/v1` of all paths |
    ///
    /// An empty variable counts as unset.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration): no credential, or a value that is not valid.
    ///
    /// # Panics
    /// As [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(|name| match std::env::var(name) {
            Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err(Error::configuration(format!("{name} is not UTF-8"))),
        })
    }

    fn from_variables(variable: impl Fn(&str) -> Result<Option<String>, Error>) -> Result<Self, Error> {
        let mut builder = Self::builder().credentials(Credentials::from_variables(&variable)?);
        if let Some(base_url) = variable("DEEPGRAM_BASE_URL")? {
            builder = builder.base_url(base_url);
        }
        builder.build()
    }

    /// Returns this client with another operation timeout, which limits a whole call, attempts and pauses included:
    /// `client.with_timeout(limit).get_project()…`. Cheap; it shares connections and credentials.
    ///
    /// A longer one leaves time for pauses, not for a response: no attempt waits longer for one than
    /// [`with_attempt_timeout`](Self::with_attempt_timeout) lets it, 30 seconds if not said.
    #[must_use]
    pub fn with_timeout(&self, limit: Duration) -> Self {
        let mut client = self.clone();
        client.limits.operation_timeout = limit;
        client
    }

    /// Returns this client with another attempt timeout, within the operation timeout; cheap as well. The limit on
    /// connecting stays as the client was built with.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
    /// // Waits up to ten minutes for one response.
    /// let limit = Duration::from_secs(600);
    /// let patient = client.with_timeout(limit).with_attempt_timeout(limit);
    /// let usage = patient.get_project_usage().project_id("project id").start("2026-01-01").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_attempt_timeout(&self, limit: Duration) -> Self {
        let mut client = self.clone();
        client.limits.attempt_timeout = limit;
        client
    }

    /// Replaces the credentials of this client and all its clones, for every attempt from now on.
    ///
    /// ```
    /// # use deepgram_mgmt::{Client, Credentials, Error};
    /// let client = Client::builder().credentials(Credentials::api_key("old")).build()?;
    /// client.set_credentials(Credentials::api_key("new"))?;
    /// assert!(client.set_credentials(Credentials::api_key("no header\n")).is_err());
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration): credentials that cannot be sent. The ones in
    /// use stay.
    pub fn set_credentials(&self, credentials: Credentials) -> Result<(), Error> {
        let authorization = credentials.into_authorization()?;
        // The lock guards one assignment, which cannot panic half-way.
        *self.authorization.write().unwrap_or_else(PoisonError::into_inner) = authorization;
        Ok(())
    }

    pub(crate) fn credential(&self) -> Authorization {
        self.authorization.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base_url", &self.baseurl).field("limits", &self.limits).finish_non_exhaustive()
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
        let credentials = self.credentials.ok_or_else(|| Error::configuration("no credentials were given"))?;
        let baseurl = base_url(self.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL), self.allows_plain_http)?;
        let own_agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let user_agent = self.user_agent.or_else(|| self.http.is_none().then(|| own_agent.to_owned()));
        // No call of this API redirects, and following one would carry the credential along. The HTTP stack's own
        // retries would not be counted among the attempts.
        let attempt_timeout = self.attempt_timeout.unwrap_or(DEFAULT_ATTEMPT_TIMEOUT);
        let mut http = self.http.unwrap_or_else(|| reqwest::Client::builder().connect_timeout(attempt_timeout / 2));
        if baseurl.starts_with("http:") && !self.allows_plain_http {
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
        Ok(Client {
            baseurl: baseurl.into(),
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

/// A checked base URL without a slash at its end. A URL that is refused is not repeated: it may hold a password.
fn base_url(text: &str, allows_plain_http: bool) -> Result<String, Error> {
    let url: Url = text.parse().map_err(|error| {
        let cure = if text.contains("://") { "" } else { "; it begins with https://" };
        Error::configuration(format!("the base URL is not a URL: {error}{cure}"))
    })?;
    let problem = if !matches!(url.scheme(), "http" | "https") {
        "does not begin with https:// or http://"
    } else if !url.username().is_empty() || url.password().is_some() {
        "holds a user name or password; credentials have a place of their own"
    } else if url.query().is_some() || url.fragment().is_some() {
        "holds a query or a fragment"
    } else if url.path().trim_end_matches('/').ends_with("/v1") {
        "ends in /v1, with which the path of every operation begins; leave that out"
    } else if url.scheme() == "http" && !allows_plain_http && !is_loopback(&url) {
        "is http:// to another machine; use https://, or ClientBuilder::allow_plain_http"
    } else {
        return Ok(url.as_str().trim_end_matches('/').to_owned());
    };
    Err(Error::configuration(format!("the base URL {problem}")))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    // An IPv6 address stands in brackets in a URL.
    let address: Result<IpAddr, _> = host.trim_matches(['[', ']']).parse();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn a_base_url_loses_its_last_slash_and_keeps_its_prefix() {
        for (given, kept) in [
            ("https://api.deepgram.com", "https://api.deepgram.com"),
            ("https://api.deepgram.com/", "https://api.deepgram.com"),
            ("http://127.0.0.1:8080/deepgram//", "http://127.0.0.1:8080/deepgram"),
        ] {
            assert_eq!(base_url(given, false).unwrap(), kept);
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_unless_it_is_allowed() {
        for given in
            ["http://localhost:1", "http://127.9.9.9", "http://[::1]:8080/x", "http://LOCALHOST", "http://127.1"]
        {
            assert!(base_url(given, false).is_ok(), "{given}");
        }
        for given in [
            "http://example.com",
            "http:example.com",
            "http:\\\\example.com\\@localhost",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://localhost.",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://127.0.0.1%2eexample.com",
            "http://[::2]",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert!(base_url(given, false).is_err() && base_url(given, true).is_ok(), "{given}");
        }
    }

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
                Client::from_variables(|name| {
                    Ok(Some(if name == "DEEPGRAM_BASE_URL" { given } else { "token" }.to_owned()))
                })
                .unwrap_err(),
            ] {
                assert_eq!(error.kind(), ErrorKind::Configuration);
                assert!(error.to_string().ends_with("leave that out"), "{given}: {error}");
            }
        }
        for given in
            ["https://host/v1.example", "https://host/v1/tenant", "https://host/xv1", "https://v1", "https://host/v11"]
        {
            assert!(base_url(given, false).is_ok(), "{given}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_base_url_or_a_user_agent_is_said_with_its_cure() {
        let builder = || Client::builder().credentials(Credentials::api_key("hush"));
        let http = reqwest::Client::builder().user_agent("a\nb");
        for (builder, said) in [
            (builder().base_url("api.deepgram.com"), "relative URL without a base; it begins with https://"),
            (builder().base_url("localhost:8080"), "the base URL does not begin with https:// or http://"),
            (builder().base_url("https://host:port"), "the base URL is not a URL: invalid port number"),
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
        let client = Client::from_variables(set).unwrap();
        assert_eq!(&*client.baseurl, "http://127.0.0.1:1");
        assert_eq!(client.credential().header, "Token hush");
        assert!(!format!("{client:?}").contains("hush"));
    }

    #[test]
    fn a_client_without_credentials_is_not_built() {
        assert_eq!(Client::builder().build().unwrap_err().kind(), ErrorKind::Configuration);
    }
}
