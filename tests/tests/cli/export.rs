//! The export of the request log: every record once, whatever stops it, and what came since.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deepgram_mgmt::{Client, Credentials, ExportError, Exported, Retry, Timestamp};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::program::{path as program, run};
use crate::server::{Reply, Seen, Server, http_response, json as reply};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

/// A log that a server lists newest first, within a period whose bounds are part of it or not.
#[derive(Clone, Default)]
struct Log {
    records: Arc<Mutex<Vec<(String, Timestamp)>>>,
    leaves_out_bounds: bool,
}

impl Log {
    /// A log with a record at each of these ages, oldest first.
    fn of_ages(ages: impl IntoIterator<Item = Duration>) -> Self {
        let log = Self::default();
        let now = Timestamp::now();
        for (n, age) in ages.into_iter().enumerate() {
            log.add(&format!("r{n}"), now - age);
        }
        log
    }

    fn add(&self, id: &str, created: Timestamp) {
        let mut records = self.records.lock().unwrap();
        records.push((id.to_owned(), created));
        records.sort_by_key(|(_, created)| *created);
    }

    fn ids(&self) -> Vec<String> {
        self.records.lock().unwrap().iter().map(|(id, _)| id.clone()).collect()
    }

    fn page(&self, seen: &Seen) -> Reply {
        let time = |name| {
            let text = seen.asked(name).map(|text| percent_decode_str(text).decode_utf8().unwrap().into_owned());
            text.map(|text| text.parse::<Timestamp>().unwrap())
        };
        let number = |name: &str, default: usize| seen.asked(name).map_or(default, |text| text.parse().unwrap());
        let (start, end, limit, page) = (time("start"), time("end"), number("limit", 10), number("page", 0));
        let out = self.leaves_out_bounds;
        let lies_within = |created: Timestamp| {
            start.is_none_or(|start| created > start || !out && created == start)
                && end.is_none_or(|end| created < end || !out && created == end)
        };
        let records = self.records.lock().unwrap();
        let found = records.iter().rev().filter(|(_, created)| lies_within(*created));
        let found = found.skip(page * limit).take(limit).map(|(id, created)| {
            json!({ "request_id": id, "created": created, "project_uuid": "p", "response": { "details": { "usd": 9e-5 } } })
        });
        reply(json!({ "page": page, "limit": limit, "requests": found.collect::<Vec<_>>() }).to_string())
    }

    async fn serve(&self) -> Server {
        let log = self.clone();
        Server::start(move |seen| log.page(seen)).await
    }

