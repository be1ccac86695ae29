//! The cost of this client to a program, beside a program that calls `reqwest` by hand: crates, time to build, size,
//! instructions and memory. `cargo bench -p deepgram-mgmt --bench footprint`, on Linux with `valgrind`.
//!
//! Each program is built from nothing with the versions of this workspace's `Cargo.lock`, and all of them call one
//! server, in this process. Instructions are counted in the program alone, as the difference of two runs.

#[allow(dead_code, reason = "the responses that are decoded without a server")]
mod server;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;
use std::{error, fs};

use server::responses;

type Result<T> = std::result::Result<T, Box<dyn error::Error>>;

/// A program, and what its `Cargo.toml` says.
struct Program {
    name: &'static str,
    source: &'static str,
    dependencies: String,
    /// The features that its source asks for with `cfg`.
    features: &'static [&'static str],
}

const TOKIO: &str = r#"tokio = { version = "1", features = ["macros", "rt-multi-thread"] }"#;

const STREAMS: &str = r#"futures-util = { version = "0.3", default-features = false }"#;

fn programs() -> Vec<Program> {
    let by_hand = Program {
        name: "by hand, rustls",
        source: "by_hand.rs",
        dependencies: r#"
            chrono = { version = "0.4", default-features = false, features = ["serde", "std"] }
            reqwest = { version = "0.13", default-features = false, features = ["json", "query", "rustls"] }
            serde = { version = "1", features = ["derive"] }
            serde_json = "1"
        "#
        .to_owned(),
        features: &[],
    };
    let ours = |name, choice, other, features| {
        let path = env!("CARGO_MANIFEST_DIR");
        let dependencies = format!("deepgram-mgmt = {{ path = {path:?}, {choice} }}\n{STREAMS}\n{other}");
        Program { name, source: "ours.rs", dependencies, features }
    };
    let mut programs = vec![
        by_hand,
        ours("`rustls` (default)", "default-features = true", "", &[]),
        ours(
            "`rustls-no-provider`, ring",
            r#"default-features = false, features = ["rustls-no-provider"]"#,
            r#"rustls = { version = "0.23", default-features = false, features = ["ring"] }"#,
            &["ring"],
        ),
        ours("no TLS", "default-features = false", "", &[]),
    ];
    if Command::new("pkg-config").args(["--exists", "openssl"]).status().is_ok_and(|status| status.success()) {
        programs.push(ours("`native-tls`", r#"default-features = false, features = ["native-tls"]"#, "", &[]));
    }
    programs
}

/// Where the programs are written, and built.
const FOLDER: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/footprint");
const TARGET: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/footprint/target");

fn main() -> Result<()> {
    let servers = Servers {
        list: server::serve(Duration::ZERO, |_| responses::keys(3)),
        page: server::serve(Duration::ZERO, |target| responses::brief_page(responses::number(target, "page"), 1000)),
        full_page: server::serve(Duration::ZERO, |target| {
            responses::full_page(responses::number(target, "page"), 1000)
        }),
    };
    if Path::new(FOLDER).exists() {
        fs::remove_dir_all(FOLDER)?;
    }
    println!(
        "| program | crates | build, CPU-s | of by hand's | release MB | k instr., a list call | \
         M instr., a page | M instr., a page of full records | MiB after 100,000 records | after 1,000,000 |"
    );
    println!("|{}", " --- |".repeat(10));
    let mut by_hand = None;
    for program in programs() {
        let row = measure(&program, &servers)?;
        let build = *by_hand.get_or_insert(row.build);
        println!(
            "| {} | {} | {:.1} | {:.2} | {:.1} | {:.1} | {:.2} | {:.2} | {:.1} | {:.1} |",
            program.name,
            row.crates,
            row.build,
            row.build / build,
            row.megabytes,
            row.list / 1e3,
            row.page / 1e6,
            row.full_page / 1e6,
            row.memory[0],
            row.memory[1],
        );
    }
    Ok(())
}

/// The base URLs of the servers for each kind of call.
struct Servers {
    list: String,
    page: String,
    full_page: String,
}

struct Row {
    crates: usize,
    build: f64,
    megabytes: f64,
    list: f64,
    page: f64,
    full_page: f64,
    memory: [f64; 2],
}

fn measure(program: &Program, servers: &Servers) -> Result<Row> {
    let package = Package::write(program)?;
    package.cargo(&["fetch"])?;
    let tree = package.cargo(&["tree", "--edges", "normal", "--prefix", "none", "--format", "{p}"])?;
    let crates: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(" (").next()).collect();

    if Path::new(TARGET).join("debug").exists() {
        fs::remove_dir_all(Path::new(TARGET).join("debug"))?;
    }
    let before = seconds_of_children()?;
    package.cargo(&["build"])?;
    let build = seconds_of_children()? - before;

    // Not timed: what several programs have in common is built once.
    package.cargo(&["build", "--release"])?;
    let binary = Path::new(TARGET).join("release/consumer");
    #[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
    let megabytes = fs::metadata(&binary)?.len() as f64 / 1e6;
    Ok(Row {
        // Without the program itself.
        crates: crates.len() - 1,
        build,
        megabytes,
        list: instructions(&binary, &servers.list, "list", 200)?,
        page: instructions(&binary, &servers.page, "page", 20)?,
        full_page: instructions(&binary, &servers.full_page, "full-page", 10)?,
        memory: [peak(&binary, &servers.page, 100)?, peak(&binary, &servers.page, 1000)?],
    })
}

struct Package {
    folder: PathBuf,
}

impl Package {
    fn write(program: &Program) -> Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = Path::new(FOLDER).join("package");
        fs::create_dir_all(&folder)?;
        fs::copy(here.join("../Cargo.lock"), folder.join("Cargo.lock"))?;
        let source = here.join("benches/consumer").join(program.source);
        let Program { dependencies, features, .. } = program;
        let manifest = format!(
            "[package]\nname = \"consumer\"\nedition = \"2024\"\n\n[[bin]]\nname = \"consumer\"\npath = {source:?}\n\n\
             [dependencies]\n{TOKIO}\n{dependencies}\n\n[features]\ndefault = {features:?}\nring = []\n\n[workspace]\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        Ok(Self { folder })
    }

    fn cargo(&self, arguments: &[&str]) -> Result<String> {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(arguments).current_dir(&self.folder).env("CARGO_TARGET_DIR", TARGET);
        Ok(String::from_utf8(succeeded(&mut cargo)?.stdout)?)
    }
}

/// Runs a command to its end; an error with what it said, if it fails.
fn succeeded(command: &mut Command) -> Result<Output> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(output)
}

