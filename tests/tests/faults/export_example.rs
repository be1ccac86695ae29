//! The example `export_requests` as a program: the file, the remains of a failed run, and the next run.

use std::fs;
use std::path::PathBuf;

use deepgram_mgmt_sandbox::{Sandbox, seed};
use serde_json::{Value, json};

use crate::examples::{run, run_with, text};
use crate::paging::number;
use crate::server::{Reply, Seen, Server, http_response};

/// A file of this test process alone, removed at the end of the test.
struct Export(PathBuf);

impl Export {
    fn new() -> Self {
        static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let n = COUNT.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Self(std::env::temp_dir().join(format!("deepgram-mgmt-export-{}-{n}.ndjson", std::process::id())))
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn resume(&self) -> PathBuf {
        PathBuf::from(format!("{}.resume", self.path()))
    }

    fn part(&self) -> PathBuf {
        PathBuf::from(format!("{}.part", self.path()))
    }

    fn ids(&self) -> Vec<String> {
        let lines = fs::read_to_string(&self.0).unwrap();
        let records = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        records.map(|record| record["request_id"].as_str().unwrap().to_owned()).collect()
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        for path in [&self.0, &self.resume(), &self.part()] {
            let _ = fs::remove_file(path);
        }
    }
}

#[tokio::test]
async fn export_requests_writes_every_record_of_the_log_once() {
    let sandbox = Sandbox::start_live().await.unwrap();
    sandbox.add_requests(seed::PROJECT_ID, 2500);
    let export = Export::new();
    let output = run("export_requests", &sandbox.base_url(), &[seed::PROJECT_ID, export.path()]).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let mut ids = export.ids();
    let written = ids.len();
    ids.sort();
    ids.dedup();
    assert!(written >= 2500 && ids.len() == written, "{written} written, {} records", ids.len());
    assert!(!export.resume().exists());
}

#[tokio::test]
async fn export_requests_goes_on_where_it_failed_with_the_window_it_had() {
    // 3,500 records; page 2 is an error at first.
    let body = |seen: &Seen| {
        let (n, limit) = (number(seen), 1000);
        let record = |id: usize| {
            let created = format!("2026-09-15T{:02}:{:02}:00Z", 11 - id / 60 % 12, 59 - id % 60);
            json!({ "request_id": id.to_string(), "created": created })
        };
        let records: Vec<Value> = (n * limit..((n + 1) * limit).min(3500)).map(record).collect();
        let body = json!({ "page": n, "limit": limit, "requests": records });
        http_response("200 OK", "date: Tue, 15 Sep 2026 12:00:00 GMT\r\n", body.to_string())
    };
    let failing = Server::start(move |seen| match number(seen) {
        2 => Reply::Bytes(http_response("400 Bad Request", "", r#"{"err_msg":"not now"}"#)),
        _ => Reply::Bytes(body(seen)),
    })
    .await;
    let export = Export::new();
    let output = run("export_requests", &failing.base_url, &["p", export.path()]).await;
    assert_eq!((output.status.code(), export.resume().exists()), (Some(1), true));
    assert!(text(&output.stderr).contains("resume from page 2"), "{}", text(&output.stderr));
    // A page that was not finished is written again.
    let unfinished = fs::read_to_string(export.part()).unwrap() + "{\"request_id\":";
    fs::write(export.part(), unfinished).unwrap();

    let server = Server::start(move |seen| Reply::Bytes(body(seen))).await;
    let output = run("export_requests", &server.base_url, &["p", export.path()]).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(export.ids(), (0..3500).map(|id| id.to_string()).collect::<Vec<_>>());
    assert!(!export.resume().exists() && !export.part().exists());
    let seen = server.seen();
    assert_eq!(number(&seen[0]), 2);
    assert!(seen.iter().all(|seen| seen.asked("end") == Some("2026-09-15T12%3A00%3A01Z")));
}

#[tokio::test]
async fn export_requests_goes_on_by_the_cursor_where_the_log_is_read_by_cursors() {
    let body = |seen: &Seen| {
        let n: usize = seen.asked("cursor").map_or(0, |cursor| cursor[1..].parse().unwrap());
        let next = (n < 3).then(|| format!("c{}", n + 1));
        json!({ "requests": [{ "request_id": n.to_string() }], "next_cursor": next }).to_string()
    };
    let failing = Server::start(move |seen| match seen.asked("cursor") {
        Some("c2") => Reply::Bytes(http_response("400 Bad Request", "", r#"{"err_msg":"not now"}"#)),
        _ => Reply::Bytes(http_response("200 OK", "", body(seen))),
    })
    .await;
    let export = Export::new();
    let output = run("export_requests", &failing.base_url, &["p", export.path()]).await;
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let server = Server::start(move |seen| Reply::Bytes(http_response("200 OK", "", body(seen)))).await;
    let output = run("export_requests", &server.base_url, &["p", export.path()]).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(export.ids(), ["0", "1", "2", "3"]);
    let asked: Vec<_> =
        server.seen().iter().map(|seen| (seen.asked("cursor").map(str::to_owned), number(seen))).collect();
    assert_eq!(asked, [(Some("c2".to_owned()), 0), (Some("c3".to_owned()), 0)]);
}

/// Three pages, by cursors, and an error: an export of project `p` that is not finished.
async fn unfinished(export: &Export) {
    let server = Server::start(|seen| match seen.n {
        0..3 => json_reply(
            &json!({ "requests": [{ "request_id": seen.n.to_string() }], "next_cursor": format!("c{}", seen.n) }),
        ),
        _ => Reply::Bytes(http_response("400 Bad Request", "", "")),
    })
    .await;
    let output = run("export_requests", &server.base_url, &["p", export.path()]).await;
    assert_eq!((output.status.code(), server.seen().len()), (Some(1), 4), "{}", text(&output.stderr));
}

fn json_reply(body: &Value) -> Reply {
    Reply::Bytes(http_response("200 OK", "", body.to_string()))
}

#[tokio::test]
async fn export_requests_keeps_an_older_file_until_the_new_one_is_whole() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let export = Export::new();
    let arguments = [seed::PROJECT_ID, export.path()];
    fs::write(export.path(), "old").unwrap();
    let key = [("DEEPGRAM_API_KEY", "wrong")];
    let output = run_with("export_requests", &sandbox.base_url(), &arguments, &key).await;
    assert_eq!((output.status.code(), sandbox.requests().len()), (Some(1), 1));
    assert!(text(&output.stderr).contains("401"), "{}", text(&output.stderr));
    assert_eq!(fs::read_to_string(export.path()).unwrap(), "old");
    assert!(!export.resume().exists());
    // Nothing of the failure stands in the way.
    let output = run("export_requests", &sandbox.base_url(), &arguments).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(export.ids().len() > 10 && !export.part().exists());

    unfinished(&export).await;
    assert!(export.ids().len() > 10 && export.part().exists(), "the older file is there beside the new part");
}

#[tokio::test]
async fn export_requests_goes_on_with_what_it_left_alone_or_says_what_to_delete() {
    let server = Server::start(|_| json_reply(&json!({ "requests": [] }))).await;
    for (project, spoil, said) in [
        ("q", (|_| ()) as fn(&Export), "is of project `p`"),
        ("p", |export| fs::remove_file(export.part()).unwrap(), "bytes, not 0"),
        ("p", |export| fs::write(export.part(), "{").unwrap(), "bytes, not 1"),
        ("p", |export| fs::write(export.resume(), "{\"project\":\"p\"").unwrap(), "EOF while parsing"),
        ("p", |export| fs::write(export.resume(), "").unwrap(), "EOF while parsing"),
    ] {
        let export = Export::new();
        unfinished(&export).await;
        spoil(&export);
        let kept = fs::read_to_string(export.resume()).unwrap();
        let output = run("export_requests", &server.base_url, &[project, export.path()]).await;
        let stderr = text(&output.stderr);
        assert_eq!((output.status.code(), stderr.lines().count()), (Some(1), 1), "{stderr}");
        let begins = format!("export_requests: {}: ", export.resume().display());
        assert!(stderr.starts_with(&begins) && stderr.contains(said), "{stderr}");
        assert!(stderr.ends_with("; delete it to start anew\n"), "{stderr}");
        assert_eq!(fs::read_to_string(export.resume()).unwrap(), kept);
        // The cure cures.
        fs::remove_file(export.resume()).unwrap();
        let output = run("export_requests", &server.base_url, &[project, export.path()]).await;
        assert_eq!((output.status.code(), fs::read_to_string(export.path()).unwrap().as_str()), (Some(0), ""));
    }
}

#[tokio::test]
async fn export_requests_names_the_file_that_it_cannot_write_before_it_asks_for_anything() {
    let server = Server::start(|_| json_reply(&json!({ "requests": [] }))).await;
    let folder = std::env::temp_dir();
    let nowhere = folder.join("no such folder").join("log");
    for (file, said) in [(&folder, "is a folder"), (&nowhere, "log.part: ")] {
        let file = file.to_str().unwrap();
        let output = run("export_requests", &server.base_url, &["p", file]).await;
        let stderr = text(&output.stderr);
        assert!(stderr.starts_with(&format!("export_requests: {file}")) && stderr.contains(said), "{stderr}");
        assert_eq!((output.status.code(), stderr.lines().count(), server.seen().len()), (Some(1), 1, 0));
    }
}

/// A record that decodes, with every kind of value and in the order of the client's own JSON.
fn whole_record(id: usize) -> Value {
    json!({
        "api_key_id": "k", "callback": { "code": 200 }, "created": "2026-09-15T12:00:00Z", "path": "/v1/listen",
        "request_id": id.to_string(),
        "response": { "code": 200, "details": { "usd": 9e-5, "models": ["m"], "tags": ["t"] } },
    })
}

#[tokio::test]
async fn export_requests_writes_a_log_of_3000_records_with_5_that_do_not_decode_whole_and_in_order() {
    const BAD: [usize; 5] = [0, 999, 1000, 1500, 2999];
    // None of these decodes: as it comes, over several lines, with a number and a property that no record has.
    let entry = |id: usize| match id {
        0 => "{\"request_id\":\"0\",\r\n  \"response\": \"text\",\n \"n\": 12345678901234567890123 }".to_owned(),
        999 => "null".to_owned(),
        1000 => "{ \"request_id\": \"1000\", \"response\": [[1]], \"new\": {\"x\": \"a\\nb\"} }".to_owned(),
        1500 => "{\"request_id\":7}".to_owned(),
        2999 => "{\"request\":{\"request_id\":\"2999\",\"created\":[]}}".to_owned(),
        good => whole_record(good).to_string(),
    };
    let body = move |seen: &Seen| {
        let page = number(seen);
        let entries: Vec<String> = (page * 1000..(page * 1000 + 1000).min(3000)).map(entry).collect();
        format!("{{\"page\":{page},\"limit\":1000,\"requests\":[{}]}}", entries.join(","))
    };
    let export = Export::new();
    let failing = Server::start(move |seen| match number(seen) {
        0 | 1 => Reply::Bytes(http_response("200 OK", "", body(seen))),
        _ => Reply::Bytes(http_response("400 Bad Request", "", r#"{"err_msg":"not now"}"#)),
    })
    .await;
    let output = run("export_requests", &failing.base_url, &["p", export.path()]).await;
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let server = Server::start(move |seen| Reply::Bytes(http_response("200 OK", "", body(seen)))).await;
    let output = run("export_requests", &server.base_url, &["p", export.path()]).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let said = "5 entries do not decode; they are there as they came\n";
    assert!(text(&output.stderr).ends_with(said), "{}", text(&output.stderr));
    assert_eq!(number(&server.seen()[0]), 2);

    let written = fs::read_to_string(export.path()).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(lines.len(), 3000);
    for (id, line) in lines.into_iter().enumerate() {
        if BAD.contains(&id) {
            assert_eq!(line, entry(id).replace(['\r', '\n'], " "));
        } else {
            assert_eq!(serde_json::from_str::<Value>(line).unwrap(), whole_record(id));
        }
    }
}
