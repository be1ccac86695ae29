//! A request log that grows while it is read: no record of before is lost, and none comes twice.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use deepgram_mgmt::Error;
use deepgram_mgmt::types::RequestRecord;
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::paging::{NEWEST, failed, in_flight, number, page};
use crate::server::{Reply, Seen, Server, answer, json as success};
use crate::shared::{builder, client_of};

/// When the scripted logs are first read, and their records are made.
const NOW: &str = "date: Tue, 15 Sep 2026 12:00:00 GMT\r\n";

/// A page of a log of which `arrived` more records have come than the 50 of before, which are 0 to 49. The new ones
/// count from 1000.
fn grown(number: usize, arrived: usize) -> Value {
    grown_from(50, number, arrived)
}

/// The same of a log that had more records before.
fn grown_from(before: usize, number: usize, arrived: usize) -> Value {
    let all: Vec<usize> = (0..arrived).rev().map(|n| 1000 + n).chain(0..before).collect();
    let mut page = page(number, 10, all.into_iter().skip(number * 10).take(10));
    // What arrives has the time of the newest record of before.
    let records = page["requests"].as_array_mut().unwrap().iter_mut();
    let arrived = records.filter(|record| record["request_id"].as_str().unwrap().parse::<usize>().unwrap() >= 1000);
    arrived.for_each(|record| record["created"] = NEWEST.into());
    page
}

fn dated(body: &Value) -> Reply {
    Reply::Bytes(answer("200 OK", NOW, body.to_string()))
}

/// Those of before, in the order they came.
fn of_before(records: &[RequestRecord]) -> Vec<usize> {
    let ids = records.iter().map(|record| record.request_id.parse().unwrap());
    ids.filter(|id| *id < 1000).collect()
}

async fn read(server: &Server, concurrency: usize) -> Vec<RequestRecord> {
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
            Reply::Bytes(answer("200 OK", head, grown_from(300, number(seen), arrived).to_string()))
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

/// A log that grows all the time, by one record or by many, and answers when it likes with what it found before or finds
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
        answer("200 OK", "", json!({ "page": number, "limit": 10, "requests": records }).to_string())
    }

    fn grow(&mut self) {
        if self.left > 0 && self.random.u8(..3) == 0 {
            let more = self.random.usize(1..=self.most).min(self.left);
            self.arrived += more;
            self.left -= more;
        }
    }
}

