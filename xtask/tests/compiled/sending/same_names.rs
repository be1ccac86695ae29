//! Calls of operations whose parameters, properties and types have a name that something else has already.

use serde_json::{Map, Value, json};

/// A call of the client, and the request.
pub(super) const CALLS: [(&str, &str); 13] = [
    // Parameters that have the names of what a builder or its `send` holds.
    (
        r#"locals(["i"]).body("1").client("2").invalid("3").joined("4").query("5").request("6").response("7").result("8")"#,
        "locals: GET http://h/locals/i?body=1&client=2&invalid=3&joined=4&query=5&request=6&response=7&result=8",
    ),
    (
        r#"locals(["i"]).types("1").url("2").value("3").with_list("4").x_list(["l"])._2fa([5, 6])"#,
        "locals: GET http://h/locals/i?2fa=5,6&types=1&url=2&value=3&with_list=4 [x-list: l]",
    ),
    (r#"url_in_path("p").url_2("h").fields(["a", "b"])"#, "url_in_path: GET http://h/urlInPath/p?fields=a,b [url: h]"),
    (r#"url_and_body().fields(["a"]).url("u")"#, "url_and_body: POST http://h/urlAndBody?fields=a&url=u"),
    (
        r#"url_and_body().fields(["a"]).url("u").body_2("b").a("1")"#,
        r#"url_and_body: POST http://h/urlAndBody?fields=a&body=b&url=u [content-type: application/json] {"a":"1"}"#,
    ),
    ("bodies()", "bodies: body is missing: set it with `.body(…)`"),
    ("bodies().body([types::Kind::A])", "bodies: GET http://h/bodies?body=a"),
    // Properties without a letter, and those that begin with a digit, are numbered where they have one name.
    (
        r#"signs().x("1").x_2("2").x1("3").x1_2("4").plus1("5").plus1_2("6")"#,
        r#"signs: POST http://h/signs [content-type: application/json] {"+1":"5","plus1":"6","_":"1","1":"3","x1":"4","x":"2"}"#,
    ),
    // The type of a parameter is its own, whatever else has its name.
    ("taken().mode(types::TakenMode2::Open)", "taken: GET http://h/taken?mode=open [accept: application/json]"),
    (
        "taken().response(types::TakenResponse2::Full)",
        "taken: GET http://h/taken?response=full [accept: application/json]",
    ),
    ("taken().kinds([types::TakenKindsItem2::Red])", "taken: GET http://h/taken?kinds=red [accept: application/json]"),
    (
        "pick().fruit_kind(types::PickFruitKind::Apple)",
        "pick: GET http://h/pick?fruit-kind=apple [accept: application/json]",
    ),
    (
        "pick_fruit().kind(types::PickFruitKind2::Ripe)",
        "pick_fruit: GET http://h/pickFruit?kind=ripe [accept: application/json]",
    ),
];

/// The operations.
pub(super) fn paths(text: &Value) -> Map<String, Value> {
    let body = json!({ "type": "object", "properties": {
        "_": text, "x": text, "1": text, "x1": text, "+1": text, "plus1": text
    } });
    let signs = json!({ "post": {
        "operationId": "signs",
        "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
        "responses": { "204": {} }
    } });
    let mut paths = builder_names(text);
    paths.extend(taken_types());
    paths.insert("/signs".to_owned(), signs);
    paths
}

/// Operations whose parameters have the names of what a builder or its `send` holds.
fn builder_names(text: &Value) -> Map<String, Value> {
    let parameter = |place: &str, name: &str| json!({ "name": name, "in": place, "schema": text });
    let list = |place: &str, name: &str, kind: &str| {
        let schema = json!({ "type": "array", "items": { "type": kind } });
        json!({ "name": name, "in": place, "explode": false, "schema": schema })
    };
    let names = [
        "body",
        "client",
        "invalid",
        "joined",
        "query",
        "request",
        "response",
        "result",
        "types",
        "url",
        "value",
        "with_list",
    ];
    let mut of_locals: Vec<Value> = names.iter().map(|name| parameter("query", name)).collect();
    of_locals.extend([
        list("path", "url_ids", "string"),
        list("header", "X-List", "string"),
        list("query", "2fa", "integer"),
    ]);
    let in_path = json!([parameter("path", "url"), parameter("header", "url"), list("query", "fields", "string")]);
    let and_body = json!([parameter("query", "url"), parameter("query", "body"), list("query", "fields", "string")]);
    let kinds = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Kind" } });
    let bodies = json!([{ "name": "body", "in": "query", "required": true, "schema": kinds }]);
    let body =
        json!({ "content": { "application/json": { "schema": { "type": "object", "properties": { "a": text } } } } });
    let paths = json!({
        "/locals/{url_ids}": { "get": { "operationId": "locals", "parameters": of_locals } },
        "/urlInPath/{url}": { "get": { "operationId": "urlInPath", "parameters": in_path } },
        "/urlAndBody": { "post": { "operationId": "urlAndBody", "parameters": and_body, "requestBody": body } },
        "/bodies": { "get": { "operationId": "bodies", "parameters": bodies } }
    });
    let mut paths = paths.as_object().unwrap().clone();
    for operation in paths.values_mut().flat_map(|item| item.as_object_mut().unwrap().values_mut()) {
        operation["responses"] = json!({ "204": {} });
    }
    paths
}

/// Operations whose parameters have types of which the names are taken.
fn taken_types() -> Map<String, Value> {
    let parameter = |name: &str, schema: Value| json!({ "name": name, "in": "query", "schema": schema });
    let responds = |schema: Value| json!({ "200": { "content": { "application/json": { "schema": schema } } } });
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let kinds = json!({ "type": "array", "items": { "enum": ["red"] } });
    let response = json!({ "type": "object", "properties": {
        "mode": reference("TakenMode"), "kind": reference("TakenKindsItem"), "hits": { "type": "integer" }
    } });
    let paths = json!({
        "/taken": { "get": {
            "operationId": "taken",
            "parameters": [
                parameter("mode", json!({ "enum": ["open", "closed"] })),
                parameter("response", json!({ "enum": ["full", "brief"] })),
                parameter("kinds", kinds)
            ],
            "responses": responds(response)
        } },
        "/pick": { "get": {
            "operationId": "pick",
            "parameters": [parameter("fruit-kind", json!({ "enum": ["apple"] }))],
            "responses": responds(reference("Box"))
        } },
        "/pickFruit": { "get": {
            "operationId": "pickFruit",
            "parameters": [parameter("kind", json!({ "enum": ["ripe"] }))],
            "responses": responds(reference("vec"))
        } }
    });
    paths.as_object().unwrap().clone()
}

/// Schemas that have the names of the standard library's types and hold themselves, and those that have the names of
/// parameters' types.
pub(super) fn schemas() -> Value {
    let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let object = |names: &[&str]| {
        let properties: Map<String, Value> = names.iter().map(|name| (name.to_lowercase(), reference(name))).collect();
        json!({ "type": "object", "properties": properties })
    };
    json!({
        "Box": object(&["Box", "Item", "Option"]),
        "Item": object(&["Box"]),
        "Option": object(&["Option", "vec"]),
        "vec": object(&["vec", "HashMap"]),
        "HashMap": object(&["HashMap", "Box", "Map"]),
        "Map": object(&["Map"]),
        "TakenMode": { "enum": ["x", "y"] },
        "TakenKindsItem": { "enum": ["z"] }
    })
}
