//! The places where the live API is known to differ from the bundled document: each is found, and the overlay has each.

use std::collections::BTreeSet;

use deepgram_mgmt_sandbox::Sandbox;
use serde_json::{Value, json};
use xtask::{load, overlay};

use crate::scene::{bundled, effective, findings, mended, probed, spec};

const JSON: &[&str] = &["application/json"];

/// The differences of the live API that a GET shows: schema, field, kind, and the types that are found.
///
/// Differences that no response to a GET shows are not here: request headers, filters, and `10.0` for `10`, which JSON Schema takes for
/// an integer.
pub(crate) const EXPECTED: &[(&str, &str, &str, &[&str])] = &[
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
    ("GET /v1/projects/{project_id}/requests", "400", "undocumented-status", JSON),
    // Operations that the document lacks.
    ("GET /v1/auth/token", "200", "undocumented-operation", JSON),
    ("GET /v1/projects/{project_id}/billing/breakdown", "200", "undocumented-operation", JSON),
    ("GET /v1/projects/{project_id}/billing/fields", "200", "undocumented-operation", JSON),
    ("GET /v1/projects/{project_id}/models", "200", "undocumented-operation", JSON),
    ("GET /v1/projects/{project_id}/models/{model_id}", "200", "undocumented-operation", JSON),
    ("GET /v1/projects/{project_id}/purchases", "200", "undocumented-operation", JSON),
    ("GET /v1/projects/{project_id}/requests/{request_id}", "200", "undocumented-operation", JSON),
    ("GET /v1/projects/{project_id}/self-hosted/distribution/credentials", "200", "undocumented-operation", JSON),
    (CREDENTIALS, "200", "undocumented-operation", JSON),
    ("GET /v1/projects/{project_id}/usage/breakdown", "200", "undocumented-operation", JSON),
    ("GET /v1/projects/{project_id}/usage/fields", "200", "undocumented-operation", JSON),
];

const CREDENTIALS: &str =
    "GET /v1/projects/{project_id}/self-hosted/distribution/credentials/{distribution_credentials_id}";

/// The known members of those fields that have some: schema, field, and the paths below it.
const WITHIN: &[(&str, &str, &str)] = &[
    ("Key", ".api_key", ".api_key_id .comment .created .expiration_date .scopes[] .tags[]"),
    ("Key", ".item", ".member.api_key.api_key_id .member.api_key.expiration_date .member.api_key.tags[] .member.email"),
    ("Key", ".member", ".email .member_id"),
    ("ModelList", ".languages", ".*"),
    (
        "RequestList",
        ".requests[].response",
        ".code .completed .deployment .details .details.usd .details.duration .details.total_audio .details.channels \
         .details.streams .details.tier .details.models[] .details.method .details.tags[] .details.features[] \
         .details.config .details.metadata .token_details[] .tts_details .sts_details .message .method",
    ),
    ("RequestList", ".requests[].callback", ".*"),
    ("GET /v1/auth/token", "200", ".* .*[]"),
    // The modern form of an error.
    ("GET /v1/projects/{project_id}/requests", "400", ".category .message .details"),
    ("GET /v1/projects/{project_id}/requests/{request_id}", "200", ".request.request_id .request.response.code"),
    ("GET /v1/projects/{project_id}/models", "200", ".stt[].uuid .tts[].metadata.display_name .languages.*"),
    ("GET /v1/projects/{project_id}/models/{model_id}", "200", ".uuid .multilingual .metadata.use_cases[]"),
    (
        "GET /v1/projects/{project_id}/usage/fields",
        "200",
        ".tags[] .models[].name .models[].language .models[].version .models[].model_id .processing_methods[] .features[]",
    ),
    (
        "GET /v1/projects/{project_id}/usage/breakdown",
        "200",
        ".start .end .resolution.units .resolution.amount .results[].hours .results[].total_hours \
         .results[].agent_hours .results[].tokens_in .results[].tokens_out .results[].tts_characters \
         .results[].requests .results[].grouping.start .results[].grouping.end .results[].grouping.accessor \
         .results[].grouping.endpoint .results[].grouping.feature_set .results[].grouping.models \
         .results[].grouping.method .results[].grouping.tags .results[].grouping.deployment",
    ),
    (
        "GET /v1/projects/{project_id}/billing/breakdown",
        "200",
        ".start .end .resolution.units .resolution.amount .results[].dollars .results[].grouping.start \
         .results[].grouping.end .results[].grouping.accessor .results[].grouping.deployment \
         .results[].grouping.line_item .results[].grouping.tags",
    ),
    ("GET /v1/projects/{project_id}/billing/fields", "200", ".accessors[] .deployments[] .tags[] .line_items.*"),
    (
        "GET /v1/projects/{project_id}/purchases",
        "200",
        ".orders[].order_id .orders[].expiration .orders[].created .orders[].amount .orders[].units .orders[].order_type",
    ),
    (
        "GET /v1/projects/{project_id}/self-hosted/distribution/credentials",
        "200",
        ".distribution_credentials[].member.member_id .distribution_credentials[].member.email \
         .distribution_credentials[].distribution_credentials.distribution_credentials_id \
         .distribution_credentials[].distribution_credentials.provider \
         .distribution_credentials[].distribution_credentials.comment \
         .distribution_credentials[].distribution_credentials.scopes[] \
         .distribution_credentials[].distribution_credentials.tags[] \
         .distribution_credentials[].distribution_credentials.created",
    ),
    (CREDENTIALS, "200", ".member.email .distribution_credentials.provider .distribution_credentials.tags[]"),
];

