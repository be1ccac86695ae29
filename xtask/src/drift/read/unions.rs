//! Reads `oneOf` and `anyOf`. Null, plain types and open lists of strings are no alternatives to compare.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Map, Value};

use super::keywords::{DOCUMENTATION, Type};
use super::{Document, Location};

/// `oneOf` or `anyOf` with several subschemas beside null.
#[derive(Debug, Clone)]
pub(crate) struct Union<'a> {
    pub(crate) keyword: &'static str,
    pub(crate) branches: Vec<Location<'a>>,
}

impl<'a> Union<'a> {
    /// Whether the branches only say which properties an object needs.
    pub(crate) fn only_requires(&self) -> bool {
        let is_idle = |(name, value): (&String, &Value)| match name.as_str() {
            "required" | "title" | "description" => true,
            "type" => value == "object",
            _ => false,
        };
        let is_group = |members: &Map<String, Value>| members.contains_key("required") && members.iter().all(is_idle);
        self.branches.iter().all(|branch| branch.value.as_object().is_some_and(is_group))
    }

    /// The properties that each branch needs.
    pub(crate) fn required(&self) -> BTreeSet<BTreeSet<&'a str>> {
        let names = |branch: &Location<'a>| branch.value.get("required").and_then(Value::as_array);
        let group = |branch| names(branch).into_iter().flatten().filter_map(Value::as_str).collect();
        self.branches.iter().map(group).collect()
    }
}

/// The meaning of the subschemas other than null.
pub(super) enum Alternatives<'a> {
    One(Location<'a>),
    Types(BTreeSet<Type<'a>>),
    /// Types, and the known strings among others.
    OpenEnum(BTreeSet<Type<'a>>, Vec<&'a Value>),
    Union(Union<'a>),
}

/// One `oneOf` or `anyOf`.
pub(super) struct Found<'a> {
    pub(super) alternatives: Alternatives<'a>,
    /// Whether a subschema is null alone.
    pub(super) has_null: bool,
    /// Whether null is a value of some subschema. Of a single subschema, the subschema itself says so.
    pub(super) allows_null: bool,
    /// The subschemas whose documentation belongs to the whole schema.
    pub(super) documented: Vec<Location<'a>>,
}

pub(super) fn read<'a>(document: &Document<'a>, schema: &Location<'a>, keyword: &'static str) -> Option<Found<'a>> {
    let listed = document.items(schema, keyword);
    if listed.is_empty() {
        return None;
    }
    let (nulls, branches): (Vec<_>, Vec<_>) = listed.into_iter().partition(|branch| is_null(branch.value));
    let has_null = !nulls.is_empty();
    let found = |alternatives, allows_null, documented| Found { alternatives, has_null, allows_null, documented };
    if let [only] = branches.as_slice() {
        return Some(found(Alternatives::One(only.clone()), true, nulls));
    }
    let plain: Option<Vec<(Vec<Type<'a>>, bool)>> = branches.iter().map(|branch| plain_types(branch.value)).collect();
    if let Some(plain) = plain {
        let allows_null = has_null || plain.iter().any(|(_, null)| *null);
        let types = plain.into_iter().flat_map(|(types, _)| types).collect();
        return Some(found(Alternatives::Types(types), allows_null, [nulls, branches].concat()));
    }
    if let Some((types, known)) = known_strings(document, &branches) {
        return Some(found(Alternatives::OpenEnum(types, known), has_null, [nulls, branches].concat()));
    }
    let allows_null = has_null || branches.iter().any(|branch| takes_null(document, branch, &mut HashSet::new()));
    Some(found(Alternatives::Union(Union { keyword, branches }), allows_null, nulls))
}

/// The types and the known strings of an open enum: a choice of lists of strings, a plain string and other plain types.
fn known_strings<'a>(
    document: &Document<'a>,
    branches: &[Location<'a>],
) -> Option<(BTreeSet<Type<'a>>, Vec<&'a Value>)> {
    let (mut types, mut known) = (BTreeSet::new(), Vec::new());
    for branch in branches {
        let branch = document.object(branch.clone())?;
        let values = branch.value.get("enum").and_then(Value::as_array);
        match values.filter(|values| values.iter().all(Value::is_string)) {
            Some(values) => known.extend(values),
            None => match plain_types(branch.value)? {
                (_, true) => return None,
                (plain, false) => types.extend(plain),
            },
        }
    }
    (types.contains(&("string", None)) && !known.is_empty()).then_some((types, known))
}

/// Whether null is a value of a subschema. `seen` holds the schemas under examination: a schema that contains itself
/// allows no more than its other subschemas do.
fn takes_null(document: &Document<'_>, location: &Location<'_>, seen: &mut HashSet<usize>) -> bool {
    /// No meaningful document nests alternatives deeper.
    const MAX_SEEN: usize = 20;
    let members = match location.value {
        Value::Object(members) if seen.len() < MAX_SEEN && seen.insert(location.address()) => members,
        other => return other == &Value::Bool(true),
    };
    let has_null = |values: &Value| values.as_array().is_some_and(|values| values.iter().any(Value::is_null));
    let null_type = |name: &Value| name == "null" || name.as_array().is_some_and(|all| all.iter().any(|n| n == "null"));
    let idle = document.idle_keywords(location);
    let said = |name: &str| members.get(name).filter(|_| !idle.contains(&name));
    if said("nullable") == Some(&Value::Bool(true)) {
        return true;
    }
    if !(said("type").is_none_or(null_type)
        && said("enum").is_none_or(has_null)
        && said("const").is_none_or(Value::is_null))
    {
        return false;
    }
    let target = members.get("$ref").and_then(|reference| document.target(&location.at, reference));
    target.is_none_or(|target| takes_null(document, &target, seen))
        && document.items(location, "allOf").iter().all(|part| takes_null(document, part, seen))
        && ["oneOf", "anyOf"].into_iter().all(|keyword| {
            let branches = document.items(location, keyword);
            branches.is_empty() || branches.iter().any(|branch| takes_null(document, branch, seen))
        })
}

fn is_null(value: &Value) -> bool {
    let only_null = |values: &Value| values.as_array().is_some_and(|list| list.len() == 1 && list[0].is_null());
    let null_type = |name: &Value| name == "null" || name.as_array().is_some_and(|list| *list == ["null"]);
    value.get("type").is_some_and(null_type)
        || value.get("enum").is_some_and(only_null)
        || value.get("const").is_some_and(Value::is_null)
}

/// The types of a schema that holds nothing else, and whether null is one of them.
fn plain_types(value: &Value) -> Option<(Vec<Type<'_>>, bool)> {
    let members = value.as_object()?;
    let is_other = |key: &String| {
        !matches!(key.as_str(), "type" | "format" | "nullable") && !DOCUMENTATION.contains(&key.as_str())
    };
    if members.keys().any(is_other) {
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
