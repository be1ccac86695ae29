//! The repairs at run time: the generated types read all values of their schemas, and lose no part of them.
//!
//! One program is built of one document; it reads JSON as the type of a schema and writes it again.

mod cases;
mod composed;

use std::fmt::Write as _;
use std::process::Command;

use cases::{Case, cases};
use serde_json::{Map, Value, json};
use xtask::client;

use crate::fixture::{Fixture, target};

fn document(cases: &[Case]) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for (name, schema, _, _) in cases {
        let content = json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{name}") } } });
        let operation = json!({ "operationId": format!("get{name}"), "responses": { "200": { "content": content } } });
        paths.insert(format!("/{name}"), json!({ "get": operation }));
        assert!(schemas.insert((*name).to_owned(), schema.clone()).is_none(), "{name}");
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Decoding", "version": "1" },
        "paths": paths,
        "components": { "schemas": schemas }
    })
}

/// The program: `name json` in pairs of arguments; one line for each, the JSON written again or `rejected`.
fn main_of(cases: &[Case], builders: &str) -> String {
    let mut main = String::from(
        "fn again<T: serde::de::DeserializeOwned + serde::Serialize + runtime::ResponseBody>(json: &str) -> Option<String> {\n\
         let value = serde_json::from_str::<T>(json).ok()?;\n\
         if value.is_empty_payload() { T::validate(&serde_json::from_str(json).ok()?).ok()?; }\n\
         serde_json::to_string(&value).ok()\n}\n\
         fn main() {\nlet arguments: Vec<String> = std::env::args().skip(1).collect();\n\
         for pair in arguments.chunks(2) {\nlet json = &pair[1];\nlet written = match pair[0].as_str() {\n",
    );
    for (name, ..) in cases {
        // The type of a response of this schema, from the builder of its operation.
        let start = builders.find(&format!("crate::runtime::json(client, request, \"get_{}\")", snake(name)));
        let before = &builders[..start.unwrap_or_else(|| panic!("no operation returns {name}"))];
        let response = &before[before.rfind("ResponseValue<").unwrap() + "ResponseValue<".len()..];
        // The formatter breaks long ones, and puts a comma at the end of a line.
        let is_end = |c: char| c == '>' || c == ',' || c.is_whitespace();
        let response = response[..response.find("crate::runtime::Error").unwrap()].trim_end_matches(is_end);
        let closing = ">".repeat(response.matches('<').count() - response.matches('>').count());
        writeln!(main, "\"{name}\" => again::<{response}{closing}>(json),").unwrap();
    }
    main.push_str("_ => unreachable!(),\n};\nprintln!(\"{}\", written.as_deref().unwrap_or(\"rejected\"));\n}\n}\n");
    format!("use generated::types;\n{main}")
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

#[test]
fn every_value_that_a_schema_allows_is_read_and_written_again_whole_and_others_are_rejected() {
    let cases = [cases(), composed::cases()].concat();
    let modules = client(&document(&cases)).unwrap();
    let fixture = Fixture::runtime_interface("decoding");
    fixture.add_program("decoding", &modules, &main_of(&cases, &modules.builder));
    fixture.build_programs();

    let mut asked = Vec::new();
    for (name, _, read, rejected) in &cases {
        asked.extend(read.iter().map(|json| (*name, *json, true)));
        asked.extend(rejected.iter().map(|json| (*name, *json, false)));
    }
    let arguments = asked.iter().flat_map(|(name, json, _)| [*name, *json]);
    let output = Command::new(target().join("debug/decoding")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let written = String::from_utf8(output.stdout).unwrap();
    assert_eq!(written.lines().count(), asked.len());
    let mut wrong = String::new();
    for ((name, json, is_read), written) in asked.into_iter().zip(written.lines()) {
        let again: Option<Value> = serde_json::from_str(written).ok();
        let expected: Option<Value> = is_read.then(|| serde_json::from_str(json).unwrap());
        if again != expected {
            writeln!(wrong, "{name}: {json} became {written}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
