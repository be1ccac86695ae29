//! `cargo xtask drift` from outside: exit codes, formats, configuration, baseline, and documents with broken corners.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const BASE: &str = "\
openapi: 3.1.0
info: { title: Things, version: '1' }
paths:
  /things:
    get:
      operationId: listThings
      parameters:
        - { name: kind, in: query, schema: { type: string } }
      responses:
        '200':
          description: Good
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Thing' }
  /others:
    get:
      operationId: listOthers
      responses:
        '200': { description: Good }
components:
  schemas:
    Thing:
      type: object
      required: [name]
      properties:
        name: { type: string, description: What it is called }
        note: { type: string }
";

/// Edits of [`BASE`], one of each severity.
const BREAKING: (&str, &str) = ("name: { type: string,", "name: { type: integer,");
const WARNING: (&str, &str) = ("        note: { type: string }\n", "");
const INFO: (&str, &str) = ("What it is called", "How it is called");
const OTHERS_GONE: (&str, &str) = ("  /others:\n", "  /elsewhere:\n");

/// A folder with the two documents and a checkout's own files, of which the task reads what is not named.
struct Place(TempDir);

impl Place {
    fn new(edits: &[(&str, &str)]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::create_dir_all(place.path().join("xtask")).unwrap();
        fs::create_dir_all(place.path().join("deepgram-mgmt")).unwrap();
        fs::create_dir_all(place.path().join("spec")).unwrap();
        place.put("deepgram-mgmt/Cargo.toml", "");
        place.put("spec/drift.toml", "");
        let actions = "actions: [{ target: $.info, description: Its name, update: { title: Things } }]\n";
        place.put("spec/overlay.yaml", &format!("overlay: 1.0.0\ninfo: {{ title: None, version: '1' }}\n{actions}"));
        place.put("base.yaml", BASE);
        place.put("revision.yaml", &edited(edits));
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, file: &str, text: &str) {
        fs::write(self.path().join(file), text).unwrap();
    }

    fn drift(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["drift", "--base", "base.yaml", "--revision", "revision.yaml"])
            .args(arguments)
            .env("CARGO_MANIFEST_DIR", self.path().join("xtask"))
            .current_dir(self.path())
            .output()
            .unwrap()
    }

    /// The report for a program, and the exit code.
    fn json(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.drift(&[arguments, &["--format", "json"]].concat());
        let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        (output.status.code().unwrap(), report)
    }

    /// The one line of a failure.
    fn error(&self, arguments: &[&str]) -> String {
        let output = self.drift(arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), error.lines().count(), output.stdout.len()), (Some(2), 1, 0), "{error}");
        error
    }
}

