//! The chores: rotation, keys that expire, and the chart of usage.

use std::fs;

use deepgram_mgmt::Timestamp;
use deepgram_mgmt_sandbox::{Sandbox, SeenRequest, seed};
use serde_json::json;

use crate::program::{Setting, run, run_in};
use crate::server::{Reply, Server, http_response, json as reply};

const SEEDED: [&str; 2] = ["--project", seed::PROJECT_ID];
const PROJECT: &str = "--project=p";

fn methods(seen: &[SeenRequest]) -> Vec<&str> {
    seen.iter().map(|seen| seen.method.as_str()).collect()
}

#[tokio::test]
async fn rotate_shows_the_new_key_alone_and_the_old_one_is_gone() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let rotate = [&["keys", "rotate", seed::KEY_ID], &SEEDED[..]].concat();
    run(&sandbox.base_url(), &rotate).await.failed(2, "repeat it with --yes");
    assert_eq!(sandbox.take_requests(), []);
    let rotated = run(&sandbox.base_url(), &[&rotate[..], &["--yes"]].concat()).await.succeeded();
    let key = rotated.stdout.strip_suffix('\n').unwrap();
    assert!(
        !key.contains('\n') && rotated.stderr.starts_with("new key ") && !rotated.stderr.contains(key),
        "{rotated:?}"
    );
    assert_eq!(methods(&sandbox.take_requests()), ["GET", "POST", "GET", "DELETE"]);
    let variables = [("DEEPGRAM_API_KEY", key)];
    let get = [&["keys", "get", seed::KEY_ID], &SEEDED[..]].concat();
    run_in(&sandbox.base_url(), &get, Setting { variables: &variables, ..Setting::default() }).await.failed(1, "404");
}

