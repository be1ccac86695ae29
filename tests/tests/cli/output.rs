//! The forms of the output: data on standard output, whole and exact, and inert where a terminal may read it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use deepgram_mgmt_sandbox::{Sandbox, seed};
use serde_json::{Value, json};

use crate::program::{parts, path, run};
use crate::server::{Reply, Server, http_response, json as reply};

const PROJECT: &str = "--project=p";

#[tokio::test]
async fn without_a_terminal_the_output_is_json_with_the_properties_that_nobody_knows() {
    let body = json!({ "api_keys": [{ "api_key_id": "k", "tier": { "n": [1, 2.5] } }], "next": "x" });
    let server = Server::start(move |_| reply(body.to_string())).await;
    let run = run(&server.base_url, &["keys", "list", PROJECT]).await.succeeded();
    let expected = json!({ "api_keys": [{ "api_key_id": "k", "tier": { "n": [1, 2.5] } }], "next": "x" });
    assert_eq!((run.json(), run.stderr.as_str()), (expected, ""));
}

#[tokio::test]
async fn a_number_beyond_64_bits_keeps_its_digits_in_every_form_as_a_text() {
    let server = Server::start(|_| reply(r#"{"api_keys":[{"api_key_id":"k","odd":-1.25e400,"usd":9e-05}]}"#)).await;
    for form in ["json", "ndjson", "csv", "table"] {
        let run = run(&server.base_url, &["keys", "list", PROJECT, "--output", form]).await.succeeded();
        assert!(run.stdout.contains("-1.25e400") && run.stdout.contains("0.00009"), "{run:?}");
    }
}

#[tokio::test]
async fn every_form_has_the_entries_and_the_chosen_fields_of_them() {
    let keys = json!([
        { "api_key_id": "k1", "comment": "a, \"b\"", "scopes": ["x", "y"], "member": { "email": "e@x" } },
        { "api_key_id": "k2", "scopes": ["x"], "usd": 9e-5 },
    ]);
    let server = Server::start(move |_| reply(json!({ "api_keys": keys }).to_string())).await;
    let printed = async |form: &str, fields: &str| {
        let mut arguments = vec!["keys", "list", PROJECT, "--output", form];
        arguments.extend((!fields.is_empty()).then_some("--fields").into_iter());
        arguments.extend((!fields.is_empty()).then_some(fields).into_iter());
        run(&server.base_url, &arguments).await.succeeded().stdout
    };
    // The properties of the document in its order, then the others.
    let csv = "api_key_id,comment,scopes,member.email,usd\nk1,\"a, \"\"b\"\"\",\"x,y\",e@x,\nk2,,x,,0.00009\n";
    assert_eq!(printed("csv", "").await, csv);
    assert_eq!(printed("csv", "usd,member.email").await, "usd,member.email\n,e@x\n0.00009,\n");
    let lines = printed("ndjson", "").await;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[0]["member"], &lines[1]["usd"]), (2, &json!({ "email": "e@x" }), &json!(9e-5)));
    assert_eq!(printed("ndjson", "api_key_id").await, "{\"api_key_id\":\"k1\"}\n{\"api_key_id\":\"k2\"}\n");
    let chosen: Value = serde_json::from_str(&printed("json", "api_key_id,member").await).unwrap();
    assert_eq!(
        chosen,
        json!([{ "api_key_id": "k1", "member": { "email": "e@x" } }, { "api_key_id": "k2", "member": null }])
    );
    let table = printed("table", "api_key_id,usd").await;
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows, [vec!["api_key_id", "usd"], vec!["k1"], vec!["k2", "0.00009"]]);
}

