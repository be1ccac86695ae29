//! The cases: schemas that the pipeline repairs, with values of each.

use serde_json::{Value, json};

/// A schema, JSON that its type must read and write again as it was, and JSON that it must reject.
pub(crate) type Case = (&'static str, Value, &'static [&'static str], &'static [&'static str]);

#[expect(clippy::too_many_lines, reason = "a table")]
pub(crate) fn cases() -> Vec<Case> {
    let object = |properties: Value, required: Value| json!({ "type": "object", "properties": properties, "required": required });
    let holder = |property: Value| object(json!({ "v": property }), json!([]));
    let text = json!({ "type": "string" });
    vec![
        (
            "NumberOrInteger",
            json!({ "anyOf": [{ "type": "number" }, { "type": "integer" }] }),
            &["9007199254740993", "-9007199254740993", "1.5"],
            &["\"1\"", "null"],
        ),
        ("EnumWithPoint", json!({ "enum": ["a", 1.0] }), &["\"a\"", "\"b\"", "1.0"], &["true"]),
        (
            "TypedEnumWithPoint",
            json!({ "type": ["string", "integer"], "enum": ["a", 1.0] }),
            &["\"a\"", "\"b\"", "1.0"],
            &["null"],
        ),
        ("MixedEnum", json!({ "enum": ["a", 1, true] }), &["\"a\"", "\"b\"", "1", "true"], &["[]"]),
        (
            "CollidingEnum",
            json!({ "maxLength": 5, "enum": ["a-b", "a_b", "a_b", "", "<", "<=", "1", "x1", "+1", "don't", "dont", "x²", "x"] }),
            &[
                "\"a-b\"",
                "\"a_b\"",
                "\"new\"",
                "\"\"",
                "\"<\"",
                "\"<=\"",
                "\"1\"",
                "\"x1\"",
                "\"+1\"",
                "\"don't\"",
                "\"dont\"",
                "\"x²\"",
                "\"x\"",
            ],
            &["1"],
        ),
        ("PlainEnum", json!({ "type": "string", "enum": ["a", "b"] }), &["\"a\"", "\"b\"", "\"new\""], &["1", "null"]),
        ("EnumOrString", json!({ "anyOf": [{ "enum": ["a"] }, text] }), &["\"a\"", "\"new\""], &["1"]),
        (
            "EnumOrStringOrBoolean",
            json!({ "anyOf": [{ "type": "string", "enum": ["a"] }, text, { "type": "boolean" }] }),
            &["\"a\"", "\"new\"", "true"],
            &["1", "{}", "null"],
        ),
        (
            "DateOrTextOrList",
            json!({ "anyOf": [{ "type": "string", "format": "date" }, text, { "type": "array", "items": text }] }),
            &["\"2026-09-15\"", "\"soon\"", "[\"a\"]"],
            &["1", "[1]"],
        ),
        (
            "SmallOrLargeInteger",
            json!({ "anyOf": [{ "type": "integer", "format": "int32" }, { "type": "integer" }] }),
            &["1", "-9007199254740993"],
            &["\"1\"", "1.5"],
        ),
        ("Id", json!({ "type": "string", "format": "uuid" }), &["\"not-a-uuid\""], &["1"]),
        ("Code", json!({ "type": "string", "pattern": "^[a-z]+$" }), &["\"abc\"", "\"ABC\""], &["1"]),
        ("NullableText", holder(json!({ "type": ["string", "null"] })), &["{\"v\":\"a\"}", "{}"], &["{\"v\":1}"]),
        (
            "NullableNested",
            holder(json!({ "anyOf": [{ "$ref": "#/components/schemas/PlainEnum" }, { "type": "null" }] })),
            &["{\"v\":\"a\"}", "{\"v\":\"new\"}", "{}"],
            &["{\"v\":1}"],
        ),
        (
            "NullInList",
            json!({ "type": "array", "items": { "oneOf": [{ "type": "integer" }, { "type": "null" }] } }),
            &["[1,null,2]", "[]"],
            &["[\"a\"]", "{}"],
        ),
        (
            "AnyOfObjects",
            json!({ "anyOf": [object(json!({ "a": text }), json!(["a"])), object(json!({ "b": text }), json!(["b"]))] }),
            &["{\"a\":\"1\"}", "{\"b\":\"2\"}", "{\"a\":\"1\",\"b\":\"2\"}"],
            &[],
        ),
        (
            "OneOfObjects",
            json!({ "oneOf": [object(json!({ "a": text }), json!(["a"])), object(json!({ "b": text }), json!(["b"]))] }),
            &["{\"a\":\"1\"}", "{\"b\":\"2\"}"],
            &["{}", "[]", "[\"1\"]"],
        ),
        (
            "OneOfHolders",
            json!({ "oneOf": [
                object(json!({ "a": object(json!({ "x": text, "y": text }), json!(["x"])) }), json!(["a"])),
                object(json!({ "b": object(json!({ "z": text }), json!(["z"])) }), json!(["b"]))
            ] }),
            &["{\"a\":{\"x\":\"1\"}}", "{\"b\":{\"z\":\"2\"}}"],
            &["{\"a\":[\"1\",\"2\"]}", "{\"b\":[\"2\"]}", "[{\"x\":\"1\"}]", "[[\"1\",\"2\"]]"],
        ),
        (
            "OneRequiresMore",
            json!({ "oneOf": [
                object(json!({ "id": text }), json!(["id"])),
                object(json!({ "id": text, "name": text }), json!(["id", "name"]))
            ] }),
            &["{\"id\":\"1\"}", "{\"id\":\"1\",\"name\":\"n\"}"],
            &["{\"name\":\"n\"}"],
        ),
        (
            "ToldApartByConstant",
            json!({ "oneOf": [
                object(json!({ "kind": { "const": "cat" }, "a": text }), json!(["kind"])),
                object(json!({ "kind": { "const": "dog" }, "b": text }), json!(["kind"]))
            ] }),
            &[
                "{\"kind\":\"cat\",\"a\":\"1\"}",
                "{\"kind\":\"dog\",\"b\":\"2\",\"more\":{\"x\":[1]}}",
                "{\"kind\":\"cow\",\"milk\":1}",
            ],
            &["{}", "[\"cat\",\"1\"]", "[\"cat\"]", "[\"cat\",{\"a\":\"1\"}]"],
        ),
        (
            "OptionalOnly",
            json!({ "oneOf": [object(json!({ "a": text }), json!([])), object(json!({ "b": text }), json!([]))] }),
            &["{\"a\":\"1\"}", "{\"b\":\"2\"}", "{\"b\":\"2\",\"x\":1}", "{}"],
            &[],
        ),
        // As a whole, a response of which no branch knows a property is unrecognized.
        (
            "ObjectOrNumber",
            json!({ "oneOf": [object(json!({ "a": text }), json!([])), { "type": "integer" }] }),
            &["{\"a\":\"1\",\"x\":1}", "7", "{}"],
            &["{\"x\":1}", "{\"x\":null}"],
        ),
        (
            "NumberOrAlias",
            json!({ "oneOf": [{ "type": "integer" }, { "$ref": "#/components/schemas/AliasOfObject" }] }),
            &["{\"a\":\"1\",\"x\":1}", "7", "{}"],
            &["{\"x\":1}"],
        ),
        (
            "AliasOfObject",
            json!({ "$ref": "#/components/schemas/ClosedObject" }),
            &["{\"a\":\"1\"}", "{}"],
            &["{\"x\":1}"],
        ),
        (
            "AliasOfUnion",
            json!({ "$ref": "#/components/schemas/ObjectOrNumber" }),
            &["{\"a\":\"1\"}", "7", "{}"],
            &["{\"x\":1}"],
        ),
        (
            "NullOrObject",
            json!({ "oneOf": [{ "$ref": "#/components/schemas/ClosedObject" }, { "type": "null" }] }),
            &["{\"a\":\"1\",\"x\":1}", "null", "{}"],
            &["{\"x\":1}"],
        ),
        (
            "BendingObject",
            json!({ "type": "object", "x-client-open": true, "properties": {
                "count": { "type": "integer" },
                "kind": { "$ref": "#/components/schemas/PlainEnum" },
                "list": { "type": "array", "items": text },
                "either": { "$ref": "#/components/schemas/OneOfHolders" },
                "inner": { "$ref": "#/components/schemas/ClosedObject" },
                "open": { "$ref": "#/components/schemas/BendingObject" }
            } }),
            &[
                "{\"count\":1,\"kind\":\"new\",\"list\":[\"a\"],\"inner\":{\"a\":\"1\",\"x\":2},\"open\":{\"count\":2}}",
                "{\"count\":\"x\",\"kind\":[7],\"list\":[\"a\",1],\"either\":{\"z\":1},\"inner\":{\"a\":1},\"open\":[1]}",
                "{\"open\":{\"open\":{\"list\":\"a\",\"either\":{\"b\":{\"z\":\"2\"}}}}}",
            ],
            &["[]", "\"text\"", "{\"x\":1}"],
        ),
        (
            "Identified",
            json!({ "type": "object", "x-client-identity": ["id"], "properties": { "id": { "type": ["string", "null"] } } }),
            &["{\"id\":\"a \"}"],
            &["{}", "{\"id\":null}", "{\"id\":\"\"}", "{\"id\":\" \\n\"}"],
        ),
        (
            "RequiredNullableWhole",
            object(json!({ "left": { "type": ["integer", "null"] } }), json!(["left"])),
            &["{\"left\":null}", "{\"left\":3}", "{\"left\":3,\"more\":null}"],
            &["{}", "{\"left\":\"3\"}"],
        ),
        (
            "ClosedObject",
            json!({ "type": "object", "properties": { "a": text }, "additionalProperties": false }),
            &["{\"a\":\"1\",\"more\":[{\"x\":1}]}"],
            &["{\"a\":1}", "[]", "{\"more\":1}"],
        ),
        (
            "ClosedEvaluated",
            json!({ "type": "object", "properties": { "a": text }, "unevaluatedProperties": false }),
            &["{\"a\":\"1\",\"more\":2}"],
            &["{\"a\":1}"],
        ),
        (
            "ClosedBranches",
            json!({ "oneOf": [
                { "type": "object", "properties": { "a": text }, "required": ["a"], "additionalProperties": false },
                { "type": "object", "properties": { "b": text }, "required": ["b"], "additionalProperties": false }
            ] }),
            &["{\"a\":\"1\"}", "{\"b\":\"2\",\"more\":{\"x\":[1]}}"],
            &["{}", "[]"],
        ),
        (
            "TagAndContent",
            json!({ "oneOf": [
                object(json!({ "t": { "const": "x" }, "c": { "type": "integer" } }), json!(["t", "c"])),
                object(json!({ "t": { "const": "y" }, "c": text }), json!(["t", "c"]))
            ] }),
            &["{\"t\":\"x\",\"c\":1,\"more\":2}", "{\"t\":\"y\",\"c\":\"z\"}"],
            &["{\"t\":\"x\"}"],
        ),
        ("NullAlone", json!({ "type": "null" }), &["null"], &[]),
        (
            "NullAlways",
            object(json!({ "none": { "const": null }, "a": text }), json!(["none"])),
            &["{\"none\":null,\"a\":\"1\"}"],
            &["[]"],
        ),
        (
            "EveryType",
            json!({ "type": ["string", "number", "boolean", "object", "array", "null"] }),
            &["9007199254740993", "\"a\"", "{\"a\":[null]}", "null", "true"],
            &[],
        ),
        (
            "Evaluated",
            json!({ "allOf": [{ "$ref": "#/components/schemas/Kind" }, object(json!({ "a": text }), json!([]))], "unevaluatedProperties": false }),
            &["{\"k\":\"1\",\"a\":\"2\"}"],
            &["{\"a\":\"2\"}"],
        ),
        ("EmptyBranches", json!({ "oneOf": [{}, {}] }), &["1", "\"a\"", "[null]"], &[]),
        (
            "ScalarOrObject",
            json!({ "oneOf": [text, object(json!({ "a": text }), json!([])), { "type": "array", "items": text }] }),
            &["\"a\"", "{\"a\":\"1\"}", "[\"b\"]"],
            &["1", "null"],
        ),
        (
            "ClosedParts",
            json!({ "allOf": [
                { "type": "object", "properties": { "a": text }, "additionalProperties": false },
                { "type": "object", "properties": { "b": text }, "additionalProperties": false }
            ] }),
            &["{\"a\":\"1\",\"b\":\"2\"}"],
            &["{\"a\":1}"],
        ),
        ("WholeNumber", json!({ "allOf": [{ "type": "number" }, { "type": "integer" }] }), &["3"], &["3.5"]),
        (
            "OpenObject",
            json!({ "type": "object", "properties": { "a": text }, "additionalProperties": true }),
            &["{\"a\":\"1\",\"more\":[2]}"],
            &["{\"a\":1}"],
        ),
        (
            "SameTitles",
            object(
                json!({
                    "one": { "title": "Part", "type": "object", "properties": { "a": text } },
                    "two": { "title": "Part", "type": "object", "properties": { "b": text } },
                    "three": { "title": "PlainEnum", "type": "object", "properties": { "c": text } }
                }),
                json!([]),
            ),
            &["{\"one\":{\"a\":\"1\"},\"two\":{\"b\":\"2\"},\"three\":{\"c\":\"3\"}}"],
            &[],
        ),
        (
            "Same",
            object(
                json!({
                    "titles": { "type": "object", "properties": { "x": text } },
                    "kind": { "type": "string", "enum": ["a"] },
                    "k": { "title": "SameKind", "type": "string", "enum": ["b"] }
                }),
                json!([]),
            ),
            &["{\"titles\":{\"x\":\"1\"},\"kind\":\"a\",\"k\":\"b\"}"],
            &["{\"kind\":1}", "{\"k\":1}"],
        ),
        (
            "Siblings",
            json!({ "$ref": "#/components/schemas/OpenObject", "properties": { "b": text } }),
            &["{\"a\":\"1\",\"b\":\"2\",\"more\":3}"],
            &[],
        ),
        (
            "InheritedChoice",
            json!({ "oneOf": [
                { "allOf": [{ "$ref": "#/components/schemas/Siblings" }, object(json!({ "hunts": text }), json!([]))] },
                { "allOf": [{ "$ref": "#/components/schemas/Siblings" }, object(json!({ "barks": text }), json!([]))] }
            ] }),
            &["{\"hunts\":\"1\"}", "{\"barks\":\"2\"}", "{\"a\":\"1\"}"],
            &[],
        ),
        (
            "InheritedConstant",
            json!({ "oneOf": [
                { "allOf": [{ "$ref": "#/components/schemas/Kind" }, object(json!({ "k": { "const": "a" }, "x": text }), json!([]))] },
                { "allOf": [{ "$ref": "#/components/schemas/Kind" }, object(json!({ "k": { "const": "b" }, "y": text }), json!([]))] }
            ] }),
            &["{\"k\":\"a\",\"x\":\"1\"}", "{\"k\":\"b\",\"y\":\"2\"}", "{\"k\":\"c\"}"],
            &["{\"k\":1}", "{}"],
        ),
        (
            "Defaults",
            object(
                json!({
                    "a": { "type": "integer", "default": 5 }, "b": { "enum": ["x", "y"], "default": "x" },
                    "c": { "type": "array", "items": text, "default": ["z"] }, "d": { "type": "boolean", "default": "no" }
                }),
                json!([]),
            ),
            &["{\"c\":[]}", "{\"a\":5,\"b\":\"y\",\"c\":[\"z\"],\"d\":true}"],
            &[],
        ),
        (
            "OneWay",
            json!({ "allOf": [
                object(json!({ "id": { "type": "string", "readOnly": true }, "pin": { "type": "string", "writeOnly": true } }), json!([])),
                { "required": ["id", "pin", "name"] },
                object(json!({ "name": text }), json!([]))
            ] }),
            &["{\"id\":\"1\",\"name\":\"n\"}", "{\"id\":\"1\",\"pin\":\"2\",\"name\":\"n\"}"],
            &["{\"id\":\"1\",\"pin\":\"2\"}", "{\"pin\":\"2\",\"name\":\"n\"}"],
        ),
        (
            "OneWayByReference",
            object(
                json!({ "kind": { "$ref": "#/components/schemas/Kind", "writeOnly": true }, "n": text }),
                json!(["kind", "n"]),
            ),
            &["{\"n\":\"1\"}", "{\"kind\":{\"k\":\"1\"},\"n\":\"1\"}"],
            &["{}"],
        ),
        (
            "SubtypesByReference",
            json!({ "type": "object", "properties": { "t": text }, "required": ["t"], "discriminator": { "propertyName": "t" } }),
            &["{\"t\":\"cat\",\"lives\":9}"],
            &["{}"],
        ),
        (
            "Subtype",
            json!({ "allOf": [{ "$ref": "#/components/schemas/SubtypesByReference" }, object(json!({ "lives": { "type": "integer" } }), json!([]))] }),
            &["{\"t\":\"cat\",\"lives\":9}"],
            &["{}"],
        ),
        (
            "Base",
            json!({
                "type": "object", "properties": { "t": text }, "required": ["t"], "discriminator": { "propertyName": "t" },
                "oneOf": [{ "$ref": "#/components/schemas/Heir" }]
            }),
            &["{\"t\":\"heir\",\"h\":9}"],
            &["{}"],
        ),
        (
            "Heir",
            json!({ "allOf": [{ "$ref": "#/components/schemas/Base" }, object(json!({ "h": { "type": "integer" } }), json!(["h"]))] }),
            &["{\"t\":\"heir\",\"h\":9}"],
            &["{\"t\":\"heir\"}"],
        ),
        ("Kind", object(json!({ "k": text }), json!(["k"])), &["{\"k\":\"c\"}"], &["{}"]),
        (
            "ChoiceByWhatIsWithin",
            json!({ "oneOf": [
                object(json!({ "data": object(json!({ "a": text }), json!([])) }), json!(["data"])),
                object(json!({ "data": object(json!({ "b": text }), json!([])) }), json!(["data"]))
            ] }),
            &["{\"data\":{\"a\":\"1\"}}", "{\"data\":{\"b\":\"2\"}}"],
            &[],
        ),
        (
            "ChoiceByWhatIsRequiredWithin",
            json!({ "oneOf": [
                object(json!({ "data": object(json!({ "a": text }), json!(["a"])) }), json!(["data"])),
                object(json!({ "data": object(json!({ "b": text }), json!(["b"])) }), json!(["data"]))
            ] }),
            &["{\"data\":{\"a\":\"1\"}}", "{\"data\":{\"b\":\"2\"}}"],
            &["{\"data\":{}}"],
        ),
        (
            "ChoiceOfChoices",
            json!({ "oneOf": [
                object(json!({ "id": text, "a": text }), json!(["id"])),
                { "oneOf": [
                    object(json!({ "id": text, "b": text }), json!(["id", "b"])),
                    object(json!({ "id": text, "c": text }), json!(["id", "c"]))
                ] }
            ] }),
            &["{\"id\":\"1\",\"a\":\"2\"}", "{\"id\":\"1\",\"b\":\"2\"}", "{\"id\":\"1\",\"c\":\"2\"}"],
            &["{}"],
        ),
        (
            "PartOfManyShapes",
            json!({ "allOf": [
                { "$ref": "#/components/schemas/Kind" },
                { "anyOf": [object(json!({ "a": text }), json!(["a"])), object(json!({ "b": text }), json!(["b"]))] }
            ] }),
            &["{\"k\":\"1\",\"a\":\"2\"}", "{\"k\":\"1\",\"b\":\"2\"}", "{\"k\":\"1\",\"a\":\"2\",\"b\":\"3\"}"],
            &[],
        ),
        (
            "PartOfOneShapeOfTwo",
            json!({ "allOf": [
                { "$ref": "#/components/schemas/Kind" },
                { "oneOf": [object(json!({ "a": text }), json!(["a"])), object(json!({ "b": text }), json!(["b"]))] }
            ] }),
            &["{\"k\":\"1\",\"a\":\"2\"}", "{\"k\":\"1\",\"b\":\"2\"}"],
            &["{\"a\":\"2\"}"],
        ),
        (
            "NumberOrIntegerWithin",
            json!({ "oneOf": [
                object(json!({ "n": { "type": "integer" }, "a": text }), json!(["n"])),
                object(json!({ "n": { "type": "number" }, "b": text }), json!(["n"]))
            ] }),
            &["{\"n\":1,\"a\":\"1\"}", "{\"n\":1,\"b\":\"1\"}", "{\"n\":1.5,\"b\":\"1\"}"],
            &[],
        ),
    ]
}
