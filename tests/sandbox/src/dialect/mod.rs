//! The ways in which the same state can be spoken about.

mod bundled;
mod items;
mod live;

use std::io;

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::contract::Contract;
use crate::state::State;

/// Which document's statuses and bodies a sandbox speaks; the state behind them is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// The bundled document `spec/deepgram-management-openapi.yml`: flat keys, 204 on deletes, `Bearer`; 22 operations,
    /// one of which is in no document.
    Bundled,
    /// The live API, as the effective document describes it: wrapped keys, messages on deletes, `Token`; 36 operations.
    Live,
}

impl Dialect {
    /// What requests and answers are held against.
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

    pub(crate) fn perform(self, operation: &str, call: &Call, state: &mut State) -> Result<Answer, Refusal> {
        match self {
            Self::Bundled => bundled::perform(operation, call, state),
            Self::Live => live::perform(operation, call, state),
        }
    }

    pub(crate) fn refuse(self, refusal: &Refusal, request_id: &str) -> Answer {
        match self {
            Self::Bundled => bundled::refuse(refusal, request_id),
            Self::Live => live::refuse(refusal, request_id),
        }
    }
}
