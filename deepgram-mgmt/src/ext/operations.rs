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

impl Operation {
    /// Calls the visitor with the type of the response. `None` if [`response`](Self::response) is `None`.
    #[doc(hidden)]
    pub fn visit_response<V: ResponseVisitor>(&self, visitor: V) -> Option<V::Output> {
        crate::generated::operations::visit_response(self.id, visitor)
    }
}

/// Calls of operations that are chosen at run time. Only with the feature `cli`.
#[cfg(feature = "cli")]
mod calls {
    use std::fmt;

    use reqwest::Request;
    use serde_json::{Map, Value};

    use super::Operation;
    use crate::builder::ListProjectRequests;
    use crate::error::OneLine;
    use crate::generated::calls::prepare;
    use crate::runtime::calls::{FromValues, Prepared, Values};
    use crate::{Client, Error, ErrorKind};

    impl Operation {
        /// The call of this operation with `values`: JSON by the name of the setter, of parameters and of properties of
        /// the body alike. It is the call that the method of the client makes: credentials, retries, limits and the
        /// checks of ids and of the response are no others.
        ///
        /// ```no_run
        /// use deepgram_mgmt::operations;
        /// use deepgram_mgmt::serde_json::json;
        ///
        /// # async fn example(client: deepgram_mgmt::Client) -> Result<(), Box<dyn std::error::Error>> {
        /// let list = operations::find("listProjectKeys").ok_or("no such operation")?;
        /// let values = json!({ "project_id": "a project id", "status": "active" });
        /// let call = list.call(&client, values.as_object().cloned().unwrap_or_default())?;
        /// println!("{} {}", call.request().method(), call.request().url());
        /// println!("{}", call.send().await?);
        /// # Ok(())
        /// # }
        /// ```
        ///
        /// # Errors
        /// [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest): a value is missing or does not fit, or the
        /// operation has none of this name. Nothing was sent.
        pub fn call<'a>(&self, client: &'a Client, values: Map<String, Value>) -> Result<OperationCall<'a>, Error> {
            let unknown = || Error::new(ErrorKind::InvalidRequest).with_operation(self.method_name);
            match prepare(client, self.id, Values::new(values)).ok_or_else(unknown)? {
                Ok(prepared) => Ok(OperationCall(prepared)),
                Err(error) => Err(error.with_operation(self.method_name)),
            }
        }
    }

    /// A call of an operation that is chosen at run time: see [`Operation::call`].
    #[must_use = "nothing is sent before `send`"]
    pub struct OperationCall<'a>(Prepared<'a>);

    impl OperationCall<'_> {
        /// The request as it will be sent, but for the credential, which each attempt adds.
        #[must_use]
        pub fn request(&self) -> &Request {
            &self.0.request
        }

        /// Sends the request. The response is the JSON of its type, with the properties that the type does not know;
        /// `null` where the operation has no response.
        ///
        /// **It shows secrets**: the properties named in [`Operation::secrets`].
        ///
        /// # Errors
        /// As the method of the client.
        pub async fn send(self) -> Result<Value, Error> {
            self.0.response.await
        }
    }

    /// Without its parts: the body and the query of a request do not print.
    impl fmt::Debug for OperationCall<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_struct("OperationCall").finish_non_exhaustive()
        }
    }

    /// A text of a server or of the document in a form that a terminal can show: on one line, without characters that steer
    /// it, and cut off after 1,000 characters.
    #[must_use]
    pub fn one_line(text: &str) -> String {
        OneLine(text).to_string()
    }

    /// The request log with filters as JSON, by the names of the setters: for its streams.
    pub fn request_log(client: &Client, values: Map<String, Value>) -> ListProjectRequests<'_> {
        ListProjectRequests::from_values(client, &mut Values::new(values))
    }
}

#[cfg(feature = "cli")]
pub use calls::{OperationCall, one_line, request_log};
