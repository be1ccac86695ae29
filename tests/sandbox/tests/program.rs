//! The sandbox as a program.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

use deepgram_mgmt_sandbox::seed;

/// A running program, killed at the end of its test.
struct Program(Child);

impl Program {
    fn run(port: &str) -> Self {
        Self::with(&["--port", port])
    }

    fn with(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deepgram-mgmt-sandbox"));
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    /// How it ends, and all that it wrote: exit code, stdout, stderr.
    fn end(mut self) -> (Option<i32>, String, String) {
        let code = self.0.wait().unwrap().code();
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.0.stdout.as_mut().unwrap().read_to_string(&mut stdout).unwrap();
        self.0.stderr.as_mut().unwrap().read_to_string(&mut stderr).unwrap();
        (code, stdout, stderr)
    }

    /// Where it listens, from the line it prints.
    fn base_url(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        line.strip_prefix("listening on ").and_then(|rest| rest.strip_suffix('\n')).unwrap().to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[tokio::test]
async fn it_says_where_it_listens_and_serves_there() {
    let mut program = Program::run("0");
    let url = format!("{}/v1/projects", program.base_url());
    let get = reqwest::Client::new().get(url).header("authorization", format!("Token {}", seed::API_KEY));
    assert_eq!(get.send().await.unwrap().status(), 200);
}

#[test]
fn its_help_states_the_dialect_that_it_speaks_by_default() {
    let (code, stdout, _) = Program::with(&["--help"]).end();
    assert_eq!(code, Some(0));
    let dialect = stdout.split_once("--dialect").unwrap().1.split_once("--seed").unwrap().0;
    assert!(dialect.contains("[default: live]"), "{stdout}");
}

#[tokio::test]
async fn it_speaks_the_dialect_it_is_told_to() {
    for (dialect, scheme) in [("bundled", "Bearer"), ("live", "Token")] {
        let mut program = Program::with(&["--dialect", dialect]);
        let url = format!("{}/v1/projects", program.base_url());
        let get =
            |scheme| reqwest::Client::new().get(&url).header("authorization", format!("{scheme} {}", seed::API_KEY));
        assert_eq!(get(scheme).send().await.unwrap().status(), 200, "{dialect}");
        let other = if scheme == "Token" { "Bearer" } else { "Token" };
        assert_eq!(get(other).send().await.unwrap().status(), 401, "{dialect}");
    }
}

#[test]
fn a_taken_port_is_one_line_on_stderr_and_exit_2() {
    let mut first = Program::run("0");
    let url = first.base_url();
    let (_, port) = url.rsplit_once(':').unwrap();

    let (code, stdout, stderr) = Program::run(port).end();
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert_eq!(stderr.lines().count(), 1);
    assert!(
        stderr.contains(port) && stderr.ends_with("; choose another --port, or leave it out to take a free one\n"),
        "{stderr}"
    );
}

#[tokio::test]
async fn beyond_loopback_it_warns_and_on_loopback_it_does_not() {
    for (address, warns) in [("0.0.0.0", true), ("127.0.0.1", false)] {
        let mut program = Program::with(&["--bind", address]);
        let (_, port) =
            program.base_url().rsplit_once(':').map(|(url, port)| (url.to_owned(), port.to_owned())).unwrap();
        let url = format!("http://127.0.0.1:{port}/v1/projects");
        let get = reqwest::Client::new().get(url).header("authorization", format!("Token {}", seed::API_KEY));
        assert_eq!(get.send().await.unwrap().status(), 200);
        program.0.kill().unwrap();
        let (_, _, stderr) = program.end();
        assert_eq!(stderr.starts_with("warning: 0.0.0.0:0: other machines reach this sandbox"), warns, "{stderr}");
        assert_eq!(stderr.lines().count(), usize::from(warns), "{stderr}");
    }
}

#[tokio::test]
async fn it_serves_the_projects_of_a_file_and_meets_the_faults_of_its_flags() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sandbox/seed.json");
    let rules = ["--fault", "reset; chance=0", "--fault", "429; retry-after=3; chance=0.5", "--fault-seed", "5"];
    let arguments = [["--dialect", "live", "--seed", file].as_slice(), rules.as_slice()].concat();
    let run = async || {
        let mut program = Program::with(&arguments);
        let url = format!("{}/v1/projects", program.base_url());
        let get = reqwest::Client::new().get(url).header("authorization", "Token my-own-key");
        let mut seen = Vec::new();
        for _ in 0..16 {
            let response = get.try_clone().unwrap().send().await.unwrap();
            let retry_after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
            seen.push((response.status().as_u16(), retry_after, response.text().await.unwrap().contains("Radio")));
        }
        seen
    };
    let seen = run().await;
    assert!(seen.contains(&(200, None, true)) && seen.contains(&(429, Some("3".to_owned()), false)), "{seen:?}");
    let without_texts =
        |seen: Vec<(u16, Option<String>, bool)>| seen.into_iter().map(|(status, ..)| status).collect::<Vec<_>>();
    assert_eq!(without_texts(run().await), without_texts(seen));
}

#[test]
fn a_bad_file_or_fault_is_one_error_on_stderr_and_exit_2() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seed.json");
    std::fs::write(&file, "{ \"projects\": [\n  { \"name\": 7 } ] }").unwrap();
    let (code, stdout, stderr) = Program::with(&["--seed", file.to_str().unwrap()]).end();
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    let expected =
        format!("error: {}:2:13: #/projects/0/name: invalid type: integer `7`, expected a string\n", file.display());
    assert_eq!(stderr, expected);

    let (code, _, stderr) = Program::with(&["--seed", folder.path().join("none.json").to_str().unwrap()]).end();
    assert_eq!((code, stderr.lines().count()), (Some(2), 1), "{stderr}");
    assert!(stderr.contains("none.json: "), "{stderr}");

    let (code, _, stderr) = Program::with(&["--fault", "418"]).end();
    assert_eq!(code, Some(2));
    assert!(stderr.contains("\"418\" is no fault; expected 429, 503"), "{stderr}");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_as_a_success() {
    for signal in ["-TERM", "-INT"] {
        let mut program = Program::run("0");
        program.base_url();
        assert!(Command::new("kill").args([signal, &program.0.id().to_string()]).status().unwrap().success());
        let (code, _, stderr) = program.end();
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{signal}");
    }
}
