//! `cargo xtask generate` as a process: the files that it writes, the files that it leaves alone, and its exit code.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const DOCUMENT: &str = include_str!("../../../spec/deepgram-management-openapi.yml");
const OVERLAY: &str = include_str!("../../../spec/overlay.yaml");

/// A folder with a document, its overlay, and a place for what is generated from them.
struct Workplace(TempDir);

impl Workplace {
    fn new(document: &str, overlay: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("document.yml"), document).unwrap();
        fs::write(folder.path().join("overlay.yaml"), overlay).unwrap();
        Self(folder)
    }

    fn generate(&self, check: bool) -> Output {
        let mut command = xtask();
        command.args(["generate", "--spec", "document.yml", "--overlay", "overlay.yaml", "--out", "out"]);
        if check {
            command.arg("--check");
        }
        command.current_dir(self.0.path()).output().unwrap()
    }

    fn out(&self) -> PathBuf {
        self.0.path().join("out")
    }

    fn replace(&self, file: &str, from: &str, to: &str) {
        let path = self.0.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(path, text.replace(from, to)).unwrap();
    }
}

fn xtask() -> Command {
    Command::new(env!("CARGO_BIN_EXE_xtask"))
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn the_committed_client_is_what_the_committed_documents_make() {
    let output = xtask().args(["generate", "--check"]).output().unwrap();
    assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
}

#[test]
fn every_operation_of_the_shipped_client_shows_a_call_that_is_compiled() {
    let operations = fs::read_to_string("../deepgram-mgmt/src/generated/mod.rs").unwrap();
    let methods = operations.matches("-> builder::").count();
    let shown = |fence: &str| operations.lines().filter(|line| line.trim() == format!("/// ```{fence}")).count();
    assert!(methods > 0);
    assert_eq!((shown("no_run"), shown("ignore")), (methods, 0));
}

#[test]
fn the_same_documents_make_the_same_bytes_wherever_they_are() {
    let (one, other) = (Workplace::new(DOCUMENT, OVERLAY), Workplace::new(DOCUMENT, OVERLAY));
    assert_eq!((code(&one.generate(false)), code(&other.generate(false))), (0, 0));
    let contents = |place: &Workplace| files(&place.out()).into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>();
    assert_eq!(contents(&one).len(), 3);
    assert!(contents(&one) == contents(&other));
}

#[test]
fn a_renamed_field_is_stale_until_the_client_has_it() {
    let place = Workplace::new(DOCUMENT, OVERLAY);
    assert_eq!(code(&place.generate(false)), 0);
    assert_eq!(code(&place.generate(true)), 0);
    place.replace("document.yml", "canonical_name:", "canonical_title:");

    let before = files(&place.out());
    let check = place.generate(true);
    assert_eq!(code(&check), 1);
    let report = stdout(&check);
    assert!(report.contains("types.rs") && report.contains("canonical_title"), "{report}");
    assert!(report.contains("run: cargo xtask generate"), "{report}");
    assert!(files(&place.out()) == before, "--check wrote something");

    assert_eq!(code(&place.generate(false)), 0);
    let types = fs::read_to_string(place.out().join("types.rs")).unwrap();
    assert!(types.contains("pub canonical_title:") && !types.contains("canonical_name"));
    assert_eq!(code(&place.generate(true)), 0);
}

#[test]
fn any_byte_of_document_or_overlay_that_changes_is_stale() {
    for file in ["document.yml", "overlay.yaml"] {
        let place = Workplace::new(DOCUMENT, OVERLAY);
        assert_eq!(code(&place.generate(false)), 0);
        let path = place.0.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}\n# a comment\n")).unwrap();
        assert_eq!(code(&place.generate(true)), 1, "{file}");
    }
}

