//! Lets the body of an update clear a list or a map: an optional one becomes nullable, so that its field is an `Option`. As
//! it is, the generator's field is a `Vec`, and an empty one is not sent.
//!
//! Drop when typify distinguishes an empty list from none.

use serde_json::{Map, Value};

use super::walk::{COMPOSITION, each_schema_of_bodies};

/// The methods of updates. To others, which make something new, an empty list is as good as none.
const METHODS: [&str; 2] = ["patch", "put"];

/// Makes optional lists and maps in the bodies of updates nullable. An absent one is still not sent.
pub(super) fn make_optional(document: &mut Value) {
    let is_update = |method: &str| METHODS.contains(&method);
    each_schema_of_bodies(document, "requestBody", is_update, &mut |schema, _| make_nullable(schema));
}

fn make_nullable(schema: &mut Map<String, Value>) {
    // A part may demand a property that this schema leaves optional.
    if COMPOSITION.iter().any(|keyword| schema.contains_key(*keyword)) {
        return;
    }
    let required = schema.get("required").cloned().unwrap_or_default();
    let is_required = |name: &str| required.as_array().is_some_and(|names| names.iter().any(|known| known == name));
    for (name, property) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        if !is_required(name)
            && let Some(property) = property.as_object_mut().filter(|property| is_collection(property))
        {
            property.insert("nullable".to_owned(), true.into());
        }
    }
}

/// Whether the field of a property is a list or a map.
fn is_collection(property: &Map<String, Value>) -> bool {
    let is_map = || property.contains_key("additionalProperties") && !property.contains_key("properties");
    match property.get("type").and_then(Value::as_str) {
        Some("array") => true,
        Some("object") => is_map(),
        _ => false,
    }
}
