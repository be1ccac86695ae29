//! Tells whether a branch of a choice would take the values of a later one, in a decoder that takes the first type that
//! fits.
//!
//! Drop when typify's enums of `oneOf` and `anyOf` no longer decode by the first variant that fits.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::walk::resolved;
use crate::document::rust_names::field_name;

/// Choices within choices multiply. A schema with more shapes is not examined.
const MAX_SHAPES: usize = 64;

/// One form of a schema's values: its own keywords, with the keywords of all parts and of one branch of each choice.
#[derive(Clone, Default)]
pub(super) struct Shape<'a> {
    /// `integer` is a `number`.
    kind: Option<&'a str>,
    /// The schemas that the parts give a property.
    properties: BTreeMap<&'a str, Vec<&'a Value>>,
    /// The properties of each part.
    together: Vec<&'a Map<String, Value>>,
    pub(super) required: BTreeSet<&'a str>,
    closed: bool,
    values: Option<&'a Vec<Value>>,
    items: Option<&'a Value>,
}

impl<'a> Shape<'a> {
    /// The keywords of the schema itself.
    fn own(schema: &'a Value) -> Self {
        let list = |name: &str| schema.get(name).and_then(Value::as_array);
        let properties = schema.get("properties").and_then(Value::as_object);
        let kind = schema.get("type").and_then(Value::as_str).or(properties.map(|_| "object"));
        Self {
            kind: if kind == Some("integer") { Some("number") } else { kind },
            properties: properties.into_iter().flatten().map(|(name, of)| (name.as_str(), vec![of])).collect(),
            together: properties.into_iter().collect(),
            required: list("required").into_iter().flatten().filter_map(Value::as_str).collect(),
            closed: schema.get("additionalProperties") == Some(&Value::Bool(false)),
            values: list("enum"),
            items: schema.get("items"),
        }
    }

    fn and(&self, other: &Self) -> Self {
        let mut both = self.clone();
        both.kind = self.kind.or(other.kind);
        for (name, schemas) in &other.properties {
            both.properties.entry(name).or_default().extend(schemas);
        }
        both.together.extend(&other.together);
        both.required.extend(&other.required);
        both.closed |= other.closed;
        both.values = self.values.or(other.values);
        both.items = self.items.or(other.items);
        both
    }

    fn is_object(&self) -> bool {
        self.kind == Some("object")
    }

    /// Whether Rust cannot tell the names of two properties apart that no schema has together.
    pub(super) fn has_collision(&self) -> bool {
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        self.properties.keys().any(|name| match names.insert(field_name(name), name) {
            Some(other) => !self.together.iter().any(|all| all.contains_key(*name) && all.contains_key(other)),
            None => false,
        })
    }

    /// Whether the generated type decodes any JSON object, whatever its properties.
    pub(super) fn takes_any_object(&self) -> bool {
        self.is_object() && self.required.is_empty() && !self.closed
    }
}

/// The shapes of a schema's values; `None` where there are too many to look into.
pub(super) fn of<'a>(document: &'a Value, schema: &'a Value) -> Option<Vec<Shape<'a>>> {
    let schema = resolved(document, schema);
    let mut shapes = vec![Shape::own(schema)];
    let list = |name: &str| schema.get(name).and_then(Value::as_array).into_iter().flatten();
    let parts = list("allOf").map(|part| of(document, part));
    let choices = ["anyOf", "oneOf"].into_iter().filter(|name| schema.get(*name).is_some()).map(|name| {
        let branches: Option<Vec<_>> = list(name).map(|branch| of(document, branch)).collect();
        branches.map(|branches| branches.concat())
    });
    for others in parts.chain(choices) {
        let others = others?;
        if shapes.len() * others.len() > MAX_SHAPES {
            return None;
        }
        shapes = shapes.iter().flat_map(|shape| others.iter().map(|other| shape.and(other))).collect();
    }
    Some(shapes)
}

/// Whether a value of `later` decodes as `first`, which is tried before it, and loses a part of it.
/// Where they are `exclusive`, no value belongs to both.
pub(super) fn hides<'a>(document: &'a Value, first: &'a Value, later: &'a Value, exclusive: bool) -> bool {
    Comparison { document, seen: BTreeSet::new(), apart: BTreeMap::new() }.hides(first, later, exclusive)
}

struct Comparison<'a> {
    document: &'a Value,
    /// Pairs of schemas that were looked at, by address: types may hold themselves.
    seen: BTreeSet<(*const Value, *const Value)>,
    /// Pairs whose values were compared, with the result.
    apart: BTreeMap<(*const Value, *const Value), bool>,
}

impl<'a> Comparison<'a> {
    fn hides(&mut self, first: &'a Value, later: &'a Value, exclusive: bool) -> bool {
        let (first, later) = (resolved(self.document, first), resolved(self.document, later));
        if first == later || !self.seen.insert((first, later)) {
            return false;
        }
        let (Some(first), Some(later)) = (of(self.document, first), of(self.document, later)) else { return true };
        first.iter().any(|first| {
            later.iter().any(|later| !self.told_apart(first, later, exclusive) && self.loses(first, later))
        })
    }

    fn loses(&mut self, first: &Shape<'a>, later: &Shape<'a>) -> bool {
        if let (Some(first), Some(later)) = (first.items, later.items) {
            return self.hides(first, later, true);
        }
        if !first.is_object() || !later.is_object() {
            return false;
        }
        later.properties.iter().any(|(name, of_later)| match first.properties.get(name) {
            None => !first.closed,
            Some(of_first) => of_first.iter().any(|first| of_later.iter().any(|later| self.hides(first, later, true))),
        })
    }

    /// Different types or sets of strings tell values apart. For objects, a property does that both must have.
    fn told_apart(&mut self, first: &Shape<'a>, later: &Shape<'a>, exclusive: bool) -> bool {
        if let (Some(first), Some(later)) = (first.kind, later.kind)
            && first != later
        {
            return true;
        }
        if let (Some(first), Some(later)) = (first.values, later.values) {
            return first.iter().all(|value| !later.contains(value));
        }
        first.required.iter().any(|name| match (first.properties.get(name), later.properties.get(name)) {
            (Some(first), Some(later)) => {
                first.iter().any(|first| later.iter().any(|later| self.are_told_apart(first, later)))
            }
            // What has both belongs to both, where that may be.
            _ => exclusive || later.closed,
        })
    }

    fn are_told_apart(&mut self, first: &'a Value, later: &'a Value) -> bool {
        let (first, later) = (resolved(self.document, first), resolved(self.document, later));
        let pair = (std::ptr::from_ref(first), std::ptr::from_ref(later));
        if let Some(apart) = self.apart.get(&pair) {
            return *apart;
        }
        self.apart.insert(pair, false);
        let (Some(first), Some(later)) = (of(self.document, first), of(self.document, later)) else { return false };
        let apart = first.iter().all(|first| later.iter().all(|later| self.told_apart(first, later, true)));
        self.apart.insert(pair, apart);
        apart
    }
}
