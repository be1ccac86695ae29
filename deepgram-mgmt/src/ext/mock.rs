//! Mocks of every operation, for the tests of what calls this client; the feature `httpmock`.
//!
//! [`MockServerExt`] gives an [`httpmock::MockServer`] one method per operation. `when` says which requests the mock
//! takes, with the operation's own parameters, and `then` how it responds, with the operation's own types:
//!
//! ```
//! use deepgram_mgmt::mock::{MockServerExt, httpmock::MockServer};
//! use deepgram_mgmt::{Client, Credentials, types::{Key, KeyList}};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start_async().await;
//! let mock = server.list_project_keys(|when, then| {
//!     when.project_id("a project's id");
//!     let key = Key::builder().api_key_id("k").comment("ci").try_into().unwrap();
//!     then.success(200, &KeyList { api_keys: vec![key], ..KeyList::default() });
//! });
//!
//! let client = Client::builder().credentials(Credentials::api_key("a-key-for-tests")).base_url(server.base_url()).build()?;
//! let keys = client.list_project_keys("a project's id").await?;
//! assert_eq!(keys.api_keys[0].comment.as_deref(), Some("ci"));
//! mock.assert();
//! # Ok(())
//! # }
//! ```
//!
//! `when` takes the values that the setters of the call take; a value that does not fit panics. `None` takes the requests
//! that lack the parameter. `then` responds with a success or an error of the document's:
//!
//! ```
//! use deepgram_mgmt::mock::{MockServerExt, httpmock::MockServer};
//! use deepgram_mgmt::{Client, Credentials, types::{Error, RequestList}};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start_async().await;
//! let mock = server.list_project_requests(|when, then| {
//!     when.project_id("a project's id").limit(100).end("2026-10-01").page(None::<u64>);
//!     then.success(200, &RequestList::default());
//! });
//! server.get_project(|when, then| {
//!     when.project_id("another");
//!     then.error(404, &Error { err_code: Some("NOT_FOUND".to_owned()), ..Error::default() });
//! });
//!
//! let client = Client::builder().credentials(Credentials::api_key("a-key-for-tests")).base_url(server.base_url()).build()?;
//! client.list_project_requests("a project's id").limit(100).end("2026-10-01").await?;
//! mock.assert();
//! assert_eq!(client.get_project("another").await.unwrap_err().code(), Some("NOT_FOUND"));
//! # Ok(())
//! # }
//! ```
//!
//! `into_inner` gives access to `httpmock` itself, for what the types cannot express, such as a header:
//! `then.into_inner().status(429).header("retry-after", "1")`.
//!
//! For tests of more than single calls there is the package `deepgram-mgmt-sandbox`, a server with a state.

pub use crate::generated::mocks::{MockServerExt, operations};
pub use httpmock;
