//! For every response: a recording has equal findings and no value, and a document with the suggestion needs no other.

use probe::{Content, Document, Exchange, Finding, Format, Kind, Walk};
use serde_json::Value;
use xtask::{load, overlay};

use crate::recordings::recorded;
use crate::scene::{effective, findings, spec};

/// How many responses are made up for each operation, and in how many rounds.
const RESPONSES: usize = 4;
const ROUNDS: u64 = 2;

const JSON: Option<&str> = Some("application/json");

fn documents() -> [Value; 2] {
    let bundled = load::document(&spec("deepgram-management-openapi.yml")).unwrap().value;
    let corrections = load::document(&spec("overlay.yaml")).unwrap();
    [bundled.clone(), overlay::apply(bundled, &corrections).unwrap()]
}

/// The names of all properties of a document.
fn names(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(
                members.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(k, _)| k.clone()),
            );
            members.values().for_each(|value| names(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

fn made_up(random: &mut fastrand::Rng, names: &[String], depth: usize) -> Value {
    let n = random.u32(1000..);
    match random.u8(if depth == 0 { 0..9 } else { 0..14 }) {
        0 => Value::Null,
        1 => random.bool().into(),
        2 => n.into(),
        3 => (f64::from(n) + 0.5).into(),
        4 => f64::from(n).into(),
        5 => format!("hush {n}").into(),
        6 => format!("hush{n}@example.com").into(),
        7 => "2024-10-16T01:02:03Z".into(),
        8 => "2024-10-16".into(),
        9..11 => (0..random.usize(..3)).map(|_| made_up(random, names, depth - 1)).collect(),
        _ => {
            let key = |random: &mut fastrand::Rng| match random.u8(..8) {
                0 => format!("hush-{n}"),
                1 => "shade".to_owned(),
                _ => random.choice(names).unwrap().clone(),
            };
            let members = (0..random.usize(..6)).map(|_| (key(random), made_up(random, names, depth - 1)));
            Value::Object(members.collect())
        }
    }
}

/// The differences that no document can allow.
fn is_beyond_documents(finding: &Finding) -> bool {
    let is_none = ["no JSON", "no media type"].contains(&finding.field.as_str());
    is_none || matches!(finding.kind, Kind::LostField | Kind::Undecodable)
}

#[test]
fn a_replay_finds_the_same_and_a_suggestion_leaves_nothing_to_suggest() {
    let shipped = effective();
    for (round, value) in (0..ROUNDS).flat_map(|round| documents().map(|document| (round, document))) {
        let mut random = fastrand::Rng::with_seed(round);
        let mut known = Vec::new();
        names(&value, &mut known);
        let document = Document::new(value.clone()).unwrap();
        let exchange = |path: &str, random: &mut fastrand::Rng| Exchange {
            path: path.to_owned(),
            provoked: false,
            status: *random.choice(&[200, 200, 200, 201, 400, 500]).unwrap(),
            content_type: random.choice(&[JSON, JSON, JSON, Some("text/html"), None]).unwrap().map(ToOwned::to_owned),
            content: match random.u8(..10) {
                0 => Content::Nothing,
                1 => Content::Other,
                _ => Content::Json(made_up(random, &known, 5)),
            },
        };
        let paths = shipped.operations().iter().flat_map(|operation| [operation.path.as_str(); RESPONSES]);
        let walk = Walk { exchanges: paths.map(|path| exchange(path, &mut random)).collect(), ..Walk::default() };
        let judge = |walk: &Walk, document: &Document| probe::judge(walk, document, &shipped).unwrap();

        let outcome = judge(&walk, &document);
        let (text, replayed) = recorded(&walk, &document);
        assert_eq!(findings(&judge(&replayed, &document)), findings(&outcome), "round {round}");

        let suggested = probe::overlay(&outcome.findings, &document).unwrap().unwrap();
        for printed in [&text, &suggested.to_string(), &outcome.report(Format::Json), &outcome.report(Format::Text)] {
            assert!(!printed.contains("hush") && !printed.contains("2024"), "round {round}: {printed}");
        }
        let suggested = load::parse("suggested.json", suggested.to_string().as_bytes()).unwrap();
        let mended = Document::new(overlay::apply(value, &suggested).unwrap()).unwrap();
        let left = judge(&walk, &mended).findings;
        let left: Vec<_> = left.iter().filter(|finding| !is_beyond_documents(finding)).collect();
        assert!(left.is_empty(), "round {round}: {left:#?}");
    }
}
