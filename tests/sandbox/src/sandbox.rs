//! The handle of a running sandbox, and the settings that it starts with.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use chrono::Utc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::dialect::Dialect;
use crate::fault::{Fault, FaultRule, Faults};
use crate::limits::Limits;
use crate::listener;
use crate::log::SeenRequest;
use crate::seed::{self, Seed};
use crate::server::Shared;

/// A Deepgram Management API of its own, listening until dropped.
///
/// Each sandbox starts from equal data ([`crate::seed`]; only the expiry of one key depends on the time), or from a
/// [`crate::seed::Seed`], and shares nothing with another one.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Sandbox {
    /// Starts on a free port of 127.0.0.1, in the bundled dialect.
    ///
    /// # Errors
    /// No free port, or a bundled document that the sandbox cannot serve (the message says where).
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn start() -> io::Result<Self> {
        Self::start_on((Ipv4Addr::LOCALHOST, 0).into()).await
    }

    /// Starts on a free port of 127.0.0.1, in the live dialect.
    ///
    /// # Errors
    /// No free port, or an effective document that the sandbox cannot serve (the message says where).
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn start_live() -> io::Result<Self> {
        Self::start_as(Dialect::Live, (Ipv4Addr::LOCALHOST, 0).into()).await
    }

    /// Starts on an address, in the bundled dialect; port 0 takes a free one.
    ///
    /// # Errors
    /// The address cannot be listened on, or the bundled document cannot be served (the message says where).
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn start_on(address: SocketAddr) -> io::Result<Self> {
        Self::start_as(Dialect::Bundled, address).await
    }

    /// Starts on an address in a dialect; port 0 takes a free one.
    ///
    /// # Errors
    /// The address cannot be listened on, or the document of the dialect cannot be served (the message says where).
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn start_as(dialect: Dialect, address: SocketAddr) -> io::Result<Self> {
        Self::builder().dialect(dialect).address(address).start().await
    }

    /// Settings that [`Builder::start`] starts with.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// Where it listens, such as `http://127.0.0.1:40123`; no trailing slash.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests seen so far, in order of arrival; rejected requests and requests to unknown paths included. The newest 10,000
    /// are kept, or fewer where they have more than 64 MiB together.
    #[must_use]
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.shared.requests.all()
    }

    /// As [`Sandbox::requests`], and forgets them.
    #[expect(clippy::must_use_candidate, reason = "also called to forget what came before")]
    pub fn take_requests(&self) -> Vec<SeenRequest> {
        self.shared.requests.take()
    }

    /// The responses that did not satisfy the document, each with its reason; empty unless the sandbox is at fault.
    ///
    /// The sandbox does not send such a response, but status 500 with the reason. The newest 1,000 are
    /// kept.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.shared.violations.all()
    }

    /// Sets the fault that every request meets from now on, in place of all rules; `None` ends it. A request that states a
    /// fault in its header [`crate::FAULT_HEADER`] meets its own.
    pub fn set_fault(&self, fault: Option<Fault>) {
        self.shared.faults.set(fault.into_iter().map(FaultRule::from).collect());
    }

    /// Adds `n` records to the request log of a project, each newer than all before it by a millisecond or more.
    ///
    /// The last one is of this moment, unless the log already reaches to it.
    ///
    /// # Panics
    /// When the project does not exist.
    pub fn add_requests(&self, project_id: &str, n: u32) {
        let added = self.shared.state().add_requests(project_id, n, Utc::now());
        assert!(added.is_ok(), "the sandbox has no project {project_id}");
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// Settings of a [`Sandbox`]: by default the bundled dialect, a free port of 127.0.0.1, the standard data, no faults.
#[derive(Debug)]
#[must_use = "nothing listens before `start`"]
pub struct Builder {
    dialect: Dialect,
    address: SocketAddr,
    seed: Option<Seed>,
    faults: Vec<FaultRule>,
    fault_seed: u64,
    limits: Limits,
}

impl Builder {
    fn new() -> Self {
        Self {
            dialect: Dialect::Bundled,
            address: (Ipv4Addr::LOCALHOST, 0).into(),
            seed: None,
            faults: Vec::new(),
            fault_seed: 0,
            limits: Limits::STATED,
        }
    }

    /// The dialect of requests and responses.
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// The address to listen on; port 0 takes a free one.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Projects in place of the standard ones.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Adds a fault. Of several, a request meets the first that occurs.
    pub fn fault(mut self, rule: impl Into<FaultRule>) -> Self {
        self.faults.push(rule.into());
        self
    }

    /// The seed of the random numbers that decide on faults with a chance; by default 0. Equal seeds and requests in equal
    /// order meet equal faults.
    pub fn fault_seed(mut self, seed: u64) -> Self {
        self.fault_seed = seed;
        self
    }

    #[cfg(test)]
    pub(crate) fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Starts the sandbox.
    ///
    /// # Errors
    /// The address cannot be listened on, or the document of the dialect cannot be served (the message says where).
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn start(self) -> io::Result<Sandbox> {
        let mut state = seed::state();
        if let Some(seed) = self.seed {
            seed.replace_projects(&mut state);
        }
        let faults = Faults::new(self.faults, self.fault_seed);
        let shared = Arc::new(Shared::new(self.dialect, state, self.limits, faults)?);
        let listener = TcpListener::bind(self.address).await?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(listener::serve(listener, Arc::clone(&shared)));
        Ok(Sandbox { address, shared, server })
    }
}
