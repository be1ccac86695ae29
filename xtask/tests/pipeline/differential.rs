//! A second opinion: the npm package `@apiture/openapi-down-convert` lowers part of OpenAPI 3.1 too.
//!
//! Its 3.0 document goes through our lowering. The result must be equal to the lowered 3.1 original. On these two documents there is nothing to agree to differ on: the list of agreed
//! differences is empty. Skipped, and said so, where npm is absent.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use xtask::{adapt, load, lower};

/// The version that these results are from.
const PACKAGE: &str = "@apiture/openapi-down-convert@0.14.2";

/// Agreed: `allOf` of one schema with nothing beside it is that schema. Ours leaves the `default` out that stood there.
fn alone(schema: &Value) -> &Value {
    match schema.as_object() {
        Some(members) if members.len() == 1 => {
            match members.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
                Some([only]) => only,
                _ => schema,
            }
        }
        _ => schema,
    }
}

/// The pointers at which two documents differ, with both values.
fn differences(ours: &Value, theirs: &Value, at: &str, found: &mut Vec<String>) {
    let (ours, theirs) = (alone(ours), alone(theirs));
    match (ours, theirs) {
        (Value::Object(ours), Value::Object(theirs)) => {
            let mut keys: Vec<&String> = ours.keys().chain(theirs.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let null = Value::Null;
                let (ours, theirs) = (ours.get(key).unwrap_or(&null), theirs.get(key).unwrap_or(&null));
                differences(ours, theirs, &format!("{at}/{key}"), found);
            }
        }
        (Value::Array(ours), Value::Array(theirs)) if ours.len() == theirs.len() => {
            for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                differences(ours, theirs, &format!("{at}/{index}"), found);
            }
        }
        (ours, theirs) if ours != theirs => found.push(format!("{at}: {ours} and {theirs}")),
        _ => {}
    }
}

#[test]
fn the_down_converter_of_npm_lowers_both_documents_as_we_do() {
    let npm = |folder: &Path, arguments: &[&str]| {
        Command::new("npm").args(arguments).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null()).status()
    };
    let folder = tempfile::tempdir().unwrap();
    if !npm(folder.path(), &["install", "--no-audit", "--no-fund", PACKAGE]).is_ok_and(|status| status.success()) {
        println!("skipped: npm cannot install {PACKAGE}");
        return;
    }
    for document in ["../spec/deepgram-management-openapi.yml", "../../shared/vendor/openapi.yml"] {
        let path = std::path::absolute(document).unwrap();
        if !path.exists() {
            println!("skipped: {document} is absent");
            continue;
        }
        let output = folder.path().join("converted.json");
        let converted = npm(
            folder.path(),
            &[
                "exec",
                "--",
                "openapi-down-convert",
                "--allOf",
                "--input",
                &path.display().to_string(),
                "--output",
                "converted.json",
            ],
        );
        assert!(converted.unwrap().success(), "{document}");
        // Our own lowering would do what they left undone, and hide it.
        let text = fs::read_to_string(&output).unwrap();
        let compact: String = text.split_whitespace().collect();
        for left in ["\"type\":[", "\"const\":", "\"openapi\":\"3.1"] {
            assert!(!compact.contains(left), "{document}: {left} is left");
        }
        let theirs = lower::to_30(&load::document(&output).unwrap().value, &adapt::Generator).unwrap().document;
        let ours = lower::to_30(&load::document(&path).unwrap().value, &adapt::Generator).unwrap().document;
        let mut found = Vec::new();
        differences(&ours, &theirs, "#", &mut found);
        println!("{document}: {} differences", found.len());
        assert!(found.is_empty(), "{document}:\n{}", found.join("\n"));
    }
}
