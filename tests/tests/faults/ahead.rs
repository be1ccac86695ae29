//! Read-ahead: the client reads pages while the reader is busy with earlier ones.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use deepgram_mgmt::reqwest;
use deepgram_mgmt::reqwest::dns::{Addrs, Name, Resolve, Resolving};
use futures_util::future::join_all;
use tracing::Instrument;
use tracing::instrument::WithSubscriber;

use crate::paging::{ids, log, number};
use crate::server::{Reply, Seen, Server};
use crate::shared::{ATTEMPT, builder, client_of};

/// A log whose pages are there soon, but not at once.
fn soon(records: usize) -> impl Fn(&Seen) -> Reply {
    move |seen| {
        let Reply::Bytes(bytes) = log(records)(seen) else { unreachable!() };
        Reply::After(Duration::from_millis(20), bytes)
    }
}

#[tokio::test]
async fn a_reader_slower_than_every_time_limit_gets_every_page_and_has_each_asked_for_once() {
    let read_slowly = async |concurrency| {
        let server = Server::start(soon(35)).await;
        let client = builder(&server.base_url).attempt_timeout(ATTEMPT * 2).timeout(ATTEMPT * 2).build().unwrap();
        let mut pages = client.list_project_requests("p").pages().concurrency(concurrency);
        let mut read = Vec::new();
        while let Some(page) = pages.try_next().await.unwrap() {
            read.extend(ids(&page.records));
            tokio::time::sleep(ATTEMPT * 3).await;
        }
        assert_eq!(read, (0..35).collect::<Vec<_>>());
        let mut asked: Vec<_> = server.seen().iter().map(number).filter(|number| *number < 4).collect();
        asked.sort_unstable();
        assert_eq!(asked, (0..4).collect::<Vec<_>>(), "{concurrency}");
    };
    join_all([1, 4].map(read_slowly)).await;
}

#[tokio::test]
async fn what_is_in_flight_is_read_while_the_reader_is_busy() {
    let server = Server::start(soon(1000)).await;
    let client = client_of(&server.base_url);
    let mut pages = client.list_project_requests("p").pages().concurrency(4);
    for _ in 0..2 {
        pages.try_next().await.unwrap();
    }
    tokio::time::sleep(ATTEMPT).await;
    assert_eq!(server.seen().len(), 5);
    // Nothing responds any more: the three that were in flight have come.
    drop(server);
    for number in 2..5 {
        assert_eq!(pages.try_next().await.unwrap().unwrap().number, number);
    }
    assert_eq!(pages.try_next().await.unwrap_err().page(), Some(5));
}

/// Finds this machine once, and then breaks.
struct Breaking(AtomicUsize);

impl Resolve for Breaking {
    fn resolve(&self, _: Name) -> Resolving {
        assert!(self.0.fetch_add(1, Ordering::SeqCst) == 0, "the resolver broke");
        let addresses: Addrs = Box::new([SocketAddr::from(([127, 0, 0, 1], 0))].into_iter());
        Box::pin(async { Ok(addresses) })
    }
}

#[tokio::test]
async fn a_panic_while_a_page_is_read_ahead_reaches_the_reader() {
    let server = Server::start(log(35)).await;
    let http = reqwest::Client::builder().dns_resolver(Arc::new(Breaking(AtomicUsize::new(0))));
    let base_url = server.base_url.replace("127.0.0.1", "localhost");
    let client = builder(&base_url).http_client(http).build().unwrap();
    let reader = tokio::spawn(async move {
        let mut pages = client.list_project_requests("p").pages().concurrency(2);
        assert_eq!(pages.try_next().await.unwrap().unwrap().number, 0);
        pages.try_next().await.map(drop)
    });
    let panic = reader.await.unwrap_err().into_panic();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"the resolver broke"));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn calls_ahead_are_told_to_the_readers_subscriber_within_its_span() {
    let told = tempfile::NamedTempFile::new().unwrap();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_ansi(false);
    let subscriber = subscriber.with_writer(told.reopen().unwrap()).finish();
    let server = Server::start(log(35)).await;
    let client = client_of(&server.base_url);
    let items = client.list_project_requests("p").items().concurrency(2);
    let read = async { items.try_collect::<Vec<_>>().instrument(tracing::info_span!("export")).await };
    assert_eq!(read.with_subscriber(subscriber).await.unwrap().len(), 35);
    let told = fs::read_to_string(told.path()).unwrap();
    let span = r#" export:deepgram_mgmt{operation="list_project_requests" http.request.method="GET""#;
    let calls = told.lines().filter(|line| line.contains(span));
    assert!(calls.filter(|line| line.contains("status=200")).count() >= 4, "{told}");
}
