//! What an answer says beside its body.

use progenitor_client::ResponseValue;
use reqwest::header::HeaderMap;

/// The headers that carry the request id: the first is what the API sends, the second what one SDK documents.
const REQUEST_ID: [&str; 2] = ["dg-request-id", "x-dg-request-id"];

/// The request id in a response's headers: ids are printed and logged, so one that repeats the credential is none.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    REQUEST_ID.iter().find_map(|name| headers.get(*name).filter(|id| !id.is_sensitive())?.to_str().ok())
}

/// Reads more from a [`ResponseValue`] than its body, status and headers.
///
/// ```no_run
/// use deepgram_mgmt::ResponseExt;
///
/// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
/// let projects = client.list_projects().send().await?;
/// println!("{:?} {:?}", projects.status(), projects.request_id());
/// # Ok(())
/// # }
/// ```
pub trait ResponseExt {
    /// The id under which the server logged the request, for its support: `None` where it sent none.
    fn request_id(&self) -> Option<&str>;
}

impl<T> ResponseExt for ResponseValue<T> {
    fn request_id(&self) -> Option<&str> {
        request_id(self.headers())
    }
}
