//! The drift check on random documents: equal documents are equal, changes that matter are found, and nothing panics.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use serde_json::{Value, json};
use xtask::drift::{self, Drift};
use xtask::{load, overlay};

use crate::random::{excerpt, somewhere};
use crate::size::sized;

/// How many changes one run tries, and how many with `TEST_SIZE=full`. Their seeds are the numbers from 0 on, so a failure
/// can be repeated.
const CHANGES: [u64; 2] = [40, 200];

fn read(path: impl AsRef<Path>) -> Option<Value> {
    let path = path.as_ref();
    path.exists().then(|| load::document(path).unwrap().value)
}

fn bundled() -> Value {
    read("../spec/deepgram-management-openapi.yml").unwrap()
}

fn effective() -> Value {
    let corrections = load::document(Path::new("../spec/overlay.yaml")).unwrap();
    overlay::apply(bundled(), &corrections).unwrap()
}

/// The project's documents, and the vendor's where it is at hand.
fn documents() -> Vec<Value> {
    [Some(bundled()), Some(effective()), read("../../shared/vendor/openapi.yml")].into_iter().flatten().collect()
}

fn drift(base: &Value, revision: &Value) -> Drift {
    drift::compare(base, revision, &[])
}

/// A value that does not belong where it is put.
fn junk(rng: &mut Rng) -> Value {
    let values = [
        json!(null),
        json!(-1.5),
        json!(true),
        json!("null"),
        json!([]),
        json!({}),
        json!([null, 1, "a", {}, []]),
        json!({ "type": ["string", 3, null] }),
        json!({ "enum": "a", "const": null, "required": [1], "properties": [], "items": [{}], "allOf": {} }),
        json!({ "oneOf": [{}, null, 3], "anyOf": [{ "oneOf": [{ "anyOf": [true, false] }] }] }),
        json!({ "allOf": [{ "$ref": "#" }, { "$ref": "#/paths" }, { "$ref": "#/components/schemas" }] }),
        json!({ "$ref": "#" }),
        json!({ "$ref": 7 }),
        json!({ "$ref": "#/components/schemas/Project" }),
        json!({ "$ref": "elsewhere.yaml#/a" }),
        json!({ "content": null, "schema": 3, "headers": [], "in": "path", "name": "é{}" }),
        json!({ "": { "": "" }, "x-": 1, "200": [], "default": 3, "2XX": {}, "é": {} }),
        json!("{}{{é}"),
        json!({ "minimum": "1", "maximum": 1e308, "maxLength": -1, "pattern": 3, "nullable": "yes" }),
    ];
    values[rng.usize(..values.len())].clone()
}

fn mutate(document: &mut Value, rng: &mut Rng) {
    let copied = somewhere(document, rng).clone();
    let place = somewhere(document, rng);
    match (rng.u8(..4), place) {
        (0, Value::Object(members)) if !members.is_empty() => {
            let key = members.keys().nth(rng.usize(..members.len())).unwrap().clone();
            let value = members.shift_remove(&key).unwrap();
            let new = ["$ref", "allOf", "oneOf", "items", "properties", "é", "{a}", "200", "parameters"];
            members.insert(new[rng.usize(..new.len())].to_owned(), value);
        }
        (1, place) => *place = copied,
        (_, place) => *place = junk(rng),
    }
}

#[test]
fn a_document_differs_in_nothing_from_itself() {
    let mut all = documents();
    let folder = PathBuf::from("../../shared/drift-cases/pairs");
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        all.extend(read(entry.unwrap().path()));
    }
    for (index, document) in all.iter().enumerate() {
        let drift = drift(document, document);
        assert!(drift.findings.is_empty(), "{index}: {:#?}", drift.findings);
    }
}

#[test]
fn no_change_at_random_panics_and_a_changed_document_differs_in_nothing_from_itself() {
    let documents = documents();
    for seed in 0..sized(CHANGES[1], CHANGES[0]) {
        let mut rng = Rng::with_seed(seed);
        let base = excerpt(&documents[rng.usize(..documents.len())], &mut rng);
        let mut revision = base.clone();
        for _ in 0..rng.usize(1..=8) {
            mutate(&mut revision, &mut rng);
        }
        drift(&base, &revision);
        drift(&revision, &base);
        let same = drift(&revision, &revision);
        assert!(same.findings.is_empty(), "seed {seed}: {:#?}", same.findings);
    }
}

