//! Entries of the request log that do not decode: each is an error in its place, and hides no other.

use deepgram_mgmt::{Error, ErrorKind, Page};
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::paging::{failed, number, page};
use crate::server::{Reply, Seen, Server, http_response, json as success};
use crate::shared::{builder, client_of};

/// An entry of a page becomes one that does not decode.
fn spoil(page: &mut Value, index: usize) {
    page["requests"][index]["response"] = "hush".into();
}

/// A page of a log of 25 entries. Of these, 3, 9, 10 and 24 do not decode.
fn spoiled(seen: &Seen) -> Reply {
    let first = number(seen) * 10;
    let mut body = page(number(seen), 10, first..(first + 10).min(25));
    for bad in [3, 9, 10, 24] {
        if (first..first + 10).contains(&bad) {
            spoil(&mut body, bad - first);
        }
    }
    success(body.to_string())
}

/// Reads a stream: the id of each record, or that of a bad entry as a negative number.
async fn read(server: &Server, concurrency: usize) -> Vec<i64> {
    let client = client_of(&server.base_url);
    let mut items = client.list_project_requests("p").items().concurrency(concurrency);
    let mut read = Vec::new();
    while let Some(item) = items.next().await {
        read.push(match item {
            Ok(record) => record.request_id.parse().unwrap(),
            Err(error) => {
                -error.entry().unwrap_or_else(|| panic!("{error}")).request_id().unwrap().parse::<i64>().unwrap()
            }
        });
    }
    read
}

#[tokio::test]
async fn an_entry_that_does_not_decode_is_an_error_in_its_place_and_the_stream_goes_on() {
    for concurrency in [1, 4] {
        let server = Server::start(spoiled).await;
        let expected: Vec<i64> = (0..25).map(|id| if [3, 9, 10, 24].contains(&id) { -id } else { id }).collect();
        assert_eq!(read(&server, concurrency).await, expected);
        let mut asked: Vec<_> = server.seen().iter().map(number).collect();
        asked.sort_unstable();
        assert!(asked.starts_with(&[0, 1, 2]) && asked.len() < 3 + concurrency, "{asked:?}");
    }
}

#[tokio::test]
async fn an_entry_with_an_empty_id_is_a_bad_one_without_an_id() {
    for id in ["", " \u{3000}"] {
        let body = json!({ "requests": [{ "request_id": id, "path": "hush" }, { "request_id": "r" }], "limit": 9 });
        let server = Server::start(move |_| success(body.to_string())).await;
        let client = client_of(&server.base_url);
        let items: Vec<_> = client.list_project_requests("p").items().collect().await;
        let [Err(error), Ok(record)] = &items[..] else { panic!("{items:?}") };
        let entry = error.entry().unwrap();
        assert_eq!((record.request_id.as_str(), entry.request_id()), ("r", None));
        let said = r#"the entry holds ["path", "request_id"], and its `request_id` is null or empty"#;
        assert!(entry.reason().ends_with(said) && !format!("{error} {error:?}").contains("hush"), "{error}");
        assert!(error.to_string().contains("entry 0 of page 0: "), "{error}");
    }
}

#[tokio::test]
async fn entries_of_one_page_with_one_id_all_come_unless_they_are_equal() {
    for cursor in [json!(null), json!("next")] {
        let server = Server::start(move |seen| {
            let paths = [("a", "x"), ("b", "x"), ("a", "y"), ("a", "x"), ("b", "x"), ("a", "z")];
            let records = paths.map(|(id, path)| json!({ "request_id": id, "path": path }));
            let first = json!({ "requests": records, "limit": 6, "next_cursor": cursor });
            // A record of the first page may come again, and may have changed.
            let again = json!({ "requests": [{ "request_id": "a", "path": "w" }, { "request_id": "c" }], "limit": 6 });
            success(if seen.n == 0 { first } else { again }.to_string())
        })
        .await;
        let client = client_of(&server.base_url);
        let list = client.list_project_requests("p").items();
        let items: Vec<_> = list.try_collect().await.unwrap();
        let read: Vec<_> = items.iter().map(|record| (record.request_id.as_str(), record.path.as_deref())).collect();
        assert_eq!(read, [("a", Some("x")), ("b", Some("x")), ("a", Some("y")), ("a", Some("z")), ("c", None)]);
        assert_eq!(server.seen().len(), 2);
    }
}

