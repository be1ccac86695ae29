//! The reports of `cargo xtask drift`: a golden file for every format, positions, renames, and their size.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

const FIXTURES: &str = "fixtures/report";

/// A folder outside of any workspace, with documents.
struct Folder(TempDir);

impl Folder {
    fn new(documents: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in documents {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    /// The golden files' documents.
    fn of_fixtures() -> Self {
        let text = |name: &str| fs::read_to_string(Path::new(FIXTURES).join(name)).unwrap();
        Self::new(&[("base.yaml", &text("base.yaml")), ("revision.yaml", &text("revision.yaml"))])
    }

    fn report(&self, base: &str, revision: &str, format: &str) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["drift", "--base", base, "--revision", revision, "--format", format]);
        let output = command.env_remove("CARGO_MANIFEST_DIR").current_dir(&self.0).output().unwrap();
        assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, base: &str, revision: &str) -> Value {
        serde_json::from_str(&self.report(base, revision, "json")).unwrap()
    }
}

#[test]
fn every_format_tells_what_its_golden_file_holds() {
    let folder = Folder::of_fixtures();
    let mut other = Vec::new();
    for (format, file) in
        [("text", "text.txt"), ("json", "json.json"), ("markdown", "markdown.md"), ("github", "github.txt")]
    {
        let report = folder.report("base.yaml", "revision.yaml", format);
        let path = Path::new(FIXTURES).join(file);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            xtask::output::replace(&path, &report).unwrap();
        } else if fs::read_to_string(&path).unwrap() != report {
            other.push(report);
        }
    }
    assert!(other.is_empty(), "UPDATE_GOLDEN=1 cargo test -p xtask --test drift report: {}", other.join("\n"));
}

#[test]
fn a_finding_has_the_position_of_what_changed_in_every_format() {
    let folder = Folder::of_fixtures();
    let text = fs::read_to_string(Path::new(FIXTURES).join("revision.yaml")).unwrap();
    let line = text.lines().position(|line| line.trim_start().starts_with("size:")).unwrap() + 1;
    let report = folder.json("base.yaml", "revision.yaml");
    let is_it = |finding: &&Value| finding["rule"] == "response-type-changed";
    let finding = report["findings"].as_array().unwrap().iter().find(is_it).unwrap();
    assert_eq!(finding["revision_position"], json!({ "file": "revision.yaml", "line": line, "column": 9 }));
    assert_eq!(finding["base_position"]["file"], "base.yaml");
    for (format, position) in [
        ("text", format!("Thing.size type number → string (revision.yaml:{line}:9)")),
        ("markdown", format!("| `revision.yaml:{line}:9` |")),
        ("github", format!("file=revision.yaml,line={line},col=9::Thing.size")),
    ] {
        let report = folder.report("base.yaml", "revision.yaml", format);
        assert!(report.contains(&position), "{position}: {report}");
    }
}

#[test]
fn a_rename_of_every_kind_is_told_with_both_names() {
    let report = Folder::of_fixtures().json("base.yaml", "revision.yaml");
    let renames = report["renames"].as_array().unwrap();
    let told: Vec<String> = renames
        .iter()
        .map(|rename| [&rename["kind"], &rename["from"], &rename["to"]].map(|part| part.as_str().unwrap()).join(" "))
        .collect();
    assert_eq!(
        told,
        [
            "property thing_id id",
            "property things items",
            "parameter kind sort",
            "operation GET /things/{id}/old-parts GET /things/{id}/parts",
            "operation_id getThing retrieveThing",
            "schema Part Component",
        ]
    );
    assert_eq!(renames[0]["base"], "#/components/schemas/Thing/properties/thing_id");
    assert_eq!(renames[0]["revision"], "#/components/schemas/Thing/properties/id");
}

/// A document whose one schema has these properties.
fn with_properties(properties: &Value) -> String {
    let schema = json!({ "type": "object", "properties": properties });
    let content = json!({ "application/json": { "schema": schema } });
    let responses = json!({ "200": { "description": "Good", "content": content } });
    json!({ "openapi": "3.1.0", "info": { "title": "T", "version": "1" },
            "paths": { "/things": { "get": { "operationId": "list", "responses": responses } } } })
    .to_string()
}

