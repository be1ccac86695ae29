//! Follows the references of a document: the one resolver of `$ref`.

use serde_json::{Map, Value};

use super::located::Located;
use super::pointer::Pointer;

/// Follows the `$ref` found at `at` until it reaches something that is no reference.
///
/// # Errors
/// With the pointer `at`: a reference that leaves the document, names nothing, or leads back to itself.
pub fn resolve<'a>(document: &'a Value, reference: &str, at: &Pointer) -> Result<(Pointer, &'a Value), Located> {
    // A reference with siblings is a schema of its own in OpenAPI 3.1, not a mere pointer.
    let is_mere = |value: &Value| value.as_object().is_some_and(|members| members.len() == 1);
    follow(document, reference, at, |value| value.get("$ref").and_then(Value::as_str).filter(|_| is_mere(value)))
}

/// As [`resolve`], but `further` says which values are references.
///
/// # Errors
/// As [`resolve`].
pub(crate) fn follow<'a>(
    document: &'a Value,
    reference: &str,
    at: &Pointer,
    further: impl Fn(&'a Value) -> Option<&'a str>,
) -> Result<(Pointer, &'a Value), Located> {
    let mut seen = Vec::new();
    let mut next = reference;
    loop {
        let target = Pointer::of_reference(next).map_err(|error| at.error(error.to_string()))?;
        let Some(value) = target.find(document) else {
            return Err(at.error(format!("`$ref: {next}` names nothing in the document")));
        };
        if seen.contains(&target) {
            return Err(at.error(format!("`$ref: {reference}` leads back to itself")));
        }
        match further(value) {
            Some(further) => {
                seen.push(target);
                next = further;
            }
            None => return Ok((target, value)),
        }
    }
}

/// The schemas that `roots` refers to, directly or through others.
pub(crate) fn reached(schemas: &Map<String, Value>, roots: &[&Value]) -> Map<String, Value> {
    let mut found = Map::new();
    let mut waiting = roots.to_vec();
    while let Some(value) = waiting.pop() {
        for_each_object(value, &mut |object| {
            if let Some((name, schema)) = name_in(object).and_then(|name| schemas.get_key_value(name))
                && !found.contains_key(name)
            {
                found.insert(name.clone(), schema.clone());
                waiting.push(schema);
            }
        });
    }
    found
}

/// The last name of the reference that an object is.
pub(crate) fn name_in(object: &Map<String, Value>) -> Option<&str> {
    object.get("$ref")?.as_str()?.rsplit('/').next()
}

/// Calls `see` with each object in `value`.
pub(crate) fn for_each_object<'v>(value: &'v Value, see: &mut impl FnMut(&'v Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            see(members);
            members.values().for_each(|member| for_each_object(member, see));
        }
        Value::Array(items) => items.iter().for_each(|item| for_each_object(item, see)),
        _ => {}
    }
}
