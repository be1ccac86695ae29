//! The live dialect held against the bundled document, with and without the overlay.

use deepgram_mgmt_sandbox::probe::{self, Document, Format, Kind};
use serde_json::Value;

use crate::{bundled, effective, listed, spec, walked};

/// What answers to GETs show of the differences between the bundled document and the live API.
const ROWS: &[(&str, &str, Kind)] = &[
    // Projects: `mip_opt_out` beside `company`.
    ("Project", ".mip_opt_out", Kind::UndocumentedField),
    // Keys: nested as `{member, api_key}` in the list, as `{item: …}` alone.
    ("Key", ".member", Kind::UndocumentedField),
    ("Key", ".api_key", Kind::UndocumentedField),
    ("Key", ".item", Kind::UndocumentedField),
    // Request records: what they hold beyond four fields.
    ("RequestList", ".requests[].project_uuid", Kind::UndocumentedField),
    ("RequestList", ".requests[].response", Kind::UndocumentedField),
    ("RequestList", ".requests[].callback", Kind::UndocumentedField),
    // Usage: dates without a time, and more counts.
    ("UsageSummary", ".start", Kind::WrongFormat),
    ("UsageSummary", ".end", Kind::WrongFormat),
    ("UsageSummary", ".results[].start", Kind::WrongFormat),
    ("UsageSummary", ".results[].end", Kind::WrongFormat),
    ("UsageSummary", ".results[].total_hours", Kind::UndocumentedField),
    ("UsageSummary", ".results[].agent_hours", Kind::UndocumentedField),
    ("UsageSummary", ".results[].tokens_in", Kind::UndocumentedField),
    ("UsageSummary", ".results[].tokens_out", Kind::UndocumentedField),
    ("UsageSummary", ".results[].tts_characters", Kind::UndocumentedField),
    // Balances: the purchase order.
    ("Balance", ".purchase_order_id", Kind::UndocumentedField),
    // Models: what they can do, and the map of languages.
    ("Model", ".batch", Kind::UndocumentedField),
    ("Model", ".streaming", Kind::UndocumentedField),
    ("Model", ".formatted_output", Kind::UndocumentedField),
    ("Model", ".multilingual", Kind::UndocumentedField),
    ("ModelList", ".languages", Kind::UndocumentedField),
    // Errors: as text, and with a status that is not documented.
    ("GET /v1/projects/{project_id} 404", "text/plain", Kind::UndocumentedContentType),
    ("GET /v1/projects/{project_id}/requests", "400", Kind::UndocumentedStatus),
    // Any optional value may be null.
    ("Project", ".company", Kind::WrongType),
    ("Model", ".metadata", Kind::WrongType),
];

#[tokio::test]
async fn without_the_overlay_every_difference_that_shows_is_reported() {
    let document = bundled();
    let outcome = probe::judge(&walked(&document).await, &document, &effective()).unwrap();
    let found = listed(&outcome);
    for (schema, field, kind) in ROWS {
        let row = ((*schema).to_owned(), (*field).to_owned(), *kind);
        assert!(found.contains(&row), "{row:?} is not among {found:#?}");
    }
    assert_eq!(outcome.answered, (13, 13));
    assert!(found.iter().all(|(.., kind)| !matches!(kind, Kind::LostField | Kind::Undecodable)), "{found:?}");
}

#[tokio::test]
async fn with_the_overlay_it_is_clean() {
    let document = effective();
    let outcome = probe::judge(&walked(&document).await, &document, &document).unwrap();
    assert_eq!(listed(&outcome), []);
    assert_eq!(outcome.untold, [""; 0]);
    let (answered, all) = outcome.answered;
    assert!(answered == all && all > 20, "{answered} of {all}");
}

#[tokio::test]
async fn the_suggested_overlay_makes_a_second_probe_clean() {
    let document = bundled();
    let outcome = probe::judge(&walked(&document).await, &document, &effective()).unwrap();
    let overlay = probe::overlay(&outcome.findings, &document).expect("there is something to suggest");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("suggested.yaml");
    std::fs::write(&file, serde_yaml::to_string(&overlay).unwrap()).unwrap();
    let mended = Document::load(&spec("deepgram-management-openapi.yml"), Some(&file)).unwrap();
    let second = probe::judge(&walked(&mended).await, &mended, &effective()).unwrap();
    assert_eq!(listed(&second), []);
}

#[tokio::test]
async fn reports_name_types_and_hold_no_value() {
    let document = bundled();
    let walk = walked(&document).await;
    let outcome = probe::judge(&walk, &document, &effective()).unwrap();
    let json: Value = serde_json::from_str(&outcome.report(Format::Json)).unwrap();
    assert_eq!(json["findings"].as_array().unwrap().len(), outcome.findings.len());
    let values = crate::recording::private(&walk);
    for format in [Format::Text, Format::Json, Format::Markdown, Format::Github] {
        let report = outcome.report(format);
        assert!(report.contains("mip_opt_out") && report.contains("boolean"), "{report}");
        let printed: Vec<&String> = values.iter().filter(|value| report.contains(value.as_str())).collect();
        assert!(printed.is_empty(), "{printed:?} in {report}");
    }
}
