//! A sandbox and a client of it: the beginning of every test with the sandbox, and the checks at its end.

use deepgram_mgmt::Secret;
use deepgram_mgmt::{Client, ClientBuilder, Credentials, Error, ErrorKind, ResponseValue, Retry};
use deepgram_mgmt_sandbox::{Dialect, Sandbox, SeenRequest, seed};

/// Ends with a check that the sandbox sent no response against the document.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) dialect: Dialect,
    /// Has the credential that the sandbox accepts.
    pub(crate) client: Client,
}

impl Scene {
    /// In the bundled dialect.
    pub(crate) async fn start() -> Self {
        Self::start_in(Dialect::Bundled).await
    }

    pub(crate) async fn start_in(dialect: Dialect) -> Self {
        let sandbox = Sandbox::start_as(dialect, ([127, 0, 0, 1], 0).into()).await.unwrap();
        let credentials = credentials(dialect, seed::API_KEY);
        let client = builder(&sandbox.base_url()).credentials(credentials).build().unwrap();
        Self { sandbox, dialect, client }
    }

    /// One scene in each dialect.
    pub(crate) async fn both() -> [Self; 2] {
        let [bundled, live] = DIALECTS;
        [Self::start_in(bundled).await, Self::start_in(live).await]
    }

    /// Another client of this sandbox.
    pub(crate) fn client(&self, choose: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Client {
        let builder = builder(&self.sandbox.base_url()).credentials(self.credentials(seed::API_KEY));
        choose(builder).build().unwrap()
    }

    /// Credentials in the scheme that the sandbox takes.
    pub(crate) fn credentials(&self, secret: impl Into<Secret>) -> Credentials {
        credentials(self.dialect, secret)
    }

    /// The word before a credential on the wire.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.is_live() { "Token" } else { "Bearer" }
    }

    pub(crate) fn is_live(&self) -> bool {
        self.dialect == Dialect::Live
    }

    /// The one request that the sandbox saw since it was last asked.
    pub(crate) fn the_request(&self) -> SeenRequest {
        let mut seen = self.sandbox.take_requests();
        assert_eq!(seen.len(), 1, "{seen:?}");
        seen.remove(0)
    }

    /// That the sandbox saw one request since it was last asked, and what was its request line.
    pub(crate) fn saw(&self, method: &str, path: &str, query: Option<&str>) -> SeenRequest {
        let seen = self.the_request();
        assert_eq!((seen.method.as_str(), seen.path.as_str(), seen.query.as_deref()), (method, path, query));
        seen
    }

    pub(crate) fn saw_nothing(&self) {
        assert_eq!(self.sandbox.take_requests(), []);
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        // A second panic would hide the first.
        if !std::thread::panicking() {
            assert_eq!(self.sandbox.violations(), Vec::<String>::new());
        }
    }
}

/// The dialects of the sandbox.
pub(crate) const DIALECTS: [Dialect; 2] = [Dialect::Bundled, Dialect::Live];

fn credentials(dialect: Dialect, secret: impl Into<Secret>) -> Credentials {
    if dialect == Dialect::Live { Credentials::api_key(secret) } else { Credentials::bearer(secret) }
}

/// A builder with the credential that the sandbox accepts. These tests are about one attempt; what is repeated, and
/// when, is for the faults to show.
pub(crate) fn builder(base_url: &str) -> ClientBuilder {
    Client::builder().base_url(base_url).credentials(Credentials::bearer(seed::API_KEY)).retry(Retry::never())
}

pub(crate) fn client_of(base_url: &str) -> Client {
    builder(base_url).build().unwrap()
}

/// The request id of a sandbox's `n`th response, from 1: it counts them.
pub(crate) fn nth_request_id(n: u64) -> String {
    format!("d6000000-0000-4000-8000-{n:012x}")
}

/// A path below the first project.
pub(crate) fn project(rest: &str) -> String {
    format!("/v1/projects/{}{rest}", seed::PROJECT_ID)
}

/// A response whose body has been looked at.
#[derive(Debug)]
pub(crate) struct Responded {
    pub(crate) status: u16,
    pub(crate) request_id: Option<String>,
}

impl<T> From<&ResponseValue<T>> for Responded {
    fn from(response: &ResponseValue<T>) -> Self {
        Self { status: response.status().as_u16(), request_id: response.request_id().map(ToOwned::to_owned) }
    }
}

/// That an error is the server's, with this status and code.
pub(crate) fn assert_refused<T>(result: Result<T, Error>, status: u16, code: &str) {
    let Err(error) = result else { panic!("{status} {code} was expected, and the call succeeded") };
    let seen = (error.kind(), error.status().map(|status| status.as_u16()), error.code());
    assert_eq!(seen, (ErrorKind::Status, Some(status), Some(code)), "{error}");
}
