//! `cargo xtask update FILE`: replaces the bundled document with a newer one, all files at once or none.

mod additions;
mod changelog;
mod obsolete;
mod readers;
mod settings;
mod sources;
mod usages;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Error, Result, bail};
use clap::Args;
use serde_json::Value;

use self::obsolete::Faults;
use self::usages::Usage;
use super::Outcome;
use super::drift::{self, Input};
use super::generate::print_warnings;
use crate::document::errors;
use crate::document::load::{self, Document};
use crate::document::openapi::{operations, version};
use crate::drift::baseline::Baseline;
use crate::drift::config::Config;
use crate::drift::report::{ApiVerdict, Format, Report};
use crate::drift::rules;
use crate::inert::Lines;
use crate::output::{Files, lock};
use crate::polish::Modules;
use crate::published::{self, COPIES, DOCUMENT, DRIFT, GENERATED, OVERLAY, SOURCE};
use crate::stdout::{print, print_line};
use crate::{overlay, pipeline, superset};

/// The file that gets the printed entry.
const CHANGELOG: &str = "CHANGELOG.md";
/// The accepted findings of the nightly check.
const BASELINE: &str = "spec/drift-baseline.json";
/// The cure of an overlay action that was not applied.
const UNMATCHED: &str =
    "change the target of the action if the location was renamed, or delete the action if its fault was fixed upstream";

/// The cure of an overlay action that would bring back a part.
const LEFTOVER: &str = "change the name in these lines of the action if the part was renamed, or delete the lines";

/// The cure of code of the client that uses what is gone.
const USED: &str =
    "change the code so that the client does without the item; examples and tests of the client can wait";

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

/// Shows the drift, then replaces document, overlay, record and generated code together.
///
/// # Errors
/// Any obstacle, before the first byte is written.
pub fn run(options: &Options, root: &Path, started_in: &Path) -> Result<Outcome> {
    let folder = root.join(GENERATED);
    let _lock = if options.dry_run { lock::to_read(&folder)? } else { lock::to_write(&folder)? };
    let given = load::document_called(&options.file.display().to_string(), &started_in.join(&options.file))?;
    version(&given.value).with_context(|| given.name.clone())?;
    // As the bundled document, it is YAML; so is JSON. Messages call it what the caller calls it.
    let document = Document { name: given.name.clone(), ..load::parse(DOCUMENT, given.text.as_bytes())? };
    let (bundled, corrections) = published::load(root)?;
    let origin = options.origin.as_deref();
    if is_up_to_date(root, &bundled, &document, &corrections, origin) {
        print_line(format_args!("nothing changed: {} is the bundled document", given.name))?;
        return Ok(Outcome::Clean);
    }
    let config = Config::read(&root.join(DRIFT), DRIFT)?;
    // The overlay may already be written for the newer document, and a document before it may be in place.
    let [shipped, its_corrections] = published::committed(root, &bundled, &corrections);
    let older = shipped.value.clone();
    // Both sides have the overlay, so that its additions are no change. Where git knows no other one, some of its actions
    // may not match the older document.
    let base = Input::version(shipped, &its_corrections, &given.value)?;
    let revision = Input::version(given, &corrections, &older)?;
    let (effective, newer) = (base.document.clone(), revision.document.clone());
    let mut faults = Faults { unmatched: revision.unmatched.clone(), leftovers: revision.leftovers.clone() };
    let report = drift::report(base, revision, &config, &Baseline::default(), &[]);
    print(&report.render(Format::Text))?;
    print(&changelog::entry(&document, &report, (&effective, &newer)))?;

    let gone = obsolete::find_gone(&older, &document.value, &report);
    let (corrections, obsolete) = obsolete::delete(&corrections, &mut faults, &older, &gone)?;
    let modules = pipeline::published_client(&newer);
    modules.iter().for_each(print_warnings);
    let (usages, is_listed) = usages(root, &report, modules.as_ref().ok(), (&effective, &newer))?;
    let (used, left): (Vec<Usage>, Vec<Usage>) = usages.into_iter().partition(|usage| usage.is_obstacle);
    let Faults { unmatched, leftovers } = faults;
    let mut obstacles: Vec<String> = unmatched.iter().map(ToString::to_string).collect();
    obstacles.extend(leftovers.iter().map(ToString::to_string));
    let files = if obstacles.is_empty() {
        files(root, &document, &corrections, modules, origin).map(Some)
    } else {
        superset::check(&document.value, &newer).map(|()| None)
    };
    obstacles.extend(used.iter().map(Usage::to_string));
    let files = files.unwrap_or_else(|error| {
        obstacles.extend(faults_of(&error, &document, &corrections, &newer));
        None
    });
    if let (ApiVerdict::Unknown { error }, true) = (&report.api, obstacles.is_empty()) {
        obstacles.push(error.clone());
    }
    let deletes = if options.dry_run { "would delete" } else { "deletes" };
    for part in &obsolete {
        print_line(format_args!("{deletes} {part}"))?;
    }
    for obstacle in &obstacles {
        print_line(format_args!("obstacle: {obstacle}"))?;
    }
    if !is_listed {
        print_line("the code to change is not listed, because the clients could not be compared")?;
    }
    let cures = [(!unmatched.is_empty(), UNMATCHED), (!leftovers.is_empty(), LEFTOVER), (!used.is_empty(), USED)];
    for (_, cure) in cures.into_iter().filter(|(is_needed, _)| *is_needed) {
        print_line(format_args!("cure: {cure}"))?;
    }
    match (&obstacles[..], files) {
        _ if options.dry_run => print_line("dry run: nothing was written")?,
        ([], Some(files)) => {
            // The overlay first: if a run is killed before the document is replaced, the next one does the rest.
            let files =
                if obsolete.is_empty() { files } else { files.with_record(root.join(OVERLAY), corrections.text) };
            files.write()?;
            let overlay = if obsolete.is_empty() { String::new() } else { format!("{OVERLAY}, ") };
            let copies = published::copies(root).map_or_else(String::new, |_| format!("{COPIES}, "));
            print_line(format_args!("replaced: {DOCUMENT}, {overlay}{SOURCE}, {copies}{GENERATED}"))?;
        }
        ([one], _) if !unmatched.is_empty() => bail!("{one}; {UNMATCHED}"),
        ([one], _) if !leftovers.is_empty() => bail!("{one}; {LEFTOVER}"),
        ([one], _) if !used.is_empty() => bail!("{one}; {USED}"),
        ([one], _) => bail!("{one}"),
        _ => bail!("{} obstacles, which are listed above; remove them, then run this task again", obstacles.len()),
    }
    print(&to_do(root, &left, &report))?;
    print_line(last(&report))?;
    Ok(if obstacles.is_empty() { Outcome::Clean } else { Outcome::Stale })
}

