//! Operations that are left out: listed with their reasons, and gone with the schemas that no other operation needs.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

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
    let (output, errors) = generate(folder.path(), &document(), &[]);
    assert_eq!(output.status.code(), Some(2), "{errors}");
    assert!(!folder.path().join("out/mod.rs").exists());

    let (output, errors) = generate(folder.path(), &document(), &["--skip-unsupported"]);
    assert!(output.status.success(), "{errors}");
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    let (operations, types) = (read("mod.rs"), read("types.rs"));
    let expected = [
        ("#/paths/~1good/post", "cookie parameters cannot be generated"),
        ("#/paths/~1good/trace", "the HTTP client has no method for it"),
        ("#/paths/~1broken/get", "#/components/schemas/Broken: no value is possible"),
        ("#/paths/~1broken/put", "#/components/schemas/Broken: no value is possible"),
        ("#/paths/~1v1~1x/get", "#/components/schemas/Broken: no value is possible"),
        ("#/paths/~1a#fragment", "a path holds no query and no fragment"),
    ];
    assert_eq!(errors.lines().count(), expected.len(), "{errors}");
    for (at, reason) in expected {
        let is_listed = |text: &str, start: &str| {
            text.lines().any(|line| line.starts_with(&format!("{start}left out: {at}: ")) && line.contains(reason))
        };
        assert!(is_listed(&errors, ""), "{at} {reason}\n{errors}");
        assert!(is_listed(&operations, "// "), "{at} {reason}\n{operations}");
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
