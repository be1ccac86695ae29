//! Paging through the request log: every record once, in order, to the end, or one error that says where to resume.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use deepgram_mgmt::chrono::{DateTime, TimeDelta, Utc};
use deepgram_mgmt::types::RequestRecord;
use deepgram_mgmt::{Error, ErrorKind, Items, Pages};
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::server::{Reply, Seen, Server, http_response, json as success};
use crate::shared::{builder, client_of};

/// When the newest record of a scripted log was made.
pub(crate) const NEWEST: &str = "2026-09-15T12:00:00Z";

/// A page of records whose ids are these numbers, each a millisecond older than the number before.
pub(crate) fn page(number: usize, limit: usize, ids: impl IntoIterator<Item = usize>) -> Value {
    let newest: DateTime<Utc> = NEWEST.parse().unwrap();
    let record = |id: usize| {
        let created = newest - TimeDelta::milliseconds(i64::try_from(id).unwrap());
        json!({ "request_id": id.to_string(), "created": created.to_rfc3339() })
    };
    let records: Vec<Value> = ids.into_iter().map(record).collect();
    json!({ "page": number, "limit": limit, "requests": records })
}

/// The number of the page that is asked for.
pub(crate) fn number(seen: &Seen) -> usize {
    seen.asked("page").map_or(0, |page| page.parse().unwrap())
}

/// A log of so many records, told apart by their number from the newest, 0.
pub(crate) fn log(records: usize) -> impl Fn(&Seen) -> Reply {
    move |seen| success(log_page(records, seen).to_string())
}

fn log_page(records: usize, seen: &Seen) -> Value {
    let limit: usize = seen.asked("limit").map_or(10, |limit| limit.parse().unwrap());
    let start = (number(seen) * limit).min(records);
    page(number(seen), limit, start..(start + limit).min(records))
}

pub(crate) fn ids(records: &[RequestRecord]) -> Vec<usize> {
    records.iter().map(|record| record.request_id.parse().unwrap()).collect()
}

#[tokio::test]
async fn every_record_comes_once_and_in_order_and_the_page_after_a_short_one_is_not_asked_for() {
    for (records, requests) in [(0, 1), (3, 1), (10, 2), (25, 3), (30, 4)] {
        let server = Server::start(log(records)).await;
        let client = client_of(&server.base_url);
        let items: Vec<_> = client.list_project_requests("p").items().try_collect().await.unwrap();
        assert_eq!(ids(&items), (0..records).collect::<Vec<_>>());
        let asked: Vec<_> = server.seen().iter().map(number).collect();
        assert_eq!(asked, (0..requests).collect::<Vec<_>>(), "{records}");
    }
}

#[tokio::test]
async fn the_window_ends_at_the_servers_first_response_rounded_up_unless_the_caller_ends_it() {
    let with_date = |seen: &Seen| {
        let body = page(number(seen), 1, [number(seen)].into_iter().filter(|n| *n < 2));
        Reply::Bytes(http_response("200 OK", "date: Tue, 15 Sep 2026 12:00:00 GMT\r\n", body.to_string()))
    };
    let without_date =
        |seen: &Seen| success(page(number(seen), 1, [number(seen)].into_iter().filter(|n| *n < 2)).to_string());
    // Without a clock in the response, its newest record is the latest that is known.
    for (server, end) in [
        (Server::start(with_date).await, "2026-09-15T12%3A00%3A01Z"),
        (Server::start(without_date).await, "2026-09-15T12%3A00%3A01Z"),
    ] {
        let client = client_of(&server.base_url);
        client.list_project_requests("p").items().try_collect::<Vec<_>>().await.unwrap();
        let ends: Vec<_> = server.seen().iter().map(|seen| seen.asked("end").map(str::to_owned)).collect();
        assert_eq!(ends, [None, Some(end.to_owned()), Some(end.to_owned())]);
    }
    let server = Server::start(with_date).await;
    let client = client_of(&server.base_url);
    let list = client.list_project_requests("p").end("2026-01-01");
    list.items().try_collect::<Vec<_>>().await.unwrap();
    assert!(server.seen().iter().all(|seen| seen.asked("end") == Some("2026-01-01T00%3A00%3A00Z")));
}

