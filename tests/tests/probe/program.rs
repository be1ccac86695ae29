//! The probe as a program: its exit codes, its formats, and the files it writes.

use std::path::Path;
use std::process::{Command, Output};

use deepgram_mgmt_sandbox::{Sandbox, seed};
use serde_json::Value;

use crate::scene::spec;

fn probe(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_probe"));
    for name in ["DEEPGRAM_ACCESS_TOKEN", "DEEPGRAM_AUTH_SCHEME", "DEEPGRAM_BASE_URL"] {
        command.env_remove(name);
    }
    command.args(arguments).env("DEEPGRAM_API_KEY", seed::API_KEY).current_dir(folder).output().unwrap()
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
    assert_eq!((code, said.as_str()), (0, "no finding; 23 of 23 GET operations answered\n"));
    assert_eq!(run(&["--replay", "clean"]).0, 0);

    let (code, said) = run(&["--base-url", &url, "--no-overlay", "--suggest-overlay", "suggested.yaml"]);
    assert_eq!(code, 1);
    assert!(said.contains("  .mip_opt_out: undocumented field: boolean or null\n"), "{said}");
    assert_eq!(run(&["--base-url", &url, "--overlay", "suggested.yaml"]).0, 0);

    // The recording of the clean answers shows the same to the document without its overlay.
    let (code, said) = run(&["--replay", "clean", "--no-overlay", "--format", "json"]);
    let report: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &report["operations"]["documented"]), (1, &13.into()));
    let (_, said) = run(&["--replay", "clean", "--no-overlay", "--format", "markdown"]);
    assert!(said.contains("| `Balance` | `.purchase_order_id` | undocumented field: string (uuid) |"), "{said}");
    let (_, said) = run(&["--replay", "clean", "--no-overlay", "--format", "github"]);
    assert!(said.contains("::warning title=probe%3A Balance.purchase_order_id::undocumented field"), "{said}");

    drop(sandbox);
    let (code, said) = run(&["--base-url", &url]);
    assert_eq!(code, 2);
    assert!(said.contains("could not tell: GET /v1/projects: raw: cannot connect"), "{said}");
    assert_eq!(run(&[]).0, 2);
}

#[test]
fn what_cannot_be_read_is_one_line_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| text(&probe(folder.path(), arguments));
    std::fs::write(folder.path().join("answers.json"), "{\n  7\n}").unwrap();
    let (code, said) = run(&["--replay", "."]);
    assert_eq!((code, said.lines().count()), (2, 1));
    assert!(said.contains("answers.json:2:3: not a recording"), "{said}");

    std::fs::write(folder.path().join("old.yaml"), "openapi: 3.0.3\npaths: {}\n").unwrap();
    let (code, said) = run(&["--replay", ".", "--document", "old.yaml"]);
    assert_eq!((code, said.lines().count()), (2, 1));
    assert!(said.contains("old.yaml: #/openapi: 3.0.3"), "{said}");

    let secret = spec("overlay.yaml");
    let (code, said) = run(&["--replay", ".", "--overlay", &secret.to_string_lossy(), "--document", "old.yaml"]);
    assert_eq!(code, 2);
    assert!(said.contains("matches nothing"), "{said}");
}
