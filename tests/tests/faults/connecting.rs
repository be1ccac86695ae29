//! Connections that do not come about, under an HTTP client of the caller's own; and lengths that are not true.

use std::future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deepgram_mgmt::ErrorKind;
use deepgram_mgmt::reqwest;
use deepgram_mgmt::reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use crate::server::{Reply, Server, json};
use crate::shared::builder;

/// Finds no address the first so many times, and says nothing of it either; then it is loopback.
struct Silent {
    asked: Arc<AtomicUsize>,
    times: usize,
}

impl Resolve for Silent {
    fn resolve(&self, _: Name) -> Resolving {
        if self.asked.fetch_add(1, Ordering::SeqCst) < self.times {
            return Box::pin(future::pending());
        }
        Box::pin(async { Ok(Box::new(std::iter::once(SocketAddr::from(([127, 0, 0, 1], 0)))) as Addrs) })
    }
}

#[tokio::test]
async fn a_time_limit_on_connecting_is_no_connection_and_even_a_post_is_repeated() {
    for (silent, kind, seen) in [(1, None, 1), (9, Some(ErrorKind::Connect), 0)] {
        let server = Server::start(|_| json(r#"{"api_key_id":"k","key":"secret-hush"}"#)).await;
        let asked = Arc::new(AtomicUsize::new(0));
        let resolver = Silent { asked: Arc::clone(&asked), times: silent };
        let http = reqwest::Client::builder().no_proxy().dns_resolver(Arc::new(resolver));
        let client = builder(&server.base_url.replace("127.0.0.1", "deepgram.test"))
            .allow_plain_http()
            .attempt_timeout(Duration::from_secs(10))
            .http_client(http.connect_timeout(Duration::from_millis(30)))
            .build()
            .unwrap();
        let create = client.create_project_key().project_id("p").body_map(|body| body.comment("c").scopes(Vec::new()));
        let error = create.send().await.err();
        assert_eq!((error.as_ref().map(deepgram_mgmt::Error::kind), server.seen().len()), (kind, seen), "{error:?}");
        assert!(error.is_none_or(|error| error.attempts() == 3));
        assert_eq!(asked.load(Ordering::SeqCst), if seen == 0 { 3 } else { 2 });
    }
}

#[tokio::test]
async fn a_length_that_no_memory_holds_is_a_broken_connection_even_without_a_limit() {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{{", 1_u64 << 63);
    let server = Server::start(move |_| Reply::Bytes(head.clone().into())).await;
    let client = builder(&server.base_url).max_body_bytes(usize::MAX).build().unwrap();
    let error = client.list_projects().send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), server.seen().len()), (ErrorKind::Connection, 3, 3), "{error}");
}

/// On other systems a listener whose queue is full answers in another way.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_host_that_does_not_answer_is_no_connection_within_half_an_attempt() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
    // Never accepts: when its queue is full, it says nothing more.
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    while let Ok(connection) = timeout(Duration::from_millis(50), TcpStream::connect(address)).await {
        queue.push(connection.unwrap());
    }
    let client = builder(&format!("http://{address}")).attempt_timeout(Duration::from_millis(200)).build().unwrap();
    let create = client.create_project_key().project_id("p").body_map(|body| body.comment("c").scopes(Vec::new()));
    let error = create.send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 3), "{error}");
    for connection in queue {
        drop(connection);
        let (mut accepted, _) = listener.accept().await.unwrap();
        let mut seen = Vec::new();
        accepted.read_to_end(&mut seen).await.unwrap();
        assert!(seen.is_empty(), "{}", String::from_utf8_lossy(&seen));
    }
}

/// Serves two requests on one connection: the first is answered; of the second, `reads_second` says whether it is read
/// before the connection closes. Later connections are answered whole. Yields the methods it saw.
async fn keeping_alive(reads_second: bool) -> (String, Arc<Mutex<Vec<String>>>) {
    const ANSWER: &[u8] =
        b"HTTP/1.1 200 OK\r\ncontent-length: 38\r\n\r\n{\"api_key_id\":\"k\",\"key\":\"secret-hush\"}";
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let mut read = async |stream: &mut TcpStream| {
                let n = stream.read(&mut request).await.unwrap_or(0);
                let head = String::from_utf8_lossy(&request[..n]).into_owned();
                if let Some((method, _)) = head.split_once(' ') {
                    log.lock().unwrap().push(method.to_owned());
                }
            };
            read(&mut stream).await;
            let _ = stream.write_all(ANSWER).await;
            if reads_second {
                read(&mut stream).await;
            }
        }
    });
    (base_url, seen)
}

#[tokio::test]
async fn a_connection_that_the_server_closed_meanwhile_costs_no_attempt_and_sends_a_post_once() {
    for (reads_second, kind) in [(false, None), (true, Some(ErrorKind::Connection))] {
        let (base_url, seen) = keeping_alive(reads_second).await;
        let client = builder(&base_url).build().unwrap();
        client.get_project_key().project_id("p").key_id("k").send().await.unwrap();
        // That it is closed has arrived, where it is.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let create = client.create_project_key().project_id("p").body_map(|body| body.comment("c").scopes(Vec::new()));
        let error = create.send().await.err();
        assert_eq!(error.as_ref().map(deepgram_mgmt::Error::kind), kind, "{error:?}");
        assert!(error.is_none_or(|error| error.attempts() == 1));
        assert_eq!(*seen.lock().unwrap(), ["GET", "POST"], "{reads_second}");
    }
}

#[tokio::test]
async fn plain_http_goes_through_a_proxy_only_where_it_is_allowed_to_leave_the_machine() {
    let server = Server::start(|_| json(r#"{"projects":[]}"#)).await;
    let proxy = Server::start(|_| json(r#"{"projects":[]}"#)).await;
    for allowed in [false, true] {
        let http = reqwest::Client::builder().proxy(reqwest::Proxy::all(&proxy.base_url).unwrap());
        let builder = builder(&server.base_url).http_client(http);
        let builder = if allowed { builder.allow_plain_http() } else { builder };
        builder.build().unwrap().list_projects().send().await.unwrap();
        assert_eq!((server.seen().len(), proxy.seen().len()), (1, usize::from(allowed)));
    }
}