#[tokio::test]
async fn a_hundred_thousand_records_come_once_each_while_new_ones_arrive() {
    const RECORDS: usize = 100_000;
    // Before each page one more record has come, so that every page begins with the last one of the page before.
    let shifting = |seen: &Seen| {
        let limit = 1000;
        let shift = number(seen);
        let start = (number(seen) * limit).saturating_sub(shift);
        let end = (start + limit).min(RECORDS);
        success(page(number(seen), limit, start.min(end)..end).to_string())
    };
    let server = Server::start(shifting).await;
    let client = builder(&server.base_url).max_body_bytes(1_000_000).attempt_timeout(Duration::from_secs(60));
    let client = client.build().unwrap();
    let mut items = client.list_project_requests("p").limit(1000_u64).items();
    let mut next = 0;
    while let Some(record) = items.try_next().await.unwrap() {
        assert_eq!(record.request_id, next.to_string());
        next += 1;
    }
    assert_eq!(next, RECORDS);
    assert_eq!(server.seen().len(), RECORDS / 1000 + 1);
}

/// Responds as `script` says, but after a pause; and tells how many requests have been in flight at once, from the moment
/// when one has been read until its response is written.
pub(crate) fn in_flight(
    pause: Duration,
    script: impl Fn(&Seen) -> Reply,
) -> (impl Fn(&Seen) -> Reply, Arc<AtomicUsize>) {
    let (flying, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let highest = Arc::clone(&most);
    let counting = move |seen: &Seen| {
        highest.fetch_max(flying.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let Reply::Bytes(bytes) = script(seen) else { panic!("only whole responses are put off") };
        let flying = Arc::clone(&flying);
        let response = move || {
            flying.fetch_sub(1, Ordering::SeqCst);
            bytes.clone()
        };
        Reply::LookedUpAfter(pause, Arc::new(response))
    };
    (counting, most)
}

/// Reads a stream to its end: the records before the error that ends it, and that error.
pub(crate) async fn failed(mut items: Items<'_>) -> (Vec<RequestRecord>, Error) {
    let mut before = Vec::new();
    let error = loop {
        match items.next().await.expect("an error before the end") {
            Ok(record) => before.push(record),
            Err(error) if error.entry().is_some() => {}
            Err(error) => break error,
        }
    };
    assert!(items.next().await.is_none(), "the stream goes on after its error");
    (before, error)
}

#[tokio::test]
async fn a_server_that_sends_the_same_page_again_ends_the_stream_with_one_error() {
    let server = Server::start(|_| success(page(0, 3, 0..3).to_string())).await;
    let client = client_of(&server.base_url);
    let (before, error) = failed(client.list_project_requests("p").items()).await;
    assert_eq!((ids(&before), error.kind(), error.page()), (vec![0, 1, 2], ErrorKind::Decode, Some(1)));
    assert!(error.to_string().contains("page 1 was asked for, and page 0 came"), "{error}");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn a_server_without_page_numbers_that_names_no_cursor_is_an_error_that_says_so() {
    // The bundled document has a `cursor` to ask by, and none in its responses.
    let sandbox = deepgram_mgmt_sandbox::Sandbox::start().await.unwrap();
    let credentials = deepgram_mgmt::Credentials::bearer(deepgram_mgmt_sandbox::seed::API_KEY);
    let client = builder(&sandbox.base_url()).credentials(credentials).build().unwrap();
    for concurrency in [1, 4] {
        let list = client.list_project_requests(deepgram_mgmt_sandbox::seed::PROJECT_ID).limit(5_u64);
        let (before, error) = failed(list.items().concurrency(concurrency)).await;
        assert_eq!((before.len(), error.kind(), error.page()), (5, ErrorKind::Decode, Some(1)));
        let says = "the server does not go by page numbers, and names no cursor: page 1 was asked for, and page 0 came";
        assert!(error.to_string().contains(says), "{error}");
        let queries: Vec<_> = sandbox.take_requests().into_iter().map(|seen| seen.query.unwrap()).collect();
        assert!(queries[1].contains("page=1") && queries.len() <= 1 + concurrency, "{queries:?}");
        assert!(queries.iter().all(|query| !query.contains("cursor")), "{queries:?}");
    }
}

#[tokio::test]
async fn the_sandbox_that_ignores_the_page_is_found_out() {
    let sandbox = deepgram_mgmt_sandbox::Sandbox::start_live().await.unwrap();
    sandbox.set_fault(Some(deepgram_mgmt_sandbox::Fault::IgnoresPage));
    let credentials = deepgram_mgmt::Credentials::api_key(deepgram_mgmt_sandbox::seed::API_KEY);
    let client = builder(&sandbox.base_url()).credentials(credentials).build().unwrap();
    let list = client.list_project_requests(deepgram_mgmt_sandbox::seed::PROJECT_ID);
    let (before, error) = failed(list.items()).await;
    assert_eq!((before.len(), error.page(), sandbox.requests().len()), (10, Some(1), 2));
}

#[tokio::test]
async fn a_cursor_is_followed_by_either_name_and_one_that_comes_again_is_an_error() {
    for name in ["next_cursor", "cursor"] {
        let cursors = move |seen: &Seen| {
            let n = seen.asked("cursor").map_or(0, |cursor| cursor.trim_start_matches('c').parse().unwrap());
            // Short pages: with a cursor, only its absence is an end.
            let mut page = page(n, 10, [n]);
            if n < 3 {
                page[name] = format!("c{}", n + 1).into();
            }
            success(page.to_string())
        };
        let server = Server::start(cursors).await;
        let client = client_of(&server.base_url);
        let items: Vec<_> = client.list_project_requests("p").items().try_collect().await.unwrap();
        assert_eq!(ids(&items), [0, 1, 2, 3]);
        let asked: Vec<_> = server.seen().iter().map(|seen| seen.asked("cursor").map(str::to_owned)).collect();
        assert_eq!(asked, [None, Some("c1".to_owned()), Some("c2".to_owned()), Some("c3".to_owned())]);

        let circle = move |seen: &Seen| {
            let mut page = page(seen.n, 10, [seen.n]);
            page[name] = ["a", "b", "a"][seen.n].into();
            success(page.to_string())
        };
        let server = Server::start(circle).await;
        let client = client_of(&server.base_url);
        let (before, error) = failed(client.list_project_requests("p").items()).await;
        assert_eq!((ids(&before), error.page(), server.seen().len()), (vec![0, 1], Some(2), 3));
        // By its number alone such a page could not be read again.
        assert_eq!(error.resume().unwrap().cursor.as_deref(), Some("b"));
        assert!(error.to_string().contains("by the cursor that this error holds"), "{error}");
    }
}

#[tokio::test]
async fn a_failure_is_yielded_once_with_the_page_from_which_the_rest_can_be_read() {
    let failing = |seen: &Seen| {
        let refused = Reply::Bytes(http_response("400 Bad Request", "", r#"{"err_msg":"not now"}"#));
        if number(seen) == 2 { refused } else { log(35)(seen) }
    };
    for concurrency in [1, 3] {
        let server = Server::start(failing).await;
        let client = client_of(&server.base_url);
        let items = client.list_project_requests("p").items().concurrency(concurrency);
        let (before, error) = failed(items).await;
        assert_eq!(ids(&before), (0..20).collect::<Vec<_>>());
        assert_eq!((error.kind(), error.page()), (ErrorKind::Status, Some(2)));
        assert!(error.to_string().contains("resume from page 2"), "{error}");

        let server = Server::start(log(35)).await;
        let client = client_of(&server.base_url);
        let pages = client.list_project_requests("p").pages().start_page(error.page().unwrap());
        let pages: Vec<_> = pages.try_collect().await.unwrap();
        assert_eq!(pages.iter().map(|page| page.number).collect::<Vec<_>>(), [2, 3]);
        let rest: Vec<_> = pages.into_iter().flat_map(|page| page.records).collect();
        assert_eq!(ids(&rest), (20..35).collect::<Vec<_>>());
        assert_eq!(number(&server.seen()[0]), 2);
    }
}

#[tokio::test]
async fn pages_in_flight_come_in_order_are_at_most_as_many_and_gain_their_time() {
    // The server's clock is past the window, so that nothing is read twice.
    let slow = |seen: &Seen| {
        let body = log_page(200, seen).to_string();
        Reply::After(
            Duration::from_millis(40),
            http_response("200 OK", "date: Tue, 15 Sep 2026 12:00:00 GMT\r\n", body),
        )
    };
    let mut times = Vec::new();
    for concurrency in [1, 4] {
        let server = Server::start(slow).await;
        let client = client_of(&server.base_url);
        let start = Instant::now();
        let list = client.list_project_requests("p").end("2026-09-15T11:59:00Z");
        let items: Vec<_> = list.items().concurrency(concurrency).try_collect().await.unwrap();
        times.push(start.elapsed());
        assert_eq!(ids(&items), (0..200).collect::<Vec<_>>());
        // Page 20 is the empty one that ends the log; no more than the others in flight lie beyond it.
        let beyond = server.seen().iter().filter(|seen| number(seen) > 20).count();
        assert!(beyond < concurrency, "{beyond} of {concurrency}");
        let asked: HashSet<_> = server.seen().iter().map(number).collect();
        assert_eq!(asked.len(), server.seen().len(), "a page was read twice");
    }
    assert!(times[0] > times[1] * 2, "{times:?}");
}

#[tokio::test]
async fn eight_pages_in_flight_take_a_seventh_of_the_rounds_even_where_the_log_may_still_grow() {
    const PAGES: usize = 201;
    let read = async |concurrency, pause| {
        // A request is one round later than the latest that was responded before it came. Without a clock in its responses,
        // the server never says that nothing more arrives.
        let responded = Arc::new(AtomicUsize::new(0));
        let rounds = Arc::clone(&responded);
        let slow = move |seen: &Seen| {
            let Reply::Bytes(bytes) = log(PAGES * 10 - 1)(seen) else { unreachable!() };
            let (round, responded) = (responded.load(Ordering::SeqCst) + 1, Arc::clone(&responded));
            let response = move || {
                responded.fetch_max(round, Ordering::SeqCst);
                bytes.clone()
            };
            Reply::LookedUpAfter(Duration::from_millis(pause), Arc::new(response))
        };
        let server = Server::start(slow).await;
        let client = builder(&server.base_url).attempt_timeout(Duration::from_secs(60)).build().unwrap();
        let items = client.list_project_requests("p").items().concurrency(concurrency);
        assert_eq!(ids(&items.try_collect::<Vec<_>>().await.unwrap()), (0..PAGES * 10 - 1).collect::<Vec<_>>());
        let beyond = server.seen().iter().filter(|seen| number(seen) >= PAGES).count();
        assert!(beyond < concurrency, "{beyond} requests beyond the end");
        assert_eq!(server.seen().len(), PAGES + beyond, "a page was read twice");
        rounds.load(Ordering::SeqCst)
    };
    // The first page alone, and then 200 in the time of 25. The pause is long enough for a busy machine to send eight
    // requests in.
    let (alone, ahead) = (read(1, 1).await, read(8, 150).await);
    assert!(alone == PAGES && alone >= ahead * 7, "{alone}, {ahead}");
}

#[tokio::test]
async fn no_more_pages_are_in_flight_than_were_asked_for_and_none_is_read_twice() {
    let (counting, most) = in_flight(Duration::from_millis(25), log(150));
    let server = Server::start(counting).await;
    let client = client_of(&server.base_url);
    let mut pages = client.list_project_requests("p").pages().concurrency(3);
    while pages.try_next().await.unwrap().is_some() {}
    assert_eq!(most.load(Ordering::SeqCst), 3);
    let times: Vec<_> = (0..16).map(|page| server.seen().iter().filter(|seen| number(seen) == page).count()).collect();
    assert_eq!(times, [1; 16]);
}

#[tokio::test]
async fn as_many_pages_in_flight_as_there_are_numbers_are_a_few() {
    let (counting, most) = in_flight(Duration::from_millis(25), log(1000));
    let server = Server::start(counting).await;
    let client = builder(&server.base_url).attempt_timeout(Duration::from_secs(60)).build().unwrap();
    let items = client.list_project_requests("p").items().concurrency(usize::MAX);
    assert_eq!(ids(&items.try_collect::<Vec<_>>().await.unwrap()), (0..1000).collect::<Vec<_>>());
    assert!(most.load(Ordering::SeqCst) <= 64 && server.seen().len() <= 100 + 64, "{}", server.seen().len());
}

#[tokio::test]
async fn a_reader_that_stops_has_no_more_pages_asked_for_than_it_keeps_in_flight() {
    let server = Server::start(log(1000)).await;
    let client = client_of(&server.base_url);
    for (concurrency, taken) in [(1, 3), (4, 1), (4, 2), (4, 9)] {
        let before = server.seen().len();
        let mut pages = client.list_project_requests("p").pages().concurrency(concurrency);
        for _ in 0..taken {
            pages.try_next().await.unwrap();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        let asked = server.seen().len() - before;
        assert!(asked <= taken + concurrency, "{asked} asked for, {taken} taken, {concurrency} in flight");
        // What is never polled again sends nothing.
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(server.seen().len() - before, asked);
    }
}

#[tokio::test]
async fn nothing_is_sent_before_the_first_poll_and_streams_are_send() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    let server = Server::start(log(5)).await;
    let client = client_of(&server.base_url);
    let pages: Pages<'_> = assert_send(client.list_project_requests("p").pages());
    let items: Items<'_> = assert_send(client.list_project_requests("p").items());
    let printed = format!("{pages:?} {items:?}");
    assert!(printed.contains("ListProjectRequests") && !printed.contains("credential-hush"), "{printed}");
    drop((pages, items));
    assert!(server.seen().is_empty());
    let own = client.clone();
    let count = tokio::spawn(async move {
        let items = own.list_project_requests("p").items();
        items.map(|record| record.unwrap().request_id).collect::<HashSet<_>>().await.len()
    });
    assert_eq!(count.await.unwrap(), 5);
}
