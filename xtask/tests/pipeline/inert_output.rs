//! Foreign text in the output of the tasks: a document and a file name never end a line, start markup or give a command,
//! in any format and from any place.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::{Value, json};
use tempfile::TempDir;
use xtask::inert::is_steering;

/// Everything at once: lines that a runner takes for commands, that a reader takes for ours, escapes, HTML and markup.
const HOSTILE: &str = "x\n::error::forged\n  ::add-mask::forged\n##[error]forged\n## Forged\nsemver: forged\r\u{1b}[31m\
                       \u{9b}1m\u{202e}<img src=x>|\\|`@me [l](http://x.example)\u{2028}::error::forged\nsemver: forged\n";
/// A command that needs no line of its own making, where a line begins with it.
const COMMAND: &str = "::error::forged";
const FORGED: [&str; 3] = ["::error::forged", "## Forged", "semver: forged"];

fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Things", "version": "1", "description": "All things" },
        "servers": [{ "url": "https://example.com", "description": "Here" }],
        "security": [{ "key": [] }],
        "tags": [{ "name": "things", "description": "About them" }],
        "paths": {
            "/things/{id}": { "get": {
                "operationId": "getThing", "summary": "One", "tags": ["things"],
                "parameters": [
                    { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } },
                    { "name": "kind", "in": "query", "required": true, "schema": { "type": "string", "enum": ["a", "b"], "default": "a" } }
                ],
                "responses": { "200": { "description": "Good", "headers": { "x-id": { "required": true, "schema": { "type": "string" } } },
                    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } } }
            } },
            "/others": { "post": {
                "operationId": "makeOther",
                "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } },
                "responses": { "204": { "description": "Done" } }
            } }
        },
        "components": {
            "schemas": { "Thing": { "type": "object", "title": "Thing", "description": "It", "required": ["name"], "properties": {
                "name": { "type": "string", "description": "Called so", "pattern": "^[a-z]+$" },
                "when": { "type": "string", "format": "date-time" },
                "kind": { "const": "one" }
            } } },
            "securitySchemes": { "key": { "type": "apiKey", "in": "header", "name": "Authorization" } }
        }
    })
}

/// The document with `text` in place of the string, or of the key, that comes at the given number; `None` past the last.
fn hostile(value: &Value, text: &str, left: &mut usize) -> Value {
    let mut is_it = || {
        *left = left.wrapping_sub(1);
        *left == usize::MAX
    };
    match value {
        Value::String(_) if is_it() => text.into(),
        Value::Array(items) => items.iter().map(|item| hostile(item, text, left)).collect(),
        Value::Object(members) => {
            let mut changed = serde_json::Map::new();
            for (key, value) in members {
                *left = left.wrapping_sub(1);
                let key = if *left == usize::MAX { text } else { key };
                // A path that does not begin so is rejected before its text is met.
                let key = if key == text && value.get("get").is_some() { &format!("/{text}") } else { key };
                changed.insert(key.to_owned(), hostile(value, text, left));
            }
            Value::Object(changed)
        }
        other => other.clone(),
    }
}

/// How many strings and keys there are.
fn count(value: &Value) -> usize {
    match value {
        Value::String(_) => 1,
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(members) => members.values().map(|value| 1 + count(value)).sum(),
        _ => 0,
    }
}

/// The document with `text` in every name, value and text that leaves it a document.
fn all_hostile(text: &str) -> Value {
    let mut changed = document();
    changed["info"] = json!({ "title": text, "version": text, "description": text });
    changed["servers"][0] = json!({ "url": text, "description": text });
    changed["tags"] = json!([{ "name": text }]);
    let get = changed["paths"]["/things/{id}"]["get"].as_object_mut().unwrap();
    get["operationId"] = text.into();
    get["parameters"][1] =
        json!({ "name": text, "in": "query", "required": true, "schema": { "type": text, "enum": [text] } });
    get["responses"] = json!({ "200": { "description": text, "content": { text: { "schema": { "$ref": text } } } }, text: { "description": text } });
    changed["paths"][format!("/{text}")] = json!({ "get": { "operationId": text, "responses": {} } });
    let thing = &mut changed["components"]["schemas"]["Thing"];
    thing["properties"] =
        json!({ text: { "type": "string" }, "name": { "type": "string", "pattern": text, "format": text } });
    thing["required"] = json!([text]);
    changed
}

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        for folder in ["xtask", "deepgram-mgmt", "spec"] {
            fs::create_dir_all(place.path().join(folder)).unwrap();
        }
        place.put("deepgram-mgmt/Cargo.toml", "");
        place.put("spec/drift.toml", "");
        let actions = "actions: [{ target: $.info, description: Its name, update: { title: Things } }]\n";
        place.put("spec/overlay.yaml", &format!("overlay: 1.0.0\ninfo: {{ title: None, version: '1' }}\n{actions}"));
        place.put("base.json", &document().to_string());
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn put(&self, file: &str, text: &str) {
        fs::write(self.path().join(file), text).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(arguments)
            .env("CARGO_MANIFEST_DIR", self.path().join("xtask"))
            .current_dir(self.path())
            .output()
            .unwrap()
    }
}

