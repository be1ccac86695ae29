//! The places where the live API is known to differ from the bundled document: each is found, and the overlay has each.

use deepgram_mgmt_sandbox::Sandbox;

use crate::scene::{bundled, effective, findings, mended, probed, spec};

/// What a GET shows of the ways in which the live API differs: schema, field, kind, and the types that are found.
///
/// What no answer to a documented GET shows is not here: request headers, operations that the document lacks, filters,
/// and `10.0` for `10`, which JSON Schema takes for an integer.
const EXPECTED: [(&str, &str, &str, &[&str]); 31] = [
    // A project says whether it opted out of model improvement.
    ("Project", ".mip_opt_out", "undocumented-field", &["boolean", "null"]),
    // Keys are nested, in a list beside their owner, alone within an item.
    ("Key", ".api_key", "undocumented-field", &["object"]),
    ("Key", ".item", "undocumented-field", &["object"]),
    ("Key", ".member", "undocumented-field", &["object"]),
    // The request log: records say far more.
    ("RequestList", ".cursor", "undocumented-field", &["null"]),
    ("RequestList", ".next_cursor", "undocumented-field", &["null"]),
    ("RequestList", ".requests[].callback", "undocumented-field", &["null", "object"]),
    ("RequestList", ".requests[].code", "undocumented-field", &["null"]),
    ("RequestList", ".requests[].deployment", "undocumented-field", &["null"]),
    ("RequestList", ".requests[].project_uuid", "undocumented-field", &["string (uuid)"]),
    ("RequestList", ".requests[].response", "undocumented-field", &["null", "object"]),
    // Usage: bare dates, and more than hours and requests.
    ("UsageSummary", ".end", "wrong-format", &["string (date)"]),
    ("UsageSummary", ".results[].agent_hours", "undocumented-field", &["number"]),
    ("UsageSummary", ".results[].end", "wrong-format", &["string (date)"]),
    ("UsageSummary", ".results[].start", "wrong-format", &["string (date)"]),
    ("UsageSummary", ".results[].tokens_in", "undocumented-field", &["integer"]),
    ("UsageSummary", ".results[].tokens_out", "undocumented-field", &["integer"]),
    ("UsageSummary", ".results[].total_hours", "undocumented-field", &["number"]),
    ("UsageSummary", ".results[].tts_characters", "undocumented-field", &["integer"]),
    ("UsageSummary", ".start", "wrong-format", &["string (date)"]),
    // A balance names its order.
    ("Balance", ".purchase_order_id", "undocumented-field", &["string (uuid)"]),
    // Models say what they can do, and the list names its languages.
    ("Model", ".batch", "undocumented-field", &["boolean", "null"]),
    ("Model", ".formatted_output", "undocumented-field", &["boolean", "null"]),
    ("Model", ".multilingual", "undocumented-field", &["boolean", "null"]),
    ("Model", ".streaming", "undocumented-field", &["boolean", "null"]),
    ("ModelList", ".languages", "undocumented-field", &["object"]),
    // Any optional value can be null.
    ("Balance", ".purchase", "wrong-type", &["null"]),
    ("Model", ".metadata", "wrong-type", &["null"]),
    ("Project", ".company", "wrong-type", &["null"]),
    // Errors come with other statuses, and as text.
    ("GET /v1/projects/{project_id} 404", "text/plain", "undocumented-content-type", &["text/plain"]),
    ("GET /v1/projects/{project_id}/requests", "400", "undocumented-status", &["application/json"]),
];

#[tokio::test]
async fn without_the_overlay_every_known_difference_is_found_and_nothing_else() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let (_, outcome) = probed(&sandbox.base_url(), &bundled()).await;
    let mut expected: Vec<_> =
        EXPECTED.map(|(schema, field, kind, found)| serde_json::json!([schema, field, kind, found]).to_string()).into();
    let found = findings(&outcome);
    let row = |finding: &serde_json::Value| {
        serde_json::json!([finding["schema"], finding["field"], finding["kind"], finding["found"]]).to_string()
    };
    let mut found: Vec<_> = found.as_array().unwrap().iter().map(row).collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    assert_eq!((outcome.untold.len(), outcome.skipped.len(), outcome.answered), (0, 0, (13, 13)));
}

#[tokio::test]
async fn with_the_overlay_the_live_dialect_is_clean() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let (_, outcome) = probed(&sandbox.base_url(), &effective()).await;
    assert_eq!(findings(&outcome), serde_json::json!([]));
    assert_eq!((outcome.untold.len(), outcome.skipped.len(), outcome.answered), (0, 0, (23, 23)));
    assert_eq!(sandbox.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn the_suggested_overlay_makes_a_second_probe_clean() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let (_, first) = probed(&sandbox.base_url(), &bundled()).await;
    let mended = mended(&spec("deepgram-management-openapi.yml"), &first);
    let (_, second) = probed(&sandbox.base_url(), &mended).await;
    assert_eq!(findings(&second), serde_json::json!([]));
    assert_eq!(second.answered, (13, 13));
}
