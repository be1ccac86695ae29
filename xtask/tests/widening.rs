//! The overlay only widens: the shipped one does, and each way of taking something away is found and named.

use std::path::Path;

use serde_json::{Value, json};
use xtask::{load, overlay, superset};

fn read(file: &str) -> load::Document {
    load::document(&Path::new("../spec").join(file)).unwrap()
}

fn bundled() -> Value {
    read("deepgram-management-openapi.yml").value
}

#[test]
fn the_shipped_overlay_takes_nothing_away() {
    let effective = overlay::apply(bundled(), &read("overlay.yaml")).unwrap();
    superset::check(&bundled(), &effective).unwrap();
}

#[test]
fn whatever_a_change_takes_away_is_named_with_its_place() {
    type Change = fn(&mut Value);
    let changes: [(&str, &str, Change); 16] = [
        ("/paths/~1v1~1models", "#/paths/~1v1~1models/get: the operation is gone", |item| *item = json!({})),
        ("/paths/~1v1~1models/get/operationId", "another name", |id| *id = json!("models")),
        ("/paths/~1v1~1models/get/parameters", "\"include_outdated\" is gone", |list| *list = json!([])),
        ("/paths/~1v1~1models/get/parameters/0", "\"include_outdated\" is now required", |p| {
            p["required"] = json!(true);
        }),
        ("/paths/~1v1~1models/get/parameters", "\"new\" is required", |list| {
            let new = json!({ "name": "new", "in": "query", "required": true, "schema": {} });
            list.as_array_mut().unwrap().push(new);
        }),
        ("/paths/~1v1~1models/get/parameters/0/schema/type", "the type is now \"string\"", |t| *t = json!("string")),
        ("/paths/~1v1~1models/get/responses", "responses/200: the response is gone", |r| *r = json!({ "4XX": {} })),
        ("/paths/~1v1~1projects~1{project_id}~1keys/post/requestBody/content", "`application/json` is gone", |c| {
            *c = json!({ "text/plain": {} });
        }),
        ("/components/schemas/Member", "#/components/schemas/Member/properties/email: the property is gone", |s| {
            s["properties"].as_object_mut().unwrap().shift_remove("email");
        }),
        ("/components/schemas/KeyCreate/required", "the property \"tags\" is now required", |names| {
            names.as_array_mut().unwrap().push(json!("tags"));
        }),
        ("/components/schemas", "#/components/schemas/Balance: the schema is gone", |schemas| {
            schemas.as_object_mut().unwrap().shift_remove("Balance");
        }),
        ("/components/schemas/Key/properties/created/format", "the format is now `uuid`", |f| *f = json!("uuid")),
        ("/components/schemas/Key/properties/comment", "`maxLength` is now 3", |s| s["maxLength"] = json!(3)),
        ("/components/schemas/Key/properties/scopes/items", "`enum` is now [\"owner\"]", |s| {
            s["enum"] = json!(["owner"]);
        }),
        ("/components/schemas/Model/properties/metadata", "`additionalProperties` is now restricted", |s| {
            s["additionalProperties"] = json!(false);
        }),
        ("/paths/~1v1~1projects~1{project_id}/delete/responses/204", "no longer decodes", |r| {
            r["content"] = json!({ "application/json": { "schema": { "type": "object" } } });
        }),
    ];
    for (place, said, change) in changes {
        let mut effective = bundled();
        change(effective.pointer_mut(place).unwrap_or_else(|| panic!("{place}")));
        let error = superset::check(&bundled(), &effective).expect_err(said).to_string();
        assert!(error.contains(said), "{place}: {error}");
    }
}

#[test]
fn what_is_added_or_allowed_beyond_takes_nothing_away() {
    let mut effective = bundled();
    effective["paths"]["/v1/new"] = json!({ "get": { "operationId": "new", "responses": {} } });
    effective["components"]["schemas"]["Key"]["properties"]["tags"] = json!({ "type": "array" });
    effective["components"]["schemas"]["Key"]["properties"]["created"] =
        json!({ "type": ["string", "null"], "format": "date-or-date-time" });
    effective["components"]["schemas"]["UsageSummary"]["properties"]["resolution"]["properties"]["amount"]["type"] =
        json!("number");
    effective["components"]["schemas"]["KeyCreate"]["required"] = json!(["comment"]);
    superset::check(&bundled(), &effective).unwrap();
}
