//! Names the schemas that operations reach, which become the components of the lowered document.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value};

use crate::document::pointer::Pointer;
use crate::document::rust_names::{TYPE_NAMES, type_name};

/// The schemas that operations have reached so far, and what they are called.
#[derive(Debug, Default)]
pub(super) struct Reached {
    pub(super) names: BTreeMap<Pointer, String>,
    pub(super) waiting: VecDeque<Pointer>,
    pub(super) types: usize,
    /// The type names of the document's own components.
    components: BTreeSet<String>,
}

impl Reached {
    pub(super) fn of(document: &Value) -> Self {
        let components = document.pointer("/components/schemas").and_then(Value::as_object);
        let components = components.into_iter().flat_map(Map::keys).map(|name| type_name(name)).collect();
        Self { components, ..Self::default() }
    }

    /// The name under `components/schemas` of what stands at `target`.
    pub(super) fn name(&mut self, target: &Pointer) -> String {
        if let Some(name) = self.names.get(target) {
            return name.clone();
        }
        let keys: Vec<String> = target.keys().collect();
        let component = match keys.as_slice() {
            [components, schemas, name] if components == "components" && schemas == "schemas" => Some(name),
            _ => None,
        };
        let name = match component {
            Some(name) if is_component_name(name) => name.clone(),
            Some(name) => format!("{}Schema", type_name(name)),
            None => {
                let structure = ["components", "schemas", "properties", "$defs", "definitions", "paths", "schema"];
                let words: Vec<&str> = keys.iter().map(String::as_str).filter(|k| !structure.contains(k)).collect();
                type_name(&words.join(" "))
            }
        };
        // What gets its name here must not take the place of anything else.
        let is_taken = |name: &str| self.names.values().any(|known| type_name(known) == type_name(name));
        let mut unique = name.clone();
        for n in 2.. {
            if component == Some(&name) || !is_taken(&unique) && !self.components.contains(&type_name(&unique)) {
                break;
            }
            unique = format!("{name}{n}");
        }
        self.names.insert(target.clone(), unique.clone());
        self.waiting.push_back(target.clone());
        unique
    }
}

/// Whether a component can be called so: OpenAPI's own rule, which keeps references free of escapes.
fn is_component_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars().all(is_plain) && !type_name(name).is_empty() && !TYPE_NAMES.contains(&type_name(name).as_str())
}
