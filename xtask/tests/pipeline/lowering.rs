//! The table of keywords, row by row: `fixtures/lower` holds the input and the outcome of each.
//!
//! `UPDATE_GOLDEN=1 cargo test -p xtask --test pipeline lowering` writes the outcomes anew; read the difference before
//! you commit it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use xtask::lower::{Lowered, keywords};
use xtask::{output, pipeline};

/// One keyword in one situation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The row of the table; in parentheses, what is no keyword.
    row: String,
    /// The situation, where one row has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    claim: Option<String>,
    given: Value,
    /// Components that a given schema refers to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schemas: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lowered: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

fn folder() -> PathBuf {
    PathBuf::from("fixtures/lower")
}

fn update() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

/// The objects of the table and the files of their cases.
fn objects() -> Vec<(keywords::Object, String)> {
    let mut found: Vec<(keywords::Object, String)> = Vec::new();
    for row in keywords::TABLE {
        if !found.iter().any(|(object, _)| *object == row.object) {
            let file = row.object.to_string().replace("OpenAPI", "Open Api").replace(' ', "_").to_lowercase();
            found.push((row.object, file));
        }
    }
    found
}

fn cases(file: &str) -> Vec<Case> {
    let path = folder().join(format!("{file}.yaml"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A small document that holds what is given in its place, and the pointer to what becomes of it.
fn document(file: &str, case: &Case) -> (Value, &'static str) {
    let given = case.given.clone();
    let mut document = json!({ "openapi": "3.1.0", "info": { "title": "T", "version": "1" } });
    let operation = |operation: Value| {
        let mut all = json!({ "operationId": "x" });
        all.as_object_mut().unwrap().extend(operation.as_object().unwrap().clone());
        all
    };
    match file {
        "open_api" => (given, ""),
        "components"
        | "path_item"
        | "contact"
        | "server"
        | "server_variable"
        | "external_documentation"
        | "tag"
        | "encoding"
        | "example"
        | "link"
        | "header"
        | "responses"
        | "reference"
        | "discriminator"
        | "xml"
        | "security_scheme"
        | "oauth_flows"
        | "oauth_flow" => {
            document.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
            (document, "")
        }
        "info" => {
            document["info"] = given;
            (document, "/info")
        }
        "license" => {
            document["info"]["license"] = given;
            (document, "/info")
        }
        "operation" => {
            document["paths"] = json!({ "/x": { "get": operation(given) } });
            (document, "/paths/~1x/get")
        }
        "parameter" => {
            let path = if given.get("in") == Some(&"path".into()) && given["name"] == "id" { "/x/{id}" } else { "/x" };
            document["paths"] = json!({ path: { "get": operation(json!({ "parameters": [given] })) } });
            let pointer =
                if path == "/x" { "/paths/~1x/get/parameters/0" } else { "/paths/~1x~1{id}/get/parameters/0" };
            (document, pointer)
        }
        "request_body" => {
            document["paths"] = json!({ "/x": { "post": operation(json!({ "requestBody": given })) } });
            (document, "/paths/~1x/post/requestBody")
        }
        "media_type" => {
            let body = json!({ "content": { "application/json": given } });
            document["paths"] = json!({ "/x": { "post": operation(json!({ "requestBody": body })) } });
            (document, "/paths/~1x/post/requestBody/content/application~1json")
        }
        "response" => {
            document["paths"] = json!({ "/x": { "get": operation(json!({ "responses": { "200": given } })) } });
            (document, "/paths/~1x/get/responses/2XX")
        }
        "schema" => {
            let response = json!({ "200": { "content": { "application/json": { "schema": given } } } });
            document["paths"] = json!({ "/x": { "get": operation(json!({ "responses": response })) } });
            if let Some(schemas) = &case.schemas {
                document["components"] = json!({ "schemas": schemas });
            }
            (document, "/paths/~1x/get/responses/2XX/content/application~1json/schema")
        }
        other => panic!("no place for the cases of {other}"),
    }
}

/// The lowered part and the warnings, or the error.
fn outcome(file: &str, case: &Case) -> Result<(Value, Vec<String>), String> {
    let (document, pointer) = document(file, case);
    match pipeline::prepare(&document) {
        Err(error) => Err(format!("{error:#}")),
        Ok(Lowered { document: lowered, warnings, .. }) => {
            let mut there = lowered.pointer(pointer).cloned().unwrap_or_else(|| panic!("{file} {}: gone", case.row));
            if file == "schema" && lowered["components"]["schemas"] != json!({}) {
                there = json!({ "schema": there, "schemas": lowered["components"]["schemas"] });
            }
            Ok((there, warnings.iter().map(ToString::to_string).collect()))
        }
    }
}

#[test]
fn every_case_becomes_what_its_golden_file_says() {
    let mut wrong = String::new();
    for (_, file) in objects() {
        let mut cases = cases(&file);
        for case in &mut cases {
            let (lowered, error, warnings) = match outcome(&file, case) {
                Ok((lowered, warnings)) => (Some(lowered), None, warnings),
                Err(error) => (None, Some(error), Vec::new()),
            };
            if update() {
                (case.lowered, case.error, case.warnings) = (lowered, error, warnings);
            } else if (&case.lowered, &case.error, &case.warnings) != (&lowered, &error, &warnings) {
                let _ = writeln!(wrong, "{file} {} {:?}: {lowered:?} {error:?} {warnings:?}", case.row, case.claim);
            }
        }
        if update() {
            output::replace(&folder().join(format!("{file}.yaml")), &serde_yaml::to_string(&cases).unwrap()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_row_of_the_table_has_a_case_and_every_case_a_row() {
    for (object, file) in objects() {
        let cases = cases(&file);
        for row in keywords::TABLE.iter().filter(|row| row.object == object) {
            assert!(cases.iter().any(|case| case.row == row.name), "{object}: `{}` has no case", row.name);
        }
        for case in cases.iter().filter(|case| !case.row.starts_with('(')) {
            assert!(keywords::find(object, &case.row).is_some(), "{object}: `{}` has no row", case.row);
            assert!(case.lowered.is_some() != case.error.is_some(), "{object}: `{}` has no outcome", case.row);
        }
    }
}

#[test]
fn a_rejected_keyword_is_an_error_that_names_its_place_and_reason() {
    for (object, file) in objects() {
        for case in cases(&file) {
            let Some(row) = keywords::find(object, &case.row) else { continue };
            if row.action == keywords::Action::Reject {
                let error = case.error.unwrap_or_else(|| panic!("{object}: `{}` passes", case.row));
                assert!(error.starts_with("#/") && error.contains(row.note), "{error}");
            }
        }
    }
}

#[test]
fn a_keyword_that_restricts_no_type_is_a_warning_that_names_its_place_and_reason() {
    let of_pairs = ["then", "else", "minContains", "maxContains"];
    for (object, file) in objects() {
        for case in cases(&file) {
            let Some(row) = keywords::find(object, &case.row) else { continue };
            if row.action == keywords::Action::Widen {
                let end = format!("/{}: `{}` restricts no type: {}", row.name, row.name, row.note);
                assert!(
                    case.warnings.iter().any(|warning| warning.starts_with("#/") && warning.ends_with(&end)),
                    "{end}"
                );
                assert!(case.warnings.len() == 1 || of_pairs.contains(&row.name), "{:?}", case.warnings);
            }
        }
    }
}

/// The beginning of `docs/keywords.md`.
const HEAD: &str = "\
# Keywords

The action of the steps lower and adapt on every keyword of OpenAPI 3.1. A keyword outside of this table is left out with a
warning. It is an error in a document without `paths`, in a Response without `content` and in a Media Type without `schema`,
because it could be a misspelt one. Nothing below a dropped keyword is read.
`UPDATE_GOLDEN=1 cargo test -p xtask --test pipeline lowering` writes this file.

";

#[test]
fn the_documented_keywords_are_the_table_of_the_code() {
    let mut page = format!("{HEAD}| object | keyword | becomes | how, or why |\n| --- | --- | --- | --- |\n");
    for row in keywords::TABLE {
        let action = match row.action {
            keywords::Action::Keep => "kept",
            keywords::Action::Convert => "lowered",
            keywords::Action::Drop => "annotation, left out",
            keywords::Action::Widen => "left out with a warning, the type is wider",
            keywords::Action::Reject => "left out with its operation",
        };
        let _ = writeln!(page, "| {} | `{}` | {action} | {} |", row.object, row.name, row.note);
    }
    let path = "docs/keywords.md";
    if update() {
        output::replace(Path::new(path), &page).unwrap();
    } else {
        let found = fs::read_to_string(path).unwrap();
        assert!(found == page, "run UPDATE_GOLDEN=1 cargo test -p xtask --test pipeline lowering");
    }
}
