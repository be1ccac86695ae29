//! A server that sends prepared bytes, for responses that a sandbox never sends.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The state of a connection after the response.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Then {
    Close,
    /// It stays open and says no more.
    Hold,
}

/// Listens on loopback until dropped.
pub(crate) struct RawServer {
    pub(crate) base_url: String,
    seen: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl RawServer {
    pub(crate) async fn start(response: impl Into<String>, then: Then) -> Self {
        Self::in_turn(vec![response.into()], then).await
    }

    /// Gives one response after the other, and then the first again.
    pub(crate) async fn in_turn(responses: Vec<String>, then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(serve(listener, responses, then, Arc::clone(&seen)));
        Self { base_url, seen, task }
    }

    /// A whole response of JSON.
    pub(crate) async fn json(status: &str, body: &str) -> Self {
        Self::start(http_response(status, "content-type: application/json\r\n", body), Then::Close).await
    }

    /// Every request so far as it came: its head and its body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// The request line of every request so far.
    pub(crate) fn request_lines(&self) -> Vec<String> {
        self.requests().iter().map(|request| request.lines().next().unwrap_or_default().to_owned()).collect()
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An HTTP response; each of the headers ends its line.
pub(crate) fn http_response(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
}

/// One connection after the other: no test opens two at once.
async fn serve(listener: TcpListener, responses: Vec<String>, then: Then, seen: Arc<Mutex<Vec<String>>>) {
    let mut held = Vec::new();
    for response in responses.iter().cycle() {
        let Ok((mut connection, _)) = listener.accept().await else { return };
        // Read to its end: bytes left unread turn the close into a reset, which can overtake the response.
        let request = read(&mut connection).await;
        seen.lock().unwrap().push(request);
        // The client may have given up already, which is its right.
        let _ = connection.write_all(response.as_bytes()).await;
        match then {
            Then::Close => drop(connection),
            Then::Hold => held.push(connection),
        }
    }
}

/// One request, up to the length that it states, or up to where it breaks off.
async fn read(connection: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= content_length(head)
        {
            return text.into_owned();
        }
        if connection.read_buf(&mut request).await.unwrap_or_default() == 0 {
            return String::from_utf8_lossy(&request).into_owned();
        }
    }
}

fn content_length(head: &str) -> usize {
    let named = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok();
    head.lines().find_map(named).unwrap_or_default()
}
