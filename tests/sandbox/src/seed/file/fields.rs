//! Values of a seed that have a form: what is read is what the document of the API allows in a response.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Utc};
use jsonschema::Validator;
use serde::{Deserialize, Deserializer, de};
use serde_json::{Value, json};

use crate::moment;
use crate::state::State;

/// How the ids begin that the sandbox gives out; the rest is a number.
const NUMBERED: &str = "00000000-0000-4000-8000-";

/// A UUID.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(pub(super) String);

impl Id {
    /// The number of an id that looks as if the sandbox had given it out.
    pub(super) fn number(&self) -> Option<u64> {
        self.0.strip_prefix(NUMBERED).and_then(|number| u64::from_str_radix(number, 16).ok())
    }
}

/// An e-mail address.
#[derive(Debug)]
pub(super) struct Email(pub(super) String);

/// A point in time.
#[derive(Debug)]
pub(super) struct Instant(pub(super) DateTime<Utc>);

/// A text that an `Authorization` header can carry.
#[derive(Debug)]
pub(super) struct Credential(pub(super) String);

/// The validators of the contract, so that a value passes here exactly if it passes there.
static UUID: LazyLock<Option<Validator>> = LazyLock::new(|| format("uuid"));
static EMAIL: LazyLock<Option<Validator>> = LazyLock::new(|| format("email"));

fn format(name: &str) -> Option<Validator> {
    jsonschema::options().should_validate_formats(true).build(&json!({ "format": name })).ok()
}

fn has_format(validator: Option<&Validator>, text: &str) -> bool {
    validator.is_some_and(|validator| validator.is_valid(&Value::from(text)))
}

/// Reads a text and converts it; `None` is an error that quotes the text.
fn read<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    convert: impl FnOnce(&str) -> Option<T>,
    expected: &str,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    convert(&text).ok_or_else(|| de::Error::custom(format_args!("{text:?} is not {expected}")))
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let convert = |text: &str| has_format(UUID.as_ref(), text).then(|| Self(text.to_ascii_lowercase()));
        read(deserializer, convert, "a UUID, such as 11111111-1111-4111-8111-111111111111")
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let convert = |text: &str| has_format(EMAIL.as_ref(), text).then(|| Self(text.to_owned()));
        read(deserializer, convert, "an e-mail address")
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let convert = |text: &str| {
            let instant = moment::parse(text).filter(|instant| (0..=9999).contains(&instant.year()));
            instant.map(Self)
        };
        read(deserializer, convert, "a point in time, such as 2026-09-15T12:00:00Z")
    }
}

impl<'de> Deserialize<'de> for Credential {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            // The text may be a real credential, and is not quoted.
            return Err(de::Error::custom("a key is one or more visible ASCII characters"));
        }
        Ok(Self(text))
    }
}

pub(super) fn id_or_next(id: Option<Id>, state: &mut State) -> String {
    id.map_or_else(|| state.next_id(), |Id(id)| id)
}

pub(super) fn instant_or(instant: Option<Instant>, default: DateTime<Utc>) -> DateTime<Utc> {
    instant.map_or(default, |Instant(instant)| instant)
}
