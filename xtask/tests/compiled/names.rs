//! Names in Rust: those that a document asks for, and those that would be one.

use serde_json::{Value, json};
use xtask::client;

use crate::fixture::{Fixture, succeed};

/// A document with a response of this schema, and components.
fn document(schema: &Value, schemas: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Names", "version": "1" },
        "paths": { "/odd": { "get": { "operationId": "odd", "responses": { "200": { "description": "", "content": {
            "application/json": { "schema": schema }
        } } } } } },
        "components": { "schemas": schemas }
    })
}

fn object(properties: Value, required: &[&str]) -> Value {
    let members = [("type", "object".into()), ("properties", properties), ("required", required.into())];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<serde_json::Map<_, _>>().into()
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[test]
fn names_of_two_parts_that_a_choice_keeps_apart_are_numbered_and_stay_in_json() {
    let fixture = Fixture::runtime_interface("numbered-names");
    let branch = |name: &str| object(json!({ name: text() }), &[name]);
    let all = json!({ "allOf": [reference("Base"), { "oneOf": [branch("a_b"), branch("c")] }] });
    let modules = client(&document(&all, &json!({ "Base": branch("aB") }))).unwrap();
    assert_eq!(modules.warnings, []);
    let program = r###"
        fn main() {
            use generated::types::OddResponse;
            for json in [r##"{"aB":"1","a_b":"2"}"##, r##"{"aB":"1","c":"3"}"##] {
                let value: OddResponse = serde_json::from_str(json).unwrap();
                let (a_b, second) = match &value {
                    OddResponse::Variant0 { a_b, a_b_2, .. } => (a_b, Some(a_b_2)),
                    OddResponse::Variant1 { a_b, .. } => (a_b, None),
                };
                println!("{} {a_b} {second:?}", serde_json::to_string(&value).unwrap());
            }
        }
    "###;
    fixture.add_program("numbered", &modules, program);
    let printed = succeed(&mut fixture.cargo(&["run", "--quiet", "--bin", "numbered"]));
    assert_eq!(printed, "{\"aB\":\"1\",\"a_b\":\"2\"} 1 Some(\"2\")\n{\"aB\":\"1\",\"c\":\"3\"} 1 None\n");
}

#[test]
fn a_schema_anywhere_has_the_name_that_it_asks_for_or_an_error_says_why_not() {
    let named = |name: &str, mut schema: Value| {
        schema["x-client-name"] = name.into();
        schema
    };
    let plain = || object(json!({ "a": text() }), &[]);
    let titled = |title: &str| {
        let mut schema = plain();
        schema["title"] = title.into();
        schema
    };
    let list = |items: Value| json!({ "type": "array", "items": items });
    let whole = named(
        "Whole",
        object(
            json!({
                "list": list(named("Entry", titled("Row"))),
                "other": titled("Entry"),
                "component": reference("Titled"),
                "inner": { "$ref": "#/components/schemas/Holder/$defs/inner" },
                // The name of a property is the field's.
                "field": named("renamed", titled("OfField"))
            }),
            &[],
        ),
    );
    let schemas = json!({
        "Titled": named("Component", titled("Row")),
        "Holder": { "$defs": { "inner": named("Inner", plain()) } }
    });
    let types = client(&document(&whole, &schemas)).unwrap().types;
    for line in [
        "list: ::std::vec::Vec<Entry>",
        "component: ::std::option::Option<Component>",
        "inner: ::std::option::Option<Inner>",
        "renamed: ::std::option::Option<OfField>",
        "other: ::std::option::Option<WholeOther>",
    ] {
        assert!(types.contains(&format!("pub {line}")), "{line}\n{types}");
    }
    assert!(types.contains("pub struct Whole "), "{types}");

    for (schema, reason) in [
        (list(named("Titled", plain())), "items/x-client-name: `Titled` is also the name of another type"),
        (list(named("String", plain())), "items/x-client-name: `String` is also the name of another type"),
        (
            object(json!({ "a": list(named("One", plain())), "b": list(named("One", plain())) }), &[]),
            "b/items/x-client-name: `One` is also the name of another type",
        ),
        (list(named("Other", reference("Titled"))), "items/x-client-name: a reference has the name of its schema"),
        (list(named("1", plain())), "items/x-client-name: expected a name that starts with a letter"),
    ] {
        let error = client(&document(&schema, &json!({ "Titled": plain() }))).unwrap_err().to_string();
        assert!(error.contains(reason), "{reason}: {error}");
    }
}

#[test]
fn a_name_for_a_schema_that_becomes_no_type_is_a_warning() {
    let whole = object(
        json!({
            "list": { "type": "array", "items": { "type": "string", "x-client-name": "Plain" } },
            "merged": { "allOf": [reference("Base"), { "x-client-name": "Part", "properties": { "b": text() } }] },
            "kept": { "type": "array", "items": { "type": "string", "enum": ["a"], "x-client-name": "Letter" } }
        }),
        &[],
    );
    let modules = client(&document(&whole, &json!({ "Base": object(json!({ "a": text() }), &[]) }))).unwrap();
    let warnings: Vec<String> = modules.warnings.iter().map(ToString::to_string).collect();
    let at = "#/paths/~1odd/get/responses/200/content/application~1json/schema/properties";
    let said = |place: &str, name: &str| {
        format!("{at}/{place}/x-client-name: no type is made of this schema that could be called `{name}`")
    };
    assert_eq!(warnings, [said("merged/allOf/1", "Part"), said("list/items", "Plain")]);
}

#[test]
fn values_that_begin_like_raw_names_have_variants_and_stay_in_json() {
    let fixture = Fixture::runtime_interface("raw-names");
    let values = json!({ "type": "string", "enum": ["r#a", "a", "r#type", "r#"] });
    let modules = client(&document(&object(json!({ "v": values }), &["v"]), &json!({}))).unwrap();
    assert_eq!(modules.warnings, []);
    let program = r##"
        fn main() {
            for json in [r#"{"v":"r#a"}"#, r#"{"v":"a"}"#, r#"{"v":"r#type"}"#, r#"{"v":"r#"}"#] {
                let value: generated::types::OddResponse = serde_json::from_str(json).unwrap();
                println!("{:?} {}", value.v, serde_json::to_string(&value).unwrap());
            }
        }
    "##;
    fixture.add_program("raw_values", &modules, program);
    let printed = succeed(&mut fixture.cargo(&["run", "--quiet", "--bin", "raw_values"]));
    let json: Vec<&str> = printed.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(json, [r#"{"v":"r#a"}"#, r#"{"v":"a"}"#, r#"{"v":"r#type"}"#, r#"{"v":"r#"}"#], "{printed}");
}
