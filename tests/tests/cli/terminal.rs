//! The program on a terminal: questions, colours, progress, and the width of tables.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use deepgram_mgmt::Timestamp;
use deepgram_mgmt_sandbox::{Sandbox, seed};
use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use serde_json::json;

use crate::program::path;
use crate::server::{Server, json as reply};

const DELETE: [&str; 5] = ["keys", "delete", seed::KEY_ID, "--project", seed::PROJECT_ID];

/// What is typed, and how many columns the terminal says it has.
#[derive(Clone, Copy)]
struct Terminal {
    input: &'static str,
    columns: u16,
    variables: &'static [(&'static str, &'static str)],
}

const WIDE: Terminal = Terminal { input: "", columns: 300, variables: &[] };

/// Runs the program on a terminal of its own. The exit code, and all that the terminal was sent.
async fn run_on(terminal: Terminal, base_url: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    let ours = openpt(flags).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let size = Winsize { ws_col: terminal.columns, ws_row: terminal.columns.min(24), ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&ours, size).unwrap();
    let theirs = || Stdio::from(ioctl_tiocgptpeer(&ours, flags).unwrap());
    // Not the terminal that the tests run on, if they do, is the program's: `/dev/tty` says its size.
    let mut command = Command::new("setsid");
    command.args(["--ctty", "--wait"]).arg(path()).args(arguments).env_clear();
    command.env("DEEPGRAM_API_KEY", seed::API_KEY).env("DEEPGRAM_BASE_URL", base_url).env("TERM", "xterm-256color");
    command.envs(terminal.variables.iter().copied()).stdin(theirs()).stdout(theirs()).stderr(theirs());
    let mut ours = File::from(ours);
    ours.write_all(terminal.input.as_bytes()).unwrap();
    let waiting = tokio::task::spawn_blocking(move || {
        let mut program = command.spawn().unwrap();
        // Once the program has gone, the last file of the terminal's other end is closed.
        drop(command);
        let (mut screen, mut chunk) = (Vec::new(), [0; 4096]);
        while let Ok(length @ 1..) = ours.read(&mut chunk) {
            screen.extend_from_slice(&chunk[..length]);
        }
        (program.wait().unwrap().code(), String::from_utf8(screen).unwrap().replace("\r\n", "\n"))
    });
    waiting.await.unwrap()
}

#[tokio::test]
async fn a_deletion_asks_and_only_a_yes_deletes() {
    for (input, is_done) in
        [("y\n", true), ("YES\n", true), ("n\n", false), ("\n", false), ("\u{4}", false), ("yep\n", false)]
    {
        let sandbox = Sandbox::start_live().await.unwrap();
        let (code, screen) = run_on(Terminal { input, ..WIDE }, &sandbox.base_url(), &DELETE).await;
        let question =
            format!("DELETE {}/v1/projects/{}/keys/{}? [y/N] ", sandbox.base_url(), seed::PROJECT_ID, seed::KEY_ID);
        assert!(screen.contains(&question), "{screen}");
        let (expected, last) =
            if is_done { (0, "done\n") } else { (2, "deepgram-mgmt: not confirmed: it was not done\n") };
        assert!(code == Some(expected) && screen.ends_with(last), "{input:?}: {screen}");
        let seen: Vec<String> = sandbox.take_requests().into_iter().map(|seen| seen.method).collect();
        assert_eq!(seen, if is_done { vec!["DELETE"] } else { vec![] }, "{input:?}");
    }
}

#[tokio::test]
async fn a_rotation_asks_before_it_reads_or_makes_anything() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let rotate = ["keys", "rotate", seed::KEY_ID, "--project", seed::PROJECT_ID];
    let (code, screen) = run_on(Terminal { input: "\n", ..WIDE }, &sandbox.base_url(), &rotate).await;
    assert!(
        code == Some(2)
            && screen
                .contains(&format!("Create a successor of the key {}, and then delete that key? [y/N]", seed::KEY_ID))
    );
    assert_eq!(sandbox.take_requests(), []);
}

#[tokio::test]
async fn help_and_errors_have_colours_on_a_terminal_unless_they_are_unwanted() {
    for arguments in [&["keys", "list", "--help"][..], &["keys", "--frobnicate"]] {
        let (_, coloured) = run_on(WIDE, "http://127.0.0.1:1", arguments).await;
        assert!(coloured.contains("\u{1b}["), "{coloured}");
        for variables in [&[("NO_COLOR", "1")][..], &[("TERM", "dumb")]] {
            let (_, plain) = run_on(Terminal { variables, ..WIDE }, "http://127.0.0.1:1", arguments).await;
            assert!(!plain.contains('\u{1b}') && plain.contains("--help"), "{variables:?}: {plain}");
        }
    }
}

