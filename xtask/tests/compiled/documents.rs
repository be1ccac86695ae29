//! Real and large documents: each generates a client that compiles with the runtime interface.

use std::fs;

use serde_json::{Map, Value, json};
use xtask::{client, load, overlay, pipeline};

use crate::fixture::{Fixture, here};
use crate::size::sized;

/// The vendor's own document lies beside the project, where it is present.
const VENDOR: &str = "../../shared/vendor/openapi.yml";

/// The vendor's document, or `None` where there is none beside this checkout; the test says so.
fn vendor() -> Option<Value> {
    let path = here(VENDOR);
    if !path.exists() {
        println!("skipped: {} is absent", path.display());
        return None;
    }
    Some(load::document(&path).unwrap().value)
}

/// Documents that use the standard in unusual ways lie beside the project as well. These of them generate as they stand.
const ODD: [&str; 11] = [
    "c01-enum-beside-allOf.yaml",
    "c03-required-nullable-integer.yaml",
    "c04-oneOf-of-allOf-with-shared-properties.yaml",
    "c05-allOf-with-nullable-base.yaml",
    "c08-closed-allOf.yaml",
    "c10-big-integer-in-YAML.yaml",
    "c11-explode-false-list.yaml",
    "c13-204-beside-200.yaml",
    "c14-snake-and-camel.yaml",
    "c18-unknown-keyword.yaml",
    "c24-two-components-one-Rust-name.yaml",
];

fn odd() -> Vec<(&'static str, Value)> {
    let folder = here("../../shared/cases/documents");
    if !folder.exists() {
        println!("skipped: {} is absent", folder.display());
        return Vec::new();
    }
    ODD.into_iter().map(|name| (&name[..3], load::document(&folder.join(name)).unwrap().value)).collect()
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

/// A document of `n` operations, each with parameters, a body and a response of its own.
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
    let response = |media: &str| json!({ "200": { "content": { media: { "schema": { "type": "string" } } } } });
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
                "responses": response("audio/wav")
            }},
            "/form": { "post": {
                "requestBody": { "content": { "application/x-www-form-urlencoded": { "schema": form } } },
                "responses": response("application/json")
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

/// Types nested in each other deeper than the compiler follows them unless it is told to.
fn deep() -> Value {
    let mut schemas = Map::new();
    for index in 0..300 {
        let next = json!({ "$ref": format!("#/components/schemas/Level{}", (index + 1) % 300) });
        schemas.insert(format!("Level{index}"), json!({ "type": "object", "properties": { "next": next } }));
    }
    let content = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/Level0" } } });
    let operation = json!({ "operationId": "get", "responses": { "200": { "content": content } } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Deep", "version": "1" },
        "paths": { "/a": { "get": operation } },
        "components": { "schemas": schemas }
    })
}

/// Names that Rust, its prelude, the generator and the client use themselves, and text that compilers distrust.
fn treacherous() -> Value {
    let names = [
        "AsRef",
        "Box",
        "builder",
        "ByteStream",
        "Client",
        "Clone",
        "Debug",
        "Default",
        "Deserialize",
        "Display",
        "Drop",
        "Eq",
        "Err",
        "Error",
        "fn",
        "From",
        "from_env",
        "Into",
        "Iterator",
        "new",
        "new_with_client",
        "None",
        "Ok",
        "Option",
        "PathSegment",
        "raw",
        "RequestBuilderExt",
        "ResponseValue",
        "Result",
        "rotate_key",
        "Secret",
        "self",
        "Send",
        "serde",
        "Serialize",
        "setCredentials",
        "Some",
        "std",
        "str",
        "String",
        "super",
        "Timestamp",
        "TryFrom",
        "TryInto",
        "types",
        "u64",
        "Value",
        "Vec",
        "withTimeout",
    ];
    let described = "ends\rhere, \u{202e}backwards\u{2066} */ and \"quoted\\";
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for (index, name) in names.into_iter().enumerate() {
        // One of each form a type takes: an object, a text, a choice, a set of strings.
        let forms = [
            json!({ "type": "object", "description": described, "required": ["n"], "properties": {
                name: { "type": "string", "description": described }, "n": { "type": "integer" },
                "inner": { "title": name, "type": "object", "properties": { "a": { "type": "string" } } }
            } }),
            json!({ "type": "string", "minLength": 1 }),
            json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] }),
            json!({ "type": "string", "enum": ["Ok", "Err", "None", "default"], "default": "Ok" }),
        ];
        for (number, form) in forms.into_iter().enumerate() {
            // The types of one document must differ, so each form has its turn as the plain name.
            let schema = if number == index % 4 { name.to_owned() } else { format!("{name}/{number} %") };
            let escaped = schema.replace('/', "~1").replace('%', "%25");
            let reference = json!({ "$ref": format!("#/components/schemas/{escaped}") });
            let content = json!({ "application/json": { "schema": reference } });
            let operation = if number == 0 { name.to_owned() } else { format!("{name}_{number}") };
            paths.insert(
                format!("/v{index}/{number}/{{id}}"),
                json!({ "post": {
                    "operationId": operation,
                    "description": described,
                    "parameters": [
                        { "name": "id", "in": "path", "schema": { "type": "string" } },
                        { "name": "q", "in": "query", "schema": { "type": "integer" } },
                        { "name": "X-Trace", "in": "header", "schema": { "type": "string" } }
                    ],
                    "requestBody": { "content": content },
                    "responses": { "200": { "content": content } }
                } }),
            );
            schemas.insert(schema, form);
        }
    }
    let info = json!({ "title": "T", "description": described, "version": "1" });
    json!({ "openapi": "3.1.0", "info": info, "paths": paths, "components": { "schemas": schemas } })
}

