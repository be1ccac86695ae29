//! The value of a response, with its status and headers.

use std::fmt;
use std::ops::{Deref, DerefMut};

use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use super::headers::request_id;

/// The value of a successful response, with its status and headers. It dereferences to the value.
///
/// ```no_run
/// # async fn example(client: deepgram_mgmt::Client) -> Result<(), deepgram_mgmt::Error> {
/// let projects = client.list_projects().send().await?;
/// println!("{} {:?}: {} projects", projects.status(), projects.request_id(), projects.projects.len());
/// let list = projects.into_inner();
/// # Ok(())
/// # }
/// ```
pub struct ResponseValue<T> {
    value: T,
    status: StatusCode,
    headers: HeaderMap,
}

impl<T> ResponseValue<T> {
    /// Makes a response, as a test of a program may need one.
    pub fn new(value: T, status: StatusCode, headers: HeaderMap) -> Self {
        Self { value, status, headers }
    }

    /// Takes the value out.
    pub fn into_inner(self) -> T {
        self.value
    }

    /// The status, one of 2xx.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers, but those whose names repeat the credential. One whose value repeats it is marked as sensitive.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The id under which the server logged the request, for its support: `None` where it sent none.
    pub fn request_id(&self) -> Option<&str> {
        request_id(&self.headers)
    }
}

impl<T> Deref for ResponseValue<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for ResponseValue<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for ResponseValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
