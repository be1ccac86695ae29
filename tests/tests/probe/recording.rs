//! Recordings: the same findings, and nothing private.

use std::collections::BTreeSet;
use std::fs;

use deepgram_mgmt_sandbox::probe::{self, Content, Walk};
use serde_json::Value;

use crate::{bundled, effective, listed, walked};

/// Every text of every answer that is long enough to be somebody's; names of properties apart.
pub(crate) fn texts(walk: &Walk) -> BTreeSet<String> {
    fn collect(value: &Value, into: &mut BTreeSet<String>) {
        match value {
            Value::String(text) if text.len() >= 6 => {
                into.insert(text.clone());
            }
            Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
            Value::Object(members) => members.values().for_each(|value| collect(value, into)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    for exchange in walk.exchanges.iter().filter(|exchange| exchange.status == 200) {
        if let Content::Json(body) = &exchange.content {
            collect(body, &mut found);
        }
    }
    found
}

/// Those of them that are somebody's: addresses, ids, names and times, which no property is called by.
pub(crate) fn private(walk: &Walk) -> BTreeSet<String> {
    let is_word = |text: &String| text.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '-');
    texts(walk).into_iter().filter(|text| !is_word(text)).collect()
}

#[tokio::test]
async fn a_replay_has_the_findings_of_the_recorded_walk() {
    let document = bundled();
    let walk = walked(&document).await;
    let folder = tempfile::tempdir().unwrap();
    probe::write(folder.path(), &walk, &document).unwrap();
    let replayed = probe::read(folder.path()).unwrap();
    let (live, again) = (
        probe::judge(&walk, &document, &effective()).unwrap(),
        probe::judge(&replayed, &document, &effective()).unwrap(),
    );
    assert_eq!(listed(&live), listed(&again));
    assert!(!again.findings.is_empty());
    for (a, b) in live.findings.iter().zip(&again.findings) {
        assert_eq!((&a.found, &a.seen), (&b.found, &b.seen), "{}{}", a.schema, a.field);
    }
}

#[tokio::test]
async fn none_of_the_originals_survives_a_recording() {
    let document = effective();
    let walk = walked(&document).await;
    let folder = tempfile::tempdir().unwrap();
    probe::write(folder.path(), &walk, &document).unwrap();
    let mut written = String::new();
    for entry in fs::read_dir(folder.path()).unwrap() {
        written.push_str(&fs::read_to_string(entry.unwrap().path()).unwrap());
    }
    let originals = private(&walk);
    assert!(originals.len() > 20, "{originals:?}");
    assert!(originals.iter().any(|text| text.contains('@')), "there are addresses among them");
    let survivors: Vec<&String> = originals.iter().filter(|text| written.contains(text.as_str())).collect();
    assert!(survivors.is_empty(), "{survivors:?}");
    // Words that properties are called by too are looked for among the values.
    let kept = texts(&probe::read(folder.path()).unwrap());
    let survivors: Vec<String> = texts(&walk).intersection(&kept).cloned().collect();
    assert!(survivors.is_empty(), "{survivors:?}");
}

#[tokio::test]
async fn what_is_no_recording_is_an_error_that_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let missing = format!("{:#}", probe::read(folder.path()).unwrap_err());
    assert!(missing.contains("answers.json"), "{missing}");
    fs::write(folder.path().join("answers.json"), "{\n  \"exchanges\": 7\n}").unwrap();
    let broken = format!("{:#}", probe::read(folder.path()).unwrap_err());
    assert!(broken.contains("answers.json") && broken.contains('2'), "{broken}");
}
