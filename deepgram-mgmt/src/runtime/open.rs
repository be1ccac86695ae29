//! Reads the properties of an open object: one that a server fills with more than the document knows.
//!
//! A value that does not fit the type of its property is no error there. The unknown properties keep it, with its name, and
//! the other properties keep their types. Values are read as they come; only one that is not usual is built as JSON first.

use std::fmt;

use serde::Serialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

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

    fn of_number(number: Number) -> Fit<Self> {
        Self::of_value(number.into())
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
#[inline]
pub(crate) fn property<'de, T: Open, A: MapAccess<'de>>(
    slot: &mut Option<T>,
    name: &'static str,
    rest: &mut UnknownProperties,
    map: &mut A,
) -> Result<(), A::Error> {
    check_first(slot.as_ref(), name, rest)?;
    match map.next_value_seed(OpenValue(slot)) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(other)) => {
            keep(rest, name, other);
            Ok(())
        }
        Err(error) => Err(error),
    }
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

#[cold]
fn keep(rest: &mut UnknownProperties, name: &str, other: Value) {
    rest.insert(name, other);
}

#[inline]
fn check_first<T, E: de::Error>(slot: Option<&T>, name: &'static str, rest: &UnknownProperties) -> Result<(), E> {
    let is_first = slot.is_none() && (rest.is_empty() || rest.get(name).is_none());
    if is_first { Ok(()) } else { Err(E::duplicate_field(name)) }
}

/// Reads an open object that stands in an open one.
#[inline]
pub(crate) fn object<'de, T: Object, A: MapAccess<'de>>(members: A) -> Result<Fit<T>, A::Error> {
    object::read_members(members).map(Ok)
}

/// Reads a value or null into its slot, or returns what does not fit.
struct OpenValue<'a, T>(&'a mut Option<T>);

impl<T> OpenValue<'_, T> {
    #[inline]
    fn set(self, fit: Fit<T>) -> Fit<()> {
        fit.map(|value| *self.0 = Some(value))
    }
}

impl<'de, T: Open> DeserializeSeed<'de> for OpenValue<'_, T> {
    type Value = Fit<()>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fit<()>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Open> Visitor<'de> for OpenValue<'_, T> {
    type Value = Fit<()>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    #[inline]
    fn visit_bool<E>(self, value: bool) -> Result<Fit<()>, E> {
        Ok(self.set(T::of_value(value.into())))
    }

    #[inline]
    fn visit_i64<E>(self, value: i64) -> Result<Fit<()>, E> {
        Ok(self.set(T::of_number(value.into())))
    }

    #[inline]
    fn visit_u64<E>(self, value: u64) -> Result<Fit<()>, E> {
        Ok(self.set(T::of_number(value.into())))
    }

    #[inline]
    fn visit_f64<E>(self, value: f64) -> Result<Fit<()>, E> {
        Ok(self.set(Number::from_f64(value).map_or_else(|| T::of_value(Value::Null), T::of_number)))
    }

    #[inline]
    fn visit_str<E>(self, text: &str) -> Result<Fit<()>, E> {
        Ok(self.set(T::of_text(text)))
    }

    #[inline]
    fn visit_unit<E>(self) -> Result<Fit<()>, E> {
        Ok(Ok(()))
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Fit<()>, A::Error> {
        let list = T::of_list(items)?;
        Ok(self.set(list))
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Fit<()>, A::Error> {
        let object = T::of_object(members)?;
        Ok(self.set(object))
    }
}

impl Open for bool {
    #[inline]
    fn of_value(value: Value) -> Fit<Self> {
        match value {
            Value::Bool(value) => Ok(value),
            other => Err(other),
        }
    }
}

impl Open for f64 {
    #[inline]
    fn of_number(number: Number) -> Fit<Self> {
        number.as_f64().ok_or_else(|| number.into())
    }
}

impl Open for String {
    fn of_value(value: Value) -> Fit<Self> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(other),
        }
    }

    #[inline]
    fn of_text(text: &str) -> Fit<Self> {
        Ok(text.to_owned())
    }
}

impl Open for Timestamp {
    #[inline]
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
    fn of_object<'de, A: MapAccess<'de>>(members: A) -> Result<Fit<Self>, A::Error> {
        Self::deserialize(MapAccessDeserializer::new(members)).map(Ok)
    }

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
            #[inline]
            fn of_number(number: Number) -> Fit<Self> {
                let usual = number.as_i64().and_then(|number| number.try_into().ok());
                usual.or_else(|| whole().deserialize(&number).ok().flatten()).ok_or_else(|| number.into())
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

    fn of_number(number: Number) -> Fit<Self> {
        T::of_number(number).map(Self::new)
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
        let mut slot = None;
        while let Some(item) = items.next_element_seed(OpenValue(&mut slot))? {
            match item.and_then(|()| slot.take().map_or_else(|| T::of_value(Value::Null), Ok)) {
                Ok(item) => list.push(item),
                Err(other) => return rest_of_list(&list, other, items).map(Err),
            }
        }
        Ok(Ok(list))
    }
}

/// The JSON of a list of which an item does not fit.
fn rest_of_list<'de, T: Serialize, A: SeqAccess<'de>>(
    before: &[T],
    other: Value,
    mut items: A,
) -> Result<Value, A::Error> {
    let before = before.iter().map(serde_json::to_value).collect::<Result<Vec<_>, _>>();
    let mut list = before.map_err(de::Error::custom)?;
    list.push(other);
    while let Some(item) = items.next_element()? {
        list.push(item);
    }
    Ok(list.into())
}
