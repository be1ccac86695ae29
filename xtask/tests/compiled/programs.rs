//! Programs as their users write them, in a crate outside of the workspace: the natural ones compile and run against the
//! sandbox, and for the wrong ones the compiler says what is taken.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;
use xtask::workspace;

use crate::fixture::{Sandbox, here, succeed, target, write_outside};
use crate::size::sized;

/// The programs, their argument, and what they print.
const NATURAL: [(&str, &[&str]); 4] = [
    ("expiring", &[]),
    ("make", &[" has a secret of "]),
    ("report", &[" results\n", " records\n", " again\n"]),
    (
        "values",
        &[
            r#"Some("ci") ["usage:read", "usage:write"] Some("2098-12-31T22:00:00Z")"#,
            "2 of ",
            "list_project_requests: invalid request: limit: 0 is too small: the least is 1\n",
            "list_project_requests: invalid request: page: -1 is too small: the least is 0\n",
            "is too large: the most is 18446744073709551615\n",
        ],
    ),
];

/// Wrong uses, and the compiler's message.
const WRONG: [(&str, &str); 12] = [
    ("client.get_project()", "this method takes 1 argument but 0 arguments were supplied"),
    (r#"client.get_project_key("p")"#, "this method takes 2 arguments but 1 argument was supplied"),
    ("client.get_project(7)", "`{integer}` is not taken for `PathSegment`"),
    (r#"client.get_project(Some("p"))"#, "`Option<&str>` is not taken for `PathSegment`"),
    (r#"client.list_project_requests("p").limit("5")"#, "`&str` is not taken for `Option<NonZero<u64>>`"),
    (r#"client.list_project_requests("p").limit(0.5)"#, "`{float}` is not taken for `Option<NonZero<u64>>`"),
    (r#"client.create_project_key("p").comment(5)"#, "`{integer}` is not taken for `Option<String>`"),
    (r#"client.create_project_key("p").tags(5)"#, "`{integer}` is not taken for `Option<Vec<String>>`"),
    (r#"client.create_project_key("p").tags([5])"#, "`[{integer}; 1]` is not taken for `Option<Vec<String>>`"),
    (
        r#"client.create_project_key("p").expiration_date(5)"#,
        "`{integer}` is not taken for `Option<deepgram_mgmt::Timestamp>`",
    ),
    (
        r#"client.create_project_key("p").expiration_date(std::time::Duration::MAX)"#,
        "`Duration` is not taken for `Option<deepgram_mgmt::Timestamp>`",
    ),
    (
        r#"client.create_project_key("p").name("ci")"#,
        "no method named `name` found for struct `CreateProjectKey<'a>` in the current scope",
    ),
];

/// The second line of a message about a value.
const TAKEN: &str = "text is taken from `&str`, `String`, `Cow<str>` or a known value; a number from any integer; \
    a time from text, `Timestamp`, `DateTime`, `NaiveDate` or `SystemTime`; a list from an array, slice, `Vec`, \
    set or iterator; each from an `Option` where it may be left out";

/// A crate that depends on the client by its path, and on tokio.
fn outside(programs: &[(String, String)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let client = here("../deepgram-mgmt").canonicalize().unwrap();
    let manifest = format!(
        "[package]\nname = \"outside\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         deepgram-mgmt = {{ path = \"{}\" }}\n\
         tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n\n[workspace]\n",
        client.display()
    );
    write_outside(folder.path(), &manifest, sized(true, false));
    fs::create_dir_all(folder.path().join("src/bin")).unwrap();
    for (name, text) in programs {
        fs::write(folder.path().join(format!("src/bin/{name}.rs")), text).unwrap();
    }
    folder
}

fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = workspace::cargo();
    command.args(arguments).arg("--offline").current_dir(folder).env("CARGO_TARGET_DIR", target());
    command
}

#[test]
fn natural_programs_compile_unchanged_and_run() {
    let program = |name: &str| fs::read_to_string(here("fixtures/programs").join(format!("{name}.rs"))).unwrap();
    let programs: Vec<_> = NATURAL.iter().map(|(name, _)| ((*name).to_owned(), program(name))).collect();
    let folder = outside(&programs);
    succeed(&mut cargo(folder.path(), &["build", "--quiet", "--bins"]));
    let sandbox = Sandbox::start();
    for (name, said) in NATURAL {
        let mut run = cargo(folder.path(), &["run", "--quiet", "--bin", name]);
        run.args(["--", "11111111-1111-4111-8111-111111111111"]);
        run.env("DEEPGRAM_BASE_URL", &sandbox.url).env("DEEPGRAM_API_KEY", "sandbox-admin-key");
        run.env_remove("DEEPGRAM_ACCESS_TOKEN").env_remove("DEEPGRAM_AUTH_SCHEME");
        let printed = succeed(&mut run);
        for part in said {
            assert!(printed.contains(part), "{name} does not print {part:?}: {printed}");
        }
    }
}

#[test]
fn a_wrong_program_is_told_what_is_taken() {
    let program = |call: &str| {
        format!("fn main() {{\n    let client = deepgram_mgmt::Client::from_env().unwrap();\n    let _ = {call};\n}}\n")
    };
    let programs: Vec<_> =
        WRONG.iter().enumerate().map(|(index, (call, _))| (format!("wrong{index}"), program(call))).collect();
    let folder = outside(&programs);
    let arguments = ["build", "--quiet", "--bins", "--keep-going", "--message-format", "json"];
    let output = cargo(folder.path(), &arguments).output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let messages: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for (index, (call, expected)) in WRONG.into_iter().enumerate() {
        let name = format!("wrong{index}");
        let errors: Vec<&Value> = messages
            .iter()
            .filter(|message| message["target"]["name"] == *name && message["message"]["level"] == "error")
            .map(|message| &message["message"])
            .filter(|message| !message["spans"].as_array().unwrap().is_empty())
            .collect();
        // The compiler writes the whole path where another type that it knows has the name.
        let said: Vec<String> = errors
            .iter()
            .map(|error| error["message"].as_str().unwrap().replace("std::string::String", "String"))
            .collect();
        assert_eq!(said, [expected], "{call}");
        let rendered = errors[0]["rendered"].as_str().unwrap();
        assert!(!rendered.contains("other types implement"), "{rendered}");
        let notes: Vec<&str> =
            errors[0]["children"].as_array().unwrap().iter().filter_map(|note| note["message"].as_str()).collect();
        assert_eq!(notes.contains(&TAKEN), expected.contains(" is not taken for "), "{call}: {notes:?}");
    }
}