#[tokio::test]
async fn a_table_of_many_columns_names_those_that_it_leaves_out_on_standard_error() {
    let record = json!({ "request_id": "r", "a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "g": 7, "h": 8 });
    let server = Server::start(move |_| reply(json!({ "requests": [record] }).to_string())).await;
    let run = run(&server.base_url, &["requests", "list", PROJECT, "--output", "table"]).await.succeeded();
    assert_eq!(run.stdout.lines().next().unwrap().split_whitespace().count(), 8, "{run:?}");
    assert_eq!(run.stderr, "more columns: --fields request_id,a,b,c,d,e,f,g,h\n");
}

#[tokio::test]
async fn a_text_of_the_server_steers_no_terminal_in_any_form() {
    let hostile = "a\u{1b}[2J\u{9b}31m\u{202e}b\u{2028}\nc\td";
    let body = json!({ "projects": [{ "project_id": "p", "name": hostile, hostile: hostile }] });
    let server = Server::start(move |_| reply(body.to_string())).await;
    for form in ["table", "json", "ndjson"] {
        let run = run(&server.base_url, &["projects", "list", "--output", form]).await.succeeded();
        let steers = |c: char| c != '\n' && (c.is_control() || matches!(c, '\u{2028}' | '\u{202e}'));
        assert!(!run.stdout.contains(steers) && run.stdout.contains("[2J"), "{form}: {run:?}");
        if form != "table" {
            let value = if form == "json" { run.json()["projects"][0].clone() } else { run.json() };
            assert_eq!((&value["name"], &value[hostile]), (&json!(hostile), &json!(hostile)), "{form}");
        }
    }
}

#[tokio::test]
async fn a_response_that_is_one_object_is_a_table_of_its_properties() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let arguments = ["projects", "get", "--output", "table", "--project", seed::PROJECT_ID];
    let run = run(&sandbox.base_url(), &arguments).await.succeeded();
    let rows: Vec<Vec<&str>> = run.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    let expected = [
        vec!["project_id", seed::PROJECT_ID],
        vec!["name", "Sandbox"],
        vec!["company", "Example", "Inc"],
        vec!["mip_opt_out", "true"],
    ];
    assert_eq!(rows, expected);
}

#[tokio::test]
async fn all_reads_every_page_of_the_log_once_in_every_form_with_the_filters() {
    let sandbox = Sandbox::start_live().await.unwrap();
    sandbox.add_requests(seed::PROJECT_ID, 1500);
    let command = |form: &'static str| {
        [
            "requests",
            "list",
            "--all",
            "--limit=500",
            "--status=succeeded",
            "--project",
            seed::PROJECT_ID,
            "--output",
            form,
        ]
    };
    let mut found = Vec::new();
    for form in ["json", "ndjson", "csv"] {
        let run = run(&sandbox.base_url(), &command(form)).await.succeeded();
        assert_eq!(run.stderr, "");
        let ids: Vec<String> = match form {
            "json" => run.json()["requests"].as_array().unwrap().iter().map(|r| r["request_id"].to_string()).collect(),
            "ndjson" => {
                let lines = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
                lines.map(|record| record["request_id"].to_string()).collect()
            }
            _ => {
                let column =
                    run.stdout.lines().next().unwrap().split(',').position(|name| name == "request_id").unwrap();
                // Only values before the id hold commas in quotes: there are none in this log.
                run.stdout.lines().skip(1).map(|line| format!("{:?}", cells(line)[column])).collect()
            }
        };
        let mut unique = ids.clone();
        unique.sort();
        unique.dedup();
        assert!(ids.len() > 1000 && unique.len() == ids.len(), "{form}: {} of {}", unique.len(), ids.len());
        found.push(ids);
    }
    assert!(found[0] == found[1] && found[1] == found[2]);
    assert!(sandbox.requests().iter().all(|seen| {
        let query = seen.query.as_deref().unwrap();
        query.contains("status=succeeded") && query.contains("limit=500")
    }));
}

/// The cells of a line of CSV.
fn cells(line: &str) -> Vec<String> {
    parts(line, ',', '"')
}

