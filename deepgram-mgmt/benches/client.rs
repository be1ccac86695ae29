//! The cost of a call, beside a call by hand in one run, with the ratio: decoding of the list responses, calls
//! over loopback, the stream of the request log. `cargo bench -p deepgram-mgmt`.

#[allow(dead_code, clippy::struct_field_names, reason = "fields are named as the API does, and not all are read")]
mod by_hand;
mod server;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use by_hand::{BriefRecord, ByHand, FullRecord};
use criterion::Criterion;
use deepgram_mgmt::{Client, Credentials, types};
use futures_util::TryStreamExt;
use serde::de::DeserializeOwned;
use server::responses;
use tokio::runtime::{Builder, Runtime};

const PROJECT: &str = "0f3a1c52-7c1e-4f0f-8f0b-2f0c2d4d7a11";

/// Where criterion keeps what it measured.
const FOLDER: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/criterion");

/// How long a slow server takes for a page, and how many it has.
const SLOW: Duration = Duration::from_millis(50);
const PAGES: u64 = 200;

fn main() {
    let criterion = Criterion::default().output_directory(Path::new(FOLDER)).without_plots();
    let criterion = criterion.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    let mut beside = Beside { criterion: criterion.configure_from_args(), ratios: Vec::new() };
    decoding(&mut beside);
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    calls(&mut beside, &runtime);
    beside.criterion.final_summary();
    println!("time of deepgram-mgmt, of that by hand:");
    for (name, ratio) in &beside.ratios {
        println!("{ratio:>6.2} {name}");
    }
    // Not where a filter asks for something else, or `--test` for one round of each.
    if std::env::args().skip(1).all(|argument| argument == "--bench") {
        slow(&runtime);
    }
}

/// Measures two ways to do one thing.
struct Beside {
    criterion: Criterion,
    ratios: Vec<(String, f64)>,
}

impl Beside {
    fn measure<A, B>(&mut self, name: &str, mut ours: impl FnMut() -> A, mut by_hand: impl FnMut() -> B) {
        let estimates = ["deepgram-mgmt", "by hand"].map(|way| format!("{FOLDER}/{name}/{way}/new/estimates.json"));
        for file in &estimates {
            // There is none where nothing was measured yet.
            let _ = fs::remove_file(file);
        }
        let mut group = self.criterion.benchmark_group(name);
        group.bench_function("deepgram-mgmt", |bencher| bencher.iter(&mut ours));
        group.bench_function("by hand", |bencher| bencher.iter(&mut by_hand));
        group.finish();
        if let [Some(ours), Some(by_hand)] = estimates.map(|file| median(&file)) {
            println!("{name}: {:.2} of by hand", ours / by_hand);
            self.ratios.push((name.to_owned(), ours / by_hand));
        }
    }

    fn decoding<Ours: DeserializeOwned, ByHand: DeserializeOwned>(&mut self, name: &str, response: &str) {
        self.measure(
            &format!("decode {name}"),
            || serde_json::from_str::<Ours>(black_box(response)).expect("a response"),
            || serde_json::from_str::<ByHand>(black_box(response)).expect("a response"),
        );
    }
}

/// The median that criterion wrote down; none where it did not measure.
fn median(estimates: &str) -> Option<f64> {
    let estimates: serde_json::Value = serde_json::from_slice(&fs::read(estimates).ok()?).ok()?;
    estimates["median"]["point_estimate"].as_f64()
}

fn decoding(beside: &mut Beside) {
    beside.decoding::<types::ProjectList, by_hand::ProjectList>("projects", &responses::projects(100));
    beside.decoding::<types::KeyList, by_hand::KeyList>("keys", &responses::keys(100));
    beside.decoding::<types::KeyList, by_hand::LiveKeyList>(
        "keys as the live API nests them",
        &responses::live_keys(100),
    );
    beside.decoding::<types::MemberList, by_hand::MemberList>("members", &responses::members(100));
    beside.decoding::<types::InvitationList, by_hand::InvitationList>("invitations", &responses::invitations(100));
    beside.decoding::<types::BalanceList, by_hand::BalanceList>("balances", &responses::balances(100));
    beside.decoding::<types::PurchaseList, by_hand::PurchaseList>("purchases", &responses::purchases(100));
    beside.decoding::<types::ModelList, by_hand::ModelList>("models", &responses::models(100));
    beside.decoding::<types::DistributionCredentialsList, by_hand::DistributionCredentialsList>(
        "distribution credentials",
        &responses::distribution_credentials(100),
    );
    beside.decoding::<types::UsageSummary, by_hand::UsageSummary>("usage", &responses::usage(100));
    let page = responses::brief_page(0, 1000);
    beside.decoding::<types::RequestList, by_hand::RequestList<BriefRecord>>("requests of four fields", &page);
    let page = responses::full_page(0, 1000);
    beside.decoding::<types::RequestList, by_hand::RequestList<FullRecord>>("requests of all fields", &page);
}

