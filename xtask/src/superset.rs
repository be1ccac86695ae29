//! Checks that an overlay only widens a document: every name of the document stays reachable, every request that it
//! allows can still be sent, and every response that it allows still decodes.
//!
//! There is one exception: `x-client-identity`. An entry without the property that says which one it is decodes no more,
//! whatever the document allows, and this check passes over it.

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use serde_json::Value;

use crate::document::extensions;
use crate::document::pointer::Pointer;
use crate::document::references::resolve;

/// Formats that an overlay may put in another's place: they name a client's type, or allow more.
const WIDER_FORMATS: [(Option<&str>, &str); 4] =
    [(None, "path-segment"), (None, "password"), (Some("date-time"), "date-or-date-time"), (Some("float"), "double")];

/// Keywords that restrict what a schema allows, beside `type`, `format`, `required` and those that hold schemas.
const RESTRICTIONS: [&str; 14] = [
    "enum",
    "const",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];

/// Compares a document with the same document after its overlay.
///
/// # Errors
/// Lists what the overlay took away, each with its pointer.
pub fn check(bundled: &Value, effective: &Value) -> Result<()> {
    let mut widening = Widening { bundled, effective, lost: Vec::new(), compared: BTreeSet::new() };
    widening.operations();
    widening.named_schemas();
    if widening.lost.is_empty() {
        return Ok(());
    }
    bail!(
        "the overlay removes a part of the document; update the action that replaces it: {}",
        widening.lost.join("; ")
    )
}

/// A value and where it stands.
type Place<'a> = (Pointer, &'a Value);

struct Widening<'a> {
    bundled: &'a Value,
    effective: &'a Value,
    lost: Vec<String>,
    /// Pairs of schemas that were compared, or are being.
    compared: BTreeSet<(Pointer, Pointer)>,
}

impl<'a> Widening<'a> {
    fn operations(&mut self) {
        let paths = Pointer::root().child("paths");
        for (path, item) in entries(paths.find(self.bundled)) {
            let at = paths.child(path);
            let now_item = at.find(self.effective);
            for (method, operation) in entries(Some(item)).filter(|(_, value)| value.get("responses").is_some()) {
                let at = at.child(method);
                let Some(now) = now_item.and_then(|item| item.get(method)) else {
                    self.lose(&at, "the operation is gone");
                    continue;
                };
                if now.get("operationId") != operation.get("operationId") {
                    self.lose(&at, "the operation has another name");
                }
                self.parameters(&at, [Some(item), Some(operation)], [now_item, Some(now)]);
                self.body(&at.child("requestBody"), operation.get("requestBody"), now.get("requestBody"));
                self.answers(&at.child("responses"), operation.get("responses"), now.get("responses"));
            }
        }
    }

