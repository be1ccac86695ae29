//! `cargo xtask drift`: load → compare → configuration and baseline → public API → report.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use super::Outcome;
use crate::document::load::{self, Document};
use crate::drift::baseline::Baseline;
use crate::drift::config::Config;
use crate::drift::report::{ApiVerdict, Format, Report};
use crate::drift::rules::Severity;
use crate::drift::{self, Drift};
use crate::{inert, output, overlay, pipeline, published, rust_api};

/// How long the generator may take for both documents. The largest known document takes a few seconds.
const GENERATOR_TIMEOUT: Duration = Duration::from_secs(60);

/// Options of `cargo xtask drift`.
#[derive(Debug, Args)]
pub struct Options {
    /// The base document; default: the effective document, which is the bundled one with its overlay.
    #[arg(long, value_name = "FILE")]
    base: Option<PathBuf>,
    /// The newer document: YAML or JSON, OpenAPI 3.0 or 3.1.
    #[arg(long, value_name = "FILE")]
    revision: PathBuf,
    /// The format of the report.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// The lowest severity of a finding that makes the exit code 1.
    #[arg(long, value_enum, default_value = "breaking")]
    fail_on: FailOn,
    /// Severities and ignored findings; default: `spec/drift.toml`.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The file of accepted findings, which do not count.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Accept the current findings: write them to the baseline.
    #[arg(long, requires = "baseline")]
    write_baseline: bool,
    /// Compare only paths with this prefix; may be repeated.
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
pub(crate) struct Input {
    pub(crate) name: String,
    /// The document that is compared.
    pub(crate) document: Value,
    /// The document that the client is generated from, or the reason why there is none.
    pub(crate) effective: Result<Value, String>,
    /// Actions of the overlay that match nothing in the document.
    pub(crate) unmatched: Vec<String>,
}

impl Input {
    /// Compares the document without its overlay, and generates from it with the overlay's actions that match.
    fn given(document: Document, overlay: &Document) -> Self {
        let (effective, unmatched) = match overlay::apply_what_matches(&document.value, overlay) {
            Ok((effective, unmatched)) => (Ok(effective), unmatched),
            Err(error) => (Err(format!("{error:#}")), Vec::new()),
        };
        Self { name: document.name, document: document.value, effective, unmatched }
    }

    /// Compares the effective document, and generates from it too.
    pub(crate) fn effective(name: &str, effective: Value, unmatched: Vec<String>) -> Self {
        let name = format!("{name} with {}", published::OVERLAY);
        Self { name, document: effective.clone(), effective: Ok(effective), unmatched }
    }
}

/// Runs the check in the workspace at `root`. Paths that the caller names are relative to `started_in`.
///
/// # Errors
/// A file that cannot be read, and a document of Swagger 2.0, which has another structure.
pub fn run(options: &Options, root: &Path, started_in: &Path) -> Result<Outcome> {
    let revision = named(load::document(&started_in.join(&options.revision))?, &options.revision);
    let overlay = published::load(root, published::OVERLAY)?;
    let base = if let Some(path) = &options.base {
        Input::given(named(load::document(&started_in.join(path))?, path), &overlay)
    } else {
        let document = published::load(root, published::DOCUMENT)?;
        Input::effective(published::DOCUMENT, published::effective(&document, &overlay)?, Vec::new())
    };
    let revision = Input::given(revision, &overlay);
    for Input { name, document, .. } in [&base, &revision] {
        if document.get("openapi").is_none() && document.get("swagger").is_some() {
            bail!("{name}: #/swagger: Swagger 2.0 is not supported; OpenAPI 3.0 and 3.1 are");
        }
    }
    let config = match &options.config {
        Some(path) => {
            let path = started_in.join(path);
            Config::read(&path, &path.display().to_string())?
        }
        None => Config::read(&root.join(published::DRIFT), published::DRIFT)?,
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
        return Ok(Outcome::Clean);
    }
    print!("{}", report.render(options.format));
    let failed = report.findings.iter().any(|finding| finding.severity >= fails);
    Ok(if failed { Outcome::Stale } else { Outcome::Clean })
}

fn named(document: Document, path: &Path) -> Document {
    Document { name: path.display().to_string(), ..document }
}

/// Compares two documents, and applies configuration and baseline to the findings.
pub(crate) fn report(base: Input, revision: Input, config: &Config, accepted: &Baseline, only: &[String]) -> Report {
    let Drift { mut findings, diagnostics } = drift::compare(&base.document, &revision.document, only);
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
        diagnostics,
        api: compare_apis(base, revision),
    }
}

/// Generates from both documents, and compares the public APIs. A run over [`GENERATOR_TIMEOUT`] counts as failed, so
/// that the comparison of the documents does not wait for it.
fn compare_apis(base: Input, revision: Input) -> ApiVerdict {
    let unmatched_actions = revision.unmatched;
    let (old, new) = match (base.effective, revision.effective) {
        (Ok(old), Ok(new)) => (old, new),
        (Err(error), _) | (_, Err(error)) => return ApiVerdict::Unknown { error },
    };
    let inputs = [(base.name, old), (revision.name, new)];
    let (sender, receiver) = mpsc::channel();
    let generator = std::thread::Builder::new().stack_size(pipeline::STACK).spawn(move || {
        let diff = || {
            let [old, new] = inputs.map(|(name, document)| pipeline::client(&document).context(name));
            rust_api::compare(&old?, &new?)
        };
        // Nobody listens any more after the timeout.
        let _ = sender.send(diff());
    });
    let diff = generator.map_err(anyhow::Error::from).and_then(|_| match receiver.recv_timeout(GENERATOR_TIMEOUT) {
        Ok(diff) => diff,
        Err(RecvTimeoutError::Timeout) => bail!("the generator takes longer than {} s", GENERATOR_TIMEOUT.as_secs()),
        // Its panic has been printed where it happened.
        Err(RecvTimeoutError::Disconnected) => bail!("the generator panicked"),
    });
    match diff {
        Ok(diff) => ApiVerdict::Compared { diff, unmatched_actions },
        Err(error) => ApiVerdict::Unknown { error: format!("{error:#}") },
    }
}
