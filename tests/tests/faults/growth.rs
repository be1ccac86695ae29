//! A request log that grows while it is read: no record of before is lost, and none comes twice.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use deepgram_mgmt::types::RequestRecord;
use futures_util::TryStreamExt;
use serde_json::{Value, json};

use crate::paging::{number, page};
use crate::server::{Reply, Seen, Server, answer, json as success};
use crate::shared::client_of;

/// When the scripted logs are first read, and their records are made.
const NOW: &str = "date: Tue, 15 Sep 2026 12:00:00 GMT\r\n";

/// A page of a log of which `arrived` more records have come than the 50 of before, which are 0 to 49. The new ones
/// count from 1000.
fn grown(number: usize, arrived: usize) -> Value {
    let all: Vec<usize> = (0..arrived).rev().map(|n| 1000 + n).chain(0..50).collect();
    page(number, 10, all.into_iter().skip(number * 10).take(10))
}

fn dated(body: &Value) -> Reply {
    Reply::Bytes(answer("200 OK", NOW, body.to_string()))
}

/// Those of before, in the order they came.
fn of_before(records: &[RequestRecord]) -> Vec<usize> {
    let ids = records.iter().map(|record| record.request_id.as_deref().unwrap().parse().unwrap());
    ids.filter(|id| *id < 1000).collect()
}

async fn read(server: &Server, concurrency: usize) -> Vec<RequestRecord> {
    let client = client_of(&server.base_url);
    let items = client.list_project_requests().project_id("p").items().concurrency(concurrency);
    items.try_collect().await.unwrap()
}

#[tokio::test]
async fn a_record_that_arrives_between_pages_looked_up_out_of_order_loses_none() {
    // A record comes 20 ms after page 1 was first asked for, and page 1 itself is looked up 40 ms after.
    let asked: Mutex<Option<Instant>> = Mutex::new(None);
    let server = Server::start(move |seen| {
        let since = *asked.lock().unwrap();
        match (number(seen), since) {
            (1, None) => {
                *asked.lock().unwrap() = Some(Instant::now());
                Reply::After(Duration::from_millis(40), answer("200 OK", NOW, grown(1, 1).to_string()))
            }
            (n, since) => {
                let has_come = since.is_some_and(|since| since.elapsed() > Duration::from_millis(20));
                dated(&grown(n, usize::from(has_come)))
            }
        }
    })
    .await;
    let records = read(&server, 3).await;
    assert_eq!(of_before(&records), (0..50).collect::<Vec<_>>());
    // What was looked up out of order was looked up again.
    let times = |n| server.seen().iter().filter(|seen| number(seen) == n).count();
    assert!(times(0) == 2 && times(2) == 2, "{:?}", server.seen().iter().map(number).collect::<Vec<_>>());
}

#[tokio::test]
async fn as_many_or_more_records_than_a_page_holds_may_arrive_between_two_pages() {
    for arrivals in [1, 9, 10, 11, 25] {
        for concurrency in [1, 3] {
            // All of them between the first page and the second.
            let server = Server::start(move |seen| {
                let arrived = if seen.n == 0 { 0 } else { arrivals };
                dated(&grown(number(seen), arrived))
            })
            .await;
            let records = read(&server, concurrency).await;
            assert_eq!(of_before(&records), (0..50).collect::<Vec<_>>(), "{arrivals}, {concurrency}");
            // Each page is read once, and where nothing is read ahead no page more.
            assert!(concurrency > 1 || server.seen().len() == (50 + arrivals) / 10 + 1);
        }
    }
}

#[tokio::test]
async fn pages_that_bring_nothing_new_are_pages_without_records() {
    let server = Server::start(|seen| dated(&grown(number(seen), if seen.n == 0 { 0 } else { 10 }))).await;
    let client = client_of(&server.base_url);
    let pages: Vec<_> = client.list_project_requests().project_id("p").pages().try_collect().await.unwrap();
    let found: Vec<_> = pages.iter().map(|page| (page.number, page.records.len())).collect();
    assert_eq!(found, [(0, 10), (1, 0), (2, 10), (3, 10), (4, 10), (5, 10)]);
}

#[tokio::test]
async fn a_page_is_short_only_against_the_limit_that_the_server_names() {
    // Gives three records a page, whatever is asked for, and does not say so.
    let stingy = |seen: &Seen| {
        let start = number(seen) * 3;
        let records: Vec<Value> =
            (start..(start + 3).min(8)).map(|id| json!({ "request_id": id.to_string() })).collect();
        success(json!({ "requests": records }).to_string())
    };
    let server = Server::start(stingy).await;
    let client = client_of(&server.base_url);
    let list = client.list_project_requests().project_id("p").limit(500_u64);
    let records: Vec<_> = list.items().try_collect().await.unwrap();
    assert_eq!(of_before(&records), (0..8).collect::<Vec<_>>());
    assert_eq!(server.seen().iter().map(number).collect::<Vec<_>>(), [0, 1, 2, 3]);
}

#[tokio::test]
async fn the_window_holds_the_newest_record_where_the_servers_clock_is_behind_it() {
    let ahead = |seen: &Seen| {
        let created = ["2026-09-15T12:00:07.25Z", "2026-09-15T12:00:01Z", "2026-09-15T11:00:00Z"];
        // Keeps to the end of the window, as the API does.
        let end = seen.asked("end").map(|end| end.replace("%3A", ":"));
        let in_window = created.into_iter().filter(|time| end.as_deref().is_none_or(|end| *time <= end));
        let records: Vec<Value> = in_window.map(|time| json!({ "request_id": time, "created": time })).collect();
        let page: Vec<&Value> = records.iter().skip(number(seen)).take(1).collect();
        dated(&json!({ "page": number(seen), "limit": 1, "requests": page }))
    };
    let server = Server::start(ahead).await;
    assert_eq!(read(&server, 1).await.len(), 3);
    assert_eq!(server.seen()[1].asked("end"), Some("2026-09-15T12%3A00%3A08Z"));
}
