//! `cargo xtask update`: replaces the bundled document with a newer one, all files at once or none.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const DOCUMENT: &str = "spec/deepgram-management-openapi.yml";
const OVERLAY: &str = "spec/overlay.yaml";
const SOURCE: &str = "spec/SOURCE.toml";
const GENERATED: &str = "deepgram-mgmt/src/generated";

/// A checkout with what the task reads and writes, and a newer document beside it.
struct Checkout(TempDir);

impl Checkout {
    fn new(edits: &[(&str, &str)]) -> Self {
        let root = tempfile::tempdir().unwrap();
        for folder in ["spec", GENERATED] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
            for entry in fs::read_dir(Path::new("..").join(folder)).unwrap() {
                let path = entry.unwrap().path();
                fs::copy(&path, root.path().join(folder).join(path.file_name().unwrap())).unwrap();
            }
        }
        fs::create_dir_all(root.path().join("xtask")).unwrap();
        fs::write(root.path().join("deepgram-mgmt/Cargo.toml"), "").unwrap();
        let checkout = Self(root);
        let newer = edits.iter().fold(checkout.read(DOCUMENT), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        checkout.put("newer.yml", &newer);
        checkout
    }

    fn put(&self, file: &str, text: &str) {
        fs::write(self.0.path().join(file), text).unwrap();
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.path().join(file)).unwrap()
    }

    /// Every file with its content.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let folders = ["spec", GENERATED, "."].map(|folder| self.0.path().join(folder));
        let entries =
            folders.iter().flat_map(|folder| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
        entries.filter(|path| path.is_file()).map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    }

    fn xtask(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let manifest = self.0.path().join("xtask");
        command.args(arguments).env("CARGO_MANIFEST_DIR", manifest).current_dir(self.0.path()).output().unwrap()
    }
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

const RENAMED: (&str, &str) = ("canonical_name:", "canonical_title:");

