//! The sandbox as a program: serves until it is stopped.

use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use deepgram_mgmt_sandbox::seed::Seed;
use deepgram_mgmt_sandbox::{Builder, Dialect, FaultRule, Sandbox};

/// A stateful Deepgram Management API on loopback, for tests. The credential is `sandbox-admin-key`.
#[derive(Parser)]
struct Arguments {
    /// The port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The address to listen on; beyond loopback, other machines reach the sandbox.
    #[arg(long, value_name = "ADDRESS", default_value_t = Ipv4Addr::LOCALHOST.into())]
    bind: IpAddr,
    /// The dialect of the responses.
    #[arg(long, value_enum, default_value = "live")]
    dialect: Spoken,
    /// A JSON file with projects, in place of the standard ones.
    #[arg(long, value_name = "FILE")]
    seed: Option<PathBuf>,
    /// A fault, such as `429; retry-after=2; chance=0.1`, `503`, `slow; ms=300`, `reset`, `truncated` or `ignores-page`;
    /// repeatable: of several, a request meets the first that occurs.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<FaultRule>,
    /// The seed of the random numbers behind `chance`.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    fault_seed: u64,
}

/// [`Dialect`] as an argument.
#[derive(Clone, Copy, ValueEnum)]
enum Spoken {
    /// The bundled document's; takes `Bearer`.
    Bundled,
    /// The live API's; takes `Token`.
    Live,
}

impl From<Spoken> for Dialect {
    fn from(dialect: Spoken) -> Self {
        match dialect {
            Spoken::Bundled => Self::Bundled,
            Spoken::Live => Self::Live,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match serve(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

async fn serve(arguments: Arguments) -> Result<(), String> {
    let address = SocketAddr::from((arguments.bind, arguments.port));
    let mut builder =
        Sandbox::builder().dialect(arguments.dialect.into()).address(address).fault_seed(arguments.fault_seed);
    if let Some(file) = &arguments.seed {
        builder = builder.seed(read(file)?);
    }
    builder = arguments.fault.into_iter().fold(builder, Builder::fault);
    let sandbox = builder.start().await.map_err(|error| format!("{address}: {error}{}", cure(error.kind())))?;
    if !arguments.bind.is_loopback() {
        eprintln!("warning: {address}: other machines reach this sandbox, and its credential is public");
    }
    // A signal that comes right after the announcement is caught already.
    let stopped = stopped().map_err(|error| format!("signals: {error}"))?;
    announce(&sandbox).map_err(|error| format!("standard output: {error}"))?;
    stopped.await.map_err(|error| format!("signals: {error}"))
}

/// The cure of an error at the start, after a semicolon.
fn cure(kind: io::ErrorKind) -> &'static str {
    match kind {
        io::ErrorKind::AddrInUse => "; choose another --port, or leave it out to take a free one",
        io::ErrorKind::PermissionDenied => "; choose a --port from 1024 on",
        io::ErrorKind::AddrNotAvailable => "; --bind takes an address of this machine, such as 127.0.0.1 or 0.0.0.0",
        _ => "",
    }
}

fn read(file: &Path) -> Result<Seed, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    text.parse().map_err(|error| format!("{}:{error}", file.display()))
}

fn announce(sandbox: &Sandbox) -> io::Result<()> {
    let mut stdout = io::stdout();
    writeln!(stdout, "listening on {}", sandbox.base_url())?;
    stdout.flush()
}

/// Waits for Ctrl-C. The first process of a container has no other way to end at a signal.
#[cfg(not(unix))]
fn stopped() -> io::Result<impl Future<Output = io::Result<()>>> {
    Ok(tokio::signal::ctrl_c())
}

/// Waits for Ctrl-C or SIGTERM. The first process of a container has no other way to end at a signal.
#[cfg(unix)]
fn stopped() -> io::Result<impl Future<Output = io::Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};

    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => Ok(()),
            _ = terminate.recv() => Ok(()),
        }
    })
}
