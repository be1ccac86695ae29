//! Failed connections with the caller's own HTTP client, and wrong lengths.

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

use crate::server::{Reply, Server, http_response, json};
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
        let create = client.create_project_key("p").comment("c").scopes([""; 0]);
        let error = create.send().await.err();
        assert_eq!((error.as_ref().map(deepgram_mgmt::Error::kind), server.seen().len()), (kind, seen), "{error:?}");
        assert!(error.is_none_or(|error| error.attempts() == 3));
        assert_eq!(asked.load(Ordering::SeqCst), if seen == 0 { 3 } else { 2 });
    }
}

/// Reads one request, and closes without an response a server that refuses every connection from then on.
async fn vanishing() -> (String, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        drop(listener);
        let mut request = [0; 4096];
        let n = stream.read(&mut request).await.unwrap();
        log.lock().unwrap().extend_from_slice(&request[..n]);
    });
    (base_url, seen)
}

const MAY_HAVE: &str = " (3 attempts); an earlier attempt may have done it";

#[tokio::test]
async fn a_server_that_read_a_write_and_vanished_has_not_seen_nothing() {
    for (method, maybe) in [("DELETE", true), ("PUT", true), ("GET", false)] {
        let (base_url, seen) = vanishing().await;
        let client = builder(&base_url).build().unwrap();
        let outcome = match method {
            "DELETE" => client.delete_project_key("p", "k").send().await.map(drop),
            "PUT" => {
                let update = client.update_member_scopes("p", "m");
                update.scope("s").send().await.map(drop)
            }
            _ => client.list_projects().send().await.map(drop),
        };
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.attempts(), error.maybe_processed()), (ErrorKind::Connect, 3, maybe));
        assert_eq!(error.to_string().ends_with(MAY_HAVE), maybe, "{error}");
        assert!(String::from_utf8_lossy(&seen.lock().unwrap()).starts_with(method));
    }
    // Of a server that was never there, it is known.
    let server = Server::refusing().await;
    let error = builder(&server.base_url).build().unwrap().delete_project("p").send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.maybe_processed()), (ErrorKind::Connect, 3, false));
    assert!(error.to_string().ends_with(" (3 attempts)"), "{error}");
}

#[tokio::test]
async fn a_key_that_deleted_itself_and_lost_the_answer_is_not_just_refused() {
    let server = Server::start(|seen| match seen.n {
        0 => Reply::Reset,
        1 => Reply::Bytes(http_response("503 Service Unavailable", "", "")),
        _ => Reply::Bytes(http_response(
            "401 Unauthorized",
            "",
            r#"{"err_code":"INVALID_AUTH","err_msg":"unknown key"}"#,
        )),
    })
    .await;
    let client = builder(&server.base_url).build().unwrap();
    let error = client.delete_project_key("p", "k").send().await.unwrap_err();
    assert_eq!((error.status().map(|status| status.as_u16()), error.maybe_processed()), (Some(401), true));
    assert!(error.to_string().ends_with(MAY_HAVE), "{error}");
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn a_length_that_no_memory_holds_is_a_broken_connection_even_without_a_limit() {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{{", 1_u64 << 63);
    let server = Server::start(move |_| Reply::Bytes(head.clone().into())).await;
    let client = builder(&server.base_url).max_body_bytes(usize::MAX).build().unwrap();
    let error = client.list_projects().send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), server.seen().len()), (ErrorKind::Connection, 3, 3), "{error}");
}

/// On other systems a listener whose queue is full responds in another way.
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
    let create = client.create_project_key("p").comment("c").scopes([""; 0]);
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

/// Serves two requests on one connection: the first gets a response; of the second, `reads_second` says whether it is read
/// before the connection closes. Later connections get whole responses. Yields the methods it saw.
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
        client.get_project_key("p", "k").send().await.unwrap();
        // That it is closed has arrived, where it is.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let create = client.create_project_key("p").comment("c").scopes([""; 0]);
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
