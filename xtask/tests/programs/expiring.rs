//! Lists the keys that expire within thirty days.

use std::time::Duration;

use deepgram_mgmt::{Client, Timestamp};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::builder().credentials_from_env()?.timeout(Duration::from_secs(60)).build()?;
    for project in client.list_projects().await?.projects {
        for key in client.list_project_keys(&project.project_id).await?.api_keys {
            if key.expiration_date.is_some_and(|end| end < Timestamp::now() + Duration::from_secs(30 * 86_400)) {
                println!("{},{},{}", project.project_id, key.api_key_id, key.comment.as_deref().unwrap_or("-"));
            }
        }
    }
    Ok(())
}
