//! Reads the request id from the response of a call.

use progenitor_client::ResponseValue;

use crate::runtime::response::request_id;

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
