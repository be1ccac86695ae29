//! Sends requests that the document lacks; they are authenticated and repeated as all others are.

use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::runtime::decode;
use crate::runtime::transport::{self, Body};
use crate::{Client, Error, ResponseValue};

/// The name of such a request in errors.
const OPERATION: &str = "raw";

impl Client {
    /// A request to `path`, which starts with `/` and is appended to the base URL; percent-encode what is not a letter
    /// of the path itself.
    ///
    /// ```no_run
    /// use deepgram_mgmt::reqwest::Method;
    ///
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
    /// let response = client.raw(Method::GET, "/v1/something/new").query(&[("limit", 10)]).send().await?;
    /// println!("{}", String::from_utf8_lossy(&response));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A path with empty, `.` or `..` segments is refused: it would not be the path that is sent. So is `CONNECT`, which
    /// has no path.
    pub fn raw(&self, method: Method, path: &str) -> RawRequest<'_> {
        let request = match problem(path) {
            _ if method == Method::CONNECT => Err(Error::invalid_request(OPERATION, "CONNECT has no response")),
            None => Ok(self.client.request(method, self.url_of(path))),
            Some(problem) => Err(Error::invalid_request(OPERATION, format!("the path {problem}"))),
        };
        RawRequest { client: self, request }
    }
}

/// Finds the reason why a path would not arrive as written.
fn problem(path: &str) -> Option<&'static str> {
    if !path.starts_with('/') {
        return Some("does not start with `/`");
    }
    if path.contains(['\\', '?', '#']) || path.contains(|c: char| c.is_control() || c.is_whitespace()) {
        return Some("holds `\\`, `?`, `#`, white space or a control character");
    }
    // URLs read an encoded dot as a dot.
    let is_dots = |segment: &str| matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "" | "." | "..");
    path[1..].split('/').any(is_dots).then_some("has an empty, `.` or `..` segment")
}

/// A request of one's own: see [`Client::raw`].
#[must_use = "nothing is sent before `send`"]
pub struct RawRequest<'a> {
    client: &'a Client,
    request: Result<RequestBuilder, Error>,
}

impl RawRequest<'_> {
    /// Adds query parameters: a struct, a map, or pairs.
    pub fn query(mut self, query: &impl Serialize) -> Self {
        self.request = self.request.map(|request| request.query(query));
        self
    }

    /// Sets a JSON body.
    ///
    /// ```no_run
    /// use deepgram_mgmt::reqwest::Method;
    ///
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
    /// let something = std::collections::HashMap::from([("name", "new")]);
    /// client.raw(Method::POST, "/v1/something").json(&something).send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.request = self.request.map(|request| request.json(body));
        self
    }

    /// Sends the request; a success is its body, whatever that is.
    ///
    /// # Errors
    /// As any call: a path that is refused, no connection, a time limit, a client or server error.
    pub async fn send(self) -> Result<ResponseValue<Vec<u8>>, Error> {
        let response = transport::exchange(self.client, self.request?, OPERATION, Body::Matters).await?;
        Ok(ResponseValue::new(response.body.into(), response.status, response.headers))
    }

    /// Sends the request; a response of any status is its body, whatever that is, once the request may not be repeated.
    ///
    /// Not for programs that act on what they read: an error response passes for a success here.
    ///
    /// ```no_run
    /// use deepgram_mgmt::reqwest::Method;
    ///
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
    /// let response = client.raw(Method::GET, "/v1/something/new").send_any().await?;
    /// println!("{}: {}", response.status(), String::from_utf8_lossy(&response));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`send`](Self::send), without client and server errors.
    pub async fn send_any(self) -> Result<ResponseValue<Vec<u8>>, Error> {
        let response = transport::exchange_any(self.client, self.request?, OPERATION).await?;
        Ok(ResponseValue::new(response.body.into(), response.status, response.headers))
    }

    /// Sends the request; a success is JSON of your type. Every property that the type wants must be there: what is
    /// optional and unknown passes in silence, unlike in the responses of the typed operations.
    ///
    /// ```no_run
    /// use deepgram_mgmt::reqwest::Method;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Something {
    ///     name: String,
    /// }
    ///
    /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
    /// let something = client.raw(Method::GET, "/v1/something/new").send_json::<Something>().await?;
    /// println!("{}", something.name);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`send`](Self::send), and JSON that is not of the type.
    pub async fn send_json<T: DeserializeOwned>(self) -> Result<ResponseValue<T>, Error> {
        let response = transport::exchange(self.client, self.request?, OPERATION, Body::Matters).await?;
        response.decode(OPERATION, decode::plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_would_not_arrive_as_written_is_refused() {
        for path in
            ["", "v1", "/", "//", "/v1//x", "/v1/../x", "/v1/%2E%2e/x", "/v1/.", "/v1/a\\b", "/v1?x=1", "/v1/a b"]
        {
            assert!(problem(path).is_some(), "{path}");
        }
        for path in ["/v1", "/v1/projects/a%2Fb", "/v1/x.y", "/v1/..."] {
            assert_eq!(problem(path), None, "{path}");
        }
    }
}
