//! The fault matrix: every fault for a GET, a DELETE, a POST and a paged stream.
//!
//! `UPDATE_GOLDEN=1 cargo test -p deepgram-mgmt-tests --test faults` writes the table in tests/README.md anew.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use deepgram_mgmt::{Client, Error, ErrorKind};
use futures_util::future::join_all;

use ErrorKind::{BodyTooLarge, Connect, Connection, Decode, Status, Timeout, UnexpectedStatus};

use crate::server::{Reply, Seen, Server, http_response, json};
use crate::shared::{ATTEMPT, MAX_BODY, builder, client_of, success_body};

/// The calls, in the order of a row's cells.
const CALLS: [&str; 4] = ["GET", "DELETE", "POST", "stream"];

/// The outcome of a call: the kind of its error, its attempts, and how often the server saw the whole request.
type Cell = (Option<ErrorKind>, u32, usize);

const fn ok(seen: usize) -> Cell {
    (None, 0, seen)
}

const fn err(kind: ErrorKind, attempts: u32, seen: usize) -> Cell {
    (Some(kind), attempts, seen)
}

pub(crate) struct Row {
    pub(crate) fault: &'static str,
    pub(crate) server: Faulty,
    cells: [Cell; 4],
}

impl Row {
    /// The limit on an attempt: short in the rows that it ends, and elsewhere longer than a busy machine takes.
    fn attempt(&self) -> Duration {
        if self.cells[0].0 == Some(Timeout) { ATTEMPT } else { Duration::from_secs(10) }
    }
}

pub(crate) enum Faulty {
    Refusing,
    Resetting,
    Scripted(fn(&Seen) -> Reply),
}

impl Faulty {
    pub(crate) async fn start(&self) -> Server {
        match self {
            Self::Refusing => Server::refusing().await,
            Self::Resetting => Server::resetting().await,
            Self::Scripted(script) => Server::start(*script).await,
        }
    }
}

/// A success that fits the request.
fn success(seen: &Seen) -> Reply {
    json(success_body(seen))
}

