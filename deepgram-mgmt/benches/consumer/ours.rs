//! A program that calls the API with `deepgram-mgmt`: `BASE_URL WHAT TIMES`. Measured beside `by_hand.rs`.

use deepgram_mgmt::{Client, Credentials};

const PROJECT: &str = "0f3a1c52-7c1e-4f0f-8f0b-2f0c2d4d7a11";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, base_url, what, times] = &*arguments else { return Err("usage: BASE_URL WHAT TIMES".into()) };
    let times: usize = times.parse()?;
    #[cfg(feature = "ring")]
    rustls::crypto::ring::default_provider().install_default().map_err(|_| "there is a provider already")?;
    let client = Client::builder().credentials(Credentials::api_key("0123456789abcdef0123456789abcdef01234567")).base_url(base_url).build()?;
    let log = client.list_project_requests(PROJECT).limit(1000);
    let mut entries = 0;
    if what == "stream" {
        let mut records = log.end("2026-10-01").items();
        while entries < times * 1000 && records.try_next().await?.is_some() {
            entries += 1;
        }
        println!("{entries}");
        print!("{}", std::fs::read_to_string("/proc/self/status")?);
        return Ok(());
    }
    for _ in 0..times {
        entries += match &**what {
            "list" => client.list_project_keys(PROJECT).send().await?.api_keys.len(),
            "page" | "full-page" => log.clone().page(0).send().await?.requests.len(),
            _ => return Err("WHAT is list, page, full-page or stream".into()),
        };
    }
    println!("{entries}");
    Ok(())
}
