//! Finds the line and column of a value in the file of a document.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::load::{self, Document};
use super::pointer::Pointer;

/// Where the value at `place` is in the file, as `file:line:column`; the file alone if nothing is there.
#[must_use]
pub fn locate(document: &Document, place: &Pointer) -> String {
    let keys: Vec<String> = place.keys().collect();
    // Parsers say where they fail, so this one is made to fail at the value.
    let found = load::read(&document.name, &document.text, Seek(&keys)).err().and_then(|failure| failure.place);
    found.map_or_else(|| document.name.clone(), |(line, column)| format!("{}:{line}:{column}", document.name))
}

/// Fails at the value that these keys lead to, and passes over all others.
struct Seek<'k>(&'k [String]);

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the value below the keys")
    }
    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Err(E::custom("found, or no way further"))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Some((key, rest)) = self.0.split_first() else { return Err(A::Error::custom("found")) };
        for index in 0.. {
            let more = if *key == index.to_string() {
                items.next_element_seed(Seek(rest))?
            } else {
                items.next_element::<IgnoredAny>()?.map(drop)
            };
            if more.is_none() {
                break;
            }
        }
        Ok(())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Some((key, rest)) = self.0.split_first() else { return Err(A::Error::custom("found")) };
        while let Some(found) = entries.next_key_seed(load::Key::default())? {
            if found == *key {
                entries.next_value_seed(Seek(rest))?;
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}
