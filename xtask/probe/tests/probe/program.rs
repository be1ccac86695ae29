//! The probe as a program: its exit codes, its formats, and the files it writes.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::Ordering;

use axum::http::StatusCode;
use deepgram_mgmt_sandbox::{Sandbox, seed};
use serde_json::{Value, json};

use crate::scene::spec;
use crate::walking::serve;
use crate::wire_facts::EXPECTED;

fn probe(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
    for name in ["DEEPGRAM_ACCESS_TOKEN", "DEEPGRAM_AUTH_SCHEME", "DEEPGRAM_BASE_URL"] {
        command.env_remove(name);
    }
    command.args(arguments).env("DEEPGRAM_API_KEY", seed::API_KEY).current_dir(folder);
    command
}

fn text(output: &Output) -> (i32, String) {
    let printed = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code().unwrap(), String::from_utf8(printed).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_0_when_clean_1_with_findings_and_2_when_it_could_not_tell() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let url = sandbox.base_url();
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| text(&probe(folder.path(), arguments));

    let (code, said) = run(&["--base-url", &url, "--record", "clean"]);
    assert_eq!((code, said.as_str()), (0, "no finding; 24 of 24 GET operations succeeded\n"));
    assert_eq!(run(&["--replay", "clean"]).0, 0);

    let (code, said) = run(&["--base-url", &url, "--no-overlay", "--suggest-overlay", "suggested.yaml"]);
    assert_eq!(code, 1);
    assert!(said.contains("  .mip_opt_out: undocumented field: boolean or null\n"), "{said}");
    assert_eq!(run(&["--base-url", &url, "--overlay", "suggested.yaml"]).0, 0);

    // The recording of the clean responses shows the same to the document without its overlay.
    let (code, said) = run(&["--replay", "clean", "--no-overlay", "--format", "json"]);
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &report["operations"]["documented"]), (1, &13.into()));
    let (_, said) = run(&["--replay", "clean", "--no-overlay", "--format", "markdown"]);
    assert!(said.contains("| `Balance` | `.purchase_order_id` | undocumented field: `string (uuid)` |"), "{said}");
    let (_, said) = run(&["--replay", "clean", "--no-overlay", "--format", "github"]);
    assert!(said.contains("::warning title=probe%3A Balance.purchase_order_id::undocumented field"), "{said}");
    let title = "::warning title=probe%3A GET /v1/projects/{project_id}/usage/fields 200::undocumented operation: ";
    assert!(said.contains(title), "{said}");
    assert!(said.lines().rev().skip(1).all(|line| line.starts_with("::warning title=")), "{said}");

    let before = std::fs::read(folder.path().join("clean/responses.json")).unwrap();
    drop(sandbox);
    let (code, said) = run(&["--base-url", &url, "--record", "clean"]);
    assert_eq!(code, 2);
    assert!(said.contains("could not tell: GET /v1/projects: raw: cannot connect"), "{said}");
    assert!(said.contains("no operation succeeded; clean is not written"), "{said}");
    assert_eq!(std::fs::read(folder.path().join("clean/responses.json")).unwrap(), before);
    let (code, said) = run(&[]);
    assert_eq!(code, 2);
    assert!(said.contains("Usage: cargo xtask probe <--live|--base-url <URL>|--replay <DIR>>"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_only_sends_errors_tells_nothing_of_the_document() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| text(&probe(folder.path(), arguments));
    let reject = |status| move |_, _: &str| (status, json!({ "err_code": "NO", "err_msg": "hush" }));

    let (url, seen) = serve(reject(StatusCode::UNAUTHORIZED)).await;
    let (code, said) = run(&["--base-url", &url]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("every call got the status 401: check DEEPGRAM_API_KEY"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    // The two listings, the details of the credential, and the error responses that are provoked without an id of an account.
    assert_eq!(seen.load(Ordering::SeqCst), 5);

    // It may be any server: what is documented is not there, but neither is anything else.
    let (url, _) = serve(reject(StatusCode::NOT_FOUND)).await;
    let (code, said) = run(&["--base-url", &url]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("404: documented operation that returns 404: application/json\n"), "{said}");
    assert!(said.ends_with("3 findings; 0 of 24 GET operations succeeded\n"), "{said}");

    // Without a key, nobody is asked.
    let (url, seen) = serve(reject(StatusCode::OK)).await;
    let mut command = command(folder.path(), &["--base-url", &url]);
    let (code, said) = text(&command.env_remove("DEEPGRAM_API_KEY").output().unwrap());
    assert_eq!((code, said.as_str()), (2, "error: DEEPGRAM_API_KEY is not set\n"));
    assert_eq!(seen.load(Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_replaced_when_the_new_ones_are_complete() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let run = |arguments: &[&str]| text(&probe(folder.path(), arguments));
    std::fs::create_dir(place("rec")).unwrap();
    std::fs::write(place("rec/responses.json"), "old").unwrap();
    std::fs::write(place("rec/other"), "kept").unwrap();
    std::fs::write(place("suggested.yaml"), "old").unwrap();
    let url = sandbox.base_url();
    let arguments = ["--base-url", &url, "--no-overlay", "--record", "rec", "--suggest-overlay", "suggested.yaml"];
    assert_eq!(run(&arguments).0, 1);
    let mut names: Vec<_> = std::fs::read_dir(place("rec")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    // No file is left over from the writing.
    assert_eq!(names, ["other", "responses.json"]);
    assert_eq!(run(&["--replay", "rec", "--no-overlay"]).0, 1);
    assert!(std::fs::read_to_string(place("suggested.yaml")).unwrap().starts_with("overlay: 1.0.0\n"));

    // The report is there all the same.
    let (code, said) = run(&["--replay", "rec", "--suggest-overlay", "no/such/folder.yaml", "--no-overlay"]);
    assert_eq!(code, 2);
    let found = format!("{} findings; ", EXPECTED.len());
    assert!(said.contains(&found) && said.contains("error: no/such: cannot be written to"), "{said}");
    let (code, said) = run(&["--base-url", &url, "--record", "suggested.yaml"]);
    assert_eq!(code, 2);
    assert!(said.contains("no finding; ") && said.contains("error: suggested.yaml: cannot be made"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_reads_no_further_is_no_error() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let url = sandbox.base_url();
    let mut command = command(folder.path(), &["--base-url", &url, "--no-overlay"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(text(&output), (1, String::new()));
}

#[test]
fn what_cannot_be_read_is_one_line_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| text(&probe(folder.path(), arguments));
    std::fs::write(folder.path().join("responses.json"), "{\n  7\n}").unwrap();
    let (code, said) = run(&["--replay", "."]);
    assert_eq!((code, said.lines().count()), (2, 1));
    assert!(said.contains("responses.json:2:3: not a recording"), "{said}");

    std::fs::write(folder.path().join("old.yaml"), "openapi: 3.0.3\npaths: {}\n").unwrap();
    let (code, said) = run(&["--replay", ".", "--document", "old.yaml"]);
    assert_eq!((code, said.lines().count()), (2, 1));
    assert!(said.contains("old.yaml: #/openapi: 3.0.3"), "{said}");

    let secret = spec("overlay.yaml");
    let (code, said) = run(&["--replay", ".", "--overlay", &secret.to_string_lossy(), "--document", "old.yaml"]);
    assert_eq!(code, 2);
    assert!(said.contains("matches nothing"), "{said}");
}
