//! The settings of a sandbox that is to start.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use crate::dialect::Dialect;
use crate::fault::{FaultRule, Faults};
use crate::limits::Limits;
use crate::sandbox::Sandbox;
use crate::seed::{self, Seed};
use crate::server::Shared;

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
    pub(crate) fn new() -> Self {
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
        Sandbox::serve(Shared::new(self.dialect, state, self.limits, faults)?, self.address).await
    }
}
