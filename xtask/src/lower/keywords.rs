//! The table of step 3: every keyword of OpenAPI 3.1 and JSON Schema 2020-12, its form, and the action on it.

use serde_json::{Map, Value};

pub use super::objects::{Form, Object};

/// The action on a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// OpenAPI 3.0 has it with an equal meaning.
    Keep,
    /// OpenAPI 3.0 says it in another way.
    Convert,
    /// An annotation: leaving it out loses nothing for a client.
    Drop,
    /// A condition that no type of the client holds: the type is the wider one, and a warning names the keyword.
    Widen,
    /// No form in OpenAPI 3.0 or in the generator.
    Reject,
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
    /// The action on it.
    pub action: Action,
    /// How it is converted, why nothing is lost, or why it is rejected.
    pub note: &'static str,
}

/// The row of `name` in `object`.
#[must_use]
pub fn find(object: Object, name: &str) -> Option<&'static Keyword> {
    TABLE.iter().find(|row| row.object == object && row.name == name)
}

/// Whether an unknown keyword of this object could be a misspelt one whose loss changes requests or responses. JSON Schema
/// reads an unknown keyword as an annotation.
pub(super) fn may_lose(object: Object, members: &Map<String, Value>) -> bool {
    match object {
        OpenApi => !members.contains_key("paths"),
        Response => !members.contains_key("content"),
        MediaType => !members.contains_key("schema"),
        _ => false,
    }
}

/// Whether a keyword that is kept is a text for readers, or a group of operations: no request or response depends on it.
pub(super) fn is_for_readers(object: Object, name: &str) -> bool {
    match object {
        Info => true,
        Operation => ["tags", "summary", "description", "deprecated"].contains(&name),
        Parameter | RequestBody | Response => ["description", "deprecated"].contains(&name),
        Schema => ["title", "description", "deprecated"].contains(&name),
        _ => false,
    }
}

/// Why a value reads as if its keyword were not there, if it does: null for a keyword of another form, which is what YAML
/// has after a keyword without a value, and a boolean in the `required` of a schema, as in JSON Schema's third draft.
pub(super) fn is_absent(object: Object, row: &Keyword, value: &Value) -> Option<&'static str> {
    match (object, row.name, value) {
        (_, _, Value::Null) if row.form != Any => Some("null says nothing here"),
        (Schema, "required", Value::Bool(_)) => Some("a boolean says nothing of the properties"),
        _ => None,
    }
}

const fn row(object: Object, name: &'static str, form: Form, action: Action, note: &'static str) -> Keyword {
    Keyword { object, name, form, action, note }
}

use Action::{Convert, Drop, Keep, Reject, Widen};
use Form::{Any, Bound, Count, Flag, Many, Mapping, Mappings, Named, Number, One, Text, Texts, Types, Values};
use Object::{
    Components, Contact, Discriminator, Encoding, Example, ExternalDocs, Header, Info, License, Link, MediaType,
    OAuthFlow, OAuthFlows, OpenApi, Operation, Parameter, PathItem, Reference, RequestBody, Response, Responses,
    Schema, SecurityScheme, Server, ServerVariable, Tag, Xml,
};

