//! The sandbox's request log, read to its end while it grows.

use std::collections::HashSet;

use deepgram_mgmt_sandbox::{Dialect, seed};
use futures_util::TryStreamExt;

use crate::scene::Scene;

#[tokio::test]
async fn a_hundred_thousand_records_of_the_sandbox_come_once_each_while_new_ones_arrive() {
    const RECORDS: u32 = 100_000;
    let scene = Scene::start_in(Dialect::Live).await;
    scene.sandbox.add_requests(seed::PROJECT_ID, RECORDS);
    let list = scene.client.list_project_requests().project_id(seed::PROJECT_ID).limit(1000_u64);
    let mut pages = list.pages().concurrency(3);
    let (mut ids, mut read) = (HashSet::new(), 0);
    while let Some(page) = pages.try_next().await.unwrap() {
        // Three more between any two pages: some within the window, the most of them after it.
        scene.sandbox.add_requests(seed::PROJECT_ID, 3);
        read += page.records.len();
        ids.extend(page.records.into_iter().filter_map(|record| record.request_id));
    }
    assert_eq!(ids.len(), read, "some came twice");
    assert!(read >= RECORDS as usize, "{read} of {RECORDS}");
}
