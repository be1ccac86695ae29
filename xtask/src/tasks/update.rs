//! `cargo xtask update FILE`: replaces the bundled document with a newer one, all files at once or none.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;

use super::Outcome;
use super::drift::{self, Input};
use crate::document::load::{self, Document};
use crate::drift::baseline::Baseline;
use crate::drift::config::Config;
use crate::drift::report::{ApiVerdict, Format, Report};
use crate::drift::rules;
use crate::inert::{self, Lines, code};
use crate::output::lock;
use crate::published::{self, DOCUMENT, DRIFT, GENERATED, OVERLAY, SOURCE};
use crate::{overlay, pipeline, superset};

/// How many items of each kind a changelog entry names.
const ITEMS: usize = 20;

/// Options of `cargo xtask update`.
#[derive(Debug, Args)]
pub struct Options {
    /// The newer document: YAML or JSON, OpenAPI 3.0 or 3.1.
    file: PathBuf,
    /// The origin of the document, for `spec/SOURCE.toml`; default: the origin in that file.
    #[arg(long, value_name = "TEXT")]
    origin: Option<String>,
    /// Show the result and write nothing; ignores overlay actions without a match.
    #[arg(long)]
    dry_run: bool,
}

/// Shows the drift, then replaces document, record and generated code together.
///
/// # Errors
/// Any obstacle, before the first byte is written.
pub fn run(options: &Options, root: &Path, started_in: &Path) -> Result<Outcome> {
    let folder = root.join(GENERATED);
    let _lock = if options.dry_run { lock::to_read(&folder)? } else { lock::to_write(&folder)? };
    let given = load::document(&started_in.join(&options.file))?;
    // Parsed under the bundled document's name; JSON is valid YAML.
    let document = load::parse(DOCUMENT, given.text.as_bytes())?;
    let corrections = published::load(root, OVERLAY)?;
    let config = Config::read(&root.join(DRIFT), DRIFT)?;
    // Both sides have the overlay, so that its additions are no change. It may already be written for the newer document;
    // then some of its actions do not match the older one.
    let (older, _) = overlay::apply_what_matches(&published::load(root, DOCUMENT)?.value, &corrections)?;
    let (newer, unmatched) = overlay::apply_what_matches(&document.value, &corrections)?;
    let base = Input::effective(DOCUMENT, older, Vec::new());
    let revision = Input::effective(&options.file.display().to_string(), newer, unmatched.clone());
    let report = drift::report(base, revision, &config, &Baseline::default(), &[]);
    print!("{}", report.render(Format::Text));
    for action in &unmatched {
        println!("{}", inert::line(format_args!("{OVERLAY}: {action}")));
    }
    print!("{}", changelog(&document, &report));
    if options.dry_run {
        obstacles(&document, &corrections, &report)?;
        println!("dry run: nothing was written");
        println!("{}", last(&report));
        return Ok(Outcome::Clean);
    }
    if !unmatched.is_empty() {
        bail!(
            "{} actions of {OVERLAY} match nothing; change or delete them, then run this task again",
            unmatched.len()
        );
    }
    let effective = published::effective(&document, &corrections)?;
    let modules = pipeline::published_client(&effective)
        .map_err(|error| overlay::attribute(error, &document, Some(&corrections), &effective))?;
    // The document is replaced before its record. If a run is killed between the two, the next one finds the old record.
    let files = published::files(root, &document, &corrections, modules, options.origin.as_deref())?
        .with_record(root.join(DOCUMENT), document.text.clone());
    files.write()?;
    println!("replaced: {DOCUMENT}, {SOURCE} and {GENERATED}");
    println!("{}", last(&report));
    Ok(Outcome::Clean)
}

/// Prints the obstacles that would stop a run that writes.
fn obstacles(document: &Document, corrections: &Document, report: &Report) -> Result<()> {
    let (effective, unmatched) = overlay::apply_what_matches(&document.value, corrections)?;
    if !unmatched.is_empty() {
        println!("obstacle: {} overlay actions match nothing", unmatched.len());
    }
    if let Err(error) = superset::check(&document.value, &effective) {
        println!("{}", inert::line(format_args!("obstacle: {error:#}")));
    }
    if let ApiVerdict::Unknown { error } = &report.api {
        println!("{}", inert::line(format_args!("obstacle: {error}")));
    }
    Ok(())
}

/// The step that the crate's version needs.
fn last(report: &Report) -> String {
    match &report.api {
        ApiVerdict::Compared { diff, .. } => format!("semver: {}", diff.semver),
        _ => "semver: could not tell".to_owned(),
    }
}

/// An entry for CHANGELOG.md: the document, and the additions, changes and removals.
fn changelog(document: &Document, report: &Report) -> String {
    let operations = |rule: &rules::Rule| -> Vec<String> {
        let found = report.findings.iter().filter(|finding| finding.rule == rule);
        found.map(|finding| finding.subject.clone()).collect()
    };
    let (mut added, mut removed) = (operations(rules::OPERATION_ADDED), operations(rules::OPERATION_REMOVED));
    let mut changed = Vec::new();
    if let ApiVerdict::Compared { diff, .. } = &report.api {
        added.extend(diff.added.iter().cloned());
        removed.extend(diff.removed.iter().cloned());
        changed.extend(diff.changed.iter().map(|(path, old, new)| format!("{path}: {old} is now {new}")));
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
