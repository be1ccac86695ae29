//! The drift check on documents that are made to take long: its time grows with the document, whatever it holds.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use xtask::drift::{self, Drift};

/// A document with one response of this schema.
fn document_with(schema: &Value, schemas: &Value) -> Value {
    let response = json!({ "200": { "content": { "application/json": { "schema": schema } } } });
    json!({ "openapi": "3.1.0", "paths": { "/a": { "get": { "responses": response } } },
            "components": { "schemas": schemas } })
}

/// Compares within a time that only what is not linear exceeds.
fn timed(what: &str, base: &Value, revision: &Value) -> Drift {
    let started = Instant::now();
    let drift = drift::compare(base, revision, &[]);
    assert!(started.elapsed() < Duration::from_secs(20), "{what}: {:?}", started.elapsed());
    drift
}

fn named(name: impl std::fmt::Display) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

#[test]
fn what_is_made_to_take_long_does_not() {
    // Each schema is made of the next twice: 2^60 parts, if each were read each time.
    let doubled = |leaf: &str| {
        let mut schemas: Map<String, Value> = (0..60)
            .map(|i| {
                (format!("S{i}"), json!({ "allOf": [named(format!("S{}", i + 1)), named(format!("S{}", i + 1))] }))
            })
            .collect();
        schemas.insert("S60".to_owned(), json!({ "type": leaf }));
        document_with(&named("S0"), &schemas.into())
    };
    let found = timed("parts that share parts", &doubled("string"), &doubled("integer"));
    assert!(found.findings.iter().any(|finding| finding.rule.id == "response-type-changed"));

    // Alternatives that hold the same alternatives: 20 × 20 trials, each of which holds as many.
    let choices = |leaf: &str| {
        let branches: Vec<Value> = (0..20)
            .map(|i| {
                let name = format!("{leaf}{i}");
                json!({ "type": "object", "required": [name], "properties": { name: { "type": "string" }, "next": named("T") } })
            })
            .collect();
        document_with(&named("T"), &json!({ "T": { "oneOf": branches } }))
    };
    assert!(!timed("alternatives of alternatives", &choices("a"), &choices("b")).findings.is_empty());

    let many = |extra: &str| {
        let values: Vec<String> = (0..20_000).map(|i| format!("{extra}{i}")).collect();
        document_with(&json!({ "type": "string", "enum": values }), &json!({}))
    };
    assert_eq!(timed("many values", &many("a"), &many("b")).findings.len(), 40_000);

    let chain = |leaf: &str| {
        let mut schemas: Map<String, Value> =
            (0..5000).map(|i| (format!("S{i}"), json!({ "allOf": [named(format!("S{}", i + 1))] }))).collect();
        schemas.insert("S5000".to_owned(), json!({ "type": leaf }));
        document_with(&named("S0"), &schemas.into())
    };
    let found = timed("a chain of parts", &chain("string"), &chain("integer"));
    assert!(!found.diagnostics.0.is_empty(), "what is too deep to be read is said");

    // Alternatives that are each one of all the others, and null somewhere among them.
    let mutual = |leaf: &str| {
        let all: Vec<Value> = (0..8).map(|i| named(format!("S{i}"))).chain([json!({ "type": leaf })]).collect();
        let schemas: Map<String, Value> =
            (0..8).map(|i| (format!("S{i}"), json!({ "title": format!("{leaf}{i}"), "anyOf": all }))).collect();
        document_with(&named("S0"), &schemas.into())
    };
    assert!(!timed("alternatives of each other", &mutual("string"), &mutual("integer")).findings.is_empty());

    let mut deep = (json!({ "type": "string" }), json!({ "type": "integer" }));
    for _ in 0..100 {
        deep = (json!({ "items": deep.0, "type": "array" }), json!({ "items": deep.1, "type": "array" }));
    }
    assert!(
        !timed("lists of lists", &document_with(&deep.0, &json!({})), &document_with(&deep.1, &json!({})))
            .findings
            .is_empty()
    );
}