#[tokio::test]
async fn whenever_records_arrive_and_pages_are_looked_up_none_of_before_is_lost_or_doubled() {
    let mut arrived = 0;
    for seed in 0..40 {
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
        arrived += growing.lock().unwrap().arrived;
    }
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
                    answer("200 OK", NOW, body.to_string())
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

#[tokio::test]
async fn records_that_cannot_tell_what_arrived_are_read_in_order_one_page_at_a_time() {
    // Without ids, without times, and all of one time.
    for names in [&["created"] as &[&str], &["request_id"], &["request_id", "equal"]] {
        let log = move |seen: &Seen| {
            let start = number(seen) * 10;
            let record = |n: usize| {
                let mut record = page(0, 10, [n])["requests"][0].take();
                record["path"] = n.to_string().into();
                if names.contains(&"equal") {
                    record["created"] = NEWEST.into();
                } else {
                    record.as_object_mut().unwrap().retain(|name, _| name == "path" || names.contains(&name.as_str()));
                }
                record
            };
            let records: Vec<Value> = (start..(start + 10).min(195)).map(record).collect();
            dated(&json!({ "page": number(seen), "limit": 10, "requests": records }))
        };
        let (counting, most) = in_flight(Duration::from_millis(10), log);
        let server = Server::start(counting).await;
        let client = client_of(&server.base_url);
        let list = client.list_project_requests("p").end("2026-09-15T12:30:00Z");
        let path = |item: Result<RequestRecord, Error>| match item {
            Ok(record) => record.path.unwrap(),
            // An entry without an id is no record.
            Err(error) => {
                let json: Value = serde_json::from_str(error.entry().unwrap().json()).unwrap();
                json["path"].as_str().unwrap().to_owned()
            }
        };
        let paths: Vec<_> = list.items().concurrency(4).map(path).collect().await;
        assert_eq!(paths, (0..195).map(|n| n.to_string()).collect::<Vec<_>>());
        // After the first page, pages are read ahead where it has times and ids; what they hold ends that.
        let at_once = if names.contains(&"equal") { 4 } else { 1 };
        assert_eq!(most.load(Ordering::SeqCst), at_once, "{names:?}");
        assert!(server.seen().len() <= 20 + at_once, "{}", server.seen().len());
    }
}

#[tokio::test]
async fn pages_that_arrive_with_the_time_of_the_newest_record_lose_none_that_were_read_ahead() {
    for arrivals in [20, 25, 30, 70] {
        for concurrency in [1, 2, 4, 64] {
            // They arrive before page 1 is looked up, and after the pages beyond it.
            let arrived = Arc::new(Mutex::new(false));
            let server = Server::start(move |seen| {
                let n = number(seen);
                let has_arrived = Arc::clone(&arrived);
                let look_up = move || {
                    *has_arrived.lock().unwrap() |= n == 1;
                    let arrived = if *has_arrived.lock().unwrap() { arrivals } else { 0 };
                    let mut body = grown(n, arrived);
                    // The first page has but one time.
                    for record in body["requests"].as_array_mut().unwrap() {
                        if record["request_id"].as_str().unwrap().parse::<usize>().unwrap() < 10 {
                            record["created"] = NEWEST.into();
                        }
                    }
                    answer("200 OK", NOW, body.to_string())
                };
                let pause = if n == 1 { 40 } else { 0 };
                Reply::LookedUpAfter(Duration::from_millis(pause), Arc::new(look_up))
            })
            .await;
            let client = builder(&server.base_url).attempt_timeout(Duration::from_secs(60)).build().unwrap();
            let items = client.list_project_requests("p").items().concurrency(concurrency);
            let records: Vec<_> = items.try_collect().await.unwrap();
            assert_eq!(of_before(&records), (0..50).collect::<Vec<_>>(), "{arrivals}, {concurrency}");
        }
    }
}

#[tokio::test]
async fn whole_pages_that_are_known_to_have_arrived_are_left_out() {
    for arrivals in [20, 25, 30] {
        let server =
            Server::start(move |seen| dated(&grown(number(seen), if seen.n < 2 { 0 } else { arrivals }))).await;
        let ids: Vec<_> = read(&server, 1).await.into_iter().map(|record| record.request_id).collect();
        assert_eq!(ids, (0..50).map(|id| id.to_string()).collect::<Vec<_>>(), "{arrivals}");
    }
}

#[tokio::test]
async fn a_log_that_is_not_listed_newest_first_is_an_error_that_resumes_before_what_was_left_out() {
    // Page 2 is newer than all of page 0, and page 3 is not.
    let server = Server::start(|seen| {
        let n = number(seen);
        let mut body = page(n, 10, n * 10..(n * 10 + 10).min(45));
        if n == 2 {
            let records = body["requests"].as_array_mut().unwrap().iter_mut();
            records.for_each(|record| record["created"] = "2026-09-15T13:00:00Z".into());
        }
        dated(&body)
    })
    .await;
    let client = client_of(&server.base_url);
    let (before, error) = failed(client.list_project_requests("p").items()).await;
    assert_eq!((of_before(&before), error.page()), ((0..20).collect::<Vec<_>>(), Some(2)));
    assert!(error.to_string().contains("is not listed newest first"), "{error}");
}

#[tokio::test]
async fn a_clock_that_lags_behind_records_without_times_ends_no_window() {
    // The server lists up to `end` by the times that it does not tell: they are a minute past its clock.
    for concurrency in [1, 4] {
        let server = Server::start(|seen| {
            let listed = if seen.asked("end").is_some() { 25..50 } else { 0..50 };
            let records = listed.skip(number(seen) * 10).take(10).map(|id| json!({ "request_id": id.to_string() }));
            dated(&json!({ "page": number(seen), "limit": 10, "requests": records.collect::<Vec<_>>() }))
        })
        .await;
        assert_eq!(of_before(&read(&server, concurrency).await), (0..50).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_reading_from_a_later_page_takes_no_window_from_what_that_page_holds() {
    let server = Server::start(|seen| {
        let listed = if seen.asked("end").is_some() { 15..50 } else { 0..50 };
        success(page(number(seen), 10, listed.skip(number(seen) * 10).take(10)).to_string())
    })
    .await;
    let client = client_of(&server.base_url);
    let list = client.list_project_requests("p").page(2_u64);
    let records: Vec<RequestRecord> = list.items().try_collect().await.unwrap();
    assert_eq!(of_before(&records), (20..50).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_record_without_an_id_that_comes_again_is_an_error_that_says_so() {
    // One record arrives after the first page.
    let server = Server::start(|seen| {
        let mut body = grown(number(seen), usize::from(seen.n > 0));
        let records = body["requests"].as_array_mut().unwrap();
        for record in records {
            record.as_object_mut().unwrap().remove("request_id");
        }
        dated(&body)
    })
    .await;
    let client = client_of(&server.base_url);
    let (before, error) = failed(client.list_project_requests("p").items()).await;
    assert_eq!((before.len(), error.page()), (0, Some(1)));
    assert!(error.to_string().contains("repeats a record without an id"), "{error}");
}

#[tokio::test]
async fn the_end_of_arrivals_is_no_end_to_looking_again_at_what_was_asked_for_before() {
    // A record comes before page 1 is looked up and after pages 2 and 3 are; page 1 says that none will come any more.
    let closed = "date: Tue, 15 Sep 2026 12:01:00 GMT\r\n";
    let server = Server::start(move |seen| match number(seen) {
        0 => dated(&grown(0, 0)),
        1 => Reply::After(Duration::from_millis(30), answer("200 OK", closed, grown(1, 1).to_string())),
        n if seen.n < 4 => dated(&grown(n, 0)),
        n => Reply::Bytes(answer("200 OK", closed, grown(n, 1).to_string())),
    })
    .await;
    assert_eq!(of_before(&read(&server, 3).await), (0..50).collect::<Vec<_>>());
}