#[tokio::test]
async fn the_error_says_where_the_entry_is_and_holds_its_json_and_prints_none_of_it() {
    let server = Server::start(|seen| {
        let Reply::Bytes(bytes) = spoiled(seen) else { unreachable!() };
        let text = String::from_utf8(bytes).unwrap();
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        Reply::Bytes(http_response("200 OK", "dg-request-id: of-the-call\r\n", body))
    })
    .await;
    let client = client_of(&server.base_url);
    let list = client.list_project_requests("p");
    let items: Vec<_> = list.clone().items().collect().await;
    let errors: Vec<&Error> = items.iter().filter_map(|item| item.as_ref().err()).collect();
    let places: Vec<_> = errors.iter().map(|error| (error.page(), error.entry().unwrap().index())).collect();
    assert_eq!(places, [(Some(0), 3), (Some(0), 9), (Some(1), 0), (Some(2), 4)]);
    let error = errors[2];
    assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Decode, 200));
    assert_eq!((error.operation(), error.request_id()), (Some("list_project_requests"), Some("of-the-call")));
    let entry = error.entry().unwrap();
    assert_eq!(entry.request_id(), Some("10"));
    let sent: Value = serde_json::from_str(entry.json()).unwrap();
    assert_eq!(sent, json!({ "request_id": "10", "created": "2026-09-15T11:59:59.990+00:00", "response": "hush" }));
    assert!(entry.reason().starts_with("at response, line 1 column "), "{}", entry.reason());
    let text = error.to_string();
    let begins =
        "list_project_requests: the response (200 OK) was not understood: entry 0 of page 1, of request 10: at ";
    assert!(text.starts_with(begins) && text.ends_with(" (request id of-the-call)"), "{text}");
    assert!(!text.contains("resume"), "{text}");
    for printed in [text, format!("{error:?}"), format!("{error:#?}"), format!("{items:?}"), format!("{entry:?}")] {
        assert!(!printed.contains("hush"), "{printed}");
    }
    // Read again from its page, the log gives that page and the rest of it.
    let resume = error.resume().unwrap();
    let again = list.end(resume.end.unwrap()).items().start_page(resume.page);
    assert_eq!(again.collect::<Vec<_>>().await.len(), 15);
}

#[tokio::test]
async fn a_page_holds_its_records_and_its_bad_entries_and_gives_them_in_order() {
    let server = Server::start(spoiled).await;
    let client = client_of(&server.base_url);
    let list = client.list_project_requests("p");
    let pages: Vec<Page> = list.clone().pages().try_collect().await.unwrap();
    let found: Vec<_> = pages.iter().map(|page| (page.records.len(), page.bad.len(), page.next.is_some())).collect();
    assert_eq!(found, [(8, 2, true), (9, 1, true), (4, 1, false)]);
    let order: Vec<bool> = pages.into_iter().flat_map(Page::into_entries).map(|entry| entry.is_ok()).collect();
    assert_eq!(order, (0..25).map(|id| ![3, 9, 10, 24].contains(&id)).collect::<Vec<_>>());
    // The call for one page is as strict as any.
    let error = list.send().await.unwrap_err();
    assert_eq!((error.kind(), error.entry().is_some()), (ErrorKind::Decode, false));
    assert!(error.to_string().contains("at requests[3].response"), "{error}");
}

#[tokio::test]
async fn a_bad_entry_that_moves_to_the_next_page_comes_once() {
    for has_id in [true, false] {
        // A record has arrived before page 1 is looked up: the last entry of page 0 is its first, too.
        let server = Server::start(move |seen| {
            let first = if number(seen) == 0 { 0 } else { number(seen) * 10 - 1 };
            let mut body = page(number(seen), 10, first..(first + 10).min(25));
            if (first..first + 10).contains(&9) {
                spoil(&mut body, 9 - first);
                if !has_id {
                    body["requests"][9 - first]["request_id"] = 9.into();
                }
            }
            success(body.to_string())
        })
        .await;
        if has_id {
            let expected: Vec<i64> = (0..25).map(|id| if id == 9 { -9 } else { id }).collect();
            assert_eq!(read(&server, 1).await, expected);
            continue;
        }
        // Nothing tells it from another like it.
        let client = client_of(&server.base_url);
        let items: Vec<_> = client.list_project_requests("p").items().collect().await;
        let [read @ .., Err(last)] = &items[..] else { panic!("{items:?}") };
        assert_eq!((read.len(), last.page(), last.entry().is_some()), (10, Some(1), false));
        assert!(last.to_string().contains("repeats a record without an id"), "{last}");
    }
}

