//! `cargo xtask`: generates the client from the documents, and checks that it still follows them.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use xtask::tasks::{Outcome, check, drift, generate, probe, sandbox, tour, update};
use xtask::{inert, workspace};

/// Examples for `--help`, below the list of tasks.
const EXAMPLES: &str = "\
Everyday use:
  cargo xtask tour                       see every part work; needs no account
  cargo xtask check                      format, lint and test what changed
  cargo xtask generate                   after a change of spec/overlay.yaml
  cargo xtask generate --check           does the generated client match its documents?
  cargo xtask drift --revision FILE      changes, and their effect on published clients
  cargo xtask update FILE --dry-run      show the changes and the obstacles of a newer document
  cargo xtask probe --live               do real responses match the document?

Exit codes: 0: success; 1: stale files, a breaking change or findings; 2: could not tell, with the reason.
CONTRIBUTING.md lists the steps of every kind of change.";

/// Keeps the generated client of the Deepgram Management API true to its documents.
#[derive(Parser)]
#[command(name = "cargo xtask", after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Generate the client: load → overlay → lower → adapt → generate → polish → output.
    Generate(generate::Options),
    /// Generate the client, then build the workspace.
    Build,
    /// Compare a newer document with the effective document of the published client; exit 1 if a change breaks it.
    Drift(drift::Options),
    /// Replace the bundled document with a newer one: show the drift, regenerate, suggest a semver step.
    Update(update::Options),
    /// Generate, build, start the sandbox, and call every operation.
    Tour {
        /// Call the real API instead, read-only operations only; needs `DEEPGRAM_API_KEY`.
        #[arg(long)]
        live: bool,
    },
    /// Format, lint and test the packages that changed since the branch left main.
    Check(check::Options),
    /// Run the sandbox until Ctrl-C; `cargo xtask sandbox --help` lists its options.
    #[command(disable_help_flag = true)]
    Sandbox {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        arguments: Vec<OsString>,
    },
    /// Compare real responses with the document; `cargo xtask probe --help` lists its options.
    #[command(disable_help_flag = true)]
    Probe {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        arguments: Vec<OsString>,
    },
}

fn main() -> ExitCode {
    let task = Cli::parse().task;
    let worker = std::thread::Builder::new().stack_size(xtask::STACK).spawn(|| run(task));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(outcome))) => outcome.into(),
        // A panic has been printed where it happened.
        Ok(Err(_)) => Outcome::Undetermined.into(),
        Err(error) => {
            eprintln!("error: {error}");
            Outcome::Undetermined.into()
        }
        Ok(Ok(Err(error))) => {
            // Documents are quoted in errors.
            eprintln!("{}", inert::line(format_args!("error: {error:#}")));
            Outcome::Undetermined.into()
        }
    }
}

fn run(task: Task) -> Result<Outcome> {
    // Paths that the caller names are relative to here, those of the workspace to its root.
    let started_in = std::env::current_dir()?;
    match task {
        Task::Generate(options) => generate::run(&options),
        Task::Build => generate::build(&workspace::root()?),
        Task::Drift(options) => drift::run(&options, &started_in),
        Task::Update(options) => update::run(&options, &workspace::root()?, &started_in),
        Task::Tour { live } => tour::run(&workspace::root()?, live),
        Task::Check(options) => check::run(&options, &workspace::root()?),
        Task::Sandbox { arguments } => sandbox::run(&arguments, &workspace::root()?, &started_in),
        Task::Probe { arguments } => probe::run(&arguments, &workspace::root()?, &started_in),
    }
}
