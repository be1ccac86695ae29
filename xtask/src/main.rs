//! `cargo xtask`: generates the client from the documents, and checks that it still follows them.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::{Args, Parser, Subcommand};
use xtask::lower::{self, Renamed};
use xtask::output::Files;
use xtask::{load, overlay, tour, widening};

/// The bundled document, seen from the workspace's root.
const DOCUMENT: &str = "spec/deepgram-management-openapi.yml";
/// Its corrections.
const OVERLAY: &str = "spec/overlay.yaml";
/// Where the shipped client's generated half lives.
const GENERATED: &str = "deepgram-mgmt/src/generated";
/// Where code generated from another document goes, seen from where the caller is.
const OTHER_OUT: &str = "generated";

/// Keeps the generated client true to its documents. Exit code 2 means: could not tell.
#[derive(Parser)]
#[command(name = "cargo xtask")]
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
    /// Show the whole thing working: generate, build, start the sandbox, call every operation.
    Tour {
        /// Call the real API instead, read-only operations only; needs `DEEPGRAM_API_KEY`.
        #[arg(long)]
        live: bool,
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

/// The generator follows types within types by recursion; this is deep enough for every document that is let in.
const STACK: usize = 512 * 1024 * 1024;

fn main() -> ExitCode {
    let task = Cli::parse().task;
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(|| run(task));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(code))) => code,
        // A panic has been printed where it happened.
        Ok(Err(_)) => ExitCode::from(2),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
        Ok(Ok(Err(error))) => {
            // Documents are quoted in errors; what they hold must not end the line or steer the terminal.
            let line = format!("{error:#}").replace(char::is_control, " ");
            eprintln!("error: {line}");
            ExitCode::from(2)
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lives in the workspace")?;
    // Paths in messages, headers and reports are then the same on every machine.
    let started_in = std::env::current_dir()?;
    std::env::set_current_dir(root)?;
    match task {
        Task::Generate(options) => generate(&options, &started_in),
        Task::Build => {
            generate(&Generate::default(), &started_in)?;
            let status = Command::new(env!("CARGO")).args(["build", "--workspace"]).status()?;
            if !status.success() {
                bail!("cargo build --workspace: {status}");
            }
            Ok(ExitCode::SUCCESS)
        }
        Task::Tour { live } => {
            if !live {
                generate(&Generate::default(), &started_in)?;
            }
            tour::run(live)
        }
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
        Some(overlay) => overlay::apply(document.value.clone(), overlay)?,
        None => document.value.clone(),
    };
    // Of its own document the project promises that nothing of it is lost; what others do with theirs is theirs.
    if options.spec.is_none() {
        widening::check(&document.value, &effective).with_context(|| OVERLAY.to_owned())?;
    }
    let modules = xtask::client(&effective).with_context(|| document.name.clone())?;
    for Renamed { at, id, method } in lower::renamed(&effective)? {
        let note =
            format!("{at}: `{id}` is another operation's or the client's own name too; its method is `{method}`");
        eprintln!("note: {}", note.replace(char::is_control, " "));
    }

    let command = if options.spec.is_some() { " --spec …" } else { "" };
    let out = match &options.spec {
        None => GENERATED.into(),
        Some(_) => started_in.join(options.out.as_deref().unwrap_or(Path::new(OTHER_OUT))),
    };
    let mut sources = vec![("document", &document)];
    sources.extend(corrections.as_ref().map(|overlay| ("overlay ", overlay)));
    let files = Files::new(&out, modules, command, &sources);
    let stale = files.stale()?;
    if stale.is_empty() {
        println!("generated code is fresh: {}", out.display());
        return Ok(ExitCode::SUCCESS);
    }
    if options.check {
        for file in stale {
            print!("stale: {}\n{}", file.path.display(), file.difference);
        }
        let again: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--check").collect();
        println!("run: cargo xtask {}", again.join(" "));
        return Ok(ExitCode::from(1));
    }
    files.write()?;
    for file in stale {
        println!("generated: {}", file.path.display());
    }
    Ok(ExitCode::SUCCESS)
}
