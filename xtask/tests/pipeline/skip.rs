//! Operations that are left out: listed with their reasons, and gone with the schemas that no other operation needs.

use std::cell::Cell;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use xtask::{pipeline, skip};

/// A document with a good operation, and three that cannot be generated: for their parameter, for a schema that two of
/// them share, and for their path.
fn document() -> Value {
    let responses = |name: &str| {
        let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        json!({ "200": { "description": "d", "content": { "application/json": { "schema": schema } } } })
    };
    let cookie = json!([{ "name": "c", "in": "cookie", "schema": { "type": "string" } }]);
    json!({
        "openapi": "3.1.0",
        "info": { "title": "T", "version": "1" },
        "paths": {
            "/good": {
                "get": { "operationId": "good", "responses": responses("Good") },
                "post": { "operationId": "cookie", "parameters": cookie, "responses": responses("OfCookie") },
                "trace": { "operationId": "traced", "responses": {} }
            },
            "/broken": {
                "get": { "operationId": "broken", "responses": responses("Broken") },
                "put": { "operationId": "alsoBroken", "responses": responses("HoldsBroken") },
                "delete": { "operationId": "sound", "responses": { "204": { "description": "d" } } }
            },
            "/a#fragment": { "get": { "operationId": "fragment", "responses": {} } },
            "/v1/x": { "$ref": "#/components/pathItems/X" }
        },
        "components": {
            "pathItems": { "X": {
                "get": { "operationId": "behind", "responses": responses("Broken") },
                "post": { "operationId": "beside", "responses": responses("Good") }
            } },
            "schemas": {
                "Good": { "type": "object", "properties": { "a": { "type": "string" } } },
                "OfCookie": { "type": "object", "properties": { "a": { "type": "string" } } },
                "Broken": { "allOf": [{ "type": "string" }, { "type": "integer" }] },
                "HoldsBroken": { "type": "object", "properties": { "b": { "$ref": "#/components/schemas/Broken" } } }
            }
        }
    })
}

