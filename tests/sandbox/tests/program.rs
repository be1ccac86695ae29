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
    let response = reqwest::Client::new().get(url).bearer_auth(seed::API_KEY).send().await.unwrap();
    assert_eq!(response.status(), 200);
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

    let mut second = Program::run(port);
    assert_eq!(second.0.wait().unwrap().code(), Some(2));
    let (mut stdout, mut stderr) = (String::new(), String::new());
    second.0.stdout.as_mut().unwrap().read_to_string(&mut stdout).unwrap();
    second.0.stderr.as_mut().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!(stdout, "");
    assert_eq!(stderr.lines().count(), 1);
    assert!(stderr.contains(port), "{stderr}");
}
