//! Real and large documents: they generate, and what they generate compiles against the seam.

use std::fs;
use std::path::PathBuf;

use serde_json::{Map, Value, json};
use xtask::{client, load, overlay, workspace};

/// The vendor's own document lies beside the project, where it is present.
const VENDOR: &str = "../../shared/vendor/openapi.yml";

fn here(path: &str) -> PathBuf {
    std::env::current_dir().unwrap().join(path)
}

/// The vendor's document, or `None` where there is none beside this checkout; the test says so.
fn vendor() -> Option<Value> {
    let path = here(VENDOR);
    if !path.exists() {
        println!("skipped: {} is absent", path.display());
        return None;
    }
    Some(load::document(&path).unwrap().value)
}

/// The document with a part of its paths: the `n`th of `of`.
fn part(document: &Value, n: usize, of: usize) -> Value {
    let paths = document["paths"].as_object().unwrap();
    let size = paths.len().div_ceil(of);
    let some: Map<_, _> = paths.iter().skip(n * size).take(size).map(|(k, v)| (k.clone(), v.clone())).collect();
    let mut document = document.clone();
    document["paths"] = some.into();
    document
}

/// A document of `n` operations, each with parameters, a body and an answer of its own.
fn large(n: usize) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for index in 0..n {
        let name = format!("Thing{index}");
        let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
        let content = json!({ "application/json": { "schema": reference } });
        paths.insert(
            format!("/v1/things{index}/{{id}}"),
            json!({ "put": {
                "operationId": format!("putThing{index}"),
                "parameters": [
                    { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } },
                    { "name": "limit", "in": "query", "schema": { "type": ["integer", "null"], "exclusiveMinimum": 0 } }
                ],
                "requestBody": { "content": content },
                "responses": { "200": { "content": content }, "404": { "description": "none" } }
            }}),
        );
        schemas.insert(
            name,
            json!({ "type": "object", "properties": {
                "id": { "type": "string" },
                "made": { "type": ["string", "null"], "format": "date-time" },
                // In rings of ten: the compiler follows types within types to a depth of 128.
                "next": { "$ref": format!("#/components/schemas/Thing{}", index / 10 * 10 + (index + 1) % 10) }
            }}),
        );
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Large", "version": "1" },
        "paths": paths,
        "components": { "schemas": schemas }
    })
}

/// Uses what only other documents use: bytes, forms, text, header parameters, dates, recursion.
fn unusual() -> Value {
    let answer = |media: &str| json!({ "200": { "content": { media: { "schema": { "type": "string" } } } } });
    let form = json!({ "type": "object", "required": ["a"], "properties": { "a": { "type": "string", "format": "password" } } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Unusual", "version": "1" },
        "paths": {
            "/speech": { "post": {
                "parameters": [
                    { "name": "X-Trace", "in": "header", "required": true, "schema": { "type": "string" } },
                    { "name": "X-Day", "in": "header", "schema": { "type": "string", "format": "date" } },
                    { "name": "tag", "in": "query", "schema": { "type": "array", "items": { "type": "string" } } },
                    { "name": "type", "in": "query", "schema": { "type": "string", "enum": ["a", "b"] } }
                ],
                "requestBody": { "content": { "text/plain": { "schema": { "type": "string" } } } },
                "responses": answer("audio/wav")
            }},
            "/form": { "post": {
                "requestBody": { "content": { "application/x-www-form-urlencoded": { "schema": form } } },
                "responses": answer("application/json")
            }},
            "/bytes": { "put": {
                "requestBody": { "content": { "application/octet-stream": {} } },
                "responses": { "204": { "description": "stored" } }
            }},
            "/people/{email}/{day}": { "get": {
                "parameters": [
                    { "name": "email", "in": "path", "schema": { "type": "string", "format": "email" } },
                    { "name": "day", "in": "path", "schema": { "type": "integer", "minimum": 1 } }
                ],
                "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Tree" } } } } }
            }}
        },
        "components": { "schemas": { "Tree": {
            "type": "object",
            "properties": {
                "children": { "type": "array", "items": { "$ref": "#/components/schemas/Tree" } },
                "left": { "anyOf": [{ "$ref": "#/components/schemas/Tree" }, { "type": "null" }] },
                "extra": { "type": "object", "properties": { "a": { "type": "string" } }, "additionalProperties": true },
                "kind": { "oneOf": [{ "const": "leaf" }, { "const": "node" }] },
                "size": { "type": ["integer", "string"], "default": 3 },
                "day": { "type": "string", "format": "date" }
            }
        }}}
    })
}

