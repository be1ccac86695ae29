//! `cargo xtask update FILE`: replaces the bundled document with a newer one, all files at once or none.

mod changelog;
mod readers;
mod usages;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use serde_json::Value;

use self::usages::Usage;
use super::Outcome;
use super::drift::{self, Input};
use crate::document::load::{self, Document};
use crate::document::openapi::operations;
use crate::drift::baseline::Baseline;
use crate::drift::config::Config;
use crate::drift::report::{ApiVerdict, Format, Report};
use crate::inert::{self, Lines};
use crate::output::{Files, lock};
use crate::polish::Modules;
use crate::published::{self, DOCUMENT, DRIFT, GENERATED, OVERLAY, SOURCE};
use crate::{overlay, pipeline, superset};

/// The file that gets the printed entry.
const CHANGELOG: &str = "CHANGELOG.md";
/// The accepted findings of the nightly check.
const BASELINE: &str = "spec/drift-baseline.json";

/// Options of `cargo xtask update`.
#[derive(Debug, Args)]
pub struct Options {
    /// The newer document: YAML or JSON, OpenAPI 3.0 or 3.1.
    file: PathBuf,
    /// The origin of the document, for `spec/SOURCE.toml`; default: the origin in that file.
    #[arg(long, value_name = "TEXT")]
    origin: Option<String>,
    /// Show the result and every obstacle, and write nothing; exit 1 if there is an obstacle.
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
    let given = load::document_called(&options.file.display().to_string(), &started_in.join(&options.file))?;
    // Parsed under the bundled document's name; JSON is valid YAML.
    let document = load::parse(DOCUMENT, given.text.as_bytes())?;
    let corrections = published::load(root, OVERLAY)?;
    let config = Config::read(&root.join(DRIFT), DRIFT)?;
    // Both sides have the overlay, so that its additions are no change. It may already be written for the newer document;
    // then some of its actions do not match the older one.
    let base = Input::version(published::load(root, DOCUMENT)?, &corrections)?;
    let revision = Input::version(given, &corrections)?;
    let (newer, unmatched) = (revision.document.clone(), revision.unmatched.clone());
    let gone = removed_operations(&base.document, &newer);
    let report = drift::report(base, revision, &config, &Baseline::default(), &[]);
    print!("{}", report.render(Format::Text));
    print!("{}", changelog::entry(&document, &report));

    let modules = pipeline::published_client(&newer);
    let (used, left) = usages(root, &report, modules.as_ref().ok(), &gone)?;
    let mut obstacles = unmatched;
    let files = if obstacles.is_empty() {
        files(root, &document, &corrections, modules, options.origin.as_deref()).map(Some)
    } else {
        superset::check(&document.value, &newer).map(|()| None)
    };
    obstacles.extend(used.iter().map(Usage::to_string));
    let files = files.unwrap_or_else(|error| {
        obstacles.push(format!("{error:#}"));
        None
    });
    if let (ApiVerdict::Unknown { error }, true) = (&report.api, obstacles.is_empty()) {
        obstacles.push(error.clone());
    }
    for obstacle in &obstacles {
        println!("{}", inert::line(format_args!("obstacle: {obstacle}")));
    }
    match (&obstacles[..], files) {
        _ if options.dry_run => println!("dry run: nothing was written"),
        ([], Some(files)) => {
            files.write()?;
            println!("replaced: {DOCUMENT}, {SOURCE} and {GENERATED}");
        }
        ([one], _) => bail!("{one}"),
        _ => bail!("{} obstacles, which are listed above; remove them, then run this task again", obstacles.len()),
    }
    print!("{}", to_do(root, &left));
    println!("{}", last(&report));
    Ok(if obstacles.is_empty() { Outcome::Clean } else { Outcome::Stale })
}

/// The hand-written code that the newer document concerns: what stands in the way, and what is left to do. None where the
/// newer client cannot be generated, which is an obstacle of its own.
fn usages(root: &Path, report: &Report, newer: Option<&Modules>, gone: &[String]) -> Result<(Vec<Usage>, Vec<Usage>)> {
    let (ApiVerdict::Compared { diff, .. }, Some(modules)) = (&report.api, newer) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let mut usages = usages::find(root, diff, modules, gone)?;
    usages.extend(usages::find_writers(root, diff)?);
    Ok(usages.into_iter().partition(|usage| usage.is_obstacle))
}

/// The operations that only the older document has.
fn removed_operations(older: &Value, newer: &Value) -> Vec<String> {
    let ids = |document| -> BTreeSet<String> {
        operations(document).filter_map(|operation| operation.id().map(ToOwned::to_owned)).collect()
    };
    ids(older).difference(&ids(newer)).cloned().collect()
}

/// The files of the newer document, none of which is written yet. `modules` is its client.
fn files(
    root: &Path,
    document: &Document,
    corrections: &Document,
    modules: Result<Modules>,
    origin: Option<&str>,
) -> Result<Files> {
    let effective = published::effective(document, corrections)?;
    let modules = modules.map_err(|error| overlay::attribute(error, document, Some(corrections), &effective))?;
    // The document is replaced before its record. If a run is killed between the two, the next one finds the old record.
    let files = published::files(root, document, corrections, modules, origin)?
        .with_record(root.join(DOCUMENT), document.text.clone());
    files.check_folder()?;
    Ok(files)
}

/// The places that are left to a human's judgement, each with its reason.
fn to_do(root: &Path, left: &[Usage]) -> String {
    let mut list = Lines::default();
    list.add("");
    list.paragraph("left to do (found by name; other items may have the name, too):");
    for usage in left {
        list.add(format_args!("- {usage}"));
    }
    let changelog = fs::read_to_string(root.join(CHANGELOG)).unwrap_or_default();
    let old = changelog.lines().position(|line| line.starts_with("Document sha256"));
    let line = old.map(|index| format!(":{}", index + 1)).unwrap_or_default();
    list.add(format_args!("- {CHANGELOG}{line}: add the entry above; its `Document sha256` line replaces the old one"));
    list.add(format_args!(
        "- {BASELINE}: if `cargo xtask drift --revision FILE --baseline {BASELINE}` names new findings of the vendor's \
         document, read them, and accept them with `--write-baseline`"
    ));
    list.add("");
    list.text()
}

/// The step that the crate's version needs.
fn last(report: &Report) -> String {
    match &report.api {
        ApiVerdict::Compared { diff, .. } => format!("semver: {}", diff.semver),
        _ => "semver: could not tell".to_owned(),
    }
}
