//! `cargo xtask drift`: load → compare → configuration and baseline → public API → report.

mod apis;
mod inputs;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::Outcome;
use crate::count::count;
use crate::document::openapi::path_items;
use crate::drift::baseline::Baseline;
use crate::drift::config::Config;
use crate::drift::report::{Format, Report};
use crate::drift::rules::Severity;
use crate::drift::{self, Drift, Finding, renames};
use crate::stdout::{print, print_line};
use crate::{output, published, workspace};

pub(crate) use inputs::Input;
use inputs::Inputs;

/// Options of `cargo xtask drift`.
#[derive(Debug, Args)]
pub struct Options {
    /// The base document, a file or REV:PATH in git; default: the effective document of the published client.
    #[arg(long, value_name = "FILE", value_parser = NonEmptyStringValueParser::new())]
    base: Option<String>,
    /// The newer document, a file or REV:PATH in git: YAML or JSON, OpenAPI 3.0 or 3.1.
    #[arg(long, value_name = "FILE", value_parser = NonEmptyStringValueParser::new())]
    revision: String,
    /// Compare without the overlay, even a version of the bundled document.
    #[arg(long)]
    as_it_is: bool,
    /// The format of the report.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The lowest severity of a finding that makes the exit code 1.
    #[arg(long, value_enum, default_value = "breaking")]
    fail_on: FailOn,
    /// Severities and ignored findings; default: `spec/drift.toml` of the workspace, if there is one.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The file of accepted findings, which do not count.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Accept the current findings that break or warn, with `--fail-on any` all: write them to the baseline.
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    /// Compare only paths with this prefix, and the Rust API of these alone; may be repeated.
    #[arg(long, value_name = "PATH-PREFIX", value_parser = NonEmptyStringValueParser::new())]
    only: Vec<String>,
}

/// The least severity that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    Breaking,
    Warning,
    Any,
}

impl FailOn {
    fn severity(self) -> Severity {
        match self {
            Self::Breaking => Severity::Breaking,
            Self::Warning => Severity::Warning,
            Self::Any => Severity::Info,
        }
    }
}

/// Runs the check. Paths that the caller names are relative to `started_in`.
///
/// # Errors
/// A file that cannot be read or is no OpenAPI document, and a prefix of no path. Without `--base`, a place outside of any
/// checkout.
pub fn run(options: &Options, started_in: &Path) -> Result<Outcome> {
    let revision = inputs::read(&options.revision, started_in)?;
    let (workspace, inputs) = if let Some(base) = &options.base {
        let (base, workspace) = (inputs::read(base, started_in)?, workspace::root().ok());
        let inputs = Inputs::between(base, revision, options.as_it_is, workspace.as_deref())?;
        (workspace, inputs)
    } else {
        let root = workspace::root()?;
        let inputs = Inputs::with_published(&root, revision, options.as_it_is)?;
        (Some(root), inputs)
    };
    check_prefixes(&options.only, &inputs)?;
    let config = match (&options.config, &workspace) {
        (Some(path), _) => {
            let path = started_in.join(path);
            Config::read(&path, &path.display().to_string())?
        }
        (None, Some(root)) => Config::read(&root.join(published::DRIFT), published::DRIFT)?,
        (None, None) => Config::default(),
    };
    let baseline = options.baseline.as_ref().map(|path| started_in.join(path));
    let accepted = match &baseline {
        Some(path) if !options.write_baseline => Baseline::read(path)?,
        _ => Baseline::default(),
    };
    let mut report = report(inputs.base, inputs.revision, &config, &accepted, &options.only);
    report.reading = inputs.reading;

    let fails = options.fail_on.severity();
    if let Some(path) = baseline.filter(|_| options.write_baseline) {
        let worth = report.findings.iter().filter(|finding| finding.severity >= fails.min(Severity::Warning));
        let written = Baseline::of(worth);
        output::replace(&path, &written.text())?;
        print_line(format_args!("accepted {}: {}", count(written.len(), "finding"), path.display()))?;
        return Ok(Outcome::Clean);
    }
    print(&report.render(options.format))?;
    let failed = report.findings.iter().any(|finding| finding.severity >= fails);
    Ok(if failed { Outcome::Stale } else { Outcome::Clean })
}

/// A prefix that selects no path of either document is misspelt, or its paths are all gone.
fn check_prefixes(only: &[String], Inputs { base, revision, .. }: &Inputs) -> Result<()> {
    let has = |input: &Input, prefix: &str| path_items(input.compared()).any(|(path, _)| path.starts_with(prefix));
    match only.iter().find(|prefix| !has(base, prefix) && !has(revision, prefix)) {
        Some(prefix) => bail!(
            "--only {prefix}: no path of {} or of {} starts with it; a path is written as in the document, such as {}",
            base.name,
            revision.name,
            path_items(base.compared()).next().map_or("/v1/projects", |(path, _)| path)
        ),
        None => Ok(()),
    }
}

/// Compares two documents, and applies configuration and baseline to the findings.
pub(crate) fn report(base: Input, revision: Input, config: &Config, accepted: &Baseline, only: &[String]) -> Report {
    let Drift { mut findings, diagnostics } = drift::compare(base.compared(), revision.compared(), only);
    let applied = config.apply(&mut findings, chrono::Utc::now().date_naive());
    let gone = accepted.gone(&findings);
    let all = findings.len();
    findings.retain(|finding| !accepted.holds(finding));
    let mut renames = renames::find(base.compared(), revision.compared(), &findings);
    // Another author chooses other names for operations and schemas.
    renames.retain(|rename| rename.kind.is_sent() || revision.not_generated.is_none());
    locate(&mut findings, &base, &revision);
    Report {
        base: base.name.clone(),
        revision: revision.name.clone(),
        reading: None,
        accepted: all - findings.len(),
        findings,
        renames,
        gone,
        applied,
        diagnostics,
        api: apis::compare(base, revision, only),
    }
}

/// Adds the positions of the findings in the files of both documents.
fn locate(findings: &mut [Finding], base: &Input, revision: &Input) {
    let places = |place: fn(&Finding) -> Option<&str>| findings.iter().map(place).collect::<Vec<_>>();
    let before = base.positions(&places(|finding| finding.base.as_deref()));
    let now = revision.positions(&places(|finding| finding.revision.as_deref()));
    for ((finding, before), now) in findings.iter_mut().zip(before).zip(now) {
        (finding.base_position, finding.revision_position) = (before, now);
    }
}
