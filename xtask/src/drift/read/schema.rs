//! One schema in a normalised form: 3.0 and 3.1, and different spellings of one meaning, read alike.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;

use super::bounds::{Bounds, is_bound};
use super::keywords::{DOCUMENTATION, IDENTITY, Type, constraint, is_idle};
use super::numbers::normalized;
use super::unions::{self, Alternatives, Union};
use super::{Document, Location};
use crate::document::extensions;
use crate::document::load::{kind, type_of};

/// How deep `allOf` and `$ref` are followed into one schema. No meaningful document is deeper.
const MAX_DEPTH: usize = 200;

/// Known values where others are allowed too: an open `enum`.
const EXTENSIBLE: &str = "x-extensible-enum";

/// The value of `additionalProperties`.
#[derive(Debug, Clone, Default)]
pub(crate) enum Additional<'a> {
    /// The document says nothing: further properties are allowed, and nobody means to send them.
    #[default]
    Unstated,
    /// Properties of any name and value are meant to be sent.
    Any,
    Closed,
    Of(Location<'a>),
}

/// The state while one schema is read.
struct Reading<'s, 'a> {
    document: &'s Document<'a>,
    /// The subschemas that were added already.
    visited: HashSet<usize>,
    /// Whether a subschema declares null. It then overrides the other subschemas.
    declares_null: bool,
}

