//! The documents that `cargo xtask drift` compares: versions of the bundled one, another author's, and those in git.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::git::git;

const BUNDLED: &str = "../spec/deepgram-management-openapi.yml";

fn bundled() -> String {
    fs::read_to_string(BUNDLED).unwrap()
}

/// The bundled document with one property renamed.
fn newer() -> String {
    let text = bundled().replacen("canonical_name:", "canonical_title:", 1);
    assert!(text != bundled());
    text
}

/// A folder outside of any workspace and repository.
fn empty() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Runs the check in the workspace, unless a folder is its place.
fn drift(folder: Option<&Path>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("drift").args(arguments);
    if let Some(folder) = folder {
        command.env_remove("CARGO_MANIFEST_DIR").current_dir(folder);
        // A repository around the temporary folder is not meant.
        command.env("GIT_CEILING_DIRECTORIES", std::env::temp_dir());
    }
    command.output().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The one line of a failure.
fn error(output: &Output) -> String {
    let error = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!((output.status.code(), error.lines().count(), output.stdout.len()), (Some(2), 1, 0), "{error}");
    error
}

fn wire(report: &str) -> &str {
    report.lines().find(|line| line.starts_with("wire:  ")).unwrap()
}

#[test]
fn a_newer_version_of_the_bundled_document_has_the_overlay_too_and_update_says_the_same() {
    let folder = empty();
    let file = folder.path().join("newer.yml");
    for version in [newer(), newer().replacen("title: Deepgram Management API", "title: Management", 1)] {
        fs::write(&file, version).unwrap();
        let file = file.to_str().unwrap();
        let report = text(&drift(None, &["--revision", file]));
        let reading = format!("read:  {file} is a version of the bundled document; both sides have spec/overlay.yaml");
        assert!(report.contains(&reading), "{report}");
        assert!(report.ends_with("semver: major\n"), "{report}");
        let mut update = Command::new(env!("CARGO_BIN_EXE_xtask"));
        let update = text(&update.args(["update", file, "--dry-run"]).output().unwrap());
        assert_eq!(wire(&report), wire(&update));
        // The other reading counts what the overlay adds.
        let as_it_is = text(&drift(None, &["--revision", file, "--as-it-is"]));
        assert!(!as_it_is.contains("read:  ") && as_it_is.contains("GET /v1/auth/token"), "{as_it_is}");
        assert!(!report.contains("GET /v1/auth/token"), "{report}");
        let as_it_is: Value =
            serde_json::from_str(&text(&drift(None, &["--revision", file, "--as-it-is", "--format", "json"]))).unwrap();
        assert!(as_it_is["summary"]["breaking"].as_u64() > Some(10), "{as_it_is:#}");
    }
}

#[test]
fn a_change_of_a_part_that_the_overlay_writes_in_another_form_counts() {
    let folder = empty();
    let file = folder.path().join("newer.yml");
    // The overlay writes scopes with their known values, and every success as 2XX.
    let scope = "        scope:\n          type: string\n          description: >-\n            New scope";
    let models = "$ref: '#/components/schemas/ModelList'";
    for (from, to, rule, place) in [
        (
            scope,
            scope.replace("string", "string\n          enum: [owner]"),
            "request-became-enum",
            "ScopeUpdate.scope enum",
        ),
        (models, models.replace("ModelList", "BalanceList"), "response-optional-property-removed", "ModelList.{"),
    ] {
        assert!(bundled().contains(from), "{from}");
        fs::write(&file, bundled().replacen(from, &to, 1)).unwrap();
        let report = text(&drift(None, &["--revision", file.to_str().unwrap()]));
        let (_, found) = report.split_once(rule).unwrap_or_else(|| panic!("{rule}: {report}"));
        assert!(found.contains(place), "{report}");
    }
}

#[test]
fn every_format_says_that_both_sides_have_the_overlay_also_of_two_versions_that_are_named() {
    let folder = empty();
    let file = folder.path().join("newer.yml");
    fs::write(&file, newer()).unwrap();
    let arguments = ["--base", BUNDLED, "--revision", file.to_str().unwrap()];
    for format in ["text", "markdown", "json", "github"] {
        let report = text(&drift(None, &[&arguments[..], &["--format", format]].concat()));
        assert!(report.contains("both sides have spec/overlay.yaml (--as-it-is leaves it out)"), "{report}");
    }
    let report = text(&drift(None, &[&arguments[..], &["--as-it-is"]].concat()));
    assert!(report.starts_with(&format!("drift: {BUNDLED} → {}\nwire:  ", file.display())), "{report}");
    assert!(report.ends_with("semver: major\n"), "{report}");
}

#[test]
fn another_authors_document_gets_no_semver_step_and_a_line_that_names_the_task_with_one() {
    let folder = empty();
    let file = folder.path().join("other.yml");
    // Its title and its schemas are others.
    let other = bundled().replacen("title: Deepgram Management API", "title: Other", 1);
    let other = other.replace("#/components/schemas/", "#/components/schemas/Their");
    let (paths, components) = other.split_once("\n  schemas:\n").unwrap();
    let components: Vec<String> = components
        .lines()
        .map(|line| match line.strip_prefix("    ") {
            Some(name) if !name.starts_with([' ', '#']) && name.ends_with(':') => format!("    Their{name}"),
            _ => line.to_owned(),
        })
        .collect();
    fs::write(&file, format!("{paths}\n  schemas:\n{}\n", components.join("\n"))).unwrap();
    let arguments = ["--revision", file.to_str().unwrap()];
    let report = text(&drift(None, &arguments));
    assert!(!report.contains("semver:") && !report.contains("match nothing in the revision"), "{report}");
    let last = report.lines().last().unwrap();
    assert!(last.starts_with("source: not compared: ") && last.contains("is no version of the bundled document"));
    assert!(last.contains("cargo xtask update FILE --dry-run"), "{last}");
    // A part that the overlay adds has its position there.
    assert!(report.contains("GET /v1/auth/token (spec/overlay.yaml:"), "{report}");
    let json: Value =
        serde_json::from_str(&text(&drift(None, &[&arguments[..], &["--format", "json"]].concat()))).unwrap();
    assert!(json["source"]["not_compared"]["reason"].is_string() && json["reading"].is_null(), "{json:#}");
    // The task that is named there says both.
    let mut update = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let update = update.args(["update", file.to_str().unwrap(), "--dry-run"]).output().unwrap();
    let update = String::from_utf8(update.stdout).unwrap();
    assert!(update.contains("semver: ") && update.contains("match nothing"), "{update}");
}

#[test]
fn a_part_that_one_version_lacks_comes_and_goes_whole_though_the_overlay_corrects_it_among_others() {
    let folder = empty();
    let cut = |document: &str, start: &str, end: &str| {
        let (before, rest) = document.split_once(start).unwrap();
        format!("{before}{}", &rest[rest.find(end).unwrap()..])
    };
    let without =
        cut(&bundled(), "    put:\n      operationId: updateMemberScopes\n", "  /v1/projects/{project_id}/usage:\n");
    let without = cut(&without, "    ScopeUpdate:\n", "    UsageSummary:\n");
    let [with, without] = [("with.yml", bundled()), ("without.yml", without)].map(|(name, text)| {
        let file = folder.path().join(name);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    });
    let report = text(&drift(None, &["--base", &with, "--revision", &without]));
    assert!(report.contains("\nwire:  1 breaking, 0 warning, 0 info\nbreaking operation-removed ×1"), "{report}");
    let report = text(&drift(None, &["--base", &without, "--revision", &with]));
    assert!(report.contains("\nwire:  0 breaking, 0 warning, 1 info\ninfo     operation-added ×1"), "{report}");
}

#[test]
fn a_named_base_needs_no_workspace() {
    let folder = empty();
    fs::write(folder.path().join("a.yml"), bundled()).unwrap();
    fs::write(folder.path().join("b.yml"), newer()).unwrap();
    let report = text(&drift(Some(folder.path()), &["--base", "a.yml", "--revision", "b.yml"]));
    assert!(report.starts_with("drift: a.yml → b.yml\nwire:  0 breaking, "), "{report}");
    assert!(report.contains("canonical_name → canonical_title"), "{report}");
    assert!(report.ends_with("semver: major\n"), "{report}");
    let error = error(&drift(Some(folder.path()), &["--revision", "b.yml"]));
    assert!(error.contains("neither here nor above is a `deepgram-mgmt/Cargo.toml`"), "{error}");
}

/// A repository whose first commit, `v1`, has the bundled document in a folder, and whose files have the newer one.
fn repository() -> TempDir {
    let folder = empty();
    fs::create_dir(folder.path().join("api")).unwrap();
    let file = folder.path().join("api/openapi.yml");
    fs::write(&file, bundled()).unwrap();
    fs::write(folder.path().join("api/broken.yml"), "a: [}\n").unwrap();
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "--all"]);
    git(folder.path(), &["commit", "--quiet", "--message", "first"]);
    git(folder.path(), &["tag", "v1"]);
    fs::write(&file, newer()).unwrap();
    folder
}

