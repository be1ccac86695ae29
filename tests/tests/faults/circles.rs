//! Servers whose request log never ends: after few requests, the client stops with one error.

use serde_json::{Value, json};

use crate::paging::{failed, ids, number, page};
use crate::server::{Reply, Seen, Server, http_response, json as success};
use crate::shared::client_of;

/// Pages of `SIZE` records that do not say which page they are.
const SIZE: usize = 3;

fn unnumbered(page: usize, has_ids: bool) -> String {
    let record = |n: usize| {
        let created = format!("2026-09-15T12:00:{:02}Z", n % 60);
        if has_ids { json!({ "request_id": n.to_string(), "created": created }) } else { json!({ "created": created }) }
    };
    let records: Vec<Value> = (page * SIZE..(page + 1) * SIZE).map(record).collect();
    json!({ "requests": records }).to_string()
}

/// Reads a log whose page `n` is page `n % period`; yields how many records and requests there were before the error.
async fn wrapped(period: usize, has_ids: bool, concurrency: usize) -> (usize, usize) {
    let server = Server::start(move |seen: &Seen| success(unnumbered(number(seen) % period, has_ids))).await;
    let client = client_of(&server.base_url);
    let items = client.list_project_requests("p").items().concurrency(concurrency);
    let (before, error) = failed(items).await;
    assert!(error.to_string().contains("goes in circles"), "{error}");
    (before.len(), server.seen().len())
}

#[tokio::test]
async fn page_numbers_that_wrap_around_end_with_an_error_and_double_no_record() {
    for period in [1, 2, 7] {
        let (records, requests) = wrapped(period, true, 1).await;
        assert_eq!(records, period * SIZE);
        // New records could explain some pages of old ones, but not so many.
        assert_eq!(requests, period + 11);
    }
    let (records, requests) = wrapped(7, true, 3).await;
    assert!(records == 7 * SIZE && requests < 40, "{records}, {requests}");
}

#[tokio::test]
async fn page_numbers_that_wrap_around_are_found_out_as_soon_where_no_record_is_expected_any_more() {
    for (period, concurrency) in [(1, 1), (7, 1), (7, 4)] {
        let server = Server::start(move |seen: &Seen| {
            let date = "date: Tue, 15 Sep 2026 13:00:00 GMT\r\n";
            Reply::Bytes(http_response("200 OK", date, unnumbered(number(seen) % period, true)))
        })
        .await;
        let client = client_of(&server.base_url);
        let list = client.list_project_requests("p").end("2026-09-15T12:30:00Z");
        let (before, error) = failed(list.items().concurrency(concurrency)).await;
        assert!(error.to_string().contains("goes in circles"), "{error}");
        let requests = server.seen().len();
        assert_eq!(before.len(), period * SIZE);
        assert!(requests == period + 11 || concurrency > 1 && requests < 40, "{requests}");
    }
}

#[tokio::test]
async fn a_repeated_page_of_records_without_ids_is_found_out_at_once() {
    for period in [1, 2, 7] {
        // An entry without an id is no record.
        assert_eq!(wrapped(period, false, 1).await, (0, period + 1));
    }
}

#[tokio::test]
async fn wrapped_pages_are_found_out_even_when_their_ids_are_forgotten() {
    // More records before the first repetition than ids are remembered.
    const PAGES: usize = 30;
    let server = Server::start(|seen: &Seen| {
        let start = number(seen) % PAGES * 1000;
        let records: Vec<Value> = (start..start + 1000).map(|id| json!({ "request_id": id.to_string() })).collect();
        success(json!({ "requests": records }).to_string())
    })
    .await;
    let client = client_of(&server.base_url);
    let (before, _) = failed(client.list_project_requests("p").items()).await;
    assert_eq!((before.len(), server.seen().len()), (PAGES * 1000, PAGES + 1));
}

#[tokio::test]
async fn a_page_that_comes_again_under_ever_new_cursors_is_found_out_at_once() {
    let server = Server::start(|seen: &Seen| {
        let mut page: Value = serde_json::from_str(&unnumbered(0, true)).unwrap();
        page["next_cursor"] = format!("c{}", seen.n).into();
        success(page.to_string())
    })
    .await;
    let client = client_of(&server.base_url);
    let (before, error) = failed(client.list_project_requests("p").items()).await;
    assert_eq!((before.len(), error.page(), server.seen().len()), (SIZE, Some(1), 2));
}

#[tokio::test]
async fn an_empty_page_that_names_a_cursor_is_followed() {
    for name in ["next_cursor", "cursor"] {
        for empty in [vec![0], vec![1, 2], vec![0, 3, 4, 5]] {
            let is_empty = empty.clone();
            let server = Server::start(move |seen: &Seen| {
                let n = seen.asked("cursor").map_or(0, |cursor| cursor[1..].parse().unwrap());
                let ids = if is_empty.contains(&n) { vec![] } else { vec![n] };
                let mut body = page(n, 1, ids);
                if n < 6 {
                    body[name] = format!("c{}", n + 1).into();
                }
                success(body.to_string())
            })
            .await;
            let client = client_of(&server.base_url);
            let items: Vec<_> = client.list_project_requests("p").items().try_collect().await.unwrap();
            assert_eq!(ids(&items), (0..7).filter(|n| !empty.contains(n)).collect::<Vec<_>>());
            assert_eq!(server.seen().len(), 7);
        }
    }
}

#[tokio::test]
async fn a_cursor_that_a_later_page_is_the_first_to_name_is_followed() {
    for concurrency in [1, 4] {
        let server = Server::start(move |seen: &Seen| match (seen.asked("cursor"), number(seen)) {
            (Some("on"), _) => success(page(2, 3, 4..6).to_string()),
            (_, 0) => success(page(0, 3, 0..3).to_string()),
            (_, 1) => {
                let mut body = page(1, 3, []);
                body["next_cursor"] = "on".into();
                success(body.to_string())
            }
            (_, n) => success(page(n, 3, []).to_string()),
        })
        .await;
        let client = client_of(&server.base_url);
        let items = client.list_project_requests("p").items().concurrency(concurrency);
        assert_eq!(ids(&items.try_collect::<Vec<_>>().await.unwrap()), [0, 1, 2, 4, 5]);
    }
}

#[tokio::test]
async fn empty_pages_with_cursors_without_end_are_an_error_and_a_cursor_that_comes_again_is_one_at_once() {
    for (is_new, requests) in [(true, 1_001), (false, 2)] {
        let server = Server::start(move |seen: &Seen| {
            let cursor = if is_new { seen.n } else { 0 };
            success(json!({ "requests": [], "next_cursor": format!("c{cursor}") }).to_string())
        })
        .await;
        let client = client_of(&server.base_url);
        let (before, error) = failed(client.list_project_requests("p").items()).await;
        assert_eq!((before.len(), server.seen().len()), (0, requests));
        assert!(error.to_string().contains("goes in circles"), "{error}");
        // From the last cursor that was followed.
        assert_eq!(error.resume().unwrap().cursor, Some(format!("c{}", requests - 2)));
    }
}
