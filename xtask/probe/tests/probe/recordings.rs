//! Recordings: the findings of the responses that they were made from, and none of their values.

use std::collections::BTreeSet;

use deepgram_mgmt_sandbox::Sandbox;
use deepgram_mgmt_sandbox::seed;
use probe::{Content, Document, Exchange, Outcome, Walk};
use serde_json::{Value, json};
use xtask::load;

use crate::scene::{bundled, effective, findings, probed, spec};

#[tokio::test]
async fn a_replay_has_the_findings_and_no_value_of_the_responses() {
    for document in [bundled(), effective()] {
        let sandbox = Sandbox::start_live().await.unwrap();
        let (walk, outcome) = probed(&sandbox.base_url(), &document).await;
        let (text, replayed) = recorded(&walk, &document);

        let again = probe::judge(&replayed, &document, &effective()).unwrap();
        assert_eq!(findings(&again), findings(&outcome));
        assert_eq!((again.succeeded, again.skipped), (outcome.succeeded, outcome.skipped));

        let (before, after) = (values(&walk), values(&replayed));
        assert!(before.len() > 60, "{before:?}");
        // A recording keeps the values that the document itself lists.
        let listed = listed();
        let survivors: Vec<_> = before.intersection(&after).filter(|value| !listed.contains(*value)).collect();
        assert!(survivors.is_empty(), "{survivors:?}");
        for private in [
            seed::API_KEY,
            seed::PROJECT_ID,
            "ada@example.com",
            "Lovelace",
            "Example Inc",
            "seeded",
            "German",
            "thalia",
            // Ids and tags are keys, too.
            seed::LINE_ITEM,
            "\"de\"",
            "\"smart_format\"",
            &sandbox.base_url(),
        ] {
            assert!(format!("{walk:?}").contains(private) || private.starts_with("http") || private == seed::API_KEY);
            assert!(!text.contains(private), "{private}");
        }
        // A recording with one document serves the other, except for error responses, which depend on its operations.
        let others = probe::judge(&replayed, &bundled(), &effective()).unwrap();
        let (_, live) = probed(&sandbox.base_url(), &bundled()).await;
        let fields = |outcome: &Outcome| {
            let found = outcome.findings.iter().filter(|finding| finding.field.starts_with('.'));
            found.map(|finding| serde_json::to_value(finding).unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(fields(&others), fields(&live));

        assert_eq!(keys_of(&replayed, "/v1/models", "/languages"), ["text-", "text-"]);
    }
}

/// The beginnings of a map's keys.
fn keys_of(walk: &Walk, path: &str, place: &str) -> Vec<String> {
    let found = walk.exchanges.iter().find(|exchange| exchange.path == path).unwrap();
    let Content::Json(body) = &found.content else { panic!("{path} is JSON") };
    body.pointer(place).unwrap().as_object().unwrap().keys().map(|key| key[..5].to_owned()).collect()
}

#[test]
fn keys_that_are_data_stay_apart_and_times_and_numbers_keep_their_form() {
    let times = ["2024-10-16", "2024-10-16T11:32:22", "2024-10-16T11:32:22.678Z", "2024-10-16T11:32:22+02:00"];
    let body = json!({ "project_id": "p", "shade": {
        // Two of each, which are told apart by no more than their digits.
        "1001": 1, "1002": 1, "7": 1, "8": 1, "2024-10-16": 1, "2024-10-17": 1, "+49 30 1001": 1, "+49 30 1002": 1,
    }, "times": times, "numbers": [10, 10.0, 9e-05, -3, 18_446_744_073_709_551_615_u64] });
    let exchange = Exchange {
        path: "/v1/projects/{project_id}".to_owned(),
        provoked: false,
        status: 200,
        content_type: Some("application/json".to_owned()),
        content: Content::Json(body),
    };
    let walk = Walk { exchanges: vec![exchange], ..Walk::default() };
    let (text, replayed) = recorded(&walk, &bundled());
    let Content::Json(body) = &replayed.exchanges[0].content else { panic!("{text}") };
    assert_eq!(body["shade"].as_object().unwrap().len(), 8, "{text}");
    let form = |text: &str| text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect::<String>();
    for (placeholder, original) in body["times"].as_array().unwrap().iter().zip(times) {
        let placeholder = placeholder.as_str().unwrap();
        assert_eq!(form(placeholder), form(original));
        assert_ne!(placeholder, original);
    }
    assert_eq!(body["numbers"], json!([7, 7.0, 0.7, 7, 7]));
    let judge = |walk: &Walk| findings(&probe::judge(walk, &bundled(), &effective()).unwrap());
    assert_eq!(judge(&replayed), judge(&walk));
}

#[tokio::test]
async fn a_placeholder_has_the_shape_of_its_original_and_stands_for_it_everywhere() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let (walk, _) = probed(&sandbox.base_url(), &effective()).await;
    let (_, replayed) = recorded(&walk, &effective());
    let body = |walk: &Walk, path: &str| {
        let found = walk.exchanges.iter().find(|exchange| exchange.path == path && !exchange.provoked).unwrap();
        let Content::Json(body) = &found.content else { panic!("{path} is JSON") };
        body.clone()
    };
    let listed = body(&replayed, "/v1/projects");
    let project_id = listed["projects"][0]["project_id"].as_str().unwrap();
    assert_eq!(project_id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    assert_eq!(body(&replayed, "/v1/projects/{project_id}")["project_id"], project_id);
    assert_ne!(listed["projects"][1]["project_id"], project_id);
    let email = &body(&replayed, "/v1/projects/{project_id}/members")["members"][0]["email"];
    assert!(email.as_str().unwrap().contains('@'), "{email}");
    let usage = body(&replayed, "/v1/projects/{project_id}/usage");
    assert_eq!(usage["start"].as_str().unwrap().len(), "2024-10-16".len());
    // A whole number that was written as a float still is.
    assert!(usage["results"][0]["requests"].is_f64() && usage["results"][0]["tokens_in"].is_i64(), "{usage}");
}

/// A recording: its text, and what is read from it.
pub(crate) fn recorded(walk: &Walk, document: &Document) -> (String, Walk) {
    let folder = tempfile::tempdir().unwrap();
    // The folder is made where it is not there.
    let place = folder.path().join("a/recording");
    probe::write(&place, walk, document, &effective()).unwrap();
    let file = std::fs::read_dir(&place).unwrap().next().unwrap().unwrap().path();
    (std::fs::read_to_string(file).unwrap(), probe::read(&place).unwrap())
}

/// Every text and number of all responses.
fn values(walk: &Walk) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for exchange in &walk.exchanges {
        if let Content::Json(body) = &exchange.content {
            collect(body, &mut found);
        }
    }
    // As good as null.
    found.remove("\"\"");
    found
}

/// The values that a schema of the bundled document lists as its `enum`.
fn listed() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let document = load::document(&spec("deepgram-management-openapi.yml")).unwrap().value;
    let mut waiting = vec![&document];
    while let Some(value) = waiting.pop() {
        if let Some(values) = value.get("enum") {
            collect(values, &mut found);
        }
        waiting.extend(value.as_object().into_iter().flat_map(|members| members.values()));
        waiting.extend(value.as_array().into_iter().flatten());
    }
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(_) | Value::Number(_) => drop(found.insert(value.to_string())),
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => members.values().for_each(|value| collect(value, found)),
        Value::Null | Value::Bool(_) => {}
    }
}