#[tokio::test]
async fn a_rotation_that_fails_halfway_keeps_the_new_key_in_its_file_and_is_exit_code_3() {
    let server = Server::start(|seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", _) => reply(r#"{"api_key_id":"new","key":"hush","scopes":["member"]}"#),
        ("DELETE", _) => Reply::Bytes(http_response("403 Forbidden", "", r#"{"err_msg":"not yours"}"#)),
        (_, path) => reply(json!({ "api_key_id": path.rsplit('/').next(), "scopes": ["member"] }).to_string()),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.key");
    let arguments = ["keys", "rotate", "old", "--project=p", "--yes", "--secret-file", file.to_str().unwrap()];
    let run = run(&server.base_url, &arguments).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{run:?}");
    assert!(run.stderr.contains("both keys exist") && !run.stderr.contains("hush"), "{run:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "hush\n");
}

#[tokio::test]
async fn a_rotation_whose_deletion_was_done_by_an_attempt_without_a_response_is_done() {
    let is_deleted = std::sync::atomic::AtomicBool::new(false);
    let server = Server::start(move |seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", _) => reply(r#"{"api_key_id":"new","key":"hush","scopes":["member"]}"#),
        ("DELETE", _) if is_deleted.swap(true, std::sync::atomic::Ordering::Relaxed) => {
            Reply::Bytes(http_response("404 Not Found", "", r#"{"err_msg":"no such key"}"#))
        }
        ("DELETE", _) => Reply::Reset,
        (_, path) => reply(json!({ "api_key_id": path.rsplit('/').next(), "scopes": ["member"] }).to_string()),
    })
    .await;
    let run = run(&server.base_url, &["keys", "rotate", "old", PROJECT, "--yes"]).await.succeeded();
    assert!(run.stdout == "hush\n" && run.stderr.starts_with("new key new\n"), "{run:?}");
    let methods: Vec<String> = server.seen().into_iter().map(|seen| seen.method).collect();
    assert_eq!(methods, ["GET", "POST", "GET", "DELETE", "DELETE"]);
}

#[tokio::test]
async fn a_dry_run_of_a_rotation_reads_the_old_key_and_prints_the_calls_that_change_something() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.key");
    let rotate = ["keys", "rotate", seed::KEY_ID, "--dry-run", "--secret-file", file.to_str().unwrap()];
    let shown = run(&sandbox.base_url(), &[&rotate[..], &SEEDED].concat()).await.succeeded();
    let keys = format!("{}/v1/projects/{}/keys", sandbox.base_url(), seed::PROJECT_ID);
    let lines: Vec<&str> = shown.stdout.lines().collect();
    let [post, body, delete] = lines[..] else { panic!("{shown:?}") };
    assert_eq!((post, delete), (&*format!("POST {keys}"), &*format!("DELETE {keys}/{}", seed::KEY_ID)));
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(body["scopes"], json!(["usage:write"]));
    assert!(body["comment"].as_str().unwrap().starts_with("seeded key [rotation "), "{body}");
    assert!(shown.stderr.starts_with("dry run: ") && !file.exists(), "{shown:?}");
    assert_eq!(methods(&sandbox.take_requests()), ["GET"]);
    // It may read which project there is.
    let key = r#"{"api_key_id":"k","scopes":["member"]}"#;
    let server = Server::start(move |seen| {
        reply(if seen.path == "/v1/projects" { r#"{"projects":[{"project_id":"p"}]}"# } else { key })
    });
    let server = server.await;
    let shown = run(&server.base_url, &["keys", "rotate", "k", "--dry-run"]).await.succeeded();
    assert!(shown.stdout.starts_with(&format!("POST {}/v1/projects/p/keys\n", server.base_url)), "{shown:?}");
    assert!(server.seen().iter().all(|seen| seen.method == "GET"));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_rotation_whose_new_secret_cannot_be_kept_deletes_nothing() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut program = std::process::Command::new(crate::program::path());
    program.args(["keys", "rotate", seed::KEY_ID, "--yes"]).args(SEEDED).env_clear().stdout(full()).stderr(full());
    program.env("DEEPGRAM_API_KEY", seed::API_KEY).env("DEEPGRAM_BASE_URL", sandbox.base_url());
    let status = tokio::task::spawn_blocking(move || program.status().unwrap()).await.unwrap();
    assert_eq!(status.code(), Some(3));
    assert_eq!(methods(&sandbox.take_requests()), ["GET", "POST", "GET"]);
}

#[tokio::test]
async fn a_new_secret_that_the_fields_leave_out_is_not_made() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let create = [&["keys", "create", "--comment=c", "--scopes=usage:read", "--fields=comment"], &SEEDED[..]].concat();
    run(&sandbox.base_url(), &create).await.failed(2, "leaves out the new secret");
    assert_eq!(sandbox.take_requests(), []);
}

#[tokio::test]
async fn expiring_lists_the_keys_of_all_projects_that_expire_within_the_time_the_next_one_first() {
    let day = std::time::Duration::from_secs(86_400);
    let key = |id: &str, expires: Option<Timestamp>| json!({ "api_key_id": id, "expiration_date": expires });
    let now = Timestamp::now();
    let first = json!({ "api_keys": [
        key("in-29-days", Some(now + day * 29)), key("never", None), key("in-31-days", Some(now + day * 31)),
    ] });
    let second = json!({ "api_keys": [key("tomorrow", Some(now + day)), key("yesterday", Some(now - day))] });
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/v1/projects" => reply(r#"{"projects":[{"project_id":"p1","name":"one"},{"project_id":"p2"}]}"#),
        "/v1/projects/p1/keys" => reply(first.to_string()),
        _ => reply(second.to_string()),
    })
    .await;
    let found = run(&server.base_url, &["keys", "expiring", "--within", "30d"]).await.succeeded().json();
    let found: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|found| (&found["key"]["api_key_id"], &found["project"]["project_id"]))
        .collect();
    assert_eq!(found, [(&json!("tomorrow"), &json!("p2")), (&json!("in-29-days"), &json!("p1"))]);
    let csv = ["keys", "expiring", "--within=2d", "--output=csv", "--fields=key.api_key_id,project.project_id"];
    assert_eq!(
        run(&server.base_url, &csv).await.succeeded().stdout,
        "key.api_key_id,project.project_id\ntomorrow,p2\n"
    );
}

#[tokio::test]
async fn a_project_whose_keys_cannot_be_read_does_not_hide_those_of_the_others_and_is_exit_code_1() {
    let tomorrow = Timestamp::now() + std::time::Duration::from_secs(86_400);
    let keys = json!({ "api_keys": [{ "api_key_id": "k", "expiration_date": tomorrow }] });
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/v1/projects" => reply(r#"{"projects":[{"project_id":"p1"},{"project_id":"p2"}]}"#),
        "/v1/projects/p1/keys" => Reply::Bytes(http_response("403 Forbidden", "", "{}")),
        _ => reply(keys.to_string()),
    })
    .await;
    let run = run(&server.base_url, &["keys", "expiring"]).await;
    assert_eq!((run.code, &run.json()[0]["key"]["api_key_id"]), (Some(1), &json!("k")), "{run:?}");
    assert_eq!(run.stderr, "the keys of the project p1 are missing: list_project_keys: 403 Forbidden\n");
}

