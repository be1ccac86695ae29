//! Points in time, in every form the API writes them.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time, kept in UTC.
///
/// Read from RFC 3339 (`2026-09-15T11:32:22.678047Z`, any offset), from the same without an offset, and from a bare
/// date, which is its midnight; both of these mean UTC. Printed as RFC 3339, in bodies and queries too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

/// A text that is not a time in a form that [`Timestamp`] reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimestampError;

/// What is accepted, for messages: the text itself may be anything a server sent, and is not repeated.
const EXPECTED: &str = "a date or a date and time as in 2026-09-15T11:32:22Z";

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "is not {EXPECTED}")
    }
}

impl std::error::Error for TimestampError {}

impl FromStr for Timestamp {
    type Err = TimestampError;
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Ok(time.into());
        }
        let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
            .or_else(|_| NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|date| date.and_time(NaiveTime::MIN)));
        naive.map(|time| Self(time.and_utc())).map_err(|_| TimestampError)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl TryFrom<&str> for Timestamp {
    type Error = TimestampError;
    fn try_from(text: &str) -> Result<Self, TimestampError> {
        text.parse()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = TimestampError;
    fn try_from(text: String) -> Result<Self, TimestampError> {
        text.parse()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time)
    }
}

impl From<DateTime<FixedOffset>> for Timestamp {
    fn from(time: DateTime<FixedOffset>) -> Self {
        Self(time.to_utc())
    }
}

impl From<NaiveDate> for Timestamp {
    fn from(date: NaiveDate) -> Self {
        Self(date.and_time(NaiveTime::MIN).and_utc())
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(time: Timestamp) -> Self {
        time.0
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = Timestamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(EXPECTED)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                text.parse().map_err(|_| E::invalid_value(de::Unexpected::Other("text"), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_api_is_read_and_printed_as_rfc_3339() {
        for (written, printed) in [
            ("2026-09-15T11:32:22.678047Z", "2026-09-15T11:32:22.678047Z"),
            ("2026-09-15T13:32:22+02:00", "2026-09-15T11:32:22Z"),
            ("2026-09-15T11:32:22.678047", "2026-09-15T11:32:22.678047Z"),
            ("2026-09-15T11:32:22", "2026-09-15T11:32:22Z"),
            ("2024-10-16", "2024-10-16T00:00:00Z"),
        ] {
            let time: Timestamp = serde_json::from_value(written.into()).unwrap();
            assert_eq!(time.to_string(), printed);
            assert_eq!(serde_json::to_value(time).unwrap(), printed);
            assert_eq!(Timestamp::from(DateTime::<Utc>::from(time)), time);
        }
    }

    #[test]
    fn times_are_ordered_whatever_their_offset() {
        let earlier = Timestamp::try_from("2026-09-15T13:00:00+02:00").unwrap();
        let later = Timestamp::try_from("2026-09-15T11:30:00Z").unwrap();
        assert!(earlier < later);
    }

    #[test]
    fn anything_else_is_an_error_that_does_not_repeat_it() {
        for text in ["", "yesterday", "2026-13-01", "2026-09-15T25:00:00Z", "15.09.2026"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
            let error = serde_json::from_value::<Timestamp>(text.into()).unwrap_err().to_string();
            assert!(error.contains(EXPECTED) && (text.is_empty() || !error.contains(text)), "{error}");
        }
    }
}
