//! Suggestions: an overlay with an action for each finding, which makes the document allow what was seen.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use xtask::pointer::Pointer;

use super::document::Document;
use super::findings::{Finding, Kind};
use crate::moment;

/// An OpenAPI Overlay 1.0 document; `None` if no finding has a remedy in the document.
///
/// What the client lost has its remedy in the client: once the document has the field, generate it again.
#[must_use]
pub fn overlay(findings: &[Finding], document: &Document) -> Option<Value> {
    let (mut updates, mut removals) = (Vec::new(), Vec::new());
    for finding in findings {
        for (target, action) in remedy(finding, document) {
            let is_of_list = target.1.is_some();
            let mut whole = Map::new();
            whole.insert("target".to_owned(), json_path(&target, document.value()).into());
            whole.insert("description".to_owned(), reason(finding).into());
            whole.extend(action);
            // Items of lists are removed last: no index moves under an action that follows.
            if is_of_list { &mut removals } else { &mut updates }.push(Value::Object(whole));
        }
    }
    let actions = [updates, removals].concat();
    (!actions.is_empty()).then(|| {
        json!({
            "overlay": "1.0.0",
            "info": { "title": "What a probe found beyond the document", "version": "0.1.0" },
            "actions": actions,
        })
    })
}

fn reason(finding: &Finding) -> String {
    let found: Vec<&str> = finding.found.iter().map(String::as_str).collect();
    let seen = finding.seen.first().map_or("", String::as_str);
    format!(
        "Real answers: {}, {}{} ({seen}). Ref: probe. Drop when documented.",
        finding.kind.words(),
        if found.is_empty() { "absent".to_owned() } else { found.join(" or ") },
        if finding.expected.is_empty() { String::new() } else { format!(" in place of {}", finding.expected) },
    )
}

/// A place, and the item of the list there.
struct Target(Pointer, Option<String>);

type Action = (Target, Map<String, Value>);

fn update(at: &Pointer, value: Value) -> Action {
    (Target(at.clone(), None), Map::from_iter([("update".to_owned(), value)]))
}

fn remove(at: Pointer, item: Option<String>) -> Action {
    (Target(at, item), Map::from_iter([("remove".to_owned(), true.into())]))
}

fn remedy(finding: &Finding, document: &Document) -> Vec<Action> {
    let Finding { at, name, shape, .. } = finding;
    let content = |schema: &Value| -> Map<String, Value> {
        finding.found.iter().map(|media_type| (media_type.clone(), schema.clone())).collect()
    };
    match finding.kind {
        Kind::NotFound => vec![remove(at.clone(), None)],
        Kind::UndocumentedStatus => {
            let content = content(&json!({ "schema": shape.schema() }));
            vec![update(at, json!({ name: { "description": "Seen by a probe.", "content": content } }))]
        }
        Kind::UndocumentedContentType => vec![update(at, json!({ "content": content(&json!({})) }))],
        Kind::UndocumentedField if name == "*" => vec![update(at, json!({ "additionalProperties": shape.schema() }))],
        Kind::UndocumentedField => vec![update(at, json!({ "properties": { name: shape.schema() } }))],
        Kind::MissingField => vec![remove(at.child("required"), Some(name.clone()))],
        Kind::WrongType => retyped(finding, document),
        // Times have a format for every form of theirs; any other rule that does not hold is no rule.
        Kind::WrongFormat if shape.is_time() => vec![update(at, json!({ "format": moment::FORMAT }))],
        Kind::WrongFormat | Kind::UnknownEnumValue | Kind::BrokenRule => vec![remove(at.child(name), None)],
        Kind::LostField | Kind::Undecodable => Vec::new(),
    }
}

/// The types that were seen beside those that are there.
fn retyped(Finding { at, shape, .. }: &Finding, document: &Document) -> Vec<Action> {
    let schema = at.find(document.value()).unwrap_or(&Value::Null);
    let seen: Vec<Value> = shape.types().iter().map(|name| json!(name)).collect();
    if schema.get("$ref").is_none() {
        // A list is added to, anything else replaced.
        let before = schema.get("type").filter(|kind| kind.is_string());
        return vec![update(at, json!({ "type": before.into_iter().chain(&seen).collect::<Vec<_>>() }))];
    }
    // A reference allows what it refers to and no more, whatever stands beside it.
    let keys: Vec<String> = at.keys().collect();
    let Some((key, parents)) = keys.split_last() else { return Vec::new() };
    let parent = parents.iter().fold(Pointer::root(), |at, key| at.child(key));
    let wider = json!({ "anyOf": [schema, { "type": seen }] });
    vec![remove(at.clone(), None), update(&parent, json!({ key: wider }))]
}

/// A place as a JSON path (RFC 9535).
fn json_path(Target(at, item): &Target, document: &Value) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    let (mut path, mut here) = ("$".to_owned(), Pointer::root());
    for key in at.keys() {
        // Writing to a string cannot fail.
        let is_index = here.find(document).is_some_and(Value::is_array);
        let _ = if is_index { write!(path, "[{key}]") } else { write!(path, "[{}]", quoted(&key)) };
        here = here.child(key);
    }
    if let Some(item) = item {
        let _ = write!(path, "[?@ == {}]", quoted(item));
    }
    path
}
