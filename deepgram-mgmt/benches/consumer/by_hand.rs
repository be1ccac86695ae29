//! A program that calls the API by hand: `BASE_URL WHAT TIMES`. Measured beside `ours.rs`.

#[allow(dead_code, reason = "the types of the calls that this program does not make")]
#[path = "../by_hand/mod.rs"]
mod by_hand;

use by_hand::{BriefRecord, ByHand, FullRecord};

const PROJECT: &str = "0f3a1c52-7c1e-4f0f-8f0b-2f0c2d4d7a11";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, base_url, what, times] = &*arguments else { return Err("usage: BASE_URL WHAT TIMES".into()) };
    let times: u64 = times.parse()?;
    let client = ByHand::new(base_url, "0123456789abcdef0123456789abcdef01234567");
    let mut entries = 0;
    for number in 0..times {
        entries += match &**what {
            "list" => client.keys(PROJECT).await?.api_keys.len(),
            "page" => client.requests::<BriefRecord>(PROJECT, 0, 1000).await?.requests.len(),
            "full-page" => client.requests::<FullRecord>(PROJECT, 0, 1000).await?.requests.len(),
            "stream" => client.requests::<BriefRecord>(PROJECT, number, 1000).await?.requests.len(),
            _ => return Err("WHAT is list, page, full-page or stream".into()),
        };
    }
    println!("{entries}");
    if what == "stream" {
        print!("{}", std::fs::read_to_string("/proc/self/status")?);
    }
    Ok(())
}
