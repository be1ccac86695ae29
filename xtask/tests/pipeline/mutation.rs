//! Documents changed at random: the pipeline turns each into a client or an error with a pointer, never a panic.

use std::collections::BTreeMap;
use std::path::Path;

use fastrand::Rng;
use serde_json::{Value, json};
use xtask::{client, load};

use crate::random::{excerpt, somewhere};
use crate::size::sized;

/// How many documents one run tries. Their seeds are the numbers from 0 on, so a failure can be repeated.
fn documents() -> usize {
    sized(1500, 150)
}

fn read(path: &str) -> Option<Value> {
    let path = Path::new(path);
    path.exists().then(|| load::document(path).unwrap().value)
}

fn junk(rng: &mut Rng) -> Value {
    let schemas = [
        json!(null),
        json!(0),
        json!(-1.5),
        json!(true),
        json!(""),
        json!("null"),
        json!([]),
        json!({}),
        json!({ "type": "null" }),
        json!({ "type": ["string", "integer", "null"] }),
        json!({ "const": 1.5 }),
        json!({ "enum": ["a", "A", "a-", null, 3] }),
        json!({ "anyOf": [{ "type": "string", "enum": ["x"] }, { "type": "string" }] }),
        json!({ "oneOf": [{}, {}] }),
        json!({ "oneOf": [{ "type": "object" }, { "type": "object", "properties": { "a": { "type": "string" } } }] }),
        json!({ "allOf": [{ "type": "string" }, { "type": "integer" }] }),
        json!({ "type": "object", "properties": { "a": true }, "additionalProperties": true }),
        json!({ "type": "object", "required": ["missing"], "additionalProperties": false }),
        json!({ "type": "string", "default": 7, "minLength": 9, "maxLength": 1, "pattern": "(" }),
        json!({ "type": "integer", "minimum": 5, "maximum": -5, "default": 1 }),
        json!({ "type": "array", "uniqueItems": true, "items": { "type": "number" }, "default": [1, 1] }),
        json!({ "prefixItems": [{ "type": "string" }] }),
        json!({ "$ref": "#/components/schemas/Project" }),
        json!({ "$ref": "#/components/schemas/Error" }),
        json!({ "$ref": "#/paths" }),
        json!({ "$ref": "#" }),
        json!({ "$ref": 7 }),
        json!({ "200": { "description": "d" }, "default": { "content": { "application/json": {} } } }),
        json!([{ "name": "type", "in": "query", "schema": { "type": "string" } }]),
        json!("café \u{1F600} \" \\ */ \u{0} {"),
    ];
    schemas[rng.usize(..schemas.len())].clone()
}

fn mutate(document: &mut Value, rng: &mut Rng) {
    let copied = somewhere(document, rng).clone();
    let place = somewhere(document, rng);
    match (rng.u8(..5), place) {
        (0, Value::Object(members)) if !members.is_empty() => {
            let key = members.keys().nth(rng.usize(..members.len())).unwrap().clone();
            members.shift_remove(&key);
        }
        (1, Value::Object(members)) if !members.is_empty() => {
            let key = members.keys().nth(rng.usize(..members.len())).unwrap().clone();
            let value = members.shift_remove(&key).unwrap();
            let new = ["type", "", "Self", "200", "a b", "é", "{}", "$ref", "allOf"][rng.usize(..9)];
            members.insert(new.to_owned(), value);
        }
        (2, place) => *place = copied,
        (_, place) => *place = junk(rng),
    }
}

#[test]
fn a_document_changed_at_random_generates_or_is_an_error_and_never_a_panic() {
    let bases: Vec<Value> = ["../spec/deepgram-management-openapi.yml", "../../shared/vendor/openapi.yml"]
        .into_iter()
        .filter_map(read)
        .collect();
    let mut outcomes = BTreeMap::<&str, usize>::new();
    for seed in 0..documents() {
        let mut rng = Rng::with_seed(u64::try_from(seed).unwrap());
        let mut document = excerpt(&bases[rng.usize(..bases.len())], &mut rng);
        for _ in 0..rng.usize(1..=2) {
            mutate(&mut document, &mut rng);
        }
        let outcome = match client(&document) {
            Ok(_) => "generated",
            Err(error) => {
                let error = format!("{error:#}");
                assert!(error.starts_with('#'), "seed {seed}: an error without a place: {error}");
                // The generator's own errors are caught with the place that causes them.
                if error.contains("progenitor panicked") {
                    "rejected: progenitor panicked inside"
                } else if error.contains("progenitor: ") {
                    "rejected by progenitor"
                } else {
                    "rejected with a pointer"
                }
            }
        };
        *outcomes.entry(outcome).or_default() += 1;
    }
    println!("{} documents: {outcomes:?}", documents());
    // Of the rest, most lack the version of OpenAPI, or have a mapping where a name stands.
    assert!(
        10 * outcomes["generated"] > 6 * documents() && 15 * outcomes["rejected with a pointer"] > documents(),
        "{outcomes:?}"
    );
}
