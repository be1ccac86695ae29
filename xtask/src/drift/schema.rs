//! The normalised view of a schema, in which 3.0 and 3.1, and every spelling of one meaning, are the same.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::constraints::{is_constraint, is_idle};
use super::limits::{Limits, is_limit};
use super::side::{Place, Side};
use crate::load::{kind, type_of};

/// How deep `allOf` and `$ref` are followed into one schema; no document that means something is deeper.
const MAX_DEPTH: usize = 200;

/// Keywords of annotation: they change what people read.
pub(super) const DOCUMENTATION: [&str; 7] =
    ["title", "description", "example", "examples", "externalDocs", "$comment", "x-enum-descriptions"];

/// Keywords that say where a schema is, not what it allows.
const IDENTITY: [&str; 9] =
    ["$ref", "$id", "$anchor", "$schema", "$defs", "definitions", "$dynamicRef", "$dynamicAnchor", "$vocabulary"];

/// Values that are known among others: an `enum` that is open.
const EXTENSIBLE: &str = "x-extensible-enum";

/// A type with its format.
pub(super) type Type<'a> = (&'a str, Option<&'a str>);

/// What stands in `additionalProperties`.
#[derive(Debug, Clone, Default)]
pub(super) enum Additional<'a> {
    #[default]
    Open,
    Closed,
    Of(Place<'a>),
}

/// What goes on while one schema is read.
pub(super) struct Reading<'s, 'a> {
    pub(super) side: &'s Side<'a>,
    /// The parts that were taken in.
    taken: HashSet<usize>,
    /// Whether some part says so that takes effect over the others.
    pub(super) says_nullable: bool,
}

/// `oneOf` or `anyOf`, null and single branches aside.
#[derive(Debug, Clone)]
pub(super) struct Union<'a> {
    pub(super) keyword: &'static str,
    pub(super) branches: Vec<Place<'a>>,
}

