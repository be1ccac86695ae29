//! A stateful Deepgram Management API on loopback, for tests.
//!
//! [`Sandbox`] listens on a real socket and serves, in one of two dialects ([`Dialect`]), the operations of the bundled
//! document and one that no document has, or those of the effective document: what one call creates, the next one lists,
//! gets and deletes. An operation that has no code of its own gets a response made from its schema and examples. Every
//! response is checked against that document before it is sent ([`Sandbox::violations`]), every request is kept as it came
//! over the wire ([`Sandbox::requests`]).
//!
//! A request goes through the files in this order:
//!
//! | step | file |
//! | --- | --- |
//! | accept its connection, read it within bounds | `listener`, `limits` |
//! | check its credential, record it, route it | `server`, `log` |
//! | meet its fault, if one is asked for | `fault` |
//! | hold its query and body against the document | `contract`, `contract/operation` |
//! | read what the operation needs | `call` |
//! | act on the projects, keys, members… | `state` |
//! | represent the outcome as status and body | `dialect`, `dialect/bundled`, `dialect/live` |
//! | check the response against the document, in a strict form | `contract/responses`, `contract/strict` |
//!
//! # Limits
//!
//! | of | limit | beyond it |
//! | --- | --- | --- |
//! | line and headers of a request | 64 KiB, 100 headers | 431, and the connection is closed |
//! | body of a request | 1 MiB | 413, and the connection is closed; a body that says its length is not read at all |
//! | time for line and headers, from the last response on | 10 s | the connection is closed |
//! | time for a body | 10 s | 408, and the connection is closed |
//! | time in which a client takes nothing of a response | 10 s | the connection is closed |
//! | connections at once | 512 | they wait until another one ends |
//! | requests that are kept ([`Sandbox::requests`]) | 10,000, together 64 MiB | the oldest are forgotten |
//! | violations that are kept ([`Sandbox::violations`]) | 1,000 | the oldest are forgotten |
//!
//! The sandbox does not read the body of a request that gets a 401, whatever its length. What clients create has no limit:
//! it takes the credential, and ends with the sandbox.
//!
//! # Where the document is silent
//!
//! The document leaves questions open; these are the sandbox's readings, not facts about Deepgram.
//!
//! - **Credentials** are [`seed::API_KEY`] and every key of a project that exists and has not expired. Scopes are
//!   recorded, not enforced.
//! - **Order of errors**: 401, then 413 and 408, then 404 and 405 for path and method, then 400 for query and body, then 404 for what is
//!   looked up.
//! - **404** is also the response of operations for which the document lists none, such as listing the keys of an unknown
//!   project. 400 for a query or body that does not satisfy the document is treated alike. Query parameters that the
//!   document does not know are ignored.
//! - **Key expiry**: each documented property is always present, so a key that never expires shows
//!   `9999-12-31T23:59:59Z`. An expiration date together with a time to live, or an expiry that is not in the future, is
//!   a 400. An expired key is still listed.
//! - **Invitations**: sending one twice lists it twice; deleting removes all to that address.
//! - **Request log**: the document has a `cursor` but its responses carry none, so the cursor is the number of the page,
//!   counted from 0. Without `limit`, a page has 10 records.
//! - **Usage**: one result per day, for the days that lie within `start` and `end` as a whole. Without a bound, the
//!   first or last day of the recorded usage holds.
//! - **Errors** have the codes `INVALID_AUTH`, `BAD_REQUEST`, `NOT_FOUND`, `METHOD_NOT_ALLOWED`, and, where the sandbox
//!   itself is at fault, `SANDBOX_FAULT` with status 500.
//!
//! In the live dialect, further:
//!
//! - **Null**: each documented property is always present there too, and null where the live API would leave it out.
//! - **Errors** come in every form of the live API: a 401, 405 and 400 in the modern one (without a request id for a bad
//!   query), a 404 in the legacy one, and as text for an id that is no UUID.
//! - **Usage and costs** come day by day, and by group where groups are asked for; boolean filters ask for requests that
//!   used an option, or did not.
//!   A bare date is its midnight, UTC. A filter by a value that nothing has gives no results; grouping by what the
//!   response cannot name is a 400. A breakdown that names no group has one result per day.
//! - **Ids** that are no UUID are rejected after what is wrong with query and body, before anything is looked up.
//! - **Request log**: pages are numbers, counted from 0; a `cursor` is taken and ignored.
//! - **Owners**: every caller is taken for the first member of a project. That member owns what is created and is who
//!   leaves; what it owned is then shown with an owner of nulls.
//! - **Credentials**: an access token is handed out and opens nothing.

mod call;
mod contract;
mod dialect;
mod fault;
mod limits;
mod listener;
mod log;
mod moment;
mod response;
mod sandbox;
pub mod seed;
mod server;
mod state;
mod truncated;

pub use dialect::Dialect;
pub use fault::{FAULT_HEADER, Fault, FaultError, FaultRule};
pub use log::SeenRequest;
pub use sandbox::{Builder, Sandbox};

/// The example of this package's README runs.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
