//! Every kind of finding, from a server that does everything wrong; never a value, and a remedy for each.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use deepgram_mgmt::operations::OPERATIONS;
use deepgram_mgmt_sandbox::Sandbox;
use probe::{Content, Document, Exchange, Finding, Format, Kind, Walk};
use serde_json::{Map, Value, json};

use crate::scene::{effective, findings, mended, probed};
use crate::walking::serve;

fn all_wrong() -> Value {
    let get = |schema: Value| {
        let ok = json!({ "description": "OK", "content": { "application/json": { "schema": schema } } });
        json!({ "get": { "responses": { "200": ok } } })
    };
    json!({
        "openapi": "3.1.0",
        "info": { "title": "All wrong", "version": "1" },
        "paths": {
            "/v1/projects": get(json!({ "$ref": "#/components/schemas/Projects" })),
            "/gone": get(json!({})),
            "/made": get(json!({})),
            "/page": get(json!({ "type": "string" })),
        },
        "components": { "schemas": {
            "Projects": { "type": "object", "properties": {
                "projects": { "type": "array", "items": { "$ref": "#/components/schemas/Project" } },
            } },
            "Project": { "type": "object", "required": ["project_id", "plan"], "properties": {
                "project_id": { "type": "string" },
                "plan": { "type": "string", "enum": ["free"] },
                "owner": { "$ref": "#/components/schemas/Owner" },
                "count": { "type": "integer", "maximum": 10 },
                "site": { "type": "string", "format": "email" },
                "state": { "anyOf": [
                    { "type": "object", "required": ["at"], "properties": { "at": { "type": "string" } } },
                    { "type": "boolean" },
                ] },
            } },
            "Owner": { "type": "object", "properties": { "name": { "type": "string" } } },
        } },
    })
}

fn response(path: &str) -> (StatusCode, Value) {
    match path {
        "/v1/projects" => (
            StatusCode::OK,
            json!({ "projects": [
                { "project_id": "hush-1", "plan": "hush-2", "owner": "hush-3", "count": 11, "site": "hush-4" },
                { "plan": "free", "owner": { "name": 99_001 }, "shade": { "hush-5": "hush-6" }, "state": { "at": 99_002 } },
            ] }),
        ),
        "/made" => (StatusCode::CREATED, json!({ "token": "hush-7" })),
        "/page" => (StatusCode::OK, json!("hush-8")),
        _ => (StatusCode::NOT_FOUND, json!("hush-9")),
    }
}