#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "keywords of JSON Schema")]
pub(super) struct Schema<'a> {
    /// `None` allows any.
    pub(super) types: Option<BTreeSet<Type<'a>>>,
    pub(super) nullable: bool,
    /// `enum`, null aside.
    pub(super) values: Option<Vec<&'a Value>>,
    /// Whether `values` are those that are known, and others are allowed too.
    pub(super) is_open: bool,
    pub(super) constant: Option<&'a Value>,
    pub(super) limits: Limits,
    pub(super) pattern: Option<&'a str>,
    /// By name; a name that several parts of `allOf` describe has a place for each.
    pub(super) properties: BTreeMap<(&'a str, usize), Place<'a>>,
    pub(super) required: BTreeSet<&'a str>,
    pub(super) additional: Additional<'a>,
    pub(super) items: Option<Place<'a>>,
    pub(super) unions: Vec<Union<'a>>,
    pub(super) constraints: BTreeMap<(&'a str, usize), Place<'a>>,
    pub(super) documentation: BTreeMap<(&'a str, usize), &'a Value>,
    pub(super) extensions: BTreeMap<(&'a str, usize), &'a Value>,
    pub(super) unknown: BTreeMap<(&'a str, usize), &'a Value>,
    pub(super) default: Option<&'a Value>,
    pub(super) discriminator: Option<&'a Value>,
    pub(super) deprecated: bool,
    pub(super) read_only: bool,
    pub(super) write_only: bool,
}

impl<'a> Schema<'a> {
    pub(super) fn of(side: &Side<'a>, place: &Place<'a>) -> Self {
        let mut schema = Self { nullable: true, ..Self::default() };
        let mut reading = Reading { side, taken: HashSet::new(), says_nullable: false };
        schema.part(&mut reading, place, 0);
        // `allOf: [$ref], nullable: true` is how 3.0 makes a reference nullable.
        schema.nullable |= reading.says_nullable;
        schema
    }

    /// Whether it says nothing of its own beside its alternatives.
    pub(super) fn is_only_a_union(&self) -> bool {
        self.unions.len() == 1
            && self.properties.is_empty()
            && self.values.is_none()
            && self.constant.is_none()
            && self.items.is_none()
            && self.required.is_empty()
            && self.limits.is_empty()
            && self.constraints.is_empty()
            && self.pattern.is_none()
            && matches!(self.additional, Additional::Open)
            && self.types.as_ref().is_none_or(|types| types.iter().all(|(name, _)| *name == "object"))
    }

    /// Takes in one schema, what it refers to and what it is composed of.
    pub(super) fn part(&mut self, reading: &mut Reading<'_, 'a>, place: &Place<'a>, depth: usize) {
        let side = reading.side;
        let members = match place.value {
            Value::Bool(true) => return,
            Value::Bool(false) => {
                self.types = Some(BTreeSet::new());
                self.nullable = false;
                return;
            }
            Value::Object(members) => members,
            other => {
                side.note(&place.at, format!("is {}, not a schema", kind(other)));
                return;
            }
        };
        if depth > MAX_DEPTH {
            side.note(&place.at, format!("is nested more than {MAX_DEPTH} parts deep"));
            return;
        }
        // What is taken in twice, a part of itself for one, adds nothing.
        if !reading.taken.insert(place.address()) {
            return;
        }
        if let Some(target) = members.get("$ref").and_then(|reference| side.target(&place.at, reference)) {
            self.part(reading, &target, depth + 1);
        }
        for part in side.items(place, "allOf") {
            self.part(reading, &part, depth + 1);
        }
        for keyword in ["oneOf", "anyOf"] {
            self.union(reading, place, keyword, depth);
        }
        self.types_of(reading, place);
        self.limits.read(side, place);
        self.objects(side, place);
        for (key, value) in members {
            self.keyword(reading, place, key, value);
        }
    }

    fn keyword(&mut self, reading: &mut Reading<'_, 'a>, place: &Place<'a>, key: &'a str, value: &'a Value) {
        let flag = || value == &Value::Bool(true);
        match key {
            "enum" => match value.as_array() {
                Some(values) => self.enumeration(reading, place, values),
                None => reading.side.note(&place.at.child(key), format!("is {}, not a list", kind(value))),
            },
            EXTENSIBLE if value.is_array() && place.value.get("enum").is_none() => {
                self.restrict(value.as_array().into_iter().flatten().collect(), true);
            }
            "const" if !value.is_null() => self.constant = Some(value),
            "pattern" => match value.as_str() {
                Some(pattern) => self.pattern = Some(pattern),
                None => reading.side.note(&place.at.child(key), format!("is {}, not a string", kind(value))),
            },
            "default" => self.default = Some(value),
            "discriminator" => self.discriminator = Some(value),
            "deprecated" => self.deprecated |= flag(),
            "readOnly" => self.read_only |= flag(),
            "writeOnly" => self.write_only |= flag(),
            "const"
            | "type"
            | "nullable"
            | "format"
            | "allOf"
            | "oneOf"
            | "anyOf"
            | "properties"
            | "required"
            | "additionalProperties"
            | "items" => {}
            _ if is_limit(key) || IDENTITY.contains(&key) => {}
            // The example of 3.0 is a list of one in 3.1.
            "example" => put(&mut self.documentation, "examples", value),
            "examples" => {
                let only = value.as_array().and_then(|all| if let [only] = all.as_slice() { Some(only) } else { None });
                put(&mut self.documentation, key, only.unwrap_or(value));
            }
            _ if DOCUMENTATION.contains(&key) => put(&mut self.documentation, key, value),
            _ if is_constraint(key) && is_idle(key, value) => {}
            _ if is_constraint(key) => put(&mut self.constraints, key, Place { at: place.at.child(key), value }),
            _ if key.starts_with("x-") => put(&mut self.extensions, key, value),
            _ => put(&mut self.unknown, key, value),
        }
    }

    /// Takes in `enum`. Null among the values makes nullable, and a list without null takes null back, but where the
    /// `nullable` of 3.0 stands beside it, which few documents repeat in the list.
    fn enumeration(&mut self, reading: &mut Reading<'_, 'a>, place: &Place<'a>, values: &'a [Value]) {
        let has_null = values.iter().any(Value::is_null);
        reading.says_nullable |= has_null;
        self.nullable &= has_null || place.flag("nullable");
        self.restrict(values.iter().filter(|value| !value.is_null()).collect(), false);
    }

    fn types_of(&mut self, reading: &mut Reading<'_, 'a>, place: &Place<'a>) {
        let names: Option<Vec<&str>> = match place.value.get("type") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(vec![name]),
            Some(Value::Array(names)) => Some(names.iter().filter_map(Value::as_str).collect()),
            Some(other) => {
                reading.side.note(&place.at.child("type"), format!("is {}, not a type", kind(other)));
                None
            }
        };
        let says_null = place.flag("nullable");
        reading.says_nullable |= says_null;
        let format = place.text("format");
        let names = names.or_else(|| self.implied(place));
        let Some(names) = names else {
            if let (Some(format), Some(types)) = (format, &mut self.types) {
                *types = types.iter().map(|(name, own)| (*name, own.or(Some(format)))).collect();
            } else if let Some(format) = format {
                self.types = Some(BTreeSet::from([("any", Some(format))]));
            }
            return;
        };
        self.nullable &= says_null || names.contains(&"null");
        let types = names.into_iter().filter(|name| *name != "null").map(|name| (name, format)).collect();
        self.narrow(types);
    }

    /// The types of the values of `enum` and `const`, where no type is said.
    fn implied(&self, place: &Place<'a>) -> Option<Vec<&'static str>> {
        let values: Vec<&Value> = match (place.value.get("enum"), place.value.get("const")) {
            (Some(Value::Array(values)), _) => values.iter().collect(),
            (_, Some(value)) => vec![value],
            _ => return None,
        };
        if self.types.is_some() {
            return None;
        }
        Some(values.into_iter().map(type_of).collect())
    }

    /// What both the types so far and `types` allow.
    pub(super) fn narrow(&mut self, types: BTreeSet<Type<'a>>) {
        self.types = Some(match self.types.take() {
            None => types,
            Some(own) => own
                .iter()
                .filter_map(|&(name, format)| {
                    let other = types.iter().find(|(other, _)| *other == name || name == "any")?;
                    Some((other.0, other.1.or(format)))
                })
                .collect(),
        });
    }

    /// What both the values so far and `values` allow; an open list says nothing beside a closed one.
    pub(super) fn restrict(&mut self, values: Vec<&'a Value>, is_open: bool) {
        match &mut self.values {
            Some(_) if is_open && !self.is_open => {}
            Some(own) if is_open == self.is_open => {
                let both: HashSet<&Value> = values.into_iter().collect();
                own.retain(|value| both.contains(value));
            }
            _ => (self.values, self.is_open) = (Some(values), is_open),
        }
    }

    fn objects(&mut self, side: &Side<'a>, place: &Place<'a>) {
        if let Some(properties) = place.get("properties") {
            for (name, value) in properties.value.as_object().into_iter().flatten() {
                put(&mut self.properties, name, Place { at: properties.at.child(name), value });
            }
            if !properties.value.is_object() {
                side.note(&properties.at, format!("is {}, not a mapping", kind(properties.value)));
            }
        }
        // Draft 4 wrote `required: true` at the property itself; that names nothing.
        self.required.extend(
            side.items(place, "required").into_iter().filter_map(|name| name.value.as_str()).filter(|n| !n.is_empty()),
        );
        match place.get("additionalProperties") {
            None => {}
            Some(found) => match found.value {
                Value::Bool(true) => {}
                Value::Bool(false) => self.additional = Additional::Closed,
                Value::Object(members) if members.is_empty() => {}
                _ => self.additional = Additional::Of(found),
            },
        }
        match place.get("items") {
            Some(items) if items.value.is_object() || items.value.is_boolean() => self.items = Some(items),
            Some(items) => side.note(&items.at, format!("is {}, not a schema", kind(items.value))),
            None => {}
        }
    }

    /// Takes in the words of a schema that is otherwise read as something else.
    pub(super) fn words(&mut self, place: &Place<'a>) {
        let members = place.value.as_object().into_iter().flatten();
        for (key, value) in members.filter(|(key, _)| DOCUMENTATION.contains(&key.as_str())) {
            put(&mut self.documentation, key, value);
        }
    }
}

fn put<'a, T>(map: &mut BTreeMap<(&'a str, usize), T>, key: &'a str, value: T) {
    let nth = map.range((key, 0)..=(key, usize::MAX)).count();
    map.insert((key, nth), value);
}
