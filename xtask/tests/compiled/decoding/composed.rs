//! Cases of composition: `allOf` with what may stand beside it, choices of it, and properties that share a name in Rust.

use serde_json::json;

use super::cases::Case;

#[expect(clippy::too_many_lines, reason = "a table")]
pub(crate) fn cases() -> Vec<Case> {
    let text = json!({ "type": "string" });
    let nullable = json!({ "type": ["object", "null"], "properties": { "x": text } });
    let base = json!({ "$ref": "#/components/schemas/SharedBase" });
    let variant = |kind: &str, name: &str| {
        json!({
            "type": "object",
            "required": ["kind"],
            "allOf": [{ "properties": { "kind": { "enum": [kind] } } }, { "$ref": format!("#/components/schemas/{name}") }]
        })
    };
    let circle = |own: &str, name: &str| {
        let again = json!({ "$ref": format!("#/components/schemas/{name}") });
        json!({ "type": "object", "properties": { own: text, "l": again, "r": again } })
    };
    vec![
        (
            "EnumBesideAllOf",
            json!({ "type": "object", "properties": {
                "t": { "type": "string", "enum": ["a"], "allOf": [{ "$ref": "#/components/schemas/PlainEnum" }] }
            } }),
            &["{\"t\":\"a\"}", "{}"],
            &["{\"t\":1}"],
        ),
        (
            "ConstBesideReference",
            json!({ "type": "object", "properties": { "t": { "$ref": "#/components/schemas/PlainEnum", "const": "a" } } }),
            &["{\"t\":\"a\"}", "{}"],
            &["{\"t\":1}"],
        ),
        ("NullableBase", nullable, &["{\"x\":\"1\"}"], &["1"]),
        (
            "AllOfNullableBase",
            json!({ "allOf": [{ "$ref": "#/components/schemas/NullableBase" }, { "type": "object" }], "required": ["x"] }),
            &["{\"x\":\"1\"}"],
            &["null", "{}"],
        ),
        (
            "SharedBase",
            json!({ "type": "object", "required": ["id"], "properties": { "id": text } }),
            &["{\"id\":\"1\"}"],
            &["{}"],
        ),
        (
            "WithNumber",
            json!({ "required": ["n"], "properties": { "n": { "type": "number" } }, "allOf": [base] }),
            &["{\"id\":\"1\",\"n\":1.5}"],
            &["{\"id\":\"1\"}", "{\"n\":1.5}"],
        ),
        (
            "WithFlag",
            json!({ "required": ["f"], "properties": { "f": { "type": "boolean" } }, "allOf": [base] }),
            &["{\"id\":\"1\",\"f\":true}"],
            &["{\"id\":\"1\"}"],
        ),
        (
            "ChoiceOfShared",
            json!({
                "type": "object",
                "properties": { "old": text },
                "oneOf": [variant("NUM", "WithNumber"), variant("FLAG", "WithFlag")]
            }),
            &["{\"id\":\"1\",\"kind\":\"NUM\",\"n\":1.5}", "{\"id\":\"1\",\"kind\":\"FLAG\",\"f\":true,\"old\":\"o\"}"],
            &["{\"id\":\"1\",\"kind\":\"NUM\"}"],
        ),
        (
            "ClosedTogether",
            json!({ "additionalProperties": false, "allOf": [
                { "type": "object", "properties": { "a": text }, "additionalProperties": false },
                { "type": "object", "properties": { "b": text }, "additionalProperties": false }
            ] }),
            &["{\"a\":\"1\",\"b\":\"2\"}", "{}"],
            &["{\"a\":1}"],
        ),
        ("LeftCircle", circle("x", "LeftCircle"), &["{\"x\":\"1\",\"l\":{\"x\":\"2\"}}"], &[]),
        ("RightCircle", circle("y", "RightCircle"), &["{\"y\":\"1\",\"r\":{\"y\":\"2\"}}"], &[]),
        (
            "BothCircles",
            json!({ "allOf": [{ "$ref": "#/components/schemas/LeftCircle" }, { "$ref": "#/components/schemas/RightCircle" }] }),
            &["{\"x\":\"1\",\"l\":{\"x\":\"1\",\"y\":\"2\",\"r\":{\"y\":\"3\",\"l\":{\"l\":{\"l\":{\"x\":\"4\"}}}}}}"],
            &["{\"l\":{\"y\":1}}"],
        ),
        (
            "GroupsOfRequired",
            json!({ "type": "object", "properties": { "a": text, "b": text },
                "oneOf": [{ "title": "By a", "required": ["a"] }, { "title": "By b", "required": ["b"] }] }),
            &["{\"a\":\"1\"}", "{\"b\":\"2\"}"],
            &["{\"a\":1}"],
        ),
        (
            "TupleOfTwo",
            json!({ "type": "array", "prefixItems": [text, { "type": "integer" }], "items": false }),
            &["[\"a\",1]", "[]"],
            &["{}"],
        ),
        (
            "NamedByPattern",
            json!({ "type": "object", "properties": { "a": text }, "additionalProperties": false,
                "patternProperties": { "^x": { "type": "integer" } } }),
            &["{\"a\":\"1\",\"x1\":2}"],
            &["{\"a\":1}"],
        ),
        (
            "OnlyIfThen",
            json!({ "type": "object", "properties": { "a": text }, "if": { "required": ["a"] },
                "then": { "properties": { "b": { "type": "integer" } } }, "not": { "required": ["c"] } }),
            &["{\"a\":\"1\",\"b\":2}", "{}"],
            &["{\"a\":1}"],
        ),
        (
            "TwoSpellings",
            json!({ "type": "object", "required": ["created_at"], "additionalProperties": { "type": "integer" }, "properties": {
                "createdAt": text, "created_at": text, "created_at_2": text, "extra": text,
                "$ref": { "type": "boolean", "x-client-name": "reference" }
            } }),
            &[
                "{\"createdAt\":\"1\",\"created_at\":\"2\",\"created_at_2\":\"3\",\"extra\":\"4\",\"$ref\":true,\"more\":5}",
            ],
            &["{\"createdAt\":\"1\"}"],
        ),
    ]
}
