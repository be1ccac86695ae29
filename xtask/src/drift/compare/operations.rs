//! Matches the operations of two documents by method and path template, and compares them part by part.

use std::collections::BTreeMap;

use super::{Comparison, Direction, SchemaContext, Site, content, document, parameters, responses, security};
use crate::document::openapi::METHODS;
use crate::drift::read::operation::{self, Operation};
use crate::drift::read::{Document, Location};
use crate::drift::rules;

const KNOWN: [&str; 8] =
    ["operationId", "parameters", "requestBody", "responses", "security", "servers", "deprecated", "callbacks"];

/// Compares the operations whose paths start with one of `only`, or all if there is none.
pub(crate) fn compare(comparison: &mut Comparison<'_, '_>, only: &[String]) {
    let wanted =
        |operation: &Operation<'_>| only.is_empty() || only.iter().any(|p| operation.path.starts_with(p.as_str()));
    let mut old: Vec<Operation<'_>> = operation::list(comparison.base).into_iter().filter(wanted).collect();
    let mut new: Vec<Operation<'_>> = operation::list(comparison.revision).into_iter().filter(wanted).collect();
    let mut pairs = take_matches(&mut old, &mut new, |operation| operation.path.to_owned());
    pairs.extend(take_matches(&mut old, &mut new, Operation::template));
    for (base, revision) in &pairs {
        compare_operation(comparison, base, revision);
    }
    compare_path_items(comparison, &pairs);
    for removed in &old {
        let node = comparison.collector.add_root(Some(removed.name()));
        comparison.report_removed(node, rules::OPERATION_REMOVED, removed.name(), &removed.location);
    }
    for added in &new {
        let node = comparison.collector.add_root(Some(added.name()));
        comparison.report_added(node, rules::OPERATION_ADDED, added.name(), &added.location);
    }
}

/// Moves the operations with equal method and `key` out of both lists.
fn take_matches<'a>(
    old: &mut Vec<Operation<'a>>,
    new: &mut Vec<Operation<'a>>,
    key: impl Fn(&Operation<'a>) -> String,
) -> Vec<(Operation<'a>, Operation<'a>)> {
    let mut waiting: BTreeMap<(&str, String), Operation<'a>> = BTreeMap::new();
    let mut left = Vec::new();
    for operation in new.drain(..) {
        if let Some(twin) = waiting.insert((operation.method, key(&operation)), operation) {
            left.push(twin);
        }
    }
    let mut pairs = Vec::new();
    for operation in std::mem::take(old) {
        match waiting.remove(&(operation.method, key(&operation))) {
            Some(other) => pairs.push((operation, other)),
            None => old.push(operation),
        }
    }
    new.extend(left.into_iter().chain(waiting.into_values()));
    pairs
}

fn compare_operation<'a>(comparison: &mut Comparison<'_, 'a>, base: &Operation<'a>, revision: &Operation<'a>) {
    let node = comparison.collector.add_root(Some(base.name()));
    let site = Site::new(node, &base.location, &revision.location);
    comparison.compare_annotations(site, &KNOWN);
    for (key, rule) in [("operationId", rules::OPERATION_ID_CHANGED), ("callbacks", rules::CALLBACK_CHANGED)] {
        let (old, new) = site.values(key);
        if old != new {
            comparison.report_values(site, rule, key, (old, new));
        }
    }
    comparison.compare_deprecation(site, "operation");
    parameters::compare(comparison, node, base, revision);
    compare_body(comparison, site);
    responses::compare(comparison, site);
    security::compare_operation(comparison, site);
    document::compare_servers(comparison, site);
}

/// Compares the members of path items that are no operations, once per path.
fn compare_path_items<'a>(comparison: &mut Comparison<'_, 'a>, pairs: &[(Operation<'a>, Operation<'a>)]) {
    let items: BTreeMap<(usize, usize), (&Location<'a>, &Location<'a>)> = pairs
        .iter()
        .map(|(base, revision)| ((base.item.address(), revision.item.address()), (&base.item, &revision.item)))
        .collect();
    let known: Vec<&str> = METHODS.into_iter().chain(["parameters", "servers", "$ref"]).collect();
    for (base, revision) in items.into_values() {
        let site = Site::new(comparison.collector.add_root(None), base, revision);
        comparison.compare_annotations(site, &known);
        document::compare_servers(comparison, site);
    }
}

fn compare_body<'a>(comparison: &mut Comparison<'_, 'a>, operation: Site<'_, 'a>) {
    const SUBJECT: &str = "request body";
    let find = |document: &Document<'a>, operation: &Location<'a>| {
        operation.get("requestBody").and_then(|body| document.object(body))
    };
    let base = find(comparison.base, operation.base);
    let revision = find(comparison.revision, operation.revision);
    match (&base, &revision) {
        (None, Some(revision)) => {
            let required = revision.flag("required");
            let rule = if required { rules::REQUEST_BODY_ADDED_REQUIRED } else { rules::REQUEST_BODY_ADDED };
            comparison.report_added(operation.node, rule, SUBJECT, revision);
        }
        (Some(base), None) => {
            comparison.report_removed(operation.node, rules::REQUEST_BODY_REMOVED, SUBJECT, base);
        }
        (Some(base), Some(revision)) => {
            let site = Site::new(operation.node, base, revision);
            match (base.flag("required"), revision.flag("required")) {
                (false, true) => comparison.report(site, rules::REQUEST_BODY_BECAME_REQUIRED, SUBJECT),
                (true, false) => comparison.report(site, rules::REQUEST_BODY_BECAME_OPTIONAL, SUBJECT),
                _ => {}
            }
            comparison.compare_annotations(site, &["required", "content", "$ref"]);
            content::compare(comparison, site, SchemaContext::new(Direction::Request));
        }
        (None, None) => {}
    }
}
