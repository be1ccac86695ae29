//! Schemas of which the generator alone would make a type that lacks some of their values.

use serde_json::{Value, json};
use xtask::client;

/// A document whose response holds a schema as the property `n`.
fn document(schema: &Value) -> Value {
    let body = json!({ "type": "object", "properties": { "n": schema }, "required": ["n"] });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Held", "version": "1" },
        "paths": { "/held": { "get": { "operationId": "held", "responses": { "200": { "description": "", "content": {
            "application/json": { "schema": body }
        } } } } } }
    })
}

/// The type in Rust that a schema becomes.
fn type_of(schema: &Value) -> String {
    warned(schema, &json!({})).0
}

/// The values of a generated type of integers, in a document that states no format.
fn range(name: &str) -> (i128, i128) {
    match name {
        "i8" => (i8::MIN.into(), i8::MAX.into()),
        "u8" => (0, u8::MAX.into()),
        "u32" => (0, u32::MAX.into()),
        "i64" => (i64::MIN.into(), i64::MAX.into()),
        "u64" => (0, u64::MAX.into()),
        "::std::num::NonZeroU64" => (1, u64::MAX.into()),
        "::serde_json::Value" => (i128::MIN, i128::MAX),
        other => panic!("{other}"),
    }
}

#[test]
fn an_integer_holds_every_value_between_its_bounds() {
    let bounds: [(Option<i128>, Option<i128>); 21] = [
        (None, Some(127)),
        (None, Some(255)),
        (None, Some(u32::MAX.into())),
        (Some(-128), None),
        (Some(i32::MIN.into()), None),
        (Some(0), None),
        (Some(1), None),
        (Some(0), Some(255)),
        (Some(0), Some(256)),
        (Some(-128), Some(127)),
        (Some(-1), Some(255)),
        (Some(0), Some(u32::MAX.into())),
        (Some(0), Some(10_000_000_000_000_000_000)),
        (Some(7), Some(10_000_000_000_000_000_000)),
        (Some(i64::MIN.into()), Some(i64::MAX.into())),
        (Some(-1), Some(10_000_000_000_000_000_000)),
        (None, Some(10_000_000_000_000_000_000)),
        (Some(0), Some(100_000_000_000_000_000_000)),
        (Some(-100_000_000_000_000_000_000), Some(0)),
        (Some(9_223_372_036_854_775_808), None),
        (Some(9_223_372_036_854_775_808), Some(u64::MAX.into())),
    ];
    for (least, most) in bounds {
        let mut integer = json!({ "type": "integer" });
        for (name, bound) in [("minimum", least), ("maximum", most)] {
            if let Some(bound) = bound {
                integer[name] = serde_json::from_str(&bound.to_string()).unwrap();
            }
        }
        let name = type_of(&integer);
        let (lowest, highest) = range(&name);
        let default = range("i64");
        let most = most.unwrap_or(if least > Some(default.1) { range("u64").1 } else { default.1 });
        let is_held = lowest <= least.unwrap_or(default.0) && most <= highest;
        assert!(is_held, "{least:?} to {most} is {name}");
    }
}

#[test]
fn an_integer_holds_every_value_that_the_document_lists() {
    for (schema, name) in [
        (json!({ "type": "integer", "enum": [1, u64::MAX] }), "u64"),
        (json!({ "type": "integer", "const": u64::MAX }), "u64"),
        (json!({ "enum": [1, u64::MAX] }), "u64"),
        (json!({ "type": "integer", "format": "int64", "enum": [u64::MAX] }), "u64"),
        (json!({ "type": "integer", "minimum": -5, "enum": [1, u64::MAX] }), "u64"),
        (json!({ "type": "integer", "enum": [-1, u64::MAX] }), "::serde_json::Value"),
        (json!({ "type": "integer", "enum": [-1, i64::MAX] }), "i64"),
    ] {
        assert_eq!(type_of(&schema), name, "{schema}");
    }
}

/// The type in Rust that a schema becomes beside components, and the warnings.
fn warned(schema: &Value, components: &Value) -> (String, Vec<String>) {
    let mut document = document(schema);
    document["components"] = json!({ "schemas": components });
    let modules = client(&document).unwrap();
    let name = modules.types.split_once("pub n: ").and_then(|(_, rest)| rest.split_once(",\n")).unwrap().0;
    (name.to_owned(), modules.warnings.into_iter().map(|located| located.message).collect())
}

#[test]
fn a_rule_without_a_type_allows_values_of_every_other_type_and_a_warning_says_so() {
    for rule in ["maxLength", "minimum", "multipleOf", "minProperties", "minItems"] {
        for schema in [json!({ rule: 3 }), json!({ "allOf": [{ rule: 3 }] })] {
            let (name, warnings) = warned(&schema, &json!({}));
            assert_eq!(name, "::serde_json::Value", "{schema}");
            let [warning] = warnings.as_slice() else { panic!("{schema}: {warnings:?}") };
            assert!(warning.starts_with(&format!("is read as any JSON value: `{rule}` restricts")), "{warning}");
        }
    }
}

#[test]
fn a_rule_that_the_parts_of_a_schema_leave_out_is_a_warning() {
    for (schema, name, warning) in [
        (
            json!({ "allOf": [{ "minLength": 1 }, { "type": "integer" }] }),
            "i64",
            "`minLength` says nothing of the type `integer`; it is left out",
        ),
        (
            json!({ "type": "string", "allOf": [{ "minLength": 1 }, { "minLength": 2 }] }),
            "HeldResponseN",
            "of two `minLength`, the client reads 1 and leaves 2 out",
        ),
        (
            json!({ "allOf": [{ "$ref": "#/components/schemas/Any" }, { "properties": { "c": { "type": "string" } } }] }),
            "::serde_json::Value",
            "is read as any JSON value: its part `Any` is, because several branches of the choice fit any object",
        ),
    ] {
        let vague = json!({ "anyOf": [
            { "type": "object", "properties": { "a": { "type": "string" } } },
            { "type": "object", "properties": { "b": { "type": "string" } } }
        ] });
        let (found, warnings) = warned(&schema, &json!({ "Any": vague }));
        assert_eq!(found, name, "{schema}: {warnings:?}");
        assert!(warnings.iter().any(|said| said == warning), "{schema}: {warnings:?}");
    }
}
