//! The source verdict about the parts of two documents that differ is that about the whole documents.

use std::path::Path;

use fastrand::Rng;
use serde_json::{Value, json};
use xtask::document::parts;
use xtask::lower::Lowered;
use xtask::rust_api::{self, ApiDiff, PublicApi};
use xtask::{load, overlay, pipeline};

use crate::size::sized;

/// How many changed documents one run tries. Their seeds are the numbers from 0 on, so a failure can be repeated.
fn documents() -> usize {
    sized(200, 12)
}

fn effective() -> Value {
    let [document, corrections] = ["../spec/deepgram-management-openapi.yml", "../spec/overlay.yaml"]
        .map(|path| load::document(Path::new(path)).unwrap());
    overlay::apply(document.value, &corrections).unwrap()
}

/// A document with some of its paths.
fn excerpt(document: &Value, rng: &mut Rng) -> Value {
    let mut excerpt = document.clone();
    excerpt["paths"].as_object_mut().unwrap().retain(|_, _| rng.u8(..3) == 0);
    excerpt
}

fn any_key(members: &Value, rng: &mut Rng) -> Option<String> {
    rng.choice(members.as_object()?.keys()).cloned()
}

/// A change that a newer version of a document may have.
fn change(document: &mut Value, rng: &mut Rng) -> Option<()> {
    let schemas = &document["components"]["schemas"];
    let (name, other) = (any_key(schemas, rng)?, any_key(schemas, rng)?);
    let property = any_key(&schemas[&name]["properties"], rng);
    let path = any_key(&document["paths"], rng)?;
    let schema = &mut document["components"]["schemas"][&name];
    let changed = match rng.u8(..8) {
        0 => return document["paths"].as_object_mut()?.shift_remove(&path).map(drop),
        1 => {
            let operation = document["paths"][&path].as_object_mut()?.values_mut().find(|it| it.is_object())?;
            let id = operation["operationId"].as_str()?;
            operation["operationId"] = format!("{id}_again").into();
            return Some(());
        }
        2 => {
            let copy = document["paths"][&path].clone();
            let ids = |text: String| text.replace("\"operationId\":\"", "\"operationId\":\"other_");
            document["paths"][format!("/other{path}")] = serde_json::from_str(&ids(copy.to_string())).ok()?;
            return Some(());
        }
        3 => return schema["properties"].as_object_mut()?.shift_remove(&property?).map(drop),
        4 => json!({ "type": "boolean" }),
        5 => json!({ "$ref": format!("#/components/schemas/{other}") }),
        6 => json!({ "type": "object", "properties": { "name": { "type": "string" } } }),
        _ => json!({ "type": "string", "description": "Another" }),
    };
    schema["properties"].as_object_mut()?.insert(property?, changed);
    Some(())
}

/// The client of a part of a lowered document; `None` where there is none.
fn api(document: &Value, lowered: &Lowered, part: &Value) -> Option<PublicApi> {
    pipeline::public_api(document, lowered, part).ok()
}

/// The verdict about two documents by their parts, that by all they have, and whether the parts are smaller; `None` where
/// one of the documents has no client.
fn verdicts(base: &Value, revision: &Value) -> Option<([String; 2], bool)> {
    let [old, new] = [base, revision].map(|document| pipeline::prepare(document).ok());
    let (old, new) = (old?, new?);
    let lines = |diff: &ApiDiff| serde_json::to_string_pretty(diff).unwrap();
    let whole = rust_api::compare(&api(base, &old, &old.document)?, &api(revision, &new, &new.document)?);
    let parts = parts::changed(&old.document, &new.document);
    let [old_api, new_api] = [(base, &old, &parts[0]), (revision, &new, &parts[1])]
        .map(|(document, lowered, part)| api(document, lowered, part).expect("a client of the part, as of the whole"));
    let is_smaller = parts[0]["paths"].as_object()?.len() < old.document["paths"].as_object()?.len();
    Some(([lines(&rust_api::compare(&old_api, &new_api)), lines(&whole)], is_smaller))
}

#[test]
fn parts_that_are_equal_decide_nothing() {
    let effective = effective();
    let (mut compared, mut smaller) = (0, 0);
    for seed in 0..documents() {
        let mut rng = Rng::with_seed(seed as u64);
        let base = excerpt(&effective, &mut rng);
        let mut revision = base.clone();
        for _ in 0..rng.usize(1..=3) {
            change(&mut revision, &mut rng);
        }
        let Some(([parts, whole], is_smaller)) = verdicts(&base, &revision) else { continue };
        assert_eq!(parts, whole, "seed {seed}");
        compared += 1;
        smaller += usize::from(is_smaller);
    }
    // Else the changes were not those of newer versions.
    assert!(compared * 4 > documents() * 3 && smaller * 2 > compared, "{compared} compared, {smaller} smaller");
}

#[test]
fn equal_parts_of_the_labelled_pairs_decide_nothing() {
    let folder = Path::new("../../shared/drift-cases/pairs");
    let Ok(entries) = folder.read_dir() else {
        println!("the labelled pairs are not at hand");
        return;
    };
    let mut bases: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    bases.retain(|path| path.to_string_lossy().ends_with(".base.json"));
    bases.sort();
    let read = |path: &Path| load::document(path).ok().map(|document| document.value);
    let mut compared = 0;
    for base in bases.iter().step_by(sized(1, 12)) {
        let name = base.display();
        let revision = base.to_string_lossy().replace(".base.json", ".rev.json");
        let (Some(base), Some(revision)) = (read(base), read(Path::new(&revision))) else { continue };
        let Some(([parts, whole], _)) = verdicts(&base, &revision) else { continue };
        assert_eq!(parts, whole, "{name}");
        compared += 1;
    }
    assert!(compared > 0);
    println!("{compared} of {} pairs have two clients", bases.len());
}