#[test]
fn either_document_may_stand_in_git() {
    let folder = repository();
    let inside = folder.path().join("api");
    for (place, base, revision) in [
        (folder.path(), "v1:api/openapi.yml", "api/openapi.yml"),
        (inside.as_path(), "HEAD:./openapi.yml", "openapi.yml"),
        (inside.as_path(), "main:api/openapi.yml", "openapi.yml"),
    ] {
        let report = text(&drift(Some(place), &["--base", base, "--revision", revision]));
        assert!(report.starts_with(&format!("drift: {base} → {revision}\n")), "{report}");
        assert!(report.contains(&format!("Model.canonical_name ({base}:1056:9)")), "{report}");
    }
    git(folder.path(), &["commit", "--all", "--quiet", "--message", "second"]);
    let arguments = ["--base", "HEAD~1:api/openapi.yml", "--revision", "HEAD:api/openapi.yml"];
    let report = text(&drift(Some(folder.path()), &arguments));
    assert!(report.contains("canonical_name → canonical_title"), "{report}");
    // A file of such a name comes first.
    fs::write(folder.path().join("v1:api.yml"), newer()).unwrap();
    let report = text(&drift(Some(folder.path()), &["--base", "v1:api.yml", "--revision", "api/openapi.yml"]));
    assert!(wire(&report).contains("0 breaking, 0 warning, 0 info"), "{report}");
}