fn bundled() -> Value {
    let document = load::document(&here("../spec/deepgram-management-openapi.yml")).unwrap();
    overlay::apply(document.value, &load::document(&here("../spec/overlay.yaml")).unwrap()).unwrap()
}

#[test]
fn generated_code_of_every_document_compiles_against_the_seam_alone() {
    let mut documents = vec![("bundled", bundled()), ("large", large(1000)), ("unusual", unusual())];
    if let Some(vendor) = vendor() {
        for (n, name) in ["vendor_first", "vendor_middle", "vendor_last"].into_iter().enumerate() {
            documents.push((name, part(&vendor, n, 3)));
        }
        documents.push(("vendor", vendor));
    }

    let folder = tempfile::tempdir().unwrap();
    let crate_root = folder.path();
    fs::create_dir_all(crate_root.join("src/bin")).unwrap();
    for file in ["Cargo.toml", "src/seam.rs"] {
        fs::copy(here("fixtures/client").join(file), crate_root.join(file)).unwrap();
    }
    // The versions that the workspace was tested with.
    fs::copy(here("../Cargo.lock"), crate_root.join("Cargo.lock")).unwrap();
    for (name, document) in &documents {
        let modules = client(document).unwrap_or_else(|error| panic!("{name}: {error:#}"));
        let root = crate_root.join("src/bin").join(name);
        fs::create_dir_all(root.join("generated")).unwrap();
        fs::write(root.join("generated/mod.rs"), &modules.operations).unwrap();
        fs::write(root.join("generated/builder.rs"), &modules.builder).unwrap();
        fs::write(root.join("generated/types.rs"), &modules.types).unwrap();
        let main = "#![allow(dead_code, unused_imports)]\n#[path = \"../../seam.rs\"]\nmod seam;\npub use seam::*;\n\
                    mod generated;\nfn main() {}\n";
        fs::write(root.join("main.rs"), main).unwrap();
    }
    let check = workspace::cargo()
        .args(["check", "--quiet", "--bins"])
        .current_dir(crate_root)
        .env("CARGO_TARGET_DIR", here("../target/fixture"))
        .output()
        .unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
    println!("compiled: {}", documents.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "));
}

#[test]
fn operations_that_share_a_name_get_names_that_do_not_depend_on_the_others() {
    let document = |skip: &str| {
        let list = |tag: &str| json!({ "operationId": "list", "tags": [tag], "responses": {} });
        let mut paths = json!({
            "/v1/keys": { "get": list("Keys") },
            "/v1/members": { "get": list("Members") },
            "/v1/old-members": { "get": list("Members") },
            "/v1/models/{id}": { "get": { "parameters": [{ "name": "id", "in": "path", "schema": { "type": "string" } }] } },
            "/v1/usage": { "get": { "operationId": "getUsage", "tags": ["Usage"] } },
            // Called as what could be made for another.
            "/v1/others": { "get": { "operationId": "members_list" } }
        });
        paths.as_object_mut().unwrap().shift_remove(skip);
        let document = json!({ "openapi": "3.1.0", "info": { "title": "T", "version": "1" }, "paths": paths });
        let lowered = xtask::lower::to_30(&document).unwrap();
        let mut names: Vec<String> = lowered["paths"]
            .as_object()
            .unwrap()
            .values()
            .map(|item| item["get"]["operationId"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    let all = document("");
    assert_eq!(
        all,
        ["getUsage", "get_v1_members", "get_v1_models_by_id", "get_v1_old_members", "keys_list", "members_list"]
            .map(str::to_owned)
    );
    for gone in ["/v1/usage", "/v1/models/{id}", "/v1/others", "/v1/old-members"] {
        let names = document(gone);
        assert_eq!(names.len(), all.len() - 1);
        assert!(names.iter().all(|name| all.contains(name)), "without {gone}: {names:?}");
    }
}
