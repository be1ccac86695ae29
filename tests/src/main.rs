//! The sandbox as a program: serves on a port of 127.0.0.1 until it is killed.

use std::convert::Infallible;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::{future, io};

use clap::Parser;
use deepgram_mgmt_sandbox::Sandbox;

/// A stateful Deepgram Management API on 127.0.0.1, for tests. The credential is `sandbox-admin-key`.
#[derive(Parser)]
struct Arguments {
    /// The port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    let address = (Ipv4Addr::LOCALHOST, Arguments::parse().port).into();
    let Err(error) = serve(address).await;
    eprintln!("error: {address}: {error}");
    ExitCode::from(2)
}

async fn serve(address: SocketAddr) -> io::Result<Infallible> {
    let sandbox = Sandbox::start_on(address).await?;
    let mut stdout = io::stdout();
    writeln!(stdout, "listening on {}", sandbox.base_url())?;
    stdout.flush()?;
    future::pending().await
}
