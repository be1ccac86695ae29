//! The operations of a document.

use super::{Document, Location};
use crate::document::openapi::METHODS;

pub(crate) struct Operation<'a> {
    pub(crate) method: &'static str,
    pub(crate) path: &'a str,
    /// The path item that holds the operation.
    pub(crate) item: Location<'a>,
    pub(crate) location: Location<'a>,
}

impl Operation<'_> {
    /// Method and path: `GET /v1/projects`.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// The path with its parameters' names left out: `/v1/projects/{}`.
    pub(crate) fn template(&self) -> String {
        let mut rest = self.path;
        let mut template = String::new();
        while let Some((before, after)) = rest.split_once('{') {
            let Some((_, after)) = after.split_once('}') else { break };
            template.push_str(before);
            template.push_str("{}");
            rest = after;
        }
        template + rest
    }
}

/// Lists the operations of a document, references of path items and operations followed.
pub(crate) fn list<'a>(document: &Document<'a>) -> Vec<Operation<'a>> {
    let mut found = Vec::new();
    let items = document.members(&document.root(), "paths");
    for (path, item) in items.into_iter().filter(|(path, _)| !path.starts_with("x-")) {
        let Some(item) = document.object(item) else { continue };
        for method in METHODS {
            let Some(location) = item.get(method) else { continue };
            if let Some(location) = document.object(location) {
                found.push(Operation { method, path, item: item.clone(), location });
            }
        }
    }
    found
}
