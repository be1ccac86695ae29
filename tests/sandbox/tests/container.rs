//! The Containerfile. A test builds and runs the image where a builder is at hand; the others only read the file.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const IMAGE: &str = "deepgram-mgmt-sandbox-test";

fn instructions() -> Vec<(String, String)> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Containerfile")).unwrap();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(' ').unwrap()).map(|(name, rest)| (name.to_owned(), rest.to_owned())).collect()
}

/// The arguments of an instruction in its JSON form.
fn list(name: &str) -> Vec<String> {
    let found = instructions().into_iter().find(|(instruction, _)| instruction == name).unwrap();
    serde_json::from_str(&found.1).unwrap()
}

/// A builder that works, or the reason why none does.
fn builder() -> Result<&'static str, String> {
    let works = |name: &&str| {
        let status = Command::new(name).arg("info").stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    ["podman", "docker"].into_iter().find(works).ok_or_else(|| "neither podman nor docker runs here".to_owned())
}

#[test]
fn read_only_the_last_stage_begins_from_scratch_and_takes_one_file_the_program() {
    let all = instructions();
    let last = all.iter().rposition(|(name, _)| name == "FROM").unwrap();
    assert_eq!(all[last].1, "scratch");
    let copied: Vec<_> = all[last..].iter().filter(|(name, _)| name == "COPY" || name == "ADD").collect();
    let program = concat!("--from=build /workspace/target/release/", env!("CARGO_PKG_NAME"));
    assert_eq!(copied, [&("COPY".to_owned(), format!("{program} {}", list("ENTRYPOINT")[0]))]);
}

#[test]
fn read_only_the_build_stage_copies_every_member_of_the_workspace_and_nothing_that_is_not_there() {
    let all = instructions();
    let copies = all.iter().filter(|(name, rest)| name == "COPY" && !rest.starts_with("--from"));
    let sources: Vec<&str> = copies.flat_map(|(_, rest)| rest.rsplit_once(' ').unwrap().0.split(' ')).collect();
    for source in &sources {
        assert!(Path::new(ROOT).join(source).exists(), "{source}");
    }
    let manifest = fs::read_to_string(Path::new(ROOT).join("Cargo.toml")).unwrap();
    let members = manifest.lines().find_map(|line| line.strip_prefix("members = ")).unwrap();
    for member in serde_json::from_str::<Vec<String>>(members).unwrap() {
        assert!(sources.iter().any(|source| Path::new(&member).starts_with(source)), "{member}");
    }
}

#[test]
fn the_program_takes_the_arguments_of_the_image_and_listens() {
    let mut arguments = [&list("ENTRYPOINT")[1..], &list("CMD")].concat();
    let port = arguments.iter().position(|argument| argument == "8080").unwrap();
    "0".clone_into(&mut arguments[port]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_deepgram-mgmt-sandbox"));
    let mut program = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    program.kill().unwrap();
    program.wait().unwrap();
    assert!(line.starts_with("listening on http://0.0.0.0:"), "{line}");
}

#[tokio::test]
async fn the_image_serves_and_ends_at_a_signal() {
    let builder = match builder() {
        Ok(builder) => builder,
        Err(reason) => {
            // Past the harness, which keeps what a test that passes prints.
            return writeln!(io::stderr(), "SKIPPED: {reason}; the image is not built, its file is only read").unwrap();
        }
    };
    let run = |arguments: &[&str]| {
        let output = Command::new(builder).args(arguments).current_dir(ROOT).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    run(&["build", "--file", "tests/sandbox/Containerfile", "--tag", IMAGE, "."]);
    let container = run(&["run", "--detach", "--publish", "127.0.0.1::8080", IMAGE]);
    let address = run(&["port", &container, "8080/tcp"]);
    let url = format!("http://{address}/v1/projects");
    let mut status = None;
    for _ in 0..100 {
        let request = reqwest::Client::new().get(&url).header("authorization", "Token sandbox-admin-key");
        status = request.send().await.ok().map(|response| response.status().as_u16());
        if status.is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    run(&["stop", &container]);
    let code = run(&["inspect", "--format", "{{.State.ExitCode}}", &container]);
    run(&["rm", &container]);
    assert_eq!((status, code.as_str()), (Some(200), "0"));
}
