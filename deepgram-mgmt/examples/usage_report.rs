//! Reports the usage of every project: `usage_report START END`, both as `YYYY-MM-DD`.

use deepgram_mgmt::{Client, Timestamp};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [start, end] = arguments.as_slice() else {
        return Err("usage: usage_report START END".into());
    };
    let (start, end): (Timestamp, Timestamp) = (start.parse()?, end.parse()?);
    let client = Client::from_env()?;

    println!("{:<38} {:<24} {:>10} {:>10}", "project", "name", "hours", "requests");
    for project in client.list_projects().send().await?.into_inner().projects {
        let Some(id) = project.project_id else { continue };
        let usage = client.get_project_usage().project_id(&id).start(start).end(end).send().await?;
        let hours: f64 = usage.results.iter().filter_map(|period| period.hours).sum();
        let requests: i64 = usage.results.iter().filter_map(|period| period.requests).sum();
        println!("{id:<38} {:<24} {hours:>10.2} {requests:>10}", project.name.unwrap_or_default());
    }
    Ok(())
}
