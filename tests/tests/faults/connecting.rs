//! Connections that do not come about, under an HTTP client of the caller's own; and lengths that are not true.

use std::future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deepgram_mgmt::ErrorKind;
use deepgram_mgmt::reqwest;
use deepgram_mgmt::reqwest::dns::{Addrs, Name, Resolve, Resolving};

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
