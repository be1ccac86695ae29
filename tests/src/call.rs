//! A request that has been routed and held against the document: what an operation reads its input from.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::answer::Refusal;
use crate::state::{NewKey, Period};

/// The page size where the request names none, as Deepgram's.
const DEFAULT_LIMIT: usize = 10;

#[derive(Debug)]
pub(crate) struct Call {
    /// Path parameters, percent-decoded.
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) query: Map<String, Value>,
    /// `Null` for an operation without body.
    pub(crate) body: Value,
    pub(crate) now: DateTime<Utc>,
}

impl Call {
    pub(crate) fn parameter(&self, name: &str) -> Result<&str, Refusal> {
        let value = self.parameters.get(name);
        value.map(String::as_str).ok_or_else(|| Refusal::Fault(format!("no path parameter {name} in the document")))
    }

    /// A property of the body that may be absent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    pub(crate) fn required_text(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| bad(format!("{name} is missing")))
    }

    /// The body of a key to create. Refuses an expiry that is said twice or is not in the future.
    pub(crate) fn new_key(&self) -> Result<NewKey, Refusal> {
        let scopes = self.body.get("scopes").and_then(Value::as_array);
        let scopes = scopes.ok_or_else(|| bad("scopes is missing"))?;
        Ok(NewKey {
            comment: self.required_text("comment")?.to_owned(),
            scopes: scopes.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
            expires: self.expiry()?,
        })
    }

    fn expiry(&self) -> Result<Option<DateTime<Utc>>, Refusal> {
        let expires = match (self.text("expiration_date"), self.body.get("time_to_live_in_seconds")) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => return Err(bad("expiration_date and time_to_live_in_seconds exclude each other")),
            (Some(date), None) => instant("expiration_date", date)?,
            (None, Some(seconds)) => {
                let lifetime = seconds.as_i64().and_then(TimeDelta::try_seconds);
                let expires = lifetime.and_then(|lifetime| self.now.checked_add_signed(lifetime)).filter(expressible);
                expires
                    .ok_or_else(|| bad(format!("time_to_live_in_seconds: {seconds} leads to no expressible time")))?
            }
        };
        if expires <= self.now {
            return Err(bad("the key would have expired already"));
        }
        Ok(Some(expires))
    }

    pub(crate) fn period(&self) -> Result<Period, Refusal> {
        let bound = |name| self.query.get(name).and_then(Value::as_str).map(|text| instant(name, text)).transpose();
        let period = Period { start: bound("start")?, end: bound("end")? };
        match (period.start, period.end) {
            (Some(start), Some(end)) if start > end => Err(bad("start is after end")),
            _ => Ok(period),
        }
    }

    /// The number of the page, from 0, which the sandbox takes for the document's cursor.
    pub(crate) fn page(&self) -> Result<usize, Refusal> {
        let Some(cursor) = self.query.get("cursor") else { return Ok(0) };
        let digits = cursor.as_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|text| text.parse().ok()).ok_or_else(|| bad(format!("cursor: {cursor} is not a page number")))
    }

    pub(crate) fn limit(&self) -> Result<usize, Refusal> {
        let Some(limit) = self.query.get("limit") else { return Ok(DEFAULT_LIMIT) };
        let number = limit.as_u64().and_then(|number| usize::try_from(number).ok());
        number.ok_or_else(|| bad(format!("limit: {limit} is not a page size")))
    }

    /// A parameter of the query that is false unless it says true.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.query.get(name).and_then(Value::as_bool).unwrap_or_default()
    }
}

fn instant(name: &str, text: &str) -> Result<DateTime<Utc>, Refusal> {
    let instant = DateTime::parse_from_rfc3339(text).ok().map(|instant| instant.to_utc());
    instant.filter(expressible).ok_or_else(|| bad(format!("{name}: {text:?} is not a point in time")))
}

/// RFC 3339, in which every answer states its times, has four digits for the year.
fn expressible(instant: &DateTime<Utc>) -> bool {
    (0..=9999).contains(&instant.year())
}

fn bad(reason: impl Into<String>) -> Refusal {
    Refusal::BadRequest(reason.into())
}
