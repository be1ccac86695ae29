//! Reads the properties of an open object: one that a server fills with more than the document knows.
//!
//! A value that does not fit the type of its property is no error there. The unknown properties keep it, with its name, and
//! the other properties keep their types. Values are read as they come; only one that is not usual is built as JSON first.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::de::whole;
use super::object::{self, Object};
use crate::values::{Timestamp, UnknownProperties};

/// A value of a type, or the JSON that does not fit it.
pub(crate) type Fit<T> = Result<T, Value>;

/// The type of a property of an open object that is read as it comes. Generated code implements it for the types of open
/// objects. The methods below build the JSON first, and read it as the type is read elsewhere.
pub(crate) trait Open: DeserializeOwned {
    fn of_value(value: Value) -> Fit<Self> {
        Self::deserialize(&value).map_err(|_| value)
    }

    fn of_text(text: &str) -> Fit<Self> {
        Self::of_value(text.into())
    }

    fn of_list<'de, A: SeqAccess<'de>>(items: A) -> Result<Fit<Self>, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(items)).map(Self::of_value)
    }

    fn of_object<'de, A: MapAccess<'de>>(members: A) -> Result<Fit<Self>, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(members)).map(Self::of_value)
    }
}

/// Reads a property that may be absent or null. A value of another type goes to the unknown properties.
pub(crate) fn property<'de, T: Open, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    name: &'static str,
    rest: &mut UnknownProperties,
    map: &mut A,
) -> Result<(), A::Error> {
    check_first(slot.as_ref(), name, rest)?;
    match map.next_value_seed(OpenValue(PhantomData))? {
        Ok(value) => *slot = value,
        Err(other) => drop(rest.insert(name, other)),
    }
    Ok(())
}

/// Reads a property of any other type: builds the JSON first.
pub(crate) fn property_of_json<'de, T: DeserializeOwned, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    name: &'static str,
    rest: &mut UnknownProperties,
    map: &mut A,
) -> Result<(), A::Error> {
    check_first(slot.as_ref(), name, rest)?;
    let value: Value = map.next_value()?;
    match Option::deserialize(&value) {
        Ok(read) => *slot = read,
        Err(_) => drop(rest.insert(name, value)),
    }
    Ok(())
}

fn check_first<T, E: de::Error>(slot: Option<&T>, name: &'static str, rest: &UnknownProperties) -> Result<(), E> {
    let is_first = slot.is_none() && rest.get(name).is_none();
    if is_first { Ok(()) } else { Err(E::duplicate_field(name)) }
}

/// Reads an open object that stands in an open one.
pub(crate) fn object<'de, T: Object, A: MapAccess<'de>>(members: A) -> Result<Fit<T>, A::Error> {
    object::read_members(members).map(Ok)
}

/// Reads a value or null, whatever its type.
struct OpenValue<T>(PhantomData<T>);

impl<'de, T: Open> DeserializeSeed<'de> for OpenValue<T> {
    type Value = Fit<Option<T>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fit<Option<T>>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Open> Visitor<'de> for OpenValue<T> {
    type Value = Fit<Option<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(T::of_value(value.into()).map(Some))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(T::of_value(value.into()).map(Some))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(T::of_value(value.into()).map(Some))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(T::of_value(value.into()).map(Some))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(T::of_text(text).map(Some))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Ok(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        Ok(T::of_list(items)?.map(Some))
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Self::Value, A::Error> {
        Ok(T::of_object(members)?.map(Some))
    }
}

impl Open for bool {}
impl Open for f64 {}

impl Open for String {
    fn of_value(value: Value) -> Fit<Self> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(other),
        }
    }
}

impl Open for Timestamp {
    fn of_text(text: &str) -> Fit<Self> {
        text.parse().map_err(|_| text.into())
    }
}

impl Open for Value {
    fn of_value(value: Value) -> Fit<Self> {
        Ok(value)
    }
}

impl Open for Map<String, Value> {
    fn of_value(value: Value) -> Fit<Self> {
        match value {
            Value::Object(members) => Ok(members),
            other => Err(other),
        }
    }
}

macro_rules! whole_numbers {
    ($($integer:ty)+) => {$(
        impl Open for $integer {
            fn of_value(value: Value) -> Fit<Self> {
                whole().deserialize(&value).ok().flatten().ok_or(value)
            }
        }
    )+};
}

whole_numbers!(i8 i16 i32 i64 u8 u16 u32 u64);

impl<T: Open> Open for Option<T> {
    fn of_value(value: Value) -> Fit<Self> {
        if value.is_null() { Ok(None) } else { T::of_value(value).map(Some) }
    }
}

impl<T: Open> Open for Box<T> {
    fn of_value(value: Value) -> Fit<Self> {
        T::of_value(value).map(Self::new)
    }

    fn of_text(text: &str) -> Fit<Self> {
        T::of_text(text).map(Self::new)
    }

    fn of_list<'de, A: SeqAccess<'de>>(items: A) -> Result<Fit<Self>, A::Error> {
        Ok(T::of_list(items)?.map(Self::new))
    }

    fn of_object<'de, A: MapAccess<'de>>(members: A) -> Result<Fit<Self>, A::Error> {
        Ok(T::of_object(members)?.map(Self::new))
    }
}

/// A list fits if each item does.
impl<T: Open + Serialize> Open for Vec<T> {
    fn of_list<'de, A: SeqAccess<'de>>(mut items: A) -> Result<Fit<Self>, A::Error> {
        let mut list = Self::new();
        while let Some(item) = items.next_element_seed(OpenValue::<T>(PhantomData))? {
            let other = match item {
                Ok(Some(item)) => {
                    list.push(item);
                    continue;
                }
                Ok(None) => match T::of_value(Value::Null) {
                    Ok(item) => {
                        list.push(item);
                        continue;
                    }
                    Err(null) => null,
                },
                Err(other) => other,
            };
            let mut all: Vec<Value> =
                list.iter().map(serde_json::to_value).collect::<Result<_, _>>().map_err(de::Error::custom)?;
            all.push(other);
            while let Some(item) = items.next_element()? {
                all.push(item);
            }
            return Ok(Err(all.into()));
        }
        Ok(Ok(list))
    }
}
