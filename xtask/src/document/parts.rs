//! Divides two documents into parts that share nothing, so that a change of one part needs the generator for it alone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::references::{for_each_object, name_in};

/// Paths, schemas and titles join the parts of a lowered document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Member<'v> {
    Path(&'v str),
    Schema(&'v str),
    /// Equal schemas with one title are one type, wherever they stand.
    Title(&'v str),
}

/// Two lowered documents without the parts that are equal in both. A part is a set of paths and schemas. A reference in
/// either document joins two of them, and so does a title that both hold.
///
/// The client's code for a part depends on no other part: lowered documents name every other type and every operation.
#[must_use]
pub fn changed(before: &Value, now: &Value) -> [Value; 2] {
    let [old, new]: [BTreeMap<Member<'_>, &Value>; 2] = [members(before).collect(), members(now).collect()];
    let mut neighbours: BTreeMap<Member<'_>, BTreeSet<Member<'_>>> = BTreeMap::new();
    for (member, value) in old.iter().chain(&new) {
        let mut join = |other| {
            neighbours.entry(*member).or_default().insert(other);
            neighbours.entry(other).or_default().insert(*member);
        };
        for_each_object(value, &mut |object| {
            let title = object.get("title").and_then(Value::as_str);
            name_in(object).map(Member::Schema).into_iter().chain(title.map(Member::Title)).for_each(&mut join);
        });
    }
    let names: BTreeSet<Member<'_>> = old.keys().chain(new.keys()).copied().collect();
    let mut waiting: Vec<Member<'_>> = names.into_iter().filter(|name| old.get(name) != new.get(name)).collect();
    let mut kept: BTreeSet<Member<'_>> = waiting.iter().copied().collect();
    while let Some(member) = waiting.pop() {
        waiting.extend(neighbours.get(&member).into_iter().flatten().filter(|neighbour| kept.insert(**neighbour)));
    }
    [before, now].map(|document| {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(paths: Value, schemas: Value) -> Value {
        let mut document = json!({ "openapi": "3.0.3", "paths": {}, "components": {} });
        document["paths"] = paths;
        document["components"]["schemas"] = schemas;
        document
    }

    /// The names of the paths and schemas that are left of each document.
    fn left(before: &Value, now: &Value) -> [Vec<String>; 2] {
        changed(before, now).map(|document| {
            let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
            [names(&document["paths"]), names(&document["components"]["schemas"])].concat()
        })
    }

    #[test]
    fn what_a_changed_schema_is_joined_to_by_references_stays_and_nothing_else() {
        let to = |name: &str| json!({ "get": { "schema": { "$ref": format!("#/components/schemas/{name}") } } });
        let paths = json!({ "/a": to("A"), "/b": to("B"), "/both": [to("A"), to("C")], "/d": to("D") });
        let schemas =
            |kind: &str| json!({ "A": { "type": kind }, "B": {}, "C": { "items": to("E") }, "D": {}, "E": {} });
        let [before, now] = ["string", "number"].map(|kind| document(paths.clone(), schemas(kind)));
        let expected = ["/a", "/both", "A", "C", "E"].map(str::to_owned);
        assert_eq!(left(&before, &now), [expected.to_vec(), expected.to_vec()]);
        assert_eq!(left(&before, &before), [Vec::<String>::new(), Vec::new()]);
    }

    #[test]
    fn what_has_one_title_stays_together() {
        let titled = json!({ "get": { "schema": { "title": "Thing", "type": "object" } } });
        let before = document(json!({ "/a": titled, "/b": {} }), json!({}));
        let now = document(json!({ "/a": titled, "/b": {}, "/c": titled }), json!({}));
        assert_eq!(left(&before, &now), [vec!["/a".to_owned()], vec!["/a".to_owned(), "/c".to_owned()]]);
    }
}
