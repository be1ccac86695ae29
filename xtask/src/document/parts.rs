//! Divides documents into parts that no reference joins, so that a change of one part needs the generator for it alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::references::for_each_name;

/// A path or a schema of a lowered document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Member<'v> {
    Path(&'v str),
    Schema(&'v str),
}

/// Two lowered documents without the parts that are equal in both. A part is a set of paths and schemas: what refers to one
/// of them, in either document, or what one of them refers to, belongs to it.
///
/// The client's code for a part depends on no other part, because lowered documents name every type and every operation.
pub fn changed<const N: usize>(documents: [&Value; N]) -> [Value; N] {
    let all: Vec<BTreeMap<Member<'_>, &Value>> = documents.iter().map(|document| members(document).collect()).collect();
    let mut neighbours: BTreeMap<Member<'_>, BTreeSet<Member<'_>>> = BTreeMap::new();
    for (member, value) in all.iter().flatten() {
        for_each_name(value, &mut |name| {
            neighbours.entry(*member).or_default().insert(Member::Schema(name));
            neighbours.entry(Member::Schema(name)).or_default().insert(*member);
        });
    }
    let names: BTreeSet<Member<'_>> = all.iter().flat_map(BTreeMap::keys).copied().collect();
    let differs = |member: &Member<'_>| all.windows(2).any(|pair| pair[0].get(member) != pair[1].get(member));
    let mut waiting: Vec<Member<'_>> = names.into_iter().filter(differs).collect();
    let mut kept: BTreeSet<Member<'_>> = waiting.iter().copied().collect();
    while let Some(member) = waiting.pop() {
        waiting.extend(neighbours.get(&member).into_iter().flatten().filter(|neighbour| kept.insert(**neighbour)));
    }
    documents.map(|document| {
        let mut rest = document.clone();
        let mut retain = |pointer: &str, member: fn(&str) -> Member<'_>| {
            if let Some(members) = rest.pointer_mut(pointer).and_then(Value::as_object_mut) {
                members.retain(|name, _| kept.contains(&member(name)));
            }
        };
        retain("/paths", |name| Member::Path(name));
        retain("/components/schemas", |name| Member::Schema(name));
        rest
    })
}

fn members(document: &Value) -> impl Iterator<Item = (Member<'_>, &Value)> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
    let paths = paths.map(|(path, item)| (Member::Path(path), item));
    paths.chain(schemas.map(|(name, schema)| (Member::Schema(name), schema)))
}