#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "keywords of JSON Schema")]
pub(crate) struct Schema<'a> {
    /// `None` allows any.
    pub(crate) types: Option<BTreeSet<Type<'a>>>,
    /// Whether the types are those that other keywords imply. A server accepts any other, and the client knows none.
    pub(crate) is_implied: bool,
    pub(crate) nullable: bool,
    /// Whether a type holds null, though other keywords may forbid it. The client then reads null.
    pub(crate) reads_null: bool,
    /// `enum` without null.
    pub(crate) values: Option<Vec<&'a Value>>,
    /// Whether `values` are only the known values, and others are allowed too.
    pub(crate) is_open: bool,
    pub(crate) constant: Option<&'a Value>,
    pub(crate) bounds: Bounds,
    pub(crate) pattern: Option<&'a str>,
    pub(crate) properties: BTreeMap<&'a str, Location<'a>>,
    pub(crate) required: BTreeSet<&'a str>,
    pub(crate) additional: Additional<'a>,
    /// For each part of a whole that restricts the properties which it does not name: the names, and the schema of the
    /// others if they are allowed.
    pub(crate) restrictions: Vec<(BTreeSet<&'a str>, Option<Location<'a>>)>,
    pub(crate) items: Option<Location<'a>>,
    pub(crate) unions: Vec<Union<'a>>,
    pub(crate) constraints: BTreeMap<(&'a str, usize), Location<'a>>,
    pub(crate) documentation: BTreeMap<(&'a str, usize), &'a Value>,
    pub(crate) extensions: BTreeMap<(&'a str, usize), &'a Value>,
    pub(crate) unknown: BTreeMap<(&'a str, usize), &'a Value>,
    pub(crate) default: Option<&'a Value>,
    pub(crate) discriminator: Option<&'a Value>,
    pub(crate) deprecated: bool,
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
}

impl<'a> Schema<'a> {
    /// Reads a schema anew; `Reader` knows those that were read.
    pub(super) fn read(document: &Document<'a>, location: &Location<'a>) -> Self {
        let mut schema = Self { nullable: true, ..Self::default() };
        let mut reading = Reading { document, visited: HashSet::new(), declares_null: false };
        for location in [location].into_iter().chain(&location.further) {
            schema.add(&mut reading, location, 0);
        }
        if schema.types.is_none()
            && let Some(implied) = schema.implied_type()
        {
            (schema.types, schema.nullable, schema.is_implied) = (Some(implied), false, true);
        }
        // 3.0 makes a reference nullable by `allOf: [$ref], nullable: true`.
        schema.nullable |= reading.declares_null;
        schema
    }

    /// The type that keywords speak of, where none is declared. It is what the client takes them for. Bounds speak of none.
    fn implied_type(&self) -> Option<BTreeSet<Type<'a>>> {
        let is_composed = !self.unions.is_empty();
        let name = match () {
            () if is_composed => return None,
            () if !self.properties.is_empty() || !matches!(self.additional, Additional::Unstated) => "object",
            () if self.items.is_some() => "array",
            () => return None,
        };
        Some(BTreeSet::from([(name, None)]))
    }

    /// Whether the schema is one union and restricts nothing else.
    pub(crate) fn is_only_a_union(&self) -> bool {
        self.unions.len() == 1
            && self.properties.is_empty()
            && self.values.is_none()
            && self.constant.is_none()
            && self.items.is_none()
            && self.required.is_empty()
            && self.bounds.is_empty()
            && self.constraints.is_empty()
            && self.pattern.is_none()
            && matches!(self.additional, Additional::Unstated | Additional::Any)
            && self.types.as_ref().is_none_or(|types| types.iter().all(|(name, _)| *name == "object"))
    }

    /// Whether values may hold properties that the document does not name, and are meant to.
    pub(crate) fn is_map(&self) -> bool {
        let allows_objects = self.types.as_ref().is_none_or(|types| types.iter().any(|(name, _)| *name == "object"));
        match self.additional {
            Additional::Any | Additional::Of(_) => allows_objects,
            Additional::Unstated => allows_objects && self.properties.is_empty() && self.unions.is_empty(),
            Additional::Closed => false,
        }
    }

    /// The values of `enum` or `const`, if there are no others.
    pub(crate) fn closed_values(&self) -> Option<Vec<&'a Value>> {
        let listed = self.values.clone().filter(|_| !self.is_open);
        listed.or_else(|| self.constant.map(|value| vec![value]))
    }

    /// Whether the first items of a list have schemas of their own.
    pub(crate) fn is_tuple(&self) -> bool {
        self.constraints.contains_key(&("prefixItems", 0))
    }

    /// Whether patterns say which further properties are allowed.
    pub(crate) fn has_properties_by_pattern(&self) -> bool {
        self.constraints.contains_key(&("patternProperties", 0))
    }

    /// Adds one schema, the target of its `$ref` and its subschemas.
    fn add(&mut self, reading: &mut Reading<'_, 'a>, location: &Location<'a>, depth: usize) {
        let document = reading.document;
        let members = match location.value {
            Value::Bool(true) => return,
            Value::Bool(false) => {
                self.types = Some(BTreeSet::new());
                self.nullable = false;
                return;
            }
            Value::Object(members) => members,
            other => {
                document.note(&location.at, format!("is {}, not a schema", kind(other)));
                return;
            }
        };
        if depth > MAX_DEPTH {
            document.note(&location.at, format!("is nested more than {MAX_DEPTH} parts deep"));
            return;
        }
        // A schema adds nothing the second time, for example one that contains itself.
        if !reading.visited.insert(location.address()) {
            return;
        }
        if let Some(target) = location.text(extensions::TYPE).and_then(|name| document.component(name)) {
            insert(&mut self.extensions, extensions::TYPE, &location.value[extensions::TYPE]);
            self.add(reading, &target, depth + 1);
            return;
        }
        if let Some(target) = members.get("$ref").and_then(|reference| document.target(&location.at, reference)) {
            self.add(reading, &target, depth + 1);
        }
        let idle = document.idle_keywords(location);
        // Of all that stands beside the reference, only annotations are left.
        if idle.is_empty() || !members.contains_key("$ref") {
            for part in document.items(location, "allOf") {
                self.add(reading, &part, depth + 1);
            }
            for keyword in ["oneOf", "anyOf"] {
                self.add_alternatives(reading, location, keyword, depth);
            }
            self.add_types(reading, location, &idle);
            self.bounds.read(document, location);
            self.add_members(document, location, &idle);
        }
        for (key, value) in members.iter().filter(|(key, _)| !idle.contains(&key.as_str())) {
            self.add_keyword(reading, location, key, value);
        }
    }

    fn add_keyword(&mut self, reading: &mut Reading<'_, 'a>, location: &Location<'a>, key: &'a str, value: &'a Value) {
        let flag = || value == &Value::Bool(true);
        match key {
            "enum" => match value.as_array() {
                Some(values) => self.add_enum(reading, location, values),
                None => reading.document.note(&location.at.child(key), format!("is {}, not a list", kind(value))),
            },
            EXTENSIBLE if value.is_array() && location.value.get("enum").is_none() => {
                self.restrict(value.as_array().into_iter().flatten().collect(), true);
            }
            "const" if !value.is_null() => self.constant = Some(value),
            "pattern" => match value.as_str() {
                Some(pattern) => self.pattern = Some(pattern),
                None => reading.document.note(&location.at.child(key), format!("is {}, not a string", kind(value))),
            },
            "default" => self.default = Some(value),
            "discriminator" => self.discriminator = Some(value),
            "deprecated" => self.deprecated |= flag(),
            "readOnly" => self.read_only |= flag(),
            "writeOnly" => self.write_only |= flag(),
            // The older form says it as a format.
            "contentEncoding" if value == BASE64 => {}
            "unevaluatedProperties" if value == &Value::Bool(false) => {}
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
            _ if is_bound(key) || IDENTITY.contains(&key) => {}
            // The example of 3.0 is a list of one in 3.1.
            "example" => insert(&mut self.documentation, "examples", value),
            "examples" => {
                let only = value.as_array().and_then(|all| if let [only] = all.as_slice() { Some(only) } else { None });
                insert(&mut self.documentation, key, only.unwrap_or(value));
            }
            _ if DOCUMENTATION.contains(&key) => insert(&mut self.documentation, key, value),
            _ if is_idle(key, value) => {}
            _ if constraint(key).is_some() => {
                insert(&mut self.constraints, key, Location::new(location.at.child(key), value));
            }
            _ if key.starts_with("x-") => insert(&mut self.extensions, key, value),
            _ => insert(&mut self.unknown, key, value),
        }
    }

    /// Adds `enum`. A list with null makes the schema nullable. A list without null forbids it, unless `nullable` of 3.0
    /// stands beside the list: few documents repeat it in the list.
    fn add_enum(&mut self, reading: &mut Reading<'_, 'a>, location: &Location<'a>, values: &'a [Value]) {
        let has_null = values.iter().any(Value::is_null);
        reading.declares_null |= has_null;
        self.nullable &= has_null || location.flag("nullable");
        self.restrict(values.iter().filter(|value| !value.is_null()).collect(), false);
    }

    fn add_types(&mut self, reading: &mut Reading<'_, 'a>, location: &Location<'a>, idle: &[&str]) {
        let names: Option<Vec<&str>> = match location.value.get("type") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(vec![name]),
            Some(Value::Array(names)) => Some(names.iter().filter_map(Value::as_str).collect()),
            Some(other) => {
                reading.document.note(&location.at.child("type"), format!("is {}, not a type", kind(other)));
                None
            }
        };
        let is_flagged = location.flag("nullable");
        reading.declares_null |= is_flagged;
        self.reads_null |= is_flagged || names.as_ref().is_some_and(|names| names.contains(&"null"));
        let format = location.text("format").or_else(|| base64(location));
        let names = names.or_else(|| self.implied_types(location, idle));
        let Some(names) = names else {
            if let (Some(format), Some(types)) = (format, &mut self.types) {
                *types = types.iter().map(|(name, own)| (*name, own.or(Some(format)))).collect();
            } else if let Some(format) = format {
                self.types = Some(BTreeSet::from([("any", Some(format))]));
            }
            return;
        };
        self.nullable &= is_flagged || names.contains(&"null");
        let types = names.into_iter().filter(|name| *name != "null").map(|name| (name, format)).collect();
        self.narrow(types);
    }

    /// The types of the values of `enum` and `const`, where no type is declared.
    fn implied_types(&self, location: &Location<'a>, idle: &[&str]) -> Option<Vec<&'static str>> {
        let values: Vec<&Value> = match (location.value.get("enum"), location.value.get("const")) {
            (Some(Value::Array(values)), _) => values.iter().collect(),
            (_, Some(value)) if !idle.contains(&"const") => vec![value],
            _ => return None,
        };
        if self.types.is_some() {
            return None;
        }
        Some(values.into_iter().map(type_of).collect())
    }

    /// Keeps the types that both the schema so far and `types` allow.
    fn narrow(&mut self, types: BTreeSet<Type<'a>>) {
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

    /// Keeps the values that both the schema so far and `values` allow. An open list does not restrict a closed one.
    fn restrict(&mut self, values: Vec<&'a Value>, is_open: bool) {
        match &mut self.values {
            Some(_) if is_open && !self.is_open => {}
            Some(own) if is_open == self.is_open => {
                let both: HashSet<Cow<'_, Value>> = values.into_iter().map(normalized).collect();
                own.retain(|value| both.contains(&normalized(value)));
            }
            _ => (self.values, self.is_open) = (Some(values), is_open),
        }
    }

    fn add_members(&mut self, document: &Document<'a>, location: &Location<'a>, idle: &[&str]) {
        if let Some(properties) = location.get("properties") {
            for (name, value) in properties.value.as_object().into_iter().flatten() {
                let property = Location::new(properties.at.child(name), value);
                match self.properties.get_mut(name.as_str()) {
                    Some(known) => known.further.push(property),
                    None => drop(self.properties.insert(name, property)),
                }
            }
            if !properties.value.is_object() {
                document.note(&properties.at, format!("is {}, not a mapping", kind(properties.value)));
            }
        }
        // Draft 4 wrote `required: true` at the property itself. It names no property.
        self.required.extend(
            document
                .items(location, "required")
                .into_iter()
                .filter_map(|name| name.value.as_str())
                .filter(|n| !n.is_empty()),
        );
        if let Some(found) = location.get("additionalProperties") {
            let names = location.value.get("properties").and_then(Value::as_object).into_iter().flatten();
            let names = names.map(|(name, _)| name.as_str()).collect();
            if location.value.get("patternProperties").is_none() {
                let schema = Some(found.clone()).filter(|found| found.value.is_object());
                self.restrictions.extend((found.value != true).then_some((names, schema)));
            }
            self.restrict_additional(found);
        } else if let Some(found) = location.get("unevaluatedProperties").filter(|found| found.value == false)
            && !idle.contains(&"unevaluatedProperties")
        {
            self.restrict_additional(found);
        }
        match location.get("items") {
            Some(items) if items.value.is_object() || items.value.is_boolean() => match &mut self.items {
                Some(known) => known.further.push(items),
                None => self.items = Some(items),
            },
            Some(items) => document.note(&items.at, format!("is {}, not a schema", kind(items.value))),
            None => {}
        }
    }

    /// Adds `additionalProperties`. What closes an object outweighs what opens it.
    fn restrict_additional(&mut self, found: Location<'a>) {
        let is_any = found.value == true || found.value.as_object().is_some_and(serde_json::Map::is_empty);
        match &mut self.additional {
            Additional::Closed => {}
            additional if found.value == false => *additional = Additional::Closed,
            additional @ Additional::Unstated if is_any => *additional = Additional::Any,
            _ if is_any => {}
            Additional::Of(known) => known.further.push(found),
            additional => *additional = Additional::Of(found),
        }
    }

    /// Adds the subschemas of `oneOf` or `anyOf`.
    fn add_alternatives(
        &mut self,
        reading: &mut Reading<'_, 'a>,
        location: &Location<'a>,
        keyword: &'static str,
        depth: usize,
    ) {
        let Some(found) = unions::read(reading.document, location, keyword) else { return };
        reading.declares_null |= found.has_null;
        self.nullable &= found.allows_null;
        for subschema in &found.documented {
            self.add_documentation(subschema);
        }
        match found.alternatives {
            Alternatives::One(only) => self.add(reading, &only, depth + 1),
            Alternatives::Types(types) => self.narrow(types),
            Alternatives::OpenEnum(types, known) => {
                self.narrow(types);
                self.restrict(known, true);
            }
            Alternatives::Union(union) => self.unions.push(union),
        }
    }

    fn add_documentation(&mut self, location: &Location<'a>) {
        let members = location.value.as_object().into_iter().flatten();
        for (key, value) in members.filter(|(key, _)| DOCUMENTATION.contains(&key.as_str())) {
            insert(&mut self.documentation, key, value);
        }
    }
}

const BASE64: &str = "base64";

/// The format of a string that holds bytes, which the newer form says as `contentEncoding`.
fn base64(location: &Location<'_>) -> Option<&'static str> {
    (location.text("contentEncoding") == Some(BASE64)).then_some("byte")
}

/// Inserts `value` under the next number of `key`.
fn insert<'a, T>(map: &mut BTreeMap<(&'a str, usize), T>, key: &'a str, value: T) {
    let nth = map.range((key, 0)..=(key, usize::MAX)).count();
    map.insert((key, nth), value);
}