/// The CPU time of all processes that this one has started and waited for, and of theirs.
fn seconds_of_children() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // After the name, which may hold anything, the 14th and 15th; in hundredths, whatever the machine.
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    let ticks: Vec<f64> =
        fields.split_whitespace().skip(13).take(2).map(str::parse).collect::<std::result::Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / 100.0)
}

/// Instructions of one call: the difference of `2 * times` calls and `times` calls.
fn instructions(binary: &Path, base_url: &str, what: &str, times: u32) -> Result<f64> {
    let count = |times: u32| -> Result<f64> {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]);
        let output = succeeded(valgrind.arg(binary).args([base_url, what, &times.to_string()]))?;
        let said = String::from_utf8(output.stderr)?;
        let (_, count) =
            said.split_once("I refs:").or_else(|| said.split_once("I   refs:")).ok_or("valgrind says no I refs")?;
        Ok(count.lines().next().unwrap_or_default().trim().replace(',', "").parse()?)
    };
    Ok((count(2 * times)? - count(times)?) / f64::from(times))
}

/// The most memory of the whole process while it reads so many pages of 1,000 records, in MiB.
fn peak(binary: &Path, base_url: &str, pages: u32) -> Result<f64> {
    let output = succeeded(Command::new(binary).args([base_url, "stream", &pages.to_string()]))?;
    let said = String::from_utf8(output.stdout)?;
    if said.lines().next() != Some(&*(pages * 1000).to_string()) {
        return Err(format!("not {pages} pages were read: {said}").into());
    }
    let (_, peak) = said.split_once("VmHWM:").ok_or("no VmHWM in /proc/self/status")?;
    Ok(peak.split_whitespace().next().unwrap_or_default().parse::<f64>()? / 1024.0)
}
