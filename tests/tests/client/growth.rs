//! The sandbox's request log, read to its end while it grows.

use std::sync::Arc;
use std::time::Duration;

use deepgram_mgmt::types::RequestRecord;
use deepgram_mgmt_sandbox::{Dialect, seed};
use futures_util::TryStreamExt;

use crate::scene::Scene;

#[tokio::test]
async fn a_hundred_thousand_records_of_the_sandbox_come_once_each_in_order_while_new_ones_arrive() {
    const RECORDS: u32 = 100_000;
    let scene = Arc::new(Scene::start_in(Dialect::Live).await);
    scene.sandbox.add_requests(seed::PROJECT_ID, RECORDS);
    let growing = Arc::clone(&scene);
    // Some within the window, the most of them after it.
    let arrivals = tokio::spawn(async move {
        loop {
            growing.sandbox.add_requests(seed::PROJECT_ID, 1);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let items = scene.client.list_project_requests().project_id(seed::PROJECT_ID).limit(1000_u64).items();
    // The sandbox counts its records in their ids.
    let number = |record: RequestRecord| u32::from_str_radix(&record.request_id.unwrap()[24..], 16).unwrap();
    let numbers: Vec<u32> = items.concurrency(8).map_ok(number).try_collect().await.unwrap();
    arrivals.abort();

    // Newest first; the ids of the records that the sandbox is born with count otherwise.
    let (added, born) = numbers.split_at(numbers.len() - seed::REQUESTS as usize);
    let newest = added[0];
    assert!(added.iter().copied().eq((0..=newest).rev().take(added.len())), "one was lost, doubled or moved");
    assert!(added.len() >= RECORDS as usize, "{} of {RECORDS}", added.len());
    assert!(born.iter().all(|number| !added.contains(number)));
    // Each page was asked for once, but for those that arrivals made doubtful and those beyond the end.
    let asked = scene.sandbox.requests().len();
    assert!((101..300).contains(&asked), "{asked}");
}
