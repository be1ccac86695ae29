//! A server that follows a script for each request, down to the socket, and keeps the requests that it saw.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The bytes that a server looks up only when it responds.
pub(crate) type Lookup = Arc<dyn Fn() -> Vec<u8> + Send + Sync>;

/// The reaction to a request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// The connection is reset when the request has been read.
    Reset,
    /// Nothing is said, and the connection stays open.
    Stall,
    /// These bytes, and the connection is closed.
    Bytes(Vec<u8>),
    /// The first bytes at once, the others one every few milliseconds.
    Drip(Vec<u8>, Vec<u8>),
    /// An response after a while.
    After(Duration, Vec<u8>),
    /// An response that is looked up after a while.
    LookedUpAfter(Duration, Lookup),
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// How many came before it.
    pub(crate) n: usize,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|line| line.split_once(": ")).find(|(known, _)| *known == name).map(|(_, v)| v)
    }

    /// A value of the query, as it stands there.
    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        self.query.split('&').filter_map(|pair| pair.split_once('=')).find(|(known, _)| *known == name).map(|(_, v)| v)
    }
}

type Script = dyn Fn(&Seen) -> Reply + Send + Sync;

/// Listens on loopback until dropped.
pub(crate) struct Server {
    pub(crate) base_url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(script: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let (listener, base_url) = listen().await;
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, script): (_, Arc<Script>) = (Arc::clone(&seen), Arc::new(script));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&log), Arc::clone(&script)));
            }
        });
        Self { base_url, seen, task }
    }

    /// Resets every connection before it reads anything.
    pub(crate) async fn resetting() -> Self {
        let (listener, base_url) = listen().await;
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                reset(stream);
            }
        });
        Self { base_url, seen: Arc::default(), task }
    }

    /// Refuses every connection.
    pub(crate) async fn refusing() -> Self {
        let (listener, base_url) = listen().await;
        drop(listener);
        Self { base_url, seen: Arc::default(), task: tokio::spawn(async {}) }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    (listener, base_url)
}

fn reset(stream: TcpStream) {
    // Closing with a linger of zero sends RST in place of FIN.
    stream.set_zero_linger().unwrap();
    drop(stream);
}

/// One request a connection.
async fn serve(mut stream: TcpStream, log: Arc<Mutex<Vec<Seen>>>, script: Arc<Script>) {
    let Some(mut seen) = read(&mut stream).await else { return };
    {
        let mut log = log.lock().unwrap();
        seen.n = log.len();
        log.push(seen.clone());
    }
    match script(&seen) {
        Reply::Reset => reset(stream),
        Reply::Stall => {
            // Until the client gives up.
            let _ = stream.read(&mut [0]).await;
        }
        Reply::Bytes(bytes) => drop(stream.write_all(&bytes).await),
        Reply::After(pause, bytes) => {
            tokio::time::sleep(pause).await;
            let _ = stream.write_all(&bytes).await;
        }
        Reply::LookedUpAfter(pause, look_up) => {
            tokio::time::sleep(pause).await;
            let _ = stream.write_all(&look_up()).await;
        }
        Reply::Drip(head, rest) => {
            if stream.write_all(&head).await.is_err() {
                return;
            }
            for byte in rest {
                if stream.write_all(&[byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                let body = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
                let mut words = head.split(' ');
                let (method, target) = (words.next()?.to_owned(), words.next()?);
                let (path, query) = target.split_once('?').unwrap_or((target, ""));
                let (path, query) = (path.to_owned(), query.to_owned());
                return Some(Seen { n: 0, method, path, query, head, body });
            }
        }
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(n) => bytes.extend_from_slice(&chunk[..n]),
        }
    }
}

/// A whole response; each of the headers ends its line.
pub(crate) fn http_response(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A success of JSON.
pub(crate) fn json(body: impl AsRef<str>) -> Reply {
    Reply::Bytes(http_response("200 OK", "content-type: application/json\r\n", body.as_ref()))
}
