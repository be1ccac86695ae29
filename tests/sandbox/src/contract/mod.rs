//! A document as the sandbox's contract: its routes, the requests that it allows, and the responses that it accepts.

mod operation;
mod reading;
mod responses;
mod sample;
mod schemas;
mod strict;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use percent_encoding::percent_decode_str;
use serde_json::Value;

pub(crate) use operation::Operation;
pub(crate) use reading::Reading;
use reading::{At as _, object};
use responses::Expected;
use schemas::Schemas;

use crate::response::Response;

/// The statuses that any operation may send with the Error schema, documented or not.
const ALWAYS_ALLOWED: [StatusCode; 7] = [
    StatusCode::BAD_REQUEST,
    StatusCode::NOT_FOUND,
    StatusCode::METHOD_NOT_ALLOWED,
    StatusCode::REQUEST_TIMEOUT,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::SERVICE_UNAVAILABLE,
];

#[derive(Debug)]
pub(crate) struct Contract {
    operations: Vec<Operation>,
    error: Expected,
}

/// Where method and path lead.
#[derive(Debug)]
pub(crate) enum Route<'a> {
    /// The operation, and its path parameters, percent-decoded.
    Found(&'a Operation, BTreeMap<String, String>),
    /// The path exists, with these methods.
    WrongMethod(Vec<&'a str>),
    Unknown,
}

impl<'a> Route<'a> {
    pub(crate) fn operation(&self) -> Option<&'a Operation> {
        match self {
            Self::Found(operation, _) => Some(operation),
            Self::WrongMethod(_) | Self::Unknown => None,
        }
    }
}

impl Contract {
    /// Reads an `OpenAPI` document. The error says where it has something that the sandbox cannot serve.
    pub(crate) fn read(document: &Value, reading: Reading) -> Result<Self, String> {
        let schemas = Schemas::read(document, reading)?;
        let mut operations = Vec::new();
        for (path, item) in object(document, "/paths")? {
            let item = item.as_object().ok_or_else(|| format!("{path}: not an object"))?;
            for (method, operation) in item {
                let place = format!("{method} {path}");
                operations.push(Operation::read(document, &schemas, (method, path), operation).at(&place)?);
            }
        }
        Ok(Self { operations, error: Expected::any_error(&schemas)? })
    }

    /// Finds the operation for a method and a path as it came over the wire.
    pub(crate) fn route(&self, method: &str, path: &str) -> Route<'_> {
        // Split before decoding: an encoded slash is part of its segment. In a path, `+` is a plus.
        let segments: Option<Vec<String>> = path
            .strip_prefix('/')
            .into_iter()
            .flat_map(|path| path.split('/'))
            .map(|segment| percent_decode_str(segment).decode_utf8().ok().map(Into::into))
            .collect();
        let Some(segments) = segments else { return Route::Unknown };
        let mut methods = Vec::new();
        for operation in &self.operations {
            if let Some(parameters) = operation.matches(&segments) {
                if operation.method == method {
                    return Route::Found(operation, parameters);
                }
                methods.push(operation.method.as_str());
            }
        }
        methods.sort_unstable();
        if methods.is_empty() { Route::Unknown } else { Route::WrongMethod(methods) }
    }

    /// Checks a response against the document, in its strict form; the error is the reason not to send it.
    ///
    /// Without an operation (unknown path, wrong method) only an error response can be right.
    pub(crate) fn check_response(&self, operation: Option<&Operation>, response: &Response) -> Result<(), String> {
        let Response { status, content } = response;
        let documented = operation.and_then(|operation| operation.responses.of(*status));
        let is_error = ALWAYS_ALLOWED.contains(status) || operation.is_none() && *status == StatusCode::UNAUTHORIZED;
        let checked = match documented {
            Some(expected) => expected.check(content),
            None if is_error => self.error.check(content),
            None => Err("not documented".to_owned()),
        };
        checked.map_err(|reason| format!("status {status}: {reason}: {content}"))
    }
}