fn edited(edits: &[(&str, &str)]) -> String {
    edits.iter().fold(BASE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

fn rules(report: &Value) -> Vec<&str> {
    report["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap()).collect()
}

#[test]
fn the_exit_code_is_one_from_the_severity_that_is_asked_for_on() {
    for (edits, codes) in [
        (&[][..], [0, 0, 0]),
        (&[INFO][..], [0, 0, 1]),
        (&[WARNING][..], [0, 1, 1]),
        (&[BREAKING][..], [1, 1, 1]),
        (&[BREAKING, WARNING, INFO][..], [1, 1, 1]),
    ] {
        let place = Place::new(edits);
        let code = |level| place.drift(&["--fail-on", level]).status.code().unwrap();
        assert_eq!(["breaking", "warning", "any"].map(code), codes, "{edits:?}");
        assert_eq!(place.drift(&[]).status.code(), Some(codes[0]), "{edits:?}");
    }
}

#[test]
fn a_version_that_is_not_supported_is_named_and_only_one_of_another_structure_is_rejected() {
    let newer = ("openapi: 3.1.0", "openapi: 3.2.0");
    let (code, report) = Place::new(&[newer, BREAKING]).json(&[]);
    assert_eq!(code, 1);
    assert!(rules(&report).contains(&"response-type-changed"), "{report}");
    let text = String::from_utf8(Place::new(&[newer]).drift(&[]).stdout).unwrap();
    assert!(
        text.contains(
            "#/openapi: OpenAPI \"3.2.0\" is not supported; 3.0 and 3.1 are; it is compared as if it were 3.1"
        ),
        "{text}"
    );
    let number = Place::new(&[("openapi: 3.1.0", "openapi: 3.1")]);
    let text = String::from_utf8(number.drift(&[]).stdout).unwrap();
    let cure = "#/openapi: 3.1 is no whole version; write `\"3.1.0\"` or `\"3.0.3\"`, in quotes; it is compared as if";
    assert!(text.contains(cure), "{text}");

    let error = Place::new(&[("openapi: 3.1.0", "swagger: '2.0'")]).error(&[]);
    assert!(error.contains("revision.yaml: #/swagger: Swagger 2.0 is not supported"), "{error}");
}

#[test]
fn the_report_for_a_program_holds_both_values_both_places_and_the_operations() {
    let (code, report) = Place::new(&[BREAKING, WARNING, INFO]).json(&[]);
    assert_eq!(code, 1);
    assert_eq!((&report["base"], &report["revision"]), (&Value::from("base.yaml"), &Value::from("revision.yaml")));
    let summary = &report["summary"];
    assert_eq!([&summary["breaking"], &summary["warning"], &summary["info"]], [1, 1, 1]);
    let finding = &report["findings"][0];
    assert_eq!([&finding["rule"], &finding["severity"]], ["response-type-changed", "breaking"]);
    assert_eq!([&finding["old"], &finding["new"]], ["string", "integer"]);
    let at = "#/components/schemas/Thing/properties/name";
    assert_eq!([&finding["base"], &finding["revision"]], [at, at]);
    assert_eq!(finding["operations"], serde_json::json!(["GET /things"]));
    assert_eq!(report["source"]["compared"]["semver"], "major", "{report:#}");
}

#[test]
fn an_annotation_is_one_line_whatever_the_document_holds() {
    let place = Place::new(&[("name: kind", r#"name: "10%\r\n::error::kind", required: true"#)]);
    let output = place.drift(&["--format", "github"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("request-required-parameter-added"), "{text}");
    assert!(
        text.lines().all(|line| line.starts_with("::error title=")
            || line.starts_with("::warning title=")
            || line.starts_with("::notice title=")),
        "{text}"
    );
    assert!(text.contains("10%25") && !text.contains("10%\r") && !text.contains('\r'), "{text}");
    // The broken corner's own words go through the same gate.
    let place = Place::new(&[("$ref: '#/components/schemas/Thing'", r##"$ref: "#/a%\n::error::b""##)]);
    let text = String::from_utf8(place.drift(&["--format", "github"]).stdout).unwrap();
    assert!(text.contains("%25") && text.lines().all(|line| line.contains(" title=")), "{text}");
}

#[test]
fn the_configuration_changes_severities_and_says_which_ignores_are_idle() {
    let place = Place::new(&[BREAKING, WARNING]);
    let ignore = |location: &str, more: &str| {
        format!("[[ignore]]\nrule = \"response-type-changed\"\nlocation = \"{location}\"\nreason = \"known\"\n{more}")
    };
    let all = "#/components/schemas/Thing/*";

    place.put(
        "drift.toml",
        "[severity]\nresponse-type-changed = \"info\"\nresponse-optional-property-removed = \"breaking\"\n",
    );
    let (code, report) = place.json(&["--config", "drift.toml"]);
    assert_eq!((code, rules(&report)), (1, vec!["response-optional-property-removed", "response-type-changed"]));
    assert_eq!(report["findings"][1]["severity"], "info");

    for (text, code, ignored, idle) in [
        (ignore("#/components/schemas/Thing/properties/name", ""), 0, 1, None),
        (ignore(all, "until = 9999-12-31"), 0, 1, None),
        (ignore(all, "until = 2000-01-31"), 1, 0, Some("held until 2000-01-31")),
        (ignore("#/paths/*", ""), 1, 0, Some("matches nothing")),
        // A place is no prefix by itself.
        (ignore("#/components/schemas/Thing", ""), 1, 0, Some("matches nothing")),
    ] {
        // The checkout's own is read where none is named.
        place.put("spec/drift.toml", &text);
        let (found, report) = place.json(&[]);
        assert_eq!((found, &report["summary"]["ignored"]), (code, &Value::from(ignored)), "{text}");
        let said: Vec<&str> = report["idle_ignores"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(said.len(), usize::from(idle.is_some()), "{text}: {said:?}");
        assert!(idle.is_none_or(|idle| said[0].contains(idle)), "{text}: {said:?}");
        let shown = String::from_utf8(place.drift(&[]).stdout).unwrap();
        assert!(idle.is_none_or(|idle| shown.contains(idle)), "{shown}");
    }
}

#[test]
fn a_configuration_that_cannot_be_meant_is_an_error_that_says_where() {
    let place = Place::new(&[]);
    for (text, said) in [
        ("[severity]\nresponse-type-changed = = 1\n", "drift.toml:2:"),
        ("[severity]\nresponse-type-changed = \"awful\"\n", "drift.toml:2:25: "),
        ("[severity]\n\n  no-such-rule = \"info\"\n", "drift.toml:3:3: there is no rule `no-such-rule`"),
        (
            "[[ignore]]\nrule = \"no-rule\"\nlocation = \"#\"\nreason = \"r\"\n",
            "drift.toml:2:8: there is no rule `no-rule`",
        ),
        (
            "[[ignore]]\nrule = \"operation-removed\"\nlocation = \"#\"\nreason = \" \"\n",
            "drift.toml:4:10: the ignore has no reason",
        ),
        ("[[ignore]]\nuntil = 10:00:00\n", "drift.toml:2:9: the ignore has no date in `until`"),
        ("[[ignore]]\nrule = \"operation-removed\"\nlocation = \"#\"\n", "drift.toml:1:1: missing field `reason`"),
        ("[[ignore]]\nwhat = 1\n", "drift.toml:2:1: unknown field `what`"),
    ] {
        place.put("drift.toml", text);
        let error = place.error(&["--config", "drift.toml"]);
        assert!(error.contains("drift.toml:") && error.contains(said), "{text}: {error}");
    }
    assert!(place.error(&["--config", "none.toml"]).contains("none.toml: cannot be read"));
}

#[test]
fn what_a_baseline_accepts_no_longer_counts_and_what_is_new_does() {
    let place = Place::new(&[BREAKING, WARNING]);
    let output = place.drift(&["--baseline", "accepted.json", "--write-baseline"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.starts_with("accepted 2 findings: "), "{said}");
    let text = fs::read_to_string(place.path().join("accepted.json")).unwrap();
    let accepted: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(accepted.as_array().unwrap().len(), 2, "{text}");
    // No word of the document: rule, place and a digest.
    assert!(accepted.as_array().unwrap().iter().all(|one| one.as_object().unwrap().len() == 3), "{text}");
    assert!(!text.contains("integer"), "{text}");

    let (code, report) = place.json(&["--baseline", "accepted.json", "--fail-on", "warning"]);
    assert_eq!((code, rules(&report).len(), &report["summary"]["accepted"]), (0, 0, &Value::from(2)));

    // Another value at the same place is another finding, and the accepted one is gone.
    place.put("revision.yaml", &edited(&[("name: { type: string,", "name: { type: boolean,"), WARNING, OTHERS_GONE]));
    let (code, report) = place.json(&["--baseline", "accepted.json"]);
    assert_eq!(code, 1);
    assert_eq!(rules(&report), ["operation-removed", "response-type-changed", "operation-added"]);
    assert_eq!([&report["summary"]["accepted"], &report["accepted_findings_gone"]], [1, 1]);
    // Writing it twice writes the same.
    let write = ["--baseline", "accepted.json", "--write-baseline"];
    place.drift(&write);
    let once = fs::read_to_string(place.path().join("accepted.json")).unwrap();
    place.drift(&write);
    assert!(once != text && once == fs::read_to_string(place.path().join("accepted.json")).unwrap());

    // One finding is no findings.
    place.put("revision.yaml", &edited(&[WARNING]));
    let text = String::from_utf8(place.drift(&["--baseline", "accepted.json"]).stdout).unwrap();
    assert!(text.contains("2 accepted findings are gone; "), "{text}");
    let said = String::from_utf8(place.drift(&write).stdout).unwrap();
    assert!(said.starts_with("accepted 1 finding: "), "{said}");
    place.put("revision.yaml", BASE);
    let text = String::from_utf8(place.drift(&["--baseline", "accepted.json"]).stdout).unwrap();
    assert!(text.contains("1 accepted finding is gone; "), "{text}");

    place.put("accepted.json", "[\n  {\"rule\": 1}\n]\n");
    assert!(place.error(&["--baseline", "accepted.json"]).contains("accepted.json:2:"));
    assert!(place.error(&["--baseline", "none.json"]).contains("none.json: cannot be read"));
}

#[test]
fn only_the_paths_that_are_asked_for_are_looked_at() {
    let place = Place::new(&[BREAKING, OTHERS_GONE]);
    for (arguments, found) in [
        (&[][..], 3),
        (&["--only", "/things"][..], 1),
        (&["--only", "/others"][..], 1),
        (&["--only", "/things", "--only", "/elsewhere"][..], 2),
    ] {
        let (code, report) = place.json(arguments);
        assert_eq!((code, rules(&report).len()), (i32::from(found > 0), found), "{arguments:?} {report:#}");
    }
    // The source verdict is about the same paths.
    place.put("revision.yaml", &edited(&[("operationId: listOthers", "operationId: showOthers")]));
    for (arguments, semver) in
        [(&[][..], "major"), (&["--only", "/things"][..], "none"), (&["--only", "/others"][..], "major")]
    {
        let (_, report) = place.json(arguments);
        assert_eq!(report["source"]["compared"]["semver"], semver, "{arguments:?} {report:#}");
    }
    // A misspelt prefix makes no job green.
    for prefix in ["/none", "things"] {
        let error = place.error(&["--only", "/things", "--only", prefix]);
        assert!(
            error.contains(&format!("--only {prefix}: no path of base.yaml or of revision.yaml starts")),
            "{error}"
        );
        assert!(error.ends_with("such as /things\n"), "{error}");
    }
}

#[test]
fn a_file_that_is_no_openapi_document_is_an_error_on_either_side() {
    for text in ["{\"message\": \"API rate limit exceeded\"}\n", "overlay: 1.0.0\npaths: {}\n"] {
        for file in ["base.yaml", "revision.yaml"] {
            let place = Place::new(&[]);
            place.put(file, text);
            let error = place.error(&[]);
            assert_eq!(error, format!("error: {file}: #: no `openapi`; this is not an OpenAPI document\n"));
        }
    }
}

#[test]
fn a_reader_that_reads_no_further_is_no_error_and_a_full_disk_is_one() {
    let place = Place::new(&[BREAKING]);
    let run = |stdout: std::process::Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["drift", "--base", "base.yaml", "--revision", "revision.yaml"]).current_dir(place.path());
        command.env("CARGO_MANIFEST_DIR", place.path().join("xtask")).stdout(stdout);
        let output = command.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    assert_eq!(run(writer.into()), (1, String::new()));
    if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
        let (code, error) = run(full.into());
        assert!(code == 2 && error.starts_with("error: the standard output cannot be written: "), "{code} {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn what_cannot_be_read_is_an_error_that_names_the_file_and_the_line() {
    let place = Place::new(&[]);
    place.put("revision.yaml", "openapi: 3.1.0\npaths: [}\n");
    let error = place.error(&[]);
    assert!(error.contains("revision.yaml:2:"), "{error}");
    place.put("revision.yaml", "");
    assert!(place.error(&[]).contains("revision.yaml"));
    fs::remove_file(place.path().join("revision.yaml")).unwrap();
    let error = place.error(&[]);
    assert!(error.contains("revision.yaml: cannot be read"), "{error}");
    for option in ["--base", "--revision", "--config", "--baseline", "--only"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let output = command.args(["drift", option, ""]).current_dir(place.path()).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(&format!("a value is required for '{option} <")), "{option}: {error}");
        assert_eq!(output.status.code(), Some(2), "{option}");
    }
}

#[test]
fn a_broken_corner_is_named_and_the_rest_is_compared() {
    for (corner, at) in [
        (("note: { type: string }", "note: { type: array, items: [{ type: string }] }"), "/properties/note/items"),
        (("note: { type: string }", "note: { $ref: '#/components/schemas/None' }"), "/properties/note"),
        (("      responses:\n        '200': { description: Good }\n", ""), "#/paths/~1others/get"),
    ] {
        let place = Place::new(&[corner, BREAKING]);
        let (code, report) = place.json(&["--only", "/things", "--only", "/others"]);
        assert_eq!(code, 1, "{report:#}");
        assert!(rules(&report).contains(&"response-type-changed"), "{report:#}");
        let defects = report["defects"]["revision"].as_array().unwrap();
        let named = |defect: &Value| defect["at"].as_str().unwrap().contains(at);
        assert!(defects.iter().any(named) && report["defects"]["base"] == serde_json::json!([]), "{report:#}");
        let text = String::from_utf8(place.drift(&[]).stdout).unwrap();
        assert!(text.contains(at), "{text}");

        // A document that is as broken as it was does not fail.
        let place = Place::new(&[corner]);
        place.put("base.yaml", &edited(&[corner]));
        let (code, report) = place.json(&[]);
        assert_eq!((code, rules(&report).len()), (0, 0), "{report:#}");
        assert!(report["defects"]["base"].as_array().unwrap().iter().any(named), "{report:#}");
    }
}

#[test]
fn the_report_on_the_vendors_document_fits_on_a_screen_and_counts_every_finding() {
    let vendor = Path::new("../../shared/vendor/openapi.yml");
    let Ok(vendor) = vendor.canonicalize() else {
        println!("skipped: no vendor's document at {}", vendor.display());
        return;
    };
    let xtask = |format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let output = command.args(["drift", "--format", format, "--revision"]).arg(&vendor).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let text = xtask("text");
    assert!(text.lines().count() <= 70, "{} lines: {text}", text.lines().count());
    let report: Value = serde_json::from_str(&xtask("json")).unwrap();
    // Every rule that found something has its line, with the number of its findings.
    let mut counts = std::collections::BTreeMap::new();
    for rule in rules(&report) {
        *counts.entry(rule).or_insert(0) += 1;
    }
    for (rule, count) in counts {
        assert!(text.contains(&format!("{rule} ×{count}")), "{rule} ×{count}: {text}");
    }
    // What breaks is there in full.
    assert!(!text.split("warning  ").next().unwrap().contains("more; --format json"), "{text}");
}