#[test]
fn names_of_other_schemas_or_without_likeness_among_several_are_no_rename() {
    let text = json!({ "type": "string" });
    for (old, new, expected) in [
        (json!({ "a": text }), json!({ "b": { "type": "integer" } }), vec![]),
        (json!({ "a": text }), json!({}), vec![]),
        (json!({ "a": text }), json!({ "a": text, "b": text }), vec![]),
        (json!({ "a": text }), json!({ "b": { "type": "string", "description": "B" } }), vec!["a → b"]),
        // Of several, the names decide.
        (
            json!({ "created_at": text, "note": text }),
            json!({ "creation_at": text, "who": text }),
            vec!["created_at → creation_at"],
        ),
        (json!({ "note": text, "kind": text }), json!({ "who": text, "when": text }), vec![]),
    ] {
        let (base, revision) = (with_properties(&old), with_properties(&new));
        let folder = Folder::new(&[("base.json", &base), ("revision.json", &revision)]);
        let report = folder.json("base.json", "revision.json");
        let renames = report["renames"].as_array().unwrap().iter();
        let told: Vec<String> = renames
            .map(|rename| format!("{} → {}", rename["from"].as_str().unwrap(), rename["to"].as_str().unwrap()))
            .collect();
        assert_eq!(told, expected, "{base} {revision}");
        let text = folder.report("base.json", "revision.json", "text");
        assert_eq!(text.matches("probably renamed: ").count(), expected.len(), "{text}");
    }
}

#[test]
fn a_page_is_a_screen_with_all_else_in_parts_and_fits_into_an_issue() {
    let property = |number: usize, kind: &str| (format!("property_{number}"), json!({ "type": kind }));
    let properties = |kind: &str| Value::Object((0..2_000).map(|number| property(number, kind)).collect());
    let base = with_properties(&properties("string"));
    let revision = with_properties(&properties("integer"));
    let folder = Folder::new(&[("base.json", &base), ("revision.json", &revision)]);
    let page = folder.report("base.json", "revision.json", "markdown");
    let (summary, parts) = page.split_once("<details>").unwrap();
    assert!(summary.lines().count() <= 40, "{summary}");
    assert!(summary.contains("**Wire:** 2000 breaking") && summary.contains("… and 1990 more below."), "{summary}");
    assert!(parts.starts_with("<summary>breaking (2000)</summary>\n\n| rule |"), "{parts}");
    assert!(page.chars().count() <= 65_536, "{}", page.chars().count());
    // Every finding is shown or counted.
    let shown = parts.lines().filter(|line| line.starts_with("| `response-type-changed` |")).count();
    assert!(parts.contains(&format!("… and {} more; `--format json` has all.", 2_000 - shown)), "{shown}");
    assert_eq!(page.matches("<details>").count(), page.matches("</details>").count());
}

#[test]
fn a_finding_about_the_whole_document_has_the_position_of_its_key() {
    let base = "openapi: 3.1.0\ninfo: { title: T, version: '1' }\npaths: {}\nservers:\n- url: https://a.example\n\
                security: [{ a: [] }]\ntags: [{ name: a }]\n\
                components: { securitySchemes: { a: { type: http, scheme: bearer } } }\n";
    let revision = "info:\n  title: T\n  version: '2'\npaths: {}\nopenapi: 3.0.3\nsecurity: [{ b: [] }]\nservers:\n\
                    - url: https://b.example\ncomponents:\n  securitySchemes:\n    b: { type: http, scheme: basic }\n";
    let folder = Folder::new(&[("a.yaml", base), ("b.yaml", revision)]);
    let expected = [
        ("security-requirement-replaced", "b.yaml:6:1"),
        ("security-requirement-added", "b.yaml:6:1"),
        ("server-removed", "a.yaml:5:3"),
        ("server-added", "b.yaml:8:3"),
        ("api-version-changed", "b.yaml:3:3"),
        ("openapi-version-changed", "b.yaml:5:1"),
        ("documentation-changed", "a.yaml:7:1"),
    ];
    let report = folder.json("a.yaml", "b.yaml");
    for (rule, position) in expected {
        let finding = report["findings"].as_array().unwrap().iter().find(|it| it["rule"] == rule).expect(rule);
        let side = if position.starts_with('a') { "base_position" } else { "revision_position" };
        let found = &finding[side];
        let found = format!("{}:{}:{}", found["file"].as_str().unwrap(), found["line"], found["column"]);
        assert_eq!(found, position, "{rule}");
    }
    let (text, annotations) = (folder.report("a.yaml", "b.yaml", "text"), folder.report("a.yaml", "b.yaml", "github"));
    assert!(text.contains("security http bearer (b.yaml:6:1)") && text.contains("(a.yaml:5:3)"), "{text}");
    assert!(
        annotations.contains("::error title=security-requirement-replaced,file=b.yaml,line=6,col=1::"),
        "{annotations}"
    );
    assert!(annotations.contains("::warning title=server-removed,file=a.yaml,line=5,col=3::"), "{annotations}");
    assert!(!text.contains(":1:1)") && !annotations.contains("line=1,col=1"), "{text}{annotations}");
}