#[tokio::test]
async fn an_entry_that_does_not_decode_is_there_as_it_came_and_named_on_standard_error() {
    let server = Server::start(|seen| match seen.n {
        0 => reply(r#"{"page":0,"limit":2,"requests":[{"request_id":"a"},{"request_id":7}]}"#),
        _ => reply(r#"{"page":1,"limit":2,"requests":[]}"#),
    })
    .await;
    let run = run(&server.base_url, &["requests", "list", "--all", PROJECT, "--output=ndjson"]).await.succeeded();
    assert_eq!(run.stdout, "{\"request_id\":\"a\"}\n{\"request_id\":7}\n");
    assert_eq!(run.stderr, "page 0: 1 of the entries could not be decoded, and stay as they came\n");
}

/// Runs the program, and closes its output before it writes.
pub(crate) async fn run_unread(base_url: String, arguments: &[&str]) -> std::process::Output {
    let mut command = std::process::Command::new(path());
    command.args(arguments).env_clear().env("DEEPGRAM_API_KEY", seed::API_KEY).env("DEEPGRAM_BASE_URL", base_url);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let waiting = tokio::task::spawn_blocking(move || {
        let mut program = command.spawn().unwrap();
        drop(program.stdout.take());
        program.wait_with_output().unwrap()
    });
    waiting.await.unwrap()
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_is_no_error_unless_a_secret_is_lost() {
    let sandbox = Sandbox::start_live().await.unwrap();
    for form in ["json", "ndjson", "csv", "table"] {
        let arguments = ["requests", "list", "--all", "--project", seed::PROJECT_ID, "--output", form];
        let output = run_unread(sandbox.base_url(), &arguments).await;
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{form}: {stderr}");
        assert!(form == "table" || stderr.is_empty(), "{form}: {stderr}");
    }
    let create = ["keys", "create", "--comment=c", "--scopes=member", "--project", seed::PROJECT_ID];
    let output = run_unread(sandbox.base_url(), &create).await;
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), stderr.lines().count()), (Some(3), 1), "{stderr}");
    assert!(
        stderr.contains("standard output: Broken pipe (os error 32); the new secret is lost: delete ")
            && !stderr.contains("-sandbox-key"),
        "{stderr}"
    );
    let output = run_unread(sandbox.base_url(), &["keys", "list", "--help"]).await;
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}

#[tokio::test]
async fn a_field_that_nobody_knows_is_an_error_that_names_the_known_ones_and_one_that_is_there_is_none() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/v1/projects" => reply(r#"{"projects":[]}"#),
        _ => reply(r#"{"api_keys":[{"api_key_id":"k","odd":{"x":1}}]}"#),
    })
    .await;
    let list = async |fields: &str| run(&server.base_url, &["keys", "list", PROJECT, "--fields", fields]).await;
    for form in ["table", "json", "ndjson", "csv"] {
        let run = run(&server.base_url, &["keys", "list", PROJECT, "--fields=scope", "--output", form]).await;
        run.failed(2, "--fields: `scope` is no property of an entry; there are api_key_id, key, comment, scopes, ");
        assert!(run.stderr.contains(", member.email, ") && run.stderr.ends_with(", odd.x\n"), "{run:?}");
    }
    // The document knows the first two, and the response has the third.
    assert_eq!(
        list("tags,member,odd.x").await.succeeded().json(),
        json!([{ "tags": null, "member": null, "odd.x": 1 }])
    );
    let seen = server.seen().len();
    let create = ["keys", "create", PROJECT, "--comment=c", "--scopes=member", "--fields=key,odd"];
    run(&server.base_url, &create).await.failed(2, "`odd` is no property of an entry");
    assert_eq!(server.seen().len(), seen, "a key was made all the same");
    let expiring = ["keys", "expiring", "--fields"];
    run(&server.base_url, &[&expiring[..], &["key.tags,project.name,expires"]].concat()).await.succeeded();
    run(&server.base_url, &[&expiring[..], &["key.tag"]].concat()).await.failed(2, "`key.tag` is no property");
}

