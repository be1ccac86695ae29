//! Calls operations that are chosen at run time, as a command line does. Only with the feature `cli`.

use std::fmt;
use std::time::Duration;

use reqwest::Request;
use serde_json::{Map, Value};

use crate::builder::ListProjectRequests;
use crate::error::{OneLine, breaks_line};
use crate::generated::calls::prepare;
use crate::generated::operations::OPERATIONS;
use crate::runtime::calls::{FromValues, Prepared, Values};
use crate::runtime::operations::{Kind, Location, Operation, Parameter};
use crate::types::RequestRecord;
use crate::{BadEntry, Client, Error, ErrorKind};

use super::member_keys::MemberKeys;
use super::rotate::{RotateKeyError, Rotation};

/// The path parameter of an operation of a project.
pub const PROJECT: &str = "project_id";

/// Parses a number of weeks, days or hours: `30d`.
///
/// # Errors
/// The expected form.
pub fn parse_period(text: &str) -> Result<Duration, String> {
    let hours = [("w", 7 * 24), ("d", 24), ("h", 1)].into_iter().find_map(|(unit, hours)| {
        let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
        number.checked_mul(hours * 3600).map(Duration::from_secs)
    });
    hours.ok_or_else(|| "expected a number of weeks, days or hours: `4w`, `30d`, `12h`".to_owned())
}

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
    /// operation has none of this name, or its body or response is bytes. Nothing was sent.
    pub fn call<'a>(&self, client: &'a Client, values: Map<String, Value>) -> Result<OperationCall<'a>, Error> {
        let unknown = || Error::new(ErrorKind::InvalidRequest).with_operation(self.method_name);
        match prepare(client, self.id, Values::new(values)).ok_or_else(unknown)? {
            Ok(prepared) => Ok(OperationCall(prepared)),
            Err(error) => Err(error.with_operation(self.method_name)),
        }
    }

    /// Whether the operation is one of a project.
    #[must_use]
    pub fn is_of_project(&self) -> bool {
        self.parameters.iter().any(|parameter| parameter.name == PROJECT)
    }

    /// Whether the operation deletes something.
    #[must_use]
    pub fn is_deletion(&self) -> bool {
        self.method == "DELETE"
    }

    /// Whether the response has a secret that is shown only there.
    #[must_use]
    pub fn creates_secret(&self) -> bool {
        self.method == "POST" && !self.secrets.is_empty()
    }

    /// Puts `…` in the place of each secret of a response, at any depth, and returns the first.
    pub fn mask_secrets(&self, response: &mut Value) -> Option<String> {
        let mut first = None;
        mask(self.secrets, response, &mut first);
        first
    }

    /// The id of an object that this operation has created, from its response: for the deletion of the object. `None` if
    /// the API deletes no such objects, or the response names no id.
    #[must_use]
    pub fn created_id(&self, response: &Value) -> Option<String> {
        let deletion = OPERATIONS.iter().find(|other| other.is_deletion() && other.group == self.group)?;
        let parameter = deletion.parameters.iter().rfind(|parameter| parameter.location == Location::Path)?;
        let (_, id) = response.as_object()?.iter().find(|(name, _)| name.ends_with(parameter.name))?;
        id.as_str().map(str::to_owned)
    }
}

fn mask(names: &[&str], json: &mut Value, first: &mut Option<String>) {
    match json {
        Value::Array(items) => items.iter_mut().for_each(|item| mask(names, item, first)),
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(secret) if names.contains(&name.as_str()) => {
                        let secret = std::mem::replace(secret, "…".to_owned());
                        first.get_or_insert(secret);
                    }
                    value => mask(names, value, first),
                }
            }
        }
        _ => {}
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

impl Parameter {
    /// A value as JSON, from the text that a command line gives: of a list, one value. The client checks what a text may
    /// be.
    ///
    /// # Errors
    /// The text does not fit the parameter. The error names the expected form, and quotes the text.
    pub fn parse(&self, text: &str) -> Result<Value, String> {
        let value: Option<Value> = serde_json::from_str(text).ok();
        let (expected, value) = match self.kind {
            Kind::Integer => ("a whole number", value.filter(|value| value.is_i64() || value.is_u64())),
            Kind::Number => ("a number", value.filter(Value::is_number)),
            Kind::Boolean => ("`true` or `false`", value.filter(Value::is_boolean)),
            Kind::Json => ("JSON", value),
            Kind::Text | Kind::Timestamp | Kind::Secret => return Ok(text.into()),
        };
        value.ok_or_else(|| format!("expected {expected}, found `{}`", one_line(text)))
    }
}

