//! `cargo xtask`: generates the client from the documents, and checks that it still follows them.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Args, Parser, Subcommand};
use xtask::lower::{self, Renamed};
use xtask::output::Files;
use xtask::shipped::{self, DOCUMENT, GENERATED, OVERLAY};
use xtask::{drift, inert, load, overlay, probe, soundness, stale, tour, update, workspace};

/// Where code generated from another document goes, seen from where the caller is.
const OTHER_OUT: &str = "generated";

/// What to type for what, below the list of tasks.
const EXAMPLES: &str = "\
Everyday use:
  cargo xtask tour                       see the whole thing work, without an account
  cargo xtask generate                   after a change of spec/overlay.yaml
  cargo xtask generate --check           is the generated client what its documents make it?
  cargo xtask drift --revision FILE      what changed, does it break shipped clients, which semver step
  cargo xtask update FILE --dry-run      what it takes to go on to a newer document
  cargo xtask probe --live               do real answers agree with the document?

Exit codes: 0 good; 1 stale, or something breaks; 2 could not tell, and why.
CONTRIBUTING.md has the steps of every kind of change.";

/// Keeps the generated client of the Deepgram Management API true to its documents.
#[derive(Parser)]
#[command(name = "cargo xtask", after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Generate the client: load → overlay → lower → generate → polish → output.
    Generate(Generate),
    /// Generate the client, then build the workspace.
    Build,
    /// Compare a newer document with what the shipped client was generated from: exit 1 if something breaks.
    Drift(drift::check::Options),
    /// Put a newer document in the bundled one's place: shows the drift, regenerates, suggests a version step.
    Update(update::Options),
    /// Show the whole thing working: generate, build, start the sandbox, call every operation.
    Tour {
        /// Call the real API instead, read-only operations only; needs `DEEPGRAM_API_KEY`.
        #[arg(long)]
        live: bool,
    },
    /// Hold real answers against the document; `cargo xtask probe --help` lists its options.
    #[command(disable_help_flag = true)]
    Probe {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        arguments: Vec<OsString>,
    },
}

#[derive(Args, Default)]
struct Generate {
    /// Write nothing; exit 0 if the files are fresh, 1 if they are stale.
    #[arg(long)]
    check: bool,
    /// Another document (YAML or JSON, OpenAPI 3.0 or 3.1), with no overlay unless named.
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// An OpenAPI Overlay 1.0 for that document; without it, none is applied.
    #[arg(long, value_name = "FILE", requires = "spec")]
    overlay: Option<PathBuf>,
    /// The folder that the modules generated from another document go to; `generated` if not said.
    #[arg(long, value_name = "DIR", requires = "spec")]
    out: Option<PathBuf>,
}

fn main() -> ExitCode {
    let task = Cli::parse().task;
    let worker = std::thread::Builder::new().stack_size(xtask::STACK).spawn(|| run(task));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(code))) => code,
        // A panic has been printed where it happened.
        Ok(Err(_)) => ExitCode::from(2),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
        Ok(Ok(Err(error))) => {
            // Documents are quoted in errors.
            eprintln!("{}", inert::line(format_args!("error: {error:#}")));
            ExitCode::from(2)
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    let started_in = std::env::current_dir()?;
    // Another document needs no workspace. Within it, paths in messages and headers are the same on every machine.
    if !matches!(&task, Task::Generate(options) if options.spec.is_some()) {
        std::env::set_current_dir(workspace::root()?)?;
    }
    match task {
        Task::Generate(options) => generate(&options, &started_in),
        Task::Build => {
            generate(&Generate::default(), &started_in)?;
            let status = workspace::cargo().args(["build", "--workspace"]).status()?;
            if !status.success() {
                bail!("cargo build --workspace: {status}");
            }
            Ok(ExitCode::SUCCESS)
        }
        Task::Drift(options) => drift::check::run(&options, &started_in),
        Task::Update(options) => update::run(&options, &started_in),
        Task::Tour { live } => {
            if !live {
                generate(&Generate::default(), &started_in)?;
            }
            tour::run(live)
        }
        Task::Probe { arguments } => probe::run(&arguments, &started_in),
    }
}

/// The pipeline. Paths that the caller names are relative to where the caller is.
fn generate(options: &Generate, started_in: &Path) -> Result<ExitCode> {
    let named = |path: &Option<PathBuf>, own: &str| path.as_ref().map_or(own.into(), |path| started_in.join(path));
    let document = load::document(&named(&options.spec, DOCUMENT))?;
    let corrections = match (&options.spec, &options.overlay) {
        (Some(_), None) => None,
        (_, path) => Some(load::document(&named(path, OVERLAY))?),
    };
    let effective = match &corrections {
        Some(overlay) if options.spec.is_none() => shipped::effective(&document, overlay)?,
        Some(overlay) => overlay::apply(document.value.clone(), overlay).or_else(|error| {
            soundness::check(&document)?;
            Err(error)
        })?,
        None => document.value.clone(),
    };
    let made = if options.spec.is_none() { xtask::shipped_client(&effective) } else { xtask::client(&effective) };
    let modules = made.map_err(|error| overlay::attributed(error, &document, corrections.as_ref(), &effective))?;
    for Renamed { at, id, method } in lower::renamed(&effective)? {
        let note = format_args!(
            "note: {at}: `{id}` is another operation's or the client's own name too; its method is `{method}`"
        );
        eprintln!("{}", inert::line(note));
    }

    let out = match &options.spec {
        None => GENERATED.into(),
        Some(_) => started_in.join(options.out.as_deref().unwrap_or(Path::new(OTHER_OUT))),
    };
    let files = match &corrections {
        Some(overlay) if options.spec.is_none() => shipped::files(&document, overlay, modules, None)?,
        _ => {
            let mut sources = vec![("document", &document)];
            sources.extend(corrections.as_ref().map(|overlay| ("overlay ", overlay)));
            Files::new(&out, modules, " --spec …", &sources)
        }
    };
    let stale = files.stale()?;
    if stale.is_empty() {
        println!("{}", inert::line(format_args!("generated code is fresh: {}", out.display())));
        return Ok(ExitCode::SUCCESS);
    }
    if options.check {
        print!("{}", stale::report(&stale));
        // What was not generated is not mended by generating.
        if stale.iter().any(|file| !matches!(file.finding, stale::Finding::Foreign)) {
            let again: Vec<_> = std::env::args_os().skip(1).filter(|argument| argument != "--check").collect();
            let again = again.join(OsStr::new(" "));
            println!("{}", inert::line(format_args!("run: cargo xtask {}", again.display())));
        }
        return Ok(ExitCode::from(1));
    }
    files.write()?;
    for file in stale {
        println!("{}", inert::line(format_args!("generated: {}", file.path.display())));
    }
    Ok(ExitCode::SUCCESS)
}
