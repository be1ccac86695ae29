//! Everyday changes of the document, made by CONTRIBUTING.md alone: `update` in a copy of the workspace, and then at most
//! three files by hand, each of which its list of what is left to do has named.
//!
//! `cargo test -p xtask --test workspace everyday_updates -- --ignored` makes one change after the other in one copy, then
//! compiles it and runs its tests, which takes minutes; a workflow does so every night.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;

use xtask::workspace;

use crate::checkout::{DOCUMENT, OVERLAY};

/// The most files that an everyday change may need by hand.
const BY_HAND: usize = 3;

/// A change of the document, and what is left to do by hand after `update`.
struct Change {
    name: &'static str,
    document: &'static [Edit],
    /// The targets of the corrections that `update` deletes, because what they correct goes.
    deleted: &'static [&'static str],
    by_hand: &'static [(&'static str, &'static [Edit])],
}

/// An edit of a text: after `after`, the next text that begins with `from` and ends with `through` becomes `to`.
struct Edit {
    after: &'static str,
    from: &'static str,
    through: &'static str,
    to: &'static str,
}

impl Edit {
    fn apply(&self, text: &str) -> String {
        let find = |start: usize, part: &str| {
            start + text[start..].find(part).unwrap_or_else(|| panic!("{part:?} is not in the text"))
        };
        let start = find(find(0, self.after), self.from);
        let end = find(start + self.from.len(), self.through) + self.through.len();
        format!("{}{}{}", &text[..start], self.to, &text[end..])
    }
}

/// After a text, the next occurrence of one becomes another.
const fn replace(after: &'static str, from: &'static str, to: &'static str) -> Edit {
    Edit { after, from, through: "", to }
}

/// The first part with this start and this end goes.
const fn remove(from: &'static str, through: &'static str) -> Edit {
    Edit { after: "", from, through, to: "" }
}

const CALLS: &str = "tests/tests/client/operation.rs";
const BUNDLED: &str = "tests/sandbox/src/dialect/bundled.rs";
const LIVE: &str = "tests/sandbox/src/dialect/live/mod.rs";

const HOOKS: &str = "  /v1/projects/{project_id}/hooks:
    get:
      operationId: listProjectHooks
      tags: [Projects]
      summary: List hooks
      parameters:
        - $ref: '#/components/parameters/project_id'
        - { name: state, in: query, schema: { type: string, enum: [on, off] } }
      responses:
        '200':
          description: Hooks
          content:
            application/json:
              schema: { $ref: '#/components/schemas/HookList' }
  /v1/projects:
";

const HOOK_SCHEMAS: &str = "    HookList:
      type: object
      properties: { hooks: { type: array, items: { $ref: '#/components/schemas/Hook' } } }
    Hook:
      type: object
      properties: { hook_id: { type: string, example: h-1 }, made: { type: string, format: date-time } }
    Member:
";

