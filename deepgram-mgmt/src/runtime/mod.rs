//! Sends requests and reads responses. Generated code names this module and `values`, and no other.
//!
//! Belongs here: how a request is sent and repeated, and how a response is read, decoded and validated. Does not belong
//! here: what only a caller uses (`ext`, `page`), and the types of single values (`values`).
//!
//! The runtime interface is what a crate needs for a client that `cargo xtask generate --spec` writes:
//!
//! | item | role |
//! | --- | --- |
//! | [`Client`] | has the field `client: reqwest::Client`, and `url_of(&self, path: &str) -> impl IntoUrl` |
//! | [`Error`] | what every call returns; has `invalid_request(operation: &'static str, impl Display) -> Error` |
//! | [`json`], [`optional_json`], [`empty`], [`bytes`] | send a request, and return its success: JSON, JSON or nothing, nothing, or bytes |
//! | [`ResponseValue`], `Bytes` | the value of a response with its status and headers; the value of a response of bytes |
//! | [`encode_path`], [`QueryParam`], [`Form`] | write a parameter into the path and the query, and the body of a form |
//! | [`ResponseBody`], [`validate_object`], [`Unrecognized`] | distinguish an empty response from an unrecognized one; every generated type implements `ResponseBody` |
//! | [`object`] | `Object`, which types of objects implement, `read`, which reads one, `nullable`, `optional` and `seeded`, which read a property, and `Identity` |
//! | [`open`] | `Open`, which the types within open objects implement, and `property`, which reads a property of one (`x-client-open`) |
//! | [`untyped`] | `Names`, which prints a value of any type by its names |
//! | [`de`] | `whole`, `optional_whole` and `nullable_whole`, the seeds of integers; `optional_map`, that of maps; `text` and `one_or_many` |
//! | [`union`] | `read`, for `oneOf` and `anyOf` |
//! | [`envelope`] | `Enveloped` and `unwrap`, for schemas with `x-client-unwrap` |
//! | [`IntoValue`], [`FromKind`] | convert the values that arguments and setters take; `given`, `converted`, `set` and `set_optional` call them |
//! | `take_parsed` | a macro that makes a generated type of one text one of these values |
//! | `known_values` | a macro that writes what all enumerations of texts share |
//! | [`CallFuture`], [`value`] | the future of a call's `.await` |
//! | [`operations`] | the rows of the table of operations; only the published client has the table |
//! | `calls` | `FromValues` and `prepared`, for calls of operations that are chosen at run time; only the published client has them |
//! | `mock_path`, `mock_query`, `mock_body`, `mock_value` | match a request in a mock; only the published client has mocks |
//!
//! Of `reqwest` it needs the features `json` and `query`, and `form` for a document with forms.
//!
//! Of `values` it needs `UnknownProperties`, `Timestamp` (`date-time`), `Secret` (`password`), and for strings in paths `PathSegment` and
//! `EmailSegment`. `xtask/fixtures/client` is the smallest such crate.

#[cfg(feature = "cli")]
pub(crate) mod calls;
mod connection;
#[allow(dead_code, reason = "not every document makes generated code call each of them")]
pub(crate) mod de;
pub(crate) mod decode;
pub(crate) mod envelope;
mod error_response;
pub(crate) mod headers;
#[allow(dead_code, reason = "not every document makes generated code call each of them")]
mod into_value;
#[allow(unused_imports, reason = "not every document has an enumeration")]
mod known_values;
mod large_numbers;
#[cfg(feature = "httpmock")]
mod mock;
#[allow(dead_code, reason = "not every document makes generated code call each of them")]
pub(crate) mod object;
#[allow(dead_code, reason = "not every document has an open object")]
pub(crate) mod open;
pub(crate) mod operations;
#[allow(dead_code, reason = "not every document makes generated code call each of them")]
mod parameters;
pub(crate) mod random;
pub(crate) mod response;
mod response_body;
mod response_value;
pub(crate) mod retry;
pub(crate) mod transport;
#[allow(dead_code, reason = "not every document has a union")]
pub(crate) mod union;
#[allow(dead_code, reason = "not every document has a property of any type")]
pub(crate) mod untyped;

#[allow(unused_imports, reason = "not every document makes generated code call each of them")]
pub(crate) use into_value::{FromKind, converted, given, set, set_optional, take, take_parsed};
pub use into_value::{IntoValue, InvalidValue};
#[allow(unused_imports, reason = "not every document has an enumeration")]
pub(crate) use known_values::known_values;
#[cfg(feature = "httpmock")]
pub(crate) use mock::{mock_body, mock_path, mock_query, mock_value};
#[allow(unused_imports, reason = "not every document makes generated code call each of them")]
pub(crate) use parameters::{Form, QueryParam, encode_path};
pub(crate) use response_body::{ResponseBody, Unrecognized, validate_object};
pub use response_value::ResponseValue;
#[allow(unused_imports, reason = "not every document makes generated code call each of them")]
pub(crate) use transport::{CallFuture, bytes, empty, json, optional_json, value};

#[allow(unused_imports, reason = "not every document has a response of bytes")]
pub(crate) use bytes::Bytes;

pub(crate) use crate::{Client, Error};
