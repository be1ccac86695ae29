//! Calls operations that are chosen at run time, as a command line does. Only with the feature `cli`.

use std::fmt;

use reqwest::Request;
use serde_json::{Map, Value};

use crate::generated::calls::prepare;
use crate::runtime::calls::{Prepared, Values};
use crate::runtime::operations::Operation;
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
    /// operation has none of this name, or its body or response is bytes, or it is a PATCH that changes nothing. Nothing
    /// was sent.
    pub fn call<'a>(&self, client: &'a Client, values: Map<String, Value>) -> Result<OperationCall<'a>, Error> {
        let properties = self.body.filter(|_| self.method == "PATCH").unwrap_or_default();
        if !properties.is_empty() && !properties.iter().any(|property| values.contains_key(property.setter)) {
            let options: Vec<_> = properties.iter().map(|property| format!("--{}", property.option)).collect();
            let problem = format_args!("nothing to change: give at least one of {}", options.join(", "));
            return Err(Error::invalid_request(self.method_name, problem));
        }
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
