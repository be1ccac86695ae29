//! Clients that send too much, too slowly or nothing, over real sockets.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::limits::Limits;
use crate::sandbox::Sandbox;
use crate::seed;

const TIME: Duration = Duration::from_millis(300);
/// For what ends by itself, on a busy machine.
const LONG: Duration = Duration::from_secs(20);

async fn start(change: impl FnOnce(&mut Limits)) -> Sandbox {
    let mut limits = Limits { time: TIME, ..Limits::STATED };
    change(&mut limits);
    Sandbox::builder().limits(limits).start().await.unwrap()
}

async fn connect(sandbox: &Sandbox) -> TcpStream {
    TcpStream::connect(sandbox.base_url().trim_start_matches("http://")).await.unwrap()
}

/// The head of a request, with the credential if `key`.
fn head(method: &str, key: bool, more: &str) -> String {
    let key = if key { format!("authorization: Bearer {}\r\n", seed::API_KEY) } else { String::new() };
    format!("{method} /v1/projects/{} HTTP/1.1\r\nhost: a\r\n{key}{more}\r\n", seed::PROJECT_ID)
}

/// All that comes until the sandbox closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    timeout(LONG, stream.read_to_end(&mut bytes)).await.expect("the connection is closed").unwrap();
    String::from_utf8(bytes).unwrap()
}

async fn exchange(sandbox: &Sandbox, sent: &str) -> String {
    let mut stream = connect(sandbox).await;
    stream.write_all(sent.as_bytes()).await.unwrap();
    rest(&mut stream).await
}

