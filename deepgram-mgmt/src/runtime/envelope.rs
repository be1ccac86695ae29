//! Reads an object with or without a response envelope: another object that one dialect wraps it in.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Unexpected, Visitor};
use serde_json::{Map, Value};

/// A type whose object may have an envelope. Generated code implements it where the document has `x-client-unwrap`.
pub(crate) trait Enveloped<'de>: Sized + Serialize {
    /// The places of the object within its envelope, in the order in which they are tried: dotted paths.
    const PATHS: &'static [&'static str];

    /// Reads the object without an envelope.
    fn deserialize_flat<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Reads a `T` with or without its envelope, whatever the order of the properties. One without it is read directly.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: Enveloped<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(Flatten(PhantomData))
}

/// Copies a response's JSON without its envelope, as [`deserialize`] reads it.
pub(crate) fn flatten(value: &Value, paths: &[&str]) -> Value {
    let mut value = value.clone();
    if let Value::Object(members) = &mut value {
        flatten_members(members, paths);
    }
    value
}

/// Moves the properties of the objects at the paths into `members`. A property that is there already stays.
fn flatten_members(members: &mut Map<String, Value>, paths: &[&str]) {
    for path in paths {
        let envelope = match path.rsplit_once('.') {
            None => remove_object(members, path),
            Some((holder, name)) => {
                members.get_mut(holder).and_then(Value::as_object_mut).and_then(|holder| remove_object(holder, name))
            }
        };
        let Some(Value::Object(content)) = envelope else { continue };
        for (name, value) in content {
            members.entry(name).or_insert(value);
        }
    }
}

/// Whether a list stands where a wrapped object may.
fn holds_list(members: &Map<String, Value>, path: &str) -> bool {
    let mut steps = path.split('.');
    let first = steps.next().and_then(|name| members.get(name));
    steps.fold(first, |value, name| value?.get(name)).is_some_and(Value::is_array)
}

fn remove_object(members: &mut Map<String, Value>, name: &str) -> Option<Value> {
    if members.get(name)?.is_object() { members.remove(name) } else { None }
}

struct Flatten<T>(PhantomData<T>);

impl<'de, T: Enveloped<'de>> Visitor<'de> for Flatten<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<T, A::Error> {
        let mut envelopes = Vec::new();
        let flat = T::deserialize_flat(MapAccessDeserializer::new(SetAside {
            access,
            paths: T::PATHS,
            envelopes: &mut envelopes,
        }));
        if envelopes.is_empty() {
            // Returned directly: a record is so large that each move of it costs time.
            return flat;
        }
        // The properties beside the envelopes join those within them.
        let mut whole = serde_json::to_value(flat?).map_err(de::Error::custom)?;
        if let Value::Object(members) = &mut whole {
            members.extend(envelopes);
            if T::PATHS.iter().any(|path| holds_list(members, path)) {
                return Err(de::Error::invalid_type(Unexpected::Seq, &self));
            }
            flatten_members(members, T::PATHS);
        }
        T::deserialize_flat(whole).map_err(de::Error::custom)
    }
}

/// A map whose envelopes are set aside, wherever among its properties they come.
struct SetAside<'a, A> {
    access: A,
    paths: &'static [&'static str],
    envelopes: &'a mut Vec<(String, Value)>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for SetAside<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, mut seed: K) -> Result<Option<K::Value>, A::Error> {
        loop {
            match self.access.next_key_seed(KeySeed { seed, paths: self.paths })? {
                None => return Ok(None),
                Some(Key::Field(key)) => return Ok(Some(key)),
                Some(Key::Envelope(name, unused)) => {
                    self.envelopes.push((name, self.access.next_value()?));
                    seed = unused;
                }
            }
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.access.next_value_seed(seed)
    }
}

/// Either an envelope's key, with the unused seed, or a decoded field key.
enum Key<K, V> {
    Envelope(String, K),
    Field(V),
}

/// Reads a property's name with a seed, unless an envelope has that name.
struct KeySeed<K> {
    seed: K,
    paths: &'static [&'static str],
}

impl<'de, K: DeserializeSeed<'de>> KeySeed<K> {
    fn read<E: de::Error>(self, name: &str, given: impl Deserializer<'de, Error = E>) -> Result<Key<K, K::Value>, E> {
        if self.paths.iter().any(|path| is_first_step(name, path)) {
            return Ok(Key::Envelope(name.to_owned(), self.seed));
        }
        self.seed.deserialize(given).map(Key::Field)
    }
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for KeySeed<K> {
    type Value = Key<K, K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for KeySeed<K> {
    type Value = Key<K, K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property name")
    }

    fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Self::Value, E> {
        self.read(name, BorrowedStrDeserializer::new(name))
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
        self.read(name, name.into_deserializer())
    }
}

/// Whether a dotted path starts with this step. Called for every property, so the cheapest check comes first.
fn is_first_step(step: &str, path: &str) -> bool {
    matches!(path.as_bytes().get(step.len()), None | Some(b'.')) && path.starts_with(step)
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
        assert_eq!(flat.api_key_id.as_deref(), Some("k"));
        assert!(flat.member.is_none());
        let owner = r#""member_id":"m","email":"a@example.com""#;
        for nested in [
            format!(r#"{{"member":{{{owner}}},"api_key":{{{fields}}}}}"#),
            format!(r#"{{"api_key":{{{fields}}},"member":{{{owner}}}}}"#),
            format!(r#"{{"unknown":1,"member":{{{owner}}},"api_key":{{{fields}}}}}"#),
            format!(r#"{{{fields},"member":{{{owner}}}}}"#),
            format!(r#"{{"item":{{"member":{{{owner},"api_key":{{{fields}}}}}}}}}"#),
        ] {
            let nested = key(&nested);
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
            assert_eq!(read.distribution_credentials_id.as_deref(), Some("d"), "{json}");
            assert_eq!(read.member.unwrap().email.as_deref(), Some("a@example.com"), "{json}");
        }
    }

    #[test]
    fn an_envelope_of_another_kind_or_without_an_object_is_not_flattened() {
        assert_eq!(key(r#"{"api_key":null,"comment":"c"}"#).comment.as_deref(), Some("c"));
        assert_eq!(key(r#"{"api_key":{"comment":"inner"},"comment":"outer"}"#).comment.as_deref(), Some("outer"));
        for list in [
            "[]",
            r#"{"comment":"c","api_key":["k"]}"#,
            r#"{"comment":"c","item":[]}"#,
            r#"{"comment":"c","member":{"api_key":["k"]}}"#,
            r#"{"comment":"c","member":["m"]}"#,
        ] {
            assert!(serde_json::from_str::<types::Key>(list).is_err(), "{list}");
        }
        assert!(serde_json::from_str::<types::Key>(r#"{"api_key":{"comment":7}}"#).is_err());
    }
}
