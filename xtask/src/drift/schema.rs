//! The normalised view of a schema, in which 3.0 and 3.1, and every spelling of one meaning, are the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::side::{Place, Side};
use crate::load::kind;

/// How deep `allOf` and `$ref` are followed into one schema; no document that means something is deeper.
const MAX_PARTS: usize = 64;

/// Keywords of annotation: they change what people read.
const DOCUMENTATION: [&str; 7] =
    ["title", "description", "example", "examples", "externalDocs", "$comment", "x-enum-descriptions"];

/// Constraints that are compared as they stand: no client checks them, and what they allow cannot be told apart.
pub(super) const CONSTRAINTS: [&str; 20] = [
    "not",
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "prefixItems",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "multipleOf",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
];

/// Keywords that say where a schema is, not what it allows.
const IDENTITY: [&str; 9] =
    ["$ref", "$id", "$anchor", "$schema", "$defs", "definitions", "$dynamicRef", "$dynamicAnchor", "$vocabulary"];

const LENGTHS: [&str; 6] = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];

/// A type with its format.
pub(super) type Type<'a> = (&'a str, Option<&'a str>);

/// A limit, and whether it is itself outside.
pub(super) type Limit = (f64, bool);

/// What stands in `additionalProperties`.
#[derive(Debug, Clone, Default)]
pub(super) enum Additional<'a> {
    #[default]
    Open,
    Closed,
    Of(Place<'a>),
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
    pub(super) values: Option<Vec<&'a Value>>,
    pub(super) constant: Option<&'a Value>,
    /// By keyword; `minimum` and `maximum` hold their exclusive forms too.
    pub(super) bounds: BTreeMap<&'static str, Limit>,
    pub(super) pattern: Option<&'a str>,
    /// By name; a name that several parts of `allOf` describe has a place for each.
    pub(super) properties: BTreeMap<(&'a str, usize), Place<'a>>,
    pub(super) required: BTreeSet<&'a str>,
    pub(super) additional: Additional<'a>,
    pub(super) items: Option<Place<'a>>,
    pub(super) unions: Vec<Union<'a>>,
    pub(super) constraints: BTreeMap<(&'a str, usize), &'a Value>,
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
        let mut says_nullable = false;
        schema.part(side, place, 0, &mut Vec::new(), &mut says_nullable);
        // `allOf: [$ref], nullable: true` is how 3.0 makes a reference nullable.
        schema.nullable |= says_nullable;
        schema
    }

    /// Whether it says nothing of its own beside its alternatives.
    pub(super) fn is_only_a_union(&self) -> bool {
        self.unions.len() == 1
            && self.properties.is_empty()
            && self.values.is_none()
            && self.constant.is_none()
            && self.items.is_none()
            && self.types.as_ref().is_none_or(|types| types.iter().all(|(name, _)| *name == "object"))
    }

    /// Takes in one schema, what it refers to and what it is composed of.
    fn part(
        &mut self,
        side: &Side<'a>,
        place: &Place<'a>,
        depth: usize,
        above: &mut Vec<usize>,
        says_nullable: &mut bool,
    ) {
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
        if above.contains(&place.address()) {
            // A part of itself adds nothing.
            return;
        }
        if depth > MAX_PARTS {
            side.note(&place.at, format!("is nested more than {MAX_PARTS} parts deep"));
            return;
        }
        above.push(place.address());
        if let Some(target) = members.get("$ref").and_then(|reference| side.target(&place.at, reference)) {
            self.part(side, &target, depth + 1, above, says_nullable);
        }
        for part in side.items(place, "allOf") {
            self.part(side, &part, depth + 1, above, says_nullable);
        }
        for keyword in ["oneOf", "anyOf"] {
            self.union(side, place, keyword, depth, above, says_nullable);
        }
        self.types_of(side, place, says_nullable);
        self.limits(side, place);
        self.objects(side, place);
        for (key, value) in members {
            self.keyword(side, place, key, value);
        }
        above.pop();
    }

    fn keyword(&mut self, side: &Side<'a>, place: &Place<'a>, key: &'a str, value: &'a Value) {
        let flag = || value == &Value::Bool(true);
        match key {
            "enum" => match value.as_array() {
                Some(values) => self.restrict(values.iter().filter(|value| !value.is_null()).collect()),
                None => side.note(&place.at.child(key), format!("is {}, not a list", kind(value))),
            },
            "const" if !value.is_null() => self.constant = Some(value),
            "pattern" => self.pattern = value.as_str(),
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
            | "items"
            | "minimum"
            | "maximum"
            | "exclusiveMinimum"
            | "exclusiveMaximum" => {}
            _ if LENGTHS.contains(&key) || IDENTITY.contains(&key) => {}
            _ if DOCUMENTATION.contains(&key) => put(&mut self.documentation, key, value),
            _ if CONSTRAINTS.contains(&key) => put(&mut self.constraints, key, value),
            _ if key.starts_with("x-") => put(&mut self.extensions, key, value),
            _ => put(&mut self.unknown, key, value),
        }
    }

    fn types_of(&mut self, side: &Side<'a>, place: &Place<'a>, says_nullable: &mut bool) {
        let names: Option<Vec<&str>> = match place.value.get("type") {
            None | Some(Value::Null) => None,
            Some(Value::String(name)) => Some(vec![name]),
            Some(Value::Array(names)) => Some(names.iter().filter_map(Value::as_str).collect()),
            Some(other) => {
                side.note(&place.at.child("type"), format!("is {}, not a type", kind(other)));
                None
            }
        };
        let says_null = place.flag("nullable");
        *says_nullable |= says_null;
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
        Some(
            values
                .into_iter()
                .map(|value| match value {
                    Value::Null => "null",
                    Value::Bool(_) => "boolean",
                    Value::Number(number) if number.is_f64() => "number",
                    Value::Number(_) => "integer",
                    Value::String(_) => "string",
                    Value::Array(_) => "array",
                    Value::Object(_) => "object",
                })
                .collect(),
        )
    }

    /// What both the types so far and `types` allow.
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

    fn restrict(&mut self, values: Vec<&'a Value>) {
        self.values = Some(match self.values.take() {
            None => values,
            Some(own) => own.into_iter().filter(|value| values.contains(value)).collect(),
        });
    }

    fn limits(&mut self, side: &Side<'a>, place: &Place<'a>) {
        let number = |key: &str| {
            let value = place.value.get(key).filter(|value| !value.is_null() && !value.is_boolean())?;
            let number = value.as_f64();
            if number.is_none() {
                side.note(&place.at.child(key), format!("is {}, not a number", kind(value)));
            }
            number
        };
        for (keyword, exclusive, lower) in
            [("minimum", "exclusiveMinimum", true), ("maximum", "exclusiveMaximum", false)]
        {
            let inclusive = number(keyword).map(|limit| (limit, place.flag(exclusive)));
            for limit in [inclusive, number(exclusive).map(|limit| (limit, true))].into_iter().flatten() {
                self.tighten(keyword, limit, lower);
            }
        }
        for keyword in LENGTHS {
            if let Some(limit) = number(keyword) {
                // A least length of nothing is no limit.
                if limit != 0.0 || keyword.starts_with("max") {
                    self.tighten(keyword, (limit, false), keyword.starts_with("min"));
                }
            }
        }
    }

    fn tighten(&mut self, keyword: &'static str, limit: Limit, lower: bool) {
        let known = self.bounds.entry(keyword).or_insert(limit);
        if tighter(limit, *known, lower) {
            *known = limit;
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

    /// Takes in `oneOf` or `anyOf`: null and single alternatives, and alternatives that are plain types, are no unions.
    fn union(
        &mut self,
        side: &Side<'a>,
        place: &Place<'a>,
        keyword: &'static str,
        depth: usize,
        above: &mut Vec<usize>,
        says_nullable: &mut bool,
    ) {
        let listed = side.items(place, keyword);
        if listed.is_empty() {
            return;
        }
        let (nulls, branches): (Vec<_>, Vec<_>) = listed.into_iter().partition(|branch| is_null(branch.value));
        if !nulls.is_empty() {
            *says_nullable = true;
        }
        if let [only] = branches.as_slice() {
            self.part(side, only, depth + 1, above, says_nullable);
            return;
        }
        let plain: Option<Vec<(Vec<Type<'a>>, bool)>> =
            branches.iter().map(|branch| plain_types(branch.value)).collect();
        if let Some(plain) = plain {
            self.nullable &= plain.iter().any(|(_, null)| *null) || !nulls.is_empty();
            self.narrow(plain.into_iter().flat_map(|(types, _)| types).collect());
        } else {
            // Whether a branch takes null is the branch's to say, and compared there.
            self.nullable &= !nulls.is_empty();
            self.unions.push(Union { keyword, branches });
        }
    }
}

/// Whether `limit` allows less than `known`; `lower` for limits from below.
#[must_use]
pub(super) fn tighter(limit: Limit, known: Limit, lower: bool) -> bool {
    let beyond = if lower { limit.0 > known.0 } else { limit.0 < known.0 };
    beyond || limit.0.total_cmp(&known.0).is_eq() && limit.1 && !known.1
}

fn put<'a, T>(map: &mut BTreeMap<(&'a str, usize), T>, key: &'a str, value: T) {
    let nth = map.range((key, 0)..=(key, usize::MAX)).count();
    map.insert((key, nth), value);
}

fn is_null(value: &Value) -> bool {
    let only_null = |values: &Value| values.as_array().is_some_and(|list| list.len() == 1 && list[0].is_null());
    value
        .get("type")
        .is_some_and(|name| name == "null" || name.as_array().is_some_and(|l| l.len() == 1 && l[0] == "null"))
        || value.get("enum").is_some_and(only_null)
        || value.get("const").is_some_and(Value::is_null)
}

/// The types of a schema that says no more than its types, and whether null is one.
fn plain_types(value: &Value) -> Option<(Vec<Type<'_>>, bool)> {
    let members = value.as_object()?;
    let says_more = |key: &String| {
        !matches!(key.as_str(), "type" | "format" | "nullable") && !DOCUMENTATION.contains(&key.as_str())
    };
    if members.keys().any(says_more) {
        return None;
    }
    let format = value.get("format").and_then(Value::as_str);
    let names: Vec<&str> = match value.get("type")? {
        Value::String(name) => vec![name],
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let null = names.contains(&"null") || value.get("nullable") == Some(&Value::Bool(true));
    Some((names.into_iter().filter(|name| *name != "null").map(|name| (name, format)).collect(), null))
}