fn calls(beside: &mut Beside, runtime: &Runtime) {
    let keys = responses::keys(3);
    let base_url = server::serve(Duration::ZERO, move |_| keys.clone());
    let (ours, by_hand) = (client(&base_url), ByHand::new(&base_url, "0123456789abcdef0123456789abcdef01234567"));
    beside.measure(
        "call list of 3 keys",
        || runtime.block_on(ours.list_project_keys(PROJECT).send()).expect("keys"),
        || runtime.block_on(by_hand.keys(PROJECT)).expect("keys"),
    );

    let page = responses::brief_page(0, 1000);
    let base_url = server::serve(Duration::ZERO, move |_| page.clone());
    let (ours, by_hand) = (client(&base_url), ByHand::new(&base_url, "0123456789abcdef0123456789abcdef01234567"));
    beside.measure(
        "call page of 1,000 requests",
        || runtime.block_on(ours.list_project_requests(PROJECT).limit(1000).send()).expect("a page"),
        || runtime.block_on(by_hand.requests::<BriefRecord>(PROJECT, 0, 1000)).expect("a page"),
    );

    let base_url = log(Duration::ZERO, 20, 1000);
    let (ours, by_hand) = (client(&base_url), ByHand::new(&base_url, "0123456789abcdef0123456789abcdef01234567"));
    for concurrency in [1, 8] {
        beside.measure(
            &format!("stream 20 pages of 1,000 requests, {concurrency} in flight (by hand 1)"),
            || assert_eq!(runtime.block_on(stream(&ours, 1000, concurrency)), 20_000),
            || assert_eq!(runtime.block_on(stream_by_hand(&by_hand, 1000)), 20_000),
        );
    }
}

/// Reading ahead from a server that takes its time; once each, as there is nothing but waiting to measure.
fn slow(runtime: &Runtime) {
    let base_url = log(SLOW, PAGES, 100);
    let (ours, by_hand) = (client(&base_url), ByHand::new(&base_url, "0123456789abcdef0123456789abcdef01234567"));
    let time = |work: &dyn Fn() -> usize| {
        let start = Instant::now();
        assert_eq!(work() as u64, PAGES * 100);
        start.elapsed().as_secs_f64()
    };
    let alone = time(&|| runtime.block_on(stream_by_hand(&by_hand, 100)));
    let one = time(&|| runtime.block_on(stream(&ours, 100, 1)));
    let eight = time(&|| runtime.block_on(stream(&ours, 100, 8)));
    println!("\n{PAGES} pages of a server that takes {} ms a page:", SLOW.as_millis());
    println!(
        "by hand {alone:.2} s, one at a time {one:.2} s, 8 in flight {eight:.2} s: {:.1} times faster",
        one / eight
    );
}

/// A server of a request log of so many pages, settled long ago.
fn log(delay: Duration, pages: u64, records: u64) -> String {
    let pages: Vec<String> = (0..pages).map(|page| responses::brief_page(page, records)).collect();
    let end = format!(r#"{{"limit":{records},"requests":[]}}"#);
    server::serve(delay, move |target| {
        let page = usize::try_from(responses::number(target, "page")).expect("a small number");
        pages.get(page).unwrap_or(&end).clone()
    })
}

async fn stream(client: &Client, limit: u64, concurrency: usize) -> usize {
    let log = client.list_project_requests(PROJECT).limit(std::num::NonZeroU64::new(limit).expect("not 0"));
    let records = log.end("2026-10-01").items().concurrency(concurrency);
    records
        .try_fold(0, async |count, record| Ok(count + usize::from(!record.request_id.is_empty())))
        .await
        .expect("a log")
}

async fn stream_by_hand(client: &ByHand, limit: u64) -> usize {
    let mut count = 0;
    for page in 0.. {
        let records = client.requests::<BriefRecord>(PROJECT, page, limit).await.expect("a page").requests;
        if records.is_empty() {
            break;
        }
        count += records.iter().filter(|record| record.request_id.is_some()).count();
    }
    count
}

fn client(base_url: &str) -> Client {
    Client::builder()
        .credentials(Credentials::api_key("0123456789abcdef0123456789abcdef01234567"))
        .base_url(base_url)
        .build()
        .expect("a client")
}
