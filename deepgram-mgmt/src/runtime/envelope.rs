//! Reads an object with or without a response envelope: another object that one dialect wraps it in.
//!
//! The object's own properties are read first. Of an envelope they keep what they lack, whatever its place among them; the
//! rest of it stays in the envelope, as an unknown property.

use serde::de::value::MapDeserializer;
use serde::de::{self, IgnoredAny, MapAccess, Unexpected};
use serde_json::{Map, Value};

use super::object::Object;
use crate::values::UnknownProperties;

/// A type whose object may have an envelope. Generated code implements it where the document has `x-client-unwrap`.
pub(crate) trait Enveloped: Object<Rest = UnknownProperties> {
    /// The places of the object within its envelope, in the order in which they are tried: dotted paths.
    const PATHS: &'static [&'static str];

    /// Whether the property with this number has been read.
    fn is_set(draft: &Self::Draft, index: usize) -> bool;

    /// The unknown properties of the object that a property holds.
    fn holder<'a>(draft: &'a mut Self::Draft, name: &str) -> Option<&'a mut UnknownProperties>;
}

/// Adds to a draft and its unknown properties those within the envelopes among them.
pub(crate) fn unwrap<T: Enveloped>(
    draft: &mut T::Draft,
    rest: &mut UnknownProperties,
) -> Result<(), serde_json::Error> {
    for path in T::PATHS {
        let Some((holder, name)) = path.rsplit_once('.') else {
            if let Some(content) = take_object(rest, path)? {
                put_back(join::<T>(draft, rest, content)?, rest, path);
            }
            continue;
        };
        if let Some(beside) = T::holder(draft, holder) {
            if let Some(content) = take_object(beside, name)? {
                let left = join::<T>(draft, rest, content)?;
                if let Some(beside) = T::holder(draft, holder) {
                    put_back(left, beside, name);
                }
            }
        } else if let Some(members) = take_object(rest, holder)? {
            let mut beside = UnknownProperties::from_iter(members);
            if let Some(content) = take_object(&mut beside, name)? {
                put_back(join::<T>(draft, rest, content)?, &mut beside, name);
            }
            put_back(beside.into_iter().collect(), rest, holder);
        }
    }
    Ok(())
}

/// Takes an object out of properties. A list in place of one is an error; any other value is left where it is.
fn take_object(
    properties: &mut UnknownProperties,
    name: &str,
) -> Result<Option<Map<String, Value>>, serde_json::Error> {
    match properties.get(name) {
        Some(Value::Object(_)) => {}
        Some(Value::Array(_)) => return Err(de::Error::invalid_type(Unexpected::Seq, &"an object")),
        _ => return Ok(None),
    }
    Ok(match properties.remove(name) {
        Some(Value::Object(members)) => Some(members),
        _ => None,
    })
}

/// Reads properties into those of the object that are not set; returns the others.
fn join<T: Enveloped>(
    draft: &mut T::Draft,
    rest: &mut UnknownProperties,
    content: Map<String, Value>,
) -> Result<Map<String, Value>, serde_json::Error> {
    let mut left = Map::new();
    for (name, value) in content {
        match T::index(&name) {
            Some(index) if !T::is_set(draft, index) => {
                let mut map = MapDeserializer::<_, serde_json::Error>::new(std::iter::once((name, value)));
                map.next_key::<IgnoredAny>()?;
                T::read(draft, index, rest, &mut map)?;
            }
            None if rest.get(&name).is_none() => drop(rest.insert(name, value)),
            _ => drop(left.insert(name, value)),
        }
    }
    Ok(left)
}

fn put_back(left: Map<String, Value>, properties: &mut UnknownProperties, name: &str) {
    if !left.is_empty() {
        properties.insert(name, left.into());
    }
}

/// Whether the JSON of an object has the property `name`, in itself or in one of its envelopes.
pub(crate) fn has(object: &Map<String, Value>, paths: &[&str], name: &str) -> bool {
    let is_within = |path: &&str| {
        let mut steps = path.split('.');
        let first = steps.next().and_then(|step| object.get(step));
        steps.fold(first, |value, step| value?.get(step)).is_some_and(|envelope| envelope.get(name).is_some())
    };
    object.contains_key(name) || paths.iter().any(is_within)
}