/// Checks printed text against all that foreign text must not do, and returns it.
fn checked(output: &Output, format: &str) -> String {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let all = format!("{stdout}{stderr}");
    assert!(output.status.code().is_some_and(|code| code <= 2), "{all}");
    assert!(!stderr.contains("panicked at src"), "{stderr}");
    let starts = ["error: ", "warning: ", "obstacle: ", "  "];
    assert!(stderr.lines().all(|line| starts.iter().any(|start| line.starts_with(start))), "{stderr}");
    assert!(stderr.lines().filter(|line| line.starts_with("error: ")).count() <= 1, "{stderr}");
    let steers = all.chars().find(|c| *c != '\n' && is_steering(*c));
    assert_eq!(steers, None, "{format}: {all:?}");
    assert!(!all.contains("##["), "{format}: {all}");
    for line in all.lines().map(str::trim) {
        assert!(!FORGED.contains(&line), "{format}: {line}: {all}");
        let own = ["::error title=", "::warning title=", "::notice title="];
        let is_own =
            format == "github" && own.iter().any(|own| line.starts_with(own)) && !line.contains("title=forged");
        assert!(!line.starts_with("::") || is_own, "{format}: {line}: {all}");
    }
    if format == "json" && !stdout.is_empty() {
        let report: Value = serde_json::from_str(&stdout).unwrap();
        assert!(report["summary"].is_object());
    }
    if format == "markdown" {
        is_table_of_text(&stdout);
    }
    all
}