const CHANGES: [Change; 7] = [
    Change {
        name: "a property is renamed",
        document: &[replace("\n    Member:\n", "last_name:", "family_name:")],
        deleted: &[],
        by_hand: &[
            (BUNDLED, &[replace("", "\"last_name\": member", "\"family_name\": member")]),
            (CALLS, &[replace("", "member.last_name", "member.family_name")]),
        ],
    },
    Change {
        name: "an operation is added",
        document: &[replace("", "  /v1/projects:\n", HOOKS), replace("", "    Member:\n", HOOK_SCHEMAS)],
        deleted: &[],
        by_hand: &[],
    },
    Change {
        name: "a property is added",
        document: &[replace(
            "\n    Member:\n",
            "      properties:\n",
            "      properties:\n        phone: { type: string }\n",
        )],
        deleted: &[],
        by_hand: &[(BUNDLED, &[replace("", "\"first_name\": member", "\"phone\": \"1\", \"first_name\": member")])],
    },
    Change {
        name: "an operation is removed",
        document: &[Edit {
            after: "",
            from: "  /v1/projects/{project_id}/balances/{balance_id}:\n",
            through: "  /v1/models:\n",
            to: "  /v1/models:\n",
        }],
        deleted: &[
            "$.paths['/v1/projects/{project_id}/balances/{balance_id}'].get.parameters[?@.name == 'balance_id'].schema",
            "$.paths['/v1/projects/{project_id}/balances/{balance_id}']",
            "$.paths['/v1/projects/{project_id}/balances/{balance_id}'].get.responses",
        ],
        by_hand: &[
            (CALLS, &[remove("    Operation {\n        id: \"getProjectBalance\"", "\n    },\n")]),
            (BUNDLED, &[remove("        \"getProjectBalance\" =>", "\n        }\n")]),
            (LIVE, &[remove("        \"getProjectBalance\" =>", "\n        }\n")]),
        ],
    },
    Change {
        name: "a property has another type",
        document: &[replace(
            "\n    UsageSummary:\n",
            "              requests:\n                type: integer\n",
            "              requests:\n                type: number\n",
        )],
        deleted: &[],
        by_hand: &[
            ("deepgram-mgmt/examples/usage_report.rs", &[replace("", "let requests: i64", "let requests: f64")]),
            (CALLS, &[replace("", "(Some(1.5), Some(11))", "(Some(1.5), Some(11.0))")]),
            (
                "deepgram-mgmt/src/ext/member_keys.rs",
                &[replace("", "period.requests)", "period.requests.map(|requests| requests as i64))")],
            ),
        ],
    },
    Change {
        name: "a text becomes an enum",
        document: &[replace(
            "\n    Balance:\n",
            "        units:\n          type: string\n",
            "        units:\n          type: string\n          enum: [usd, hour]\n",
        )],
        deleted: &[],
        by_hand: &[(
            CALLS,
            &[replace(
                "",
                "balance.units.as_deref(), Some(\"usd\")",
                "balance.units.as_ref().map(|units| units.to_string()).as_deref(), Some(\"usd\")",
            )],
        )],
    },
    Change {
        name: "a parameter is removed",
        document: &[remove("      parameters:\n        - name: include_outdated\n", "            default: false\n")],
        deleted: &[],
        by_hand: &[
            (
                "tests/tests/client/query.rs",
                &[remove("#[tokio::test]\nasync fn outdated_models_are_asked_for", "\n}\n")],
            ),
            (
                "tests/sandbox/tests/sandbox/operations.rs",
                &[remove("#[tokio::test]\nasync fn an_outdated_model_is_listed", "\n}\n")],
            ),
        ],
    },
];

/// A copy of the workspace, without what is built.
struct Copy(PathBuf);

impl Copy {
    /// The workspace as it is, in `folder`. A file that is there and equal keeps its time, by which cargo knows what to
    /// compile.
    fn new(folder: &Path) -> Self {
        copy(Path::new(".."), folder);
        Self(folder.to_owned())
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    fn write(&self, file: &str, text: &str) {
        fs::write(self.path(file), text).unwrap();
    }

    /// Makes the change of the document.
    fn change(&self, change: &Change) {
        let newer = change.document.iter().fold(self.read(DOCUMENT), |text, edit| edit.apply(&text));
        self.write("newer.yml", &newer);
    }

    /// Lets `update` follow the change.
    fn update(&self) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["update", "newer.yml"]).env("CARGO_MANIFEST_DIR", self.path("xtask"));
        command.current_dir(&self.0).output().unwrap()
    }

    /// Does what the list leaves to do.
    fn edit(&self, change: &Change) {
        for (file, edits) in change.by_hand {
            let text = edits.iter().fold(self.read(file), |text, edit| edit.apply(&text));
            self.write(file, &text);
        }
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        let mut command = workspace::cargo();
        command.args(arguments).current_dir(&self.0).env("CARGO_TARGET_DIR", target());
        // Cargo takes packages of one name and place in their workspace for the same ones, whichever checkout they are in.
        // Another profile keeps the copy's packages apart; those of others have a profile of their own. Without any debug
        // information, cargo would strip those of others, and build them again.
        command.env("CARGO_PROFILE_DEV_DEBUG", "limited").output().unwrap()
    }
}

