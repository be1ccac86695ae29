//! The operations of the API as data, for programs that treat all of them alike: command lines, proxies, test suites.
//!
//! ```
//! use deepgram_mgmt::operations::{self, Location};
//!
//! let create = operations::find("createProjectKey").expect("an operation of the API");
//! assert_eq!((create.method, create.path), ("POST", "/v1/projects/{project_id}/keys"));
//! assert_eq!(create.method_name, "create_project_key");
//! let [project] = create.parameters else { panic!("{create:?}") };
//! assert_eq!((project.name, project.location), ("project_id", Location::Path));
//! let body = create.body.unwrap_or_default();
//! assert!(body.iter().any(|property| property.name == "scopes" && property.is_list && property.is_required));
//! assert_eq!(create.response, Some("KeyWithSecret"));
//! ```
//!
//! [`Client::raw`](crate::Client::raw) sends the request of an operation that is only known at run time.

pub use crate::generated::operations::OPERATIONS;
pub use crate::runtime::operations::{Kind, Location, Operation, Parameter, ResponseVisitor};

/// The operation with this `operationId`; `None` if the API has no such operation.
#[must_use]
pub fn find(id: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.id == id)
}

/// Describes a group of the command line; `None` if it is new.
#[must_use]
pub fn describe_group(group: &str) -> Option<&'static str> {
    Some(match group {
        "auth" => "The credential: its details, and short-lived tokens",
        "balances" => "The prepaid amounts of a project",
        "billing" => "The costs of a project, by period and group",
        "distribution-credentials" => "The credentials of self-hosted installations",
        "invitations" => "The invitations to a project",
        "keys" => "The API keys of a project",
        "members" => "The members of a project",
        "models" => "The models that everybody can use",
        "project-models" => "The models that a project can use",
        "projects" => "The projects that the credential opens",
        "purchases" => "The orders of a project",
        "requests" => "The request log of a project",
        "scopes" => "The scopes of a member",
        "usage" => "The use of a project, by period and group",
        _ => return None,
    })
}

impl Operation {
    /// The operation that shows the effect of this one, which changes something: the list of its group, or else the first
    /// that reads. `None` if the group has none.
    #[must_use]
    pub fn shown_by(&self) -> Option<&'static Self> {
        let reads = OPERATIONS.iter().filter(|other| other.method == "GET" && other.group == self.group);
        reads.min_by_key(|other| other.command != "list")
    }

    /// Calls the visitor with the type of the response. `None` if [`response`](Self::response) is `None`.
    #[doc(hidden)]
    pub fn visit_response<V: ResponseVisitor>(&self, visitor: V) -> Option<V::Output> {
        crate::generated::operations::visit_response(self.id, visitor)
    }
}

#[cfg(feature = "cli")]
pub use super::calls::OperationCall;
#[cfg(feature = "cli")]
pub use super::cli::{
    Known, PROJECT, Rows, SecretFile, SuccessorFiles, bars, entry_json, fields, find_command, inert_json, loses_output,
    lost, one_line, parse_period, request_log, successor_values, successors_values, whole_line,
};
