//! Operations as commands: what a command is, and what its options mean.

use std::time::Duration;

use serde_json::Value;

use super::text::one_line;
use crate::Timestamp;
use crate::generated::operations::OPERATIONS;
use crate::runtime::operations::{Kind, Location, Operation, Parameter};

/// The path parameter of an operation of a project.
pub const PROJECT: &str = "project_id";

/// The operation of a command of the command line.
#[must_use]
pub fn find_command(group: &str, command: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.group == group && operation.command == command)
}

/// The [`fields`](Operation::fields) of the operation with this `operationId`.
#[must_use]
pub fn fields(id: &str) -> &'static [&'static str] {
    OPERATIONS.iter().find(|operation| operation.id == id).map_or(&[], |operation| operation.fields)
}

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

    /// Whether it is the project itself that the operation deletes, or that the account leaves: the command takes no
    /// default for it.
    #[must_use]
    pub fn deletes_project(&self) -> bool {
        let mut of_path = self.parameters.iter().filter(|parameter| parameter.location == Location::Path);
        self.is_deletion() && self.is_of_project() && of_path.all(|parameter| parameter.name == PROJECT)
    }

    /// Whether the response has a secret that is shown only there.
    #[must_use]
    pub fn creates_secret(&self) -> bool {
        self.method == "POST" && !self.secrets.is_empty()
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
            Kind::Timestamp => {
                let wrong = |error| format!("`{}` {error}", one_line(text));
                return text.parse().map(|_: Timestamp| text.into()).map_err(wrong);
            }
            Kind::Text | Kind::Secret => return Ok(text.into()),
        };
        value.ok_or_else(|| format!("expected {expected}, found `{}`", one_line(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_weeks_days_or_hours() {
        assert_eq!(parse_period("30d"), Ok(Duration::from_secs(30 * 86_400)));
        assert_eq!((parse_period("2w"), parse_period("1h")), (parse_period("14d"), Ok(Duration::from_secs(3600))));
        for text in ["", "d", "30", "-1d", "1.5d", "30m", "99999999999999999999d", "9999999999999999w"] {
            assert!(parse_period(text).is_err(), "{text}");
        }
    }
}