#[tokio::test]
async fn a_dry_run_of_a_chore_that_only_reads_prints_its_calls_and_sends_and_writes_nothing() {
    let server = Server::start(|_| reply("{}")).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let file = file.to_str().unwrap();
    for (chore, expected) in [
        (&["keys", "expiring"][..], &["/v1/projects", "/v1/projects/EACH_PROJECT/keys"][..]),
        (&["requests", "export", file, PROJECT], &["/v1/projects/p/requests?limit=1000"]),
        (&["usage", "chart", PROJECT, "--start=2026-09-01"], &["/v1/projects/p/usage?start=2026-09-01T00%3A00%3A00Z"]),
        (&["usage", "chart", "--by=dollars", PROJECT], &["/v1/projects/p/billing/breakdown"]),
    ] {
        let arguments = [chore, &["--dry-run"]].concat();
        let no_key = Setting { variables: &[("DEEPGRAM_API_KEY", "")], ..Setting::default() };
        let shown = run_in(&server.base_url, &arguments, no_key).await.succeeded();
        let expected: Vec<String> = expected.iter().map(|path| format!("GET {}{path}", server.base_url)).collect();
        assert_eq!(
            (shown.stdout.lines().collect::<Vec<_>>(), shown.stderr.as_str()),
            (expected.iter().map(String::as_str).collect(), ""),
            "{chore:?}"
        );
    }
    assert!(server.seen().is_empty() && fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[tokio::test]
async fn a_chart_has_a_bar_of_each_day_in_proportion_and_the_data_without_rounding() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let period = ["--start=2026-09-01", "--end=2026-09-05"];
    for (by, path) in [("hours", "/usage"), ("dollars", "/billing/breakdown")] {
        let chart = |form| [&["usage", "chart", "--by", by, "--output", form], &period[..], &SEEDED].concat();
        sandbox.take_requests();
        let rows = run(&sandbox.base_url(), &chart("json")).await.succeeded().json();
        let seen = sandbox.take_requests();
        assert!(seen[0].path.ends_with(path) && seen.len() == 1, "{seen:?}");
        let rows = rows.as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]["start"]), (4, &json!("2026-09-01T00:00:00Z")));
        let bars = run(&sandbox.base_url(), &chart("table")).await.succeeded().stdout;
        let most = rows.iter().map(|row| row[by].as_f64().unwrap()).fold(0.0, f64::max);
        for (line, row) in bars.lines().zip(rows) {
            let cells: Vec<&str> = line.split(' ').collect();
            let amount = row[by].as_f64().unwrap();
            let length = format!("{:.0}", amount / most * 50.0);
            let bar = (cells[0], cells[1].chars().count().to_string());
            assert_eq!(bar, (&row["start"].as_str().unwrap()[..10], length));
            assert_eq!(cells[2].parse(), Ok(amount));
        }
        assert_eq!(bars.lines().count(), 4);
    }
    // Bars have no fields.
    let fields = [&["usage", "chart", "--output=table", "--fields=hours"], &period[..], &SEEDED].concat();
    let table = run(&sandbox.base_url(), &fields).await.succeeded().stdout;
    let cells: Vec<&str> = table.lines().map(str::trim).collect();
    assert!(cells[0] == "hours" && cells.len() == 5 && cells[1].parse::<f64>().is_ok(), "{table}");
    let none = [&["usage", "chart", "--output=table", "--start=2020-01-01", "--end=2020-01-02"], &SEEDED[..]].concat();
    assert_eq!(run(&sandbox.base_url(), &none).await.succeeded().stdout, "");
}

#[tokio::test]
async fn what_a_dry_run_shows_of_a_server_does_not_steer_a_terminal() {
    let comment = "a\u{1b}[31m\u{202e}\u{9b}31mZ\u{7}";
    let key =
        json!({ "api_key_id": "old", "comment": comment, "scopes": ["member"], "tags": ["\u{202e}"] }).to_string();
    let server = Server::start(move |_| reply(&key)).await;
    let shown = run(&server.base_url, &["keys", "rotate", "old", PROJECT, "--dry-run"]).await.succeeded();
    assert!(shown.stdout.chars().all(|c| c == '\n' || (' '..='~').contains(&c)), "{shown:?}");
    let body: serde_json::Value = serde_json::from_str(shown.stdout.lines().nth(1).unwrap()).unwrap();
    assert!(body["comment"].as_str().unwrap().starts_with(comment) && body["tags"] == json!(["\u{202e}"]), "{body}");
    assert!(server.seen().iter().all(|seen| seen.method == "GET"));
}

#[tokio::test]
async fn a_chore_rejects_options_of_the_output_that_it_would_ignore() {
    let server = Server::start(|_| reply("{}")).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    for chore in
        [&["keys", "rotate", "k", PROJECT, "--yes"][..], &["requests", "export", file.to_str().unwrap(), PROJECT]]
    {
        for option in ["--output=json", "--fields=key"] {
            let run = run(&server.base_url, &[chore, &[option]].concat()).await;
            run.failed(2, "--output and --fields have no effect on this command");
        }
    }
    assert!(server.seen().is_empty() && !file.exists());
}
