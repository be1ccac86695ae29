//! Reads an object, property by property: one visitor for every generated type.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::values::{Secret, UnknownProperties};

/// A type that is read from an object. Generated code implements it.
pub(crate) trait Object: Sized {
    /// The name of the type in errors.
    const NAME: &'static str;

    /// The properties that were read so far.
    type Draft: Default;

    /// The properties that have no field.
    type Rest: Rest;

    /// The number of the property called `name`.
    fn index(name: &str) -> Option<usize>;

    /// Reads the value of the property with this number.
    fn read<'de, A: MapAccess<'de>>(
        draft: &mut Self::Draft,
        index: usize,
        rest: &mut Self::Rest,
        map: &mut A,
    ) -> Result<(), A::Error>;

    /// Adds the properties within response envelopes, once all have been read.
    fn unwrap(_draft: &mut Self::Draft, _rest: &mut Self::Rest) -> Result<(), serde_json::Error> {
        Ok(())
    }

    /// The object, or the name of a property that it must have and lacks.
    fn finish(draft: Self::Draft, rest: Self::Rest) -> Result<Self, &'static str>;
}

/// Reads a `T` from an object, and from nothing else: serde's derived code would also read a list as the properties in
/// their order.
pub(crate) fn read<'de, D: Deserializer<'de>, T: Object>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_map(ObjectVisitor(PhantomData))
}

/// Reads a `T` from the members of an object.
pub(crate) fn read_members<'de, A: MapAccess<'de>, T: Object>(mut map: A) -> Result<T, A::Error> {
    let mut draft = T::Draft::default();
    let mut rest = T::Rest::default();
    while let Some(name) = map.next_key_seed(NameSeed::<T>(PhantomData))? {
        match name {
            Name::Known(index) => T::read(&mut draft, index, &mut rest, &mut map)?,
            Name::Other(name) => rest.read(name, &mut map)?,
        }
    }
    T::unwrap(&mut draft, &mut rest).map_err(de::Error::custom)?;
    T::finish(draft, rest).map_err(de::Error::missing_field)
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object of type {}", T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        read_members(map)
    }
}

/// The name of a property.
enum Name {
    Known(usize),
    Other(String),
}

struct NameSeed<T>(PhantomData<T>);

impl<'de, T: Object> DeserializeSeed<'de> for NameSeed<T> {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<T: Object> Visitor<'_> for NameSeed<T> {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Name, E> {
        Ok(T::index(name).map_or_else(|| Name::Other(name.to_owned()), Name::Known))
    }
}

/// The type of a property that says which one an object is.
pub(crate) trait Identity {
    /// Whether it says so: an empty text does not, nor does one of white space.
    fn is_set(&self) -> bool;
}

impl Identity for String {
    #[inline]
    fn is_set(&self) -> bool {
        !self.chars().all(char::is_whitespace)
    }
}

impl Identity for Secret {
    fn is_set(&self) -> bool {
        !self.expose_secret().chars().all(char::is_whitespace)
    }
}

/// Takes the properties that have no field.
pub(crate) trait Rest: Default {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: String, map: &mut A) -> Result<(), A::Error>;
}

impl Rest for UnknownProperties {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: String, map: &mut A) -> Result<(), A::Error> {
        self.insert(name, map.next_value()?);
        Ok(())
    }
}

/// The document says of the type that its objects have further properties.
impl Rest for Map<String, Value> {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: String, map: &mut A) -> Result<(), A::Error> {
        self.insert(name, map.next_value()?);
        Ok(())
    }
}

/// The document says of which type they are.
impl<K: From<String> + Eq + Hash, T: DeserializeOwned> Rest for HashMap<K, T> {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: String, map: &mut A) -> Result<(), A::Error> {
        self.insert(name.into(), map.next_value()?);
        Ok(())
    }
}

/// The type is sent and never received: it has no place for what the document does not name.
impl Rest for () {
    fn read<'de, A: MapAccess<'de>>(&mut self, _name: String, map: &mut A) -> Result<(), A::Error> {
        map.next_value::<de::IgnoredAny>().map(drop)
    }
}

/// Reads a property that must be there; its type says whether null is a value.
pub(crate) fn nullable<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    name: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    check_first(slot.as_ref(), name)?;
    *slot = Some(map.next_value()?);
    Ok(())
}

/// Reads a property of which null is no value: it may be absent, for the API writes null as well, or `finish` demands it.
pub(crate) fn optional<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    name: &'static str,
    map: &mut A,
) -> Result<(), A::Error> {
    check_first(slot.as_ref(), name)?;
    *slot = map.next_value()?;
    Ok(())
}

/// Reads a property with a reader of its own; what that finds is what is there.
pub(crate) fn seeded<'de, T, S: DeserializeSeed<'de, Value = Option<T>>, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    name: &'static str,
    seed: S,
    map: &mut A,
) -> Result<(), A::Error> {
    check_first(slot.as_ref(), name)?;
    *slot = map.next_value_seed(seed)?;
    Ok(())
}

fn check_first<T, E: de::Error>(slot: Option<&T>, name: &'static str) -> Result<(), E> {
    if slot.is_some() { Err(E::duplicate_field(name)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use crate::types;

    #[test]
    fn a_list_is_no_object_whoever_reads_it() {
        let list = json!(["co", true, "nm", "id"]);
        assert!(serde_json::from_value::<types::Project>(list.clone()).is_err());
        assert!(types::Project::deserialize(&list).is_err());
        let error = serde_json::from_str::<types::Project>(&list.to_string()).unwrap_err().to_string();
        assert!(error.starts_with("invalid type: sequence, expected an object of type Project"), "{error}");
        assert!(serde_json::from_str::<types::Key>(r#"["k"]"#).is_err());
        assert!(types::Key::deserialize(&json!({ "api_key": ["k"] })).is_err());

        let object = json!({ "project_id": "id", "name": "nm" });
        assert_eq!(types::Project::deserialize(&object).unwrap().name.as_deref(), Some("nm"));
    }

    #[test]
    fn a_property_that_comes_twice_is_an_error() {
        let error = serde_json::from_str::<types::Project>(r#"{"name":"a","name":"b"}"#).unwrap_err().to_string();
        assert!(error.starts_with("duplicate field `name`"), "{error}");
    }

    #[test]
    fn of_an_unknown_property_that_comes_twice_the_last_value_is_kept_at_every_depth() {
        // No contract names it: it must not make a response an error.
        let json = r#"{"project_id":"p","new":1,"new":{"a":1,"a":2}}"#;
        let project: types::Project = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_value(&project.unknown).unwrap(), json!({ "new": { "a": 2 } }));
    }

    #[test]
    fn what_has_no_field_is_kept_at_every_depth_and_written_again() {
        let json = json!({ "projects": [{ "project_id": "p", "new": { "a": [1, null] } }], "total": 1 });
        let list = types::ProjectList::deserialize(&json).unwrap();
        assert_eq!(list.unknown.get("total"), Some(&json!(1)));
        assert_eq!(list.projects[0].unknown.get("new").unwrap()["a"][0], 1);
        assert_eq!(serde_json::to_value(&list).unwrap(), json);
    }
}