fn generate(folder: &Path, document: &Value, arguments: &[&str]) -> (Output, String) {
    fs::write(folder.join("a.json"), document.to_string()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["generate", "--spec", "a.json", "--out", "out"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr.clone()).unwrap();
    (output, errors)
}

#[test]
fn what_cannot_be_generated_is_left_out_with_its_schemas_and_listed_in_output_and_code() {
    let folder = tempfile::tempdir().unwrap();
    let (output, errors) = generate(folder.path(), &document(), &["--skip-unsupported"]);
    assert!(output.status.success(), "{errors}");
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    let (operations, types) = (read("mod.rs"), read("types.rs"));
    let column = |part: &str| document().to_string().find(part).unwrap() + 1;
    let listed = [
        "left out: `trace` cannot be generated: the HTTP client has no method for it; change it with an overlay action (1 \
         operation)",
        &format!("  a.json:1:{} #/paths/~1good/trace (TRACE /good)", column(r#""trace":"#)),
        "left out: cookie parameters cannot be generated; change it with an overlay action (1 operation)",
        &format!("  a.json:1:{} #/paths/~1good/post/parameters/0 (POST /good)", column(r#"{"name":"c""#)),
        "left out: a path holds no fragment, which no request sends; change it with an overlay action (1 operation)",
        &format!("  a.json:1:{} #/paths/~1a#fragment (all of /a#fragment)", column(r#""/a#fragment""#)),
        "left out: no value is possible: its parts contradict each other; change it with an overlay action (3 \
         operations)",
        &format!(
            "  a.json:1:{} #/components/schemas/Broken (GET /broken, PUT /broken, GET /v1/x)",
            column(r#""Broken":{"allOf""#)
        ),
    ];
    assert_eq!(errors.lines().collect::<Vec<_>>(), listed, "{errors}");
    let expected = [
        ("#/paths/~1good/post", "parameters/0: cookie parameters cannot be generated"),
        ("#/paths/~1good/trace", "`trace` cannot be generated: the HTTP client has no method for it"),
        ("#/paths/~1broken/get", "#/components/schemas/Broken: no value is possible"),
        ("#/paths/~1broken/put", "#/components/schemas/Broken: no value is possible"),
        ("#/paths/~1v1~1x/get", "#/components/schemas/Broken: no value is possible"),
        ("#/paths/~1a#fragment", "a path holds no fragment"),
    ];
    assert_eq!(operations.matches("// left out: ").count(), expected.len(), "{operations}");
    for (at, reason) in expected {
        assert!(operations.contains(&format!("// left out: {at}: {reason}")), "{at} {reason}\n{operations}");
    }
    for method in ["good", "sound", "beside"] {
        assert!(operations.contains(&format!("pub fn {method}(")), "{method}");
    }
    for method in ["cookie", "traced", "broken", "also_broken", "behind", "fragment"] {
        assert!(!operations.contains(&format!("pub fn {method}(")), "{method}");
    }
    assert!(types.contains("pub struct Good "), "{types}");
    for name in ["OfCookie", "Broken"] {
        assert!(!types.contains(name), "{name}");
    }

    let (output, _) = generate(folder.path(), &document(), &["--skip-unsupported", "--check"]);
    assert!(output.status.success());
}

#[test]
fn all_obstacles_are_listed_at_once_by_kind_with_position_operations_and_fields() {
    let folder = tempfile::tempdir().unwrap();
    let mut document = document();
    // A second error in one operation, and one of a kind that is there already.
    document["paths"]["/good"]["post"]["requestBody"] = json!({ "content": { "multipart/form-data": {} } });
    let cookies = document["paths"]["/good"]["post"]["parameters"].as_array_mut().unwrap();
    cookies.push(json!({ "name": "d", "in": "cookie", "schema": {} }));
    let (output, errors) = generate(folder.path(), &document, &[]);
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(!folder.path().join("out/mod.rs").exists());
    let column = |part: &str| document.to_string().find(part).unwrap() + 1;
    let position = |part: &str| format!("  a.json:1:{} ", column(part));
    let expected = [
        "obstacle: cookie parameters cannot be generated; change it with an overlay action (occurs 2 times)",
        &format!("{}#/paths/~1good/post/parameters/0", position(r#"{"name":"c""#)),
        "    would leave out POST /good",
        &format!("{}#/paths/~1good/post/parameters/1", position(r#"{"name":"d""#)),
        "    would leave out POST /good",
        "obstacle: `trace` cannot be generated: the HTTP client has no method for it; change it with an overlay action \
         (occurs once)",
        &format!("{}#/paths/~1good/trace", position(r#""trace":"#)),
        "    would leave out TRACE /good",
        "obstacle: a body of `multipart/form-data` cannot be generated; JSON, a form, and one media type of text or bytes \
         can; change it with an overlay action (occurs once)",
        &format!("{}#/paths/~1good/post/requestBody/content", position(r#""content":{"multipart"#)),
        "    would leave out POST /good",
        "obstacle: a path holds no fragment, which no request sends; change it with an overlay action (occurs once)",
        &format!("{}#/paths/~1a#fragment", position(r#""/a#fragment""#)),
        "    would leave out all of /a#fragment",
        "obstacle: no value is possible: its parts contradict each other; change it with an overlay action (occurs \
         once)",
        &format!("{}#/components/schemas/Broken", position(r#""Broken":{"allOf""#)),
        "    would leave out GET /broken, PUT /broken, GET /v1/x",
        "    is part of #/components/schemas/HoldsBroken/properties/b",
        "error: a.json: 6 obstacles, which are listed above; change them with an overlay, or leave their operations out with \
         `--skip-unsupported`",
    ];
    assert_eq!(errors.lines().collect::<Vec<_>>(), expected, "{errors}");
}

#[test]
fn operations_left_out_for_one_reason_are_listed_on_one_screen_and_each_in_the_code() {
    let folder = tempfile::tempdir().unwrap();
    let mut document = document();
    for index in 0..100 {
        document["paths"][format!("/{index}")]["get"] = document["paths"]["/good"]["post"].clone();
    }
    let (output, errors) = generate(folder.path(), &document, &["--skip-unsupported"]);
    assert!(output.status.success(), "{errors}");
    let lines: Vec<&str> = errors.lines().collect();
    let first = "left out: cookie parameters cannot be generated; change it with an overlay action (101 operations)";
    assert_eq!(lines[0], first);
    assert!(lines[1].ends_with("#/paths/~1good/post/parameters/0 (POST /good)"), "{errors}");
    assert_eq!(lines[4], "  and 98 more errors; the head of mod.rs lists each");
    assert!(lines.len() < 24, "{errors}");
    let operations = fs::read_to_string(folder.path().join("out/mod.rs")).unwrap();
    for index in 0..100 {
        let line = format!("// left out: #/paths/~1{index}/get: parameters/0: cookie parameters cannot be generated");
        assert!(operations.contains(&line), "{index}");
    }
}

#[test]
fn a_message_names_the_document_by_the_path_that_the_caller_gave() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["p", "d"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("d/a.json"), document().to_string()).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.args(["generate", "--spec", "../d/a.json", "--out", "../out"]).args(arguments);
        command.current_dir(folder.path().join("p")).output().unwrap()
    };
    let errors = String::from_utf8(run(&[]).stderr).unwrap();
    let named: Vec<&str> = errors.lines().filter(|line| line.contains("a.json")).collect();
    assert!(named.len() > 1 && errors.contains("error: ../d/a.json: "), "{errors}");
    assert!(named.iter().all(|line| line.matches("a.json").count() == line.matches("../d/a.json").count()), "{errors}");
    assert!(!errors.contains(&*folder.path().to_string_lossy()), "{errors}");

    let output = run(&["--skip-unsupported"]);
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.lines().all(|line| line.starts_with("generated: ../out/")), "{printed}");
    // The code names no folder of the machine, so that it is fresh wherever it is checked.
    let operations = fs::read_to_string(folder.path().join("out/mod.rs")).unwrap();
    assert!(operations.contains("// document a.json sha256 "), "{operations}");
    assert!(run(&["--skip-unsupported", "--check"]).status.success());
}

#[test]
fn a_hundred_operations_are_left_out_in_one_more_run_of_the_pipeline() {
    let mut document = document();
    for index in 0..100 {
        document["paths"][format!("/{index}")]["get"] = document["paths"]["/good"]["post"].clone();
    }
    let runs = Cell::new(0);
    let run = |document: &Value| {
        runs.set(runs.get() + 1);
        // Both are errors of this step: the cookies, and the fragment and the method of the document.
        pipeline::prepare(document)
    };
    let (prepared, obstacles) = skip::unsupported(document, run);
    assert_eq!((obstacles.len(), runs.get()), (103, 2));
    let prepared = prepared.unwrap().document;
    let is_full = |item: &Value| item.as_object().is_some_and(|item| !item.is_empty());
    let paths = prepared["paths"].as_object().unwrap().iter().filter(|(_, item)| is_full(item));
    assert_eq!(paths.map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["/good", "/broken", "/v1/x"]);
}

#[test]
fn a_fault_of_no_operation_is_an_error_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for (change, place) in [(json!({ "info": 7 }), "#/info"), (json!({ "openapi": "2.0" }), "#/openapi")] {
        let mut document = document();
        document.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let (output, errors) = generate(folder.path(), &document, &["--skip-unsupported"]);
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(place) && errors.lines().count() == 1, "{errors}");
    }
}

#[test]
fn an_overlay_leaves_out_an_operation_for_a_reason_that_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let mut document = document();
    document["paths"] = json!({ "/good": document["paths"]["/good"] });
    document["paths"]["/good"].as_object_mut().unwrap().shift_remove("trace");
    let overlay = |reason: Value| {
        json!({ "overlay": "1.0.0", "info": { "title": "O", "version": "1" }, "actions": [{
            "target": "$.paths['/good'].post",
            "description": "The client sends no cookies. Permanent.",
            "update": { "x-client-skip": reason }
        }] })
        .to_string()
    };
    fs::write(folder.path().join("o.json"), overlay(json!("sends a cookie"))).unwrap();
    let (output, errors) = generate(folder.path(), &document, &["--overlay", "o.json"]);
    assert!(output.status.success(), "{errors}");
    assert_eq!(errors, "left out: #/paths/~1good/post: sends a cookie\n");
    let operations = fs::read_to_string(folder.path().join("out/mod.rs")).unwrap();
    assert!(operations.contains("// left out: #/paths/~1good/post: sends a cookie\n"), "{operations}");
    assert!(operations.contains("pub fn good(") && !operations.contains("pub fn cookie("), "{operations}");

    fs::write(folder.path().join("o.json"), overlay(json!(true))).unwrap();
    let (output, errors) = generate(folder.path(), &document, &["--overlay", "o.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(errors.contains("#/paths/~1good/post/x-client-skip: expected a reason as text, found true"), "{errors}");
}
