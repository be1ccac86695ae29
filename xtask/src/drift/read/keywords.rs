//! The keywords of JSON Schema by purpose: annotations, identity, and constraints with the kind of their values.

use serde_json::Value;

/// A type with its format.
pub(crate) type Type<'a> = (&'a str, Option<&'a str>);

/// Annotations. They change only the documentation.
pub(super) const DOCUMENTATION: [&str; 7] =
    ["title", "description", "example", "examples", "externalDocs", "$comment", "x-enum-descriptions"];

/// Keywords that identify a schema and do not restrict its values.
pub(super) const IDENTITY: [&str; 9] =
    ["$ref", "$id", "$anchor", "$schema", "$defs", "definitions", "$dynamicRef", "$dynamicAnchor", "$vocabulary"];

/// The kind of value that a constraint holds. It decides how two values are compared.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Constraint {
    /// A value that cannot be compared for allowing more or less.
    Opaque,
    /// A schema whose values are excluded.
    Excluded,
    /// `true`.
    Flag,
    /// The name of a format, for example a media type.
    Format,
    Schema,
    Schemas,
    SchemasByName,
    NamesByName,
}

const CONSTRAINTS: [(&str, Constraint); 17] = [
    ("uniqueItems", Constraint::Flag),
    ("contains", Constraint::Schema),
    ("prefixItems", Constraint::Schemas),
    ("unevaluatedItems", Constraint::Schema),
    ("unevaluatedProperties", Constraint::Schema),
    ("propertyNames", Constraint::Schema),
    ("patternProperties", Constraint::SchemasByName),
    ("dependentSchemas", Constraint::SchemasByName),
    ("dependentRequired", Constraint::NamesByName),
    ("then", Constraint::Schema),
    ("else", Constraint::Schema),
    ("contentSchema", Constraint::Schema),
    ("contentEncoding", Constraint::Format),
    ("contentMediaType", Constraint::Format),
    ("if", Constraint::Opaque),
    ("not", Constraint::Excluded),
    ("dependencies", Constraint::Opaque),
];

/// The constraint that `keyword` is, if it is one.
pub(crate) fn constraint(keyword: &str) -> Option<Constraint> {
    CONSTRAINTS.iter().find(|(name, _)| *name == keyword).map(|(_, constraint)| *constraint)
}

/// Whether `value` of a constraint allows every value.
pub(super) fn is_idle(keyword: &str, value: &Value) -> bool {
    let allows_all = value == &Value::Bool(true) || value.as_object().is_some_and(serde_json::Map::is_empty);
    match constraint(keyword) {
        Some(Constraint::Flag) => value != &Value::Bool(true),
        // `contains` asks for one item even if it allows any.
        Some(Constraint::Schema) => allows_all && keyword != "contains",
        _ => false,
    }
}