    /// Compares the parameters of an operation, those of its path included.
    fn parameters(&mut self, at: &Pointer, before: [Option<&'a Value>; 2], now: [Option<&'a Value>; 2]) {
        let listed = |document: &'a Value, owners: [Option<&'a Value>; 2]| -> Vec<Place<'a>> {
            let lists = owners.into_iter().filter_map(|owner| owner?.get("parameters")?.as_array());
            lists.flatten().map(|item| follow(document, (at.child("parameters"), item))).collect()
        };
        let (before, now) = (listed(self.bundled, before), listed(self.effective, now));
        let same = |a: &Value, b: &Value| a.get("name") == b.get("name") && a.get("in") == b.get("in");
        let is_required = |parameter: &Value| parameter.get("required") == Some(&Value::Bool(true));
        for (place, parameter) in &before {
            let name = &parameter["name"];
            match now.iter().find(|(_, other)| same(parameter, other)) {
                None => self.lose(at, &format!("the parameter {name} is gone")),
                Some((_, other)) if is_required(other) && !is_required(parameter) => {
                    self.lose(at, &format!("the parameter {name} is now required"));
                }
                Some((there, other)) => self.content((place, parameter), (there, other)),
            }
        }
        for (_, parameter) in now.iter().filter(|(_, p)| is_required(p) && !before.iter().any(|(_, b)| same(b, p))) {
            self.lose(at, &format!("the new parameter {} is required", parameter["name"]));
        }
    }

    fn body(&mut self, at: &Pointer, before: Option<&'a Value>, now: Option<&'a Value>) {
        match (before, now) {
            (Some(_), None) => self.lose(at, "the request body is gone"),
            (None, Some(now)) if now.get("required") == Some(&Value::Bool(true)) => {
                self.lose(at, "a request body is now required");
            }
            (Some(before), Some(now)) => {
                let before = follow(self.bundled, (at.clone(), before));
                self.media_types(before, follow(self.effective, (at.clone(), now)));
            }
            _ => {}
        }
    }

    /// Every status has an answer still, be it by its range or by default.
    fn answers(&mut self, at: &Pointer, before: Option<&'a Value>, now: Option<&'a Value>) {
        for (status, response) in entries(before) {
            let range = format!("{}XX", status.get(..1).unwrap_or_default());
            let found =
                [status, &range, "default"].into_iter().find_map(|name| Some((name.to_owned(), now?.get(name)?)));
            let Some((name, other)) = found else {
                self.lose(&at.child(status), "the response is gone");
                continue;
            };
            let before = follow(self.bundled, (at.child(status), response));
            let now = follow(self.effective, (at.child(name), other));
            if extensions::ignores_body(now.1, &now.0).is_ok_and(|ignored| !ignored) {
                if before.1.get("content").is_none() && now.1.get("content").is_some() {
                    self.lose(&before.0, "a response without a body no longer decodes");
                }
                self.media_types(before, now);
            } else if before.1.get("content").is_some() {
                self.lose(&before.0, "the body is no longer read");
            }
        }
    }

    fn media_types(&mut self, (at, before): Place<'a>, (there, now): Place<'a>) {
        let (at, there) = (at.child("content"), there.child("content"));
        for (media_type, before) in entries(before.get("content")) {
            match now.get("content").and_then(|content| content.get(media_type)) {
                None => self.lose(&at, &format!("`{media_type}` is gone")),
                Some(now) => self.content((&at.child(media_type), before), (&there.child(media_type), now)),
            }
        }
    }

    /// Compares the schemas of two parameters or media types.
    fn content(&mut self, (at, before): (&Pointer, &'a Value), (there, now): (&Pointer, &'a Value)) {
        match (before.get("schema"), now.get("schema")) {
            (Some(before), Some(now)) => self.schema((at.child("schema"), before), (there.child("schema"), now)),
            (None, Some(_)) => self.lose(at, "any value was allowed, and now it is not"),
            (_, None) => {}
        }
    }

    /// Every named schema is still there, for programs that name its type.
    fn named_schemas(&mut self) {
        let at = Pointer::schemas();
        for (name, before) in entries(at.find(self.bundled)) {
            let at = at.child(name);
            match at.find(self.effective) {
                None => self.lose(&at, "the schema is gone"),
                Some(now) => self.schema((at.clone(), before), (at, now)),
            }
        }
    }

    fn schema(&mut self, before: Place<'a>, now: Place<'a>) {
        let before = follow(self.bundled, before);
        let now = self.branch(follow(self.effective, now), &before.0);
        if !self.compared.insert((before.0.clone(), now.0.clone())) {
            return;
        }
        let ((at, was), (there, is)) = (before, now);
        let is_allowed =
            |name: &str, types: &[&str]| types.contains(&name) || name == "integer" && types.contains(&"number");
        if let (was_types, Some(types)) = (types(was), types(is))
            && was_types.is_none_or(|was| was.iter().any(|name| !is_allowed(name, &types)))
        {
            self.lose(&at, &format!("the type is now {}", is["type"]));
        }
        let formats = (was.get("format").and_then(Value::as_str), is.get("format").and_then(Value::as_str));
        if let (was, Some(is)) = formats
            && was != Some(is)
            && !WIDER_FORMATS.contains(&(was, is))
        {
            self.lose(&at, &format!("the format is now `{is}`"));
        }
        for keyword in RESTRICTIONS {
            if is.get(keyword).is_some() && is.get(keyword) != was.get(keyword) {
                self.lose(&at, &format!("`{keyword}` is now {}", is[keyword]));
            }
        }
        let required = |schema: &'a Value| schema.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required(is).filter(|name| !required(was).any(|other| other == *name)) {
            self.lose(&at, &format!("the property {name} is now required"));
        }
        for (name, was) in entries(was.get("properties")) {
            match is.get("properties").and_then(|properties| properties.get(name)) {
                None => self.lose(&at.child("properties").child(name), "the property is gone"),
                Some(is) => {
                    let (at, there) = (at.child("properties").child(name), there.child("properties").child(name));
                    self.schema((at, was), (there, is));
                }
            }
        }
        for keyword in ["items", "additionalProperties"] {
            match (was.get(keyword), is.get(keyword)) {
                (Some(was), Some(is)) if was.is_object() && is.is_object() => {
                    self.schema((at.child(keyword), was), (there.child(keyword), is));
                }
                (was, Some(is)) if is.is_object() || *is == Value::Bool(false) && was != Some(is) => {
                    self.lose(&at, &format!("`{keyword}` is now restricted"));
                }
                _ => {}
            }
        }
    }

    /// What is read as another schema allows each of its branches; the one that was there before is compared.
    fn branch(&self, (at, schema): Place<'a>, before: &Pointer) -> Place<'a> {
        let branches = schema.get("anyOf").and_then(Value::as_array).into_iter().flatten();
        let found = branches
            .filter(|_| schema.get(extensions::TYPE).is_some())
            .map(|branch| follow(self.effective, (at.child("anyOf"), branch)))
            .find(|(there, _)| there == before);
        found.unwrap_or((at, schema))
    }

    fn lose(&mut self, at: &Pointer, what: &str) {
        self.lost.push(format!("{at}: {what}"));
    }
}

/// The value itself, or what its reference names. What names nothing is for lowering to report.
fn follow<'a>(document: &'a Value, (at, value): Place<'a>) -> Place<'a> {
    let target = value.get("$ref").and_then(Value::as_str).map(|reference| resolve(document, reference, &at));
    match target {
        Some(Ok(found)) => found,
        _ => (at, value),
    }
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

/// The types a schema names; `None` where it allows any.
fn types(schema: &Value) -> Option<Vec<&str>> {
    match schema.get("type")? {
        Value::String(name) => Some(vec![name]),
        Value::Array(names) => Some(names.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}
