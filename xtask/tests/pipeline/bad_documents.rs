//! Bad documents: one error that says where, exit 2, in bounded time, and the previous output stays.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Far more than any of these needs in a debug build on a busy machine, far less than a run-away would take.
const LIMIT: Duration = Duration::from_secs(30);

/// Of address space, in KiB: a 32 MiB document needs about a thirtieth of it, a run-away all of it.
const MEMORY: &str = "4000000";

fn generate(folder: &Path, file: &str) -> Output {
    xtask(folder, &["generate", "--spec", file, "--out", "out"])
}

fn xtask(folder: &Path, arguments: &[&str]) -> Output {
    // The shell's limit holds the process in bounds that the test need not measure.
    Command::new("sh")
        .args(["-c", &format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_xtask")])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

/// Generates a good document, then the bad one over it; the error.
fn error_of(name: &str, bad: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let good = r#"{"openapi":"3.1.0","info":{"title":"T","version":"1"},"paths":{"/a":{"get":{}}}}"#;
    fs::write(folder.path().join("good.json"), good).unwrap();
    let output = generate(folder.path(), "good.json");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let before = fs::read(folder.path().join("out/mod.rs")).unwrap();

    fs::write(folder.path().join(name), bad).unwrap();
    let start = Instant::now();
    let output = generate(folder.path(), name);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{name}: {error}");
    assert!(start.elapsed() < LIMIT, "{name} took {:?}", start.elapsed());
    assert!(fs::read(folder.path().join("out/mod.rs")).unwrap() == before, "{name}: the output was touched");
    assert_eq!(error.trim_end().lines().count(), 1, "{name}: {error}");
    assert!(error.contains(name), "{name}: {error}");
    error
}

#[test]
fn what_is_not_yaml_or_json_is_an_error_with_line_and_column() {
    let billion = {
        let mut bomb = String::from("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for level in 1..12 {
            let alias = format!("*a{}", level - 1);
            writeln!(bomb, "a{level}: &a{level} [{}]", [alias.as_str(); 10].join(", ")).unwrap();
        }
        bomb
    };
    for (name, text, said) in [
        ("tab.yml", "openapi: 3.1.0\ninfo:\n\ttitle: T\n", "tab.yml:3:1"),
        ("open.yml", "openapi: 3.1.0\ninfo: [\n", "open.yml:3:1"),
        ("twice.yml", "openapi: 3.1.0\ninfo:\n  title: A\n  title: B\n", "twice.yml:4:3: info: duplicate key `title`"),
        (
            "twice.json",
            "{\"openapi\": \"3.1.0\",\n \"openapi\": \"3.1.0\"}",
            "twice.json:2:10: duplicate key `openapi`",
        ),
        ("cut.json", "{\"openapi\": \"3.1.0\"", "cut.json:1:19"),
        ("more.json", "{} {}", "more.json:1:4"),
        ("bomb.yml", &billion, "bomb.yml:12:66: the aliases of this file, of which the last is here, multiply"),
        ("text.yml", "just text\n", "text.yml:1:1: the document is a string"),
        ("empty.yml", "", "empty.yml: the document is empty"),
        ("comment.yml", "# nothing\n", "comment.yml: the document is empty"),
        ("empty.json", "", "empty.json: the document is empty"),
        ("alias.yml", "a: *nowhere\n", "alias.yml:1:4"),
        ("two.yml", "a: 1\n---\nb: 2\n", "two.yml:2:1: a second document begins here; keep one"),
        ("more.yml", "--- {a: 1}\n# Next.\n--- {b: 2}\n---\n", "more.yml:3:1: a second document begins here; keep one"),
        ("page.yml", "\u{feff}\n <!DocType HTML>\n<p>404</p>\n", "page.yml:1:1: an HTML page"),
        ("page.json", "<HTML lang=en><body>: {</body></html>", "page.json:1:1: an HTML page"),
        ("key.yml", "? [a, b]\n: 1\n", "key.yml:1:"),
        ("nan.yml", "openapi: .nan\n", "nan.yml:1:10"),
        ("deep.yml", &"[".repeat(10_000), "deep.yml"),
        ("merged.yml", "a:\n  <<: 7\n", "`<<` takes a mapping or a list of them, not a number"),
    ] {
        let error = error_of(name, text.as_bytes());
        assert!(error.contains(said), "{name}: {error}");
        // The place stands in front, and only there.
        assert!(!error.contains(" at line "), "{name}: {error}");
    }
    let error = error_of("latin.yml", b"openapi: 3.1.0\ninfo:\n  title: caf\xe9\n");
    assert!(error.contains("latin.yml:3:13: not UTF-8"), "{error}");
    let error = error_of("page.yml", b"<html>caf\xe9</html>\n");
    assert!(error.contains("page.yml:1:1: an HTML page") && error.ends_with("; download the raw file\n"), "{error}");
}

#[test]
fn a_file_without_an_end_is_read_up_to_the_limit_whatever_it_is_read_for() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.json"), sound().to_string()).unwrap();
    let drift = ["drift", "--base", "good.json", "--revision"];
    for arguments in [
        &["generate", "--spec", "/dev/zero"][..],
        &["generate", "--spec", "good.json", "--overlay", "/dev/zero"],
        &["update", "/dev/zero", "--dry-run"],
        &[&drift[..], &["/dev/zero"]].concat(),
        &[&drift[..], &["good.json", "--config", "/dev/zero"]].concat(),
        &[&drift[..], &["good.json", "--baseline", "/dev/zero"]].concat(),
    ] {
        let output = xtask(folder.path(), arguments);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(error, "error: /dev/zero: more than 33554432 bytes, the limit for a file\n", "{arguments:?}");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_file_that_is_missing_or_a_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("folder.yml")).unwrap();
    for name in ["missing.yml", "folder.yml"] {
        let output = generate(folder.path(), name);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stderr).unwrap().contains(name));
    }
}

