//! Draws parts of documents.

use fastrand::Rng;
use serde_json::{Map, Value};

/// A document with a few of the operations, so that one round takes milliseconds.
pub(crate) fn excerpt(document: &Value, rng: &mut Rng) -> Value {
    let all = document["paths"].as_object().unwrap();
    let mut paths = Map::new();
    for _ in 0..rng.usize(1..=3) {
        let (path, item) = all.iter().nth(rng.usize(..all.len())).unwrap();
        paths.insert(path.clone(), item.clone());
    }
    let mut document = document.clone();
    document["paths"] = paths.into();
    document
}

/// A place below `value`, chosen evenly at each level; deep places are as likely as shallow ones.
pub(crate) fn somewhere<'a>(value: &'a mut Value, rng: &mut Rng) -> &'a mut Value {
    let children = value.as_object().map(Map::len).or(value.as_array().map(Vec::len)).unwrap_or(0);
    if children == 0 || rng.u8(..16) == 0 {
        return value;
    }
    let index = rng.usize(..children);
    let child = match value {
        Value::Object(members) => members.iter_mut().nth(index).map(|(_, child)| child),
        Value::Array(items) => items.get_mut(index),
        _ => None,
    };
    somewhere(child.expect("one of the children"), rng)
}
