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
//!     let key = Key::builder().api_key_id("k").comment(Some("ci".to_owned())).try_into().unwrap();
//!     then.success(200, &KeyList { api_keys: vec![key], ..KeyList::default() });
//! });
//!
//! let client = Client::builder().credentials(Credentials::api_key("any")).base_url(server.base_url()).build()?;
//! let keys = client.list_project_keys().project_id("a project's id").send().await?;
//! assert_eq!(keys.api_keys[0].comment.as_deref(), Some("ci"));
//! mock.assert();
//! # Ok(())
//! # }
//! ```
//!
//! `when` takes values of the operation's own types, [`NonZeroU64`](std::num::NonZeroU64) and `&`[`Timestamp`], where the
//! client's builders convert numbers and text; `None` takes the requests that lack the parameter.
//!
//! ```
//! use deepgram_mgmt::mock::{MockServerExt, httpmock::MockServer};
//! use deepgram_mgmt::{Client, Credentials, Timestamp, types::RequestList};
//! use std::num::NonZeroU64;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = MockServer::start_async().await;
//! let (limit, end): (_, Timestamp) = (NonZeroU64::new(100), "2026-10-01".parse()?);
//! let mock = server.list_project_requests(|when, then| {
//!     when.project_id("a project's id").limit(limit).end(&end).page(None);
//!     then.success(200, &RequestList::default());
//! });
//!
//! let client = Client::builder().credentials(Credentials::api_key("any")).base_url(server.base_url()).build()?;
//! client.list_project_requests().project_id("a project's id").limit(100).end("2026-10-01").send().await?;
//! mock.assert();
//! # Ok(())
//! # }
//! ```
//!
//! [`Timestamp`]: crate::Timestamp
//!
//! `into_inner` gives access to `httpmock` itself, for what the types cannot express, such as an error response:
//! `then.into_inner().status(404).json_body(json!({ "err_code": "NOT_FOUND", "err_msg": "no such key" }))`. The types
//! leave empty lists out of a body; a mock that sends one beside other properties uses `into_inner`, too.
//!
//! For tests of more than single calls there is the package `deepgram-mgmt-sandbox`, a server with a state.

pub use crate::generated::mocks::{MockServerExt, operations};
pub use httpmock;
