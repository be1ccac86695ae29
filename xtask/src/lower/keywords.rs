//! The table of step 3: every keyword of OpenAPI 3.1 and JSON Schema 2020-12, its form, and what becomes of it.

use std::fmt;

/// An object of the OpenAPI Specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// The document itself.
    OpenApi,
    /// `info`
    Info,
    /// `info.license`
    License,
    /// `components`
    Components,
    /// A path of `paths`.
    PathItem,
    /// A method of a path.
    Operation,
    /// An entry of `parameters`.
    Parameter,
    /// `requestBody`
    RequestBody,
    /// An entry of `content`.
    MediaType,
    /// An entry of `responses`.
    Response,
    /// A schema: JSON Schema 2020-12 with OpenAPI's additions.
    Schema,
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OpenApi => "OpenAPI",
            Self::Info => "Info",
            Self::License => "License",
            Self::Components => "Components",
            Self::PathItem => "Path Item",
            Self::Operation => "Operation",
            Self::Parameter => "Parameter",
            Self::RequestBody => "Request Body",
            Self::MediaType => "Media Type",
            Self::Response => "Response",
            Self::Schema => "Schema",
        })
    }
}

/// The JSON form a keyword's value must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Anything; the value is data, not structure.
    Any,
    /// A string.
    Text,
    /// `true` or `false`.
    Flag,
    /// A number.
    Number,
    /// A whole number from 0.
    Count,
    /// A number, or 3.0's boolean.
    Bound,
    /// A list of strings.
    Texts,
    /// A string or a list of strings.
    Types,
    /// A list of anything.
    Values,
    /// A mapping of anything.
    Mapping,
    /// A list of mappings.
    Mappings,
    /// One object.
    One(Object),
    /// A list of objects.
    Many(Object),
    /// A mapping from a name to an object.
    Named(Object),
}

/// What becomes of a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// OpenAPI 3.0 has it with the same meaning.
    Kept,
    /// OpenAPI 3.0 says it in another way.
    Lowered,
    /// An annotation: leaving it out loses nothing for a client.
    LeftOut,
    /// No form in OpenAPI 3.0 or in the generator.
    Refused,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Keyword {
    /// The object the keyword stands in.
    pub object: Object,
    /// The keyword.
    pub name: &'static str,
    /// The form its value must have.
    pub form: Form,
    /// What becomes of it.
    pub fate: Fate,
    /// How it is lowered, why nothing is lost, or why it is refused.
    pub note: &'static str,
}

/// The row of `name` in `object`.
#[must_use]
pub fn find(object: Object, name: &str) -> Option<&'static Keyword> {
    TABLE.iter().find(|row| row.object == object && row.name == name)
}

const fn row(object: Object, name: &'static str, form: Form, fate: Fate, note: &'static str) -> Keyword {
    Keyword { object, name, form, fate, note }
}

use Fate::{Kept, LeftOut, Lowered, Refused};
use Form::{Any, Bound, Count, Flag, Many, Mapping, Mappings, Named, Number, One, Text, Texts, Types, Values};
use Object::{
    Components, Info, License, MediaType, OpenApi, Operation, Parameter, PathItem, RequestBody, Response, Schema,
};

