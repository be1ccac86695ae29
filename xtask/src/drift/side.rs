//! One side of a comparison: a document, read without trust. What is broken is noted once and read as if it were absent.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use crate::load::kind;
use crate::pointer::Pointer;
use crate::references::resolve;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Place<'a> {
    pub(super) at: Pointer,
    pub(super) value: &'a Value,
}

impl<'a> Place<'a> {
    /// The member called `key`; null is as good as absent.
    pub(super) fn get(&self, key: &str) -> Option<Place<'a>> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(Self { at: self.at.child(key), value })
    }

    /// What tells this value from every other of the same document.
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

#[derive(Debug)]
pub(super) struct Side<'a> {
    pub(super) document: &'a Value,
    defects: RefCell<BTreeMap<Pointer, String>>,
    /// What references led to.
    visited: RefCell<HashSet<usize>>,
}

impl<'a> Side<'a> {
    pub(super) fn new(document: &'a Value) -> Self {
        Self { document, defects: RefCell::default(), visited: RefCell::default() }
    }

    pub(super) fn root(&self) -> Place<'a> {
        Place { at: Pointer::root(), value: self.document }
    }

    /// What was found broken, by place.
    pub(super) fn defects(&self) -> Vec<(String, String)> {
        self.defects.borrow().iter().map(|(at, what)| (at.to_string(), what.clone())).collect()
    }

    pub(super) fn note(&self, at: &Pointer, what: impl Into<String>) {
        self.defects.borrow_mut().entry(at.clone()).or_insert_with(|| what.into());
    }

    /// Whether a reference that was followed led here.
    pub(super) fn was_visited(&self, place: &Place<'a>) -> bool {
        self.visited.borrow().contains(&place.address())
    }

    /// Everything that references below `paths` lead to, directly or not, whatever keyword they stand in.
    pub(super) fn reached(&self) -> HashSet<usize> {
        let mut reached = HashSet::new();
        let mut next: Vec<&Value> = self.document.get("paths").into_iter().collect();
        while let Some(value) = next.pop() {
            match value {
                Value::Object(members) => next.extend(members.values()),
                Value::Array(items) => next.extend(items),
                _ => {}
            }
            let reference = value.get("$ref").and_then(Value::as_str);
            let target = reference
                .and_then(|reference| Pointer::of_reference(reference).ok())
                .and_then(|at| at.find(self.document));
            next.extend(target.filter(|target| reached.insert(std::ptr::from_ref(*target).addr())));
        }
        reached
    }

    /// The entries of the mapping called `key`, references followed.
    pub(super) fn members(&self, owner: &Place<'a>, key: &str) -> Vec<(&'a str, Place<'a>)> {
        let Some(place) = owner.get(key) else { return Vec::new() };
        let Some(members) = place.value.as_object() else {
            self.note(&place.at, format!("is {}, not a mapping", kind(place.value)));
            return Vec::new();
        };
        let entries = members.iter().filter(|(_, value)| !value.is_null());
        entries.map(|(name, value)| (name.as_str(), Place { at: place.at.child(name), value })).collect()
    }

    /// The items of the list called `key`.
    pub(super) fn items(&self, owner: &Place<'a>, key: &str) -> Vec<Place<'a>> {
        let Some(place) = owner.get(key) else { return Vec::new() };
        let Some(items) = place.value.as_array() else {
            self.note(&place.at, format!("is {}, not a list", kind(place.value)));
            return Vec::new();
        };
        items.iter().enumerate().map(|(index, value)| Place { at: place.at.child(index), value }).collect()
    }

    /// An object of OpenAPI's own (no schema): itself, or what its `$ref` names.
    pub(super) fn object(&self, place: Place<'a>) -> Option<Place<'a>> {
        let place = match place.value.get("$ref") {
            None => place,
            Some(reference) => self.target(&place.at, reference)?,
        };
        if !place.value.is_object() {
            self.note(&place.at, format!("is {}, not a mapping", kind(place.value)));
            return None;
        }
        Some(place)
    }

    /// What a `$ref` found at `at` names.
    pub(super) fn target(&self, at: &Pointer, reference: &Value) -> Option<Place<'a>> {
        let Some(text) = reference.as_str() else {
            self.note(at, format!("`$ref` is {}, not a string", kind(reference)));
            return None;
        };
        match resolve(self.document, text, at) {
            Ok((at, value)) => {
                let place = Place { at, value };
                self.visited.borrow_mut().insert(place.address());
                Some(place)
            }
            Err(error) => {
                let message = format!("{error:#}");
                let prefix = format!("{at}: ");
                self.note(at, message.strip_prefix(&prefix).unwrap_or(&message));
                None
            }
        }
    }
}
