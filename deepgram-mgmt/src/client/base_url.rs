//! The URL of a server: checks it, and appends the path of an operation.

use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

use crate::Error;

/// The setting, for those who program and for those at a shell.
const NAME: &str = "the base URL (DEEPGRAM_BASE_URL or ClientBuilder::base_url)";

const WITHOUT_SCHEME: &str = "is not a URL: write it with https:// in front";

/// A checked base URL. Its path has no slash at its end, unless it has no other.
pub(crate) struct BaseUrl(Url);

impl BaseUrl {
    pub(super) fn as_url(&self) -> &Url {
        &self.0
    }

    /// The URL of a path that starts with `/`. Parsing the whole text again would cost a fifth of a call.
    pub(super) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        match self.0.path() {
            "/" => url.set_path(path),
            prefix => url.set_path(&format!("{prefix}{path}")),
        }
        url
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

/// Checks a base URL. The error does not repeat it: it may hold a password.
pub(super) fn checked(text: &str, allows_plain_http: bool) -> Result<BaseUrl, Error> {
    let mut url: Url = text.parse().map_err(|error| {
        let problem = if text.contains("://") { format!("is not a URL: {error}") } else { WITHOUT_SCHEME.to_owned() };
        Error::configuration(format!("{NAME} {problem}"))
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
        "is http:// to another machine; use https:// (a program of your own can call ClientBuilder::allow_plain_http)"
    } else {
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        return Ok(BaseUrl(url));
    };
    Err(Error::configuration(format!("{NAME} {problem}")))
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

    #[test]
    fn a_base_url_loses_its_last_slash_and_keeps_its_prefix() {
        for (given, kept) in [
            ("https://api.deepgram.com", "https://api.deepgram.com"),
            ("https://api.deepgram.com/", "https://api.deepgram.com"),
            ("http://127.0.0.1:8080/deepgram//", "http://127.0.0.1:8080/deepgram"),
        ] {
            let url = checked(given, false).unwrap();
            assert_eq!(url.to_string(), kept);
            // As the HTTP client would read the text.
            for path in ["/v1/projects", "/v1/p%2Fq/a%20b%3F/..%2f", "/v1/./a/../b//"] {
                assert_eq!(url.join(path), Url::parse(&format!("{kept}{path}")).unwrap(), "{kept}");
            }
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_unless_it_is_allowed() {
        for given in
            ["http://localhost:1", "http://127.9.9.9", "http://[::1]:8080/x", "http://LOCALHOST", "http://127.1"]
        {
            assert!(checked(given, false).is_ok(), "{given}");
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
            assert!(checked(given, false).is_err() && checked(given, true).is_ok(), "{given}");
        }
    }
}
