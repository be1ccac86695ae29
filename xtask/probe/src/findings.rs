//! Findings: what differs, where in the document and where in responses, and of what type it is.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use xtask::pointer::Pointer;

use crate::infer::Shape;

/// The kinds of difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A documented operation returns 404 for ids that a listing named.
    NotFound,
    /// The server has an operation that the client has and the document lacks.
    UndocumentedOperation,
    /// A status that neither itself, nor by its range, nor by default is documented.
    UndocumentedStatus,
    /// A media type that is not documented, or JSON that is none.
    UndocumentedContentType,
    /// A property that the schema does not have.
    UndocumentedField,
    /// A required property that is not there.
    MissingField,
    /// A value of another type.
    WrongType,
    /// A text of another format.
    WrongFormat,
    /// A value that an enumeration does not list.
    UnknownEnumValue,
    /// Another rule of the schema that is broken, such as a maximum.
    BrokenRule,
    /// A field that the client's type does not hold: decoded and encoded again, it is gone.
    LostField,
    /// A response that the client's type does not decode.
    Undecodable,
}

impl Kind {
    /// Whether the document says nothing of what was found.
    fn is_news(self) -> bool {
        matches!(
            self,
            Self::UndocumentedOperation
                | Self::UndocumentedStatus
                | Self::UndocumentedContentType
                | Self::UndocumentedField
        )
    }

    /// The kind in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NotFound => "documented operation that returns 404",
            Self::UndocumentedOperation => "undocumented operation",
            Self::UndocumentedStatus => "undocumented status",
            Self::UndocumentedContentType => "undocumented content type",
            Self::UndocumentedField => "undocumented field",
            Self::MissingField => "missing required field",
            Self::WrongType => "wrong type",
            Self::WrongFormat => "wrong format",
            Self::UnknownEnumValue => "unknown enum value",
            Self::BrokenRule => "broken rule",
            Self::LostField => "lost by the client",
            Self::Undecodable => "not decoded by the client",
        }
    }
}

/// One difference, however often it was seen.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// The schema's name, or the operation's method and path.
    pub schema: String,
    /// The field below it: `.results[].start`; or the status or media type.
    pub field: String,
    /// The kind of difference.
    pub kind: Kind,
    /// The documented type or value; empty if there is none.
    pub expected: String,
    /// The types that were seen, each with its format if it has one.
    pub found: BTreeSet<String>,
    /// The types within a field that the document lacks, by their path below it.
    pub within: BTreeMap<String, BTreeSet<&'static str>>,
    /// The operations, and the JSON paths within their responses.
    pub seen: BTreeSet<String>,
    /// Where in the document the remedy belongs.
    #[serde(skip)]
    pub(crate) at: Pointer,
    /// The part of that place: a property, a keyword, a status, a media type.
    #[serde(skip)]
    pub(crate) name: String,
    /// All that was seen there.
    #[serde(skip)]
    pub(crate) shape: Shape,
}

impl Finding {
    /// The kind, and what was found in place of what.
    pub(crate) fn said(&self) -> String {
        let types = self.types();
        [self.kind.words(), if types.is_empty() { "" } else { ": " }, &types].concat()
    }

    /// The types that were found, and the expected one.
    pub(crate) fn types(&self) -> String {
        let found = self.found.iter().map(String::as_str).collect::<Vec<_>>().join(" or ");
        match (found.is_empty(), self.expected.is_empty()) {
            (_, true) => found,
            (true, false) => format!("in place of {}", self.expected),
            (false, false) => format!("{found} in place of {}", self.expected),
        }
    }
}

/// The result of a probe.
#[derive(Debug)]
pub struct Outcome {
    /// The differences, by schema and field.
    pub findings: Vec<Finding>,
    /// The requests without a response, which tell nothing.
    pub untold: Vec<String>,
    /// The requests that were not sent, each with its reason.
    pub skipped: Vec<String>,
    /// How many operations of the document succeeded, and how many GET operations it has.
    pub succeeded: (usize, usize),
}

/// Collects findings so that one difference is one finding.
#[derive(Debug, Default)]
pub(crate) struct Ledger(BTreeMap<(String, String, Kind, Pointer, String), Finding>);

impl Ledger {
    pub(crate) fn add(&mut self, finding: Finding) {
        let Finding { schema, field, kind, at, name, .. } = &finding;
        let key = (schema.clone(), field.clone(), *kind, at.clone(), name.clone());
        match self.0.get_mut(&key) {
            None => drop(self.0.insert(key, finding)),
            Some(known) => {
                known.found.extend(finding.found);
                known.seen.extend(finding.seen);
                known.shape.merge(finding.shape);
            }
        }
    }

    /// The findings, by schema and field.
    pub(crate) fn close(self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.0.into_values().collect();
        for finding in findings.iter_mut().filter(|finding| finding.kind.is_news()) {
            finding.within = finding.shape.within();
        }
        findings
    }
}

/// The schema and the field that a place in the document is.
pub(crate) fn label(at: &Pointer) -> (String, String) {
    let keys: Vec<String> = at.keys().collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let (schema, rest) = match &keys[..] {
        ["components", "schemas", name, rest @ ..] => ((*name).to_owned(), rest),
        ["paths", path, method, "responses", status, rest @ ..] => {
            (format!("{} {path} {status}", method.to_uppercase()), rest)
        }
        ["paths", path, method, ..] => (format!("{} {path}", method.to_uppercase()), &[][..]),
        _ => (at.to_string(), &[][..]),
    };
    let mut field = String::new();
    let mut rest = rest.iter();
    while let Some(key) = rest.next() {
        match *key {
            "properties" => field.extend([".", rest.next().copied().unwrap_or_default()]),
            "items" => field.push_str("[]"),
            "additionalProperties" => field.push_str(".*"),
            // What follows is an index, a media type or `schema`: no step within the response.
            _ => {}
        }
    }
    (schema, field)
}