fn status(line: &str, headers: &str) -> Reply {
    Reply::Bytes(http_response(line, headers, r#"{"err_code":"C","err_msg":"m"}"#))
}

fn then_success(seen: &Seen, first: Reply) -> Reply {
    if seen.n == 0 { first } else { success(seen) }
}

/// A success whose length header is wrong by so many bytes.
fn misstated(seen: &Seen, by: isize) -> Reply {
    let body = success_body(seen);
    let length = body.len().checked_add_signed(by).unwrap();
    Reply::Bytes(format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}").into())
}

fn chunked(bytes: usize) -> Reply {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    Reply::Bytes(format!("{head}{bytes:x}\r\n{}\r\n0\r\n\r\n", " ".repeat(bytes)).into())
}

const DRIPPED: &str = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";

const ONCE: [Cell; 4] = [err(Status, 1, 1); 4];
const REPEATED: [Cell; 4] = [err(Status, 3, 3); 4];
const NOT_POST: [Cell; 4] = [err(Status, 3, 3), err(Status, 3, 3), err(Status, 1, 1), err(Status, 3, 3)];
const NOT_READ: [Cell; 4] = [err(Decode, 1, 1), ok(1), err(Decode, 1, 1), err(Decode, 1, 1)];
const TOO_LARGE: [Cell; 4] = [err(BodyTooLarge, 1, 1), ok(1), err(BodyTooLarge, 1, 1), err(BodyTooLarge, 1, 1)];

const fn without_response(kind: ErrorKind) -> [Cell; 4] {
    [err(kind, 3, 3), err(kind, 3, 3), err(kind, 1, 1), err(kind, 3, 3)]
}

const fn cut_off(kind: ErrorKind) -> [Cell; 4] {
    // A DELETE has succeeded with its status.
    [err(kind, 3, 3), ok(1), err(kind, 1, 1), err(kind, 3, 3)]
}

pub(crate) fn rows() -> Vec<Row> {
    use Faulty::{Refusing, Resetting, Scripted};
    let row = |fault, server, cells| Row { fault, server, cells };
    vec![
        row("none", Scripted(success), [ok(1); 4]),
        row("connection refused", Refusing, [err(Connect, 3, 0); 4]),
        row(
            "reset before the request is read",
            Resetting,
            [err(Connection, 3, 0), err(Connection, 3, 0), err(Connection, 1, 0), err(Connection, 3, 0)],
        ),
        row("reset after the request is read", Scripted(|_| Reply::Reset), without_response(Connection)),
        row(
            "reset once",
            Scripted(|seen| then_success(seen, Reply::Reset)),
            [ok(2), ok(2), err(Connection, 1, 1), ok(2)],
        ),
        row("stall", Scripted(|_| Reply::Stall), without_response(Timeout)),
        row("closed without a response", Scripted(|_| Reply::Bytes(Vec::new())), without_response(Connection)),
        row(
            "a response that is not HTTP",
            Scripted(|_| Reply::Bytes(b"SSH-2.0-nonsense\r\n\r\n".to_vec())),
            without_response(Connection),
        ),
        row("slow drip of the head", Scripted(|_| Reply::Drip(Vec::new(), DRIPPED.into())), without_response(Timeout)),
        row("slow drip of the body", Scripted(|_| Reply::Drip(DRIPPED.into(), vec![b' '; 1000])), cut_off(Timeout)),
        row("truncated body", Scripted(|seen| misstated(seen, 5)), cut_off(Connection)),
        row("Content-Length too short", Scripted(|seen| misstated(seen, -5)), NOT_READ),
        row(
            "429, Retry-After in seconds",
            Scripted(|_| status("429 Too Many Requests", "retry-after: 0\r\n")),
            REPEATED,
        ),
        row(
            "429, Retry-After as a date",
            Scripted(|_| status("429 Too Many Requests", "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n")),
            REPEATED,
        ),
        row("429 once", Scripted(|seen| then_success(seen, status("429 Too Many Requests", ""))), [ok(2); 4]),
        row("408", Scripted(|_| status("408 Request Timeout", "")), NOT_POST),
        row("500", Scripted(|_| status("500 Internal Server Error", "")), NOT_POST),
        row("503", Scripted(|_| status("503 Service Unavailable", "")), NOT_POST),
        row(
            "503 once",
            Scripted(|seen| then_success(seen, status("503 Service Unavailable", ""))),
            [ok(2), ok(2), err(Status, 1, 1), ok(2)],
        ),
        row("504", Scripted(|_| status("504 Gateway Timeout", "")), NOT_POST),
        row(
            "502 with HTML",
            Scripted(|_| {
                Reply::Bytes(http_response("502 Bad Gateway", "content-type: text/html\r\n", "<html>hush</html>"))
            }),
            NOT_POST,
        ),
        row("400", Scripted(|_| status("400 Bad Request", "")), ONCE),
        row("409", Scripted(|_| status("409 Conflict", "")), ONCE),
        row("501", Scripted(|_| status("501 Not Implemented", "")), ONCE),
        row(
            "302",
            Scripted(|_| status("302 Found", "location: http://127.0.0.1:1/\r\n")),
            [err(UnexpectedStatus, 1, 1); 4],
        ),
        row("empty body", Scripted(|_| json("")), NOT_READ),
        row("garbage", Scripted(|_| json("}{ garbage")), NOT_READ),
        row(
            "invalid UTF-8",
            Scripted(|_| Reply::Bytes(http_response("200 OK", "", b"{\"project_id\":\"\xff\"}"))),
            NOT_READ,
        ),
        row(
            "gzip, which was not asked for",
            Scripted(|_| {
                Reply::Bytes(http_response("200 OK", "content-encoding: gzip\r\n", b"\x1f\x8b\x08\0\0\0\0\0\0\x03"))
            }),
            NOT_READ,
        ),
        row("JSON of another shape", Scripted(|_| json(r#"{"x":1}"#)), NOT_READ),
        row(
            "JSON under another content type",
            Scripted(|seen| Reply::Bytes(http_response("200 OK", "content-type: text/plain\r\n", success_body(seen)))),
            [ok(1); 4],
        ),
        row("body over the cap, announced", Scripted(|_| json(" ".repeat(MAX_BODY + 1))), TOO_LARGE),
        row("body over the cap, in chunks", Scripted(|_| chunked(MAX_BODY + 1)), TOO_LARGE),
    ]
}

const STREAM: usize = 3;
/// Two more calls, which have no column of their own.
const PUT: usize = 4;
const PATCH: usize = 5;

/// Makes the `n`th of the calls.
async fn call(client: &Client, n: usize) -> Result<(), Error> {
    match n {
        0 => client.get_project("p").send().await.map(drop),
        1 => client.delete_project_key("p", "k").send().await.map(drop),
        2 => {
            let create = client.create_project_key("p");
            create.comment("c").scopes([""; 0]).send().await.map(drop)
        }
        PUT => {
            let update = client.update_member_scopes("p", "m");
            update.scope("s").send().await.map(drop)
        }
        PATCH => client.update_project("p").send().await.map(drop),
        _ => {
            let records: Vec<_> = client.list_project_requests("p").items().try_collect().await?;
            assert_eq!(records.len(), 1);
            Ok(())
        }
    }
}

async fn outcome(row: &Row, n: usize) -> Cell {
    let server = row.server.start().await;
    let client = builder(&server.base_url).attempt_timeout(row.attempt()).build().unwrap();
    let outcome = call(&client, n).await;
    let (kind, attempts) = match outcome {
        Ok(()) => (None, 0),
        Err(error) => {
            let printed = format!("{error} {error:?}");
            assert!(!printed.contains("hush"), "{printed}");
            // No row ends with an attempt that did nothing after one that may have done something.
            let may_have = match error.kind() {
                Connect => false,
                Status => error.status().is_some_and(|status| status.is_server_error() || status == 408),
                _ => true,
            };
            assert_eq!(error.maybe_processed(), may_have && (1..=PATCH).contains(&n) && n != STREAM, "{n}: {error}");
            (Some(error.kind()), error.attempts())
        }
    };
    (kind, attempts, server.seen().len())
}

#[tokio::test]
async fn every_fault_has_the_outcome_of_the_table_and_the_server_saw_the_request_as_often() {
    let mut wrong = String::new();
    for row in rows() {
        // Most of the time is waiting: each call has a server of its own.
        let found = join_all((0..row.cells.len()).map(|n| outcome(&row, n))).await;
        for (n, (expected, found)) in row.cells.into_iter().zip(found).enumerate() {
            if found != expected {
                let _ = writeln!(wrong, "{}, {}: expected {expected:?}, found {found:?}", row.fault, CALLS[n]);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test]
async fn a_put_comes_out_as_a_delete_and_a_patch_as_a_post_whatever_the_fault() {
    for row in rows() {
        let [_, delete, post, _] = row.cells;
        let (put, patch) = tokio::join!(outcome(&row, PUT), outcome(&row, PATCH));
        assert_eq!(put, delete, "{}, PUT", row.fault);
        assert_eq!(patch, post, "{}, PATCH", row.fault);
    }
}

/// The table as it stands in tests/README.md, between its marks.
#[test]
fn the_table_in_the_readme_is_the_table_in_the_code() {
    let mut table = format!("| fault | {} |\n| --- | --- | --- | --- | --- |\n", CALLS.join(" | "));
    for row in rows() {
        let cells = row.cells.map(|(kind, attempts, seen)| match kind {
            None => format!("ok, seen {seen}"),
            Some(kind) => format!("{kind:?}, {attempts} tried, seen {seen}"),
        });
        let _ = writeln!(table, "| {} | {} |", row.fault, cells.join(" | "));
    }
    let path = "README.md";
    let readme = fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once("<!-- faults -->\n").unwrap();
    let (found, after) = rest.split_once("<!-- end of faults -->\n").unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(path, format!("{before}<!-- faults -->\n{table}<!-- end of faults -->\n{after}")).unwrap();
    } else {
        assert!(found == table, "run UPDATE_GOLDEN=1 cargo test -p deepgram-mgmt-tests --test faults");
    }
}

#[tokio::test]
async fn a_404_after_a_delete_that_may_have_worked_says_so_and_one_at_once_does_not() {
    let gone = || status("404 Not Found", "");
    for (first, says_so) in [(Reply::Reset, true), (gone(), false)] {
        let server =
            Server::start(move |seen| if seen.n == 0 { first.clone() } else { status("404 Not Found", "") }).await;
        let error = call(&client_of(&server.base_url), 1).await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
        assert_eq!(error.to_string().contains("an earlier attempt may have done it"), says_so, "{error}");
        assert_eq!(server.seen().len(), if says_so { 2 } else { 1 });
    }
}
