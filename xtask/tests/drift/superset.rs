//! The overlay only widens: the published one does, and each loss or restriction is found and named.

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
fn the_published_overlay_takes_nothing_away() {
    let effective = overlay::apply(bundled(), &read("overlay.yaml")).unwrap();
    superset::check(&bundled(), &effective).unwrap();
}

#[test]
fn whatever_a_change_takes_away_is_named_with_its_place() {
    type Change = fn(&mut Value);
    let changes: [(&str, &str, Change); 23] = [
        ("/paths/~1v1~1models", "#/paths/~1v1~1models/get: GET /v1/models (operation-removed)", |item| {
            *item = json!({});
        }),
        ("/paths/~1v1~1models/get/operationId", "models/get: operationId, \"listModels\" → \"models\"", |id| {
            *id = json!("models");
        }),
        ("/paths/~1v1~1models/get/parameters", "`include_outdated` in query (request-parameter-removed)", |list| {
            *list = json!([]);
        }),
        (
            "/paths/~1v1~1models/get/parameters/0",
            "`include_outdated` in query (request-parameter-became-required)",
            |p| {
                p["required"] = json!(true);
            },
        ),
        ("/paths/~1v1~1models/get/parameters", "`new` in query (request-required-parameter-added)", |list| {
            let new = json!({ "name": "new", "in": "query", "required": true, "schema": {} });
            list.as_array_mut().unwrap().push(new);
        }),
        (
            "/paths/~1v1~1models/get/parameters/0/schema/type",
            "type, \"boolean\" → \"integer\" (request-type-changed)",
            |name| *name = json!("integer"),
        ),
        ("/paths", "`model_id` in path, \"model_id\" → \"id\" (path-parameter-renamed)", |paths| {
            let mut item = paths.as_object_mut().unwrap().shift_remove("/v1/models/{model_id}").unwrap();
            item["get"]["parameters"][0]["name"] = json!("id");
            paths["/v1/models/{id}"] = item;
        }),
        ("/security", "(security-requirement-replaced)", |schemes| *schemes = json!([{ "other": [] }])),
        ("/paths/~1v1~1models/get/responses", "responses/200: status 200 (response-success-status-removed)", |r| {
            *r = json!({ "4XX": {} });
        }),
        ("/paths/~1v1~1models/get/responses", "responses/401: status 401 (response-error-status-removed)", |r| {
            r.as_object_mut().unwrap().shift_remove("401");
        }),
        (
            "/paths/~1v1~1models/get/responses/200/content",
            "content/application~1json: application/json (response-media-type-removed)",
            |content| *content = json!({ "text/plain": {} }),
        ),
        (
            "/paths/~1v1~1projects~1{project_id}~1keys/post/requestBody/content",
            "content/application~1json: application/json (request-media-type-removed)",
            |content| *content = json!({ "text/plain": {} }),
        ),
        ("/paths/~1v1~1models/get/responses/200", "responses/200: body (response-body-ignored)", |response| {
            response["x-client-body"] = json!("ignored");
        }),
        ("/components/schemas/Member", "#/components/schemas/Member/properties/email: `email` (", |schema| {
            schema["properties"].as_object_mut().unwrap().shift_remove("email");
        }),
        ("/components/schemas/Member/properties/email", "`email` (property-became-write-only)", |schema| {
            schema["writeOnly"] = json!(true);
        }),
        ("/components/schemas/KeyCreate/required", "`tags` (request-property-became-required)", |names| {
            names.as_array_mut().unwrap().push(json!("tags"));
        }),
        ("/components/schemas", "#/components/schemas/Balance: the schema is gone", |schemas| {
            schemas.as_object_mut().unwrap().shift_remove("Balance");
        }),
        (
            "/components/schemas/Key/properties/created/format",
            "created: type, \"string (date-time)\" → \"string (ipv4)\": the client would reject",
            |format| *format = json!("ipv4"),
        ),
        (
            "/components/schemas/Key/properties/comment",
            "#/components/schemas/Key/properties/comment: maxLength, none → 3: the client would reject",
            |schema| schema["maxLength"] = json!(3),
        ),
        ("/components/schemas/Key/properties/comment", "pattern, none → \"^a\" (response-pattern-added)", |schema| {
            schema["pattern"] = json!("^a");
        }),
        (
            "/components/schemas/Key/properties/scopes/items",
            "type, \"string\" → \"integer\": the client would reject",
            |schema| schema["type"] = json!("integer"),
        ),
        (
            "/components/schemas/Model/properties/metadata",
            "additionalProperties (response-additional-properties-restricted)",
            |schema| schema["additionalProperties"] = json!(false),
        ),
        (
            "/paths/~1v1~1projects~1{project_id}/delete/responses/204",
            "204/content/application~1json: application/json: the client would reject",
            |r| r["content"] = json!({ "application/json": { "schema": { "type": "object" } } }),
        ),
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
    effective["components"]["schemas"]["Key"]["x-client-identity"] = json!(["api_key_id"]);
    // In a query, a boolean is a text.
    effective["paths"]["/v1/models"]["get"]["parameters"][0]["schema"]["type"] = json!("string");
    effective["paths"]["/v1/projects/{project_id}"]["delete"]["responses"] =
        json!({ "2XX": { "x-client-body": "ignored", "content": { "application/json": {} } }, "4XX": {} });
    superset::check(&bundled(), &effective).unwrap();
}
