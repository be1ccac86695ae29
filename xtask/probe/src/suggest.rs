//! Suggestions: an overlay with an action for each finding, which makes the document allow what was seen.

use anyhow::Result;
use serde_json::{Map, Value, json};
use xtask::media_type::is_json;
use xtask::pointer::Pointer;
use xtask::{inert, load, overlay as overlays};

use crate::document::{Document, is_same_path};
use crate::exchange::NO_MEDIA_TYPE;
use crate::findings::{Finding, Kind};
use crate::infer::TIME;

/// The file's name in messages, before it is written.
const NAME: &str = "the suggested overlay";

/// An OpenAPI Overlay 1.0 document; `None` if no finding has a remedy in the document.
///
/// A field that the client lost needs a new client: once the document has the field, generate it again.
///
/// # Errors
/// A suggestion that cannot be applied to the document.
pub fn overlay(findings: &[Finding], document: &Document) -> Result<Option<Value>> {
    let mut all = Vec::new();
    // As it is after the actions so far: a schema can have several findings.
    let mut current = document.value().clone();
    for finding in findings {
        let actions: Vec<Value> = remedy(finding, &current)
            .into_iter()
            .map(|(at, action, value)| {
                json!({ "target": json_path(&at, &current), "description": reason(finding), action: value })
            })
            .collect();
        if !actions.is_empty() {
            let value = whole(&actions);
            let applicable =
                load::Document { name: NAME.to_owned(), sha256: String::new(), text: String::new(), value };
            current = overlays::apply(current, &applicable)?;
            all.extend(actions);
        }
    }
    Ok((!all.is_empty()).then(|| whole(&all)))
}

fn whole(actions: &[Value]) -> Value {
    json!({
        "overlay": "1.0.0",
        "info": { "title": "Findings of a probe", "version": "0.1.0" },
        "actions": actions,
    })
}

fn reason(finding: &Finding) -> String {
    let seen = finding.seen.first().map_or("", String::as_str);
    inert::line(format_args!("Real responses: {} ({seen}). Ref: probe. Drop when documented.", finding.said()))
}

/// A target, the keyword of the action, and its value.
type Action = (Pointer, &'static str, Value);

fn update(at: &Pointer, value: Value) -> Action {
    (at.clone(), "update", value)
}

fn remove(at: &Pointer) -> Action {
    (at.clone(), "remove", true.into())
}

fn remedy(finding: &Finding, document: &Value) -> Vec<Action> {
    let Finding { at, name, shape, .. } = finding;
    match finding.kind {
        Kind::NotFound => vec![remove(at)],
        Kind::UndocumentedOperation => {
            let path = at.keys().nth(1).unwrap_or_default();
            let paths = document["paths"].as_object();
            let known = paths.and_then(|paths| paths.keys().find(|known| is_same_path(known, &path)));
            let path = known.unwrap_or(&path);
            let get = json!({ "parameters": parameters(path), "responses": { name: response(finding) } });
            vec![update(&Pointer::root().child("paths"), json!({ path: { "get": get } }))]
        }
        Kind::UndocumentedStatus if at.find(document).is_none() => {
            let operation = parent(at).map_or_else(Pointer::root, |(operation, _)| operation);
            vec![update(&operation, json!({ "responses": { name: response(finding) } }))]
        }
        Kind::UndocumentedStatus => vec![update(at, json!({ name: response(finding) }))],
        // No document says that a response may have no media type, or be no JSON although it says so.
        Kind::UndocumentedContentType if !finding.found.contains(name) || name == NO_MEDIA_TYPE => Vec::new(),
        Kind::UndocumentedContentType => vec![update(at, json!({ "content": content(finding) }))],
        Kind::UndocumentedField if name == "*" => vec![update(at, json!({ "additionalProperties": shape.schema() }))],
        Kind::UndocumentedField => vec![update(at, json!({ "properties": { name: shape.schema() } }))],
        Kind::MissingField => {
            let required = at.child("required");
            let names = required.find(document).and_then(Value::as_array).into_iter().flatten();
            let others: Vec<&Value> = names.filter(|other| *other != name.as_str()).collect();
            replaced(&required, json!(others), document)
        }
        Kind::WrongType => retyped(finding, document),
        // Times have a format for every form of theirs; any other rule that does not hold is no rule.
        Kind::WrongFormat if shape.is_time() => vec![update(at, json!({ "format": TIME }))],
        Kind::WrongFormat | Kind::UnknownEnumValue | Kind::BrokenRule => {
            let mut schema = at.find(document).cloned().unwrap_or_default();
            schema.as_object_mut().and_then(|keywords| keywords.shift_remove(name));
            replaced(at, schema, document)
        }
        Kind::LostField | Kind::Undecodable => Vec::new(),
    }
}

/// The media types that were seen, each with the shape of what was.
fn content(finding: &Finding) -> Map<String, Value> {
    let seen = finding.found.iter().filter(|media_type| *media_type != NO_MEDIA_TYPE);
    let schema =
        |media_type: &str| if is_json(media_type) { json!({ "schema": finding.shape.schema() }) } else { json!({}) };
    seen.map(|media_type| (media_type.clone(), schema(media_type))).collect()
}

fn response(finding: &Finding) -> Value {
    json!({ "description": "Seen by a probe.", "content": content(finding) })
}

/// The parameters that a path names.
fn parameters(path: &str) -> Value {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names.map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })).collect()
}