/// Markdown in which foreign text is code, and code alone. The only HTML is our own: parts that a reader opens.
fn is_table_of_text(page: &str) {
    let mut heading = None;
    let titles = ["breaking", "warning", "info", "probable renames", "items that decide the semver step", "notes"];
    let is_own = |html: &str| {
        let title = html.strip_prefix("<details><summary>").and_then(|html| html.strip_suffix("</summary>"));
        let words = title.and_then(|title| title.strip_suffix(')')?.split_once(" ("));
        html == "</details>"
            || words.is_some_and(|(title, count)| titles.contains(&title) && count.parse::<usize>().is_ok())
    };
    for event in Parser::new_ext(page, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES) {
        match event {
            Event::Html(html) if is_own(html.trim()) => {}
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => {
                panic!("{event:?}: {page}")
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let heading = heading.take().unwrap();
                let own = ["Drift", "Added", "Changed", "Removed"];
                assert!(own.iter().any(|own| heading.starts_with(own)), "{heading}: {page}");
            }
            Event::Text(text) => {
                assert!(!text.contains("forged") && !text.contains("@me"), "{text}: {page}");
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            _ => {}
        }
    }
}

/// JSON that is YAML, too.
fn json_text(document: &Value) -> String {
    xtask::inert::json(&document.to_string())
}

const FORMATS: [&str; 4] = ["text", "markdown", "json", "github"];

#[test]
fn a_report_says_what_is_hostile_as_text_in_every_format() {
    let place = Place::new();
    for text in [HOSTILE, COMMAND] {
        let revision = format!("a{text}.json").replace('/', "-");
        place.put(&revision, &all_hostile(text).to_string());
        for format in FORMATS {
            let drift =
                |arguments: &[&str]| checked(&place.run(&[&["drift", "--format", format], arguments].concat()), format);
            let said = drift(&["--base", "base.json", "--revision", &revision]);
            assert!(said.contains("forged"), "{said}");
            // Both ways: what is removed is named, too.
            drift(&["--base", &revision, "--revision", "base.json"]);
            drift(&["--base", "base.json", "--revision", &format!("none{revision}")]);
        }
    }
}

#[test]
fn a_hostile_text_in_any_one_place_stays_text_in_reports_and_errors() {
    let place = Place::new();
    let places = count(&document());
    let mut rejected = 0;
    for number in 0..places {
        let text = if number % 3 == 0 { COMMAND } else { HOSTILE };
        place.put("revision.json", &hostile(&document(), text, &mut number.clone()).to_string());
        let format = FORMATS[number % FORMATS.len()];
        checked(
            &place.run(&["drift", "--base", "base.json", "--revision", "revision.json", "--format", format]),
            format,
        );
        let generated = place.run(&["generate", "--spec", "revision.json", "--out", "out"]);
        checked(&generated, "text");
        rejected += usize::from(!generated.status.success());
    }
    assert!(rejected > 10 && rejected < places, "{rejected} of {places}");
}

#[test]
fn errors_and_headers_name_hostile_files_on_one_line() {
    let place = Place::new();
    let name = "a\n::error::forged\n##[error]forged\u{1b}[31m\u{202e}.json";
    place.put(name, &document().to_string());
    checked(&place.run(&["generate", "--spec", name, "--out", "o\n::error::forged"]), "text");
    let header = fs::read_to_string(place.path().join("o\n::error::forged/mod.rs")).unwrap();
    let lines: Vec<&str> = header.lines().take(3).collect();
    assert!(
        lines[1].starts_with("// document a ") && lines[1].contains(" sha256 ") && lines[2].starts_with("//! "),
        "{header}"
    );
    assert!(!header.contains(|c| c != '\n' && is_steering(c)), "{header}");
    // What is stale is shown with what stands there.
    let stale = place.path().join("o\n::error::forged/mod.rs");
    fs::write(&stale, format!("{header}\n{HOSTILE}")).unwrap();
    let check = place.run(&["generate", "--spec", name, "--out", "o\n::error::forged", "--check"]);
    assert!(checked(&check, "text").contains("stale: "));
    for text in ["{", "", "[]", r#"{"a":1,"a\n::error::forged":1,"a\n::error::forged":2}"#, "\u{1b}"] {
        place.put(name, text);
        assert_eq!(place.run(&["generate", "--spec", name]).status.code(), Some(2));
        checked(&place.run(&["generate", "--spec", name]), "text");
        checked(&place.run(&["drift", "--base", "base.json", "--revision", name]), "text");
    }
    // An overlay's own text.
    let action = |target: &str, description: &str| {
        json!({ "overlay": "1.0.0", "info": { "title": "t", "version": "1" }, "actions": [
            { "target": target, "description": description, "update": { HOSTILE: HOSTILE } }
        ] })
    };
    for overlay in
        [action("$['x\n::error::forged']", "d"), action(HOSTILE, "d"), action("$.info", ""), json!({ HOSTILE: 1 })]
    {
        place.put("overlay\n::error::forged.json", &overlay.to_string());
        let output = place.run(&["generate", "--spec", "base.json", "--overlay", "overlay\n::error::forged.json"]);
        assert_eq!(output.status.code(), Some(2));
        checked(&output, "text");
    }
}

#[test]
fn an_update_tells_of_a_hostile_document_as_text() {
    let place = Place::new();
    place.put("spec/deepgram-management-openapi.yml", &json_text(&document()));
    place.put("spec/SOURCE.toml", "[document]\norigin = \"here\"\nsha256 = \"\"\n");
    for text in [HOSTILE, COMMAND] {
        place.put(&format!("a{text}.json").replace('/', "-"), &json_text(&all_hostile(text)));
        let mut named = document();
        let properties = named["components"]["schemas"]["Thing"]["properties"].as_object_mut().unwrap();
        properties.insert(text.to_owned(), json!({ "type": "string" }));
        named["paths"]
            [format!("/{text}").replace(['\n', '\r', '\u{1b}', '\u{9b}', '\u{202e}', '\u{2028}', '#', '\\'], " ")] =
            json!({ "get": { "operationId": text, "responses": { "204": { "description": text } } } });
        place.put(&format!("b{text}.json").replace('/', "-"), &json_text(&named));
        for first in ["a", "b"] {
            let file = format!("{first}{text}.json").replace('/', "-");
            let said = checked(&place.run(&["update", &file, "--dry-run"]), "text");
            assert!(said.contains("drift: "), "{said}");
            if let Some((_, entry)) = said.split_once("for CHANGELOG.md:") {
                is_table_of_text(entry.split("dry run:").next().unwrap().split("obstacle:").next().unwrap());
            }
            checked(&place.run(&["update", &file]), "text");
        }
        assert!(place.path().join("spec/SOURCE.toml").exists());
    }
}

#[test]
fn a_path_that_a_url_would_resolve_to_another_is_rejected_with_its_pointer() {
    let place = Place::new();
    for (path, at) in [
        ("/a/../b", "#/paths/~1a~1..~1b"),
        ("/./b", "#/paths/~1.~1b"),
        ("/a/%2e%2E", "#/paths/~1a~1%252e%252E"),
        ("/a/.%2e/b", "#/paths/~1a~1.%252e~1b"),
        ("/a/.. ", "#/paths/~1a~1.."),
        ("/a\\..\\b", "#/paths/~1a\\..\\b"),
        ("/a?b=c", "#/paths/~1a?b=c"),
        ("/a#b", "#/paths/~1a#b"),
        ("/a/.\n./b", "#/paths/~1a~1. .~1b"),
        ("/a\t", "#/paths/~1a "),
    ] {
        let mut paths = json!({});
        paths[path] = json!({ "get": { "responses": { "204": { "description": "Done" } } } });
        let document = json!({ "openapi": "3.1.0", "info": { "title": "T", "version": "1" }, "paths": paths });
        place.put("d.json", &document.to_string());
        let output = place.run(&["generate", "--spec", "d.json"]);
        let said = checked(&output, "text");
        assert!(output.status.code() == Some(2) && said.contains(&format!("d.json: {at}")), "{path}: {said}");
    }
    let fine = json!({ "openapi": "3.1.0", "info": { "title": "T", "version": "1" }, "paths": { "/a/...": {}, "/.well-known/x": {} } });
    place.put("d.json", &fine.to_string());
    assert!(place.run(&["generate", "--spec", "d.json"]).status.success());
}
