//! How long a call takes at most, how long it waits, and what ends it.

use std::time::{Duration, Instant};

use deepgram_mgmt::{ErrorKind, Retry};
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::server::{Reply, Server, http_response, json as success};
use crate::shared::{builder, client_of};

#[tokio::test]
async fn the_limit_on_a_call_bounds_all_its_attempts_and_pauses() {
    let server = Server::start(|_| Reply::Stall).await;
    let patient = builder(&server.base_url).retry(Retry::default().max_attempts(100)).build().unwrap();
    let start = Instant::now();
    let error = patient.with_timeout(Duration::from_millis(300)).list_projects().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(start.elapsed() < Duration::from_millis(1500), "{:?}", start.elapsed());
    assert!(server.seen().len() <= 2, "{}", server.seen().len());

    let busy = Server::start(|_| Reply::Bytes(http_response("429 Too Many Requests", "retry-after: 30\r\n", ""))).await;
    let start = Instant::now();
    let error =
        client_of(&busy.base_url).with_timeout(Duration::from_millis(300)).list_projects().send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), busy.seen().len()), (ErrorKind::Status, 1, 1));
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn dropping_a_call_ends_it_and_its_retries() {
    let server =
        Server::start(|_| Reply::Bytes(http_response("503 Service Unavailable", "retry-after: 1\r\n", ""))).await;
    let client = client_of(&server.base_url);
    let call = tokio::spawn(async move { client.list_projects().send().await.map(drop) });
    while server.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn dropping_a_call_or_a_stream_closes_its_connections() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = builder(&format!("http://{}", listener.local_addr().unwrap()));
    // No limit of its own ends them first.
    let client = client.attempt_timeout(Duration::from_secs(60)).build().unwrap();
    // Reads a request and says nothing.
    let accept = async || {
        let (mut stream, _) = listener.accept().await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        stream
    };
    let own = client.clone();
    let call = tokio::spawn(async move { own.get_project("p").send().await.map(drop) });
    let mut open = vec![accept().await];
    call.abort();

    let reading = tokio::spawn(async move {
        let pages = client.list_project_requests("p").pages().concurrency(3);
        pages.try_collect::<Vec<_>>().await.map(drop)
    });
    let body = r#"{"requests":[{"request_id":"r","created":"2026-09-15T12:00:00Z"}]}"#;
    accept().await.write_all(&http_response("200 OK", "", body)).await.unwrap();
    for _ in 0..3 {
        open.push(accept().await);
    }
    reading.abort();
    for mut stream in open {
        let closed = timeout(Duration::from_secs(10), stream.read(&mut [0])).await.expect("the connection is closed");
        assert!(matches!(closed, Ok(0) | Err(_)));
    }
}

#[tokio::test]
async fn the_pause_that_a_server_asks_for_is_kept_up_to_its_cap_and_what_is_none_is_not() {
    const CAP: Duration = Duration::from_millis(400);
    const KEY: &str = r#"{"api_key_id":"k","key":"s"}"#;
    let call = async |asked: &str, is_kept: bool| {
        let busy = http_response("429 Too Many Requests", &format!("retry-after: {asked}\r\n"), "");
        let server =
            Server::start(move |seen| if seen.n == 0 { Reply::Bytes(busy.clone()) } else { success(KEY) }).await;
        let retry = Retry::default().min_delay(Duration::ZERO).max_delay(Duration::ZERO).max_retry_after(CAP);
        let client = builder(&server.base_url).retry(retry).build().unwrap();
        let start = Instant::now();
        // Nothing was done, so that even this may be repeated.
        let create = client.create_project_key("p").comment("c").scopes([""; 0]);
        create.send().await.unwrap();
        assert_eq!(start.elapsed() >= CAP, is_kept, "{asked}: {:?}", start.elapsed());
        assert_eq!(server.seen().len(), 2);
    };
    let kept = [
        "3600",
        // More than any number holds.
        "99999999999999999999999",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Friday, 31-Dec-60 23:59:59 GMT",
        "Fri Dec 31 23:59:59 9999",
    ];
    join_all(kept.map(|asked| call(asked, true))).await;
    let ignored = [
        "0",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "-1",
        "soon",
    ];
    // One after another: none has to share the processor, which might look like a pause.
    for asked in ignored {
        call(asked, false).await;
    }
}

#[tokio::test]
async fn limits_without_end_and_limits_of_nothing_are_limits_too() {
    let server = Server::start(|seen| if seen.n == 0 { success("{}") } else { Reply::Stall }).await;
    let endless = Retry::default().max_retry_after(Duration::MAX).max_delay(Duration::MAX).min_delay(Duration::MAX);
    let client = builder(&server.base_url).timeout(Duration::MAX).attempt_timeout(Duration::MAX).retry(endless);
    let client = client.build().unwrap();
    client.list_projects().send().await.unwrap();
    let error = client.with_timeout(Duration::from_nanos(1)).list_projects().send().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
}
