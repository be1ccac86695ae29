//! The session of the guide: each command, and what it really prints; and its pictures, which the README of the repository
//! shows. `UPDATE_GOLDEN=1` writes them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anstyle::RgbColor;
use anstyle_svg::Term;
use deepgram_mgmt_sandbox::{Sandbox, seed};

use crate::program::{parts, path};

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deepgram-mgmt/src/guide.md");
const MARKS: [&str; 2] = ["<!-- session -->\n```console\n", "```\n<!-- end of session -->\n"];

#[tokio::test]
async fn the_session_of_the_guide_is_what_the_program_prints() {
    let guide = fs::read_to_string(GUIDE).unwrap();
    let (before, rest) = guide.split_once(MARKS[0]).expect("the first mark");
    let (session, after) = rest.split_once(MARKS[1]).expect("the second mark");
    let sandbox = Sandbox::start_live().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut recorded = String::new();
    let commands: Vec<&str> = session.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    assert!(commands.len() >= 5, "{session}");
    for command in commands {
        let words = parts(command, ' ', '\'');
        assert_eq!(words[0], "deepgram-mgmt");
        let mut program = std::process::Command::new(path());
        program.args(&words[1..]).current_dir(folder.path()).env_clear();
        program.env("DEEPGRAM_API_KEY", seed::API_KEY).env("DEEPGRAM_BASE_URL", sandbox.base_url());
        program.env("DEEPGRAM_PROJECT_ID", seed::PROJECT_ID);
        let output = tokio::task::spawn_blocking(move || program.output().unwrap()).await.unwrap();
        let _ = writeln!(recorded, "$ {command}");
        for stream in [output.stdout, output.stderr] {
            // The sandbox of the reader listens on another port.
            let text = String::from_utf8(stream).unwrap().replace(&sandbox.base_url(), "http://127.0.0.1:8080");
            // A table fills its columns with spaces.
            recorded.extend(text.lines().map(|line| format!("{}\n", line.trim_end())));
        }
    }
    let is_update = std::env::var_os("UPDATE_GOLDEN").is_some();
    if is_update {
        fs::write(GUIDE, [before, MARKS[0], &recorded, MARKS[1], after].concat()).unwrap();
    }
    assert!(is_update || session == recorded, "{UPDATE}\n{recorded}");
    for (name, text, background) in PICTURES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures").join(name);
        let picture = picture(&recorded, text, background);
        if is_update {
            fs::write(&path, &picture).unwrap();
        }
        assert!(fs::read_to_string(&path).is_ok_and(|found| found == picture), "{}: {UPDATE}", path.display());
    }
}

const UPDATE: &str = "run UPDATE_GOLDEN=1 cargo test -p deepgram-mgmt-tests --test cli session";

/// The pictures, with the colours of text and background that code hosts have in either mode.
const PICTURES: [(&str, RgbColor, RgbColor); 2] = [
    ("session-light.svg", RgbColor(0x1f, 0x23, 0x28), RgbColor(0xf6, 0xf8, 0xfa)),
    ("session-dark.svg", RgbColor(0xe6, 0xed, 0xf3), RgbColor(0x16, 0x1b, 0x22)),
];

/// A session as a terminal shows it, with its commands in bold.
fn picture(session: &str, text: RgbColor, background: RgbColor) -> String {
    let mut lines = String::new();
    for line in session.lines() {
        let _ = if line.starts_with("$ ") {
            writeln!(lines, "\u{1b}[1m{line}\u{1b}[0m")
        } else {
            writeln!(lines, "{line}")
        };
    }
    Term::new().fg_color(text.into()).bg_color(background.into()).render_svg(&lines)
}
