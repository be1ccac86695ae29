//! Reads a connection error: names the server, and finds errors that another attempt would repeat.

use std::error::Error as StdError;

use reqwest::Url;

use crate::{Error, ErrorKind};

/// The error with the server in its message, if it is one of the connection.
pub(crate) fn with_server(error: Error, url: &Url) -> Error {
    match error.kind() {
        ErrorKind::Connect | ErrorKind::Connection | ErrorKind::Timeout => error.with_message(Some(server(url))),
        _ => error,
    }
}

/// Host and port of a server, and nothing else of its URL.
fn server(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Whether TLS refused a certificate. Only its text tells, in every implementation of TLS; where it is in another language
/// than English, the attempt counts as one without a connection, and is repeated.
pub(crate) fn is_of_certificate(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(this) = cause {
        if this.to_string().to_ascii_lowercase().contains("certificate") {
            return true;
        }
        cause = this.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_its_host_and_its_port() {
        for (url, expected) in [
            ("https://user:hush@api.deepgram.com/v1/projects/hush?hush#hush", "api.deepgram.com:443"),
            ("http://localhost:8080/prefix", "localhost:8080"),
            ("http://[::1]/", "[::1]:80"),
        ] {
            assert_eq!(server(&url.parse().unwrap()), expected);
        }
    }
}