/// Every keyword, object by object, in the specification's order.
#[rustfmt::skip]
pub const TABLE: &[Keyword] = &[
    row(OpenApi, "openapi", Text, Convert, "3.1.x becomes 3.0.3; 3.0.x passes through; any other version is an error"),
    row(OpenApi, "info", One(Info), Keep, "added, with empty texts, where missing"),
    row(OpenApi, "jsonSchemaDialect", Text, Convert, "left out where it names the default dialect (OpenAPI's base or JSON Schema 2020-12); an older draft is read like it with a warning, but for keywords that restrict nothing in that draft; any other dialect is an error"),
    row(OpenApi, "servers", Many(Server), Drop, "the caller of the client names the base URL"),
    row(OpenApi, "paths", Named(PathItem), Convert, "added, empty, where a 3.1 document has none; a path with a query or a fragment is left out with its operations"),
    row(OpenApi, "webhooks", Named(PathItem), Drop, "calls that the API makes, none that its client makes"),
    row(OpenApi, "components", One(Components), Convert, "schemas stay; the other sections are written out where they are used"),
    row(OpenApi, "security", Mappings, Drop, "authentication is the hand-written half of the client"),
    row(OpenApi, "tags", Many(Tag), Drop, "grouping for documentation; an operation keeps its own tags"),
    row(OpenApi, "externalDocs", One(ExternalDocs), Drop, "a link for readers"),

    row(Info, "title", Text, Keep, ""),
    row(Info, "summary", Text, Drop, "text for readers; 3.0 has none"),
    row(Info, "description", Text, Keep, ""),
    row(Info, "termsOfService", Text, Drop, "a link for readers"),
    row(Info, "contact", One(Contact), Drop, "a link for readers"),
    row(Info, "license", One(License), Drop, "a text for readers"),
    row(Info, "version", Text, Keep, ""),
    row(Contact, "name", Text, Drop, "a link for readers"),
    row(Contact, "url", Text, Drop, "a link for readers"),
    row(Contact, "email", Text, Drop, "a link for readers"),

    row(License, "name", Text, Drop, "a text for readers"),
    row(License, "identifier", Text, Drop, "a text for readers"),
    row(License, "url", Text, Drop, "a text for readers"),

    row(Server, "url", Text, Drop, "the caller of the client names the base URL"),
    row(Server, "description", Text, Drop, "the caller of the client names the base URL"),
    row(Server, "variables", Named(ServerVariable), Drop, "the caller of the client names the base URL"),
    row(ServerVariable, "enum", Texts, Drop, "the caller of the client names the base URL"),
    row(ServerVariable, "default", Text, Drop, "the caller of the client names the base URL"),
    row(ServerVariable, "description", Text, Drop, "the caller of the client names the base URL"),

    row(ExternalDocs, "description", Text, Drop, "a link for readers"),
    row(ExternalDocs, "url", Text, Drop, "a link for readers"),
    row(Tag, "name", Text, Drop, "grouping for documentation; an operation keeps its own tags"),
    row(Tag, "description", Text, Drop, "grouping for documentation; an operation keeps its own tags"),
    row(Tag, "externalDocs", One(ExternalDocs), Drop, "grouping for documentation; an operation keeps its own tags"),

    row(Components, "schemas", Named(Schema), Keep, "those that an operation reaches"),
    row(Components, "responses", Named(Response), Convert, "written out where referenced"),
    row(Components, "parameters", Named(Parameter), Convert, "written out where referenced"),
    row(Components, "requestBodies", Named(RequestBody), Convert, "written out where referenced"),
    row(Components, "pathItems", Named(PathItem), Convert, "written out where referenced"),
    row(Components, "examples", Named(Example), Drop, "text for readers"),
    row(Components, "headers", Named(Header), Drop, "the client reads response headers from the response, not from the document"),
    row(Components, "securitySchemes", Named(SecurityScheme), Drop, "authentication (`mutualTLS` included) is the hand-written half of the client"),
    row(Components, "links", Named(Link), Drop, "hints for calls that follow a response; no call depends on them"),
    row(Components, "callbacks", Mapping, Drop, "calls that the API makes"),

    row(PathItem, "$ref", Text, Convert, "written out; a method may not stand both here and behind the reference"),
    row(PathItem, "summary", Text, Drop, "text for readers; an operation has its own"),
    row(PathItem, "description", Text, Drop, "text for readers; an operation has its own"),
    row(PathItem, "servers", Many(Server), Drop, "the caller of the client names the base URL"),
    row(PathItem, "parameters", Many(Parameter), Convert, "moved into each operation that does not replace them"),
    row(PathItem, "get", One(Operation), Keep, ""),
    row(PathItem, "put", One(Operation), Keep, ""),
    row(PathItem, "post", One(Operation), Keep, ""),
    row(PathItem, "delete", One(Operation), Keep, ""),
    row(PathItem, "options", One(Operation), Reject, "the HTTP client has no method for it"),
    row(PathItem, "head", One(Operation), Keep, ""),
    row(PathItem, "patch", One(Operation), Keep, ""),
    row(PathItem, "trace", One(Operation), Reject, "the HTTP client has no method for it"),

    row(Operation, "tags", Texts, Keep, ""),
    row(Operation, "summary", Text, Keep, ""),
    row(Operation, "description", Text, Keep, ""),
    row(Operation, "externalDocs", One(ExternalDocs), Drop, "a link for readers"),
    row(Operation, "operationId", Text, Convert, "made from tag, method and path where it is missing, not unique or a name of the client's own"),
    row(Operation, "parameters", Many(Parameter), Convert, "`Authorization`, `Accept` and `Content-Type` headers are dropped, as OpenAPI says"),
    row(Operation, "requestBody", One(RequestBody), Keep, ""),
    row(Operation, "responses", Named(Response), Convert, "added, empty, where missing; success is one shape, or a choice of several in JSON, or an `Option` of it beside a status without content; errors are read by the client's transport"),
    row(Operation, "callbacks", Mapping, Drop, "calls that the API makes"),
    row(Operation, "deprecated", Flag, Keep, ""),
    row(Operation, "security", Mappings, Drop, "authentication is the hand-written half of the client"),
    row(Operation, "servers", Many(Server), Drop, "the caller of the client names the base URL"),

    row(Reference, "$ref", Text, Convert, "written out where it stands; to nothing, to itself or out of the document is an error"),
    row(Reference, "summary", Text, Drop, "text for readers; the referenced object has its own"),
    row(Reference, "description", Text, Drop, "text for readers; the referenced object has its own"),

    row(Parameter, "name", Text, Keep, ""),
    row(Parameter, "in", Text, Keep, "`cookie` is left out with its operation: the generator does not support cookies"),
    row(Parameter, "description", Text, Keep, ""),
    row(Parameter, "required", Flag, Convert, "always true for a path parameter"),
    row(Parameter, "deprecated", Flag, Keep, ""),
    row(Parameter, "allowEmptyValue", Flag, Drop, "the client sends a value or leaves the parameter out"),
    row(Parameter, "style", Text, Convert, "a list is sent in the styles `form`, `spaceDelimited` and `pipeDelimited` in the query, `simple` in paths and headers; `deepObject` is written out property by property, its lists under the name with `[]`, with a warning; any other style, and a map or an object in `deepObject`, is left out with its operation"),
    row(Parameter, "explode", Flag, Convert, "`false` joins the items of a list in the query, each percent-encoded; for an object there it is left out with its operation"),
    row(Parameter, "allowReserved", Flag, Drop, "the client percent-encodes, which every server must decode"),
    row(Parameter, "schema", One(Schema), Keep, ""),
    row(Parameter, "content", Any, Reject, "the generator cannot send a parameter in a media type"),
    row(Parameter, "example", Any, Drop, "text for readers"),
    row(Parameter, "examples", Named(Example), Drop, "text for readers"),

    row(RequestBody, "description", Text, Keep, ""),
    row(RequestBody, "content", Named(MediaType), Convert, "one media type: JSON (`application/json` before `…+json`), then form, text and bytes; another one alone, if its schema is text or bytes, under its own name; any other (`multipart`, XML) is left out with its operation"),
    row(RequestBody, "required", Flag, Keep, "a body that need not be there is sent if the caller sets it"),

    row(MediaType, "schema", One(Schema), Convert, "JSON without a schema is any JSON value"),
    row(MediaType, "example", Any, Drop, "text for readers"),
    row(MediaType, "examples", Named(Example), Drop, "text for readers"),
    row(MediaType, "encoding", Named(Encoding), Convert, "left out where the body is no form, as OpenAPI says, and where it is empty; a form with another encoding than OpenAPI's default is left out with its operation: the generator cannot encode single properties"),

    row(Encoding, "contentType", Text, Drop, "in a form, another than `text/plain` is an error; elsewhere OpenAPI ignores it"),
    row(Encoding, "headers", Named(Header), Drop, "OpenAPI ignores it where the body is not `multipart`"),
    row(Encoding, "style", Text, Drop, "in a form, another than `form` is an error; elsewhere OpenAPI ignores it"),
    row(Encoding, "explode", Flag, Drop, "in a form, `false` is an error; elsewhere OpenAPI ignores it"),
    row(Encoding, "allowReserved", Flag, Drop, "the client percent-encodes, which every server must decode"),

    row(Example, "summary", Text, Drop, "text for readers"),
    row(Example, "description", Text, Drop, "text for readers"),
    row(Example, "value", Any, Drop, "text for readers"),
    row(Example, "externalValue", Text, Drop, "text for readers"),

    row(Responses, "default", One(Response), Convert, "the error it means beside a success; alone, the success"),

    row(Response, "description", Text, Convert, "added, empty, where missing"),
    row(Response, "headers", Named(Header), Drop, "the client reads response headers from the response, not from the document"),
    row(Response, "content", Named(MediaType), Convert, "one media type: JSON if there is any (`application/json` before others), `*/*` of objects or lists included; else bytes"),
    row(Response, "links", Named(Link), Drop, "hints for calls that follow a response; no call depends on them"),

    row(Header, "description", Text, Drop, "the client reads response headers from the response, not from the document"),
    row(Header, "required", Flag, Drop, "the client reads response headers from the response, not from the document"),
    row(Header, "deprecated", Flag, Drop, "the client reads response headers from the response, not from the document"),
    row(Header, "style", Text, Drop, "the client reads response headers from the response, not from the document"),
    row(Header, "explode", Flag, Drop, "the client reads response headers from the response, not from the document"),
    row(Header, "schema", One(Schema), Drop, "the client reads response headers from the response, not from the document"),
    row(Header, "content", Named(MediaType), Drop, "the client reads response headers from the response, not from the document"),
    row(Header, "example", Any, Drop, "the client reads response headers from the response, not from the document"),
    row(Header, "examples", Named(Example), Drop, "the client reads response headers from the response, not from the document"),

    row(Link, "operationRef", Text, Drop, "hints for calls that follow a response; no call depends on them"),
    row(Link, "operationId", Text, Drop, "hints for calls that follow a response; no call depends on them"),
    row(Link, "parameters", Mapping, Drop, "hints for calls that follow a response; no call depends on them"),
    row(Link, "requestBody", Any, Drop, "hints for calls that follow a response; no call depends on them"),
    row(Link, "description", Text, Drop, "hints for calls that follow a response; no call depends on them"),
    row(Link, "server", One(Server), Drop, "hints for calls that follow a response; no call depends on them"),

    row(Schema, "$schema", Text, Convert, "read like `jsonSchemaDialect`, for the schema and all below it"),
    row(Schema, "$vocabulary", Mapping, Drop, "has a meaning in meta-schemas only"),
    row(Schema, "$id", Text, Convert, "left out if no reference stands below it; else an error, because it changes their meaning"),
    row(Schema, "$anchor", Text, Drop, "a name for references, and a reference to an anchor is an error"),
    row(Schema, "$dynamicAnchor", Text, Drop, "a name for `$dynamicRef`, which restricts no type"),
    row(Schema, "$ref", Text, Convert, "points to `components/schemas`; a target elsewhere is moved there; siblings become `allOf`"),
    row(Schema, "$dynamicRef", Text, Widen, "3.0 has no references that depend on their context"),
    row(Schema, "$defs", Named(Schema), Convert, "moved to `components/schemas` where a reference names them"),
    row(Schema, "$comment", Text, Drop, "a note for the document's authors"),
    row(Schema, "definitions", Named(Schema), Convert, "the old name of `$defs`; converted like it"),
    row(Schema, "dependencies", Any, Widen, "the old name of `dependentSchemas` and `dependentRequired`; 3.0 has no conditions"),
    row(Schema, "$recursiveAnchor", Any, Drop, "the old name of `$dynamicAnchor`"),
    row(Schema, "$recursiveRef", Text, Widen, "the old name of `$dynamicRef`; 3.0 has no references that depend on their context"),

    row(Schema, "allOf", Many(Schema), Keep, ""),
    row(Schema, "anyOf", Many(Schema), Convert, "`type: 'null'` becomes `nullable`; see the repairs below"),
    row(Schema, "oneOf", Many(Schema), Convert, "`type: 'null'` becomes `nullable`; see the repairs below"),
    row(Schema, "not", Any, Widen, "the generator has no type for excluded values"),
    row(Schema, "if", Any, Widen, "3.0 has no conditions"),
    row(Schema, "then", Any, Widen, "3.0 has no conditions"),
    row(Schema, "else", Any, Widen, "3.0 has no conditions"),
    row(Schema, "dependentSchemas", Any, Widen, "3.0 has no conditions"),
    row(Schema, "prefixItems", Any, Widen, "3.0 has no tuples; the list holds any items"),
    row(Schema, "items", One(Schema), Convert, "`true` becomes `{}`; a list of schemas, the old form of `prefixItems`, too"),
    row(Schema, "contains", Any, Widen, "3.0 cannot ask for one item among many"),
    row(Schema, "properties", Named(Schema), Keep, ""),
    row(Schema, "patternProperties", Any, Widen, "3.0 has no properties by pattern; the object holds any property"),
    row(Schema, "additionalProperties", One(Schema), Convert, "`true` beside properties becomes `{}`, so that the client keeps unknown properties"),
    row(Schema, "propertyNames", One(Schema), Drop, "the server checks it, as it does `pattern`: the client's maps hold any name"),
    row(Schema, "unevaluatedItems", One(Schema), Convert, "`true` and `false` are left out, because the client knows the named items; any other schema is left out with a warning"),
    row(Schema, "unevaluatedProperties", One(Schema), Convert, "`additionalProperties` where nothing is composed; else `true` and `false` are left out: the client sends the named properties and keeps the others; any other schema is left out with a warning"),

    row(Schema, "type", Types, Convert, "a list with `null` becomes `nullable`; a list of several types becomes `anyOf`; all of them, or `null` alone, any JSON value"),
    row(Schema, "enum", Values, Convert, "`null` among the values becomes `nullable`"),
    row(Schema, "const", Any, Convert, "an `enum` of one value"),
    row(Schema, "multipleOf", Number, Keep, "the generated type does not check it"),
    row(Schema, "maximum", Number, Keep, "the generated type does not check it, but where both bounds choose an integer type"),
    row(Schema, "exclusiveMaximum", Bound, Convert, "a number becomes `maximum` with `exclusiveMaximum: true`, the tighter of the two bounds"),
    row(Schema, "minimum", Number, Keep, "the generated type does not check it, but where both bounds, or a least value of 0 or 1, choose an integer type"),
    row(Schema, "exclusiveMinimum", Bound, Convert, "a number becomes `minimum` with `exclusiveMinimum: true`, the tighter of the two bounds"),
    row(Schema, "maxLength", Count, Keep, ""),
    row(Schema, "minLength", Count, Keep, ""),
    row(Schema, "pattern", Text, Drop, "the server checks it; to check it too, the client would need a library of regular expressions that speaks JavaScript's"),
    row(Schema, "maxItems", Count, Keep, "the generated type does not check it"),
    row(Schema, "minItems", Count, Keep, "the generated type does not check it"),
    row(Schema, "uniqueItems", Flag, Keep, ""),
    row(Schema, "maxContains", Any, Widen, "goes with `contains`"),
    row(Schema, "minContains", Any, Widen, "goes with `contains`"),
    row(Schema, "maxProperties", Count, Keep, "the generated type does not check it"),
    row(Schema, "minProperties", Count, Keep, "the generated type does not check it"),
    row(Schema, "required", Texts, Keep, ""),
    row(Schema, "dependentRequired", Mapping, Drop, "says which properties go together, which the server checks; the properties stay"),

    row(Schema, "format", Text, Convert, "`uuid` is left out: the client reads an id as text"),
    row(Schema, "contentEncoding", Text, Convert, "`base64` becomes `format: byte`; any other encoding is left out: the client returns the string unchanged"),
    row(Schema, "contentMediaType", Text, Drop, "describes the content of a string; the client returns the string unchanged"),
    row(Schema, "contentSchema", One(Schema), Drop, "describes the content of a string; the client returns the string unchanged"),
    row(Schema, "title", Text, Keep, ""),
    row(Schema, "description", Text, Keep, ""),
    row(Schema, "default", Any, Drop, "the value that the server uses if a request omits it; the client adds no value"),
    row(Schema, "deprecated", Flag, Keep, ""),
    row(Schema, "readOnly", Flag, Keep, "not `required` in a request"),
    row(Schema, "writeOnly", Flag, Keep, "not `required` in a response"),
    row(Schema, "examples", Values, Drop, "text for readers"),

    row(Schema, "discriminator", One(Discriminator), Convert, "the client selects a variant by its shape; if it cannot, the choice becomes any JSON value; a base schema keeps the properties of its subtypes"),
    row(Schema, "xml", One(Xml), Drop, "the client speaks JSON"),
    row(Schema, "externalDocs", One(ExternalDocs), Drop, "a link for readers"),
    row(Schema, "example", Any, Drop, "text for readers"),
    row(Schema, "nullable", Flag, Keep, "a keyword of 3.0, and read alike in a 3.1 document"),

    row(Discriminator, "propertyName", Text, Drop, "variants are told apart by their shape, in which this property has its part"),
    row(Discriminator, "mapping", Mapping, Drop, "variants are told apart by their shape, whatever the values are called"),

    row(Xml, "name", Text, Drop, "the client speaks JSON"),
    row(Xml, "namespace", Text, Drop, "the client speaks JSON"),
    row(Xml, "prefix", Text, Drop, "the client speaks JSON"),
    row(Xml, "attribute", Flag, Drop, "the client speaks JSON"),
    row(Xml, "wrapped", Flag, Drop, "the client speaks JSON"),

    row(SecurityScheme, "type", Text, Drop, "authentication is the hand-written half of the client"),
    row(SecurityScheme, "description", Text, Drop, "authentication is the hand-written half of the client"),
    row(SecurityScheme, "name", Text, Drop, "authentication is the hand-written half of the client"),
    row(SecurityScheme, "in", Text, Drop, "authentication is the hand-written half of the client"),
    row(SecurityScheme, "scheme", Text, Drop, "authentication is the hand-written half of the client"),
    row(SecurityScheme, "bearerFormat", Text, Drop, "authentication is the hand-written half of the client"),
    row(SecurityScheme, "flows", One(OAuthFlows), Drop, "authentication is the hand-written half of the client"),
    row(SecurityScheme, "openIdConnectUrl", Text, Drop, "authentication is the hand-written half of the client"),
    row(OAuthFlows, "implicit", One(OAuthFlow), Drop, "authentication is the hand-written half of the client"),
    row(OAuthFlows, "password", One(OAuthFlow), Drop, "authentication is the hand-written half of the client"),
    row(OAuthFlows, "clientCredentials", One(OAuthFlow), Drop, "authentication is the hand-written half of the client"),
    row(OAuthFlows, "authorizationCode", One(OAuthFlow), Drop, "authentication is the hand-written half of the client"),
    row(OAuthFlow, "authorizationUrl", Text, Drop, "authentication is the hand-written half of the client"),
    row(OAuthFlow, "tokenUrl", Text, Drop, "authentication is the hand-written half of the client"),
    row(OAuthFlow, "refreshUrl", Text, Drop, "authentication is the hand-written half of the client"),
    row(OAuthFlow, "scopes", Mapping, Drop, "authentication is the hand-written half of the client"),
];
