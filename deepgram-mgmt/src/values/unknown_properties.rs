//! The properties of a response's object that the document does not name.

use std::iter::Flatten;
use std::{fmt, option};

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// The properties of an object that its type does not name, as they came.
///
/// Every type of a response has such a map, at every depth: what a server adds is kept, and encoding the value writes it
/// again. A map without properties takes the memory of one pointer.
///
/// It also holds a property of a request record's `response` whose value is of another type than its field: nothing in that
/// object makes the record an error.
///
/// `Debug` prints the names of the properties and never their values: one of them may be a new secret.
///
/// # Limits
/// * A number is what [`serde_json::Number`] holds: a 64-bit integer, or a 64-bit float, which keeps about 17 digits. A
///   number beyond the range of floats, such as `1e400`, comes as a text of its digits.
/// * Of two unknown properties of one name, the last one is kept, at every depth. A known property that comes twice is an
///   error.
///
/// ```
/// use deepgram_mgmt::types::Project;
///
/// let json = r#"{"project_id":"p","plan":{"name":"growth"}}"#;
/// let project: Project = serde_json::from_str(json).unwrap();
/// assert_eq!(project.unknown.get("plan").unwrap()["name"], "growth");
/// assert_eq!(format!("{:?}", project.unknown), r#"{"plan"}"#);
/// assert_eq!(serde_json::to_string(&project).unwrap(), json);
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct UnknownProperties(Option<Box<Map<String, Value>>>);

impl UnknownProperties {
    /// Whether there is none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |map| map.len())
    }

    /// The value of the property called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().flat_map(|map| map.iter()).map(|(name, value)| (name.as_str(), value))
    }

    /// Sets a property, and returns the value that it had. A name that the type knows would be written twice.
    pub fn insert(&mut self, name: impl Into<String>, value: Value) -> Option<Value> {
        self.0.get_or_insert_default().insert(name.into(), value)
    }

    /// Takes a property out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let map = self.0.as_mut()?;
        let value = map.remove(name);
        if map.is_empty() {
            self.0 = None;
        }
        value
    }
}

impl IntoIterator for UnknownProperties {
    type Item = (String, Value);
    type IntoIter = serde_json::map::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        self.0.map(|map| *map).unwrap_or_default().into_iter()
    }
}

impl<'a> IntoIterator for &'a UnknownProperties {
    type Item = (&'a String, &'a Value);
    type IntoIter = Flatten<option::IntoIter<&'a Map<String, Value>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.as_deref().into_iter().flatten()
    }
}

impl FromIterator<(String, Value)> for UnknownProperties {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(properties: I) -> Self {
        let map: Map<String, Value> = properties.into_iter().collect();
        Self((!map.is_empty()).then(|| Box::new(map)))
    }
}

impl Serialize for UnknownProperties {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl fmt::Debug for UnknownProperties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_takes_the_memory_of_a_pointer_and_allocates_for_properties_only() {
        assert_eq!(size_of::<UnknownProperties>(), size_of::<usize>());
        let mut unknown = UnknownProperties::default();
        assert_eq!(unknown.insert("a", json!(1)), None);
        assert_eq!((unknown.len(), unknown.remove("b"), unknown.remove("a")), (1, None, Some(json!(1))));
        assert!(unknown.0.is_none() && (&unknown).into_iter().next().is_none());
        unknown.insert("c", json!(2));
        for (name, value) in &unknown {
            assert_eq!((name.as_str(), value), ("c", &json!(2)));
        }
        unknown.remove("c");
        assert_eq!(unknown, UnknownProperties::from_iter([]));
    }

    #[test]
    fn names_are_printed_and_values_are_not() {
        let unknown = UnknownProperties::from_iter([("name\n".to_owned(), json!({ "inner": "hush" }))]);
        for printed in [format!("{unknown:?}"), format!("{unknown:#?}")] {
            assert!(printed.contains(r#""name\n""#) && !printed.contains("hush") && !printed.contains("inner"));
        }
    }
}
