//! Leaves operations out of a document: those that an overlay names, and those that cannot be generated.

use anyhow::{Error, Result, bail};
use serde_json::{Map, Value};

use crate::document::bisect::shortest;
use crate::document::extensions;
use crate::document::located::Located;
use crate::document::openapi::{METHODS, operations, path_items};
use crate::document::pointer::Pointer;

/// The document without the operations that `x-client-skip` leaves out, and a line for each of them.
///
/// # Errors
/// An extension without a reason.
pub fn named(document: &Value) -> Result<(Value, Vec<Located>)> {
    let (mut rest, mut left_out) = (document.clone(), Vec::new());
    for operation in operations(document) {
        let Some(reason) = operation.value.get(extensions::SKIP) else { continue };
        let at = operation.at();
        match reason.as_str().filter(|reason| !reason.trim().is_empty()) {
            Some(reason) => left_out.push(at.error(reason)),
            None => bail!(at.child(extensions::SKIP).error(format!("expected a reason as text, found {reason}"))),
        }
        remove(&mut rest, operation.path, Some(operation.method));
    }
    Ok((rest, left_out))
}

/// The result of `generate` for the document without the operations that make it fail, and a line for each of these with
/// the error.
///
/// # Errors
/// A failure that is the fault of no operation.
pub fn unsupported<T>(mut document: Value, generate: impl Fn(&Value) -> Result<T>) -> Result<(T, Vec<Located>)> {
    let mut left_out = Vec::new();
    loop {
        let error = match generate(&document) {
            Ok(generated) => return Ok((generated, left_out)),
            Err(error) => error,
        };
        let mut parts = parts_with(&document, &error);
        if parts.is_empty() {
            match last_of_shortest(&document, &generate) {
                Some(part) => parts.push(part),
                None => return Err(error),
            }
        }
        for Part { path, method } in parts {
            let at = Pointer::root().child("paths").child(&path);
            let at = method.map_or_else(|| at.clone(), |method| at.child(method));
            left_out.push(at.error(format!("{error:#}")));
            remove(&mut document, &path, method);
        }
    }
}

/// An operation, or a path item as a whole.
struct Part {
    path: String,
    method: Option<&'static str>,
}

/// The operations that hold or reach the location of an error.
fn parts_with(document: &Value, error: &Error) -> Vec<Part> {
    let Some(Located { at, .. }) = error.downcast_ref::<Located>() else { return Vec::new() };
    let keys: Vec<String> = at.keys().collect();
    if let [paths, path, rest @ ..] = keys.as_slice()
        && paths == "paths"
        && path_items(document).any(|(known, _)| known == path)
    {
        let method = rest.first().and_then(|key| METHODS.into_iter().find(|method| method == key));
        return vec![Part { path: path.clone(), method }];
    }
    let reaches = |roots: &[&Value]| {
        let mut found: Vec<Pointer> = Vec::new();
        for value in roots {
            references(value, &mut found);
        }
        let mut next = 0;
        while let Some(target) = found.get(next).cloned() {
            if at.is_within(&target) {
                return true;
            }
            if let Some(value) = target.find(document) {
                references(value, &mut found);
            }
            next += 1;
        }
        false
    };
    let found = operations(document).filter(|operation| {
        let item = &document["paths"][operation.path];
        let target = item.get("$ref").and_then(Value::as_str).and_then(|text| Pointer::of_reference(text).ok());
        let behind = target.as_ref().and_then(|target| target.find(document));
        // An error in a method behind the path's reference is of that method, any other there of all of them.
        let is_behind = target.is_some_and(|target| {
            let of_another = |method| method != operation.method && at.is_within(&target.child(method));
            at.is_within(&target) && !METHODS.into_iter().any(of_another)
        });
        let shared = [Some(item), behind].into_iter().filter_map(|item| item?.get("parameters"));
        is_behind || reaches(&[operation.value].into_iter().chain(shared).collect::<Vec<_>>())
    });
    found.map(|operation| Part { path: operation.path.to_owned(), method: Some(operation.method) }).collect()
}

/// Adds the targets of the references within a value that are not found yet.
fn references(value: &Value, found: &mut Vec<Pointer>) {
    match value {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str).and_then(|text| Pointer::of_reference(text).ok());
            if let Some(target) = target.filter(|target| !found.contains(target)) {
                found.push(target);
            }
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

/// The last of the shortest run of operations from the start that fails; `None` if the document fails without any. With
/// all of them it failed already.
fn last_of_shortest<T>(document: &Value, generate: &impl Fn(&Value) -> Result<T>) -> Option<Part> {
    let all: Vec<Part> = operations(document)
        .map(|operation| Part { path: operation.path.to_owned(), method: Some(operation.method) })
        .collect();
    let fails = |count: usize| {
        let mut some = document.clone();
        all[count..].iter().for_each(|part| remove(&mut some, &part.path, part.method));
        generate(&some).is_err().then_some(())
    };
    if fails(0).is_some() {
        return None;
    }
    let (index, ()) = shortest(all.len(), (), fails);
    all.into_iter().nth(index)
}

/// Removes an operation, also one that stands behind the reference of its path item, or a whole path item.
fn remove(document: &mut Value, path: &str, method: Option<&str>) {
    let Some(method) = method else {
        document.get_mut("paths").and_then(Value::as_object_mut).and_then(|paths| paths.shift_remove(path));
        return;
    };
    let target = document["paths"][path].get("$ref").and_then(Value::as_str);
    let target = target.and_then(|reference| Pointer::of_reference(reference).ok());
    let behind: Option<Map<String, Value>> =
        target.and_then(|target| target.find(document).and_then(Value::as_object).cloned());
    let Some(item) = document["paths"][path].as_object_mut() else { return };
    if let Some(behind) = behind {
        item.shift_remove("$ref");
        for (name, value) in behind {
            item.entry(name).or_insert(value);
        }
    }
    item.shift_remove(method);
}
