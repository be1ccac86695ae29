//! Makes a key and keeps its secret.

use deepgram_mgmt::Client;

fn store(id: &str, secret: &str) {
    println!("{id} has a secret of {} characters", secret.len());
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let id = std::env::args().nth(1).ok_or("no project")?;
    let made = client.create_project_key(id).comment("nightly export").scopes(["usage:read"])
        .expiration_date("2099-01-01").tags(["ci"]).await?;
    store(&made.api_key_id, made.key.expose_secret());
    Ok(())
}
