//! Reports the usage of every project: `usage_report START END`, both as `YYYY-MM-DD`.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use deepgram_mgmt::{Client, Timestamp};

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [start, end] = arguments.as_slice() else {
        eprintln!("usage: usage_report START END");
        return ExitCode::from(2);
    };
    match report(start, end).await {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the report has seen enough of it, as `head` does.
        Err(error) if error.downcast_ref().is_some_and(is_broken_pipe) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("usage_report: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn report(start: &str, end: &str) -> Result<(), Box<dyn Error>> {
    let (start, end) = (time("START", start)?, time("END", end)?);
    let client = Client::from_env()?;

    let mut report = io::stdout();
    writeln!(report, "{:<38} {:<24} {:>10} {:>10}", "project", "name", "hours", "requests")?;
    for project in client.list_projects().await?.projects {
        let id = project.project_id;
        let usage = client.get_project_usage(&id).start(start).end(end).await?;
        // The sum of no floating-point numbers is a negative zero.
        let hours = usage.results.iter().filter_map(|period| period.hours).fold(0.0, |sum, hours| sum + hours);
        let requests: i64 = usage.results.iter().filter_map(|period| period.requests).sum();
        writeln!(report, "{id:<38} {:<24} {hours:>10.2} {requests:>10}", project.name.unwrap_or_default())?;
    }
    Ok(())
}

fn is_broken_pipe(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::BrokenPipe
}

fn time(name: &str, text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|error| format!("{name} `{text}` {error}"))
}