#[tokio::test]
async fn an_argument_that_an_error_repeats_does_not_steer_the_terminal() {
    for (arguments, said) in [
        (&["keys", "a\u{1b}]0;owned\u{7}b"][..], "a ]0;owned b"),
        (&["keys", "list", "--fro\u{9b}31mb"], "--fro 31mb"),
        (&["keys", "list", "--output=\u{202e}\nxml"], "  xml"),
        (&["keys", "expiring", "--within=3\rd"], "3 d"),
        (&["keys", "get", "k", "--project=a\u{1b}[2J/b"], "control character"),
        (&["projects", "list", "--api-key-file=/no\u{1b}[2Jne"], "/no [2Jne: No such file"),
        (
            &["keys", "rotate", "k", "--project=p", "--yes", "--secret-file=/no\u{1b}[2Jne/x"],
            "/no [2Jne/x: the folder `/no [2Jne` does not exist; create it",
        ),
        (
            &["requests", "export", "/no\u{1b}[2Jne/x", "--project=p"],
            "/no [2Jne/x.part: the folder `/no [2Jne` does not exist",
        ),
    ] {
        let plain = Terminal { variables: &[("NO_COLOR", "1")], ..WIDE };
        let (code, screen) = run_on(plain, "http://127.0.0.1:1", arguments).await;
        let steers = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(code == Some(2) && screen.contains(said) && !screen.contains(steers), "{arguments:?}: {screen:?}");
    }
}

