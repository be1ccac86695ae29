//! Documents that are odd or wrong in one place: what the client leaves out for it, what it says, and that all the rest
//! compiles with the runtime interface.

use serde_json::{Value, json};
use xtask::{client, pipeline};

use crate::fixture::Fixture;

/// An oddity of an operation, or of the parts that it refers to.
struct Case {
    /// A name for the program.
    name: &'static str,
    /// The path of the operation, and its methods.
    path: &'static str,
    item: Value,
    components: Value,
    /// The operations that the client lacks.
    left_out: &'static [&'static str],
    /// Words of each warning, by its location.
    warnings: &'static [(&'static str, &'static str)],
}

fn responds(schema: &Value) -> Value {
    json!({ "get": { "operationId": "odd", "responses": { "200": { "description": "", "content": {
        "application/json": { "schema": schema }
    } } } } })
}

fn sends_form(schema: &Value) -> Value {
    json!({ "post": {
        "operationId": "odd",
        "requestBody": { "content": { "application/x-www-form-urlencoded": { "schema": schema } } },
        "responses": { "204": { "description": "" } }
    } })
}

fn case(name: &'static str, item: Value) -> Case {
    Case { name, path: "/odd", item, components: json!({}), left_out: &[], warnings: &[] }
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn object(properties: Value, required: Value) -> Value {
    let members = [("type", "object".into()), ("properties", properties), ("required", required)];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<serde_json::Map<_, _>>().into()
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn schemas(schemas: Value) -> Value {
    serde_json::Map::from_iter([("schemas".to_owned(), schemas)]).into()
}

fn kind(values: &[&str]) -> Value {
    json!({ "type": "string", "enum": values })
}

/// An object whose property `name` has this value alone.
fn tagged(name: &str, value: &str) -> Value {
    object(json!({ name: kind(&[value]), value: text() }), json!([name]))
}

/// Odd schemas of a response.
fn schema_cases() -> Vec<Case> {
    vec![
        Case {
            components: schemas(json!({
                "Image": object(json!({ "id": text(), "kind": kind(&["jpg"]), "size": text() }), json!(["id"])),
                "Vector": object(json!({ "id": text(), "kind": kind(&["eps"]) }), json!(["id"]))
            })),
            ..case(
                "any_of_that_shares_values",
                responds(&json!({ "anyOf": [reference("Image"), reference("Vector")] })),
            )
        },
        case(
            "any_of_beside_one_of",
            responds(&json!({
                "anyOf": [tagged("k", "a"), tagged("k", "b")],
                "oneOf": [tagged("l", "c"), tagged("l", "d")]
            })),
        ),
        case(
            "closed_beside_a_choice",
            responds(&json!({
                "type": "object",
                "additionalProperties": false,
                "anyOf": [tagged("k", "a"), tagged("k", "b")]
            })),
        ),
        Case {
            components: schemas(json!({ "Base": object(json!({ "aB": text() }), json!([])) })),
            ..case(
                "one_name_in_two_parts",
                responds(&json!({ "allOf": [reference("Base"), { "oneOf": [
                    object(json!({ "a_b": text() }), json!(["a_b"])), object(json!({ "c": text() }), json!(["c"]))
                ] }] })),
            )
        },
        Case {
            components: schemas(json!({ "Twins": object(json!({ "aB": text(), "a_b": text() }), json!([])) })),
            ..case(
                "twins_beside_a_choice",
                responds(&json!({ "allOf": [reference("Twins"), { "oneOf": [
                    object(json!({ "c": text() }), json!(["c"])), object(json!({ "d": text() }), json!(["d"]))
                ] }] })),
            )
        },
        Case {
            components: schemas(json!({ "ThingPart": object(json!({ "a": text() }), json!(["a"])) })),
            ..case(
                "nullable_choice_with_the_name_of_a_component",
                responds(&json!({ "title": "Thing", "type": "object", "properties": {
                    "part": { "nullable": true, "anyOf": [text(), reference("ThingPart")] }
                } })),
            )
        },
        case("required_and_not_described", responds(&object(json!({ "_id": text() }), json!(["id", "name"])))),
        case("format_without_type", responds(&object(json!({ "a": { "format": "string" } }), json!([])))),
        case(
            "beside_the_prefix_of_raw_names",
            responds(&object(json!({ "r#type": text(), "type": text() }), json!([]))),
        ),
        case(
            "values_longer_than_their_limit",
            responds(&json!({ "type": "string", "maxLength": 2, "enum": ["a", "long"] })),
        ),
        Case {
            components: schemas(json!({ "Name": object(json!({ "first": text() }), json!([])) })),
            warnings: &[(
                "#/paths/~1odd/get/responses/200/content/application~1json/schema/properties/a",
                "`maxLength` says nothing of the type `object`; it is left out",
            )],
            ..case(
                "rules_of_texts_beside_an_object",
                responds(&object(
                    json!({ "a": { "allOf": [reference("Name"), { "maxLength": 9 }] }, "b": reference("Name") }),
                    json!([]),
                )),
            )
        },
        Case {
            components: schemas(json!({
                "Map": object(json!({ "a": text() }), json!([])),
                "Vec": { "type": "array", "items": text() }
            })),
            ..case(
                "names_of_collections",
                responds(&object(json!({ "m": reference("Map"), "v": reference("Vec") }), json!([]))),
            )
        },
    ]
}

/// Odd operations.
fn operation_cases() -> Vec<Case> {
    let success = json!({ "description": "" });
    vec![
        Case {
            path: "/odd/{client}",
            ..case(
                "field_of_the_builder_in_a_path",
                json!({
                    "parameters": [{ "name": "client", "in": "path", "required": true, "schema": text() }],
                    "get": { "operationId": "odd", "responses": { "204": { "description": "" } } }
                }),
            )
        },
        case(
            "parameter_and_property_with_the_name_of_the_client",
            json!({ "post": {
                "operationId": "odd",
                "parameters": [{ "name": "client", "in": "query", "schema": text() }],
                "requestBody": { "content": { "application/json": { "schema": object(json!({ "client": text() }), json!([])) } } },
                "responses": { "204": success }
            } }),
        ),
        Case {
            path: "/odd/{id}/again/{id}",
            ..case(
                "value_twice_in_a_path",
                json!({
                    "parameters": [{ "name": "id", "in": "path", "required": true, "schema": text() }],
                    "get": { "operationId": "odd", "responses": { "204": success } }
                }),
            )
        },
        Case {
            warnings: &[(
                "#/paths/~1odd/get/responses/202",
                "is read as bytes, because #/paths/~1odd/get/responses/200 is no JSON",
            )],
            ..case(
                "bytes_beside_json",
                json!({ "get": { "operationId": "odd", "responses": {
                    "200": { "description": "", "content": { "application/pdf": {} } }, "202": { "description": "", "content": { "application/json": { "schema": text() } } }
                } } }),
            )
        },
        Case {
            warnings: &[
                (
                    "#/paths/~1odd/get/responses/404",
                    "names nothing in the document; the client reads errors without it",
                ),
                ("#/paths/~1odd/get/responses/default", "expected a mapping, found a string"),
            ],
            ..case(
                "wrong_error_responses",
                json!({ "get": { "operationId": "odd", "responses": {
                    "204": success, "404": { "$ref": "#/components/responses/Lost" }, "default": "an error"
                } } }),
            )
        },
        Case {
            left_out: &["#/paths/~1odd/get"],
            ..case(
                "wrong_success",
                json!({ "get": { "operationId": "odd", "responses": { "200": { "$ref": "#/components/responses/Lost" } } } }),
            )
        },
    ]
}

/// Parts of the document that are odd, wherever they stand.
fn document_cases() -> Vec<Case> {
    vec![
        Case {
            warnings: &[
                ("#/paths/~1odd/put", "null says nothing here"),
                ("#/paths/~1odd/get/responses/204", "null says nothing here"),
            ],
            ..case("nulls", json!({ "put": null, "get": { "operationId": "odd", "responses": { "204": null } } }))
        },
        Case { warnings: &[("#/paths/~1odd", "null says nothing here")], ..case("null_path", Value::Null) },
        Case {
            components: json!({ "schemas": { "Wrong": 7 }, "responses": [], "parameters": { "Lost": null } }),
            warnings: &[
                ("#/components/schemas/Wrong", "expected a schema, found a number; no operation can refer to it"),
                ("#/components/responses", "expected a mapping, found a list"),
                ("#/components/parameters/Lost", "expected a mapping, found null"),
            ],
            ..case("wrong_components", responds(&text()))
        },
        Case {
            left_out: &["#/paths/~1odd/post"],
            ..case("form_of_a_list", sends_form(&json!({ "type": "array", "items": text() })))
        },
        Case {
            left_out: &["#/paths/~1odd/post"],
            ..case("form_of_text", sends_form(&json!({ "oneOf": [object(json!({ "a": text() }), json!([])), text()] })))
        },
        Case {
            components: json!({ "schemas": { "Wrong": 7 } }),
            left_out: &["#/paths/~1odd/get"],
            warnings: &[("#/components/schemas/Wrong", "no operation can refer to it")],
            ..case("wrong_component_in_use", responds(&reference("Wrong")))
        },
        Case {
            components: schemas(json!({
                "Typo": object(json!({ "a": { "type": "strng" } }), json!([])),
                "Lost": { "type": "array", "items": { "$ref": "#/components/schemas/Nothing" } },
                // The fault is elsewhere.
                "Sound": object(json!({ "a": reference("Typo") }), json!([]))
            })),
            warnings: &[
                (
                    "#/components/schemas/Typo/properties/a/type",
                    "`strng` is not a type of JSON Schema; no operation needs it",
                ),
                ("#/components/schemas/Lost/items", "names nothing in the document; no operation needs it"),
            ],
            ..case("wrong_components_that_nothing_uses", responds(&text()))
        },
        Case {
            warnings: &[
                ("#/paths/~1odd/get/tags", "expected a list of strings, found a number; the client does not need it"),
                ("#/paths/~1odd/get/summary", "expected a string, found a mapping; the client does not need it"),
                (
                    "#/paths/~1odd/get/responses/200/content/application~1json/schema/description",
                    "expected a string, found a list; the client does not need it",
                ),
            ],
            ..case("texts_for_readers_of_another_form", {
                let mut item = responds(&json!({ "type": "string", "description": [] }));
                item["get"]["tags"] = 7.into();
                item["get"]["summary"] = json!({});
                item
            })
        },
        Case {
            warnings: &[
                ("#/paths/~1odd/gett", "`gett` is not a keyword of the Path Item Object; it is left out"),
                ("#/paths/~1odd/query", "`query` is not a keyword of the Path Item Object; it is left out"),
            ],
            ..case("unknown_methods", {
                let mut item = responds(&text());
                item["gett"] = json!({ "operationId": "misspelt" });
                item["query"] = json!({ "operationId": "new" });
                item
            })
        },
    ]
}

/// The document with the odd operation beside a plain one.
fn document(case: &Case) -> Value {
    let mut document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Odd", "version": "1" },
        "paths": { "/plain": { "get": { "operationId": "plain", "responses": { "204": { "description": "" } } } } },
        "components": case.components
    });
    document["paths"][case.path] = case.item.clone();
    document
}