/// The folder with what this workspace has built: the copy needs the same packages.
fn target() -> PathBuf {
    std::env::current_dir().unwrap().join("../target")
}

/// Makes `to` equal to the folder `from`, but for what is built there.
fn copy(from: &Path, to: &Path) {
    // `.cargo` has the alias of `cargo xtask`.
    let entries = |folder: &Path| -> Vec<OsString> {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name != "target" && name != ".git").collect()
    };
    fs::create_dir_all(to).unwrap();
    let names = entries(from);
    for name in entries(to).into_iter().filter(|name| !names.contains(name)) {
        let path = to.join(name);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
    }
    for (path, target) in names.iter().map(|name| (from.join(name), to.join(name))) {
        if path.is_dir() {
            copy(&path, &target);
        } else if fs::read(&target).ok() != Some(fs::read(&path).unwrap()) {
            fs::copy(path, target).unwrap();
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Updates a copy, and does by hand what the list names.
fn update(place: &Copy, change: &Change) {
    place.change(change);
    let output = place.update();
    let printed = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}: {printed}{}", change.name, text(&output.stderr));
    let deleted = printed.lines().filter_map(|line| line.strip_prefix("deletes spec/overlay.yaml:"));
    let deleted: Vec<&str> = deleted.filter_map(|line| Some(line.split_once(": $")?.1)).collect();
    let expected =
        change.deleted.iter().map(|target| format!("{}: the newer document lacks what it corrects", &target[1..]));
    assert_eq!(deleted, expected.collect::<Vec<_>>(), "{}: {printed}", change.name);
    let overlay = place.read(OVERLAY);
    for target in change.deleted {
        assert!(!overlay.contains(&format!("target: {target}\n")), "{}: {target} is still there", change.name);
    }
    let (_, list) = printed.split_once("left to do").expect("a list");
    assert!(change.by_hand.len() <= BY_HAND, "{}", change.name);
    for (file, _) in change.by_hand {
        assert!(list.contains(&format!("- {file}:")), "{}: {file} is not named:\n{list}", change.name);
    }
    place.edit(change);
}

#[test]
fn each_change_needs_at_most_three_files_by_hand_and_the_list_names_each_of_them() {
    thread::scope(|scope| {
        for change in &CHANGES {
            scope.spawn(|| {
                let folder = tempfile::tempdir().unwrap();
                let place = Copy::new(folder.path());
                update(&place, change);
                assert!(place.read(DOCUMENT) == place.read("newer.yml"), "{}", change.name);
            });
        }
    });
}

#[test]
#[ignore = "compiles the workspace and runs its tests: minutes, which a workflow has every night"]
fn after_all_changes_the_copy_compiles_and_its_tests_pass() {
    // One folder, so that another run compiles only what has changed since.
    let place = Copy::new(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("everyday_updates"));
    for change in &CHANGES {
        update(&place, change);
    }
    // Everything compiles; of the tests, those run that depend on the document.
    let tests = "test --quiet --no-fail-fast --lib --test client --test sandbox --test probe \
                 -p deepgram-mgmt-tests -p deepgram-mgmt-sandbox -p deepgram-mgmt-probe";
    let others = "check --quiet --tests --examples -p deepgram-mgmt -p deepgram-mgmt-tests -p deepgram-mgmt-probe";
    for command in [tests, others] {
        let output = place.cargo(&command.split_whitespace().collect::<Vec<_>>());
        assert!(output.status.success(), "cargo {command}:\n{}{}", text(&output.stdout), text(&output.stderr));
    }
}