#[test]
fn any_value_in_any_place_is_compared_without_a_panic() {
    let base = json!({
        "openapi": "3.1.0", "info": { "title": "T", "version": "1" }, "servers": [{ "url": "/" }],
        "security": [{ "a": ["b"] }], "tags": [{ "name": "t" }],
        "paths": { "/a/{b}": { "parameters": [{ "name": "b", "in": "path", "schema": { "type": "string" } }],
            "post": { "operationId": "o", "requestBody": { "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/S" } } } },
                "responses": { "200": { "headers": { "H": { "schema": { "type": "string" } } },
                    "content": { "application/json": { "schema": { "$ref": "#/components/schemas/S" } } } } } } } },
        "components": { "securitySchemes": { "a": { "type": "http", "scheme": "bearer" } },
            "schemas": { "S": { "type": "object", "required": ["a"], "properties": {
                "a": { "oneOf": [{ "type": "object", "properties": { "x": { "type": "string" } } }, { "type": "null" },
                    { "type": "string", "enum": ["v"] }] },
                "b": { "type": "array", "items": { "$ref": "#/components/schemas/S" } },
                "c": { "allOf": [{ "type": "object", "additionalProperties": { "type": "integer", "maximum": 3 } }] } }
            } } }
    });
    let mut places = Vec::new();
    pointers(&base, String::new(), &mut places);
    for place in places {
        for seed in 0..19 {
            let mut revision = base.clone();
            *revision.pointer_mut(&place).unwrap() = junk(&mut Rng::with_seed(seed));
            drift(&base, &revision);
            drift(&revision, &base);
            assert!(drift(&revision, &revision).findings.is_empty(), "{place} {revision}");
        }
    }
}

fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
    let escaped = |key: &str| key.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, child)| pointers(child, format!("{at}/{}", escaped(key)), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, child)| pointers(child, format!("{at}/{index}"), found));
        }
        _ => {}
    }
    found.push(at);
}

/// The parts that operations hold and refer to, by pointer.
fn used(document: &Value) -> Vec<String> {
    let (mut next, mut seen, mut found) = (vec!["/paths".to_owned()], BTreeSet::new(), Vec::new());
    while let Some(at) = next.pop() {
        if !seen.insert(at.clone()) {
            continue;
        }
        let mut below = Vec::new();
        pointers(document.pointer(&at).unwrap(), at, &mut below);
        for place in below {
            let value = document.pointer(&place).unwrap();
            if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
                next.push(reference.trim_start_matches('#').to_owned());
            }
            found.push(place);
        }
    }
    found
}

/// Whether it is part of a header parameter that OpenAPI leaves to other parts of the document, or of a schema in place of
/// which the client reads another one.
fn is_left_out(document: &Value, place: &str) -> bool {
    let parents = place.match_indices('/').map(|(index, _)| &place[..index]).chain([place]);
    parents.filter_map(|parent| document.pointer(parent)).any(|value| {
        let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
        let header = ["Authorization", "Accept", "Content-Type"].contains(&name);
        value.get("in").is_some_and(|at| at == "header") && header || value.get("x-client-type").is_some()
    })
}

