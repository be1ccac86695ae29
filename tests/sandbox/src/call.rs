//! A request that has been routed and checked against the document: the input of an operation.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::fault::Fault;
use crate::moment;
use crate::response::{Rejection, Response};
use crate::state::{Filter, NewCredentials, NewKey, Period};

/// The page size where the request names none, as Deepgram's.
const DEFAULT_LIMIT: usize = 10;

#[derive(Debug)]
pub(crate) struct Call {
    /// Path parameters, percent-decoded.
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) query: Map<String, Value>,
    /// `Null` for an operation without body.
    pub(crate) body: Value,
    /// The credential of the call, without its scheme.
    pub(crate) credential: String,
    pub(crate) now: DateTime<Utc>,
    /// A success as the document describes it.
    pub(crate) sample: Response,
    /// The fault that the sandbox shows on purpose.
    pub(crate) fault: Option<Fault>,
}

impl Call {
    pub(crate) fn parameter(&self, name: &str) -> Result<&str, Rejection> {
        let value = self.parameters.get(name);
        value.map(String::as_str).ok_or_else(|| Rejection::Fault(format!("no path parameter {name} in the document")))
    }

    /// A property of the body that may be absent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    pub(crate) fn required_text(&self, name: &str) -> Result<&str, Rejection> {
        self.text(name).ok_or_else(|| bad_body(format!("{name} is missing")))
    }

    /// A list in the body; empty if it is absent.
    fn texts(&self, name: &str) -> Vec<String> {
        let texts = self.body.get(name).and_then(Value::as_array).into_iter().flatten();
        texts.filter_map(Value::as_str).map(ToOwned::to_owned).collect()
    }

    /// A number in the body that may be absent.
    pub(crate) fn number(&self, name: &str) -> Result<Option<u64>, Rejection> {
        let Some(value) = self.body.get(name) else { return Ok(None) };
        value.as_u64().map(Some).ok_or_else(|| bad_body(format!("{name}: {value} is not written as a whole number")))
    }

    /// The body of a key to create. Rejects an expiry that is stated twice or is not in the future.
    pub(crate) fn new_key(&self) -> Result<NewKey, Rejection> {
        Ok(NewKey {
            comment: self.required_text("comment")?.to_owned(),
            scopes: self.texts("scopes"),
            tags: self.texts("tags"),
            expires: self.expiry()?,
        })
    }

    /// The body of distribution credentials to create.
    pub(crate) fn new_credentials(&self) -> Result<NewCredentials, Rejection> {
        Ok(NewCredentials {
            provider: self.required_text("provider")?.to_owned(),
            comment: self.text("comment").map(ToOwned::to_owned),
            scopes: self.texts("scopes"),
            tags: self.texts("tags"),
        })
    }

    fn expiry(&self) -> Result<Option<DateTime<Utc>>, Rejection> {
        let expires = match (self.text("expiration_date"), self.body.get("time_to_live_in_seconds")) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => {
                return Err(bad_body("expiration_date and time_to_live_in_seconds exclude each other"));
            }
            (Some(date), None) => instant("expiration_date", date).map_err(Rejection::BadBody)?,
            (None, Some(seconds)) => {
                let lifetime = seconds.as_i64().and_then(TimeDelta::try_seconds);
                let expires = lifetime.and_then(|lifetime| self.now.checked_add_signed(lifetime)).filter(expressible);
                expires.ok_or_else(|| {
                    bad_body(format!("time_to_live_in_seconds: {seconds} leads to no expressible time"))
                })?
            }
        };
        if expires <= self.now {
            return Err(bad_body("the key would have expired already"));
        }
        Ok(Some(expires))
    }

    pub(crate) fn period(&self) -> Result<Period, Rejection> {
        let bound = |name| self.asked(name).map(|text| instant(name, text).map_err(Rejection::BadQuery)).transpose();
        let period = Period { start: bound("start")?, end: bound("end")? };
        match (period.start, period.end) {
            (Some(start), Some(end)) if start > end => Err(bad_query("start is after end")),
            _ => Ok(period),
        }
    }

    /// The traits of the requests that are listed or counted. Empty in a dialect whose document has no such parameters.
    pub(crate) fn filter(&self) -> Filter<'_> {
        let features = self.query.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_bool()?)));
        Filter {
            accessor: self.asked("accessor"),
            request_id: self.asked("request_id"),
            deployment: self.asked("deployment"),
            endpoint: self.asked("endpoint"),
            method: self.asked("method"),
            status: self.asked("status"),
            model: self.asked("model"),
            tag: self.asked("tag"),
            line_item: self.asked("line_item"),
            features: features.collect(),
        }
    }

    /// The number of the page, from 0, which the sandbox takes for the bundled document's cursor.
    pub(crate) fn cursor(&self) -> Result<usize, Rejection> {
        let Some(cursor) = self.query.get("cursor") else { return Ok(0) };
        let digits = cursor.as_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let page = digits.and_then(|text| text.parse().ok());
        let page = page.ok_or_else(|| bad_query(format!("cursor: {cursor} is not a page number")))?;
        Ok(self.served(page))
    }

    /// The number of the page, from 0.
    pub(crate) fn page(&self) -> Result<usize, Rejection> {
        Ok(self.served(self.count("page")?.unwrap_or_default()))
    }

    /// The page that is served where this one was asked for.
    fn served(&self, page: usize) -> usize {
        if self.fault == Some(Fault::IgnoresPage) { 0 } else { page }
    }

    pub(crate) fn limit(&self) -> Result<usize, Rejection> {
        Ok(self.count("limit")?.unwrap_or(DEFAULT_LIMIT))
    }

    pub(crate) fn count(&self, name: &str) -> Result<Option<usize>, Rejection> {
        let Some(value) = self.query.get(name) else { return Ok(None) };
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        number.map(Some).ok_or_else(|| bad_query(format!("{name}: {value} is not a number of results or pages")))
    }

    /// A text of the query.
    pub(crate) fn asked(&self, name: &str) -> Option<&str> {
        self.query.get(name).and_then(Value::as_str)
    }

    /// A parameter of the query that is false unless it says true.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.query.get(name).and_then(Value::as_bool).unwrap_or_default()
    }
}

/// Which forms of a point in time are taken is the document's to say; this reads all there are.
fn instant(name: &str, text: &str) -> Result<DateTime<Utc>, String> {
    moment::parse(text).filter(expressible).ok_or_else(|| format!("{name}: {text:?} is not a point in time"))
}

/// RFC 3339, in which all times of responses are written, has four digits for the year.
fn expressible(instant: &DateTime<Utc>) -> bool {
    (0..=9999).contains(&instant.year())
}

fn bad_query(reason: impl Into<String>) -> Rejection {
    Rejection::BadQuery(reason.into())
}

fn bad_body(reason: impl Into<String>) -> Rejection {
    Rejection::BadBody(reason.into())
}