#[test]
fn fifty_megabytes_are_rejected_and_thirty_are_read_within_bounds() {
    let document = |bytes: usize| {
        let mut text = String::from("openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: 7\nx-texts:\n");
        for line in 0.. {
            if text.len() >= bytes {
                break;
            }
            writeln!(text, "  key{line}: a string of some length, as descriptions in real documents are").unwrap();
        }
        text
    };
    let error = error_of("large.yml", document(50 << 20).as_bytes());
    assert!(error.contains("the limit for a file"), "{error}");
    let error = error_of("long.yml", document(30 << 20).as_bytes());
    assert!(error.contains("#/paths: expected a mapping"), "{error}");
}

/// A sound document with something in every place that the pipeline looks at.
fn sound() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "T", "version": "1", "license": { "name": "MIT" } },
        "paths": { "/a/{id}": {
            "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
            "post": {
                "operationId": "a",
                "tags": ["t"],
                "parameters": [{ "name": "q", "in": "query", "schema": { "$ref": "#/components/schemas/K" } }],
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/O" } } } },
                "responses": { "200": { "description": "d", "content": { "application/json": { "schema": {
                    "type": "array", "items": { "$ref": "#/components/schemas/O" }
                } } } } }
            }
        } },
        "components": { "schemas": {
            "K": { "type": "string", "enum": ["a", "b"], "minLength": 1 },
            "O": {
                "type": "object",
                "required": ["k"],
                "properties": {
                    "k": { "type": "string" },
                    "n": { "type": ["integer", "null"], "minimum": 1 },
                    "c": { "oneOf": [{ "type": "string" }, { "$ref": "#/components/schemas/O" }] }
                },
                "additionalProperties": { "type": "string" }
            }
        } }
    })
}

/// Every place of a document.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) => members.iter().for_each(|(k, v)| places(v, &format!("{at}/{}", escaped(k)), found)),
        Value::Array(items) => items.iter().enumerate().for_each(|(k, v)| places(v, &format!("{at}/{k}"), found)),
        _ => {}
    }
}

#[test]
fn a_value_of_the_wrong_type_at_any_level_is_an_error_there_or_harmless_and_never_a_panic() {
    assert!(xtask::client(&sound()).is_ok());
    let mut found = Vec::new();
    places(&sound(), "", &mut found);
    let (mut rejected, mut harmless) = (0, 0);
    for place in found.iter().skip(1) {
        for wrong in
            [json!(null), json!(7), json!("text"), json!([]), json!([7]), json!({}), json!({ "a": 7 }), json!(true)]
        {
            let mut document = sound();
            *document.pointer_mut(place).unwrap() = wrong.clone();
            match xtask::client(&document) {
                Ok(_) => harmless += 1,
                Err(error) => {
                    let error = format!("{error:#}");
                    assert!(error.starts_with('#'), "{place} = {wrong}: {error}");
                    assert!(!error.contains("panicked"), "{place} = {wrong}: {error}");
                    rejected += 1;
                }
            }
        }
    }
    println!("{} places: {rejected} rejected with their pointer, {harmless} harmless", found.len() - 1);
    assert!(rejected > harmless);
}

