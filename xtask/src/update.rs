//! `cargo xtask update FILE`: a newer document takes the bundled one's place, all at once or not at all.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;

use crate::drift::baseline::Baseline;
use crate::drift::check::{self, Side};
use crate::drift::config::Config;
use crate::drift::report::{Format, Report, Source};
use crate::drift::rules;
use crate::inert::{self, Lines, code};
use crate::load::{self, Document};
use crate::{overlay, shipped, widening};

/// How many items of each kind a changelog entry names.
const ITEMS: usize = 20;

/// Which document, and from where.
#[derive(Debug, Args)]
pub struct Options {
    /// The newer document: YAML or JSON, OpenAPI 3.0 or 3.1.
    file: PathBuf,
    /// Where it comes from, for `spec/SOURCE.toml`; what stands there stays if not said.
    #[arg(long, value_name = "TEXT")]
    origin: Option<String>,
    /// Show all of it and write nothing; overlay actions without a match are left out.
    #[arg(long)]
    dry_run: bool,
}

/// Shows the drift, then replaces document, record and generated code together.
///
/// # Errors
/// Any obstacle, before the first byte is written.
pub fn run(options: &Options, started_in: &Path) -> Result<ExitCode> {
    let given = load::document(&started_in.join(&options.file))?;
    // Its place is the bundled document's; what is JSON has to be YAML there, which it is.
    let document = load::parse(shipped::DOCUMENT, given.text.as_bytes())?;
    let corrections = load::document(Path::new(shipped::OVERLAY))?;
    let config = Config::read(Path::new(shipped::DRIFT))?;
    // The overlay is the client's on both sides: what it adds neither came nor went. It may already be on its way to the
    // newer document, so that not all of it matches the older one.
    let (older, _) = overlay::apply_what_matches(&load::document(Path::new(shipped::DOCUMENT))?.value, &corrections)?;
    let (newer, unmatched) = overlay::apply_what_matches(&document.value, &corrections)?;
    let base = Side::effective(shipped::DOCUMENT, older, Vec::new());
    let revision = Side::effective(&options.file.display().to_string(), newer, unmatched.clone());
    let report = check::report(base, revision, &config, &Baseline::default(), &[]);
    print!("{}", report.written(Format::Text));
    for action in &unmatched {
        println!("{}", inert::line(format_args!("{}: {action}", shipped::OVERLAY)));
    }
    print!("{}", changelog(&document, &report));
    if options.dry_run {
        obstacles(&document, &corrections, &report)?;
        println!("dry run: nothing was written");
        println!("{}", last(&report));
        return Ok(ExitCode::SUCCESS);
    }
    if !unmatched.is_empty() {
        bail!(
            "{} actions of {} match nothing; change or delete them, then run this again",
            unmatched.len(),
            shipped::OVERLAY
        );
    }
    let effective = shipped::effective(&document, &corrections)?;
    let modules = crate::shipped_client(&effective)
        .map_err(|error| overlay::attributed(error, &document, Some(&corrections), &effective))?;
    let files = shipped::files(&document, &corrections, modules, options.origin.as_deref())?
        .shipped(vec![(shipped::DOCUMENT.into(), document.text.clone())]);
    files.write()?;
    println!("replaced: {}, {} and {}", shipped::DOCUMENT, shipped::SOURCE, shipped::GENERATED);
    println!("{}", last(&report));
    Ok(ExitCode::SUCCESS)
}

/// Says what would stop a run that writes.
fn obstacles(document: &Document, corrections: &Document, report: &Report) -> Result<()> {
    let (effective, unmatched) = overlay::apply_what_matches(&document.value, corrections)?;
    if !unmatched.is_empty() {
        println!("obstacle: {} overlay actions match nothing", unmatched.len());
    }
    if let Err(error) = widening::check(&document.value, &effective) {
        println!("{}", inert::line(format_args!("obstacle: {error:#}")));
    }
    if let Source::Unknown { error } = &report.source {
        println!("{}", inert::line(format_args!("obstacle: {error}")));
    }
    Ok(())
}

/// The step that the crate's version needs.
fn last(report: &Report) -> String {
    match &report.source {
        Source::Compared { verdict, .. } => format!("semver: {}", verdict.semver),
        Source::Unknown { .. } => "semver: could not tell".to_owned(),
    }
}

/// An entry for CHANGELOG.md: the document, and what came and went.
fn changelog(document: &Document, report: &Report) -> String {
    let operations = |rule: &rules::Rule| -> Vec<String> {
        let found = report.findings.iter().filter(|finding| finding.rule == rule);
        found.map(|finding| finding.subject.clone()).collect()
    };
    let (mut added, mut removed) = (operations(rules::OPERATION_ADDED), operations(rules::OPERATION_REMOVED));
    let mut changed = Vec::new();
    if let Source::Compared { verdict, .. } = &report.source {
        added.extend(verdict.added.iter().cloned());
        removed.extend(verdict.removed.iter().cloned());
        changed.extend(verdict.changed.iter().map(|(path, old, new)| format!("{path}: {old} is now {new}")));
    }
    let mut entry = Lines::default();
    entry.add("");
    entry.paragraph("for CHANGELOG.md:");
    entry.paragraph(format_args!("Document sha256 `{}`.", document.sha256));
    for (title, items) in [("Added", added), ("Changed", changed), ("Removed", removed)] {
        if items.is_empty() {
            continue;
        }
        entry.paragraph(format_args!("### {title}"));
        for item in items.iter().take(ITEMS) {
            entry.add(format_args!("- {}", code(item)));
        }
        if items.len() > ITEMS {
            entry.add(format_args!("- and {} more", items.len() - ITEMS));
        }
        entry.add("");
    }
    entry.text()
}
