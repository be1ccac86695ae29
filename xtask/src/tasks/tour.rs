//! `cargo xtask tour`: builds the client and the sandbox, starts the sandbox and walks through the API with the client, as
//! processes.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{Outcome, generate};
use crate::stdout::print_line;
use crate::workspace;

/// The sandbox's package and program.
const SANDBOX: &str = "deepgram-mgmt-sandbox";
/// The client's package, its example that does the walking, and the feature that the example needs.
const CLIENT: &str = "deepgram-mgmt";
const EXAMPLE: &str = "tour";
const FEATURES: &str = "deepgram-mgmt/cli";

/// The packages and features of the tour's build. With this package among them, crates have the features that they have for
/// `cargo xtask`, and cargo does not compile them again. Only a tour of the API needs TLS, which takes a quarter of the
/// first run.
#[must_use]
pub fn selection(live: bool) -> Vec<&'static str> {
    let packages =
        ["--package", CLIENT, "--package", SANDBOX, "--package", env!("CARGO_PKG_NAME"), "--features", FEATURES];
    let tls: &[&str] = if live { &[] } else { &["--no-default-features"] };
    [&packages, tls].concat()
}

/// The dialects of the sandbox, and the scheme that each takes.
const DIALECTS: [(&str, &str); 2] = [("bundled", "bearer"), ("live", "token")];

/// Generates the client and runs the tour against the sandbox in either dialect, or runs its read-only part against the
/// real API.
///
/// # Errors
/// As [`generate::published()`]; a build that fails, or a sandbox that does not start.
pub fn run(root: &Path, live: bool) -> Result<Outcome> {
    if !live {
        print_line("tour, step 1 of 3: generate the client")?;
        generate::published(root, false)?;
    }
    let cost = if live { "" } else { "; a first run compiles 140 crates, for about a minute on two cores" };
    print_line(format_args!("tour, step 2 of 3: build the client and the sandbox{cost}"))?;
    let [walk, sandbox] = build(root, live)?;
    print_line("tour, step 3 of 3: call the API")?;
    if live {
        return run_walk(Command::new(walk).arg("--live").current_dir(root));
    }
    for (dialect, scheme) in DIALECTS {
        let sandbox = Sandbox::start(&sandbox, dialect, root)?;
        print_line("")?;
        print_line(format_args!("sandbox: {} in the {dialect} dialect", sandbox.url))?;
        let mut walk = Command::new(&walk);
        walk.arg(format!("--{dialect}-sandbox"))
            .env("DEEPGRAM_BASE_URL", &sandbox.url)
            .env("DEEPGRAM_API_KEY", SANDBOX_KEY)
            .env("DEEPGRAM_AUTH_SCHEME", scheme)
            .current_dir(root);
        let outcome = run_walk(&mut walk)?;
        if outcome != Outcome::Clean {
            return Ok(outcome);
        }
    }
    Ok(Outcome::Clean)
}

fn run_walk(walk: &mut Command) -> Result<Outcome> {
    Ok(walk.status().context("the tour cannot be started")?.into())
}

/// The credential that the sandbox is born with; it opens nothing else.
const SANDBOX_KEY: &str = "sandbox-admin-key";

/// Builds the two programs and says where cargo put them.
fn build(root: &Path, live: bool) -> Result<[PathBuf; 2]> {
    let mut cargo = workspace::cargo()
        .args(["build", "--message-format=json-render-diagnostics", "--example", EXAMPLE, "--bin", SANDBOX])
        .args(selection(live))
        .current_dir(root)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut programs = [EXAMPLE, SANDBOX].map(|name| (name, None));
    for line in BufReader::new(cargo.stdout.take().context("cargo's output")?).lines() {
        let message: Value = serde_json::from_str(&line?)?;
        for (name, program) in &mut programs {
            if message["reason"] == "compiler-artifact" && message["target"]["name"] == *name {
                *program = message["executable"].as_str().map(PathBuf::from).or(program.take());
            }
        }
    }
    let status = cargo.wait()?;
    if !status.success() {
        bail!("cargo build --package {CLIENT} --package {SANDBOX} --example {EXAMPLE} --bin {SANDBOX}: {status}");
    }
    let [walk, sandbox] = programs.map(|(name, program)| program.with_context(|| format!("cargo built no {name}")));
    Ok([walk?, sandbox?])
}

/// A running sandbox, stopped when dropped.
struct Sandbox {
    process: Child,
    url: String,
}

impl Sandbox {
    fn start(program: &Path, dialect: &str, root: &Path) -> Result<Self> {
        let mut process = Command::new(program)
            .args(["--dialect", dialect])
            .current_dir(root)
            .stdout(Stdio::piped())
            .spawn()
            .context("the sandbox cannot be started")?;
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
