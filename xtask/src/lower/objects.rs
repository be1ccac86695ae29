//! The objects of the OpenAPI Specification, and the forms that their values have in JSON.

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
    /// `info.contact`
    Contact,
    /// An entry of `servers`.
    Server,
    /// An entry of a server's `variables`.
    ServerVariable,
    /// `externalDocs`
    ExternalDocs,
    /// An entry of `tags`.
    Tag,
    /// `responses` of an operation.
    Responses,
    /// An entry of `encoding`.
    Encoding,
    /// An entry of `examples`.
    Example,
    /// An entry of `links`.
    Link,
    /// An entry of `headers`.
    Header,
    /// A `$ref` in place of another object.
    Reference,
    /// `discriminator`
    Discriminator,
    /// `xml`
    Xml,
    /// An entry of `securitySchemes`.
    SecurityScheme,
    /// `flows` of a security scheme.
    OAuthFlows,
    /// One of the flows.
    OAuthFlow,
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
            Self::Contact => "Contact",
            Self::Server => "Server",
            Self::ServerVariable => "Server Variable",
            Self::ExternalDocs => "External Documentation",
            Self::Tag => "Tag",
            Self::Responses => "Responses",
            Self::Encoding => "Encoding",
            Self::Example => "Example",
            Self::Link => "Link",
            Self::Header => "Header",
            Self::Reference => "Reference",
            Self::Discriminator => "Discriminator",
            Self::Xml => "XML",
            Self::SecurityScheme => "Security Scheme",
            Self::OAuthFlows => "OAuth Flows",
            Self::OAuthFlow => "OAuth Flow",
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