#[test]
fn an_oddity_costs_its_own_operation_at_most_and_the_rest_compiles() {
    let fixture = Fixture::runtime_interface("odd-documents");
    for case in schema_cases().into_iter().chain(operation_cases()).chain(document_cases()) {
        let name = case.name;
        let (modules, obstacles) = pipeline::client_of_supported(&document(&case));
        let modules = modules.unwrap_or_else(|error| panic!("{name}: {error:#}"));
        let left_out: Vec<&str> = modules.left_out.iter().map(|located| located.at.as_str()).collect();
        assert_eq!(left_out, case.left_out, "{name}: {obstacles:?}");
        assert_eq!(modules.warnings.len(), case.warnings.len(), "{name}: {:?}", modules.warnings);
        for (at, words) in case.warnings {
            let is_said = modules.warnings.iter().any(|said| said.at.as_str() == *at && said.message.contains(words));
            assert!(is_said, "{name}: {at}: {words}: {:?}", modules.warnings);
        }
        assert!(modules.operations.contains("pub fn plain("), "{name}");
        let is_odd = modules.operations.contains("pub fn odd(");
        assert_eq!(is_odd, case.left_out.is_empty() && !case.item.is_null(), "{name}");
        fixture.add_program(name, &modules, "fn main() {}\n");
    }
    fixture.build_programs();
}

#[test]
fn a_document_needs_no_information_about_itself() {
    for info in [json!({}), Value::Null, json!({ "title": "Odd", "license": "MIT" })] {
        let mut document = document(&case("no_information", responds(&json!({ "type": "string" }))));
        document["info"] = info.clone();
        let modules = client(&document).unwrap_or_else(|error| panic!("{info}: {error:#}"));
        assert!(modules.operations.contains("pub fn odd("), "{info}");
        let is_said =
            modules.warnings.iter().any(|said| said.message.contains("missing; no request or response needs it"));
        assert!(is_said, "{info}: {:?}", modules.warnings);
    }
}