/// Every keyword, object by object, in the specification's order.
#[rustfmt::skip]
pub const TABLE: &[Keyword] = &[
    row(OpenApi, "openapi", Text, Lowered, "3.1.x becomes 3.0.3; 3.0.x passes through; any other version is refused by name"),
    row(OpenApi, "info", One(Info), Kept, ""),
    row(OpenApi, "jsonSchemaDialect", Text, Lowered, "left out where it names the default dialect (OpenAPI's base or JSON Schema 2020-12); any other dialect is an error"),
    row(OpenApi, "servers", Mappings, LeftOut, "the caller of the client names the base URL"),
    row(OpenApi, "paths", Named(PathItem), Lowered, "added, empty, where a 3.1 document has none"),
    row(OpenApi, "webhooks", Mapping, LeftOut, "calls that the API makes, none that its client makes"),
    row(OpenApi, "components", One(Components), Lowered, "schemas stay; the other sections are written out where they are used"),
    row(OpenApi, "security", Mappings, LeftOut, "authentication is the hand-written half of the client"),
    row(OpenApi, "tags", Mappings, LeftOut, "grouping for documentation; an operation keeps its own tags"),
    row(OpenApi, "externalDocs", Mapping, LeftOut, "a link for readers"),

    row(Info, "title", Text, Kept, ""),
    row(Info, "summary", Text, LeftOut, "text for readers; 3.0 has none"),
    row(Info, "description", Text, Kept, ""),
    row(Info, "termsOfService", Text, LeftOut, "a link for readers"),
    row(Info, "contact", Mapping, LeftOut, "a link for readers"),
    row(Info, "license", One(License), Kept, ""),
    row(Info, "version", Text, Kept, ""),
    row(License, "name", Text, Kept, ""),
    row(License, "identifier", Text, LeftOut, "the name stays; 3.0 has no SPDX identifier"),
    row(License, "url", Text, Kept, ""),

    row(Components, "schemas", Named(Schema), Kept, "those that an operation reaches"),
    row(Components, "responses", Mapping, Lowered, "written out where referenced"),
    row(Components, "parameters", Mapping, Lowered, "written out where referenced"),
    row(Components, "requestBodies", Mapping, Lowered, "written out where referenced"),
    row(Components, "pathItems", Mapping, Lowered, "written out where referenced"),
    row(Components, "examples", Mapping, LeftOut, "text for readers"),
    row(Components, "headers", Mapping, LeftOut, "response headers are read from the answer, not declared"),
    row(Components, "securitySchemes", Mapping, LeftOut, "authentication (`mutualTLS` included) is the hand-written half of the client"),
    row(Components, "links", Mapping, LeftOut, "hints for following answers; no call depends on them"),
    row(Components, "callbacks", Mapping, LeftOut, "calls that the API makes"),

    row(PathItem, "$ref", Text, Lowered, "written out; a method may not stand both here and behind the reference"),
    row(PathItem, "summary", Text, LeftOut, "text for readers; an operation has its own"),
    row(PathItem, "description", Text, LeftOut, "text for readers; an operation has its own"),
    row(PathItem, "servers", Mappings, LeftOut, "the caller of the client names the base URL"),
    row(PathItem, "parameters", Many(Parameter), Lowered, "moved into each operation that does not replace them"),
    row(PathItem, "get", One(Operation), Kept, ""),
    row(PathItem, "put", One(Operation), Kept, ""),
    row(PathItem, "post", One(Operation), Kept, ""),
    row(PathItem, "delete", One(Operation), Kept, ""),
    row(PathItem, "options", One(Operation), Refused, "the HTTP client has no method for it"),
    row(PathItem, "head", One(Operation), Kept, ""),
    row(PathItem, "patch", One(Operation), Kept, ""),
    row(PathItem, "trace", One(Operation), Refused, "the HTTP client has no method for it"),

    row(Operation, "tags", Texts, Kept, ""),
    row(Operation, "summary", Text, Kept, ""),
    row(Operation, "description", Text, Kept, ""),
    row(Operation, "externalDocs", Mapping, LeftOut, "a link for readers"),
    row(Operation, "operationId", Text, Lowered, "made from tag, method and path where it is missing, not unique or a name of the client's own"),
    row(Operation, "parameters", Many(Parameter), Lowered, "`Authorization`, `Accept` and `Content-Type` headers are dropped, as OpenAPI says"),
    row(Operation, "requestBody", One(RequestBody), Kept, ""),
    row(Operation, "responses", Named(Response), Lowered, "added, empty, where missing; success is one shape, errors are read by the client's transport"),
    row(Operation, "callbacks", Mapping, LeftOut, "calls that the API makes"),
    row(Operation, "deprecated", Flag, Kept, ""),
    row(Operation, "security", Mappings, LeftOut, "authentication is the hand-written half of the client"),
    row(Operation, "servers", Mappings, LeftOut, "the caller of the client names the base URL"),

    row(Parameter, "name", Text, Kept, ""),
    row(Parameter, "in", Text, Kept, "`cookie` is refused: the generator has no cookies"),
    row(Parameter, "description", Text, Kept, ""),
    row(Parameter, "required", Flag, Lowered, "always true for a path parameter"),
    row(Parameter, "deprecated", Flag, Kept, ""),
    row(Parameter, "allowEmptyValue", Flag, LeftOut, "the client sends a value or leaves the parameter out"),
    row(Parameter, "style", Text, Lowered, "the default style of its place is left out; `deepObject` is written out property by property; any other is an error"),
    row(Parameter, "explode", Flag, Lowered, "the default of its place is left out; `false` for a list or an object in the query is an error"),
    row(Parameter, "allowReserved", Flag, LeftOut, "the client percent-encodes, which every server must decode"),
    row(Parameter, "schema", One(Schema), Kept, ""),
    row(Parameter, "content", Any, Refused, "the generator cannot send a parameter in a media type"),
    row(Parameter, "example", Any, LeftOut, "text for readers"),
    row(Parameter, "examples", Mapping, LeftOut, "text for readers"),

    row(RequestBody, "description", Text, Kept, ""),
    row(RequestBody, "content", Named(MediaType), Lowered, "one media type: JSON (`application/json` before `…+json`), then form, text and bytes; another one alone, if its schema is text or bytes, under its own name; else an error"),
    row(RequestBody, "required", Flag, LeftOut, "the client always sends the body, which every document allows; leaving an optional one out cannot be generated"),

    row(MediaType, "schema", One(Schema), Lowered, "JSON without a schema is any JSON value"),
    row(MediaType, "example", Any, LeftOut, "text for readers"),
    row(MediaType, "examples", Mapping, LeftOut, "text for readers"),
    row(MediaType, "encoding", Mapping, Lowered, "left out where the body is no form, as OpenAPI says, and where it is empty; for a form an error: the generator cannot encode single properties"),

    row(Response, "description", Text, Lowered, "added, empty, where missing"),
    row(Response, "headers", Mapping, LeftOut, "response headers are read from the answer, not declared"),
    row(Response, "content", Named(MediaType), Lowered, "one media type: JSON if there is any, `*/*` of objects or lists included; else bytes"),
    row(Response, "links", Mapping, LeftOut, "hints for following answers; no call depends on them"),

    row(Schema, "$schema", Text, Lowered, "left out where it names the default dialect; any other dialect is an error"),
    row(Schema, "$vocabulary", Mapping, LeftOut, "has a meaning in meta-schemas only"),
    row(Schema, "$id", Text, Refused, "changes what every reference below it means; write the schema under `components/schemas`"),
    row(Schema, "$anchor", Text, LeftOut, "a name for references, and a reference to an anchor is an error"),
    row(Schema, "$dynamicAnchor", Text, LeftOut, "a name for `$dynamicRef`, which is an error"),
    row(Schema, "$ref", Text, Lowered, "to `components/schemas`; what it names elsewhere is moved there; siblings become `allOf`"),
    row(Schema, "$dynamicRef", Text, Refused, "3.0 has no references that depend on their context"),
    row(Schema, "$defs", Named(Schema), Lowered, "moved to `components/schemas` where a reference names them"),
    row(Schema, "$comment", Text, LeftOut, "a note for the document's authors"),

    row(Schema, "allOf", Many(Schema), Kept, ""),
    row(Schema, "anyOf", Many(Schema), Lowered, "`type: 'null'` becomes `nullable`; see the repairs below"),
    row(Schema, "oneOf", Many(Schema), Lowered, "`type: 'null'` becomes `nullable`; see the repairs below"),
    row(Schema, "not", Any, Refused, "the generator has no types for what a value is not"),
    row(Schema, "if", Any, Refused, "3.0 has no conditions"),
    row(Schema, "then", Any, Refused, "3.0 has no conditions"),
    row(Schema, "else", Any, Refused, "3.0 has no conditions"),
    row(Schema, "dependentSchemas", Any, Refused, "3.0 has no conditions"),
    row(Schema, "prefixItems", Any, Refused, "3.0 has no tuples"),
    row(Schema, "items", One(Schema), Lowered, "`true` becomes `{}`"),
    row(Schema, "contains", Any, Refused, "3.0 cannot ask for one item among many"),
    row(Schema, "properties", Named(Schema), Kept, ""),
    row(Schema, "patternProperties", Any, Refused, "3.0 has no properties by pattern"),
    row(Schema, "additionalProperties", One(Schema), Lowered, "`true` beside properties becomes `{}`, so that the client keeps what it finds"),
    row(Schema, "propertyNames", One(Schema), LeftOut, "the server checks it, as it does `pattern`: the client's maps hold any name"),
    row(Schema, "unevaluatedItems", One(Schema), Lowered, "`true` and `false` are left out: what is named is what the client knows; any other schema is an error"),
    row(Schema, "unevaluatedProperties", One(Schema), Lowered, "`additionalProperties` where nothing is composed; else `true` and `false` are left out: the client sends what is named and passes over the rest; any other schema is an error"),

    row(Schema, "type", Types, Lowered, "a list with `null` becomes `nullable`; a list of several types becomes `anyOf`; all of them, or `null` alone, any JSON value"),
    row(Schema, "enum", Values, Lowered, "`null` among the values becomes `nullable`"),
    row(Schema, "const", Any, Lowered, "an `enum` of one value"),
    row(Schema, "multipleOf", Number, Kept, "the generated type does not check it"),
    row(Schema, "maximum", Number, Kept, "the generated type does not check it, but where it chooses an integer type"),
    row(Schema, "exclusiveMaximum", Bound, Lowered, "a number becomes `maximum` with `exclusiveMaximum: true`, the tighter of the two bounds"),
    row(Schema, "minimum", Number, Kept, "the generated type does not check it, but where it chooses an integer type"),
    row(Schema, "exclusiveMinimum", Bound, Lowered, "a number becomes `minimum` with `exclusiveMinimum: true`, the tighter of the two bounds"),
    row(Schema, "maxLength", Count, Kept, ""),
    row(Schema, "minLength", Count, Kept, ""),
    row(Schema, "pattern", Text, LeftOut, "the server checks it; to check it too, the client would need a library of regular expressions that speaks JavaScript's"),
    row(Schema, "maxItems", Count, Kept, "the generated type does not check it"),
    row(Schema, "minItems", Count, Kept, "the generated type does not check it"),
    row(Schema, "uniqueItems", Flag, Kept, ""),
    row(Schema, "maxContains", Any, Refused, "goes with `contains`"),
    row(Schema, "minContains", Any, Refused, "goes with `contains`"),
    row(Schema, "maxProperties", Count, Kept, "the generated type does not check it"),
    row(Schema, "minProperties", Count, Kept, "the generated type does not check it"),
    row(Schema, "required", Texts, Kept, ""),
    row(Schema, "dependentRequired", Mapping, LeftOut, "says which properties go together, which the server checks; the properties stay"),

    row(Schema, "format", Text, Lowered, "`uuid` is left out: an id is text, and its form the server's business"),
    row(Schema, "contentEncoding", Text, Lowered, "`base64` becomes `format: byte`; any other encoding is left out: the client hands over the string as it is"),
    row(Schema, "contentMediaType", Text, LeftOut, "says what is in a string; the client hands over the string as it is"),
    row(Schema, "contentSchema", One(Schema), LeftOut, "says what is in a string; the client hands over the string as it is"),
    row(Schema, "title", Text, Kept, ""),
    row(Schema, "description", Text, Kept, ""),
    row(Schema, "default", Any, LeftOut, "what the server takes where nothing is sent; the client sends and hands over what was said, no more"),
    row(Schema, "deprecated", Flag, Kept, ""),
    row(Schema, "readOnly", Flag, Kept, "not `required` of what is sent"),
    row(Schema, "writeOnly", Flag, Kept, "not `required` of what is answered"),
    row(Schema, "examples", Values, LeftOut, "text for readers"),

    row(Schema, "discriminator", Mapping, Lowered, "variants are told apart by their shape; those that cannot be become any JSON value; the base of others keeps what they have more"),
    row(Schema, "xml", Mapping, LeftOut, "the client speaks JSON"),
    row(Schema, "externalDocs", Mapping, LeftOut, "a link for readers"),
    row(Schema, "example", Any, LeftOut, "text for readers"),
    row(Schema, "nullable", Flag, Kept, "a keyword of 3.0; 3.1 documents that still carry it mean the same"),
];
