//! Mocks of every operation, for the tests of what calls this client; the feature `httpmock`.
//!
//! [`MockServerExt`] gives an [`httpmock::MockServer`] one method per operation. `when` says which requests the mock
//! takes, with the operation's own parameters, and `then` what it answers, with the operation's own types:
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
//!     let key = Key { comment: Some("ci".to_owned()), ..Key::default() };
//!     then.success(200, &KeyList { api_keys: vec![key] });
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
//! What `when` sets has the operation's own type, as it is: [`NonZeroU64`](std::num::NonZeroU64) and `&`[`Timestamp`],
//! where the client's builders convert numbers and text; `None` takes the requests that lack the parameter.
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
//! What the types do not say is said to `httpmock` itself, through `into_inner`, for example a refusal:
//! `then.into_inner().status(404).json_body(json!({ "err_code": "NOT_FOUND", "err_msg": "no such key" }))`. The types
//! leave empty lists out of a body; a mock that answers one beside other properties says so in the same way.
//!
//! For tests of more than single calls there is the package `deepgram-mgmt-sandbox`, a server with a state.

use std::fmt::Display;

use regex::escape;

pub use crate::generated::mocks::{MockServerExt, operations};
pub use httpmock;

/// Lets a mock take the requests whose path is `template`, such as `/v1/projects/{project_id}`, with the one given
/// parameter in its place and anything in the places of the others.
pub(crate) fn path(when: httpmock::When, template: &str, given: Option<(&str, &dyn Display)>) -> httpmock::When {
    when.path_matches(pattern(template, given))
}

fn pattern(template: &str, given: Option<(&str, &dyn Display)>) -> String {
    let mut pattern = "^".to_owned();
    for (index, part) in template.split(['{', '}']).enumerate() {
        match given {
            // Every other part stands between braces.
            _ if index % 2 == 0 => pattern.push_str(&escape(part)),
            Some((name, value)) if name == part => pattern.push_str(&escape(&sent(&value.to_string()))),
            _ => pattern.push_str("[^/]+"),
        }
    }
    pattern + "$"
}

/// A value as it stands in the path of a request.
fn sent(value: &str) -> String {
    let path = format!("/{}", progenitor_client::encode_path(value));
    let url = reqwest::Url::parse("http://localhost").and_then(|base| base.join(&path));
    // What is no path is not sent either; left as it is, it matches nothing.
    url.map_or(path.clone(), |url| url.path().to_owned())[1..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_takes_the_given_id_and_no_part_of_another_path() {
        let template = "/v1/projects/{project_id}/keys/{key_id}";
        let matches = |given: Option<(&str, &dyn Display)>, path: &str| {
            regex::Regex::new(&pattern(template, given)).unwrap().is_match(path)
        };
        for (id, other) in [("a+b", "aab"), ("a.b", "axb"), ("a@b", "a"), (".*", "x"), ("(", ")"), ("a|b", "a")] {
            let given: Option<(&str, &dyn Display)> = Some(("key_id", &id));
            assert!(matches(given, &format!("/v1/projects/p/keys/{id}")), "{id}");
            assert!(!matches(given, &format!("/v1/projects/p/keys/{other}")), "{id} {other}");
        }
        let given: Option<(&str, &dyn Display)> = Some(("project_id", &"p"));
        assert!(matches(given, "/v1/projects/p/keys/k"));
        for path in
            ["/v1/projects/p/keys/k/more", "/v1/projects/p/keys/", "/v1/projects/p/x/keys/k", "/v1xprojects/p/keys/k"]
        {
            assert!(!matches(given, path) && !matches(None, path), "{path}");
        }
    }

    #[test]
    fn an_id_stands_in_the_pattern_as_the_client_sends_it() {
        for (id, on_the_wire) in
            [("a b", "a%20b"), ("a/b", "a%2Fb"), ("50%", "50%25"), ("ö", "%C3%B6"), ("ada+x@b.org", "ada+x@b.org")]
        {
            assert_eq!(sent(id), on_the_wire);
        }
    }
}