#[tokio::test]
async fn a_body_that_is_too_long_is_413_unread_and_one_that_may_not_be_sent_is_401_unread() {
    // So long that nothing but the head decides.
    let sandbox = start(|limits| limits.time = LONG).await;
    let huge = "content-type: application/json\r\ncontent-length: 1000000000000\r\n";
    let said = exchange(&sandbox, &head("PATCH", true, huge)).await;
    assert!(said.starts_with("HTTP/1.1 413 ") && said.contains("PAYLOAD_TOO_LARGE"), "{said}");
    assert!(said.contains("connection: close\r\n") && said.contains("dg-request-id: "), "{said}");
    let said = exchange(&sandbox, &head("PATCH", false, huge)).await;
    assert!(said.starts_with("HTTP/1.1 401 "), "{said}");
    let said = exchange(&sandbox, &head("PATCH", false, "content-length: 4\r\n")).await;
    assert!(said.starts_with("HTTP/1.1 401 "), "{said}");
    let seen = sandbox.requests();
    assert_eq!(seen.iter().map(|request| request.body.len()).collect::<Vec<_>>(), [0, 0, 0]);
    assert_eq!(sandbox.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_body_that_does_not_say_its_length_is_read_up_to_the_limit_and_a_client_that_sends_on_reads_the_413() {
    let sandbox = start(|limits| limits.time = LONG).await;
    let mut stream = connect(&sandbox).await;
    stream.write_all(head("PATCH", true, "transfer-encoding: chunked\r\n").as_bytes()).await.unwrap();
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
    // Four times what is taken; the sandbox may have closed before the last of it.
    for _ in 0..64 {
        if stream.write_all(chunk.as_bytes()).await.is_err() {
            break;
        }
    }
    let said = rest(&mut stream).await;
    assert!(said.starts_with("HTTP/1.1 413 "), "{said}");
}

#[tokio::test]
async fn the_longest_body_and_head_are_read_and_longer_heads_are_431() {
    let sandbox = start(|limits| limits.time = LONG).await;
    let whole = |length: usize| {
        let head = head(
            "PATCH",
            true,
            &format!("connection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n"),
        );
        format!("{head}{{\"name\":\"{}\"}}", "x".repeat(length - 11))
    };
    let said = exchange(&sandbox, &whole(1024 * 1024)).await;
    assert!(said.starts_with("HTTP/1.1 200 "), "{said:.200}");
    assert_eq!(sandbox.requests()[0].body.len(), 1024 * 1024);
    let said = exchange(&sandbox, &whole(1024 * 1024 + 1)).await;
    assert!(said.starts_with("HTTP/1.1 413 "), "{said:.200}");

    let padded = |length: usize| head("GET", true, &format!("connection: close\r\na: {}\r\n", "x".repeat(length)));
    assert!(exchange(&sandbox, &padded(48 * 1024)).await.starts_with("HTTP/1.1 200 "));
    let said = exchange(&sandbox, &padded(1024 * 1024)).await;
    assert!(said.starts_with("HTTP/1.1 431 "), "{said:.200}");
    assert_eq!(sandbox.requests().len(), 3);
}

#[tokio::test]
async fn a_client_that_is_silent_at_any_point_is_closed_in_time() {
    let sandbox = start(|_| {}).await;
    let get = head("GET", true, "");
    let body = head("PATCH", true, "content-type: application/json\r\ncontent-length: 100\r\n");
    for (sent, status) in [
        (String::new(), None),
        (get[..20].to_owned(), None),
        (get[..get.len() - 2].to_owned(), None),
        (get.clone(), Some("200 OK")),
        (body.clone(), Some("408 ")),
        (format!("{body}{{\"name\":"), Some("408 ")),
    ] {
        let start = Instant::now();
        let said = exchange(&sandbox, &sent).await;
        assert!(start.elapsed() >= TIME, "{sent}: closed after {:?}", start.elapsed());
        match status {
            None => assert!(!said.contains(" 200 "), "{sent}: {said}"),
            Some(status) => assert!(said.starts_with(&format!("HTTP/1.1 {status}")), "{sent}: {said}"),
        }
    }
    // Byte after byte is no faster.
    for sent in [get, format!("{body}{}", " ".repeat(100))] {
        let mut stream = connect(&sandbox).await;
        let start = Instant::now();
        for byte in sent.bytes() {
            if start.elapsed() > LONG || stream.write_all(&[byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(TIME / 10).await;
        }
        assert!(start.elapsed() < LONG, "{sent}");
    }
    assert_eq!(sandbox.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_client_that_takes_no_response_is_closed_in_time() {
    let sandbox = start(|limits| limits.connections = 1).await;
    sandbox.add_requests(seed::PROJECT_ID, 2_000);
    let path = format!("GET /v1/projects/{}/requests?limit=1000 HTTP/1.1\r\nhost: a\r\n", seed::PROJECT_ID);
    let get = format!("{path}authorization: Bearer {}\r\n\r\n", seed::API_KEY);
    let mut stream = connect(&sandbox).await;
    // As many as it takes for the system to hold no more of the responses; none is read.
    let _ = timeout(TIME * 4, stream.write_all(get.repeat(200).as_bytes())).await;
    // The one place is free again, although the client still holds its end open.
    let said = timeout(LONG, exchange(&sandbox, &head("GET", true, "connection: close\r\n"))).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
    drop(stream);
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_until_others_end() {
    let sandbox = start(|limits| limits.connections = 2).await;
    let silent = (connect(&sandbox).await, connect(&sandbox).await);
    let start = Instant::now();
    let said = timeout(LONG, exchange(&sandbox, &head("GET", true, "connection: close\r\n"))).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 200 ") && start.elapsed() >= TIME / 2, "{:?}: {said}", start.elapsed());
    drop(silent);
}

#[tokio::test]
async fn the_newest_requests_are_kept_up_to_their_number_and_their_size() {
    let sandbox = start(|limits| limits.requests = 3).await;
    for n in 0..5 {
        exchange(&sandbox, &head("GET", true, &format!("connection: close\r\nn: {n}\r\n"))).await;
    }
    let seen = |sandbox: &Sandbox| {
        let numbers = sandbox.requests().into_iter().map(|request| request.header("n").unwrap().to_owned());
        numbers.collect::<Vec<_>>()
    };
    assert_eq!(seen(&sandbox), ["2", "3", "4"]);
    assert_eq!((sandbox.take_requests().len(), sandbox.requests().len()), (3, 0));

    let sandbox = start(|limits| limits.kept = 10_000).await;
    for n in 0..5 {
        let padding = "x".repeat(4_000);
        exchange(&sandbox, &head("GET", true, &format!("connection: close\r\nn: {n}\r\na: {padding}\r\n"))).await;
    }
    assert_eq!(seen(&sandbox), ["3", "4"]);
}
