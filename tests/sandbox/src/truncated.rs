//! A body that breaks off after its first half.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// Announces the length of the whole, yields its first half, and then fails, so that the server ends the connection.
#[derive(Debug)]
pub(crate) struct Truncated {
    /// Until it is taken.
    half: Option<Bytes>,
    whole: u64,
    was_flushed: bool,
}

impl Truncated {
    pub(crate) fn new(body: String) -> Self {
        let body = Bytes::from(body);
        Self { half: Some(body.slice(..body.len() / 2)), whole: body.len() as u64, was_flushed: false }
    }
}

impl Body for Truncated {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(half) = self.half.take() {
            return Poll::Ready(Some(Ok(Frame::data(half))));
        }
        if !self.was_flushed {
            // The server sends what it has while a body is pending; an error at once would discard it.
            self.was_flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::other("a fault on purpose: the body is truncated"))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.whole)
    }
}
