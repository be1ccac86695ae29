//! `oneOf` and `anyOf` as they are read: null, plain types and open lists of strings are no alternatives to compare.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::schema::{DOCUMENTATION, Reading, Schema, Type, Union};
use super::side::{Place, Side};

impl<'a> Schema<'a> {
    pub(super) fn union(
        &mut self,
        reading: &mut Reading<'_, 'a>,
        place: &Place<'a>,
        keyword: &'static str,
        depth: usize,
    ) {
        let listed = reading.side.items(place, keyword);
        if listed.is_empty() {
            return;
        }
        let (nulls, branches): (Vec<_>, Vec<_>) = listed.into_iter().partition(|branch| is_null(branch.value));
        reading.says_nullable |= !nulls.is_empty();
        for null in &nulls {
            self.words(null);
        }
        if let [only] = branches.as_slice() {
            self.part(reading, only, depth + 1);
            return;
        }
        let plain: Option<Vec<(Vec<Type<'a>>, bool)>> =
            branches.iter().map(|branch| plain_types(branch.value)).collect();
        if let Some(plain) = plain {
            for branch in &branches {
                self.words(branch);
            }
            self.nullable &= plain.iter().any(|(_, null)| *null) || !nulls.is_empty();
            self.narrow(plain.into_iter().flat_map(|(types, _)| types).collect());
        } else if let Some((types, known)) = known_strings(reading.side, &branches) {
            for branch in &branches {
                self.words(branch);
            }
            self.nullable &= !nulls.is_empty();
            self.narrow(types);
            self.restrict(known, true);
        } else {
            self.nullable &= !nulls.is_empty()
                || branches.iter().any(|branch| takes_null(reading.side, branch, &mut HashSet::new()));
            self.unions.push(Union { keyword, branches });
        }
    }
}

/// The types, and the strings that are known where any other is allowed too: a choice of lists of strings, a plain
/// string and other plain types.
fn known_strings<'a>(side: &Side<'a>, branches: &[Place<'a>]) -> Option<(BTreeSet<Type<'a>>, Vec<&'a Value>)> {
    let (mut types, mut known) = (BTreeSet::new(), Vec::new());
    for branch in branches {
        let branch = side.object(branch.clone())?;
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

/// Whether null is one of the values of an alternative. `seen` holds what is being looked at: what is made of itself
/// takes no more than its other parts do.
fn takes_null(side: &Side<'_>, place: &Place<'_>, seen: &mut HashSet<usize>) -> bool {
    /// No document nests alternatives so deep and means something by it.
    const MAX_SEEN: usize = 20;
    let members = match place.value {
        Value::Object(members) if seen.len() < MAX_SEEN && seen.insert(place.address()) => members,
        other => return other == &Value::Bool(true),
    };
    let has_null = |values: &Value| values.as_array().is_some_and(|values| values.iter().any(Value::is_null));
    let null_type = |name: &Value| name == "null" || name.as_array().is_some_and(|all| all.iter().any(|n| n == "null"));
    if place.flag("nullable") {
        return true;
    }
    if !(members.get("type").is_none_or(null_type)
        && members.get("enum").is_none_or(has_null)
        && members.get("const").is_none_or(Value::is_null))
    {
        return false;
    }
    let target = members.get("$ref").and_then(|reference| side.target(&place.at, reference));
    target.is_none_or(|target| takes_null(side, &target, seen))
        && side.items(place, "allOf").iter().all(|part| takes_null(side, part, seen))
        && ["oneOf", "anyOf"].into_iter().all(|keyword| {
            let branches = side.items(place, keyword);
            branches.is_empty() || branches.iter().any(|branch| takes_null(side, branch, seen))
        })
}

fn is_null(value: &Value) -> bool {
    let only_null = |values: &Value| values.as_array().is_some_and(|list| list.len() == 1 && list[0].is_null());
    let null_type = |name: &Value| name == "null" || name.as_array().is_some_and(|list| *list == ["null"]);
    value.get("type").is_some_and(null_type)
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
