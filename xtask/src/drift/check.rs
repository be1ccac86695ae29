//! `cargo xtask drift`: load → compare → configuration and baseline → source verdict → report.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use super::baseline::Baseline;
use super::config::Config;
use super::report::{Format, Report, Source};
use super::rules::Severity;
use super::{Drift, surface};
use crate::load::{self, Document};
use crate::{inert, output, overlay, shipped};

/// How long the generator may take for both documents; the largest that is known takes it a few seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// What to compare, and what counts.
#[derive(Debug, Args)]
pub struct Options {
    /// The document to compare with; if not said, the effective document: the bundled one with its overlay.
    #[arg(long, value_name = "FILE")]
    base: Option<PathBuf>,
    /// The newer document: YAML or JSON, OpenAPI 3.0 or 3.1.
    #[arg(long, value_name = "FILE")]
    revision: PathBuf,
    /// How the report is written.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// From which severity on a finding makes the exit code 1.
    #[arg(long, value_enum, default_value = "breaking")]
    fail_on: FailOn,
    /// Severities and ignores; `spec/drift.toml` if not said.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Findings that were accepted: only others count.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Accept what is found now: write it to the baseline.
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    /// Look only at paths that start with this; may be repeated.
    #[arg(long, value_name = "PATH-PREFIX")]
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

/// One of the two documents of a comparison.
pub(crate) struct Side {
    pub(crate) name: String,
    /// What the wire is compared with.
    pub(crate) document: Value,
    /// What the client is generated from, or why there is nothing.
    pub(crate) effective: Result<Value, String>,
    /// Actions of the overlay that match nothing in it.
    pub(crate) unmatched: Vec<String>,
}

impl Side {
    /// A document that is compared as it is given, and generated from with what matches of the overlay.
    fn given(document: Document, overlay: &Document) -> Self {
        let (effective, unmatched) = match overlay::apply_what_matches(&document.value, overlay) {
            Ok((effective, unmatched)) => (Ok(effective), unmatched),
            Err(error) => (Err(format!("{error:#}")), Vec::new()),
        };
        Self { name: document.name, document: document.value, effective, unmatched }
    }

    /// A document that is compared as it is generated from: with its overlay.
    pub(crate) fn effective(name: &str, effective: Value, unmatched: Vec<String>) -> Self {
        let name = format!("{name} with {}", shipped::OVERLAY);
        Self { name, document: effective.clone(), effective: Ok(effective), unmatched }
    }
}

/// Runs the check. Paths that the caller names are relative to where the caller is.
///
/// # Errors
/// A file that cannot be read, and a document of Swagger 2.0, which has another structure.
pub fn run(options: &Options, started_in: &Path) -> Result<ExitCode> {
    let revision = named(load::document(&started_in.join(&options.revision))?, &options.revision);
    let overlay = load::document(Path::new(shipped::OVERLAY))?;
    let base = if let Some(path) = &options.base {
        Side::given(named(load::document(&started_in.join(path))?, path), &overlay)
    } else {
        let document = load::document(Path::new(shipped::DOCUMENT))?;
        Side::effective(shipped::DOCUMENT, shipped::effective(&document, &overlay)?, Vec::new())
    };
    let revision = Side::given(revision, &overlay);
    for Side { name, document, .. } in [&base, &revision] {
        if document.get("openapi").is_none() && document.get("swagger").is_some() {
            bail!("{name}: #/swagger: Swagger 2.0 is not supported; OpenAPI 3.0 and 3.1 are");
        }
    }
    let config = match &options.config {
        Some(path) => Config::read(&started_in.join(path))?,
        None => Config::read(Path::new(shipped::DRIFT))?,
    };
    let baseline = options.baseline.as_ref().map(|path| started_in.join(path));
    let accepted = match &baseline {
        Some(path) if !options.write_baseline => Baseline::read(path)?,
        _ => Baseline::default(),
    };
    let report = report(base, revision, &config, &accepted, &options.only);

    let fails = options.fail_on.severity();
    if let Some(path) = baseline.filter(|_| options.write_baseline) {
        let worth = report.findings.iter().filter(|finding| finding.severity >= fails.min(Severity::Warning));
        let written = Baseline::of(worth);
        output::replace(&path, &written.text())?;
        println!("{}", inert::line(format_args!("accepted {} findings: {}", written.len(), path.display())));
        return Ok(ExitCode::SUCCESS);
    }
    print!("{}", report.written(options.format));
    let failed = report.findings.iter().any(|finding| finding.severity >= fails);
    Ok(ExitCode::from(u8::from(failed)))
}

fn named(document: Document, path: &Path) -> Document {
    Document { name: path.display().to_string(), ..document }
}

/// Compares, and says what counts.
pub(crate) fn report(base: Side, revision: Side, config: &Config, accepted: &Baseline, only: &[String]) -> Report {
    let Drift { mut findings, defects } = super::compare(&base.document, &revision.document, only);
    let applied = config.apply(&mut findings, chrono::Utc::now().date_naive());
    let gone = accepted.gone(&findings);
    let all = findings.len();
    findings.retain(|finding| !accepted.holds(finding));
    Report {
        base: base.name.clone(),
        revision: revision.name.clone(),
        accepted: all - findings.len(),
        findings,
        gone,
        applied,
        defects,
        source: source(base, revision),
    }
}

/// Generates from both documents, and compares what callers can name. What takes the generator longer than [`PATIENCE`]
/// is as good as refused: the wire's verdict does not wait for it.
fn source(base: Side, revision: Side) -> Source {
    let unmatched_actions = revision.unmatched;
    let (old, new) = match (base.effective, revision.effective) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(error), _) | (_, Err(error)) => return Source::Unknown { error },
    };
    let sides = [(base.name, old), (revision.name, new)];
    let (sender, receiver) = mpsc::channel();
    let generator = std::thread::Builder::new().stack_size(crate::STACK).spawn(move || {
        let verdict = || {
            let [old, new] = sides.map(|(name, document)| crate::client(&document).context(name));
            surface::compare(&old?, &new?)
        };
        // Nobody listens any more once the patience is over.
        let _ = sender.send(verdict());
    });
    let verdict = generator.map_err(anyhow::Error::from).and_then(|_| match receiver.recv_timeout(PATIENCE) {
        Ok(verdict) => verdict,
        Err(RecvTimeoutError::Timeout) => bail!("the generator takes longer than {} s", PATIENCE.as_secs()),
        // Its panic has been printed where it happened.
        Err(RecvTimeoutError::Disconnected) => bail!("the generator panicked"),
    });
    match verdict {
        Ok(verdict) => Source::Compared { verdict, unmatched_actions },
        Err(error) => Source::Unknown { error: format!("{error:#}") },
    }
}
