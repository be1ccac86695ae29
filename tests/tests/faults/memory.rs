//! The memory that a response takes: the worst bodies that the client reads by default, each by a process of its own.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::process::Command;

use deepgram_mgmt::{Client, Credentials, Error, Retry};

use crate::server::{Reply, Server, http_response};
use crate::size::sized;

/// How many bytes the client reads if not told otherwise.
const LIMIT: usize = 8 * 1024 * 1024;

/// How many times its bytes a response may take: what the documentation of `max_body_bytes` says.
const TIMES: usize = 64;

/// The environment of the calling process: the server, and the name of the body.
const CALLER: [&str; 2] = ["MEMORY_TEST_BASE_URL", "MEMORY_TEST_BODY"];

/// A body: its name, what is around its entries, one entry, how it is read, and what comes of it.
struct Case {
    name: &'static str,
    status: &'static str,
    around: [&'static str; 2],
    entry: &'static str,
    /// By the stream of the request log, which keeps the entries that do not decode.
    is_streamed: bool,
    is_read: bool,
}

const REQUESTS: [&str; 2] = ["{\"requests\":[", "]}"];

/// The worst come first. Entries of 17 bytes with the comma between them: one byte fewer, and there would be too many
/// objects.
fn cases() -> [Case; 7] {
    let case =
        |name, around, entry, is_read| Case { name, status: "200 OK", around, entry, is_streamed: false, is_read };
    let free = ["{\"requests\":[{\"request_id\":\"r\",\"callback\":[", "]}]}"];
    [
        Case {
            name: "objects in an error",
            status: "400 Bad Request",
            around: ["{\"details\":[", "]}"],
            entry: "{\"\":0           }",
            is_streamed: false,
            is_read: false,
        },
        Case { is_streamed: true, ..case("entries that do not decode", REQUESTS, "{\"code\":[      ]}", true) },
        case("records that hold an empty response", REQUESTS, "{\"request_id\":\"r\",\"response\":{ }}", true),
        case("records of one unknown property", REQUESTS, "{\"\":0           }", false),
        case("objects in a property that may be anything", free, "{\"\":0           }", true),
        case("lists in a property that may be anything", free, "[]", true),
        case("more records than a response has", REQUESTS, "{}", false),
    ]
}

/// As many entries as the limit has room for.
fn body(case: &Case) -> String {
    let [before, after] = case.around;
    let count = (LIMIT - before.len() - after.len()) / (case.entry.len() + 1);
    [before, &vec![case.entry; count].join(","), after].concat()
}

#[tokio::test]
async fn no_body_within_the_default_limit_takes_more_memory_than_the_documentation_says() {
    if let [Ok(base_url), Ok(name)] = CALLER.map(env::var) {
        return call(&base_url, &name).await;
    }
    let mut worst = 0;
    for case in cases().into_iter().take(sized(7, 1)) {
        let sent = http_response(case.status, "", body(&case));
        let server = Server::start(move |_| Reply::Bytes(sent.clone())).await;
        let told = [server.base_url.clone(), case.name.to_owned()];
        let output = tokio::task::spawn_blocking(|| {
            let test = "memory::no_body_within_the_default_limit_takes_more_memory_than_the_documentation_says";
            let mut caller = Command::new(env::current_exe().unwrap());
            caller.args([test, "--exact", "--nocapture"]).envs(CALLER.into_iter().zip(told)).output().unwrap()
        });
        let output = output.await.unwrap();
        assert!(output.status.success(), "{}: {}", case.name, String::from_utf8_lossy(&output.stderr));
        assert_eq!(server.seen().len(), 1, "{}", case.name);
        let stdout = String::from_utf8(output.stdout).unwrap();
        let told = |what: &str| stdout.lines().find_map(|line| line.strip_prefix(what)).unwrap().to_owned();
        assert_eq!(told("outcome ") == "read", case.is_read, "{}: {stdout}", case.name);
        // Said past the harness, which keeps what a test that passes prints.
        let mut stderr = io::stderr();
        match told("peak ").parse::<usize>() {
            Ok(kib) => {
                writeln!(stderr, "{:>6} MiB: {}", kib / 1024, case.name).unwrap();
                assert!(kib < TIMES * LIMIT / 1024, "{kib} KiB: {}", case.name);
                worst = worst.max(kib);
            }
            Err(_) => writeln!(stderr, "memory was not looked at: this system has no /proc/self/status").unwrap(),
        }
    }
    // What was read is more than its bytes: it is memory that was looked at.
    assert!(worst == 0 || worst > 2 * LIMIT / 1024, "{worst} KiB");
}

/// Makes the one call, and tells what came of it and the most memory that it took.
async fn call(base_url: &str, name: &str) {
    let client = Client::builder().base_url(base_url).credentials(Credentials::api_key("k")).retry(Retry::never());
    let before = peak_kib();
    let is_streamed = cases().into_iter().any(|case| case.name == name && case.is_streamed);
    let outcome: Result<usize, Error> = async {
        let client = client.build()?;
        let list = client.list_project_requests("p");
        if is_streamed {
            let page = list.pages().next().await.expect("a page")?;
            return Ok(page.bad.len());
        }
        Ok(list.send().await?.requests.len())
    }
    .await;
    let peak = peak_kib().zip(before).map(|(peak, before)| peak - before);
    // The harness has begun a line.
    println!("\noutcome {}", outcome.as_ref().map_or_else(ToString::to_string, |_| "read".to_owned()));
    println!("peak {}", peak.map_or_else(|| "unknown".to_owned(), |kib| kib.to_string()));
    assert!(!name.is_empty());
}

/// The most memory that this process has held; `None` where the system does not say.
fn peak_kib() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
