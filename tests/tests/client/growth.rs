//! The sandbox's request log, read to its end while it grows, by a process of its own, so that
//! its memory is the memory of reading.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use deepgram_mgmt::{Client, Credentials};
use deepgram_mgmt_sandbox::{Dialect, seed};

use crate::scene::Scene;
use crate::size::sized;

fn records() -> usize {
    sized(100_000, 50_000)
}

/// When memory is first looked at: all that is kept for the whole of a log has been filled by then, such as known ids.
const WARM: usize = 20_000;

/// How much more the process may hold at the end: measured, it is less than 0.5 MiB, and 10 MiB where every tenth of a
/// hundred thousand records is kept.
const GROWTH_KIB: usize = 2 * 1024;

/// The settings of the reading process: the server, the number of pages that it reads at once, and the records of a page.
const READER: [&str; 3] = ["GROWTH_TEST_BASE_URL", "GROWTH_TEST_CONCURRENCY", "GROWTH_TEST_LIMIT"];

#[tokio::test]
async fn every_record_of_a_long_log_comes_once_in_order_and_in_flat_memory_while_new_ones_arrive() {
    if let [Ok(base_url), Ok(concurrency), Ok(limit)] = READER.map(env::var) {
        return read(&base_url, concurrency.parse().unwrap(), limit.parse().unwrap()).await;
    }
    let records = records();
    // Several pages held at once are smaller ones, for what comes and goes hides what stays.
    for (concurrency, limit) in [(1, 1000), (8, 500)] {
        let scene = Arc::new(Scene::start_in(Dialect::Live).await);
        scene.sandbox.add_requests(seed::PROJECT_ID, u32::try_from(records).unwrap());
        let growing = Arc::clone(&scene);
        // Some within the window, the most of them after it.
        let arrivals = tokio::spawn(async move {
            loop {
                growing.sandbox.add_requests(seed::PROJECT_ID, 1);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let told = [scene.sandbox.base_url(), concurrency.to_string(), limit.to_string()];
        let reader = tokio::task::spawn_blocking(|| start_reader(told));
        let Output { status, stdout, stderr } = reader.await.unwrap();
        arrivals.abort();
        let stdout = String::from_utf8(stdout).unwrap();
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));

        // Newest first; the sandbox counts its records in their ids, those that it is born with otherwise.
        let told = |what: &'static str| stdout.lines().filter_map(move |line| line.strip_prefix(what));
        let numbers: Vec<u32> = told("record ").map(|id| u32::from_str_radix(&id[24..], 16).unwrap()).collect();
        let (added, born) = numbers.split_at(numbers.len() - seed::REQUESTS as usize);
        let newest = added[0];
        assert!(added.iter().copied().eq((0..=newest).rev().take(added.len())), "one was lost, doubled or moved");
        assert!(added.len() >= records, "{} of {records}", added.len());
        assert!(born.iter().all(|number| !added.contains(number)));
        // Each page was asked for once, but for those that arrivals made doubtful and those beyond the end.
        let asked = scene.sandbox.requests().len();
        let pages = records / limit + 1;
        assert!((pages..pages * 3).contains(&asked), "{asked}");

        let resident: Vec<usize> = told("resident ").map(|kib| kib.parse().unwrap()).collect();
        match resident[..] {
            [early, late] => {
                let grown = late.saturating_sub(early);
                assert!(grown < GROWTH_KIB, "{early} KiB after {WARM} records, {late} after {records}, {concurrency}");
            }
            // Said past the harness, which keeps what a test that passes prints.
            [] => writeln!(io::stderr(), "memory was not looked at: this system has no /proc/self/status").unwrap(),
            _ => panic!("{resident:?}"),
        }
    }
}

/// This test as a process of its own.
fn start_reader(told: [String; 3]) -> Output {
    let test = "growth::every_record_of_a_long_log_comes_once_in_order_and_in_flat_memory_while_new_ones_arrive";
    let mut reader = Command::new(env::current_exe().unwrap());
    reader.args([test, "--exact", "--nocapture"]).envs(READER.into_iter().zip(told)).output().unwrap()
}

/// Reads the log, and tells each record and what the process holds when there are so many.
async fn read(base_url: &str, concurrency: usize, limit: u64) {
    let client = Client::builder().base_url(base_url).credentials(Credentials::api_key(seed::API_KEY)).build().unwrap();
    let list = client.list_project_requests(seed::PROJECT_ID).limit(limit);
    let mut records = list.items().concurrency(concurrency);
    // The harness has begun a line.
    println!();
    let (mut number, most) = (0, self::records());
    while let Some(record) = records.try_next().await.unwrap() {
        println!("record {}", record.request_id);
        number += 1;
        if [WARM, most].contains(&number)
            && let Some(kib) = resident_kib()
        {
            println!("resident {kib}");
        }
    }
}

/// The resident memory of this process; `None` where the system does not say.
fn resident_kib() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
