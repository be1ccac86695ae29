//! Functions for serde's `deserialize_with`: they read `null` as an empty value, and `10.0` as 10.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, Unexpected, Visitor};

/// Reads `null` as the empty value: the API writes either for a list that has nothing in it.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// Reads a whole number that must be there, however it is written.
#[allow(dead_code, reason = "generated code calls it where a document requires a whole number; not every one does")]
pub(crate) fn whole<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i128>,
{
    deserializer.deserialize_any(Whole(PhantomData))
}

/// Reads a whole number or nothing, however it is written.
pub(crate) fn optional_whole<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<i128>,
{
    deserializer.deserialize_option(OptionalWhole(PhantomData))
}

struct Whole<T>(PhantomData<T>);

impl<T: TryFrom<i128>> Visitor<'_> for Whole<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        T::try_from(number.into()).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        T::try_from(number.into()).map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        // Beyond 2^53 a float does not say which whole number it means.
        let is_whole = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
        #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and small enough")]
        let whole = is_whole.then(|| T::try_from(number as i128).ok()).flatten();
        whole.ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
    }
}

struct OptionalWhole<T>(PhantomData<T>);

impl<'de, T: TryFrom<i128>> Visitor<'de> for OptionalWhole<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or null")
    }

    fn visit_none<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_any(Whole(PhantomData)).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Numbers {
        #[serde(default, deserialize_with = "optional_whole")]
        number: Option<i64>,
        #[serde(default, deserialize_with = "null_as_default")]
        list: Vec<u8>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Required {
        #[serde(deserialize_with = "whole")]
        number: u8,
    }

    #[test]
    fn a_whole_number_is_read_however_it_is_written() {
        for (json, number) in [("10", Some(10)), ("10.0", Some(10)), ("-1e2", Some(-100)), ("null", None)] {
            let read: Numbers = serde_json::from_str(&format!(r#"{{"number":{json}}}"#)).unwrap();
            assert_eq!(read.number, number, "{json}");
        }
        assert_eq!(
            serde_json::from_str::<Numbers>(r#"{"list":null}"#).unwrap(),
            Numbers { number: None, list: vec![] }
        );
    }

    #[test]
    fn a_whole_number_that_must_be_there_is_read_however_it_is_written_and_missed() {
        for json in ["255", "255.0"] {
            let read: Required = serde_json::from_str(&format!(r#"{{"number":{json}}}"#)).unwrap();
            assert_eq!(read.number, 255, "{json}");
        }
        for json in ["{}", r#"{"number":null}"#, r#"{"number":256}"#, r#"{"number":-1}"#, r#"{"number":0.5}"#] {
            assert!(serde_json::from_str::<Required>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn what_is_not_a_whole_number_is_an_error() {
        for json in ["10.5", "1e300", "18446744073709551615", r#""10""#, "true", "[]"] {
            assert!(serde_json::from_str::<Numbers>(&format!(r#"{{"number":{json}}}"#)).is_err(), "{json}");
        }
    }
}