#[cfg(test)]
mod tests {
    use crate::types;

    fn key(json: &str) -> types::Key {
        serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
    }

    #[test]
    fn a_key_is_one_value_in_every_form() {
        let fields = r#""api_key_id":"k","comment":"c","scopes":["member"],"created":"2026-09-15T11:32:22Z""#;
        let flat = key(&format!("{{{fields}}}"));
        assert_eq!(flat.api_key_id, "k");
        assert!(flat.member.is_none());
        let owner = r#""member_id":"m","email":"a@example.com""#;
        for nested in [
            format!(r#"{{"member":{{{owner}}},"api_key":{{{fields}}}}}"#),
            format!(r#"{{"api_key":{{{fields}}},"member":{{{owner}}}}}"#),
            format!(r#"{{"unknown":1,"member":{{{owner}}},"api_key":{{{fields}}}}}"#),
            format!(r#"{{{fields},"member":{{{owner}}}}}"#),
            format!(r#"{{"item":{{"member":{{{owner},"api_key":{{{fields}}}}}}}}}"#),
        ] {
            let mut nested = key(&nested);
            nested.unknown.remove("unknown");
            assert_eq!(nested.member.clone().unwrap().email.as_deref(), Some("a@example.com"));
            let without_owner = types::Key { member: None, ..nested };
            assert_eq!(serde_json::to_value(without_owner).unwrap(), serde_json::to_value(&flat).unwrap());
        }
    }

    #[test]
    fn credentials_are_one_value_whichever_comes_first() {
        let (owner, fields) = (r#""member":{"email":"a@example.com"}"#, r#"{"distribution_credentials_id":"d"}"#);
        for json in [
            format!(r#"{{{owner},"distribution_credentials":{fields}}}"#),
            format!(r#"{{"distribution_credentials":{fields},{owner}}}"#),
        ] {
            let read: types::DistributionCredentials = serde_json::from_str(&json).unwrap();
            assert_eq!(read.distribution_credentials_id, "d", "{json}");
            assert_eq!(read.member.unwrap().email.as_deref(), Some("a@example.com"), "{json}");
        }
    }

    #[test]
    fn an_envelope_of_another_kind_or_without_an_object_is_not_flattened() {
        let json = r#"{"api_key_id":"k","comment":"c","api_key":null}"#;
        assert_eq!(serde_json::to_string(&key(json)).unwrap(), json);
        for list in [
            "[]",
            r#"{"api_key_id":"k","api_key":["k"]}"#,
            r#"{"api_key_id":"k","item":[]}"#,
            r#"{"api_key_id":"k","member":{"api_key":["k"]}}"#,
            r#"{"api_key_id":"k","member":["m"]}"#,
        ] {
            assert!(serde_json::from_str::<types::Key>(list).is_err(), "{list}");
        }
        assert!(serde_json::from_str::<types::Key>(r#"{"api_key":{"comment":7}}"#).is_err());
    }

    #[test]
    fn what_an_envelope_holds_beside_the_object_stays_in_it() {
        for (json, written) in [
            (
                r#"{"api_key":{"api_key_id":"k","comment":"inner","new":1},"comment":"outer","new":2}"#,
                r#"{"api_key_id":"k","comment":"outer","new":2,"api_key":{"comment":"inner","new":1}}"#,
            ),
            (
                r#"{"member":{"api_key":{"api_key_id":"k","email":"e"},"x":1}}"#,
                r#"{"api_key_id":"k","member":{"x":1},"email":"e"}"#,
            ),
            (r#"{"item":{"a":1,"api_key":{"api_key_id":"k"}},"a":2}"#, r#"{"api_key_id":"k","a":2,"item":{"a":1}}"#),
        ] {
            let value = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap();
            let read = serde_json::to_value(key(json)).unwrap();
            assert_eq!(read, value(written), "{json}");
            assert_eq!(serde_json::to_value(key(written)).unwrap(), read, "{json}");
        }
    }
}