#[test]
fn references_that_name_nothing_or_themselves_are_errors_with_their_pointer() {
    for (place, value, said) in [
        ("/components/schemas/K", json!({ "$ref": "#/components/schemas/K" }), "#/components/schemas/K"),
        ("/components/schemas/K", json!({ "$ref": "#/components/schemas/Z" }), "names nothing"),
        ("/components/schemas/O", json!({ "allOf": [{ "$ref": "#/components/schemas/O" }] }), "#/components/schemas/O"),
        ("/paths/~1a~1{id}/post/requestBody", json!({ "$ref": "#/paths/~1a~1{id}/post/requestBody" }), "itself"),
        ("/paths/~1a~1{id}/post/parameters/0", json!({ "$ref": "#/components/parameters/Z" }), "names nothing"),
        ("/paths/~1a~1{id}", json!({ "$ref": "other.yml#/a" }), "leaves the document"),
    ] {
        let mut document = sound();
        *document.pointer_mut(place).unwrap() = value;
        let error = format!("{:#}", xtask::client(&document).unwrap_err());
        assert!(error.starts_with("#/") && error.contains(said), "{error}");
    }
}

/// A document of `n` operations, each with a response of its own schema.
fn of_many(n: usize) -> Value {
    let mut document = json!({ "openapi": "3.1.0", "info": { "title": "T", "version": "1" } });
    for index in 0..n {
        let reference = json!({ "$ref": format!("#/components/schemas/S{index}") });
        document["paths"][format!("/p{index}")]["get"] = json!({
            "operationId": format!("get{index}"),
            "parameters": [{ "name": "q", "in": "query", "schema": { "type": "integer" } }],
            "responses": { "200": { "content": { "application/json": { "schema": reference } } } }
        });
        document["components"]["schemas"][format!("S{index}")] =
            json!({ "type": "object", "properties": { "a": { "type": "string" } } });
    }
    document
}

#[test]
fn the_fault_that_the_generator_rejects_is_found_among_many_and_named() {
    let lowered = xtask::pipeline::prepare(&of_many(40)).unwrap().document;
    assert!(xtask::generate::client(&lowered).is_ok());
    // Lowering leaves no `default`, which the generator holds against the type.
    for index in [0, 1, 19, 20, 38, 39] {
        let mut document = lowered.clone();
        document["paths"][format!("/p{index}")]["get"]["parameters"][0]["schema"]["default"] = json!("x");
        let error = format!("{:#}", xtask::generate::client(&document).unwrap_err());
        assert!(error.starts_with(&format!("#/paths/~1p{index}/get: ")), "{error}");

        let mut document = lowered.clone();
        document["components"]["schemas"][format!("S{index}")]["properties"]["a"]["default"] = json!(7);
        let error = format!("{:#}", xtask::generate::client(&document).unwrap_err());
        assert!(error.starts_with(&format!("#/components/schemas/S{index}: ")), "{error}");
    }
}

#[test]
fn more_than_the_generator_can_hold_is_rejected_before_it_is_tried() {
    let mut document = of_many(0);
    for index in 0..5_001 {
        document["paths"][format!("/p{index}")]["get"] = json!({ "operationId": format!("get{index}") });
    }
    let error = format!("{:#}", xtask::client(&document).unwrap_err());
    assert!(error.starts_with("#/paths: more than 5000 operations"), "{error}");

    let row = |width: usize, of: &Value| {
        let properties: serde_json::Map<_, _> = (0..width).map(|index| (format!("p{index}"), of.clone())).collect();
        json!({ "type": "object", "properties": properties })
    };
    let mut document = of_many(1);
    document["components"]["schemas"]["S0"] = row(101, &row(100, &row(1, &json!({ "type": "string" }))));
    let error = format!("{:#}", xtask::client(&document).unwrap_err());
    assert!(error.starts_with("#/components/schemas/S0/") && error.contains("more than 10000 types"), "{error}");
}