#[tokio::test]
async fn the_whole_log_shows_its_progress_and_clears_it_before_the_table() {
    let sandbox = Sandbox::start_live().await.unwrap();
    sandbox.add_requests(seed::PROJECT_ID, 40);
    let all = ["requests", "list", "--all", "--limit=10", "--fields=request_id", "--project", seed::PROJECT_ID];
    let (code, screen) = run_on(WIDE, &sandbox.base_url(), &all).await;
    let (progress, table) = screen.rsplit_once("\u{1b}[2K").unwrap_or_else(|| panic!("{screen:?}"));
    assert!(code == Some(0) && progress.contains("records in hand"), "{screen:?}");
    assert_eq!(table.lines().filter(|line| line.trim().len() == 36).count(), 67, "{table}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let export = ["requests", "export", file.to_str().unwrap(), "--project", seed::PROJECT_ID];
    let (code, screen) = run_on(WIDE, &sandbox.base_url(), &export).await;
    // What is drawn last depends on the time that it takes.
    assert!(code == Some(0) && screen.contains(" records, up to 20") && screen.contains('░'), "{screen:?}");
    assert!(screen.ends_with(&format!("67 records added to {}\n", file.display())), "{screen:?}");
}

#[tokio::test]
async fn a_table_fits_a_narrow_terminal_and_keeps_ids_whole_and_a_terminal_of_no_width_is_none() {
    let id = |digit: u8| format!("{digit}1111111-1111-4111-8111-111111111111");
    let key = |digit| {
        json!({ "member": { "member_id": id(8), "email": "ada@example.com" }, "api_key": {
            "api_key_id": id(digit), "comment": "a comment that is longer than the terminal has room for beside an id",
            "created": "2026-09-15T11:32:22Z", "scopes": ["usage:read", "project:read"],
        } })
    };
    let keys = json!({ "api_keys": [key(1), key(2)] }).to_string();
    let server = Server::start(move |_| reply(&keys)).await;
    let list = ["keys", "list", "--project=p"];
    let (code, screen) = run_on(Terminal { columns: 80, ..WIDE }, &server.base_url, &list).await;
    let (table, note) = screen.split_once("more columns: --fields ").unwrap_or_else(|| panic!("{screen}"));
    assert_eq!(code, Some(0));
    assert!(table.lines().count() > 3 && table.lines().all(|line| line.chars().count() <= 80), "{table}");
    assert!(table.contains(&id(1)) && table.contains(&id(2)) && !table.contains("member_id"), "{table}");
    assert_eq!(note.trim_end(), "api_key_id,comment,scopes,created,member.member_id,member.email");
    // Chosen columns are all there.
    let chosen = [&list[..], &["--fields=api_key_id,member.member_id,comment"]].concat();
    let (_, screen) = run_on(Terminal { columns: 80, ..WIDE }, &server.base_url, &chosen).await;
    assert_eq!((screen.matches(&id(1)).count(), screen.matches(&id(8)).count()), (1, 2), "{screen}");
    for columns in [0, 300] {
        let (_, screen) = run_on(Terminal { columns, ..WIDE }, &server.base_url, &list).await;
        assert!(screen.lines().count() == 3 && screen.contains("room for beside an id"), "{columns}: {screen}");
    }
}

#[tokio::test]
async fn a_secret_of_any_length_is_whole_in_a_table() {
    let secret = "s".repeat(1500);
    let body = json!({ "access_token": secret, "expires_in": 30 }).to_string();
    let server = Server::start(move |_| reply(&body)).await;
    let (code, screen) = run_on(Terminal { columns: 80, ..WIDE }, &server.base_url, &["auth", "grant"]).await;
    assert!(code == Some(0) && screen.contains(&secret), "{screen}");
}

#[tokio::test]
async fn a_new_secret_of_a_rotation_does_not_steer_the_terminal() {
    let server = Server::start(|seen| match (seen.method.as_str(), seen.path.rsplit('/').next()) {
        ("POST", _) => reply(r#"{"api_key_id":"new","key":"hu\u001b[31msh\u009b1m\u202e","scopes":["member"]}"#),
        ("DELETE", _) => reply("{}"),
        (_, id) => reply(json!({ "api_key_id": id, "scopes": ["member"] }).to_string()),
    })
    .await;
    let rotate = ["keys", "rotate", "old", "--project=p", "--yes"];
    let (code, screen) = run_on(WIDE, &server.base_url, &rotate).await;
    assert!(code == Some(0) && screen.contains("\nhu [31msh 1m \n"), "{screen:?}");
    assert!(screen.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{screen:?}");
    assert_eq!(server.seen().last().unwrap().method, "DELETE");
}

#[tokio::test]
async fn a_narrow_table_of_a_chore_has_the_datum_that_decides_beside_the_id() {
    let id = |digit: u8| format!("{digit}1111111-1111-4111-8111-111111111111");
    let key = json!({ "member": { "member_id": id(8), "email": "ada@example.com", "first_name": "Ada" }, "api_key": {
        "api_key_id": id(1), "comment": "a comment of some length", "created": "2026-01-01T00:00:00Z",
        "scopes": ["usage:read"], "expiration_date": Timestamp::now() + Duration::from_secs(86_400),
    } });
    let expires = key["api_key"]["expiration_date"].as_str().unwrap().to_owned();
    let (keys, member) = (json!({ "api_keys": [key] }).to_string(), json!({ "members": [{ "member_id": id(8) }] }));
    let server = Server::start(move |seen| match seen.path.rsplit('/').next() {
        Some("projects") => reply(json!({ "projects": [{ "project_id": id(7), "name": "one" }] }).to_string()),
        Some("members") => reply(member.to_string()),
        Some("keys") => reply(&keys),
        Some("requests") => reply(r#"{"requests":[{"request_id":"r","created":"2026-09-15T11:32:22Z"}]}"#),
        _ => reply(r#"{"results":[{"requests":4711}]}"#),
    })
    .await;
    let owner = id(8);
    let offboard = ["members", "offboard", owner.as_str(), "--project=p"];
    for (columns, chore, cells) in [
        (80, &["keys", "expiring"][..], vec![id(1), expires.clone()]),
        (80, &offboard, vec![id(1), "4711".to_owned(), "2026-09-15T11:32:22Z".to_owned()]),
        (
            130,
            &offboard,
            vec![id(1), "4711".to_owned(), "2026-09-15T11:32:22Z".to_owned(), "true".to_owned(), expires.clone()],
        ),
    ] {
        let (code, screen) = run_on(Terminal { columns, ..WIDE }, &server.base_url, chore).await;
        let row: Vec<&str> = screen.lines().nth(1).unwrap().split_whitespace().take(cells.len()).collect();
        assert_eq!((code, row), (Some(0), cells.iter().map(String::as_str).collect()), "{screen}");
    }
    assert!(server.seen().iter().all(|seen| seen.method == "GET"));
}

#[tokio::test]
async fn lines_that_stream_to_a_terminal_are_not_mixed_with_the_progress() {
    let sandbox = Sandbox::start_live().await.unwrap();
    sandbox.add_requests(seed::PROJECT_ID, 40);
    let all = ["requests", "list", "--all", "--limit=10", "--output=ndjson", "--fields=request_id"];
    let all = [&all[..], &["--project", seed::PROJECT_ID]].concat();
    let (code, screen) = run_on(WIDE, &sandbox.base_url(), &all).await;
    assert_eq!(code, Some(0), "{screen:?}");
    // Each line of data begins where the terminal has no rest of the progress.
    let records: Vec<&str> = screen.lines().filter(|line| line.contains("request_id")).collect();
    assert_eq!(records.len(), 67, "{screen:?}");
    for record in records {
        let before = record.split_once("{\"request_id\"").unwrap().0;
        assert!(before.is_empty() || before.ends_with("\u{1b}[2K"), "{before:?}");
    }
}

#[tokio::test]
async fn the_bars_of_a_chart_get_shorter_until_its_lines_fit_the_terminal() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let chart = ["usage", "chart", "--by=dollars", "--project", seed::PROJECT_ID];
    for (columns, longest) in [(300, 50), (50, 50), (30, 30)] {
        let (code, screen) = run_on(Terminal { columns, ..WIDE }, &sandbox.base_url(), &chart).await;
        let widths: Vec<usize> = screen.lines().map(|line| line.chars().count()).collect();
        let bars = screen.lines().map(|line| line.matches('█').count());
        assert!(code == Some(0) && widths.iter().all(|&width| width <= columns.into()), "{screen}");
        assert!(
            bars.max().unwrap() <= longest && widths.iter().max().unwrap() + 12 > columns.min(64).into(),
            "{screen}"
        );
    }
}
