//! An object is read from an object: the derived code of serde would also read a list as the properties in their order.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

/// A deserializer that gives a type an object, or an error. Called by generated code, once for each type.
pub(crate) struct Object<D>(pub(crate) D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Object<D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_map(Properties(visitor))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A visitor of nothing but an object.
struct Properties<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Properties<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.0.visit_map(access)
    }
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
        assert!(error.starts_with("invalid type: sequence, expected struct Project"), "{error}");
        assert!(serde_json::from_str::<types::Key>(r#"["k"]"#).is_err());
        assert!(types::Key::deserialize(&json!({ "api_key": ["k"] })).is_err());

        let object = json!({ "project_id": "id", "name": "nm" });
        assert_eq!(types::Project::deserialize(&object).unwrap().project_id.as_deref(), Some("id"));
    }

    #[test]
    fn a_key_is_unwrapped_whoever_reads_it() {
        let wrapped = json!({ "member": { "member_id": "m" }, "api_key": { "api_key_id": "k" } });
        assert_eq!(types::Key::deserialize(&wrapped).unwrap().api_key_id.as_deref(), Some("k"));
    }
}
