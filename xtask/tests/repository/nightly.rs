//! The nightly workflow: its own steps, run with the vendor's document, with `gh` and the runner's files played.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_yaml::Value;
use tempfile::TempDir;

const WORKFLOW: &str = "../.github/workflows/spec-drift.yml";
const VENDOR: &str = "../../shared/vendor/openapi.yml";

/// The script of a step of a job.
fn script(job: &str, step: &str) -> String {
    let workflow: Value = serde_yaml::from_str(&fs::read_to_string(WORKFLOW).unwrap()).unwrap();
    let steps = workflow["jobs"][job]["steps"].as_sequence().unwrap();
    let is_it = |found: &&Value| found["name"].as_str().is_some_and(|name| name.starts_with(step));
    steps.iter().find(is_it).unwrap()["run"].as_str().unwrap().to_owned()
}

/// A runner: its folder, and programs in place of `cargo` and `gh`.
struct Runner(TempDir);

impl Runner {
    fn new() -> Self {
        let runner = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(runner.path("bin")).unwrap();
        let xtask = env!("CARGO_BIN_EXE_xtask");
        runner.program("cargo", &format!("[ \"$1\" = build ] && exit 0\nshift\nexec '{xtask}' \"$@\"\n"));
        // It keeps what it is called with, and the body; an issue is open once one was created.
        runner.program(
            "gh",
            "printf '%s\\n' \"$*\" >> \"$RUNNER_TEMP/calls\"\n\
             case \"$1 $2\" in\n\
             'issue list') [ ! -e \"$RUNNER_TEMP/open\" ] || echo 7 ;;\n\
             'issue create') touch \"$RUNNER_TEMP/open\" ;;\n\
             esac\n\
             while [ $# -gt 1 ]; do [ \"$1\" = --body-file ] && cp \"$2\" \"$RUNNER_TEMP/published\"; shift; done\n\
             exit 0\n",
        );
        runner
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn program(&self, name: &str, text: &str) {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap_or_default()
    }

    /// Runs a step as GitHub does.
    fn run(&self, job: &str, step: &str, variables: &[(&str, &str)]) -> Output {
        let path = format!("{}:{}", self.path("bin").display(), std::env::var("PATH").unwrap());
        for file in ["output", "step_summary"] {
            fs::write(self.path(file), "").unwrap();
        }
        Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script(job, step)])
            .current_dir("..")
            .env("PATH", path)
            .env("RUNNER_TEMP", self.0.path())
            .env("GITHUB_OUTPUT", self.path("output"))
            .env("GITHUB_STEP_SUMMARY", self.path("step_summary"))
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }

    /// Runs the comparison with a document: whether it is red, and its annotations.
    fn compare(&self, document: &str) -> (bool, String) {
        let revision = self.path("openapi.yml");
        fs::write(&revision, document).unwrap();
        let output = self.run("drift", "Compare", &[("REVISION", revision.to_str().unwrap())]);
        (!output.status.success(), String::from_utf8(output.stdout).unwrap())
    }

    /// The summary that the comparison hands to the next job.
    fn summary(&self) -> String {
        let output = self.read("output");
        let [line] = output.lines().collect::<Vec<_>>()[..] else { panic!("{output}") };
        line.strip_prefix("summary=").unwrap().to_owned()
    }
}

fn vendor() -> Option<String> {
    let found = fs::read_to_string(VENDOR).ok();
    if found.is_none() {
        println!("skipped: no vendor's document at {VENDOR}");
    }
    found
}

#[test]
fn the_vendors_document_is_green_and_each_rename_in_it_is_red_with_the_rename_told() {
    let Some(vendor) = vendor() else { return };
    let runner = Runner::new();
    let (is_red, said) = runner.compare(&vendor);
    assert!(!is_red, "{said}");
    let keys = vendor.replace("api_key_id", "key_id");
    let items = vendor.replace("        projects:\n", "        items:\n");
    for (document, finding, renamed, owners) in [
        (keys, "RequestRecord.api_key_id", "api_key_id → key_id", &["Key", "KeyWithSecret", "RequestRecord"][..]),
        (items, "ProjectList.projects", "projects → items", &["ProjectList"]),
    ] {
        assert!(document != vendor);
        let (is_red, said) = runner.compare(&document);
        assert!(is_red && said.contains(&format!("::{finding} — ")), "{said}");
        let summary = runner.read("step_summary");
        assert!(summary.starts_with("## Drift\n"), "{summary}");
        for owner in owners {
            let renamed = format!("{renamed} (property of {owner})");
            assert!(said.contains(&format!("::notice title=drift::probably renamed: {renamed}")), "{said}");
            assert!(summary.contains(&format!("`{renamed}`")), "{summary}");
        }
    }
}

#[test]
fn the_first_red_night_opens_an_issue_and_the_next_updates_it_with_the_summary_byte_for_byte() {
    let Some(vendor) = vendor() else { return };
    let runner = Runner::new();
    for (title, call) in [("`$(touch x)`", "issue create --title"), ("\"; touch x; \"", "issue edit 7 --body-file")] {
        let name = format!("projects{title}");
        let (is_red, said) = runner.compare(&vendor.replace("        projects:\n", &format!("        '{name}':\n")));
        assert!(is_red, "{said}");
        let output = runner.run("issue", "Open the issue", &[("SUMMARY", &runner.summary())]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let calls = runner.read("calls");
        assert!(calls.lines().last().unwrap().starts_with(call), "{calls}");
        assert!(!calls.contains("touch"), "{calls}");
        let body = runner.read("published");
        assert!(body == runner.read("summary.md") && body.contains("touch x"), "{body}");
        assert!(!Path::new("../x").exists() && !runner.path("x").exists());
    }
    let created = runner.read("calls").lines().filter(|call| call.starts_with("issue create")).count();
    assert_eq!(created, 1, "{}", runner.read("calls"));
}

#[test]
fn a_night_that_could_not_tell_is_red_and_hands_on_no_summary() {
    let runner = Runner::new();
    for document in ["openapi: [}\n", "{\"message\": \"API rate limit exceeded\"}\n"] {
        let (is_red, said) = runner.compare(document);
        assert!(is_red && said.is_empty(), "{said}");
        assert_eq!(runner.read("output"), "");
    }
}

#[test]
fn the_watched_document_is_the_one_that_the_record_names() {
    let runner = Runner::new();
    let output = runner.run("drift", "Read the watched upstream", &[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(runner.read("output"), "repository=deepgram/deepgram-api-specs\nfile=openapi.yml\n");
}

#[test]
fn only_the_job_that_keeps_the_issue_may_write_and_no_script_holds_an_expression() {
    let text = fs::read_to_string(WORKFLOW).unwrap();
    let workflow: Value = serde_yaml::from_str(&text).unwrap();
    assert_eq!(workflow["permissions"], serde_yaml::from_str::<Value>("{ contents: read }").unwrap());
    for (name, job) in workflow["jobs"].as_mapping().unwrap() {
        let expected = if name == "issue" { "{ issues: write }" } else { "null" };
        assert_eq!(job.get("permissions").unwrap_or(&Value::Null), &serde_yaml::from_str::<Value>(expected).unwrap());
        for step in job["steps"].as_sequence().unwrap() {
            // Foreign text reaches a script in its environment alone.
            assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step:?}");
        }
    }
}