#[test]
fn a_missing_or_left_over_file_is_stale_and_put_right() {
    let place = Workplace::new(DOCUMENT, OVERLAY);
    assert_eq!(code(&place.generate(true)), 1);
    assert!(!place.out().exists(), "--check wrote something");
    assert_eq!(code(&place.generate(false)), 0);

    let (left_over, foreign) = (place.out().join("old.rs"), place.out().join("foreign.rs"));
    fs::copy(place.out().join("types.rs"), &left_over).unwrap();
    fs::write(&foreign, "// written by hand").unwrap();
    assert_eq!(code(&place.generate(true)), 1);
    assert_eq!(code(&place.generate(false)), 0);
    assert!(!left_over.exists() && foreign.exists());
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_stale_and_generated_like_any_other() {
    use std::os::unix::ffi::OsStrExt as _;
    let place = Workplace::new(DOCUMENT, OVERLAY);
    let out = std::ffi::OsStr::from_bytes(b"out\xff");
    let run = |check: &[&str]| {
        let mut command = xtask();
        command.args(["generate", "--spec", "document.yml", "--out"]).arg(out).args(check);
        command.current_dir(place.0.path()).output().unwrap()
    };
    let check = run(&["--check"]);
    assert_eq!((code(&check), stderr(&check).as_str()), (1, ""));
    assert!(stdout(&check).contains("run: cargo xtask generate --spec document.yml --out out"), "{}", stdout(&check));
    assert_eq!((code(&run(&[])), code(&run(&["--check"]))), (0, 0));
}

#[test]
fn an_overlay_that_cannot_do_its_work_is_named_and_nothing_is_written() {
    let place = Workplace::new(DOCUMENT, OVERLAY);
    assert_eq!(code(&place.generate(false)), 0);
    let before = files(&place.out());
    for (from, to, said) in [
        ("KeyWithSecret.properties.key", "KeyWithSecret.properties.kex", "matches nothing: "),
        ("$.security\n", "$.security[\n", "JSONPath"),
        ("overlay: 1.0.0", "overlay: 2.0.0", "overlay"),
        ("    remove: true", "    removed: true", "removed"),
        (
            "    description: 'As for the ids above; this one is written out in its operation. Permanent.'\n",
            "",
            "has no description",
        ),
    ] {
        let broken = Workplace::new(DOCUMENT, OVERLAY);
        broken.replace("overlay.yaml", from, to);
        fs::copy(broken.0.path().join("overlay.yaml"), place.0.path().join("overlay.yaml")).unwrap();
        for check in [true, false] {
            let output = place.generate(check);
            assert_eq!(code(&output), 2, "{from}");
            let error = stderr(&output);
            assert!(error.contains("overlay.yaml") && error.contains(said), "{error}");
            assert_eq!(error.trim_end().lines().count(), 1, "{error}");
        }
        assert!(files(&place.out()) == before, "{from}: the previous output was touched");
    }
}

#[test]
fn a_file_that_is_no_overlay_is_named_with_its_line_and_what_an_overlay_has() {
    let action = "- target: $.info\n  description: Its name.\n  update: { title: Pets }\n";
    let overlay =
        |actions: &str| format!("overlay: 1.0.0\ninfo: {{ title: Names, version: '1' }}\nactions:\n{actions}");
    let place = Workplace::new(SMALL, &overlay(action));
    assert_eq!(code(&place.generate(false)), 0);
    let cure = "an overlay has `overlay: 1.0.0`, an `info` with `title` and `version`, and `actions`";
    for (text, said, cure) in [
        (SMALL.to_owned(), "1:1: not an OpenAPI Overlay 1.0: missing field `overlay`; ", cure),
        (overlay("").replace("actions:\n", ""), "1:1: not an OpenAPI Overlay 1.0: missing field `actions`; ", cure),
        (overlay(action).replace("'1'", "1"), "2:23: not an OpenAPI Overlay 1.0: invalid type: integer `1`", cure),
        (overlay("").replace("actions:", "actions: []"), "3:1: #/actions: must contain at least one entry; ", cure),
        (overlay(&action.replace("$.info", "''")), "4:3: #/actions/0/target: must not be empty; ", cure),
        (
            overlay(&action.replace("description", "descriptionn")),
            "5:3: #/actions/0/descriptionn is not a property of OpenAPI Overlay 1.0; ",
            "correct its name, or delete it",
        ),
    ] {
        fs::write(place.0.path().join("overlay.yaml"), &text).unwrap();
        let output = place.generate(false);
        let error = stderr(&output);
        assert_eq!(code(&output), 2, "{text}");
        assert!(error.starts_with(&format!("error: overlay.yaml:{said}")), "{error}");
        assert!(error.ends_with(&format!("{cure}\n")), "{error}");
    }
}

#[test]
fn an_operation_that_cannot_keep_its_name_is_named_with_the_name_it_got() {
    let folder = tempfile::tempdir().unwrap();
    let document = r#"{"openapi":"3.1.0","info":{"title":"T","version":"1"},"paths":{
        "/keys":{"get":{"operationId":"list","tags":["Keys"]}},
        "/members":{"get":{"operationId":"list","tags":["Members"]}},
        "/rotate":{"post":{"operationId":"rotateKey"}},
        "/own":{"get":{"operationId":"getOwn"}}
    }}"#;
    fs::write(folder.path().join("document.json"), document).unwrap();
    let generate = || {
        xtask()
            .args(["generate", "--spec", "document.json", "--out", "out"])
            .current_dir(folder.path())
            .output()
            .unwrap()
    };
    let output = generate();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let said = stderr(&output);
    assert_eq!(said.lines().count(), 3, "{said}");
    let operations = fs::read_to_string(folder.path().join("out/mod.rs")).unwrap();
    for (pointer, id, method) in [
        ("#/paths/~1keys/get", "list", "keys_list"),
        ("#/paths/~1members/get", "list", "members_list"),
        ("#/paths/~1rotate/post", "rotateKey", "post_rotate"),
    ] {
        let line = said.lines().find(|line| line.contains(pointer)).unwrap_or_else(|| panic!("{pointer}: {said}"));
        assert!(line.contains(&format!("`{id}`")) && line.contains(&format!("`{method}`")), "{line}");
        assert!(operations.contains(&format!("fn {method}(")), "{method}");
    }
}