/// The types that were seen beside those that are there.
fn retyped(Finding { at, shape, .. }: &Finding, document: &Value) -> Vec<Action> {
    let schema = at.find(document).unwrap_or(&Value::Null);
    let seen: Vec<Value> = shape.types().iter().map(|name| json!(name)).collect();
    if schema.get("$ref").is_some() {
        // A reference allows what it refers to and no more, whatever stands beside it.
        return replaced(at, json!({ "anyOf": [schema, { "type": seen }] }), document);
    }
    // A list is added to, anything else replaced.
    let before = schema.get("type").filter(|kind| kind.is_string());
    vec![update(at, json!({ "type": before.into_iter().chain(&seen).collect::<Vec<_>>() }))]
}

/// Puts another value in a place; within a list, by putting another list in its place.
fn replaced(at: &Pointer, value: Value, document: &Value) -> Vec<Action> {
    let Some((parent, key)) = parent(at) else { return Vec::new() };
    match (parent.find(document), key.parse::<usize>()) {
        (Some(Value::Array(items)), Ok(index)) if index < items.len() => {
            let mut items = items.clone();
            items[index] = value;
            replaced(&parent, items.into(), document)
        }
        _ => vec![remove(at), update(&parent, json!({ key: value }))],
    }
}

/// The parent of a place, and the key or index of the place there.
fn parent(at: &Pointer) -> Option<(Pointer, String)> {
    let keys: Vec<String> = at.keys().collect();
    let (key, parents) = keys.split_last()?;
    Some((parents.iter().fold(Pointer::root(), |at, key| at.child(key)), key.clone()))
}

/// A place as a JSON path (RFC 9535).
fn json_path(at: &Pointer, document: &Value) -> String {
    let (mut steps, mut here) = (vec!["$".to_owned()], Pointer::root());
    for key in at.keys() {
        let is_index = here.find(document).is_some_and(Value::is_array);
        let mut quoted = String::new();
        for c in key.chars() {
            match c {
                '\\' | '\'' => quoted.extend(['\\', c]),
                _ if c.is_ascii_control() => quoted.extend(format!("\\u{:04x}", u32::from(c)).chars()),
                _ => quoted.push(c),
            }
        }
        steps.push(if is_index { format!("[{key}]") } else { format!("['{quoted}']") });
        here = here.child(key);
    }
    steps.concat()
}