    /// Fails from its `n`th request on.
    async fn serve_until(&self, n: usize) -> Server {
        let log = self.clone();
        let failure = || Reply::Bytes(http_response("400 Bad Request", "", r#"{"err_msg":"not now"}"#));
        Server::start(move |seen| if seen.n < n { log.page(seen) } else { failure() }).await
    }
}

async fn export(server: &Server, file: &Path, append: bool) -> Result<Exported, ExportError> {
    let builder = Client::builder().credentials(Credentials::api_key("k")).base_url(&server.base_url);
    let client = builder.retry(Retry::never()).build().unwrap();
    client.export_requests("p", file).append(append).run().await
}

fn ids(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    let records = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    records.map(|record| record["request_id"].as_str().unwrap().to_owned()).collect()
}

fn part(file: &Path) -> PathBuf {
    PathBuf::from(format!("{}.part", file.display()))
}

/// A log of 120 days: quiet, with a busy day, records of one second, and older ones than the log should have.
fn varied() -> Log {
    let quiet = (0..120).map(|days| DAY * days + HOUR);
    let busy = (0..2500).map(|n| DAY * 3 + Duration::from_secs(n * 30));
    let at_once = (0..5).map(|_| DAY * 2);
    let mut ages: Vec<Duration> = quiet.chain(busy).chain(at_once).collect();
    ages.sort();
    ages.reverse();
    Log::of_ages(ages)
}

#[tokio::test]
async fn an_export_has_every_record_once_oldest_first_whether_bounds_are_part_of_a_period_or_not() {
    let folder = tempfile::tempdir().unwrap();
    for leaves_out_bounds in [false, true] {
        let log = Log { leaves_out_bounds, ..varied() };
        let server = log.serve().await;
        let file = folder.path().join(format!("log-{leaves_out_bounds}"));
        let exported = export(&server, &file, false).await.unwrap();
        assert!(ids(&file) == log.ids(), "{} of {}", ids(&file).len(), log.ids().len());
        assert_eq!((exported.records, exported.bad, exported.gap_after), (2625, 0, None));
        assert!(!part(&file).exists());
        let first: Value = serde_json::from_str(fs::read_to_string(&file).unwrap().lines().next().unwrap()).unwrap();
        assert_eq!(first["response"], json!({ "details": { "usd": 9e-5 } }));
        assert!(server.seen().iter().all(|seen| seen.asked("limit") == Some("1000") && seen.asked("end").is_some()));
    }
}

#[tokio::test]
async fn a_day_of_more_records_than_are_held_in_memory_is_read_in_parts() {
    let log = Log::of_ages((0..6000).rev().map(|n| DAY + Duration::from_secs(n * 5)));
    let server = log.serve().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let mut most = 0;
    let builder = Client::builder().credentials(Credentials::api_key("k")).base_url(&server.base_url);
    let client = builder.build().unwrap();
    let mut before = 0;
    let report = |progress: deepgram_mgmt::ExportProgress| {
        most = most.max(progress.records - before);
        before = progress.records;
        assert!(progress.start < progress.end && progress.done <= progress.end);
    };
    client.export_requests("p", &file).on_progress(report).run().await.unwrap();
    assert!(ids(&file) == log.ids() && (1000..=5000).contains(&most), "{most} at once");
}

#[tokio::test]
async fn an_export_that_fails_at_any_call_goes_on_to_the_file_that_one_without_failure_makes() {
    let (log, folder) = (varied(), tempfile::tempdir().unwrap());
    let whole = log.serve().await;
    let file = folder.path().join("whole");
    export(&whole, &file, false).await.unwrap();
    for calls in 0..whole.seen().len() {
        let file = folder.path().join(format!("log-{calls}"));
        // Pages are read ahead: the last calls may be of pages beyond the end.
        let Err(failed) = export(&log.serve_until(calls).await, &file, false).await else {
            assert!(calls > 5 && ids(&file) == log.ids());
            break;
        };
        assert!(failed.to_string().contains("400 Bad Request") && failed.call().is_some(), "{failed}");
        assert!(!file.exists(), "a file that is not whole has not its name");
        export(&whole, &file, false).await.unwrap();
        assert!(ids(&file) == log.ids(), "after {calls} calls");
    }
}

#[tokio::test]
async fn a_file_that_was_cut_off_anywhere_loses_and_doubles_nothing() {
    let log = Log::of_ages((0..60).rev().map(|n| HOUR * n * 7));
    let (server, folder) = (log.serve().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("log");
    export(&server, &file, false).await.unwrap();
    let whole = fs::read(&file).unwrap();
    for length in (0..whole.len()).step_by(61).chain([whole.len() - 1, whole.len()]) {
        for (there, append) in [(part(&file), false), (file.clone(), true)] {
            let _ = fs::remove_file(&file);
            fs::write(&there, &whole[..length]).unwrap();
            let exported = export(&server, &file, append).await.unwrap();
            let is_at_end = |at: usize| at == 0 || whole[at - 1] == b'\n' || whole[at] == b'\n';
            assert_eq!(exported.cut, length < whole.len() && !is_at_end(length), "at byte {length}");
            assert!(fs::read(&file).unwrap() == whole, "cut off at byte {length}, {}", there.display());
        }
    }
}

#[tokio::test]
async fn a_record_without_its_line_break_stays_and_a_part_of_one_is_cut_off_and_told() {
    let log = Log::of_ages([HOUR * 2, HOUR]);
    let (server, folder) = (log.serve().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("log");
    let command = ["requests", "export", file.to_str().unwrap(), "--project=p", "--append"];
    let added = |count: usize| format!("{count} records added to {}\n", file.display());
    let cut = "the file ended with a part of a record, which was cut off\n";
    let old = r#"{"request_id":"old","created":"2026-01-01T00:00:00Z"}"#;
    let older = r#"{"request_id":"older","created":"2026-01-01T00:00:00Z"}"#;
    for (before, kept, said) in [
        (format!("{older}\n{old}"), vec!["older", "old"], ""),
        (old.to_owned(), vec!["old"], ""),
        (format!("{old}\n{}", &older[..older.len() - 1]), vec!["old"], cut),
        (format!("{old}\n{{"), vec!["old"], cut),
        ("{\"request_id\":".to_owned(), vec![], cut),
    ] {
        fs::write(&file, &before).unwrap();
        let ran = run(&server.base_url, &command).await.succeeded();
        let says = format!("{}{said}", added(2));
        assert!(ran.stderr.starts_with(&says), "{before}: {}", ran.stderr);
        assert_eq!(ran.stderr.contains(cut), said == cut, "{before}: {}", ran.stderr);
        assert_eq!(ids(&file), [kept, vec!["r0", "r1"]].concat(), "{before}");
    }
}

#[tokio::test]
async fn append_adds_what_came_since_and_what_was_written_late_once() {
    let log = Log::of_ages((1..40).rev().map(|n| HOUR * n * 5));
    let (server, folder) = (log.serve().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("log");
    // The first run of a daily job has no file.
    let exported = export(&server, &file, true).await.unwrap();
    let before = fs::read_to_string(&file).unwrap();
    assert_eq!(exported.records, 39);
    assert!(matches!(export(&server, &file, true).await, Ok(Exported { records: 0, .. })));
    assert_eq!(fs::read_to_string(&file).unwrap(), before);

    let now = Timestamp::now();
    log.add("late", now - HOUR * 20);
    log.add("new-1", now - HOUR);
    log.add("new-2", now);
    let seen = server.seen().len();
    assert_eq!(export(&server, &file, true).await.unwrap().records, 3);
    let after = fs::read_to_string(&file).unwrap();
    assert!(after.starts_with(&before), "what was there stays as it was");
    assert_eq!(ids(&file)[39..], ["late", "new-1", "new-2"]);
    assert!(server.seen().len() - seen <= 2, "only the end of the log is read");
    // And again, with the late one above newer ones in the file.
    log.add("later", now - HOUR * 20);
    assert_eq!(export(&server, &file, true).await.unwrap().records, 1);
    let found = ids(&file);
    assert_eq!(found.iter().collect::<BTreeSet<_>>(), log.ids().iter().collect());
    assert_eq!(found.len(), log.ids().len());
}

#[tokio::test]
async fn a_file_that_is_older_than_the_log_reaches_back_says_after_which_record_some_may_be_missing() {
    let log = Log::of_ages([DAY * 100]);
    let (server, folder) = (log.serve().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("log");
    export(&server, &file, false).await.unwrap();
    let newest = log.records.lock().unwrap()[0].1;
    assert_eq!(export(&server, &file, true).await.unwrap().gap_after, Some(newest));
}

#[tokio::test]
async fn a_file_that_is_no_export_of_the_project_stays_as_it_is_and_nothing_is_asked_for() {
    let log = Log::of_ages([HOUR]);
    let (server, folder) = (log.serve().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("log");
    let record = |project: &str| format!("{{\"request_id\":\"a\",\"project_uuid\":\"{project}\"}}\n");
    for (content, append, said) in [
        (record("p"), false, "log: exists; choose another name, or append to it"),
        (
            record("q"),
            true,
            "log: its last line is a record of another project; mend or delete that line, or export to another file",
        ),
        (
            "notes\n".to_owned(),
            true,
            "log: its last line is not JSON; mend or delete that line, or export to another file",
        ),
        (
            format!("{{\"request_id\"\n{}", record("p")),
            true,
            "log: line 2 from its end is not JSON; mend or delete that line, or export to another file",
        ),
        // The part at its end stays, too.
        (
            format!("{}{{\"req", record("q")),
            true,
            "log: line 2 from its end is a record of another project; mend or delete that line, or export to another file",
        ),
        ("notes".to_owned(), true, "log: does not end with a record, so it is no export; choose another name"),
        (
            format!("{}notes", record("p")),
            true,
            "log: does not end with a record, so it is no export; choose another name",
        ),
    ] {
        fs::write(&file, &content).unwrap();
        let error = export(&server, &file, append).await.unwrap_err();
        assert!(error.to_string().ends_with(said) && error.call().is_none(), "{error}");
        assert_eq!(fs::read_to_string(&file).unwrap(), content);
    }
    let nowhere = folder.path().join("none").join("log");
    let error = export(&server, &nowhere, false).await.unwrap_err().to_string();
    let missing = format!("the folder `{}` does not exist; create it", nowhere.parent().unwrap().display());
    assert!(error.ends_with(&missing), "{error}");
    let error = export(&server, folder.path(), true).await.unwrap_err().to_string();
    assert_eq!(error, format!("{}: is a folder; name a file", folder.path().display()));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_server_that_does_not_know_periods_is_an_error_and_fills_no_file() {
    let all = Log::of_ages((0..10).rev().map(|n| DAY * n));
    let server = Server::start(move |seen| {
        let without_period = Seen { query: "limit=1000".to_owned(), ..seen.clone() };
        all.page(&without_period)
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let error = export(&server, &file, false).await.unwrap_err();
    assert!(error.to_string().contains("a record of another time than the one asked for"), "{error}");
    assert_eq!((fs::read_to_string(part(&file)).unwrap().as_str(), file.exists()), ("", false));
}

#[tokio::test]
async fn an_entry_that_does_not_decode_is_a_line_as_it_came_once() {
    let server = Server::start(|seen| {
        // One window has records; every window has the entry without an id or a time.
        let odd = "{\"response\":\n  [[1]], \"n\": 12345678901234567890123}";
        let page = if seen.asked("page") == Some("0") { odd } else { "" };
        reply(format!("{{\"page\":{},\"limit\":1000,\"requests\":[{page}]}}", seen.asked("page").unwrap()))
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let exported = export(&server, &file, false).await.unwrap();
    assert_eq!((exported.records, exported.bad), (1, 1));
    let written = fs::read_to_string(&file).unwrap();
    assert_eq!(written, "{\"response\":   [[1]], \"n\": 12345678901234567890123}\n");
    assert!(server.seen().len() > 3);
    assert_eq!(export(&server, &file, true).await.unwrap().records, 0);
}

#[tokio::test]
async fn the_command_exports_and_appends_and_says_so_on_standard_error_alone() {
    let (log, folder) = (varied(), tempfile::tempdir().unwrap());
    let server = log.serve().await;
    let file = folder.path().join("log");
    let name = file.to_str().unwrap();
    let command = ["requests", "export", name, "--project=p"];
    let exported = run(&server.base_url, &command).await.succeeded();
    assert_eq!((exported.stdout.as_str(), exported.stderr), ("", format!("2625 records added to {name}\n")));
    run(&server.base_url, &command).await.failed(2, "exists; choose another name, or append to it with --append\n");
    log.add("new", Timestamp::now());
    let appended = run(&server.base_url, &[&command[..], &["--append"]].concat()).await.succeeded();
    assert_eq!(appended.stderr, format!("1 record added to {name}\n"));
    assert!(ids(&file) == log.ids());
}

#[tokio::test]
async fn a_program_that_is_killed_goes_on_where_it_was() {
    let (log, folder) = (varied(), tempfile::tempdir().unwrap());
    let whole = log.serve().await;
    for (n, stalls_at) in [0, 2, 4, 6].into_iter().enumerate() {
        let stalling = {
            let log = log.clone();
            Server::start(move |seen| if seen.n < stalls_at { log.page(seen) } else { Reply::Stall }).await
        };
        let file = folder.path().join(format!("log-{n}"));
        let mut command = std::process::Command::new(program());
        command.args(["requests", "export", file.to_str().unwrap(), "--project=p"]).env_clear();
        command.env("DEEPGRAM_API_KEY", "k").env("DEEPGRAM_BASE_URL", &stalling.base_url);
        let mut running = command.spawn().unwrap();
        while stalling.seen().len() <= stalls_at {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        running.kill().unwrap();
        running.wait().unwrap();
        assert!(part(&file).exists() && !file.exists());
        let arguments = ["requests", "export", file.to_str().unwrap(), "--project=p"];
        run(&whole.base_url, &arguments).await.succeeded();
        assert!(ids(&file) == log.ids(), "killed after {stalls_at} calls");
    }
}

#[tokio::test]
async fn an_export_that_ends_early_names_no_page_of_a_window_to_resume_from() {
    let server = Server::start(|_| Reply::Bytes(http_response("403 Forbidden", "", "{}"))).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let export = run(&server.base_url, &["requests", "export", file.to_str().unwrap(), "--project=p"]).await;
    export.failed(1, "list_project_requests: 403 Forbidden\n");
    assert!(server.seen()[0].path.ends_with("/requests") && !export.stderr.contains("page"), "{export:?}");
}
