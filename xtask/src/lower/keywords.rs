//! The table of step 3: every keyword of OpenAPI 3.1 and JSON Schema 2020-12, its form, and what becomes of it.

pub use super::objects::{Form, Object};

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
    Components, Contact, Discriminator, Encoding, Example, ExternalDocs, Header, Info, License, Link, MediaType,
    OAuthFlow, OAuthFlows, OpenApi, Operation, Parameter, PathItem, Reference, RequestBody, Response, Responses,
    Schema, SecurityScheme, Server, ServerVariable, Tag, Xml,
};

/// Every keyword, object by object, in the specification's order.
#[rustfmt::skip]
pub const TABLE: &[Keyword] = &[
    row(OpenApi, "openapi", Text, Lowered, "3.1.x becomes 3.0.3; 3.0.x passes through; any other version is refused by name"),
    row(OpenApi, "info", One(Info), Kept, ""),
    row(OpenApi, "jsonSchemaDialect", Text, Lowered, "left out where it names the default dialect (OpenAPI's base or JSON Schema 2020-12); any other dialect is an error"),
    row(OpenApi, "servers", Many(Server), LeftOut, "the caller of the client names the base URL"),
    row(OpenApi, "paths", Named(PathItem), Lowered, "added, empty, where a 3.1 document has none"),
    row(OpenApi, "webhooks", Named(PathItem), LeftOut, "calls that the API makes, none that its client makes"),
    row(OpenApi, "components", One(Components), Lowered, "schemas stay; the other sections are written out where they are used"),
    row(OpenApi, "security", Mappings, LeftOut, "authentication is the hand-written half of the client"),
    row(OpenApi, "tags", Many(Tag), LeftOut, "grouping for documentation; an operation keeps its own tags"),
    row(OpenApi, "externalDocs", One(ExternalDocs), LeftOut, "a link for readers"),

    row(Info, "title", Text, Kept, ""),
    row(Info, "summary", Text, LeftOut, "text for readers; 3.0 has none"),
    row(Info, "description", Text, Kept, ""),
    row(Info, "termsOfService", Text, LeftOut, "a link for readers"),
    row(Info, "contact", One(Contact), LeftOut, "a link for readers"),
    row(Info, "license", One(License), Kept, ""),
    row(Info, "version", Text, Kept, ""),
    row(Contact, "name", Text, LeftOut, "a link for readers"),
    row(Contact, "url", Text, LeftOut, "a link for readers"),
    row(Contact, "email", Text, LeftOut, "a link for readers"),

    row(License, "name", Text, Kept, ""),
    row(License, "identifier", Text, LeftOut, "the name stays; 3.0 has no SPDX identifier"),
    row(License, "url", Text, Kept, ""),

    row(Server, "url", Text, LeftOut, "the caller of the client names the base URL"),
    row(Server, "description", Text, LeftOut, "the caller of the client names the base URL"),
    row(Server, "variables", Named(ServerVariable), LeftOut, "the caller of the client names the base URL"),
    row(ServerVariable, "enum", Texts, LeftOut, "the caller of the client names the base URL"),
    row(ServerVariable, "default", Text, LeftOut, "the caller of the client names the base URL"),
    row(ServerVariable, "description", Text, LeftOut, "the caller of the client names the base URL"),

    row(ExternalDocs, "description", Text, LeftOut, "a link for readers"),
    row(ExternalDocs, "url", Text, LeftOut, "a link for readers"),
    row(Tag, "name", Text, LeftOut, "grouping for documentation; an operation keeps its own tags"),
    row(Tag, "description", Text, LeftOut, "grouping for documentation; an operation keeps its own tags"),
    row(Tag, "externalDocs", One(ExternalDocs), LeftOut, "grouping for documentation; an operation keeps its own tags"),

    row(Components, "schemas", Named(Schema), Kept, "those that an operation reaches"),
    row(Components, "responses", Named(Response), Lowered, "written out where referenced"),
    row(Components, "parameters", Named(Parameter), Lowered, "written out where referenced"),
    row(Components, "requestBodies", Named(RequestBody), Lowered, "written out where referenced"),
    row(Components, "pathItems", Named(PathItem), Lowered, "written out where referenced"),
    row(Components, "examples", Named(Example), LeftOut, "text for readers"),
    row(Components, "headers", Named(Header), LeftOut, "response headers are read from the answer, not declared"),
    row(Components, "securitySchemes", Named(SecurityScheme), LeftOut, "authentication (`mutualTLS` included) is the hand-written half of the client"),
    row(Components, "links", Named(Link), LeftOut, "hints for following answers; no call depends on them"),
    row(Components, "callbacks", Mapping, LeftOut, "calls that the API makes"),

    row(PathItem, "$ref", Text, Lowered, "written out; a method may not stand both here and behind the reference"),
    row(PathItem, "summary", Text, LeftOut, "text for readers; an operation has its own"),
    row(PathItem, "description", Text, LeftOut, "text for readers; an operation has its own"),
    row(PathItem, "servers", Many(Server), LeftOut, "the caller of the client names the base URL"),
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
    row(Operation, "externalDocs", One(ExternalDocs), LeftOut, "a link for readers"),
    row(Operation, "operationId", Text, Lowered, "made from tag, method and path where it is missing, not unique or a name of the client's own"),
    row(Operation, "parameters", Many(Parameter), Lowered, "`Authorization`, `Accept` and `Content-Type` headers are dropped, as OpenAPI says"),
    row(Operation, "requestBody", One(RequestBody), Kept, ""),
    row(Operation, "responses", Named(Response), Lowered, "added, empty, where missing; success is one shape, or a choice of several in JSON; errors are read by the client's transport"),
    row(Operation, "callbacks", Mapping, LeftOut, "calls that the API makes"),
    row(Operation, "deprecated", Flag, Kept, ""),
    row(Operation, "security", Mappings, LeftOut, "authentication is the hand-written half of the client"),
    row(Operation, "servers", Many(Server), LeftOut, "the caller of the client names the base URL"),

    row(Reference, "$ref", Text, Lowered, "written out where it stands; to nothing, to itself or out of the document is an error"),
    row(Reference, "summary", Text, LeftOut, "text for readers; what it names has its own"),
    row(Reference, "description", Text, LeftOut, "text for readers; what it names has its own"),

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
    row(Parameter, "examples", Named(Example), LeftOut, "text for readers"),

    row(RequestBody, "description", Text, Kept, ""),
    row(RequestBody, "content", Named(MediaType), Lowered, "one media type: JSON (`application/json` before `…+json`), then form, text and bytes; another one alone, if its schema is text or bytes, under its own name; else an error"),
    row(RequestBody, "required", Flag, Kept, "a body that need not be there is sent if the caller sets it"),

    row(MediaType, "schema", One(Schema), Lowered, "JSON without a schema is any JSON value"),
    row(MediaType, "example", Any, LeftOut, "text for readers"),
    row(MediaType, "examples", Named(Example), LeftOut, "text for readers"),
    row(MediaType, "encoding", Named(Encoding), Lowered, "left out where the body is no form, as OpenAPI says, and where it is empty; for a form an error: the generator cannot encode single properties"),

    row(Encoding, "contentType", Text, LeftOut, "an encoding that says something is an error for a form and none of a client's business elsewhere"),
    row(Encoding, "headers", Named(Header), LeftOut, "an encoding that says something is an error for a form and none of a client's business elsewhere"),
    row(Encoding, "style", Text, LeftOut, "an encoding that says something is an error for a form and none of a client's business elsewhere"),
    row(Encoding, "explode", Flag, LeftOut, "an encoding that says something is an error for a form and none of a client's business elsewhere"),
    row(Encoding, "allowReserved", Flag, LeftOut, "an encoding that says something is an error for a form and none of a client's business elsewhere"),

    row(Example, "summary", Text, LeftOut, "text for readers"),
    row(Example, "description", Text, LeftOut, "text for readers"),
    row(Example, "value", Any, LeftOut, "text for readers"),
    row(Example, "externalValue", Text, LeftOut, "text for readers"),

    row(Responses, "default", One(Response), Lowered, "the error it means beside a success; alone, the success"),

    row(Response, "description", Text, Lowered, "added, empty, where missing"),
    row(Response, "headers", Named(Header), LeftOut, "response headers are read from the answer, not declared"),
    row(Response, "content", Named(MediaType), Lowered, "one media type: JSON if there is any (`application/json` before others), `*/*` of objects or lists included; else bytes"),
    row(Response, "links", Named(Link), LeftOut, "hints for following answers; no call depends on them"),

    row(Header, "description", Text, LeftOut, "response headers are read from the answer, not declared"),
    row(Header, "required", Flag, LeftOut, "response headers are read from the answer, not declared"),
    row(Header, "deprecated", Flag, LeftOut, "response headers are read from the answer, not declared"),
    row(Header, "style", Text, LeftOut, "response headers are read from the answer, not declared"),
    row(Header, "explode", Flag, LeftOut, "response headers are read from the answer, not declared"),
    row(Header, "schema", One(Schema), LeftOut, "response headers are read from the answer, not declared"),
    row(Header, "content", Named(MediaType), LeftOut, "response headers are read from the answer, not declared"),
    row(Header, "example", Any, LeftOut, "response headers are read from the answer, not declared"),
    row(Header, "examples", Named(Example), LeftOut, "response headers are read from the answer, not declared"),

    row(Link, "operationRef", Text, LeftOut, "hints for following answers; no call depends on them"),
    row(Link, "operationId", Text, LeftOut, "hints for following answers; no call depends on them"),
    row(Link, "parameters", Mapping, LeftOut, "hints for following answers; no call depends on them"),
    row(Link, "requestBody", Any, LeftOut, "hints for following answers; no call depends on them"),
    row(Link, "description", Text, LeftOut, "hints for following answers; no call depends on them"),
    row(Link, "server", One(Server), LeftOut, "hints for following answers; no call depends on them"),

    row(Schema, "$schema", Text, Lowered, "left out where it names the default dialect; any other dialect is an error"),
    row(Schema, "$vocabulary", Mapping, LeftOut, "has a meaning in meta-schemas only"),
    row(Schema, "$id", Text, Lowered, "left out where no reference stands below it; else an error: it changes what they mean"),
    row(Schema, "$anchor", Text, LeftOut, "a name for references, and a reference to an anchor is an error"),
    row(Schema, "$dynamicAnchor", Text, LeftOut, "a name for `$dynamicRef`, which is an error"),
    row(Schema, "$ref", Text, Lowered, "to `components/schemas`; what it names elsewhere is moved there; siblings become `allOf`"),
    row(Schema, "$dynamicRef", Text, Refused, "3.0 has no references that depend on their context"),
    row(Schema, "$defs", Named(Schema), Lowered, "moved to `components/schemas` where a reference names them"),
    row(Schema, "$comment", Text, LeftOut, "a note for the document's authors"),
    row(Schema, "definitions", Named(Schema), Lowered, "what `$defs` was called; the same becomes of it"),
    row(Schema, "dependencies", Any, Refused, "what `dependentSchemas` and `dependentRequired` were called; 3.0 has no conditions"),
    row(Schema, "$recursiveAnchor", Any, LeftOut, "what `$dynamicAnchor` was called"),
    row(Schema, "$recursiveRef", Text, Refused, "what `$dynamicRef` was called; 3.0 has no references that depend on their context"),

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

    row(Schema, "discriminator", One(Discriminator), Lowered, "variants are told apart by their shape; those that cannot be become any JSON value; the base of others keeps what they have more"),
    row(Schema, "xml", One(Xml), LeftOut, "the client speaks JSON"),
    row(Schema, "externalDocs", One(ExternalDocs), LeftOut, "a link for readers"),
    row(Schema, "example", Any, LeftOut, "text for readers"),
    row(Schema, "nullable", Flag, Kept, "a keyword of 3.0; 3.1 documents that still carry it mean the same"),

    row(Discriminator, "propertyName", Text, LeftOut, "variants are told apart by their shape, in which this property has its part"),
    row(Discriminator, "mapping", Mapping, LeftOut, "variants are told apart by their shape, whatever the values are called"),

    row(Xml, "name", Text, LeftOut, "the client speaks JSON"),
    row(Xml, "namespace", Text, LeftOut, "the client speaks JSON"),
    row(Xml, "prefix", Text, LeftOut, "the client speaks JSON"),
    row(Xml, "attribute", Flag, LeftOut, "the client speaks JSON"),
    row(Xml, "wrapped", Flag, LeftOut, "the client speaks JSON"),

    row(SecurityScheme, "type", Text, LeftOut, "authentication is the hand-written half of the client"),
    row(SecurityScheme, "description", Text, LeftOut, "authentication is the hand-written half of the client"),
    row(SecurityScheme, "name", Text, LeftOut, "authentication is the hand-written half of the client"),
    row(SecurityScheme, "in", Text, LeftOut, "authentication is the hand-written half of the client"),
    row(SecurityScheme, "scheme", Text, LeftOut, "authentication is the hand-written half of the client"),
    row(SecurityScheme, "bearerFormat", Text, LeftOut, "authentication is the hand-written half of the client"),
    row(SecurityScheme, "flows", One(OAuthFlows), LeftOut, "authentication is the hand-written half of the client"),
    row(SecurityScheme, "openIdConnectUrl", Text, LeftOut, "authentication is the hand-written half of the client"),
    row(OAuthFlows, "implicit", One(OAuthFlow), LeftOut, "authentication is the hand-written half of the client"),
    row(OAuthFlows, "password", One(OAuthFlow), LeftOut, "authentication is the hand-written half of the client"),
    row(OAuthFlows, "clientCredentials", One(OAuthFlow), LeftOut, "authentication is the hand-written half of the client"),
    row(OAuthFlows, "authorizationCode", One(OAuthFlow), LeftOut, "authentication is the hand-written half of the client"),
    row(OAuthFlow, "authorizationUrl", Text, LeftOut, "authentication is the hand-written half of the client"),
    row(OAuthFlow, "tokenUrl", Text, LeftOut, "authentication is the hand-written half of the client"),
    row(OAuthFlow, "refreshUrl", Text, LeftOut, "authentication is the hand-written half of the client"),
    row(OAuthFlow, "scopes", Mapping, LeftOut, "authentication is the hand-written half of the client"),
];
