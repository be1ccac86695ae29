//! The published client in its checkout: the checkout that a task works on, and the files that it reports as stale.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::checkout::{Checkout, DOCUMENT, GENERATED, OVERLAY, SOURCE};

const PACKAGE: &str = "deepgram-mgmt/Cargo.toml";

impl Checkout {
    /// Runs the program as cargo does from a folder outside of the checkout.
    fn xtask(&self, arguments: &[&str]) -> Output {
        xtask(arguments).env("CARGO_MANIFEST_DIR", self.root().join("xtask")).output().unwrap()
    }

    fn generate(&self) -> Output {
        self.xtask(&["generate"])
    }

    fn check(&self) -> Output {
        self.xtask(&["generate", "--check"])
    }

    fn replace(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{from}");
        self.write(file, &text.replacen(from, to, 1));
    }
}

fn xtask(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(arguments);
    command
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one line of a failure, below the list of its obstacles.
fn error(output: &Output) -> String {
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    let is_error = |line: &&str| !line.starts_with("obstacle: ") && !line.starts_with("  ");
    let errors: Vec<&str> = text.lines().filter(is_error).collect();
    assert_eq!((code(output), errors.len()), (2, 1), "{text}{}", stdout(output));
    errors[0].to_owned()
}

#[test]
fn one_program_works_on_the_checkout_that_it_is_called_in_and_leaves_the_other_alone() {
    let (one, other) = (Checkout::new(), Checkout::new());
    let types = format!("{GENERATED}/types.rs");
    let before = one.read(&types);
    other.replace(DOCUMENT, "canonical_name:", "canonical_title:");
    assert_eq!((code(&one.check()), code(&other.check())), (0, 1));
    assert_eq!(code(&other.generate()), 0);
    assert!(one.read(&types) == before);
    assert!(other.read(&types).contains("pub canonical_title:"));

    // By itself, anywhere in a checkout.
    let direct = |folder: &Path| {
        xtask(&["generate", "--check"]).env_remove("CARGO_MANIFEST_DIR").current_dir(folder).output().unwrap()
    };
    one.replace(DOCUMENT, "canonical_name:", "canonical_title:");
    let folder = |checkout: &Checkout| checkout.root().join("deepgram-mgmt/src");
    assert_eq!((code(&direct(&folder(&one))), code(&direct(&folder(&other)))), (1, 0));
}

#[test]
fn outside_of_any_checkout_the_error_says_what_was_looked_for_and_other_documents_are_generated_all_the_same() {
    let outside = tempfile::tempdir().unwrap();
    let run =
        |arguments: &[&str]| xtask(arguments).env_remove("CARGO_MANIFEST_DIR").current_dir(&outside).output().unwrap();
    let error = error(&run(&["generate", "--check"]));
    assert!(error.contains(PACKAGE) && error.contains(outside.path().to_str().unwrap()), "{error}");

    fs::copy(Path::new("..").join(DOCUMENT), outside.path().join("document.yml")).unwrap();
    assert_eq!(code(&run(&["generate", "--spec", "document.yml"])), 0);
    assert!(outside.path().join("generated/types.rs").is_file());
}

#[test]
fn what_was_not_generated_is_stale_among_generated_files_and_is_never_removed() {
    let place = Checkout::new();
    for stray in ["stray.rs", "notes.txt", "folder"] {
        let path = place.root().join(GENERATED).join(stray);
        if stray == "folder" { fs::create_dir(&path) } else { fs::write(&path, "by hand") }.unwrap();
        let check = place.check();
        assert_eq!(code(&check), 1, "{stray}");
        let said = format!("stale: {GENERATED}/{stray}: was not generated");
        assert!(stdout(&check).contains(&said) && !stdout(&check).contains("run:"), "{}", stdout(&check));
        let error = error(&place.generate());
        assert!(error.contains(&format!("{GENERATED}/{stray}")) && error.contains("move it away"), "{error}");
        assert!(path.exists());
        if stray == "folder" { fs::remove_dir(path) } else { fs::remove_file(path) }.unwrap();
    }
    assert_eq!(code(&place.check()), 0);
}

#[test]
fn the_record_of_the_document_is_stale_until_it_is_true_and_the_rest_of_it_stays() {
    let place = Checkout::new();
    let right = place.read(SOURCE);
    for (from, to) in [("sha256 = \"5", "sha256 = \"6"), ("version = \"1.0\"", "version = \"2.0\" # why")] {
        fs::write(place.root().join(SOURCE), &right).unwrap();
        place.replace(SOURCE, from, to);
        let check = place.check();
        assert_eq!(code(&check), 1);
        assert!(stdout(&check).contains(&format!("stale: {SOURCE}\n")), "{}", stdout(&check));
        assert!(!stdout(&check).contains(GENERATED), "{}", stdout(&check));
        assert_eq!((code(&place.generate()), code(&place.check())), (0, 0));
        let comment = if to.ends_with("# why") { " # why" } else { "" };
        assert_eq!(place.read(SOURCE), right.replace("version = \"1.0\"", &format!("version = \"1.0\"{comment}")));
    }

    // It follows the document by itself, and names the checksum that everybody computes.
    fs::write(place.root().join(SOURCE), &right).unwrap();
    place.replace(DOCUMENT, "version:", "# a comment\n  version:");
    assert_eq!(code(&place.check()), 1);
    assert_eq!((code(&place.generate()), code(&place.check())), (0, 0));
    let sum = Command::new("sha256sum").arg(place.root().join(DOCUMENT)).output().unwrap();
    let sum = String::from_utf8(sum.stdout).unwrap();
    assert!(place.read(SOURCE).contains(sum.split_whitespace().next().unwrap()));

    fs::write(place.root().join(SOURCE), "file = \"x\"\nsha256 = \n").unwrap();
    let error = error(&place.check());
    assert!(error.contains("spec/SOURCE.toml:2:"), "{error}");
    // What else it says, nobody can make up.
    fs::remove_file(place.root().join(SOURCE)).unwrap();
    let error = self::error(&place.generate());
    assert!(error.contains("spec/SOURCE.toml: cannot be read"), "{error}");
}

#[test]
fn a_report_names_every_stale_file_begins_with_what_matters_and_counts_what_it_leaves_off() {
    let place = Checkout::new();
    place.replace(DOCUMENT, "canonical_name:", "canonical_title:");
    let report = stdout(&place.check());
    for file in ["builder.rs", "mod.rs", "types.rs"] {
        assert!(report.contains(&format!("stale: {GENERATED}/{file}")), "{report}");
    }
    let lines: Vec<&str> = report.lines().collect();
    assert_eq!(lines[0], format!("stale: {GENERATED}/types.rs"), "{report}");
    assert!(lines[1].starts_with("@@"), "{report}");
    assert!(lines[2..6].iter().any(|line| line.contains("canonical_name")), "{report}");
    // Headers are told of once, and not line by line.
    assert!(!report.contains("// document"), "{report}");
    assert_eq!(report.matches("the headers of these files").count(), 1, "{report}");
    // The number of a hunk is that of the line in the file.
    let number: usize = lines[1][4..].split([',', ' ']).next().unwrap().parse().unwrap();
    let types = place.read(&format!("{GENERATED}/types.rs"));
    assert_eq!(Some(&lines[2][1..]), types.lines().nth(number - 1), "{report}");

    let whole = place.read(&format!("{GENERATED}/mod.rs"));
    let header = whole.lines().filter(|line| line.starts_with("// ")).collect::<Vec<_>>().join("\n");
    fs::write(place.root().join(GENERATED).join("mod.rs"), format!("{header}\nfn f() {{}}\n")).unwrap();
    let report = stdout(&place.check());
    let left_off = report.lines().find_map(|line| line.strip_prefix("… ")?.strip_suffix(" more lines of difference"));
    assert!(left_off.unwrap().parse::<usize>().unwrap() > 100, "{report}");
}

#[test]
fn what_is_broken_in_the_document_is_not_blamed_on_the_overlay() {
    for (from, to, said) in [
        ("\npaths:\n", "\npathz:\n", ": #/pathz: `pathz` is not a"),
        ("\ncomponents:\n", "\ncomponentz:\n", ": #/componentz: `componentz` is not a"),
        ("\n  schemas:\n", "\n  schemaz:\n", ": #/components/schemaz: `schemaz` is not a"),
        ("\n    ModelList:\n", "\n    Models:\n", "`$ref: #/components/schemas/ModelList` names nothing"),
        ("#/components/schemas/KeyList'", "#/components/schemas/Keyring'", "`$ref: #/components/schemas/Keyring`"),
    ] {
        let place = Checkout::new();
        let before = place.read(&format!("{GENERATED}/types.rs"));
        place.replace(DOCUMENT, from, to);
        for output in [place.check(), place.generate()] {
            let error = error(&output);
            assert!(error.starts_with(&format!("error: {DOCUMENT}: #/")) && error.contains(said), "{error}");
            assert!(!error.contains("overlay"), "{error}");
        }
        assert!(place.read(&format!("{GENERATED}/types.rs")) == before);
    }
    let place = Checkout::new();
    let text = place.read(DOCUMENT);
    let (start, end) = (text.find("\npaths:\n").unwrap(), text.find("\ncomponents:\n").unwrap());
    let rest = if start < end { format!("{}{}", &text[..start], &text[end..]) } else { text[..start].to_owned() };
    fs::write(place.root().join(DOCUMENT), rest).unwrap();
    let error = error(&place.check());
    assert!(error.contains("#: `paths` is missing"), "{error}");
}

#[test]
fn a_field_that_the_document_renames_is_stale_or_the_overlay_is_said_to_be_about_it() {
    for (field, type_) in [("projects", "ProjectList"), ("comment", "Key"), ("email", "Member"), ("tts", "ModelList")] {
        let place = Checkout::new();
        place.replace(DOCUMENT, &format!("        {field}:\n"), &format!("        {field}_renamed:\n"));
        let check = place.check();
        assert_eq!(code(&check), 1, "{field}");
        assert!(stdout(&check).contains(&format!("{field}_renamed")), "{field}: {}", stdout(&check));
        assert_eq!(code(&place.generate()), 0, "{field}");
        let types = place.read(&format!("{GENERATED}/types.rs"));
        let fields = types.split(&format!("pub struct {type_} {{")).nth(1).unwrap().split('}').next().unwrap();
        assert!(fields.contains(&format!("pub {field}_renamed:")), "{field}: {fields}");
    }
    // What the overlay corrects by its name, and what stands in what it replaces.
    for (field, said) in
        [("api_keys", "properties.api_keys.items matches nothing"), ("request_id", "change the action")]
    {
        let place = Checkout::new();
        let written = place.read(DOCUMENT);
        let line = written.lines().find(|line| line.trim() == format!("{field}:")).unwrap();
        place.replace(DOCUMENT, &format!("{line}\n"), &format!("{}_renamed:\n", line.trim_end_matches(':')));
        let error = error(&place.check());
        assert!(error.contains(OVERLAY) && error.contains(said), "{field}: {error}");
    }
}

#[test]
fn what_the_overlay_does_wrong_is_blamed_on_the_overlay_with_its_line() {
    let place = Checkout::new();
    place.replace(OVERLAY, "      x-client-identity: [api_key_id]\n", "      x-client-identity: [owner]\n");
    let said = error(&place.check());
    let line = place.read(OVERLAY).lines().position(|line| line.ends_with("x-client-identity: [owner]")).unwrap() + 1;
    assert!(said.contains(&format!("{OVERLAY}:{line}:")), "{said}");
    assert!(said.contains("#/components/schemas/Key/x-client-identity"), "{said}");
    assert!(said.contains("\"owner\""), "{said}");

    let place = Checkout::new();
    place.replace(
        OVERLAY,
        "  - target: $.components.schemas.Invitation\n",
        "  - targt: $.components.schemas.Invitation\n",
    );
    let said = error(&place.check());
    let line = place.read(OVERLAY).lines().position(|line| line.contains("targt:")).unwrap() + 1;
    assert!(said.contains(&format!("{OVERLAY}:{line}:5: action ")), "{said}");
    assert!(said.contains(": missing field `target`; an action has a `target`"), "{said}");

    // What a request holds has no identity: the document lets a request leave it out.
    let place = Checkout::new();
    place.replace(OVERLAY, "schemas.Invitation\n", "schemas.InvitationCreate\n");
    let said = error(&place.check());
    assert!(said.contains("#/components/schemas/InvitationCreate/x-client-identity: a request holds"), "{said}");

    // An open object demands nothing, and a response holds it.
    for (from, to, expected) in [
        ("x-client-open: true", "x-client-open: false", "RequestResponse/x-client-open: expected `true`, found false"),
        (
            "x-client-identity: [access_token]",
            "x-client-open: true\n        required: [access_token]",
            "AccessToken/x-client-open: an object of the schema cannot lack `access_token`",
        ),
        (
            "x-client-unwrap: [request]",
            "x-client-unwrap: [request]\n        x-client-open: true",
            "RequestRecord/x-client-open: the schema has an envelope",
        ),
        (
            "GrantTokenRequest:\n        type: object",
            "GrantTokenRequest:\n        type: object\n        x-client-open: true",
            "GrantTokenRequest/x-client-open: no response holds the schema",
        ),
    ] {
        let place = Checkout::new();
        place.replace(OVERLAY, from, to);
        let said = error(&place.check());
        assert!(said.contains(&format!("#/components/schemas/{expected}")), "{said}");
    }

    let place = Checkout::new();
    place.replace(OVERLAY, "schemas.KeyWithSecret.properties.key\n", "schemas.KeyWithSecret.properties.kex\n");
    let line = place.read(OVERLAY).lines().position(|line| line.contains("properties.kex")).unwrap() + 1;
    let said = error(&place.check());
    assert!(said.contains(&format!("{OVERLAY}:{line}:")), "{said}");
    assert!(said.contains("renamed or is missing") && said.contains("fixed upstream"), "{said}");
}

#[test]
fn the_copies_of_the_documents_are_stale_until_they_say_the_same_and_a_checkout_without_the_sandbox_needs_none() {
    const COPIES: &str = "tests/sandbox/spec";
    let place = Checkout::new();
    assert_eq!(code(&place.check()), 0);
    fs::create_dir_all(place.root().join(COPIES)).unwrap();
    let check = place.check();
    assert_eq!(code(&check), 1);
    for file in ["deepgram-management-openapi.yml", "overlay.yaml"] {
        assert!(stdout(&check).contains(&format!("stale: {COPIES}/{file}: is missing")), "{}", stdout(&check));
    }
    assert_eq!((code(&place.generate()), code(&place.check())), (0, 0));

    let newer = place.read(DOCUMENT).replacen("canonical_name:", "canonical_title:", 1);
    fs::write(place.root().join("newer.yml"), &newer).unwrap();
    assert_eq!(code(&place.xtask(&["update", place.root().join("newer.yml").to_str().unwrap()])), 0);
    assert!(place.read(&format!("{COPIES}/deepgram-management-openapi.yml")) == newer);
    assert!(place.read(&format!("{COPIES}/overlay.yaml")) == place.read(OVERLAY));
    assert_eq!(code(&place.check()), 0);
}
