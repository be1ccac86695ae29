//! The cost of this client to a program, beside a program that calls `reqwest` by hand: crates, time to build, size,
//! processor time, page faults, instructions and memory. On Linux with `valgrind`:
//! `cargo bench -p deepgram-mgmt --bench footprint --profile dev`.
//!
//! Each program is built from nothing with the versions of this workspace's `Cargo.lock`, and all of them call one
//! server, in this process. The tables go to `benches/README.md`, too.

mod measure;
mod program;
#[allow(dead_code, reason = "the responses that are decoded without a server")]
#[path = "../server/mod.rs"]
mod server;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{error, fs};

use measure::{Usage, in_turn, instructions, peak};
use program::{FOLDER, Package, Program, programs};
use server::responses;

type Result<T> = std::result::Result<T, Box<dyn error::Error>>;

/// How often the two programs that are compared are built, and run, in alternation.
const BUILDS: usize = 3;
const RUNS: usize = 7;

/// The tables stand behind this line of `benches/README.md`.
const MARK: &str = "<!-- Written by the command above. -->\n";

fn main() -> Result<()> {
    if Path::new(FOLDER).exists() {
        fs::remove_dir_all(FOLDER)?;
    }
    let full_page = |target: &str| responses::full_page(responses::number(target, "page"), 1000);
    let brief_page = |target: &str| responses::brief_page(responses::number(target, "page"), 1000);
    let list = server::serve(Duration::ZERO, |_| responses::keys(3));
    let page = server::serve(Duration::ZERO, brief_page);
    let full_page = server::serve(Duration::ZERO, full_page);

    let programs = programs();
    let packages: Vec<Package> =
        programs.iter().enumerate().map(|(index, p)| Package::write(index, p)).collect::<Result<_>>()?;
    let mut tables = String::from(
        "| program | crates | debug build, CPU-s | ÷ by hand | release, MB | peak MiB, 100,000 records | 1,000,000 records |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    let builds = build_times(&packages)?;
    // Which TLS it is hardly matters to what is measured further: without a server that speaks it, it is not used.
    let binaries: Vec<PathBuf> = packages.iter().take(2).map(Package::release).collect::<Result<_>>()?;
    for (index, (Program { name, .. }, package)) in programs.iter().zip(&packages).enumerate() {
        let (crates, build) = (package.crates()?, builds[index]);
        write!(tables, "| {name} | {crates} | {build:.1} | {:.2} |", build / builds[0])?;
        match binaries.get(index) {
            Some(binary) => {
                #[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
                let megabytes = fs::metadata(binary)?.len() as f64 / 1e6;
                let (few, many) = (peak(binary, &page, 100)?, peak(binary, &page, 1000)?);
                writeln!(tables, " {megabytes:.1} | {few:.1} | {many:.1} |")?;
            }
            None => tables.push_str(" | | |\n"),
        }
    }

    tables.push_str("\n| one call | instructions by hand, thousands | ours | CPU by hand, µs | ours, µs | ÷ by hand | page faults by hand | ours |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    let compared = [&*binaries[0], &*binaries[1]];
    for (name, arguments, times) in [
        ("a list of 3 keys", [&*list, "list"], 50_000),
        ("a page of 1,000 brief records", [&*page, "page"], 500),
        ("a page of 1,000 full records", [&*full_page, "full-page"], 100),
        ("each page of a stream of brief records", [&*page, "stream"], 500),
    ] {
        let counts = compared.map(|binary| instructions(binary, arguments, times / 25));
        let [by_hand, ours] = per_call(compared, arguments, times)?;
        writeln!(
            tables,
            "| {name} | {:.1} | {:.1} | {:.1} | {:.1} | {:.2} | {:.1} | {:.1} |",
            counts[0].as_ref().map_err(ToString::to_string)? / 1e3,
            counts[1].as_ref().map_err(ToString::to_string)? / 1e3,
            by_hand.seconds * 1e6,
            ours.seconds * 1e6,
            ours.seconds / by_hand.seconds,
            by_hand.page_faults,
            ours.page_faults,
        )?;
    }
    println!("{tables}");
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/README.md");
    let text = fs::read_to_string(&readme)?;
    let (before, _) = text.split_once(MARK).ok_or("benches/README.md has no place for the tables")?;
    Ok(fs::write(readme, format!("{before}{MARK}\n{tables}"))?)
}

/// The processor time of a debug build of each package: of the first two the least of some, built in turn.
fn build_times(packages: &[Package]) -> Result<Vec<f64>> {
    let mut seconds = vec![f64::INFINITY; packages.len()];
    for round in 0..BUILDS {
        for (package, least) in packages.iter().zip(&mut seconds).take(if round == 0 { packages.len() } else { 2 }) {
            *least = least.min(Usage::of(|| package.build())?.seconds);
        }
    }
    Ok(seconds)
}

/// The cost of one call, without that of the start: the difference of `2 * times` calls and `times` calls.
fn per_call(binaries: [&Path; 2], arguments: [&str; 2], times: u32) -> Result<[Usage; 2]> {
    let few = in_turn(binaries, arguments, times, RUNS)?;
    let many = in_turn(binaries, arguments, 2 * times, RUNS)?;
    let per_call = |index: usize| Usage {
        seconds: (many[index].seconds - few[index].seconds) / f64::from(times),
        page_faults: ((many[index].page_faults - few[index].page_faults) / f64::from(times)).max(0.0),
    };
    Ok([per_call(0), per_call(1)])
}
