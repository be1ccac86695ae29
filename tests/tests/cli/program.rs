//! The program `deepgram-mgmt`, built once, and its runs.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use deepgram_mgmt_sandbox::seed;
use serde_json::Value;

/// Builds the program once, and finds it.
pub(crate) fn path() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        // With an example, dependencies have the features that they have for tests: cargo builds none again.
        cargo.args(["build", "--workspace", "--bin", "deepgram-mgmt", "--example", "tour", "--locked"]);
        let built = cargo.arg("--message-format=json-render-diagnostics").stderr(Stdio::inherit()).output().unwrap();
        assert!(built.status.success(), "the program does not build");
        let messages = String::from_utf8(built.stdout).unwrap();
        let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut built = messages.filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
        built.find(|path| path.file_stem().is_some_and(|name| name == "deepgram-mgmt")).unwrap()
    })
}

/// The parts of a line between separators; quotes hold one together.
pub(crate) fn parts(line: &str, separator: char, quote: char) -> Vec<String> {
    let (mut parts, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        if c == quote {
            quoted = !quoted;
        } else if c == separator && !quoted {
            parts.push(String::new());
        } else {
            parts.last_mut().unwrap().push(c);
        }
    }
    parts
}

/// A run of the program: its exit code, and both streams.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// That the run failed with this exit code, one line and no output.
    #[track_caller]
    pub(crate) fn failed(&self, code: i32, said: &str) {
        assert_eq!((self.code, self.stdout.as_str(), self.stderr.lines().count()), (Some(code), "", 1), "{self:?}");
        assert!(self.stderr.starts_with("deepgram-mgmt: ") && self.stderr.contains(said), "{self:?}");
    }

    /// As [`failed`](Self::failed), with notes before the line.
    #[track_caller]
    pub(crate) fn failed_last(&self, code: i32, said: &str) {
        let last = self.stderr.lines().last().unwrap_or_default();
        assert_eq!((self.code, self.stdout.as_str()), (Some(code), ""), "{self:?}");
        assert!(last.starts_with("deepgram-mgmt: ") && last.ends_with(said), "{self:?}");
    }

    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }
}

/// A setting gives a run its variables and its standard input.
#[derive(Default)]
pub(crate) struct Setting<'s> {
    pub(crate) variables: &'s [(&'s str, &'s str)],
    pub(crate) input: &'s str,
}

/// Runs the program without a terminal, with the credential of the sandbox.
pub(crate) async fn run(base_url: &str, arguments: &[&str]) -> Run {
    run_in(base_url, arguments, Setting::default()).await
}

pub(crate) async fn run_in(base_url: &str, arguments: &[&str], setting: Setting<'_>) -> Run {
    let mut command = Command::new(path());
    command.args(arguments).env_clear().env("DEEPGRAM_API_KEY", seed::API_KEY).env("DEEPGRAM_BASE_URL", base_url);
    command.envs(setting.variables.iter().copied());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let input = setting.input.to_owned();
    // Waiting for a program must not keep the server from responding to it.
    let waiting = tokio::task::spawn_blocking(move || {
        let mut program = command.spawn().unwrap();
        // It may not read its input.
        let _ = program.stdin.take().unwrap().write_all(input.as_bytes());
        program.wait_with_output().unwrap()
    });
    let output = waiting.await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}
