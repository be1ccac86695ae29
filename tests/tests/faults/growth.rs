//! A request log that grows while it is read: no earlier record is lost, and none comes twice.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use deepgram_mgmt::types::RequestRecord;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::paging::{NEWEST, number, page};
use crate::server::{Reply, Seen, Server, http_response, json as success};
use crate::shared::{builder, client_of};

/// When the scripted logs are first read, and their records are made.
pub(crate) const NOW: &str = "date: Tue, 15 Sep 2026 12:00:00 GMT\r\n";

/// A page of a log of which `arrived` more records have come than the 50 of before, which are 0 to 49. The new ones
/// count from 1000.
pub(crate) fn grown(number: usize, arrived: usize) -> Value {
    grown_from(50, number, arrived)
}

/// A page of a log that had more records before.
fn grown_from(before: usize, number: usize, arrived: usize) -> Value {
    let all: Vec<usize> = (0..arrived).rev().map(|n| 1000 + n).chain(0..before).collect();
    let mut page = page(number, 10, all.into_iter().skip(number * 10).take(10));
    // What arrives has the time of the newest record of before.
    let records = page["requests"].as_array_mut().unwrap().iter_mut();
    let arrived = records.filter(|record| record["request_id"].as_str().unwrap().parse::<usize>().unwrap() >= 1000);
    arrived.for_each(|record| record["created"] = NEWEST.into());
    page
}

pub(crate) fn dated(body: &Value) -> Reply {
    Reply::Bytes(http_response("200 OK", NOW, body.to_string()))
}

/// The records from before, in the order they came.
pub(crate) fn of_before(records: &[RequestRecord]) -> Vec<usize> {
    let ids = records.iter().map(|record| record.request_id.parse().unwrap());
    ids.filter(|id| *id < 1000).collect()
}