#[tokio::test]
async fn like_entries_without_an_id_are_all_read_where_the_entries_above_show_that_the_log_did_not_move() {
    let server = Server::start(|seen| {
        let first = number(seen) * 10;
        let mut body = page(number(seen), 10, first..(first + 10).min(35));
        if first < 30 {
            body["requests"][4] = Value::Null;
            body["requests"][7] = Value::Null;
        }
        success(body.to_string())
    })
    .await;
    for concurrency in [1, 4] {
        let client = client_of(&server.base_url);
        let items = client.list_project_requests("p").items().concurrency(concurrency);
        let items: Vec<_> = items.collect().await;
        let bad: Vec<_> = items.iter().enumerate().filter_map(|(n, item)| Some((n, item.as_ref().err()?))).collect();
        assert_eq!(items.len(), 35);
        assert_eq!(bad.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [4, 7, 14, 17, 24, 27]);
        assert!(bad.iter().all(|(_, error)| error.entry().is_some_and(|entry| entry.json() == "null")));
    }
}

#[tokio::test]
async fn entries_of_every_kind_that_does_not_decode_hide_no_other() {
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let half = br#"{"request_id":"c","path":"#;
    let kinds: [Vec<u8>; 9] = [
        b"7".to_vec(),
        b"[\"a\"]".to_vec(),
        b"\"text\"".to_vec(),
        br#"{"request_id":"a", "created":"yesterday" }"#.to_vec(),
        br#"{"request":{"request_id":"b","response":[]}}"#.to_vec(),
        [&half[..], b"\"\xff\"}"].concat(),
        [&half[..], b"\"\\ud800\"}"].concat(),
        [br#"{"request_id":"d","callback":"#, deep.as_bytes(), b"}"].concat(),
        br#"{"request_id":"e","code":1e400}"#.to_vec(),
    ];
    let ids = [None, None, None, Some("a"), Some("b"), Some("c"), Some("c"), Some("d"), Some("e")];
    let [before, after] = ["{\"request_id\":\"first\"}", "{\"request_id\":\"last\"}"];
    for (kind, id) in kinds.into_iter().zip(ids) {
        let all = [before.as_bytes(), &kind, after.as_bytes()].join(&b",\n "[..]);
        let sent = [&b"{\"page\":0,\"limit\":9,\"requests\": ["[..], &all, b"]}"].concat();
        let server = Server::start(move |_| Reply::Bytes(http_response("200 OK", "", &sent))).await;
        let client = client_of(&server.base_url);
        let items: Vec<_> = client.list_project_requests("p").items().collect().await;
        let [Ok(before), Err(error), Ok(after)] = &items[..] else { panic!("{items:?}") };
        assert_eq!((before.request_id.as_str(), after.request_id.as_str()), ("first", "last"));
        let entry = error.entry().unwrap();
        assert_eq!((entry.index(), entry.request_id()), (1, id), "{error}");
        assert_eq!(entry.json(), String::from_utf8_lossy(&kind));
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_page_that_is_no_page_stays_one_error_that_ends_the_stream() {
    let crowded = format!("{{\"requests\":[{}]}}", vec!["{}"; 30_000].join(","));
    let numbers = format!("{{\"requests\":[{}]}}", vec!["1"; 40_000].join(","));
    for (body, said) in [
        ("", "the JSON ends too early"),
        ("[]", "expected"),
        (r#"{"request_id":"r"}"#, "nothing of"),
        (r#"{"requests":{}}"#, "at requests"),
        (r#"{"requests":[7],"page":"x"}"#, "at requests[0]"),
        (r#"{"requests":[7],"requests":[7]}"#, "at requests[0]"),
        (r#"{"requests":[7]"#, "at requests[0]"),
        ("[[7]]", "expected"),
        (&crowded, "more than one object in 16 bytes"),
        (&numbers, "at requests[0]"),
    ] {
        let sent = http_response("200 OK", "", body);
        let server = Server::start(move |_| Reply::Bytes(sent.clone())).await;
        let client = builder(&server.base_url).max_body_bytes(1_000_000).build().unwrap();
        let (before, error) = failed(client.list_project_requests("p").items()).await;
        assert_eq!((before.len(), error.kind(), error.page()), (0, ErrorKind::Decode, Some(0)), "{error}");
        assert!(error.entry().is_none() && error.to_string().contains(said), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn the_credential_is_masked_in_what_an_error_of_an_entry_prints_and_its_json_is_as_it_came() {
    let json = r#"{"request_id":"x-credential-hush","path":"credential-hush","code":"credential-hush"}"#;
    let server = Server::start(move |_| success(format!("{{\"requests\":[{json}],\"limit\":9}}"))).await;
    let client = client_of(&server.base_url);
    let items: Vec<_> = client.list_project_requests("p").items().collect().await;
    let [Err(error)] = &items[..] else { panic!("{items:?}") };
    let entry = error.entry().unwrap();
    assert_eq!((entry.request_id(), entry.json()), (Some("x-…"), json));
    let printed = format!("{error} {error:?} {error:#?} {entry:?} {}", entry.reason());
    assert!(printed.contains("of request x-…") && !printed.contains("hush"), "{printed}");
}
