//! The connections of a sandbox: how many there may be, how long each may be silent, and how each ends.

#[cfg(test)]
mod tests;

use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncWriteExt as _, copy, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;

use crate::server::{self, Reset, Shared};

/// Before the next connection is accepted, where one could not be: most often too many files are open.
const PAUSE: Duration = Duration::from_millis(50);

/// For a client to take the last response and close its side.
const LINGER: Duration = Duration::from_secs(1);

/// Serves until dropped, and all connections with it.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let room = Arc::new(Semaphore::new(shared.limits.connections));
    let mut connections = JoinSet::new();
    // The semaphore is never closed.
    while let Ok(place) = Arc::clone(&room).acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                let shared = Arc::clone(&shared);
                connections.spawn(async move {
                    serve_one(stream, shared).await;
                    drop(place);
                });
            }
            Err(_) => sleep(PAUSE).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve_one(stream: TcpStream, shared: Arc<Shared>) {
    let limits = shared.limits;
    let mut stream = Box::pin(TimeoutStream::new(stream));
    stream.as_mut().set_write_timeout_pinned(Some(limits.time));
    let service = service_fn(move |request: Request<Incoming>| {
        let shared = Arc::clone(&shared);
        Box::pin(async move { server::handle(&shared, request).await })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.time)
        .max_buf_size(limits.head)
        .serve_connection(TokioIo::new(stream), service);
    // Any other error is the client's: what it sent is no HTTP, was too long, took too long or broke off.
    let ended = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let is_reset = ended.is_err_and(|error| error.source().is_some_and(<dyn Error>::is::<Reset>));
    let stream = connection.into_parts().io.into_inner();
    if is_reset {
        // A failure leaves the ordinary end of a connection, without a response all the same.
        let _ = stream.get_ref().set_zero_linger();
    } else {
        close(stream).await;
    }
}

/// Ends a connection so that the client reads what was sent to it: where a connection is closed with bytes unread, the
/// system resets it, and the client may lose the response.
async fn close(mut stream: Pin<Box<TimeoutStream<TcpStream>>>) {
    let stream = stream.as_mut().get_pin_mut().get_mut();
    if stream.shutdown().await.is_ok() {
        let _ = timeout(LINGER, copy(stream, &mut sink())).await;
    }
}
