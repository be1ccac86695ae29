//! `cargo xtask probe`: compares real responses with the document. Exit 0: clean, 1: findings, 2: could not tell.

use std::env::VarError;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::{ArgGroup, Parser, ValueEnum};
use deepgram_mgmt::{Client, Credentials};
use probe::{Document, Format, Outcome, Walk};
use xtask::{inert, output, stdout};

/// Compares real responses with the effective document. Sends only GET requests, and prints types, never values.
///
/// Credentials come from the environment: `DEEPGRAM_API_KEY`, sent with the scheme `DEEPGRAM_AUTH_SCHEME` (default: `token`).
/// Exit code 0: clean, 1: findings, 2: could not tell.
#[derive(Parser)]
#[command(bin_name = "cargo xtask probe", group = ArgGroup::new("source").required(true).args(["live", "base_url", "replay"]))]
struct Arguments {
    /// Call the real API, or the server that `DEEPGRAM_BASE_URL` names.
    #[arg(long)]
    live: bool,
    /// Call this server.
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Send nothing: read the responses of a recording.
    #[arg(long, value_name = "DIR")]
    replay: Option<PathBuf>,
    /// Record the responses, with placeholders in place of texts and numbers.
    #[arg(long, value_name = "DIR", conflicts_with = "replay")]
    record: Option<PathBuf>,
    /// The format of the report.
    #[arg(long, value_enum, default_value = "text")]
    format: Written,
    /// Write an OpenAPI overlay with an action for each finding.
    #[arg(long, value_name = "FILE")]
    suggest_overlay: Option<PathBuf>,
    /// Another document, without an overlay unless `--overlay` names one.
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// Another overlay for the document; several are applied in order.
    #[arg(long, value_name = "FILE", conflicts_with = "no_overlay")]
    overlay: Vec<PathBuf>,
    /// Apply no overlay.
    #[arg(long)]
    no_overlay: bool,
}

/// [`Format`] as an argument.
#[derive(Clone, Copy, ValueEnum)]
enum Written {
    Text,
    Json,
    Markdown,
    Github,
}

/// Deep documents are followed by recursion, as by the generator.
const STACK: usize = 64 * 1024 * 1024;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(move || run(&arguments));
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(code))) => code,
        // A panic has been printed where it happened.
        Ok(Err(_)) => ExitCode::from(2),
        Err(error) => failed(&error.into()),
        Ok(Ok(Err(error))) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    // Documents are quoted in errors.
    eprintln!("{}", inert::line(format_args!("error: {error:#}")));
    ExitCode::from(2)
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    let spec = xtask::workspace::root()?.join("spec");
    let (own, corrections) = (spec.join("deepgram-management-openapi.yml"), spec.join("overlay.yaml"));
    let shipped = Document::load(&own, &[corrections])?;
    let is_own = arguments.document.is_none() && arguments.overlay.is_empty() && !arguments.no_overlay;
    let named = || Document::load(arguments.document.as_ref().unwrap_or(&own), &arguments.overlay);
    let other = (!is_own).then(named).transpose()?;
    let document = other.as_ref().unwrap_or(&shipped);

    let walk = match &arguments.replay {
        Some(folder) => probe::read(folder)?,
        None => ask(arguments, document, &shipped)?,
    };
    // What goes wrong with a file takes nothing from the report.
    let recorded = arguments.record.as_ref().map_or(Ok(()), |folder| record(folder, &walk, document, &shipped));
    let outcome = probe::judge(&walk, document, &shipped)?;
    let format = match arguments.format {
        Written::Text => Format::Text,
        Written::Json => Format::Json,
        Written::Markdown => Format::Markdown,
        Written::Github => Format::Github,
    };
    stdout::print(&outcome.report(format))?;
    recorded?;
    if let Some(file) = &arguments.suggest_overlay {
        suggest(file, &outcome, document)?;
    }
    Ok(match outcome {
        // No response says nothing about the document. Error responses alone say nothing either: the server may be another one.
        Outcome { succeeded: (0, _), .. } => ExitCode::from(2),
        Outcome { findings, .. } if !findings.is_empty() => ExitCode::from(1),
        Outcome { untold, .. } if !untold.is_empty() => ExitCode::from(2),
        _ => ExitCode::SUCCESS,
    })
}

fn record(folder: &Path, walk: &Walk, document: &Document, shipped: &Document) -> Result<()> {
    if walk.exchanges.iter().all(|exchange| !(200..300).contains(&exchange.status)) {
        eprintln!("{}", inert::line(format_args!("no operation succeeded; {} is not written", folder.display())));
        return Ok(());
    }
    probe::write(folder, walk, document, shipped)
}

fn ask(arguments: &Arguments, document: &Document, shipped: &Document) -> Result<Walk> {
    let client = match &arguments.base_url {
        Some(url) => {
            let client = Client::builder().base_url(url).credentials(credentials()?).build();
            client.with_context(|| format!("--base-url {url}"))?
        }
        None => Client::from_env()?,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let walk = runtime.block_on(probe::walk(&client, document, shipped));
    if walk.exchanges.iter().all(|exchange| exchange.status == 401) && !walk.exchanges.is_empty() {
        bail!(
            "every call got the status 401: check DEEPGRAM_API_KEY, or set DEEPGRAM_AUTH_SCHEME to `token` or `bearer`"
        );
    }
    Ok(walk)
}

/// As the client reads them where it reads the base URL from the environment, too.
fn credentials() -> Result<Credentials> {
    let key = match std::env::var("DEEPGRAM_API_KEY") {
        Ok(key) => key,
        Err(VarError::NotPresent) => bail!("DEEPGRAM_API_KEY is not set"),
        Err(VarError::NotUnicode(_)) => bail!("DEEPGRAM_API_KEY is not valid text"),
    };
    match std::env::var("DEEPGRAM_AUTH_SCHEME").unwrap_or_default().to_ascii_lowercase().as_str() {
        "" | "token" => Ok(Credentials::api_key(key)),
        "bearer" => Ok(Credentials::bearer(key)),
        _ => bail!("DEEPGRAM_AUTH_SCHEME is neither `token` nor `bearer`"),
    }
}

fn suggest(file: &Path, outcome: &Outcome, document: &Document) -> Result<()> {
    let Some(overlay) = probe::overlay(&outcome.findings, document)? else {
        eprintln!("{}", inert::line(format_args!("nothing to suggest; {} is not written", file.display())));
        return Ok(());
    };
    output::replace(file, &serde_yaml::to_string(&overlay)?)
}
