//! The contract: the responses that it accepts, in either reading, and the faults that it finds.

use serde_json::json;

use super::*;
use crate::dialect::Dialect;

fn contract() -> &'static Contract {
    Dialect::Bundled.contract().unwrap()
}

fn check(id: &str, status: StatusCode, body: Option<Value>) -> Result<(), String> {
    checked(contract(), id, status, body)
}

fn checked(contract: &Contract, id: &str, status: StatusCode, body: Option<Value>) -> Result<(), String> {
    let operation = contract.operations.iter().find(|operation| operation.id == id).unwrap();
    let response = body.map_or_else(|| Response::empty(status), |body| Response::json(status, body));
    contract.check_response(Some(operation), &response)
}

fn key() -> Value {
    json!({
        "api_key_id": "1",
        "key": "abcd***",
        "comment": "c",
        "scopes": ["admin"],
        "created": "2026-09-15T12:00:00Z",
        "expiration_date": "2027-09-15T12:00:00Z",
    })
}

#[test]
fn a_body_with_every_documented_property_is_let_out() {
    assert_eq!(check("getProjectKey", StatusCode::OK, Some(key())), Ok(()));
    assert_eq!(check("listProjectKeys", StatusCode::OK, Some(json!({ "api_keys": [key()] }))), Ok(()));
}

#[test]
fn a_body_with_a_missing_property_is_caught_at_any_depth() {
    for name in key().as_object().unwrap().keys() {
        let mut key = key();
        key.as_object_mut().unwrap().remove(name);
        let reason = check("getProjectKey", StatusCode::OK, Some(key.clone())).unwrap_err();
        assert!(reason.contains(&format!("\"{name}\" is a required property")), "{reason}");
        let reason = check("listProjectKeys", StatusCode::OK, Some(json!({ "api_keys": [key] }))).unwrap_err();
        assert!(reason.contains("/api_keys/0: "), "{reason}");
    }
}

#[test]
fn a_body_with_an_extra_property_is_caught_at_any_depth() {
    let mut key = key();
    key["tags"] = json!([]);
    let reason = check("getProjectKey", StatusCode::OK, Some(key.clone())).unwrap_err();
    assert!(reason.contains("'tags' was unexpected"), "{reason}");
    let reason = check("listProjectKeys", StatusCode::OK, Some(json!({ "api_keys": [key] }))).unwrap_err();
    assert!(reason.contains("/api_keys/0: "), "{reason}");
}

#[test]
fn a_value_of_the_wrong_type_or_format_is_caught() {
    for (name, wrong) in [("created", json!("2026-09-15")), ("comment", Value::Null), ("scopes", json!([1]))] {
        let mut key = key();
        key[name] = wrong;
        let reason = check("getProjectKey", StatusCode::OK, Some(key)).unwrap_err();
        assert!(reason.contains(&format!("/{name}")), "{reason}");
    }
}

#[test]
fn only_an_object_that_the_document_leaves_open_takes_any_property() {
    let model = |metadata: Value| {
        json!({
            "name": "n", "canonical_name": "n", "architecture": "a", "languages": [], "version": "1", "uuid": "1",
            "metadata": metadata,
        })
    };
    assert_eq!(check("getModel", StatusCode::OK, Some(model(json!({ "any": 1 })))), Ok(()));
    assert!(check("getModel", StatusCode::OK, Some(model(json!([])))).is_err());
}

#[test]
fn a_status_is_let_out_only_where_documented_or_as_a_client_error() {
    let error = json!({ "err_code": "c", "err_msg": "m", "request_id": "r" });
    for status in ALWAYS_ALLOWED {
        assert_eq!(check("listProjectKeys", status, Some(error.clone())), Ok(()));
        assert!(check("listProjectKeys", status, Some(json!({ "err_msg": "m" }))).is_err());
        assert!(check("listProjectKeys", status, None).is_err());
    }
    assert!(check("listProjectKeys", StatusCode::CREATED, Some(json!({ "api_keys": [] }))).is_err());
    assert!(check("listProjectKeys", StatusCode::INTERNAL_SERVER_ERROR, Some(error)).is_err());
}

