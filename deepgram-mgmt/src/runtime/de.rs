//! Seeds that read a property's value: whole numbers however they are written, maps with nulls, and one value in place of
//! a list.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, Unexpected, Visitor};
use serde_json::Value;

/// Reads a whole number that must be there, such as `10` or `10.0`.
pub(crate) struct Whole<T>(PhantomData<T>);

/// Reads a whole number or null, which is none.
pub(crate) struct OptionalWhole<T>(PhantomData<T>);

/// Reads a whole number or null; either is there.
pub(crate) struct NullableWhole<T>(PhantomData<T>);

pub(crate) fn whole<T>() -> Whole<T> {
    Whole(PhantomData)
}

pub(crate) fn optional_whole<T>() -> OptionalWhole<T> {
    OptionalWhole(PhantomData)
}

pub(crate) fn nullable_whole<T>() -> NullableWhole<T> {
    NullableWhole(PhantomData)
}

/// Reads a map or null, which is none. A property of the map that is null is absent, as it is of every object.
pub(crate) struct OptionalMap<K, T>(PhantomData<(K, T)>);

pub(crate) fn optional_map<K, T>() -> OptionalMap<K, T> {
    OptionalMap(PhantomData)
}

impl<'de, K: Deserialize<'de> + Eq + Hash, T: Deserialize<'de>> DeserializeSeed<'de> for OptionalMap<K, T> {
    type Value = Option<HashMap<K, T>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let map: Option<HashMap<K, Option<T>>> = Deserialize::deserialize(deserializer)?;
        Ok(map.map(|map| map.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()))
    }
}

/// Reads a list, null as an empty one and any other value as a list of one.
pub(crate) fn one_or_many<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let items = match Value::deserialize(deserializer)? {
        Value::Null => Vec::new(),
        Value::Array(items) => items,
        one => vec![one],
    };
    items.into_iter().map(|item| T::deserialize(item).map_err(de::Error::custom)).collect()
}

/// Reads a text with `of`.
#[allow(dead_code, reason = "not every document has an enumeration")]
pub(crate) fn text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &'static str,
    of: fn(&str) -> T,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(Text { expected, of })
}

struct Text<T> {
    expected: &'static str,
    of: fn(&str) -> T,
}

impl<T> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok((self.of)(text))
    }
}

impl<'de, T: TryFrom<i128>> DeserializeSeed<'de> for Whole<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        // A number of either kind comes as such. `deserialize_any` would give a map where another crate of the program
        // turns on `serde_json/arbitrary_precision`.
        deserializer.deserialize_i64(self).map(Some)
    }
}

impl<'de, T: TryFrom<i128>> DeserializeSeed<'de> for OptionalWhole<T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: TryFrom<i128>> DeserializeSeed<'de> for NullableWhole<T> {
    type Value = Option<Option<T>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<Option<T>>, D::Error> {
        optional_whole().deserialize(deserializer).map(Some)
    }
}

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
        whole().deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'de, S: DeserializeSeed<'de>>(seed: S, json: &'de str) -> Result<S::Value, serde_json::Error> {
        seed.deserialize(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn a_whole_number_is_read_however_it_is_written() {
        for (json, number) in [("10", Some(10_i64)), ("10.0", Some(10)), ("-1e2", Some(-100)), ("null", None)] {
            assert_eq!(read(optional_whole(), json).unwrap(), number, "{json}");
            assert_eq!(read(nullable_whole(), json).unwrap(), Some(number), "{json}");
            assert_eq!(read(whole(), json).ok().flatten(), number, "{json}");
        }
        for json in ["256", "-1", "0.5", "256.0"] {
            assert!(read(whole::<u8>(), json).is_err(), "{json}");
        }
    }

    #[test]
    fn what_is_not_a_whole_number_is_an_error() {
        for json in ["10.5", "1e300", "18446744073709551615", r#""10""#, "true", "[]"] {
            assert!(read(optional_whole::<i64>(), json).is_err(), "{json}");
            assert!(read(nullable_whole::<i64>(), json).is_err(), "{json}");
        }
    }

    #[test]
    fn one_value_is_a_list_of_one_and_null_a_list_of_none() {
        for (json, list) in [("null", &[][..]), ("[]", &[]), (r#""a""#, &["a"]), (r#"["a","b"]"#, &["a", "b"])] {
            let read: Vec<String> = one_or_many(&mut serde_json::Deserializer::from_str(json)).unwrap();
            assert_eq!(read, list, "{json}");
        }
        for json in ["1", "[1]", "{}", "[null]"] {
            assert!(one_or_many::<_, String>(&mut serde_json::Deserializer::from_str(json)).is_err(), "{json}");
        }
    }

    #[test]
    fn null_is_no_value_of_a_map() {
        let languages = r#"{"en":"English","xx":null}"#;
        let list: crate::types::ModelList = serde_json::from_str(&format!(r#"{{"languages":{languages}}}"#)).unwrap();
        assert_eq!(list.languages, HashMap::from([("en".to_owned(), "English".to_owned())]));
        let list: crate::types::ModelList = serde_json::from_str(r#"{"languages":null}"#).unwrap();
        assert!(list.languages.is_empty());
        let wrong = serde_json::from_str::<crate::types::ModelList>(r#"{"languages":{"en":1}}"#);
        assert!(wrong.unwrap_err().to_string().starts_with("invalid type: integer `1`, expected a string"));
    }
}
