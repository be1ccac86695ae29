//! Reports a month's cost, and reads the request log.

use deepgram_mgmt::Client;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let id = &std::env::args().nth(1).ok_or("no project")?;
    let report = client.get_billing_breakdown(id).start("2026-10-01").end("2026-11-01").grouping(["tags", "line_item"]).await?;
    println!("{} results", report.results.len());
    let mut items = client.list_project_requests(id).limit(500_u32).items().concurrency(4);
    let mut count = 0;
    while let Some(record) = items.try_next().await? {
        assert!(!record.request_id.is_empty());
        count += 1;
    }
    println!("{count} records");
    let all: Vec<_> = client.list_project_requests(id).items().try_collect().await?;
    println!("{} again", all.len());
    Ok(())
}