/// Whether an update with `document` would write nothing. A killed update has replaced the bundled document, and leaves
/// other files to write.
fn is_up_to_date(
    root: &Path,
    bundled: &Document,
    document: &Document,
    corrections: &Document,
    origin: Option<&str>,
) -> bool {
    let stale = || -> Result<bool> {
        let (_, modules) = published::client(document, corrections)?;
        Ok(!checked_files(root, document, corrections, modules?, origin)?.stale()?.is_empty())
    };
    bundled.text == document.text && stale().is_ok_and(|is_stale| !is_stale)
}

/// The hand-written code that the newer document concerns, by both effective documents, and whether it is all: if the
/// clients of both could not be compared, nobody knows the items that change.
fn usages(
    root: &Path,
    report: &Report,
    newer: Option<&Modules>,
    (before, now): (&Value, &Value),
) -> Result<(Vec<Usage>, bool)> {
    let mut usages = settings::find(root, report, before, now)?;
    let (ApiVerdict::Compared { diff, .. }, Some(modules)) = (&report.api, newer) else {
        return Ok((usages, false));
    };
    usages.extend(usages::find(root, diff, modules, &removed_operations(before, now))?);
    usages.extend(additions::find_writers(root, diff)?);
    usages.extend(additions::find_incomplete(root, diff, modules)?);
    Ok((usages, true))
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
    checked_files(root, document, corrections, modules, origin)
}

/// As [`files`], after the check of the overlay.
fn checked_files(
    root: &Path,
    document: &Document,
    corrections: &Document,
    modules: Modules,
    origin: Option<&str>,
) -> Result<Files> {
    // The document is replaced before its record. If a run is killed between the two, the next one finds the old record.
    let files = published::files(root, document, corrections, modules, origin)?
        .with_record(root.join(DOCUMENT), document.text.clone());
    files.check_folder()?;
    Ok(files)
}

/// A line for each fault that an error is about, with the file and the position of the fault.
fn faults_of(error: &Error, document: &Document, corrections: &Document, effective: &Value) -> Vec<String> {
    let located = errors::located(error);
    if located.is_empty() {
        return vec![format!("{error:#}")];
    }
    let attributed =
        located.iter().map(|fault| overlay::attribute_position(fault.clone().into(), document, corrections, effective));
    attributed.map(|error| format!("{error:#}")).collect()
}

/// The places that are left to a human's judgement, each with its reason, and the commands that do the rest.
fn to_do(root: &Path, left: &[Usage], report: &Report) -> String {
    let mut list = Lines::default();
    list.add("");
    list.paragraph("left to do (found by name, which other code may have, too):");
    let (guesses, sure): (Vec<&Usage>, Vec<&Usage>) = left.iter().partition(|usage| usage.is_guess);
    for usage in sure {
        list.add(format_args!("- {usage}"));
    }
    let comes_or_goes = [rules::OPERATION_ADDED, rules::OPERATION_REMOVED, rules::OPERATION_ID_CHANGED];
    if report.findings.iter().any(|finding| comes_or_goes.contains(&finding.rule)) {
        list.add(
            "- guides and README: `UPDATE_GOLDEN=1 cargo test -p xtask --test repository guide` writes what they say of \
             operations",
        );
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
    if !guesses.is_empty() {
        list.paragraph("perhaps left to do (another generated item has the name, too):");
        for usage in guesses {
            list.add(format_args!("- {usage}"));
        }
        list.add("");
    }
    list.text()
}

/// The step that the crate's version needs.
fn last(report: &Report) -> String {
    match &report.api {
        ApiVerdict::Compared { diff, .. } => format!("semver: {}", diff.semver),
        _ => "semver: could not tell".to_owned(),
    }
}
