//! What belongs to the whole document: versions, servers, webhooks, and components that nothing reaches.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::compare::Comparison;
use super::findings::Node;
use super::rules;
use super::side::{Place, Side};
use crate::document::openapi;
use crate::pointer::Pointer;

pub(super) fn compare(comparison: &mut Comparison<'_, '_>) {
    let node = comparison.ledger.root(None);
    let (base, revision) = (comparison.base.root(), comparison.revision.root());
    for side in [comparison.base, comparison.revision] {
        // One without a version is a fragment, which the generator has its say about.
        if let Some(version) = side.document.get("openapi")
            && openapi::version(side.document).is_err()
        {
            let what =
                format!("OpenAPI {version} is not supported, 3.0.x and 3.1.x are; it is compared as if it were 3.1");
            side.note(&Pointer::root().child("openapi"), what);
        }
    }
    let known = ["openapi", "info", "paths", "components", "servers", "security", "webhooks", "jsonSchemaDialect"];
    comparison.annotations(node, &base, &revision, &known);
    changed(comparison, node, "openapi", rules::OPENAPI_VERSION_CHANGED);
    changed(comparison, node, "jsonSchemaDialect", rules::OPENAPI_VERSION_CHANGED);
    changed(comparison, node, "webhooks", rules::WEBHOOK_CHANGED);
    let info = |place: &Place<'_>, key: &str| place.value.get("info").and_then(|info| info.get(key)).cloned();
    let versions = (info(&base, "version"), info(&revision, "version"));
    if versions.0 != versions.1 {
        let values = (versions.0.as_ref(), versions.1.as_ref());
        comparison.add(node, rules::API_VERSION_CHANGED, "info.version", Some(&base), Some(&revision), values);
    }
    let rest = |place: &Place<'_>| {
        let mut info = place.value.get("info").and_then(Value::as_object).cloned().unwrap_or_default();
        info.remove("version");
        info
    };
    if rest(&base) != rest(&revision) {
        comparison.add(node, rules::DOCUMENTATION_CHANGED, "info", Some(&base), Some(&revision), (None, None));
    }
    servers(comparison, node, &base, &revision);
}

fn changed(comparison: &mut Comparison<'_, '_>, node: Node, key: &str, rule: &'static rules::Rule) {
    let (base, revision) = (comparison.base.root(), comparison.revision.root());
    let values = (base.value.get(key), revision.value.get(key));
    if values.0 != values.1 {
        comparison.add(node, rule, key, Some(&base), Some(&revision), values);
    }
}

/// Compares the servers that the document, a path or an operation names.
pub(super) fn servers<'a>(comparison: &mut Comparison<'_, 'a>, node: Node, base: &Place<'a>, revision: &Place<'a>) {
    let named = |side: &Side<'a>, place: &Place<'a>| -> BTreeMap<String, Place<'a>> {
        side.items(place, "servers").into_iter().map(|server| (identity(server.value), server)).collect()
    };
    let (old, mut new) = (named(comparison.base, base), named(comparison.revision, revision));
    for (server, before) in &old {
        match new.remove(server) {
            Some(now) => comparison.annotations(node, before, &now, &["url", "variables"]),
            None => {
                comparison.add(node, rules::SERVER_REMOVED, server.clone(), Some(before), None, (None, None));
            }
        }
    }
    for (server, now) in &new {
        comparison.add(node, rules::SERVER_ADDED, server.clone(), None, Some(now), (None, None));
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

/// Components that differ although nothing that was compared led to them. Those that only one document's operations
/// use came or went with an operation, a parameter or a property, which is said already.
pub(super) fn components(comparison: &mut Comparison<'_, '_>) {
    let node = comparison.ledger.root(None);
    let entries = |side: &Side<'_>| -> BTreeSet<(String, String)> {
        let components = side.document.get("components").and_then(Value::as_object).into_iter().flatten();
        components
            .filter(|(kind, _)| *kind != "securitySchemes")
            .flat_map(|(kind, members)| {
                members.as_object().into_iter().flatten().map(|(n, _)| (kind.clone(), n.clone()))
            })
            .collect()
    };
    let names: BTreeSet<_> = entries(comparison.base).into_iter().chain(entries(comparison.revision)).collect();
    let reached = (comparison.base.reached(), comparison.revision.reached());
    for (kind, name) in names {
        fn find<'a>(side: &Side<'a>, kind: &str, name: &str) -> Option<Place<'a>> {
            side.root().get("components")?.get(kind)?.get(name)
        }
        let base = find(comparison.base, &kind, &name);
        let revision = find(comparison.revision, &kind, &name);
        let is_visited = base.as_ref().is_some_and(|place| comparison.base.was_visited(place))
            || revision.as_ref().is_some_and(|place| comparison.revision.was_visited(place));
        let is_used = (
            base.as_ref().is_some_and(|place| reached.0.contains(&place.address())),
            revision.as_ref().is_some_and(|place| reached.1.contains(&place.address())),
        );
        let is_same = base.as_ref().map(|place| place.value) == revision.as_ref().map(|place| place.value);
        if !is_visited && is_used.0 == is_used.1 && !is_same {
            let rule = rules::UNUSED_COMPONENT_CHANGED;
            comparison.add(node, rule, format!("`{name}`"), base.as_ref(), revision.as_ref(), (None, None));
        }
    }
    if entries_of_other_kinds(comparison.base) != entries_of_other_kinds(comparison.revision) {
        let (base, revision) = (comparison.base.root(), comparison.revision.root());
        let rule = rules::UNKNOWN_KEYWORD_CHANGED;
        comparison.add(node, rule, "components", Some(&base), Some(&revision), (None, None));
    }
}

/// What stands among the components and is no mapping of named ones.
fn entries_of_other_kinds(side: &Side<'_>) -> Vec<(String, Value)> {
    let components = side.document.get("components").and_then(Value::as_object).into_iter().flatten();
    components.filter(|(_, members)| !members.is_object()).map(|(k, v)| (k.clone(), v.clone())).collect()
}
