//! Gives the parameters of a path names that stay different in Rust, in the path and in the operations: `user-id` beside
//! `user_id` becomes `user_id_2`. The path that is sent holds no names.
//!
//! Drop when progenitor numbers the arguments that would have one name.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::field_names::aliases;
use crate::document::aliases::alias;
use crate::document::extensions;
use crate::document::pointer::Pointer;
use crate::document::rust_names::{BUILDER_METHODS, setter_name};
use crate::lower::Origins;

/// Numbers the names that collide, in the path's order, and gives those that are asked for.
pub(super) fn number(document: &mut Value, origins: &mut Origins) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else { return };
    for (path, mut item) in std::mem::take(paths) {
        let renamed = rename(&path, &mut item);
        if renamed != path {
            let at = Pointer::root().child("paths");
            origins.rename_all(&at.child(&renamed), &at.child(&path));
        }
        paths.insert(renamed, item);
    }
}

/// Renames the parameters of a path item; its path with these names.
fn rename(path: &str, item: &mut Value) -> String {
    let mut names: Vec<String> = Vec::new();
    for name in path.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let operations = item.as_object_mut().map(Map::values_mut).into_iter().flatten();
    let mut parameters: Vec<&mut Value> = operations
        .filter_map(|operation| operation.get_mut("parameters")?.as_array_mut())
        .flatten()
        .filter(|parameter| parameter["in"] == "path")
        .collect();
    let asked = |name: &String| {
        let of_name = parameters.iter().filter(|parameter| parameter["name"] == **name);
        let mut asked = of_name.filter_map(|parameter| parameter.get(extensions::NAME)?.as_str());
        asked.next().map(|rust| alias(rust, name))
    };
    let asked: Vec<Option<String>> = names.iter().map(asked).collect();
    let wanted: Vec<String> =
        names.iter().zip(&asked).map(|(name, asked)| asked.as_ref().unwrap_or(name).clone()).collect();
    let reserved: BTreeSet<String> =
        BUILDER_METHODS.into_iter().chain(["body", "body_map", "client"]).map(str::to_owned).collect();
    let mut path = path.to_owned();
    for ((name, asked), numbered) in names.iter().zip(asked).zip(aliases(&wanted, setter_name, reserved)) {
        let Some(new) = numbered.or(asked) else { continue };
        path = path.replace(&format!("{{{name}}}"), &format!("{{{new}}}"));
        for parameter in parameters.iter_mut().filter(|parameter| parameter["name"] == **name) {
            parameter["name"] = new.clone().into();
        }
    }
    path
}