#[test]
fn an_error_names_the_place_in_the_document_whatever_lowering_made_of_it() {
    let text = json!({ "type": "string" });
    let clash = json!({ "allOf": [{ "type": "string" }, { "type": "integer" }] });
    let document = json!({
        "openapi": "3.1.0",
        "info": { "title": "T", "version": "1" },
        "paths": {
            "/a/{id}": {
                "parameters": [
                    { "name": "Accept", "in": "header", "schema": text },
                    { "$ref": "#/components/parameters/Id" },
                    { "$ref": "#/components/parameters/H" }
                ],
                "get": {
                    "operationId": "a",
                    "requestBody": { "content": { "application/hal+json": { "schema": text } } },
                    "responses": { "201": { "content": { "application/hal+json": { "schema": text } } } }
                }
            },
            "/b": { "$ref": "#/components/pathItems/B" }
        },
        "components": {
            "parameters": {
                "Id": { "name": "id", "in": "path", "schema": text }, "H": { "name": "H", "in": "header", "schema": text }
            },
            "pathItems": { "B": { "get": { "operationId": "b", "responses": { "200": { "$ref": "#/components/responses/B" } } } } },
            "responses": { "B": { "content": { "application/json": { "schema": { "$ref": "#/components/responses/B/x-b" } } }, "x-b": text } }
        }
    });
    assert!(xtask::client(&document).is_ok());
    let within = json!({ "type": "object", "properties": { "v": clash } });
    let secret = json!({ "type": "array", "items": { "type": "string", "format": "password" } });
    for (place, value, said) in [
        ("/components/parameters/H/schema", &secret, "/components/parameters/H: "),
        ("/paths/~1a~1{id}/get/requestBody/content/application~1hal+json/schema", &within, "/schema/properties/v: "),
        ("/paths/~1a~1{id}/get/responses/201/content/application~1hal+json/schema", &within, "/schema/properties/v: "),
        ("/components/responses/B/x-b", &clash, "/components/responses/B/x-b: "),
        ("/components/responses/B/x-b", &within, "/components/responses/B/x-b/properties/v: "),
        ("/components/responses/B/content/application~1json/schema", &within, "/schema/properties/v: "),
    ] {
        let mut document = document.clone();
        *document.pointer_mut(place).unwrap() = value.clone();
        let error = format!("{:#}", xtask::client(&document).expect_err(place));
        let expected = if said.starts_with("/schema") {
            format!("#{}{said}", &place[..place.len() - 7])
        } else {
            format!("#{said}")
        };
        assert!(error.starts_with(&expected), "{expected}\n{error}");
    }
}

#[test]
fn schemas_that_contradict_themselves_are_errors_with_their_pointer() {
    let object = |properties: Value| json!({ "type": "object", "properties": properties });
    let at = |path: &str| format!("#/components/schemas/{path}: ");
    for (schemas, place) in [
        (json!({ "A": { "allOf": [{ "type": "string" }, { "type": "integer" }] } }), at("A")),
        (json!({ "A": { "title": "Own", "allOf": [{ "type": "string" }, { "type": "integer" }] } }), at("A")),
        (json!({ "A": { "allOf": [{ "enum": ["a", "b"] }, { "enum": ["c", "d"] }] } }), at("A")),
        (
            json!({ "A": { "allOf": [object(json!({ "a": { "type": "string" } })), object(json!({ "a": { "type": "integer" } }))] } }),
            at("A/allOf/0/properties/a"),
        ),
        (
            json!({ "A": { "allOf": [{ "$ref": "#/components/schemas/B" }, object(json!({ "a": { "type": "integer" } }))] },
                    "B": object(json!({ "a": { "type": "string" } })) }),
            at("B/properties/a"),
        ),
    ] {
        let mut document = of_many(1);
        document["components"]["schemas"] = schemas.clone();
        document["components"]["schemas"]["S0"] = json!({ "$ref": "#/components/schemas/A" });
        let error = format!("{:#}", xtask::client(&document).expect_err(&schemas.to_string()));
        assert!(error.starts_with(&place) && error.contains("overlay"), "{place}{error}");
        // A title cures no contradiction.
        assert!(!error.contains("title"), "{error}");
    }
}
