//! Leaves operations out of a document: those that an overlay names, and those that cannot be generated.

mod cost;

use std::borrow::Cow;

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use crate::document::bisect::shortest;
use crate::document::errors::located;
use crate::document::extensions;
use crate::document::located::Located;
use crate::document::openapi::operations;
use crate::document::pointer::Pointer;
pub use cost::Obstacle;
use cost::Part;

/// The document without the operations that `x-client-skip` leaves out, and a line for each of them.
///
/// # Errors
/// An extension without a reason.
pub fn named(document: &Value) -> Result<(Cow<'_, Value>, Vec<Located>)> {
    let (mut rest, mut left_out) = (Cow::Borrowed(document), Vec::new());
    for operation in operations(document) {
        let Some(reason) = operation.value.get(extensions::SKIP) else { continue };
        let at = operation.at();
        match reason.as_str().filter(|reason| !reason.trim().is_empty()) {
            Some(reason) => left_out.push(at.error(reason)),
            None => bail!(at.child(extensions::SKIP).error(format!("expected a reason as text, found {reason}"))),
        }
        remove(rest.to_mut(), operation.path, Some(operation.method));
    }
    Ok((rest, left_out))
}

/// The result of `generate` for the document without the operations that make it fail, and the errors of these.
///
/// The result is an error if a failure is the fault of no operation.
pub fn unsupported<T>(mut document: Value, generate: impl Fn(&Value) -> Result<T>) -> (Result<T>, Vec<Obstacle>) {
    let mut obstacles = Vec::new();
    loop {
        let error = match generate(&document) {
            Ok(generated) => return (Ok(generated), obstacles),
            Err(error) => error,
        };
        let mut found = cost::of(&document, located(&error));
        if found.iter().all(|(_, parts)| parts.is_empty()) {
            match last_of_shortest(&document, &generate) {
                Some(part) => {
                    let error =
                        located(&error).first().cloned().unwrap_or_else(|| part.at().error(format!("{error:#}")));
                    found = vec![(Obstacle { error, operations: vec![part.at()], fields: Vec::new() }, vec![part])];
                }
                None => return (Err(error), obstacles),
            }
        }
        for (obstacle, parts) in found {
            // An error of no operation is reported when the operations no longer hide it.
            if !parts.is_empty() {
                obstacles.push(obstacle);
            }
            for Part { path, method } in parts {
                remove(&mut document, &path, method);
            }
        }
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
