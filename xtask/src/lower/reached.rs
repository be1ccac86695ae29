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
    /// The types of all components, and of what else was reached, each with the first place that is called so. A look
    /// at every name for every name would take the square of the document's size.
    types_of: BTreeMap<String, Pointer>,
    /// The types that schemas elsewhere ask for by name.
    pub(super) asked: BTreeMap<String, Pointer>,
}

impl Reached {
    pub(super) fn of(document: &Value) -> Self {
        let components = document.pointer("/components/schemas").and_then(Value::as_object);
        // What asks for no name that Rust can have is reported where the schema is lowered.
        let asked = |schema: &Value| extensions::name(schema, &Pointer::schemas()).ok().flatten().map(str::to_owned);
        let names = components.into_iter().flatten().map(|(name, schema)| (name.as_str(), asked(schema)));
        let components = name_components(&names.collect::<Vec<_>>());
        let places = components.iter().map(|(name, unique)| (type_name(unique), Pointer::schemas().child(name)));
        Self { types_of: places.collect(), components, ..Self::default() }
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
            let is_free = |ty: &String| !self.types_of.contains_key(ty) && !self.asked.contains_key(ty);
            numbered(&type_name(&words.join(" ")), |name| is_free(&type_name(name)))
        });
        self.types_of.entry(type_name(&unique)).or_insert_with(|| target.clone());
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
        let places = [self.types_of.get(&type_of), self.asked.get(&type_of)];
        if TYPE_NAMES.contains(&type_of.as_str()) || places.into_iter().flatten().any(|place| place != at) {
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use serde_json::json;

    use super::*;

    /// Names `count` schemas that operations hold, half of them by a name that they ask for.
    fn named(count: usize) -> Reached {
        let mut reached = Reached::of(&json!({}));
        for n in 0..count {
            let place = Pointer::root().child("paths").child(format!("/p{n}")).child("schema");
            reached.name(&place, None);
            reached.ask(&format!("Type{n}"), &place.child("items")).unwrap();
        }
        reached
    }

    #[test]
    fn eight_times_the_names_take_far_less_than_the_square() {
        let time = |count: usize| {
            let least = (0..3).map(|_| {
                let start = Instant::now();
                assert_eq!(named(count).names.len(), count);
                start.elapsed()
            });
            least.min().unwrap()
        };
        // By the square, this would be 64 times as long.
        let (small, large) = (time(1_000), time(8_000));
        assert!(large < small * 30 + Duration::from_millis(50), "{small:?}, eight times as many {large:?}");
    }

    #[test]
    fn no_two_places_have_one_type() {
        let document = json!({ "components": { "schemas": { "some_thing": {}, "Other": {} } } });
        let at = |name: &str| Pointer::root().child("paths").child(name).child("schema");
        let mut reached = Reached::of(&document);
        // What no operation has reached yet has its name already.
        assert_eq!(reached.name(&at("/some-thing"), None), "SomeThing2");
        assert_eq!(reached.name(&at("/some_thing"), None), "SomeThing3");
        assert!(reached.ask("SomeThing2", &at("/x")).is_err());
        assert!(reached.ask("other", &at("/x")).is_err());
        reached.ask("D", &at("/x")).unwrap();
        reached.ask("D", &at("/x")).unwrap();
        assert!(reached.ask("D", &at("/y")).is_err());
        assert_eq!(reached.name(&at("/d"), None), "D2");
        // A schema that is reached by a reference, and then asks for that name itself.
        assert_eq!(reached.name(&at("/z"), Some("E")), "E");
        reached.ask("E", &at("/z")).unwrap();
        assert!(reached.ask("E", &at("/y")).is_err());
    }
}
