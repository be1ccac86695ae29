//! Names the schemas that operations reach, which become the components of the lowered document.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::{Result, bail};
use serde_json::Value;

use crate::document::extensions;
use crate::document::pointer::Pointer;
use crate::document::rust_names::{TYPE_NAMES, type_name};

/// The schemas that operations have reached so far, and what they are called.
#[derive(Debug, Default)]
pub(super) struct Reached {
    pub(super) names: BTreeMap<Pointer, String>,
    pub(super) waiting: VecDeque<Pointer>,
    pub(super) types: usize,
    /// The names of the document's own components.
    components: BTreeMap<String, String>,
    /// The types that schemas elsewhere ask for by name.
    pub(super) asked: BTreeMap<String, Pointer>,
}

impl Reached {
    pub(super) fn of(document: &Value) -> Self {
        let components = document.pointer("/components/schemas").and_then(Value::as_object);
        // What asks for no name that Rust can have is reported where the schema is lowered.
        let asked = |schema: &Value| extensions::name(schema, &Pointer::schemas()).ok().flatten().map(str::to_owned);
        let names = components.into_iter().flatten().map(|(name, schema)| (name.as_str(), asked(schema)));
        Self { components: name_components(&names.collect::<Vec<_>>()), ..Self::default() }
    }

    /// The name under `components/schemas` of the schema at `target`, which may ask for one.
    pub(super) fn name(&mut self, target: &Pointer, asked: Option<&str>) -> String {
        if let Some(name) = self.names.get(target) {
            return name.clone();
        }
        let own = target.component().and_then(|name| self.components.get(&name)).cloned();
        let unique = own.or_else(|| asked.map(str::to_owned)).unwrap_or_else(|| {
            let keys: Vec<String> = target.keys().collect();
            let structure = ["components", "schemas", "properties", "$defs", "definitions", "paths", "schema"];
            let words: Vec<&str> = keys.iter().map(String::as_str).filter(|k| !structure.contains(k)).collect();
            // What gets its name here must not take the place of anything else.
            let taken = self.names.values().chain(self.components.values());
            let taken: BTreeSet<String> = taken.map(|name| type_name(name)).chain(self.asked.keys().cloned()).collect();
            numbered(&type_name(&words.join(" ")), |name| !taken.contains(&type_name(name)))
        });
        self.names.insert(target.clone(), unique.clone());
        self.waiting.push_back(target.clone());
        unique
    }

    /// Gives the schema at `at`, which is no component of the document, the type that it asks for.
    ///
    /// # Errors
    /// A type that exists already.
    pub(super) fn ask(&mut self, name: &str, at: &Pointer) -> Result<()> {
        let type_of = type_name(name);
        let is_it = |other: &String| type_name(other) == type_of;
        let is_taken = TYPE_NAMES.contains(&type_of.as_str())
            || self.components.values().any(is_it)
            || self.names.iter().any(|(place, name)| place != at && is_it(name));
        if is_taken || self.asked.get(&type_of).is_some_and(|other| other != at) {
            bail!(at.child(extensions::NAME).fixable(format!("`{type_of}` is also the name of another type")));
        }
        self.asked.insert(type_of, at.clone());
        Ok(())
    }
}

/// The names of the components, by the names of the document. Of several that would be one type, the first keeps its name,
/// and the others get numbers. A name that cannot stay is made after all that can.
fn name_components(components: &[(&str, Option<String>)]) -> BTreeMap<String, String> {
    let components: Vec<(&str, &str)> =
        components.iter().map(|(name, asked)| (*name, asked.as_deref().unwrap_or(name))).collect();
    let mut taken: BTreeSet<String> = components.iter().map(|(_, name)| type_name(name)).collect();
    let (mut seen, mut names) = (BTreeSet::new(), BTreeMap::new());
    for (component, name) in components {
        let kept = if is_component_name(name) { name.to_owned() } else { format!("{}Schema", type_name(name)) };
        let is_first = is_component_name(name) && seen.insert(type_name(name));
        let unique =
            if is_first { kept } else { numbered(&kept, |other| other != name && taken.insert(type_name(other))) };
        names.insert(component.to_owned(), unique);
    }
    names
}

/// The first of `name`, `name2`, `name3`, … that is free.
fn numbered(name: &str, mut is_free: impl FnMut(&str) -> bool) -> String {
    let mut unique = name.to_owned();
    for n in 2.. {
        if is_free(&unique) {
            break;
        }
        unique = format!("{name}{n}");
    }
    unique
}

/// Whether a component can be called so: OpenAPI's own rule, which keeps references free of escapes.
fn is_component_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars().all(is_plain) && !type_name(name).is_empty() && !TYPE_NAMES.contains(&type_name(name).as_str())
}
