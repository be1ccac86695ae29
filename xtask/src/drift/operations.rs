//! Operations: matched by method and path template, then compared part by part.

use std::collections::BTreeMap;

use super::compare::{Comparison, Direction, Role};
use super::findings::Node;
use super::rules;
use super::side::{Place, Side};
use super::{parameters, responses, security};
use crate::document::openapi::METHODS;

/// Members of a path item beside its operations.
const PATH_ITEM: [&str; 3] = ["parameters", "servers", "$ref"];

pub(super) struct Operation<'a> {
    pub(super) method: &'static str,
    pub(super) path: &'a str,
    pub(super) item: Place<'a>,
    pub(super) place: Place<'a>,
}

impl Operation<'_> {
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }
}

/// Compares what the two documents' operations ask and answer.
pub(super) fn compare(comparison: &mut Comparison<'_, '_>, only: &[String]) {
    let wanted =
        |operation: &Operation<'_>| only.is_empty() || only.iter().any(|p| operation.path.starts_with(p.as_str()));
    let mut before: Vec<Operation<'_>> = listed(comparison.base).into_iter().filter(wanted).collect();
    let mut now: Vec<Operation<'_>> = listed(comparison.revision).into_iter().filter(wanted).collect();
    let by_path = |operation: &Operation<'_>| operation.path.to_owned();
    let by_template = |operation: &Operation<'_>| template(operation.path);
    let mut pairs = matched(&mut before, &mut now, by_path);
    pairs.extend(matched(&mut before, &mut now, by_template));
    for (before, now) in &pairs {
        operation(comparison, before, now);
    }
    path_items(comparison, &pairs);
    for gone in &before {
        let node = comparison.ledger.root(Some(gone.name()));
        comparison.add(node, rules::OPERATION_REMOVED, gone.name(), Some(&gone.place), None, (None, None));
    }
    for new in &now {
        let node = comparison.ledger.root(Some(new.name()));
        comparison.add(node, rules::OPERATION_ADDED, new.name(), None, Some(&new.place), (None, None));
    }
}

fn listed<'a>(side: &Side<'a>) -> Vec<Operation<'a>> {
    let mut found = Vec::new();
    for (path, item) in side.members(&side.root(), "paths").into_iter().filter(|(path, _)| !path.starts_with("x-")) {
        let Some(item) = side.object(item) else { continue };
        for method in METHODS {
            let Some(place) = item.get(method) else { continue };
            if let Some(place) = side.object(place) {
                found.push(Operation { method, path, item: item.clone(), place });
            }
        }
    }
    found
}

/// The path with its parameters' names left out.
fn template(path: &str) -> String {
    let mut rest = path;
    let mut template = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        template.push_str(before);
        template.push_str("{}");
        rest = after;
    }
    template + rest
}

/// Takes the operations that have the same method and `key` out of both lists.
fn matched<'a>(
    before: &mut Vec<Operation<'a>>,
    now: &mut Vec<Operation<'a>>,
    key: impl Fn(&Operation<'a>) -> String,
) -> Vec<(Operation<'a>, Operation<'a>)> {
    let mut waiting: BTreeMap<(&str, String), Operation<'a>> = BTreeMap::new();
    let mut left = Vec::new();
    for operation in now.drain(..) {
        if let Some(twin) = waiting.insert((operation.method, key(&operation)), operation) {
            left.push(twin);
        }
    }
    let mut pairs = Vec::new();
    for operation in std::mem::take(before) {
        match waiting.remove(&(operation.method, key(&operation))) {
            Some(other) => pairs.push((operation, other)),
            None => before.push(operation),
        }
    }
    now.extend(left.into_iter().chain(waiting.into_values()));
    pairs
}

fn operation<'a>(comparison: &mut Comparison<'_, 'a>, before: &Operation<'a>, now: &Operation<'a>) {
    let node = comparison.ledger.root(Some(before.name()));
    let (base, revision) = (&before.place, &now.place);
    let known =
        ["operationId", "parameters", "requestBody", "responses", "security", "servers", "deprecated", "callbacks"];
    comparison.annotations(node, base, revision, &known);
    for (key, rule) in [("operationId", rules::OPERATION_ID_CHANGED), ("callbacks", rules::CALLBACK_CHANGED)] {
        let values = (base.value.get(key), revision.value.get(key));
        if values.0 != values.1 {
            comparison.add(node, rule, key, Some(base), Some(revision), values);
        }
    }
    deprecation(comparison, node, "operation", base, revision);
    parameters::compare(comparison, node, before, now);
    body(comparison, node, base, revision);
    responses::compare(comparison, node, base, revision);
    security::of_operation(comparison, node, base, revision);
    super::document::servers(comparison, node, base, revision);
}

/// Compares what belongs to paths and not to their operations, once per path.
fn path_items<'a>(comparison: &mut Comparison<'_, 'a>, pairs: &[(Operation<'a>, Operation<'a>)]) {
    let items: BTreeMap<(usize, usize), &(Operation<'a>, Operation<'a>)> =
        pairs.iter().map(|pair| ((pair.0.item.address(), pair.1.item.address()), pair)).collect();
    let known: Vec<&str> = METHODS.into_iter().chain(PATH_ITEM).collect();
    for (before, now) in items.into_values() {
        let node = comparison.ledger.root(None);
        comparison.annotations(node, &before.item, &now.item, &known);
        super::document::servers(comparison, node, &before.item, &now.item);
    }
}

pub(super) fn deprecation<'a>(
    comparison: &mut Comparison<'_, 'a>,
    node: Node,
    what: &str,
    base: &Place<'a>,
    revision: &Place<'a>,
) {
    let subject = match (base.flag("deprecated"), revision.flag("deprecated")) {
        (false, true) => format!("{what} deprecated"),
        (true, false) => format!("{what} no longer deprecated"),
        _ => return,
    };
    comparison.add(node, rules::DEPRECATION_CHANGED, subject, Some(base), Some(revision), (None, None));
}

fn body<'a>(comparison: &mut Comparison<'_, 'a>, node: Node, base: &Place<'a>, revision: &Place<'a>) {
    let find = |side: &Side<'a>, place: &Place<'a>| place.get("requestBody").and_then(|body| side.object(body));
    let (before, now) = (find(comparison.base, base), find(comparison.revision, revision));
    match (&before, &now) {
        (None, Some(new)) => {
            let required = new.flag("required");
            let rule = if required { rules::REQUEST_BODY_ADDED_REQUIRED } else { rules::REQUEST_BODY_ADDED };
            comparison.add(node, rule, "request body", None, Some(new), (None, None));
        }
        (Some(gone), None) => {
            comparison.add(node, rules::REQUEST_BODY_REMOVED, "request body", Some(gone), None, (None, None));
        }
        (Some(old), Some(new)) => {
            match (old.flag("required"), new.flag("required")) {
                (false, true) => {
                    let rule = rules::REQUEST_BODY_BECAME_REQUIRED;
                    comparison.add(node, rule, "request body", Some(old), Some(new), (None, None));
                }
                (true, false) => {
                    let rule = rules::REQUEST_BODY_BECAME_OPTIONAL;
                    comparison.add(node, rule, "request body", Some(old), Some(new), (None, None));
                }
                _ => {}
            }
            comparison.annotations(node, old, new, &["required", "content", "$ref"]);
            responses::content(comparison, node, old, new, Role::new(Direction::Request));
        }
        (None, None) => {}
    }
}