fn bundled() -> Value {
    let document = load::document(&here("../spec/deepgram-management-openapi.yml")).unwrap();
    overlay::apply(document.value, &load::document(&here("../spec/overlay.yaml")).unwrap()).unwrap()
}

#[test]
fn generated_code_of_every_document_compiles_against_the_runtime_interface_alone() {
    let mut documents = vec![
        ("bundled", bundled()),
        ("large", large(sized(1000, 20))),
        ("unusual", unusual()),
        ("treacherous", treacherous()),
        ("deep", deep()),
    ];
    if let Some(vendor) = vendor() {
        // A part has other names for types than the whole.
        let parts: &[&str] = sized(&["vendor_first", "vendor_middle", "vendor_last"], &[]);
        for (n, name) in parts.iter().enumerate() {
            documents.push((*name, part(&vendor, n, parts.len())));
        }
        documents.push(("vendor", vendor));
    }

    documents.extend(odd());

    let fixture = Fixture::runtime_interface("documents");
    for (name, document) in &documents {
        let modules = client(document).unwrap_or_else(|error| panic!("{name}: {error:#}"));
        fixture.add_program(name, &modules, "fn main() {}\n");
    }
    fixture.build_programs();
    println!("compiled: {}", documents.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "));
}

/// Draws the documents of the drift cases; another seed may find more.
const SEED: u64 = 18;

/// How many of them one run draws.
fn drawn() -> usize {
    sized(40, 10)
}

#[test]
fn documents_of_the_drift_cases_compile_without_the_operations_that_cannot_be_generated() {
    let folder = here("../../shared/drift-cases/pairs");
    if !folder.exists() {
        println!("skipped: {} is absent", folder.display());
        return;
    }
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    fastrand::Rng::with_seed(SEED).shuffle(&mut paths);
    let fixture = Fixture::runtime_interface("drift-cases");
    let mut left_out = 0;
    for path in paths.iter().take(drawn()) {
        let name = path.file_stem().unwrap().to_str().unwrap().replace('.', "_");
        match pipeline::client_of_supported(&load::document(path).unwrap().value) {
            (Ok(modules), obstacles) => {
                left_out += usize::from(!obstacles.is_empty());
                fixture.add_program(&format!("drift_{name}"), &modules, "fn main() {}\n");
            }
            (Err(error), _) => panic!("{name}: {error:#}"),
        }
    }
    fixture.build_programs();
    println!("compiled: {} documents drawn by the seed {SEED}, {left_out} of them without some operations", drawn());
}

#[test]
fn a_number_beyond_64_bits_is_read_alike_in_yaml_and_json() {
    let text = "{\"a\": [18446744073709552000, -18446744073709552000, 1]}";
    let [yaml, json] = ["a.yaml", "a.json"].map(|name| load::parse(name, text.as_bytes()).unwrap().value);
    assert_eq!(yaml, json);
    assert_eq!(yaml["a"], json!([18_446_744_073_709_552_000.0, -18_446_744_073_709_552_000.0, 1]));
}

#[test]
fn what_yaml_merges_and_the_mark_that_editors_leave_are_read() {
    let text = "\u{feff}a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: *a, x: 5}\nd: {<<: [*a, *b], w: 6}\n";
    let document = load::parse("merged.yaml", text.as_bytes()).unwrap().value;
    assert_eq!(document["c"], json!({ "x": 5, "y": 2 }));
    assert_eq!(document["d"], json!({ "w": 6, "x": 1, "y": 2, "z": 4 }));
}

#[test]
fn an_operation_id_that_rust_cannot_have_becomes_a_name_that_it_can() {
    let mut paths = Map::new();
    for (index, id) in ["310", "1get", "don't", "x²y", "²", "'", "größe", "type"].into_iter().enumerate() {
        paths.insert(format!("/2010-04/{index}"), json!({ "get": { "operationId": id } }));
    }
    let document = json!({ "openapi": "3.1.0", "info": { "title": "T", "version": "1" }, "paths": paths });
    let operations = client(&document).unwrap().operations;
    for name in ["operation_310", "operation_1get", "don_t", "x_y", "get_2010_04_4", "get_2010_04_5", "größe", "type_"]
    {
        assert!(operations.contains(&format!("pub fn {name}(")), "{name}\n{operations}");
    }
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
        let lowered = xtask::pipeline::prepare(&document).unwrap().document;
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
