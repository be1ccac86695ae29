//! Opens the objects that are written within a choice of a response, so that their types keep unknown properties.
//!
//! typify makes a variant that is called after its one property of an object that has no other, and one with a tag and a
//! content of an object that has two: neither has room for a further property.
//!
//! Drop when typify's variants keep properties that they do not name.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::walk::each_schema;
use crate::document::openapi::{operations, operations_mut};
use crate::document::references::reached;

/// The name that the generator gives to the map of further properties.
const MAP: &str = "extra";

pub(super) fn open(document: &mut Value) {
    let received: BTreeSet<String> = {
        let Some(schemas) = document["components"]["schemas"].as_object() else { return };
        let responses: Vec<&Value> =
            operations(document).filter_map(|operation| operation.value.get("responses")).collect();
        reached(schemas, &responses).keys().cloned().collect()
    };
    for (name, schema) in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
        if received.contains(name) {
            let mut holder = json!({ "schema": schema.take() });
            each_schema(&mut holder, &mut open_branches);
            *schema = holder["schema"].take();
        }
    }
    for (_, operation) in operations_mut(document) {
        each_schema(&mut operation["responses"], &mut open_branches);
    }
}

fn open_branches(schema: &mut Map<String, Value>, _: bool) {
    for keyword in ["anyOf", "oneOf"] {
        for branch in schema.get_mut(keyword).and_then(Value::as_array_mut).into_iter().flatten() {
            let Some(branch) = branch.as_object_mut() else { continue };
            let properties = branch.get("properties").and_then(Value::as_object);
            let is_open = |more: &Value| !more.is_boolean();
            if properties.is_some_and(|properties| !properties.contains_key(MAP))
                && !branch.get("additionalProperties").is_some_and(is_open)
            {
                branch.insert("additionalProperties".to_owned(), json!({}));
            }
        }
    }
}
