//! The client's examples as programs: their output, and the requests that the server saw.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use deepgram_mgmt_sandbox::{Sandbox, seed};
use serde_json::Value;

use crate::server::{Reply, Server, http_response};

/// Builds the examples once, as the rest of the workspace is built, and finds one.
fn program(name: &str) -> &'static PathBuf {
    static BUILT: OnceLock<Vec<PathBuf>> = OnceLock::new();
    let all = BUILT.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--workspace", "--examples", "--locked", "--message-format=json-render-diagnostics"]);
        let built = cargo.stderr(Stdio::inherit()).output().unwrap();
        assert!(built.status.success(), "the examples do not build");
        let messages = String::from_utf8(built.stdout).unwrap();
        let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        messages.filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?))).collect()
    });
    all.iter().find(|path| path.file_stem().is_some_and(|stem| stem == name)).expect("the example was built")
}

pub(crate) async fn run(name: &'static str, base_url: &str, arguments: &[&str]) -> Output {
    run_with(name, base_url, arguments, &[]).await
}

pub(crate) async fn run_with(
    name: &'static str,
    base_url: &str,
    arguments: &[&str],
    variables: &[(&'static str, &str)],
) -> Output {
    let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let base_url = base_url.to_owned();
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    // Waiting for a program must not keep the server from responding to it.
    tokio::task::spawn_blocking(move || {
        let mut command = Command::new(program(name));
        command.args(arguments).env_clear().env("DEEPGRAM_API_KEY", seed::API_KEY).env("DEEPGRAM_BASE_URL", base_url);
        command.envs(variables).output().unwrap()
    })
    .await
    .unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn rotate_key_prints_the_new_key_alone_and_the_old_one_is_gone() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let output = run("rotate_key", &sandbox.base_url(), &[seed::PROJECT_ID, seed::KEY_ID]).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let key = text(&output.stdout).strip_suffix('\n').unwrap();
    assert!(!key.is_empty() && !key.contains('\n') && !text(&output.stderr).contains(key));
    let methods: Vec<_> = sandbox.requests().into_iter().map(|seen| seen.method).collect();
    assert_eq!(methods, ["GET", "POST", "GET", "DELETE"]);
    // The printed key opens the sandbox.
    let url = format!("{}/v1/projects/{}/keys/{}", sandbox.base_url(), seed::PROJECT_ID, seed::KEY_ID);
    let gone = reqwest::Client::new().get(url).header("authorization", format!("Token {key}")).send().await.unwrap();
    assert_eq!(gone.status(), 404);
}

#[tokio::test]
async fn rotate_key_of_no_key_is_one_line_and_exit_1() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let output = run("rotate_key", &sandbox.base_url(), &[seed::PROJECT_ID, seed::PROJECT_ID]).await;
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), ""));
    assert!(text(&output.stderr).contains("no new key was made"), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr).lines().count(), 1);
}

#[tokio::test]
async fn export_requests_writes_the_log_and_adds_what_came_since() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let arguments = [seed::PROJECT_ID, file.to_str().unwrap()];
    for (new, records) in [(0, seed::REQUESTS), (40, 40)] {
        sandbox.add_requests(seed::PROJECT_ID, new);
        let output = run("export_requests", &sandbox.base_url(), &arguments).await;
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let said = format!("{records} records added to {}\n", file.display());
        assert_eq!((text(&output.stdout), text(&output.stderr)), ("", said.as_str()));
    }
    let written = std::fs::read_to_string(&file).unwrap();
    let ids: std::collections::BTreeSet<&str> =
        written.lines().filter_map(|line| line.split("request_id").nth(1)).collect();
    assert_eq!((written.lines().count(), ids.len()), (67, 67));
}

#[tokio::test]
async fn usage_report_sums_every_project_and_zero_is_not_negative() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let output = run("usage_report", &sandbox.base_url(), &["2026-08-01", "2026-09-30"]).await;
    let report = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let line = report.lines().find(|line| line.starts_with(seed::PROJECT_ID)).unwrap();
    let requests: u64 = line.split_whitespace().rev().nth(1).unwrap().parse().unwrap();
    assert!(requests > 0, "{report}");
    let output = run("usage_report", &sandbox.base_url(), &["2020-01-01", "2020-01-02"]).await;
    let report = text(&output.stdout);
    assert!(report.contains(" 0.00") && !report.contains("-0.00"), "{report}");
}

#[tokio::test]
async fn examples_say_in_one_line_what_is_wrong_with_their_arguments() {
    for name in ["export_requests", "rotate_key"] {
        let output = run(name, "http://127.0.0.1:1", &[]).await;
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).starts_with(&format!("usage: {name} ")), "{}", text(&output.stderr));
    }
    for arguments in [&[][..], &["foo", "2026-09-01"]] {
        let output = run("usage_report", "http://127.0.0.1:1", arguments).await;
        assert_eq!((output.status.code(), text(&output.stderr).lines().count()), (Some(1), 1), "{output:?}");
    }
    let wrong = run("usage_report", "http://127.0.0.1:1", &["foo", "2026-09-01"]).await;
    assert!(text(&wrong.stderr).contains("`foo` is not a date or a date and time as in 2026-"), "{wrong:?}");
}

#[tokio::test]
async fn a_call_of_plain_http_to_this_machine_does_not_go_through_a_proxy_of_the_environment() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let proxy = Server::start(|_| Reply::Bytes(http_response("502 Bad Gateway", "", ""))).await;
    let variables = ["http_proxy", "HTTP_PROXY", "ALL_PROXY"].map(|name| (name, proxy.base_url.as_str()));
    let arguments = ["2026-08-01", "2026-09-30"];
    let output = run_with("usage_report", &sandbox.base_url(), &arguments, &variables).await;
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(!sandbox.requests().is_empty() && proxy.seen().is_empty());
}

#[tokio::test]
async fn the_environment_says_what_is_sent_where_and_an_empty_variable_says_nothing() {
    let (key, token, scheme) = ("DEEPGRAM_API_KEY", "DEEPGRAM_ACCESS_TOKEN", "DEEPGRAM_AUTH_SCHEME");
    for (variables, sent) in [
        (&[(key, "key"), (token, "token")][..], Some("Token key")),
        (&[(key, ""), (token, "token")], Some("Bearer token")),
        (&[(key, "key"), (scheme, "bearer")], Some("Bearer key")),
        (&[(key, ""), (token, "token"), (scheme, "TOKEN")], Some("Token token")),
        (&[(key, "key"), (token, "token"), (scheme, "")], Some("Token key")),
        // None of these is corrected in silence.
        (&[(key, "hush\n"), (token, "token")], None),
        (&[(key, "hush"), (scheme, "basic")], None),
        (&[(key, ""), (token, "")], None),
        (&[(key, "hush"), ("DEEPGRAM_BASE_URL", "http://hush.example.com")], None),
    ] {
        let server = Server::start(|_| Reply::Bytes(http_response("200 OK", "", r#"{"projects":[]}"#))).await;
        let output = run_with("usage_report", &server.base_url, &["2026-08-01", "2026-09-30"], variables).await;
        let seen: Vec<_> = server.seen().iter().map(|seen| seen.header("authorization").unwrap().to_owned()).collect();
        assert_eq!(seen, sent.into_iter().collect::<Vec<_>>(), "{variables:?}");
        let said = text(&output.stderr);
        assert_eq!(output.status.success(), sent.is_some(), "{variables:?}: {said}");
        assert!(sent.is_some() || said.lines().count() == 1 && !said.contains("hush"), "{said}");
    }
}