/// An entry of the request log as JSON; one that does not decode as it came.
#[must_use]
pub fn entry_json(entry: Result<RequestRecord, BadEntry>) -> Value {
    match entry {
        Ok(record) => serde_json::to_value(record).unwrap_or_default(),
        Err(bad) => serde_json::from_str(bad.json()).unwrap_or_else(|_| bad.json().into()),
    }
}

/// A text of a server or of the document in a form that a terminal can show: on one line, without characters that steer
/// it, and cut off after 1,000 characters.
#[must_use]
pub fn one_line(text: &str) -> String {
    OneLine(text).to_string()
}

/// As [`one_line`], and whole: for data.
#[must_use]
pub fn whole_line(text: &str) -> String {
    text.chars().map(|c| if breaks_line(c) { ' ' } else { c }).collect()
}

/// The values of `createProjectKey` that [`Client::create_successor`] would send, with a mark of another time and number.
/// It reads the old key, and sends nothing else.
///
/// # Errors
/// The old key cannot be read, or is none that can be replaced.
pub async fn successor_values(
    client: &Client,
    project_id: &str,
    key_id: &str,
) -> Result<Map<String, Value>, RotateKeyError> {
    values_of(&Rotation::new(client, "create_successor", project_id, key_id), project_id).await
}

/// As [`successor_values`], of each key of a member, with the check of the credential that [`Client::create_successors`]
/// makes.
///
/// # Errors
/// As [`successor_values`], and a credential that is the member's own.
pub async fn successors_values(
    client: &Client,
    project_id: &str,
    keys: &MemberKeys,
) -> Result<Vec<Map<String, Value>>, RotateKeyError> {
    let mut all = Vec::new();
    for used in &keys.keys {
        let rotation = Rotation::new(client, "create_successors", project_id, &used.key.api_key_id);
        if all.is_empty() {
            keys.check_credential(&rotation).await?;
        }
        all.push(values_of(&rotation, project_id).await?);
    }
    Ok(all)
}

async fn values_of(rotation: &Rotation<'_>, project_id: &str) -> Result<Map<String, Value>, RotateKeyError> {
    let mut values = match serde_json::to_value(rotation.request().await?) {
        Ok(Value::Object(values)) => values,
        _ => Map::new(),
    };
    values.insert("project_id".to_owned(), project_id.into());
    Ok(values)
}

/// The request log with filters as JSON, by the names of the setters: for its streams.
pub fn request_log(client: &Client, values: Map<String, Value>) -> ListProjectRequests<'_> {
    ListProjectRequests::from_values(client, &mut Values::new(values))
}

/// JSON in which no character steers a terminal: such characters stand in texts alone, where an escape means the same.
#[must_use]
pub fn inert_json(json: &str) -> String {
    let mut inert = String::with_capacity(json.len());
    for c in json.chars() {
        if c == '\n' || !breaks_line(c) {
            inert.push(c);
        } else {
            inert.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    inert
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_that_steers_no_terminal_is_the_data_all_the_same() {
        let value = json!({ "a\u{9b}": "\u{202e}b\u{1b}[31m\n\u{7f}é漢\u{1f469}" });
        let printed = inert_json(&value.to_string());
        assert!(printed.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{printed:?}");
        assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), value);
    }

    #[test]
    fn a_period_is_weeks_days_or_hours() {
        assert_eq!(parse_period("30d"), Ok(Duration::from_secs(30 * 86_400)));
        assert_eq!((parse_period("2w"), parse_period("1h")), (parse_period("14d"), Ok(Duration::from_secs(3600))));
        for text in ["", "d", "30", "-1d", "1.5d", "30m", "99999999999999999999d", "9999999999999999w"] {
            assert!(parse_period(text).is_err(), "{text}");
        }
    }
}