pub(crate) async fn read(server: &Server, concurrency: usize) -> Vec<RequestRecord> {
    let client = client_of(&server.base_url);
    let items = client.list_project_requests("p").items().concurrency(concurrency);
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
                Reply::After(Duration::from_millis(40), http_response("200 OK", NOW, grown(1, 1).to_string()))
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
    // What may have been looked up too early was looked up again, and nothing else.
    let times = |n| server.seen().iter().filter(|seen| number(seen) == n).count();
    assert!(
        times(0) == 1 && times(1) == 1 && times(2) == 2 && times(3) == 2,
        "{:?}",
        server.seen().iter().map(number).collect::<Vec<_>>()
    );
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
async fn many_pages_may_bring_nothing_new_even_when_it_is_told_meanwhile_that_no_more_arrives() {
    let closed = "date: Tue, 15 Sep 2026 12:01:00 GMT\r\n";
    // All at once when so many pages have been read; those that follow hold nothing else for a while.
    for (pages, arrivals, head, old) in [(20, 155, NOW, 15), (3, 25, closed, 2)] {
        let server = Server::start(move |seen| {
            let (head, arrived) = if seen.n < pages { (NOW, 0) } else { (head, arrivals) };
            Reply::Bytes(http_response("200 OK", head, grown_from(300, number(seen), arrived).to_string()))
        })
        .await;
        let client = client_of(&server.base_url);
        let read: Vec<_> = client.list_project_requests("p").pages().try_collect().await.unwrap();
        assert_eq!(read.iter().filter(|page| page.records.is_empty()).count(), old);
        let records: Vec<_> = read.into_iter().flat_map(|page| page.records).collect();
        assert_eq!(of_before(&records), (0..300).collect::<Vec<_>>());
        assert_eq!(server.seen().len(), (300 + arrivals) / 10 + 1);
    }
}

#[tokio::test]
async fn pages_that_bring_nothing_new_are_pages_without_records() {
    let server = Server::start(|seen| dated(&grown(number(seen), if seen.n == 0 { 0 } else { 10 }))).await;
    let client = client_of(&server.base_url);
    let pages: Vec<_> = client.list_project_requests("p").pages().try_collect().await.unwrap();
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
    let list = client.list_project_requests("p").limit(500_u64);
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

/// A log that grows all the time, by one record or by many, and responds when it likes with what it found before or finds
/// then.
struct Growing {
    arrived: usize,
    random: fastrand::Rng,
    most: usize,
    left: usize,
    has_times: bool,
}

impl Growing {
    const BEFORE: usize = 300;

    fn page(&self, number: usize) -> Vec<u8> {
        let all = (0..self.arrived).rev().map(|n| 1000 + n).chain(0..Self::BEFORE);
        let records: Vec<Value> = all
            .skip(number * 10)
            .take(10)
            .map(|id| {
                let time = if id < 1000 { Self::BEFORE - id } else { id };
                let time = format!("2026-09-15T12:{:02}:{:02}Z", time / 60, time % 60);
                if self.has_times {
                    json!({ "request_id": id.to_string(), "created": time })
                } else {
                    json!({ "request_id": id.to_string() })
                }
            })
            .collect();
        http_response("200 OK", "", json!({ "page": number, "limit": 10, "requests": records }).to_string())
    }

    fn grow(&mut self) {
        if self.left > 0 && self.random.u8(..3) == 0 {
            let more = self.random.usize(1..=self.most).min(self.left);
            self.arrived += more;
            self.left -= more;
        }
    }
}

/// Reads a log that grows at random, and says how many records arrived meanwhile.
async fn arrived_while_read(seed: u64) -> usize {
    let mut random = fastrand::Rng::with_seed(seed);
    let has_times = random.bool();
    let growing = Growing {
        arrived: 0,
        // As many as two pages at once cannot be told from others where no record says when it was made.
        most: *random.choice(if has_times { [1, 3, 35] } else { [1, 3, 9] }.iter()).unwrap(),
        left: 80,
        has_times,
        random: random.fork(),
    };
    let growing = Arc::new(Mutex::new(growing));
    let shared = Arc::clone(&growing);
    let server = Server::start(move |seen| {
        let mut log = shared.lock().unwrap();
        log.grow();
        let pause = Duration::from_millis(log.random.u64(..5));
        if log.random.bool() {
            return Reply::After(pause, log.page(number(seen)));
        }
        let (number, shared) = (number(seen), Arc::clone(&shared));
        let look_up = move || {
            let mut log = shared.lock().unwrap();
            log.grow();
            log.page(number)
        };
        Reply::LookedUpAfter(pause, Arc::new(look_up))
    })
    .await;
    let records = read(&server, 1 + usize::try_from(seed).unwrap() % 8).await;
    let mut all: Vec<_> = records.iter().map(|record| record.request_id.clone()).collect();
    assert_eq!(of_before(&records), (0..Growing::BEFORE).collect::<Vec<_>>(), "{seed}");
    all.sort();
    all.dedup();
    assert_eq!(all.len(), records.len(), "{seed}");
    growing.lock().unwrap().arrived
}

#[tokio::test]
async fn whenever_records_arrive_and_pages_are_looked_up_none_of_before_is_lost_or_doubled() {
    // All at once: most of the time is waiting.
    let arrived: usize = join_all((0..40).map(arrived_while_read)).await.into_iter().sum();
    assert!(arrived > 500, "{arrived}");
}

#[tokio::test]
async fn records_written_late_into_pages_that_were_read_lose_no_other_even_when_none_is_expected_any_more() {
    for late in [1, 10, 25] {
        for concurrency in [1, 4] {
            // They come in the middle of page 2 after page 5 is first asked for, and before it is looked up; the server's
            // clock is long past the window. Pages 6, 7 and 8 are asked for meanwhile, and looked up at once.
            let written = Arc::new(Mutex::new(0));
            let server = Server::start(move |seen| {
                let n = number(seen);
                let look_up = move |late: usize| {
                    let all = (0..25).chain(1000..1000 + late).chain(25..200);
                    let body = page(n, 10, all.skip(n * 10).take(10));
                    http_response("200 OK", NOW, body.to_string())
                };
                if n != 5 || *written.lock().unwrap() > 0 {
                    return Reply::Bytes(look_up(*written.lock().unwrap()));
                }
                let written = Arc::clone(&written);
                let write = move || {
                    *written.lock().unwrap() = late;
                    look_up(late)
                };
                Reply::LookedUpAfter(Duration::from_millis(150), Arc::new(write))
            })
            .await;
            let client = builder(&server.base_url).attempt_timeout(Duration::from_secs(60)).build().unwrap();
            let list = client.list_project_requests("p").end("2026-09-01");
            let records: Vec<RequestRecord> = list.items().concurrency(concurrency).try_collect().await.unwrap();
            assert_eq!(of_before(&records), (0..200).collect::<Vec<_>>(), "{late}, {concurrency}");
            let asked: Vec<_> = server.seen().iter().map(number).collect();
            let is_asked = |page| asked.iter().filter(|asked| **asked == page).count();
            // Once where nothing is read ahead; else what was in flight beyond page 5 is read again, and no more.
            let twice = if concurrency == 1 { 0 } else { 3 };
            assert!((0..20).all(|page| is_asked(page) == 1 + usize::from((6..6 + twice).contains(&page))), "{asked:?}");
        }
    }
}