#[tokio::test]
async fn every_kind_is_found_named_by_type_and_mended_by_the_suggestion() {
    let (base_url, _) = serve(|_, path| response(path)).await;
    let document = Document::new(all_wrong()).unwrap();
    let (_, outcome) = probed(&base_url, &document).await;
    let found = findings(&outcome);
    let row = |finding: &Value| {
        let text = |name: &str| finding[name].as_str().unwrap().to_owned();
        let types: Vec<&str> = finding["found"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        format!("{}{}: {} {}", text("schema"), text("field"), text("kind"), types.join(","))
    };
    let rows: Vec<String> = found.as_array().unwrap().iter().map(row).collect();
    assert_eq!(
        rows,
        [
            "GET /gone404: not-found application/json",
            "GET /made201: undocumented-status application/json",
            "Owner.name: wrong-type integer",
            "Project.count: broken-rule integer",
            "Project.owner: wrong-type string",
            "Project.plan: unknown-enum-value string",
            "Project.project_id: missing-field ",
            "Project.shade: undocumented-field object",
            "Project.site: wrong-format string",
            "Project.state.at: wrong-type integer",
            "ProjectList.projects[]: undecodable ",
        ]
    );

    for format in [Format::Text, Format::Json, Format::Markdown, Format::Github] {
        let report = outcome.report(format);
        assert!(report.contains("shade"), "{report}");
        for value in ["hush", "9900"] {
            assert!(!report.contains(value), "{format:?}: {report}");
        }
    }

    let suggested = probe::overlay(&outcome.findings, &document).unwrap().unwrap();
    assert!(!suggested.to_string().contains("hush"), "{suggested}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("document.json");
    std::fs::write(&file, all_wrong().to_string()).unwrap();
    let (_, second) = probed(&base_url, &mended(&file, &outcome).0).await;
    // What the client loses, no overlay alone gives back.
    let left: Vec<&Finding> = second.findings.iter().filter(|finding| finding.kind != Kind::Undecodable).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn the_report_for_programs_has_the_form_that_the_readme_tells() {
    let (base_url, _) = serve(|_, path| match path {
        "/v1/projects" => (StatusCode::OK, json!({ "projects": [{ "project_id": "p", "shade": { "of": ["hush"] } }] })),
        "/v1/projects/p/purchases" => (StatusCode::FORBIDDEN, json!({})),
        path if path.starts_with("/v1/projects/p") => (StatusCode::OK, json!({})),
        _ => (StatusCode::NOT_FOUND, json!({})),
    })
    .await;
    let document = Document::new(json!({
        "openapi": "3.1.0",
        "paths": {
            "/v1/projects": all_wrong()["paths"]["/v1/projects"],
            "/v1/projects/{project_id}/purchases": all_wrong()["paths"]["/gone"],
            "/v1/models/{model_id}": all_wrong()["paths"]["/gone"],
        },
        "components": { "schemas": {
            "Projects": { "type": "object", "properties": { "projects": { "items": { "$ref": "#/components/schemas/Project" } } } },
            "Project": { "type": "object", "properties": { "project_id": { "type": "string" } } },
        } },
    }))
    .unwrap();
    let (_, outcome) = probed(&base_url, &document).await;
    let mut report: Value = serde_json::from_str(&outcome.report(Format::Json)).unwrap();
    let findings = report["findings"].take();
    let findings = findings.as_array().unwrap();
    let at = |field: &str| findings.iter().find(|finding| finding["field"] == field).unwrap();
    assert_eq!(
        *at(".shade"),
        json!({
            "schema": "Project",
            "field": ".shade",
            "kind": "undocumented-field",
            "expected": "",
            "found": ["object"],
            "within": { ".of": ["array"], ".of[]": ["string"] },
            "seen": ["GET /v1/projects $.projects[].shade"],
        })
    );
    assert_eq!(
        *at("403"),
        json!({
            "schema": "GET /v1/projects/{project_id}/purchases",
            "field": "403",
            "kind": "undocumented-status",
            "expected": "200",
            "found": ["application/json"],
            "within": {},
            "seen": ["GET /v1/projects/{project_id}/purchases"],
        })
    );
    assert_eq!(
        report,
        json!({
            "findings": null,
            "could_not_tell": ["GET /v1/projects/{project_id}/purchases: the status is 403"],
            "not_asked": ["GET /v1/models/{model_id}: no listing named an id for it"],
            "operations": { "succeeded": 1, "documented": 3 },
        })
    );
}

#[tokio::test]
async fn what_the_client_does_not_decode_is_named_by_its_place() {
    let body = json!({ "projects": [{ "project_id": "p" }, { "project_id": 99_003 }] });
    let (base_url, _) = serve(move |_, path| match path {
        "/v1/projects" => (StatusCode::OK, body.clone()),
        project if project.starts_with("/v1/projects/") && project.matches('/').count() == 3 => {
            (StatusCode::OK, json!({ "project_id": "p" }))
        }
        _ => (StatusCode::OK, json!({})),
    })
    .await;
    let (_, outcome) = probed(&base_url, &effective()).await;
    let found: Vec<_> = outcome.findings.iter().map(|f| (f.kind, [&*f.schema, &*f.field].concat())).collect();
    let expected = [(Kind::WrongType, "Project.project_id"), (Kind::Undecodable, "ProjectList.projects[].project_id")];
    assert_eq!(found, expected.map(|(kind, place)| (kind, place.to_owned())));
    assert!(!outcome.report(Format::Text).contains("99003"));
}

/// The field `extra` in every object of a value.
fn extended(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let extra = ("extra".to_owned(), json!("hush"));
            members
                .iter()
                .map(|(key, value)| (key.clone(), extended(value)))
                .chain([extra])
                .collect::<Map<_, _>>()
                .into()
        }
        Value::Array(items) => items.iter().map(extended).collect(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn a_property_that_no_document_names_is_not_lost_wherever_it_stands() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let (mut walk, before) = probed(&sandbox.base_url(), &effective()).await;
    assert!(before.findings.is_empty());
    let mut extended_bodies = 0;
    for exchange in &mut walk.exchanges {
        if let Content::Json(body) = &exchange.content {
            exchange.content = Content::Json(extended(body));
            extended_bodies += 1;
        }
    }
    // They include every type of a response to a GET.
    let gets = OPERATIONS.iter().filter(|operation| operation.method == "GET");
    let types = gets.filter_map(|operation| operation.response).collect::<BTreeSet<_>>().len();
    assert!(extended_bodies >= types, "{extended_bodies}");
    let outcome = probe::judge(&walk, &effective(), &effective()).unwrap();
    let is_found = |kind: Kind| outcome.findings.iter().filter(|finding| finding.kind == kind).count();
    assert_eq!((is_found(Kind::LostField), is_found(Kind::Undecodable)), (0, 0));
    // The documents do not name it: that is found everywhere.
    assert!(outcome.findings.len() >= types - 1, "{}", outcome.findings.len());
}

#[test]
fn a_body_that_says_it_is_json_and_is_none_is_found() {
    let exchange = Exchange {
        path: "/v1/models".to_owned(),
        provoked: false,
        status: 200,
        content_type: Some("application/json".to_owned()),
        content: Content::Other,
    };
    let walk = Walk { exchanges: vec![exchange], ..Walk::default() };
    let outcome = probe::judge(&walk, &effective(), &effective()).unwrap();
    let found: Vec<_> = outcome.findings.iter().map(|finding| (finding.kind, finding.field.as_str())).collect();
    assert_eq!(found, [(Kind::UndocumentedContentType, "no JSON")]);
}
