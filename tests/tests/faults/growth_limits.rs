//! A growing request log whose records, clock or order say too little: it is read in order, or the error says why not.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deepgram_mgmt::Error;
use deepgram_mgmt::types::RequestRecord;
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::growth::{NOW, dated, grown, of_before, read};
use crate::paging::{NEWEST, failed, in_flight, number, page};
use crate::server::{Reply, Seen, Server, http_response, json as success};
use crate::shared::{builder, client_of};

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
                    http_response("200 OK", NOW, body.to_string())
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
        1 => Reply::After(Duration::from_millis(30), http_response("200 OK", closed, grown(1, 1).to_string())),
        n if seen.n < 4 => dated(&grown(n, 0)),
        n => Reply::Bytes(http_response("200 OK", closed, grown(n, 1).to_string())),
    })
    .await;
    assert_eq!(of_before(&read(&server, 3).await), (0..50).collect::<Vec<_>>());
}