/// One change of the model; `None` where this place does not take it.
fn changed(document: &Value, place: &str, rng: &mut Rng) -> Option<(Value, &'static str)> {
    let mut changed = document.clone();
    let value = changed.pointer_mut(place)?;
    let parent = place.rsplit('/').nth(1).unwrap_or_default();
    let members = value.as_object_mut()?;
    let is_schema = members.contains_key("type") && !members.contains_key("in") && parent != "securitySchemes";
    if !is_schema {
        let what = if members.contains_key("responses") {
            let added = json!({ "name": "added", "in": "query", "schema": { "type": "string" } });
            match rng.u8(..3) {
                0 => members.get_mut("responses")?.as_object_mut()?.insert("299".to_owned(), json!({})),
                1 => members.insert("description".to_owned(), json!("another")),
                _ => {
                    let list = members.entry("parameters").or_insert_with(|| json!([]));
                    list.as_array_mut()?.push(added);
                    None
                }
            };
            "an operation"
        } else if members.get("in").is_some_and(|place| place == "query") {
            members.insert("name".to_owned(), json!("another"));
            "a parameter"
        } else {
            return None;
        };
        return Some((changed, what));
    }
    let is_text = members["type"] == "string";
    let is_object = members["type"] == "object";
    let what = match rng.u8(..8) {
        0 => {
            let other = if is_text { "boolean" } else { "string" };
            members.insert("type".to_owned(), json!(other));
            members.shift_remove("enum");
            "type"
        }
        1 if is_text => {
            members.insert("enum".to_owned(), json!(["one that is new"]));
            "enum"
        }
        2 if is_text => {
            members.insert("pattern".to_owned(), json!("^new$"));
            "pattern"
        }
        3 if is_text => {
            members.insert("maxLength".to_owned(), json!(1234));
            "a bound"
        }
        4 if is_text => {
            members.insert("format".to_owned(), json!("ipv6"));
            "format"
        }
        5 => {
            members.insert("default".to_owned(), json!("new"));
            "default"
        }
        6 if is_object => {
            members.entry("required").or_insert_with(|| json!([])).as_array_mut()?.push(json!("new"));
            "required"
        }
        7 if is_object => {
            let properties = members.entry("properties").or_insert_with(|| json!({}));
            properties.as_object_mut()?.insert("new".to_owned(), json!({}));
            "a property"
        }
        _ => {
            members.insert("description".to_owned(), json!("another"));
            "description"
        }
    };
    Some((changed, what))
}

#[test]
fn a_change_of_what_an_operation_uses_is_never_passed_over() {
    let mut kinds = BTreeSet::new();
    // The vendor's document is many times as large.
    for (document, tries) in documents().into_iter().zip(sized([150, 150, 5], [40, 40, 1])) {
        let places = used(&document);
        let (mut rng, mut tried) = (Rng::with_seed(7), 0);
        while tried < tries {
            let place = &places[rng.usize(..places.len())];
            if is_left_out(&document, place) {
                continue;
            }
            let Some((changed, what)) = changed(&document, place, &mut rng) else { continue };
            tried += 1;
            kinds.insert(what);
            for (base, revision) in [(&document, &changed), (&changed, &document)] {
                let drift = drift(base, revision);
                assert!(
                    !drift.findings.is_empty(),
                    "{what} at {place} is not seen: {:#} -> {:#}",
                    document.pointer(place).unwrap(),
                    changed.pointer(place).unwrap()
                );
            }
        }
    }
    assert_eq!(kinds.len(), 11, "{kinds:?}");
}

/// The same document with keys and parameters in another order.
fn shuffled(value: &Value, rng: &mut Rng) -> Value {
    match value {
        Value::Object(members) => {
            let mut entries: Vec<_> = members.iter().map(|(key, value)| (key.clone(), shuffled(value, rng))).collect();
            rng.shuffle(&mut entries);
            for (key, value) in &mut entries {
                if let (true, Value::Array(items)) = (key == "parameters", value) {
                    rng.shuffle(items);
                }
            }
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(|item| shuffled(item, rng)).collect(),
        other => other.clone(),
    }
}

/// Findings without what depends on an index in a list.
fn said(drift: &Drift) -> BTreeSet<String> {
    let findings = drift.findings.iter();
    findings
        .map(|finding| {
            let (rule, place, subject) = (finding.rule.id, &finding.place, &finding.subject);
            let mut names: Vec<&str> = subject.split(", ").collect();
            names.sort_unstable();
            format!("{rule} {place} {names:?} {:?} {:?} {:?}", finding.old, finding.new, finding.operations)
        })
        .collect()
}

#[test]
fn the_order_of_keys_and_of_parameters_is_of_no_consequence() {
    let documents = documents();
    for seed in 0..12 {
        let mut rng = Rng::with_seed(seed);
        let base = &documents[rng.usize(..documents.len())];
        let other = shuffled(base, &mut rng);
        assert!(drift(base, &other).findings.is_empty(), "seed {seed}: {:#?}", drift(base, &other).findings);
    }
    let (base, revision) = (&documents[1], documents.last().unwrap());
    let expected = said(&drift(base, revision));
    for seed in 0..4 {
        let mut rng = Rng::with_seed(seed);
        let found = said(&drift(&shuffled(base, &mut rng), &shuffled(revision, &mut rng)));
        let only: Vec<_> = found.symmetric_difference(&expected).collect();
        assert!(only.is_empty(), "seed {seed}: {only:#?}");
    }
}
