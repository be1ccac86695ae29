//! The dialects: one state, in the statuses and bodies of different documents.

mod bundled;
mod items;
mod live;

use std::io;

use crate::call::Call;
use crate::contract::Contract;
use crate::response::{Rejection, Response};
use crate::state::State;

/// The document whose statuses and bodies a sandbox sends. The state behind them does not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// The bundled document `spec/deepgram-management-openapi.yml`: flat keys, 204 on deletes, `Bearer`; its
    /// operations, and one that is in no document.
    Bundled,
    /// The live API, as the effective document describes it: wrapped keys, messages on deletes, `Token`.
    Live,
}

impl Dialect {
    /// The document that requests and responses must satisfy.
    pub(crate) fn contract(self) -> io::Result<&'static Contract> {
        match self {
            Self::Bundled => bundled::contract(),
            Self::Live => live::contract(),
        }
    }

    /// The authentication scheme.
    pub(crate) fn scheme(self) -> &'static str {
        match self {
            Self::Bundled => bundled::SCHEME,
            Self::Live => live::SCHEME,
        }
    }

    pub(crate) fn perform(self, operation: &str, call: &Call, state: &mut State) -> Result<Response, Rejection> {
        match self {
            Self::Bundled => bundled::perform(operation, call, state),
            Self::Live => live::perform(operation, call, state),
        }
    }

    pub(crate) fn error_response(self, rejection: &Rejection, request_id: &str) -> Response {
        match self {
            Self::Bundled => bundled::error_response(rejection, request_id),
            Self::Live => live::error_response(rejection, request_id),
        }
    }
}
