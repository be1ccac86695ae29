//! The dialects of JSON Schema, as `$schema` or `jsonSchemaDialect` names them, and the keywords that say nothing in each.

use serde_json::{Map, Value};

use super::openapi::{Version, version};
use super::pointer::Pointer;

/// The older dialects, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Draft {
    Draft04,
    Draft06,
    Draft07,
    Draft2019,
}

const OLDER: [(&str, Draft); 4] = [
    ("json-schema.org/draft-04/schema", Draft::Draft04),
    ("json-schema.org/draft-06/schema", Draft::Draft06),
    ("json-schema.org/draft-07/schema", Draft::Draft07),
    ("json-schema.org/draft/2019-09/schema", Draft::Draft2019),
];

/// Keywords that would restrict a type, and the last dialect that reads them as annotations.
const NEWER: [(&str, Draft); 2] = [("const", Draft::Draft04), ("unevaluatedProperties", Draft::Draft07)];

/// Keywords beside a `$ref` that no type depends on, and the reference itself.
const BESIDE_REFERENCES: [&str; 16] = [
    "$ref",
    "$schema",
    "$id",
    "$comment",
    "$defs",
    "definitions",
    "title",
    "description",
    "deprecated",
    "readOnly",
    "writeOnly",
    "default",
    "example",
    "examples",
    "externalDocs",
    "xml",
];

/// The keywords of the schema at `at` that restrict nothing in its dialect.
pub(crate) fn idle_keywords<'s>(document: &Value, schema: &'s Map<String, Value>, at: &Pointer) -> Vec<&'s str> {
    let refers = schema.contains_key("$ref");
    let is_beside = |name: &str| refers && !BESIDE_REFERENCES.contains(&name) && !name.starts_with("x-");
    let last_idle = |name: &str| {
        let newer = NEWER.iter().find(|(keyword, _)| *keyword == name).map(|(_, last)| *last);
        if is_beside(name) { Some(Draft::Draft07) } else { newer }
    };
    let names: Vec<(&str, Draft)> = schema.keys().filter_map(|name| Some((name.as_str(), last_idle(name)?))).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let draft = draft_at(document, at);
    // 3.0 ignores what stands beside a `$ref`; 3.1 does not.
    let is_30 = refers && version(document).is_ok_and(|version| version == Version::V30);
    let is_idle = |name: &str, last| is_30 && is_beside(name) || draft.is_some_and(|draft| draft <= last);
    names.into_iter().filter(|(name, last)| is_idle(name, *last)).map(|(name, _)| name).collect()
}

/// The older dialect of a schema, which the nearest `$schema` around it names, else the document.
fn draft_at(document: &Value, at: &Pointer) -> Option<Draft> {
    let mut place = Some(at.clone());
    while let Some(at) = place {
        let dialect = at.find(document).and_then(|schema| schema.get("$schema")?.as_str());
        if let Some(dialect) = dialect {
            return draft(dialect);
        }
        place = at.parent().map(|(parent, _)| parent);
    }
    draft(document.get("jsonSchemaDialect")?.as_str()?)
}

/// The older dialect of this name.
pub(crate) fn draft(dialect: &str) -> Option<Draft> {
    let name = without_scheme(dialect).trim_end_matches('#');
    OLDER.iter().find(|(known, _)| *known == name).map(|(_, draft)| *draft)
}

/// The name of a dialect, whatever the scheme of its URL.
pub(crate) fn without_scheme(dialect: &str) -> &str {
    dialect.split_once("://").map_or(dialect, |(_, name)| name)
}
