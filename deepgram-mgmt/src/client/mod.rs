//! The client: its credentials and its limits.

mod base_url;
pub(crate) mod builder;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::Url;

use self::base_url::BaseUrl;
use crate::credentials::Authorization;
use crate::runtime::retry::Retry;
use crate::{Credentials, Error};

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
    base_url: Arc<BaseUrl>,
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
    /// Returns this client with another operation timeout, which limits a whole call, attempts and pauses included:
    /// `client.with_timeout(limit).get_project(id)…`. Cheap; it shares connections and credentials.
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
    /// let usage = patient.get_project_usage("project id").start("2026-01-01").await?;
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

    /// The URL of a path that starts with `/` and is percent-encoded. Called by generated code.
    pub(crate) fn url_of(&self, path: &str) -> Url {
        self.base_url.join(path)
    }

    pub(crate) fn base_url(&self) -> &Url {
        self.base_url.as_url()
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
        f.debug_struct("Client")
            .field("base_url", &format_args!("\"{}\"", self.base_url))
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
