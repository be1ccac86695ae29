//! Reads the two documents without trust: a broken part is noted once, and then treated as absent.

pub(super) mod bounds;
pub(super) mod describe;
pub(super) mod keywords;
pub(super) mod numbers;
pub(super) mod operation;
pub(super) mod reader;
pub(super) mod schema;
pub(super) mod unions;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use crate::document::dialects;
use crate::document::load::kind;
use crate::document::pointer::Pointer;
use crate::document::references::resolve;

/// A value and its location in the document.
#[derive(Debug, Clone)]
pub(super) struct Location<'a> {
    pub(super) at: Pointer,
    pub(super) value: &'a Value,
    /// Further schemas of the same values: each subschema of `allOf` may describe one property.
    pub(super) further: Vec<Location<'a>>,
}

/// The identity of a location among all locations of its document.
pub(super) type Identity = (usize, Vec<usize>);

impl<'a> Location<'a> {
    pub(super) fn new(at: Pointer, value: &'a Value) -> Self {
        Self { at, value, further: Vec::new() }
    }

    pub(super) fn identity(&self) -> Identity {
        (self.address(), self.further.iter().map(Self::address).collect())
    }

    /// The member called `key`. A null member counts as absent.
    pub(super) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(Self::new(self.at.child(key), value))
    }

    /// The member called `key`, or where it would be: here.
    pub(super) fn member_or_self(&self, key: &str) -> Self {
        self.get(key).unwrap_or_else(|| self.clone())
    }

    /// Identifies the value among all values of its document.
    pub(super) fn address(&self) -> usize {
        std::ptr::from_ref(self.value).addr()
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key).and_then(Value::as_str)
    }
}

/// One of the two documents of a comparison: the base or the revision.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub(super) value: &'a Value,
    diagnostics: RefCell<BTreeMap<Pointer, String>>,
    /// The targets of the references that were followed.
    visited: RefCell<HashSet<usize>>,
}

impl<'a> Document<'a> {
    pub(super) fn new(value: &'a Value) -> Self {
        Self { value, diagnostics: RefCell::default(), visited: RefCell::default() }
    }

    pub(super) fn root(&self) -> Location<'a> {
        Location::new(Pointer::root(), self.value)
    }

    /// The broken parts, by location.
    pub(super) fn into_diagnostics(self) -> BTreeMap<Pointer, String> {
        self.diagnostics.into_inner()
    }

    /// Notes a broken part. The first note about a location stays.
    pub(super) fn note(&self, at: &Pointer, what: impl Into<String>) {
        self.diagnostics.borrow_mut().entry(at.clone()).or_insert_with(|| what.into());
    }

    /// Whether a reference that was followed led here.
    pub(super) fn was_visited(&self, location: &Location<'a>) -> bool {
        self.visited.borrow().contains(&location.address())
    }

    /// The keywords of a schema that restrict nothing in its dialect.
    pub(super) fn idle_keywords(&self, schema: &Location<'a>) -> Vec<&'a str> {
        let members = schema.value.as_object();
        members.map_or_else(Vec::new, |members| dialects::idle_keywords(self.value, members, &schema.at))
    }

    /// The addresses of all values that references below `paths` lead to, directly or not, under any keyword.
    pub(super) fn find_referenced(&self) -> HashSet<usize> {
        let mut followed = HashSet::new();
        let mut referenced = HashSet::new();
        let mut next: Vec<&Value> = self.value.get("paths").into_iter().collect();
        while let Some(value) = next.pop() {
            match value {
                Value::Object(members) => next.extend(members.values()),
                Value::Array(items) => next.extend(items),
                _ => {}
            }
            let reference = value.get("$ref").and_then(Value::as_str);
            let target = reference
                .filter(|reference| followed.insert(*reference))
                .and_then(|reference| Pointer::of_reference(reference).ok())
                .and_then(|at| at.find(self.value));
            next.extend(target.filter(|target| referenced.insert(std::ptr::from_ref(*target).addr())));
        }
        referenced
    }

    /// The entries of the mapping called `key`, null entries left out.
    pub(super) fn members(&self, owner: &Location<'a>, key: &str) -> Vec<(&'a str, Location<'a>)> {
        let Some(mapping) = owner.get(key) else { return Vec::new() };
        let Some(members) = mapping.value.as_object() else {
            self.note(&mapping.at, format!("is {}, not a mapping", kind(mapping.value)));
            return Vec::new();
        };
        let entries = members.iter().filter(|(_, value)| !value.is_null());
        entries.map(|(name, value)| (name.as_str(), Location::new(mapping.at.child(name), value))).collect()
    }

    /// The items of the list called `key`.
    pub(super) fn items(&self, owner: &Location<'a>, key: &str) -> Vec<Location<'a>> {
        let Some(list) = owner.get(key) else { return Vec::new() };
        let Some(items) = list.value.as_array() else {
            self.note(&list.at, format!("is {}, not a list", kind(list.value)));
            return Vec::new();
        };
        items.iter().enumerate().map(|(index, value)| Location::new(list.at.child(index), value)).collect()
    }

    /// An object of OpenAPI that is no schema: the object itself, or the target of its `$ref`.
    pub(super) fn object(&self, location: Location<'a>) -> Option<Location<'a>> {
        let location = match location.value.get("$ref") {
            None => location,
            Some(reference) => self.target(&location.at, reference)?,
        };
        if !location.value.is_object() {
            self.note(&location.at, format!("is {}, not a mapping", kind(location.value)));
            return None;
        }
        Some(location)
    }

    /// The schema under `components` that is called `name`.
    pub(super) fn component(&self, name: &str) -> Option<Location<'a>> {
        let at = Pointer::schemas().child(name);
        let found = Location::new(at.clone(), at.find(self.value)?);
        self.visited.borrow_mut().insert(found.address());
        Some(found)
    }

    /// The target of a `$ref` found at `at`.
    pub(super) fn target(&self, at: &Pointer, reference: &Value) -> Option<Location<'a>> {
        let Some(text) = reference.as_str() else {
            self.note(at, format!("`$ref` is {}, not a string", kind(reference)));
            return None;
        };
        match resolve(self.value, text, at) {
            Ok((at, value)) => {
                let target = Location::new(at, value);
                self.visited.borrow_mut().insert(target.address());
                Some(target)
            }
            Err(error) => {
                self.note(at, error.message);
                None
            }
        }
    }
}

/// Whether the value contains a reference. The reference may be equal and its target not.
pub(super) fn refers(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.contains_key("$ref") || members.values().any(refers),
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}
