//! The sandbox as a program: serves on a port of 127.0.0.1 until it is killed.

use std::convert::Infallible;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::{future, io};

use clap::{Parser, ValueEnum};
use deepgram_mgmt_sandbox::{Dialect, Sandbox};

/// A stateful Deepgram Management API on 127.0.0.1, for tests. The credential is `sandbox-admin-key`.
#[derive(Parser)]
struct Arguments {
    /// The port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The dialect of the responses.
    #[arg(long, value_enum, default_value = "bundled")]
    dialect: Spoken,
}

/// [`Dialect`] as an argument.
#[derive(Clone, Copy, ValueEnum)]
enum Spoken {
    /// The bundled document's; takes `Bearer`.
    Bundled,
    /// The live API's; takes `Token`.
    Live,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let address = (Ipv4Addr::LOCALHOST, arguments.port).into();
    let dialect = match arguments.dialect {
        Spoken::Bundled => Dialect::Bundled,
        Spoken::Live => Dialect::Live,
    };
    let Err(error) = serve(dialect, address).await;
    eprintln!("error: {address}: {error}");
    ExitCode::from(2)
}

async fn serve(dialect: Dialect, address: SocketAddr) -> io::Result<Infallible> {
    let sandbox = Sandbox::start_as(dialect, address).await?;
    let mut stdout = io::stdout();
    writeln!(stdout, "listening on {}", sandbox.base_url())?;
    stdout.flush()?;
    future::pending().await
}