#[test]
fn the_folder_of_the_published_client_takes_no_other_client_however_it_is_written() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("deepgram-mgmt/src/generated");
    fs::create_dir_all(&folder).unwrap();
    fs::write(place.path().join("deepgram-mgmt/Cargo.toml"), "").unwrap();
    fs::write(place.path().join("pet.yaml"), SMALL).unwrap();
    for out in [
        "deepgram-mgmt/src/generated",
        "deepgram-mgmt/../deepgram-mgmt/src/generated/",
        "deepgram-mgmt/src/generated/pet",
    ] {
        let output =
            xtask().args(["generate", "--spec", "pet.yaml", "--out", out]).current_dir(place.path()).output().unwrap();
        let error = stderr(&output);
        assert!(
            code(&output) == 2 && error.contains("is the folder of the published client; choose another"),
            "{error}"
        );
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }
    let generate =
        || xtask().args(["generate", "--spec", "pet.yaml", "--out", "out"]).current_dir(place.path()).output().unwrap();
    assert_eq!(code(&generate()), 0);
    // A file that the client no longer has is deleted, and not generated.
    fs::write(place.path().join("out/calls.rs"), fs::read(place.path().join("out/mod.rs")).unwrap()).unwrap();
    let output = generate();
    assert_eq!(stdout(&output), "deleted: out/calls.rs\n", "{}", stderr(&output));
    assert!(!place.path().join("out/calls.rs").exists());
}

/// A small document of another author.
const SMALL: &str = "openapi: 3.1.0\ninfo: { title: Pets, version: '1' }\npaths: { /a: { get: { responses: { '200': { description: Good } } } } }\n";
