//! Compares the parts of the whole document: versions, servers, webhooks, and components that nothing refers to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Comparison, Site};
use crate::document::errors::located;
use crate::document::located::Located;
use crate::document::openapi;
use crate::drift::read::{Document, Location};
use crate::drift::rules;

const KNOWN: [&str; 8] =
    ["openapi", "info", "paths", "components", "servers", "security", "webhooks", "jsonSchemaDialect"];

pub(crate) fn compare(comparison: &mut Comparison<'_, '_>) {
    for document in [comparison.base, comparison.revision] {
        check_version(document);
    }
    let (base, revision) = (comparison.base.root(), comparison.revision.root());
    let site = Site::new(comparison.collector.add_root(None), &base, &revision);
    comparison.compare_annotations(site, &KNOWN);
    for (key, rule) in [
        ("openapi", rules::OPENAPI_VERSION_CHANGED),
        ("jsonSchemaDialect", rules::OPENAPI_VERSION_CHANGED),
        ("webhooks", rules::WEBHOOK_CHANGED),
    ] {
        let (old, new) = site.values(key);
        if old != new {
            comparison.report_at_member(site, Some(key), rule, key, (old, new));
        }
    }
    compare_info(comparison, site);
    compare_servers(comparison, site);
}

/// Notes a version that is not supported. A document without a version is a fragment, which the generator judges.
fn check_version(document: &Document<'_>) {
    if document.value.get("openapi").is_none() {
        return;
    }
    let error = openapi::version(document.value).err();
    for Located { at, message, .. } in error.iter().flat_map(located) {
        document.note(at, format!("{message}; it is compared as if it were 3.1"));
    }
}

fn compare_info<'a>(comparison: &mut Comparison<'_, 'a>, site: Site<'_, 'a>) {
    let split = |location: &Location<'a>| {
        let mut info = location.value.get("info").and_then(Value::as_object).cloned().unwrap_or_default();
        let version = info.remove("version");
        (version, info)
    };
    let ((old, old_rest), (new, new_rest)) = (split(site.base), split(site.revision));
    let (base, revision) = (site.base.member_or_self("info"), site.revision.member_or_self("info"));
    let site = Site::new(site.node, &base, &revision);
    if old != new {
        let (key, values) = ("version", (old.as_ref(), new.as_ref()));
        comparison.report_at_member(site, Some(key), rules::API_VERSION_CHANGED, key, values);
    }
    if old_rest != new_rest {
        comparison.report(site, rules::DOCUMENTATION_CHANGED, "info");
    }
}

/// Compares the servers of the document, a path or an operation.
pub(super) fn compare_servers<'a>(comparison: &mut Comparison<'_, 'a>, site: Site<'_, 'a>) {
    let list = |document: &Document<'a>, owner: &Location<'a>| -> BTreeMap<String, Location<'a>> {
        document.items(owner, "servers").into_iter().map(|server| (identity(server.value), server)).collect()
    };
    let (old, mut new) = (list(comparison.base, site.base), list(comparison.revision, site.revision));
    for (server, base) in &old {
        match new.remove(server) {
            Some(revision) => {
                comparison.compare_annotations(Site::new(site.node, base, &revision), &["url", "variables"]);
            }
            None => comparison.report_removed(site.node, rules::SERVER_REMOVED, server, base),
        }
    }
    for (server, revision) in &new {
        comparison.report_added(site.node, rules::SERVER_ADDED, server, revision);
    }
}

/// A server's address, and the values that its variables may take.
fn identity(server: &Value) -> String {
    let url = server.get("url").and_then(Value::as_str).unwrap_or_default().trim_end_matches('/');
    match server.get("variables").and_then(Value::as_object) {
        Some(variables) if !variables.is_empty() => format!("{url} with {}", Value::Object(variables.clone())),
        _ => url.to_owned(),
    }
}

/// Reports components that differ although no comparison led to them. A component that the operations of only one
/// document use was added or removed with an operation, a parameter or a property, which is reported already.
pub(crate) fn compare_components(comparison: &mut Comparison<'_, '_>) {
    let node = comparison.collector.add_root(None);
    let names: BTreeSet<_> =
        [comparison.base, comparison.revision].into_iter().flat_map(|document| list_components(document)).collect();
    let (used_before, used_now) = (comparison.base.find_referenced(), comparison.revision.find_referenced());
    for (kind, name) in names {
        let base = find_component(comparison.base, &kind, &name);
        let revision = find_component(comparison.revision, &kind, &name);
        let is_visited = base.as_ref().is_some_and(|base| comparison.base.was_visited(base))
            || revision.as_ref().is_some_and(|revision| comparison.revision.was_visited(revision));
        let was_used = base.as_ref().is_some_and(|base| used_before.contains(&base.address()));
        let is_used = revision.as_ref().is_some_and(|revision| used_now.contains(&revision.address()));
        if is_visited || was_used != is_used {
            continue;
        }
        let (rule, subject) = (rules::UNUSED_COMPONENT_CHANGED, format!("`{name}`"));
        match (&base, &revision) {
            (Some(base), Some(revision)) if base.value != revision.value => {
                comparison.report(Site::new(node, base, revision), rule, subject);
            }
            (Some(base), None) => comparison.report_removed(node, rule, subject, base),
            (None, Some(revision)) => comparison.report_added(node, rule, subject, revision),
            _ => {}
        }
    }
    if other_entries(comparison.base) != other_entries(comparison.revision) {
        let (base, revision) = (comparison.base.root(), comparison.revision.root());
        let (site, key) = (Site::new(node, &base, &revision), "components");
        comparison.report_at_member(site, Some(key), rules::UNKNOWN_KEYWORD_CHANGED, key, (None, None));
    }
}

/// Kind and name of every component other than the security schemes.
fn list_components(document: &Document<'_>) -> Vec<(String, String)> {
    let components = document.value.get("components").and_then(Value::as_object).into_iter().flatten();
    components
        .filter(|(kind, _)| *kind != "securitySchemes")
        .flat_map(|(kind, members)| {
            members.as_object().into_iter().flatten().map(|(name, _)| (kind.clone(), name.clone()))
        })
        .collect()
}

fn find_component<'a>(document: &Document<'a>, kind: &str, name: &str) -> Option<Location<'a>> {
    document.root().get("components")?.get(kind)?.get(name)
}

/// The entries of `components` that are no mappings of named components.
fn other_entries(document: &Document<'_>) -> Vec<(String, Value)> {
    let components = document.value.get("components").and_then(Value::as_object).into_iter().flatten();
    components.filter(|(_, members)| !members.is_object()).map(|(k, v)| (k.clone(), v.clone())).collect()
}
