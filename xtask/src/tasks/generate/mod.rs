//! `cargo xtask generate`: generates the published client, or a client of another document.

mod obstacles;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use serde_json::Value;

use super::Outcome;
use crate::document::errors;
use crate::document::load::{self, Document};
use crate::document::pointer::Pointer;
use crate::output::stale::{self, Finding, Stale};
use crate::output::{Files, lock};
use crate::polish::Modules;
use crate::published::{self, GENERATED};
use crate::skip::Obstacle;
use crate::stdout::{print, print_line};
use crate::{inert, overlay, pipeline, validate, workspace};

/// The folder for the code of another document, from the caller's folder.
const OTHER_OUT: &str = "generated";

/// Options of `cargo xtask generate`.
#[derive(Debug, Args)]
pub struct Options {
    /// Write nothing; exit 0 if the files are fresh, 1 if they are stale.
    #[arg(long)]
    check: bool,
    /// Another document (YAML or JSON, OpenAPI 3.0 or 3.1), without an overlay unless `--overlay` names one.
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// An OpenAPI Overlay 1.0 for that document.
    #[arg(long, value_name = "FILE", requires = "spec")]
    overlay: Option<PathBuf>,
    /// The folder for the modules that are generated from another document; default: `generated`.
    #[arg(long, value_name = "DIR", requires = "spec")]
    out: Option<PathBuf>,
    /// Leave out the operations of that document that cannot be generated, and list them.
    #[arg(long, requires = "spec")]
    skip_unsupported: bool,
}

/// Generates the client that the options select. Another document needs no workspace.
///
/// # Errors
/// As [`published()`], or errors of the other document, its overlay and the file system; the folder of the published client
/// as that of another.
pub fn run(options: &Options) -> Result<Outcome> {
    match &options.spec {
        None => published(&workspace::root()?, options.check),
        Some(spec) => other_document(
            spec,
            options.overlay.as_deref(),
            options.out.as_deref().unwrap_or(Path::new(OTHER_OUT)),
            options,
        ),
    }
}

/// Generates the published client of the workspace at `root`, then builds the workspace.
///
/// # Errors
/// As [`published()`], and a build that fails.
pub fn build(root: &Path) -> Result<Outcome> {
    published(root, false)?;
    let status = workspace::cargo().args(["build", "--workspace"]).current_dir(root).status()?;
    if !status.success() {
        bail!("cargo build --workspace: {status}");
    }
    Ok(Outcome::Clean)
}

/// Generates the published client of the workspace at `root`.
///
/// # Errors
/// A document or an overlay that cannot be generated from, and the file system's.
pub fn published(root: &Path, check: bool) -> Result<Outcome> {
    let _lock = lock(&root.join(GENERATED), check)?;
    let (document, overlay) = published::load(root)?;
    let (effective, modules) = published::client(&document, &overlay)?;
    let modules = modules.or_else(|error| {
        let obstacles = pipeline::client_of_supported(&effective).1;
        report(error, &obstacles, (&document, Some(&overlay), &effective), "`x-client-skip` there")
    })?;
    print_warnings(&modules);
    let files = published::files(root, &document, &overlay, modules, None)?;
    finish(&files, Path::new(GENERATED), check)
}

/// Generates a client of the document `spec` into the folder `out`.
fn other_document(spec: &Path, overlay: Option<&Path>, out: &Path, options: &Options) -> Result<Outcome> {
    reject_published(out)?;
    let _lock = lock(out, options.check)?;
    let document = load::document(spec)?;
    let overlay = overlay.map(load::document).transpose()?;
    let effective = match &overlay {
        Some(overlay) => overlay::apply(document.value.clone(), overlay).or_else(|error| {
            validate::check(&document)?;
            Err(error)
        })?,
        None => document.value.clone(),
    };
    let (modules, obstacles) = pipeline::client_of_supported(&effective);
    let (read, skip) = ((&document, overlay.as_ref(), &effective), "`--skip-unsupported`");
    let modules = match (modules, &obstacles[..]) {
        (Ok(modules), []) => modules,
        (Ok(modules), _) if options.skip_unsupported => modules,
        (Ok(_), [Obstacle { error, .. }, ..]) => report(error.clone().into(), &obstacles, read, skip)?,
        // The operations are to be left out; they are not in the way.
        (Err(error), _) if options.skip_unsupported => report(error, &[], read, skip)?,
        (Err(error), _) => report(error, &obstacles, read, skip)?,
    };
    print_warnings_but(&modules, &obstacles);
    eprint!("{}", obstacles::render_left_out(&obstacles, &document, overlay.as_ref()));
    let mut sources = vec![("document", document.file_name(), &document)];
    sources.extend(overlay.as_ref().map(|overlay| ("overlay ", overlay.file_name(), overlay)));
    let command = if options.skip_unsupported { " --spec … --skip-unsupported" } else { " --spec …" };
    finish(&Files::new(out, modules, command, &sources), out, options.check)
}

