//! Reports the usage of every project: `usage_report START END`, both as `YYYY-MM-DD`. Of one project,
//! `deepgram-mgmt usage chart` shows each day.

use std::io::{self, Write as _};

use deepgram_mgmt::{Client, Timestamp};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [start, end] = arguments.as_slice() else { return Err("usage: usage_report START END".into()) };
    let time = |text: &String| text.parse::<Timestamp>().map_err(|error| format!("`{text}` {error}"));
    let (start, end) = (time(start)?, time(end)?);
    let client = Client::from_env()?;
    for project in client.list_projects().await?.projects {
        let usage = client.get_project_usage(&project.project_id).start(start).end(end).await?;
        // The sum of no floating-point numbers is a negative zero.
        let hours = usage.results.iter().filter_map(|period| period.hours).fold(0.0, |sum, hours| sum + hours);
        let requests: i64 = usage.results.iter().filter_map(|period| period.requests).sum();
        writeln!(io::stdout(), "{} {hours:.2} hours, {requests} requests", project.project_id)?;
    }
    Ok(())
}
