//! The rows of the table of operations, which generated code fills.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// An operation of the API, as its document describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The `operationId`: `listProjects`.
    pub id: &'static str,
    /// The method of [`Client`](crate::Client) that calls it: `list_projects`.
    pub method_name: &'static str,
    /// The HTTP method, in capitals: `GET`.
    pub method: &'static str,
    /// The path, with its parameters in braces: `/v1/projects/{project_id}`.
    pub path: &'static str,
    /// The first tag, which names the resource: `Projects`.
    pub tag: Option<&'static str>,
    /// The group of its command in the command line: `keys`.
    pub group: &'static str,
    /// The name of its command in the group: `create`.
    pub command: &'static str,
    /// An example of its command, with what it needs: `keys create --comment ci --scopes usage:read`.
    pub example: &'static str,
    /// The document's title of the operation. Foreign text: Markdown of any length, or empty.
    pub summary: &'static str,
    /// The document's description. Foreign text: Markdown of any length, or empty.
    pub description: &'static str,
    /// The parameters: those of the path first, in its order; then the others, in the document's order.
    pub parameters: &'static [Parameter],
    /// The properties of the request's body. `None` if the operation sends no body; empty if the body is no object with
    /// properties.
    pub body: Option<&'static [Parameter]>,
    /// The type of the response, of [`types`](crate::types): `ProjectList`. `None` if the client returns `()` or bytes.
    pub response: Option<&'static str>,
    /// The properties of the response that are lists of its entries: `projects`. Empty if the response is no list, or
    /// has other lists, too.
    pub entries: &'static [&'static str],
    /// The paths of the properties of an entry, or else of the response itself, to a depth of 4: `member.email`.
    pub fields: &'static [&'static str],
    /// The properties of the response that must not be printed: `key`.
    pub secrets: &'static [&'static str],
}

/// A parameter of an operation, or a property of its request's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// The name on the wire.
    pub name: &'static str,
    /// The setter of the operation's builder, or, for a path parameter, the argument of the client's method.
    pub setter: &'static str,
    /// The name of its option in the command line, without the hyphens before it: `time-to-live-in-seconds`.
    pub option: &'static str,
    /// Where the request has it.
    pub location: Location,
    /// Whether a request must have it.
    pub is_required: bool,
    /// The kind of its value, or of each value if it is a list.
    pub kind: Kind,
    /// Whether it takes any number of values.
    pub is_list: bool,
    /// The values that the document lists; empty if it lists none. The server may take others.
    pub known_values: &'static [&'static str],
    /// The document's description. Foreign text: Markdown of any length, or empty.
    pub description: &'static str,
}

/// Where a request has a parameter: `in` of OpenAPI, or the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Location {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A property of the JSON body.
    Body,
}

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// A number, with or without a fraction.
    Number,
    /// True or false.
    Boolean,
    /// A date, or a date with a time, in the forms that [`Timestamp`](crate::Timestamp) reads.
    Timestamp,
    /// A text that must not be printed.
    Secret,
    /// Any other JSON.
    Json,
}

/// Is called with the type of a response that only the table of operations names.
pub trait ResponseVisitor {
    /// The result of the visit.
    type Output;

    /// Visits the type `T`.
    fn visit<T: DeserializeOwned + Serialize>(self) -> Self::Output;
}