#[test]
fn a_name_that_git_does_not_know_is_an_error_that_says_which_part() {
    let folder = repository();
    for (base, said) in [
        ("v2:api/openapi.yml", "git knows no revision `v2`"),
        ("--all:api/openapi.yml", "git knows no revision `--all`"),
        (":api/openapi.yml", "git knows no revision ``"),
        ("v1:openapi.yml", "revision `v1` has no file `openapi.yml`; a path starts at the root of the repository"),
        ("v1:api", "revision `v1` has no file `api`"),
        ("v1:api/broken.yml", "v1:api/broken.yml:1:"),
    ] {
        let error = error(&drift(Some(folder.path()), &[&format!("--base={base}"), "--revision", "api/openapi.yml"]));
        assert!(error.starts_with(&format!("error: {base}:")) && error.contains(said), "{error}");
    }
    let folder = empty();
    fs::write(folder.path().join("b.yml"), newer()).unwrap();
    let error = error(&drift(Some(folder.path()), &["--base", "main:a.yml", "--revision", "b.yml"]));
    assert!(
        error.contains("main:a.yml: there is no such file") && error.contains("is in no git repository"),
        "{error}"
    );
}

#[test]
fn a_schema_that_is_only_renamed_is_no_change_on_the_wire_though_the_overlay_uses_its_old_name() {
    let folder = empty();
    let file = folder.path().join("newer.yml");
    for name in ["Project", "ProjectList", "RequestList"] {
        let text = bundled().replace(&format!("\n    {name}:\n"), &format!("\n    {name}Entity:\n"));
        let text = text.replace(&format!("schemas/{name}'"), &format!("schemas/{name}Entity'"));
        fs::write(&file, &text).unwrap();
        let output = drift(None, &["--revision", file.to_str().unwrap(), "--fail-on", "any"]);
        let report = self::text(&output);
        assert_eq!(
            (output.status.code(), wire(&report)),
            (Some(0), "wire:  0 breaking, 0 warning, 0 info"),
            "{report}"
        );
        assert!(report.contains(&format!("probably renamed: {name} → {name}Entity (schema)")), "{report}");
    }
}