#[tokio::test]
async fn an_error_amid_the_log_says_how_to_go_on_and_the_advice_works() {
    let page = |n: usize| {
        let record =
            |id: usize| json!({ "request_id": id.to_string(), "created": format!("2026-09-15T11:32:{}Z", 59 - id) });
        let records: Vec<Value> = (n * 2..n * 2 + 2).filter(|id| *id < 8).map(record).collect();
        json!({ "page": n, "limit": 2, "requests": records }).to_string()
    };
    let fails = Arc::new(AtomicBool::new(true));
    let failing = Arc::clone(&fails);
    let server = Server::start(move |seen| match seen.asked("page").map_or(0, |page| page.parse().unwrap()) {
        2 if failing.load(Ordering::Relaxed) => Reply::Bytes(http_response("403 Forbidden", "", "{}")),
        n => reply(page(n)),
    })
    .await;
    let list = ["requests", "list", PROJECT, "--limit=2", "--fields=request_id", "--output=ndjson"];
    let first = run(&server.base_url, &[&list[..], &["--all"]].concat()).await;
    assert_eq!((first.code, first.stdout.lines().count()), (Some(1), 4), "{first:?}");
    let advice = first.stderr.rsplit("; ").next().unwrap().strip_suffix(" goes on from there\n").unwrap();
    assert!(advice.starts_with("--all --page 2 --end 2026-09-15T"), "{first:?}");
    let advised: Vec<&str> = list.into_iter().chain(advice.split(' ')).collect();
    fails.store(false, Ordering::Relaxed);
    let rest = run(&server.base_url, &advised).await.succeeded();
    let ids: Vec<String> = (0..8).map(|n| format!("{{\"request_id\":\"{n}\"}}")).collect();
    assert_eq!(first.stdout.lines().chain(rest.stdout.lines()).collect::<Vec<_>>(), ids);
    fails.store(true, Ordering::Relaxed);
    let whole = run(&server.base_url, &["requests", "list", "--all", PROJECT, "--limit=2", "--output=json"]).await;
    whole.failed(1, "nothing was printed: repeat it, or use --output ndjson");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn output_that_cannot_be_written_is_exit_code_3_after_a_change_and_2_after_a_reading_call() {
    let sandbox = Sandbox::start_live().await.unwrap();
    for (arguments, code, said) in [
        (
            &["projects", "update", "--name=new"][..],
            3,
            "it was done, and the response cannot be printed: standard output: No space left",
        ),
        (
            &["keys", "create", "--comment=c", "--scopes=member"],
            3,
            "standard output: No space left on device (os error 28); the new secret is lost: delete ",
        ),
        (&["auth", "grant"], 3, "No space left on device (os error 28); the new secret is lost\n"),
        (&["keys", "list"], 2, "standard output: No space left"),
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = std::process::Command::new(path());
        command
            .args(arguments)
            .env_clear()
            .env("DEEPGRAM_PROJECT_ID", seed::PROJECT_ID)
            .env("DEEPGRAM_API_KEY", seed::API_KEY);
        command.env("DEEPGRAM_BASE_URL", sandbox.base_url()).stdout(full);
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), stderr.lines().count()), (Some(code), 1), "{stderr}");
        assert!(stderr.contains(said), "{stderr}");
    }
    assert_eq!(sandbox.take_requests().len(), 4);
}

#[tokio::test]
async fn a_dry_run_of_the_whole_log_shows_the_first_request_of_the_run() {
    let server = Server::start(|_| reply(r#"{"requests":[]}"#)).await;
    for more in [&[][..], &["--limit=5", "--page=3", "--endpoint=listen"]] {
        let all = [&["requests", "list", "--all", PROJECT], more].concat();
        let before = server.seen().len();
        let shown = run(&server.base_url, &[&all[..], &["--dry-run"]].concat()).await.succeeded();
        assert_eq!(server.seen().len(), before);
        run(&server.base_url, &all).await.succeeded();
        let first = &server.seen()[before];
        assert_eq!(shown.stdout, format!("GET {}{}?{}\n", server.base_url, first.path, first.query));
    }
}
