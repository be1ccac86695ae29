//! Prints values of which the document gives no type: any of them may be a secret.

use std::collections::HashMap;
use std::fmt;

use serde_json::{Map, Value};

/// Prints a value by the names that it holds, and a value without names by its type.
pub(crate) struct Names<'a, T>(pub(crate) &'a T);

impl fmt::Debug for Names<'_, Value> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Null => f.write_str("null"),
            Value::Bool(_) => f.write_str("a boolean"),
            Value::Number(_) => f.write_str("a number"),
            Value::String(_) => f.write_str("a string"),
            Value::Array(items) => Names(items).fmt(f),
            Value::Object(members) => Names(members).fmt(f),
        }
    }
}

impl fmt::Debug for Names<'_, Map<String, Value>> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl<'a, T> fmt::Debug for Names<'a, Vec<T>>
where
    Names<'a, T>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(Names)).finish()
    }
}

impl<'a, T> fmt::Debug for Names<'a, Option<T>>
where
    Names<'a, T>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map(Names).fmt(f)
    }
}

impl<'a, T> fmt::Debug for Names<'a, Box<T>>
where
    Names<'a, T>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Names(&**self.0).fmt(f)
    }
}

impl<'a, K: fmt::Debug, T> fmt::Debug for Names<'a, HashMap<K, T>>
where
    Names<'a, T>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(name, value)| (name, Names(value)))).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_printed_and_values_are_not() {
        let value = Some(vec![json!({ "b": ["hush"], "name\n": "hush" }), json!(["hush", 1, true, null])]);
        assert_eq!(format!("{:?}", Names(&value)), r#"Some([{"b", "name\n"}, [a string, a number, a boolean, null]])"#);
        assert_eq!(format!("{:?}", Names(&None::<Value>)), "None");
    }
}
