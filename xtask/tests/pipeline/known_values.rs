//! `x-client-known-values`: what the client makes of them, and which values of the extension are errors.

use serde_json::{Value, json};
use xtask::document::load::Document;
use xtask::workspace;
use xtask::{client, published};

/// A document with one operation, whose body holds values of this schema.
fn document(schema: &Value) -> Value {
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Known values", "version": "1" },
        "paths": { "/things": { "post": {
            "operationId": "sendThing",
            "requestBody": { "required": true, "content": { "application/json": { "schema": {
                "$ref": "#/components/schemas/Thing"
            } } } },
            "responses": { "204": {} }
        } } },
        "components": { "schemas": {
            "Thing": { "type": "object", "required": ["color"], "properties": { "color": {
                "$ref": "#/components/schemas/Color"
            } } },
            "Color": schema
        } }
    })
}

#[test]
fn known_values_become_variants_that_show_their_text_beside_one_for_any_other() {
    let known = json!({ "type": "string", "description": "A color.", "x-client-known-values": ["red", "dark:blue"] });
    let types = client(&document(&known)).unwrap().types;
    let start = types.find("/// A color.\n").expect("the description");
    let found = types[start..].split_inclusive("\n}\n").next().unwrap();
    let expected = "\
/// A color.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Color {
    /// `red`
    Red,
    /// `dark:blue`
    DarkBlue,
    /// A value that the document does not list.
    Unknown(::std::string::String),
}
";
    assert_eq!(found, expected);
    assert!(types.contains("pub color: Color,"), "{types}");
}

#[test]
fn an_extension_that_lists_no_known_values_of_a_text_is_an_error_with_its_place() {
    for (schema, at, message) in [
        (json!({ "type": "string", "x-client-known-values": "red" }), "", "expected a list of strings, found a string"),
        (json!({ "type": "string", "x-client-known-values": [1] }), "", "expected a list of strings"),
        (json!({ "type": "string", "x-client-known-values": [] }), "", "needs at least one value"),
        (json!({ "type": "string", "x-client-known-values": ["a", "a"] }), "/1", "lists \"a\" twice"),
        (json!({ "type": "integer", "x-client-known-values": ["1"] }), "", "only a schema of the type `string`"),
        (
            json!({ "type": ["string", "null"], "x-client-known-values": ["a"] }),
            "",
            "only a schema of the type `string`",
        ),
        (json!({ "x-client-known-values": ["a"] }), "", "only a schema of the type `string`"),
        (
            json!({ "type": "string", "enum": ["a"], "x-client-known-values": ["a"] }),
            "",
            "`enum` lists the values already; delete the extension",
        ),
        (
            json!({ "type": "string", "const": "a", "x-client-known-values": ["a"] }),
            "",
            "`const` lists the values already; delete the extension",
        ),
    ] {
        let error = format!("{:#}", client(&document(&schema)).expect_err(message));
        let expected = format!("#/components/schemas/Color/x-client-known-values{at}: {message}");
        assert!(error.starts_with(&expected), "{error}");
    }
}

#[test]
fn the_overlay_lists_known_values_without_a_restriction_and_an_enum_in_their_place_is_one() {
    let root = workspace::root().unwrap();
    let (document, overlay) = published::load(&root).unwrap();
    let effective = published::effective(&document, &overlay).unwrap();
    let scope = "/components/schemas/Scope";
    let values = &effective.pointer(scope).unwrap()["x-client-known-values"];
    assert!(values.as_array().unwrap().contains(&json!("usage:read")), "{values}");

    let closed = with_enum_of_scopes(overlay);
    let error = format!("{:#}", published::effective(&document, &closed).unwrap_err());
    for place in ["InvitationCreate", "KeyCreate", "ScopeUpdate"] {
        assert!(error.contains(place), "{place}: {error}");
    }
}

/// The overlay with `enum` in place of the known values of scopes.
fn with_enum_of_scopes(mut overlay: Document) -> Document {
    let actions = overlay.value["actions"].as_array_mut().unwrap();
    let scope = actions.iter_mut().find_map(|action| action["update"].get_mut("Scope")).unwrap().as_object_mut();
    let scope = scope.unwrap();
    let values = scope.shift_remove("x-client-known-values").unwrap();
    scope.insert("enum".to_owned(), values);
    overlay
}