/// Keeps another document's client out of the folder of the published client, however `out` is written.
fn reject_published(out: &Path) -> Result<()> {
    let folder = workspace::resolve(out)?;
    let published = workspace::around(&folder).map(|root| root.join(GENERATED));
    if published.is_some_and(|published| folder.starts_with(published)) {
        bail!(
            "{}: is the folder of the published client; choose another folder with `--out`, or run `cargo xtask generate` \
             without `--spec` to generate the published client",
            out.display()
        );
    }
    Ok(())
}

/// Lists the obstacles of a document of which no client is generated for an error. The error is the only obstacle, or the
/// fault of no operation; else their number is the error. `skip` leaves out the operations of that document.
///
/// # Errors
/// Always.
fn report(
    error: anyhow::Error,
    obstacles: &[Obstacle],
    (document, overlay, effective): (&Document, Option<&Document>, &Value),
    skip: &str,
) -> Result<Modules> {
    eprint!("{}", obstacles::render(obstacles, document, overlay));
    let is_fault =
        errors::located(&error).iter().all(|error| obstacles.iter().all(|obstacle| obstacle.error != *error));
    if obstacles.len() > 1 && !is_fault {
        bail!(
            "{}: {} obstacles, which are listed above; change them with an overlay, or leave their operations out with \
             {skip}",
            document.name,
            obstacles.len()
        );
    }
    Err(overlay::attribute(error, document, overlay, effective))
}

/// Locks the folder before the first file is read, so that a run that waited reads the files of the run before it.
fn lock(out: &Path, check: bool) -> Result<lock::Lock> {
    if check { lock::to_read(out) } else { lock::to_write(out) }
}

/// Prints a line for each part of the document that the client leaves out or reads in another way.
pub(super) fn print_warnings(modules: &Modules) {
    print_warnings_but(modules, &[]);
}

/// As [`print_warnings`], without the operations that obstacles leave out.
fn print_warnings_but(modules: &Modules, obstacles: &[Obstacle]) {
    for warning in &modules.warnings {
        eprintln!("{}", inert::line(format_args!("warning: {warning}")));
    }
    let of_obstacles: BTreeSet<&Pointer> = obstacles.iter().flat_map(|obstacle| &obstacle.operations).collect();
    for operation in modules.left_out.iter().filter(|operation| !of_obstacles.contains(&operation.at)) {
        eprintln!("{}", inert::line(format_args!("left out: {operation}")));
    }
}

/// Writes the files that are stale, or reports them.
fn finish(files: &Files, out: &Path, check: bool) -> Result<Outcome> {
    let stale = files.stale()?;
    if stale.is_empty() {
        print_line(format_args!("generated code is fresh: {}", out.display()))?;
        return Ok(Outcome::Clean);
    }
    if check {
        print(&stale::report(&stale))?;
        // Generation does not repair a file that no run generated.
        if stale.iter().any(|file| !matches!(file.finding, Finding::Unmanaged)) {
            let again: Vec<_> = std::env::args_os().skip(1).filter(|argument| argument != "--check").collect();
            let again = again.join(OsStr::new(" "));
            print_line(format_args!("run: cargo xtask {}", again.display()))?;
        }
        return Ok(Outcome::Stale);
    }
    files.write()?;
    for Stale { path, finding } in stale {
        let deed = if matches!(finding, Finding::Orphaned | Finding::Unfinished) { "deleted" } else { "generated" };
        print_line(format_args!("{deed}: {}", path.display()))?;
    }
    Ok(Outcome::Clean)
}