#[test]
fn a_documented_status_without_content_must_have_no_body() {
    assert_eq!(check("deleteProject", StatusCode::NO_CONTENT, None), Ok(()));
    assert!(check("deleteProject", StatusCode::NO_CONTENT, Some(json!({}))).is_err());
    assert!(check("deleteProject", StatusCode::OK, Some(json!({ "message": "deleted" }))).is_err());
    assert!(check("getProjectKey", StatusCode::OK, None).is_err());
}

#[test]
fn a_keyword_without_a_strict_form_is_an_error_with_its_place() {
    let document: Value = serde_yaml::from_str(
        "
        paths: { /k: { get: { operationId: k, responses: { '200': { content: { application/json: { schema: {
            $ref: '#/components/schemas/Key' } } } } } } } }
        components: { schemas: { Error: {}, Key: { type: object, properties: { tags: { items: { not: {} } } } } } }
        ",
    )
    .unwrap();
    let error = Contract::read(&document, Reading::AsWritten).unwrap_err();
    assert!(error.ends_with("#/components/schemas/Key: properties/tags/items/not: no strict form is known"), "{error}");
}

#[test]
fn a_path_is_decoded_segment_by_segment_and_its_plus_is_a_plus() {
    for path in ["/v1/projects/p/invites/a%2Bb%40example.com", "/v1/projects/p/invites/a+b@example.com"] {
        let Route::Found(operation, parameters) = contract().route("DELETE", path) else { panic!("{path}") };
        assert_eq!(operation.id, "deleteProjectInvitation");
        assert_eq!(parameters["email"], "a+b@example.com");
    }
    let Route::Found(operation, parameters) = contract().route("GET", "/v1/projects/a%2Fkeys") else { panic!() };
    assert_eq!((operation.id.as_str(), parameters["project_id"].as_str()), ("getProject", "a/keys"));
    assert!(matches!(contract().route("GET", "/v1/projects/"), Route::Unknown));
    assert!(matches!(contract().route("GET", "/v1/projects/%ff"), Route::Unknown));
}

fn live(id: &str, body: Value) -> Result<(), String> {
    checked(Dialect::Live.contract().unwrap(), id, StatusCode::OK, Some(body))
}

fn nested() -> Value {
    json!({
        "member": { "member_id": "m", "email": "a@example.com" },
        "api_key": {
            "api_key_id": "1",
            "comment": "c",
            "scopes": ["admin"],
            "tags": null,
            "created": "2026-09-15T12:00:00Z",
            "expiration_date": null,
        },
    })
}

#[test]
fn a_nested_response_is_sent_with_each_of_its_properties_and_no_other() {
    assert_eq!(live("listProjectKeys", json!({ "api_keys": [nested()] })), Ok(()));
    for holder in ["member", "api_key"] {
        for name in nested()[holder].as_object().unwrap().keys() {
            let mut key = nested();
            key[holder].as_object_mut().unwrap().remove(name);
            let reason = live("listProjectKeys", json!({ "api_keys": [key] })).unwrap_err();
            assert!(reason.contains(&format!("\"{name}\" is a required property")), "{reason}");
        }
        let mut key = nested();
        key[holder]["extra"] = json!(1);
        let reason = live("listProjectKeys", json!({ "api_keys": [key] })).unwrap_err();
        assert!(reason.contains("'extra' was unexpected"), "{reason}");
    }
}

#[test]
fn a_time_in_the_live_dialect_is_a_date_or_has_one_and_nothing_else_is() {
    let usage = |start: &str| json!({ "start": start, "end": null, "resolution": null, "results": [] });
    for start in ["2026-09-15", "2026-09-15T12:00:00", "2026-09-15T12:00:00.5+02:00"] {
        assert_eq!(live("getProjectUsage", usage(start)), Ok(()));
    }
    for start in ["yesterday", "2026-09", "15.09.2026"] {
        assert!(live("getProjectUsage", usage(start)).is_err(), "{start}");
    }
}

#[test]
fn a_body_that_the_client_ignores_may_be_missing_and_is_a_message_if_it_is_there() {
    let contract = Dialect::Live.contract().unwrap();
    for (body, right) in [(None, true), (Some(json!({ "message": "m" })), true), (Some(json!({ "x": 1 })), false)] {
        assert_eq!(checked(contract, "deleteProject", StatusCode::OK, body).is_ok(), right);
    }
}