#[tokio::test]
async fn without_the_overlay_every_known_difference_is_found_and_nothing_else() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let (_, outcome) = probed(&sandbox.base_url(), &bundled()).await;
    let found = findings(&outcome);
    let found = found.as_array().unwrap();
    let row =
        |finding: &Value| json!([finding["schema"], finding["field"], finding["kind"], finding["found"]]).to_string();
    let rows: BTreeSet<String> = found.iter().map(row).collect();
    let expected = EXPECTED.iter().map(|(schema, field, kind, found)| json!([schema, field, kind, found]).to_string());
    assert_eq!(rows, expected.collect());
    assert_eq!(found.len(), EXPECTED.len());
    assert_eq!((outcome.untold.len(), outcome.skipped.len(), outcome.succeeded), (0, 0, (13, 13)));

    for &(schema, field, paths) in WITHIN {
        let finding = found.iter().find(|finding| finding["schema"] == schema && finding["field"] == field).unwrap();
        for path in paths.split_whitespace() {
            assert!(finding["within"].get(path).is_some(), "{schema}{field}: {path}: {finding}");
        }
    }
    // Of the rest, nothing is within.
    let holding = found.iter().filter(|finding| finding["within"] != json!({})).count();
    assert_eq!(holding, WITHIN.len());
}

#[tokio::test]
async fn with_the_overlay_the_live_dialect_is_clean() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let (_, outcome) = probed(&sandbox.base_url(), &effective()).await;
    assert_eq!(findings(&outcome), json!([]));
    assert_eq!((outcome.untold.len(), outcome.skipped.len(), outcome.succeeded), (0, 0, (24, 24)));
    assert_eq!(sandbox.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn the_suggested_overlay_makes_a_second_probe_clean_and_a_client_is_generated_with_it() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let (_, first) = probed(&sandbox.base_url(), &bundled()).await;
    let document = spec("deepgram-management-openapi.yml");
    let (mended, suggested) = mended(&document, &first);
    let (_, second) = probed(&sandbox.base_url(), &mended).await;
    assert_eq!(findings(&second), json!([]));
    // The operations that were lacking are asked as all others are.
    assert_eq!(second.succeeded, (24, 24));

    let suggested = load::parse("suggested.json", suggested.to_string().as_bytes()).unwrap();
    let actions = suggested.value["actions"].as_array().unwrap();
    assert_eq!(actions.len(), EXPECTED.len());
    for action in actions {
        let reason = action["description"].as_str().unwrap();
        assert!(reason.starts_with("Real responses: ") && reason.ends_with("Drop when documented."), "{reason}");
    }
    let effective = overlay::apply(load::document(&document).unwrap().value, &suggested).unwrap();
    xtask::client(&effective).unwrap();
}