#[test]
fn document_record_and_generated_code_are_replaced_together() {
    let place = Checkout::new(&[RENAMED]);
    let output = place.xtask(&["update", "newer.yml", "--origin", "the vendor's mirror"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{said}{}", stderr(&output));
    assert_eq!(said.lines().last(), Some("semver: major"), "{said}");
    let sum = Command::new("sha256sum").arg(place.0.path().join("newer.yml")).output().unwrap();
    let sum = stdout(&sum).split_whitespace().next().unwrap().to_owned();
    let entry = said.split_once("for CHANGELOG.md:").expect("an entry").1;
    assert!(entry.contains(&format!("Document sha256 `{sum}`")), "{entry}");
    let (added, removed) = entry.split_once("### Added").unwrap().1.split_once("### Removed").unwrap();
    assert!(added.contains("canonical_title") && removed.contains("canonical_name"), "{entry}");

    assert!(place.read(DOCUMENT) == place.read("newer.yml"));
    let record = place.read(SOURCE);
    assert!(record.contains(&sum) && record.contains("the vendor's mirror"), "{record}");
    assert!(place.read(&format!("{GENERATED}/types.rs")).contains("pub canonical_title:"));
    // Nothing is left to be generated.
    assert_eq!(place.xtask(&["generate", "--check"]).status.code(), Some(0));

    // The document once more is no change, and says so alone.
    let before = place.files();
    for options in [&["update", "newer.yml"][..], &["update", "newer.yml", "--dry-run"]] {
        let again = place.xtask(options);
        assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
        assert_eq!(stdout(&again), "nothing changed: newer.yml is the bundled document\n");
    }
    assert!(place.files() == before);

    // A document of other text and equal content replaces it; the overlay's additions to both neither came nor went.
    place.put("newer.yml", &format!("# Checked.\n{}", place.read("newer.yml")));
    let again = place.xtask(&["update", "newer.yml"]);
    assert_eq!(stdout(&again).lines().last(), Some("semver: none"), "{}{}", stdout(&again), stderr(&again));
    assert!(place.read(DOCUMENT).starts_with("# Checked.\n") && place.read(SOURCE).contains("the vendor's mirror"));
    assert!(!stdout(&again).contains("### "), "{}", stdout(&again));
    assert!(stdout(&again).contains("\nwire:  0 breaking, 0 warning, 0 info\n"), "{}", stdout(&again));
}

#[test]
fn an_update_that_was_killed_is_completed_though_its_document_is_in_place() {
    let place = Checkout::new(&[RENAMED]);
    place.put(DOCUMENT, &place.read("newer.yml"));
    let output = place.xtask(&["update", "newer.yml"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("\nreplaced: "), "{}", stdout(&output));
    assert!(place.read(&format!("{GENERATED}/types.rs")).contains("pub canonical_title:"));
    assert_eq!(place.xtask(&["generate", "--check"]).status.code(), Some(0));
}

/// The bundled document without the path of one balance.
fn without_balance(document: &str) -> String {
    let start = document.find("  /v1/projects/{project_id}/balances/{balance_id}:\n").unwrap();
    let end = document.find("  /v1/models:\n").unwrap();
    format!("{}{}", &document[..start], &document[end..])
}

#[test]
fn actions_for_what_is_gone_are_deleted_with_their_lines_and_every_other_line_stays() {
    let place = Checkout::new(&[]);
    place.put("newer.yml", &without_balance(&place.read("newer.yml")));
    let (files, overlay) = (place.files(), place.read(OVERLAY));
    let dry = place.xtask(&["update", "newer.yml", "--dry-run"]);
    assert_eq!(dry.status.code(), Some(0), "{}{}", stdout(&dry), stderr(&dry));
    assert!(place.files() == files);
    let output = place.xtask(&["update", "newer.yml"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    let printed = stdout(&output);
    let lines: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix("deletes spec/overlay.yaml:")).collect();
    let announced = stdout(&dry);
    let announced = announced.lines().filter_map(|line| line.strip_prefix("would delete spec/overlay.yaml:"));
    assert_eq!(lines, announced.collect::<Vec<_>>());
    let of_overlay: Vec<&str> = overlay.lines().collect();
    for line in &lines {
        let (number, target) = line.split_once(":5: action ").unwrap();
        let (_, target) = target.split_once(": ").unwrap();
        let target = target.strip_suffix(": the newer document lacks what it corrects").unwrap();
        assert_eq!(of_overlay[number.parse::<usize>().unwrap() - 1], format!("  - target: {target}"));
    }
    assert!(lines.len() == 3 && lines.iter().all(|line| line.contains("/balances/{balance_id}']")), "{printed}");
    // The rest of the overlay is there line by line, and nothing is left to be generated.
    let now = place.read(OVERLAY);
    let mut rest = now.lines();
    let gone: Vec<&str> =
        of_overlay.into_iter().filter(|line| rest.clone().next() != Some(*line) || rest.next().is_none()).collect();
    assert_eq!(rest.next(), None, "{now}");
    assert_eq!(gone.iter().filter(|line| line.starts_with("  - target: ")).count(), 3, "{gone:?}");
    assert!(printed.contains("`UPDATE_GOLDEN=1 cargo test -p xtask --test guide`"), "{printed}");
    assert_eq!(place.xtask(&["generate", "--check"]).status.code(), Some(0));
}

#[test]
fn an_action_for_what_was_renamed_or_is_a_property_is_an_obstacle() {
    let renamed = Checkout::new(&[(
        "  /v1/projects/{project_id}/balances/{balance_id}:\n",
        "  /v1/projects/{project_id}/funds/{balance_id}:\n",
    )]);
    let secret = "        key:\n          type: string\n          description: >-\n            Full API key";
    let property = Checkout::new(&[(secret, &secret.replace("key:", "secret_key:"))]);
    for place in [renamed, property] {
        let before = place.files();
        let output = place.xtask(&["update", "newer.yml"]);
        let printed = stdout(&output);
        assert_eq!(output.status.code(), Some(2), "{printed}");
        assert!(
            printed.contains("probably renamed: ") && printed.contains("\nobstacle: spec/overlay.yaml:"),
            "{printed}"
        );
        assert!(printed.contains("\ncure: change the target of the action if the location was renamed"), "{printed}");
        assert!(!printed.contains("deletes "), "{printed}");
        assert!(place.files() == before);
    }
}

#[test]
fn a_dry_run_says_all_of_it_ends_with_the_step_and_writes_nothing() {
    let place = Checkout::new(&[RENAMED]);
    let before = place.files();
    let output = place.xtask(&["update", "newer.yml", "--dry-run"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{said}{}", stderr(&output));
    assert_eq!(said.lines().last(), Some("semver: major"), "{said}");
    let line = 1 + place.read("newer.yml").lines().position(|line| line.contains(RENAMED.1)).unwrap();
    assert!(said.contains(&format!("Model.canonical_name ({DOCUMENT}:{line}:9)")), "{said}");
    assert!(said.contains("for CHANGELOG.md:") && said.contains("dry run: nothing was written"), "{said}");
    assert!(place.files() == before);

    // It goes on where a run that writes would stop, and says so with file and line.
    place.put(OVERLAY, &place.read(OVERLAY).replacen("target: $.components.securitySchemes", "target: $.none", 1));
    let before = place.files();
    let output = place.xtask(&["update", "newer.yml", "--dry-run"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{said}{}", stderr(&output));
    let line = 1 + place.read(OVERLAY).lines().position(|line| line.contains("target: $.none")).unwrap();
    let obstacles: Vec<&str> = said.lines().filter(|line| line.starts_with("obstacle: ")).collect();
    let [obstacle] = obstacles[..] else { panic!("{said}") };
    assert!(obstacle.starts_with(&format!("obstacle: spec/overlay.yaml:{line}:5: action ")), "{obstacle}");
    assert!(obstacle.ends_with(": $.none matches nothing"), "{obstacle}");
    assert!(said.contains("\ncure: change the target of the action if the location was renamed"), "{said}");
    assert!(said.lines().last().unwrap().starts_with("semver: "), "{said}");
    assert!(place.files() == before);
}

#[test]
fn any_obstacle_stops_it_before_the_first_byte() {
    let stopped = |place: &Checkout, said: &str| {
        let before = place.files();
        let output = place.xtask(&["update", "newer.yml"]);
        let error = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{said}: {}", stdout(&output));
        assert!(error.contains(said) && error.lines().count() == 1, "{error}");
        assert!(place.files() == before, "{said}");
    };
    let place = Checkout::new(&[]);
    place.put(OVERLAY, &place.read(OVERLAY).replacen("target: $.components.securitySchemes", "target: $.none", 1));
    stopped(&place, ": $.none matches nothing");

    stopped(&Checkout::new(&[("openapi: 3.1.0", "openapi: 2.0.0")]), "2.0.0");
    let swagger =
        "newer.yml: #/swagger: Swagger 2.0 is not supported; convert the document to OpenAPI 3.0 or 3.1 first";
    stopped(&Checkout::new(&[("openapi: 3.1.0", "swagger: '2.0'")]), swagger);
    stopped(&Checkout::new(&[("#/components/schemas/KeyList'", "#/components/schemas/Keyring'")]), "Keyring");
    stopped(&Checkout::new(&[("\npaths:\n", "\npaths: [}\n")]), "newer.yml:");

    // A file by hand among the generated ones is in the way of the last step, and nothing before it is done.
    let place = Checkout::new(&[RENAMED]);
    place.put(&format!("{GENERATED}/stray.rs"), "by hand");
    stopped(&place, "stray.rs");
    place.put(SOURCE, "sha256 = \n");
    fs::remove_file(place.0.path().join(GENERATED).join("stray.rs")).unwrap();
    stopped(&place, "spec/SOURCE.toml:1:");
}

#[test]
fn code_of_the_client_that_uses_what_goes_is_an_obstacle_and_other_code_is_left_to_do() {
    let start = "        - name: cursor\n          in: query\n";
    let text = fs::read_to_string(Path::new("..").join(DOCUMENT)).unwrap();
    let cursor = &text[text.find(start).unwrap()..];
    let cursor = &cursor[..cursor.find("      responses:").unwrap()];
    let place = Checkout::new(&[(cursor, "")]);
    let source = "use crate::builder::ListProjectRequests;\n\n// request.cursor in a comment is no use of it.\n\
                  fn next(request: ListProjectRequests<'_>, at: &Point) {\n    let old = &at.cursor;\n    \
                  let now = request.cursor.clone();\n}\n";
    let caller = "#[test]\nfn pages() {\n    client.list_project_requests(P).cursor(\"c\");\n    \
                server.saw(\"/requests?cursor=c\");\n}\n";
    for (folder, file, text) in [("deepgram-mgmt/src/page", "walk.rs", source), ("tests/tests", "query.rs", caller)] {
        fs::create_dir_all(place.0.path().join(folder)).unwrap();
        place.put(&format!("{folder}/{file}"), text);
    }
    place.put("CHANGELOG.md", "# Changelog\n\nDocument sha256 `0`.\n");
    let before = place.files();
    let output = place.xtask(&["update", "newer.yml"]);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    let obstacle = "deepgram-mgmt/src/page/walk.rs:6: uses `builder::ListProjectRequests::cursor()`, which the newer \
                    document lacks";
    assert_eq!(stderr(&output), format!("error: {obstacle}\n"));
    assert!(place.files() == before);

    place.put("deepgram-mgmt/src/page/walk.rs", &source.replace("request.cursor.clone()", "None"));
    let output = place.xtask(&["update", "newer.yml"]);
    let printed = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{printed}{}", stderr(&output));
    let list: Vec<&str> =
        printed.split_once("left to do").unwrap().1.lines().filter(|line| line.starts_with("- ")).collect();
    let places: Vec<&str> = list.iter().map(|line| line[2..].split(": ").next().unwrap()).collect();
    let expected = ["tests/tests/query.rs:3", "tests/tests/query.rs:4", "CHANGELOG.md:3", "spec/drift-baseline.json"];
    assert_eq!(places, expected, "{printed}");
}

#[test]
fn a_common_name_is_left_to_do_only_near_its_owner_and_neither_documentation_nor_unit_tests_are_obstacles() {
    let member = "    Member:\n      type: object\n      properties:\n";
    let text = fs::read_to_string(Path::new("..").join(DOCUMENT)).unwrap();
    let before = &text[text.find(member).unwrap()..];
    let before = &before[..before.find("email:").unwrap() + "email:".len()];
    let place = Checkout::new(&[(before, &before.replace("email:", "mail_address:"))]);
    let source = "/// A member, not `member.email`.\nfn other() {}\n\n#[cfg(test)]\nmod tests {\n    \
                  fn of(member: Member) {\n        member.email.len();\n    }\n}\n";
    let caller = "fn guest(invite: Invite) {\n    invite.email(\"a\");\n}\n\nfn other(email: &str, list: &List) {\n    \
                  list.email.len();\n    json!({ \"email\": 1 });\n}\n\nfn of(member: &Member, email: &str) {\n    \
                  member.email.len();\n    invite.email(\"a\");\n    json!({ \"email\": 1 });\n    \
                  Member { email: None };\n}\n";
    for (folder, file, text) in [("deepgram-mgmt/src/page", "walk.rs", source), ("tests/tests", "people.rs", caller)] {
        fs::create_dir_all(place.0.path().join(folder)).unwrap();
        place.put(&format!("{folder}/{file}"), text);
    }
    let output = place.xtask(&["update", "newer.yml"]);
    let printed = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{printed}{}", stderr(&output));
    let list = printed.split_once("left to do").unwrap().1.lines().filter_map(|line| line.strip_prefix("- "));
    let places: Vec<&str> = list.filter_map(|line| Some(line.split_once(": uses `types::Member::email`")?.0)).collect();
    let expected = ["walk.rs:1", "walk.rs:7"].map(|place| format!("deepgram-mgmt/src/page/{place}"));
    let expected = expected.into_iter().chain([11, 13, 14].map(|line| format!("tests/tests/people.rs:{line}")));
    assert_eq!(places, expected.collect::<Vec<_>>(), "{printed}");
}

#[test]
fn several_obstacles_are_all_listed_and_counted() {
    let place = Checkout::new(&[]);
    let overlay = place.read(OVERLAY).replacen("target: $.components.securitySchemes", "target: $.none", 1);
    place.put(OVERLAY, &overlay.replacen("target: $.components.schemas.KeyWithSecret", "target: $.nothing", 1));
    let output = place.xtask(&["update", "newer.yml"]);
    let printed = stdout(&output);
    assert_eq!(output.status.code(), Some(2), "{printed}");
    let obstacles: Vec<&str> = printed.lines().filter(|line| line.starts_with("obstacle: ")).collect();
    assert!(obstacles.len() >= 2 && obstacles.iter().any(|line| line.contains("$.nothing")), "{printed}");
    assert!(stderr(&output).starts_with(&format!("error: {} obstacles", obstacles.len())), "{}", stderr(&output));
}
