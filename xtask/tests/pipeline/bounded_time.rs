//! Rejects documents of few lines that ask for more than any machine can hold, and reads large ones in time.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::size::sized;

/// Far more than any of these needs in a debug build on a busy machine, far less than a run-away would take.
fn limit() -> Duration {
    Duration::from_secs(sized(120, 30))
}

/// A client of `document`, made on a stack of its own within the limit.
fn client(name: &str, document: Value) -> Result<xtask::polish::Modules> {
    let start = Instant::now();
    let work = thread::Builder::new().stack_size(xtask::STACK).spawn(move || xtask::client(&document)).unwrap();
    while !work.is_finished() {
        assert!(start.elapsed() < limit(), "{name} takes more than {:?}", limit());
        thread::sleep(Duration::from_millis(5));
    }
    work.join().expect("no panic")
}

fn to(name: impl std::fmt::Display) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn object(property: &str) -> Value {
    json!({ "type": "object", "required": [property], "properties": { property: { "type": "string" } } })
}

/// A document whose one operation returns the schema `root`.
fn document_with(root: &str, schemas: impl IntoIterator<Item = (String, Value)>) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "T", "version": "1" },
        "paths": { "/a": { "get": {
            "operationId": "a",
            "responses": { "200": { "content": { "application/json": { "schema": to(root) } } } }
        } } },
        "components": { "schemas": schemas.into_iter().collect::<Map<_, _>>() }
    })
}

/// Sixty schemas, each of which is the one before it twice: 2⁶⁰ in all.
fn doubled(twice: impl Fn(Value) -> Value) -> Value {
    let levels = (1..=60).map(|n| (format!("S{n}"), twice(to(format!("S{}", n - 1)))));
    document_with("S60", std::iter::once(("S0".to_owned(), object("p"))).chain(levels))
}

/// A schema whose parts are choices.
fn combined(choices: usize, branches: usize) -> Value {
    let branch = |choice| move |branch| object(&format!("p{choice}x{branch}"));
    let parts: Vec<Value> =
        (0..choices).map(|choice| json!({ "oneOf": (0..branches).map(branch(choice)).collect::<Vec<_>>() })).collect();
    document_with("S", [("S".to_owned(), json!({ "allOf": parts }))])
}

#[test]
fn what_multiplies_beyond_bounds_is_rejected_at_its_place() {
    let of_many = |keyword: &str, many: Vec<Value>| document_with("S", [("S".to_owned(), json!({ keyword: many }))]);
    let parts = (0..5_000).map(|_| to("P")).collect();
    let mut wide = of_many("allOf", parts);
    wide["components"]["schemas"]["P"] = object("p");
    let branches = (0..1_001).map(|n| object(&format!("p{n}"))).collect();
    let mut parameters = document_with("S", [("S".to_owned(), object("p"))]);
    for n in 0..2_000 {
        let query = (0..10).map(|p| json!({ "name": format!("q{p}"), "in": "query", "schema": { "type": "string" } }));
        parameters["paths"][format!("/p{n}")] = json!({ "parameters": query.collect::<Vec<_>>(), "get": {} });
    }
    let chain = (0..10_000).map(|n| (format!("S{n}"), to(format!("S{}", n + 1))));
    let chain = chain.chain([("S10000".to_owned(), object("p"))]);
    for (name, document, said) in [
        (
            "a diamond of allOf",
            doubled(|of| json!({ "allOf": [of, of] })),
            "#/components/schemas/S9: merged from more than 1000 schemas",
        ),
        ("many parts", wide, "#/components/schemas/S: merged from more than 1000 schemas"),
        (
            "combined choices",
            combined(12, 2),
            "#/components/schemas/S: the choices among its parts have more than 16 combinations",
        ),
        ("many branches", of_many("oneOf", branches), "#/components/schemas/S/oneOf: more than 1000 branches"),
        ("shared parameters", parameters, "#/paths/~1p1500/get: more than 15000 parameters"),
        ("a chain of references", document_with("S0", chain), "#/components/schemas/S5000: more than 5000 schemas"),
    ] {
        let error = format!("{:#}", client(name, document).expect_err(name));
        assert!(error.starts_with(said), "{name}: {error}");
    }
}

#[test]
fn what_is_only_large_is_generated_in_time() {
    let (many, groups) = sized((50_000, 3), (10_000, 1));
    let values: Vec<String> = (0..many).map(|n| format!("v{n}")).collect();
    let group = |n: usize| {
        let properties = (0..1_000).map(|p| (format!("p{}", n * 1_000 + p), object("q"))).collect::<Map<_, _>>();
        (format!("G{n}"), json!({ "type": "object", "properties": properties }))
    };
    let members: Map<_, _> = (0..groups).map(|n| (format!("g{n}"), to(format!("G{n}")))).collect();
    let root = ("S".to_owned(), json!({ "type": "object", "properties": members }));
    for (name, document, expected) in [
        (
            "an enum",
            document_with("S", [("S".to_owned(), json!({ "type": "string", "enum": values }))]),
            &*format!("V{}", many - 1),
        ),
        ("a diamond of oneOf", doubled(|of| json!({ "oneOf": [of, of] })), "S60"),
        ("a diamond of anyOf", doubled(|of| json!({ "anyOf": [of, of] })), "S60"),
        (
            "a diamond of properties",
            doubled(|of| json!({ "type": "object", "properties": { "l": of, "r": of } })),
            "struct S60",
        ),
        ("combined choices", combined(3, 2), "S"),
        (
            "types in types",
            document_with("S", (0..groups).map(group).chain([root])),
            &*format!("struct G{}P{}", groups - 1, groups * 1_000 - 1),
        ),
    ] {
        let modules = client(name, document).unwrap_or_else(|error| panic!("{name}: {error:#}"));
        let text = format!("{}{}", modules.types, modules.operations);
        assert!(text.contains(expected), "{name}: `{expected}` is not there");
    }
}
