//! The start of a reading of the request log, and its continuation after a failure.

use deepgram_mgmt::ResumePoint;
use deepgram_mgmt::types::RequestRecord;
use serde_json::json;

use crate::paging::{failed, ids, log, number, page};
use crate::server::{Reply, Seen, Server, http_response, json as success};
use crate::shared::client_of;

#[tokio::test]
async fn the_page_of_the_request_is_where_the_stream_starts_unless_it_is_told_another() {
    let server = Server::start(log(35)).await;
    let client = client_of(&server.base_url);
    let list = || client.list_project_requests("p").page(2_u64);
    let records: Vec<_> = list().items().try_collect().await.unwrap();
    assert_eq!(ids(&records), (20..35).collect::<Vec<_>>());
    let pages: Vec<_> = list().pages().start_page(3).try_collect().await.unwrap();
    assert_eq!(pages.iter().map(|page| page.number).collect::<Vec<_>>(), [3]);
    assert_eq!(server.seen().iter().map(number).collect::<Vec<_>>(), [2, 3, 3]);
}

#[tokio::test]
async fn a_page_that_is_no_number_is_refused_before_anything_is_sent() {
    let server = Server::start(log(35)).await;
    let client = client_of(&server.base_url);
    let (before, error) = failed(client.list_project_requests("p").page(-1).items()).await;
    assert!(before.is_empty() && error.to_string().contains("page:"), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn every_page_says_where_the_next_is_and_a_failure_where_it_can_be_read_again_with_the_same_window() {
    let failing = |seen: &Seen| {
        let refused = Reply::Bytes(http_response("400 Bad Request", "", r#"{"err_msg":"not now"}"#));
        if number(seen) == 2 { refused } else { log(35)(seen) }
    };
    let server = Server::start(failing).await;
    let client = client_of(&server.base_url);
    let mut pages = client.list_project_requests("p").pages();
    pages.try_next().await.unwrap();
    let before = pages.try_next().await.unwrap().unwrap();
    let error = pages.try_next().await.unwrap_err();
    let resume = error.resume().unwrap();
    assert_eq!(before.next.as_ref(), Some(resume));
    assert_eq!((resume.page, resume.cursor.as_deref()), (2, None));
    // It can be kept.
    let kept = serde_json::to_string(resume).unwrap();
    assert_eq!(&serde_json::from_str::<ResumePoint>(&kept).unwrap(), resume);

    let again = Server::start(log(35)).await;
    let client = client_of(&again.base_url);
    let list = client.list_project_requests("p").end(resume.end.unwrap());
    let pages: Vec<_> = list.pages().start_page(resume.page).try_collect().await.unwrap();
    let rest: Vec<RequestRecord> = pages.iter().flat_map(|page| page.records.clone()).collect();
    assert_eq!(ids(&rest), (20..35).collect::<Vec<_>>());
    assert_eq!(pages.last().unwrap().next, None);
    // The window of the first reading.
    assert_eq!(again.seen()[0].asked("end"), server.seen()[1].asked("end"));
}

#[tokio::test]
async fn a_log_read_from_a_cursor_goes_on_by_cursors_alone_and_ends_without_one() {
    let cursors = |seen: &Seen| {
        let n: usize = seen.asked("cursor").map_or(0, |cursor| cursor[1..].parse().unwrap());
        let mut body = page(n, 1, [n]);
        if n < 3 {
            body["next_cursor"] = json!(format!("c{}", n + 1));
        }
        success(body.to_string())
    };
    let server = Server::start(cursors).await;
    let client = client_of(&server.base_url);
    let list = client.list_project_requests("p").cursor("c2").page(7_u64);
    let records: Vec<_> = list.items().try_collect().await.unwrap();
    assert_eq!(ids(&records), [2, 3]);
    let asked: Vec<_> = server
        .seen()
        .iter()
        .map(|seen| (seen.asked("cursor").is_some(), seen.asked("page")))
        .map(|(c, p)| (c, p.is_some()))
        .collect();
    assert_eq!(asked, [(true, false), (true, false)]);
}
