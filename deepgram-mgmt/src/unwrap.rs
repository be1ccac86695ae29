//! One value for either dialect: an object that answers wrap in another is read as if it stood there itself.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{CowStrDeserializer, MapAccessDeserializer};
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

/// A type whose object may be wrapped. Implemented by generated code, as the effective document says.
pub(crate) trait Wrapped<'de>: Sized {
    /// Where the object may be, as dotted paths from the root of the answer; each is looked at in order.
    const PATHS: &'static [&'static str];

    /// Reads the object itself.
    fn flat<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Reads a `T`, wrapped or not. An object whose first property is not the start of a wrapper is read as it comes,
/// without a detour.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: Wrapped<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(Unwrap(PhantomData))
}

/// A copy of an answer's JSON as [`deserialize`] would read it.
pub(crate) fn lifted(value: &Value, paths: &[&str]) -> Value {
    let mut value = value.clone();
    if let Value::Object(members) = &mut value {
        lift(members, paths);
    }
    value
}

/// The object in `members` with what stands at the paths lifted into it. What is there already stays.
fn lift(members: &mut Map<String, Value>, paths: &[&str]) {
    for path in paths {
        let (holder, name) = path.rsplit_once('.').map_or((None, *path), |(holder, name)| (Some(holder), name));
        let wrapper = match holder {
            None => members.get_mut(name).filter(|value| value.is_object()).map(Value::take),
            Some(holder) => members
                .get_mut(holder)
                .and_then(Value::as_object_mut)
                .and_then(|holder| holder.get(name)?.is_object().then(|| holder.remove(name))?),
        };
        let Some(Value::Object(content)) = wrapper else { continue };
        if holder.is_none() {
            members.remove(name);
        }
        for (name, value) in content {
            members.entry(name).or_insert(value);
        }
    }
}

struct Unwrap<T>(PhantomData<T>);

impl<'de, T: Wrapped<'de>> Visitor<'de> for Unwrap<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<T, A::Error> {
        let Some(first) = access.next_key::<Text<'de>>()? else {
            return T::flat(MapAccessDeserializer::new(First { key: None, access }));
        };
        let starts_a_wrapper = |path: &&str| path.split('.').next() == Some(&*first.0);
        if !T::PATHS.iter().any(starts_a_wrapper) {
            return T::flat(MapAccessDeserializer::new(First { key: Some(first.0), access }));
        }
        let mut members = Map::new();
        members.insert(first.0.into_owned(), access.next_value()?);
        while let Some((name, value)) = access.next_entry()? {
            members.insert(name, value);
        }
        lift(&mut members, T::PATHS);
        T::flat(Value::Object(members)).map_err(de::Error::custom)
    }
}

/// A map whose first key has been looked at already.
struct First<'de, A> {
    key: Option<Cow<'de, str>>,
    access: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for First<'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.key.take() {
            Some(key) => seed.deserialize(CowStrDeserializer::new(key)).map(Some),
            None => self.access.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.access.next_value_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.access.size_hint()
    }
}

/// A key, borrowed from the answer where it holds no escapes.
struct Text<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrow;
        impl<'de> Visitor<'de> for Borrow {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a property name")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_identifier(Borrow)
    }
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
            format!(r#"{{"item":{{"member":{{{owner},"api_key":{{{fields}}}}}}}}}"#),
        ] {
            let nested = key(&nested);
            assert_eq!(nested.member.clone().unwrap().email.as_deref(), Some("a@example.com"));
            let without_owner = types::Key { member: None, ..nested };
            assert_eq!(serde_json::to_value(without_owner).unwrap(), serde_json::to_value(&flat).unwrap());
        }
    }

    #[test]
    fn what_is_wrapped_in_something_else_or_in_nothing_is_not_lifted() {
        assert_eq!(key(r#"{"api_key":null,"comment":"c"}"#).comment.as_deref(), Some("c"));
        assert_eq!(key(r#"{"api_key":{"comment":"inner"},"comment":"outer"}"#).comment.as_deref(), Some("outer"));
        assert!(serde_json::from_str::<types::Key>("[]").is_err());
        assert!(serde_json::from_str::<types::Key>(r#"{"api_key":{"comment":7}}"#).is_err());
    }
}
