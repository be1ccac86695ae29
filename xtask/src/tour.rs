//! The tour: builds the workspace, starts the sandbox and walks through the API with the client, as processes.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The sandbox's package and program.
const SANDBOX: &str = "deepgram-mgmt-sandbox";
/// The client's example that does the walking.
const EXAMPLE: &str = "tour";

/// Runs the tour against the sandbox, or its read-only part against the real API.
///
/// # Errors
/// A build that fails, or a sandbox that does not start.
pub fn run(live: bool) -> Result<ExitCode> {
    let walk = build(&["--package", "deepgram-mgmt", "--example", EXAMPLE], EXAMPLE)?;
    let mut walk = Command::new(walk);
    let _sandbox = if live {
        walk.arg("--live");
        None
    } else {
        let sandbox = Sandbox::start(&build(&["--package", SANDBOX], SANDBOX)?)?;
        println!("sandbox: {}", sandbox.url);
        walk.env("DEEPGRAM_BASE_URL", &sandbox.url)
            .env("DEEPGRAM_API_KEY", SANDBOX_KEY)
            .env("DEEPGRAM_AUTH_SCHEME", "bearer");
        Some(sandbox)
    };
    let status = walk.status().context("the tour cannot be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The credential that the sandbox is born with; it opens nothing else.
const SANDBOX_KEY: &str = "sandbox-admin-key";

/// Builds a program and says where cargo put it.
fn build(arguments: &[&str], name: &str) -> Result<PathBuf> {
    let mut cargo = Command::new(env!("CARGO"))
        .args(["build", "--message-format=json-render-diagnostics"])
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut program = None;
    for line in BufReader::new(cargo.stdout.take().context("cargo's output")?).lines() {
        let message: Value = serde_json::from_str(&line?)?;
        if message["reason"] == "compiler-artifact" && message["target"]["name"] == name {
            program = message["executable"].as_str().map(PathBuf::from).or(program);
        }
    }
    let status = cargo.wait()?;
    if !status.success() {
        bail!("cargo build {}: {status}", arguments.join(" "));
    }
    program.with_context(|| format!("cargo built no program {name}"))
}

/// A running sandbox, stopped when dropped.
struct Sandbox {
    process: Child,
    url: String,
}

impl Sandbox {
    fn start(program: &PathBuf) -> Result<Self> {
        let mut process =
            Command::new(program).stdout(Stdio::piped()).spawn().context("the sandbox cannot be started")?;
        let output = process.stdout.take().context("the sandbox's output")?;
        // From here on the process is stopped whatever happens.
        let mut sandbox = Self { process, url: String::new() };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        line.trim()
            .strip_prefix("listening on ")
            .context("the sandbox did not say where it listens")?
            .clone_into(&mut sandbox.url);
        Ok(sandbox)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Nothing more can be done for a process that will not stop.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
