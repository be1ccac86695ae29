//! Compares security requirements by the content of their schemes, not by the schemes' names.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Comparison, Site};
use crate::drift::findings::NodeId;
use crate::drift::read::{Document, Location};
use crate::drift::rules;

/// Compares the schemes, and the requirements of every operation that has none of its own.
pub(crate) fn compare(comparison: &mut Comparison<'_, '_>) {
    let node = comparison.collector.add_root(None);
    compare_schemes(comparison, node);
    let (base, revision) = (comparison.base.root(), comparison.revision.root());
    let (old, new) = (required(comparison.base, &base), required(comparison.revision, &revision));
    compare_requirements(comparison, Site::new(node, &base, &revision), &old, &new);
}

/// Compares the requirements of an operation, if it has its own in one of the documents.
pub(super) fn compare_operation<'a>(comparison: &mut Comparison<'_, 'a>, site: Site<'_, 'a>) {
    if site.values("security") == (None, None) {
        return;
    }
    let effective = |document: &Document<'a>, operation: &Location<'a>| {
        let has_own = operation.value.get("security").is_some();
        if has_own { required(document, operation) } else { required(document, &document.root()) }
    };
    let (old, new) = (effective(comparison.base, site.base), effective(comparison.revision, site.revision));
    compare_requirements(comparison, site, &old, &new);
}

/// Stands for an alternative that requires nothing.
const NOTHING: &str = "no credentials";

/// The alternatives of a `security` list, each with its scopes, and by that its schemes alone.
type Requirements = BTreeMap<String, String>;

fn compare_requirements<'a>(
    comparison: &mut Comparison<'_, 'a>,
    site: Site<'_, 'a>,
    old: &Requirements,
    new: &Requirements,
) {
    // An operation may have a list, and the document the other one.
    let (base, revision) = (site.base.member_or_self("security"), site.revision.member_or_self("security"));
    let site = Site::new(site.node, &base, &revision);
    // Where credentials are optional, clients may send them already.
    let is_optional = old.len() > 1 && old.contains_key(NOTHING);
    let is_replaced = !is_optional && !old.values().any(|schemes| new.values().any(|other| other == schemes));
    for removed in old.keys().filter(|old| !new.contains_key(*old)) {
        // A server that requires nothing ignores the credentials that clients go on to send.
        let rule = match new.contains_key(NOTHING) {
            true => rules::SECURITY_WAIVED,
            false if is_replaced => rules::SECURITY_REPLACED,
            false => rules::SECURITY_REMOVED,
        };
        comparison.report(site, rule, removed);
    }
    for added in new.keys().filter(|new| !old.contains_key(*new)) {
        comparison.report(site, rules::SECURITY_ADDED, added);
    }
}

/// The requirements of the document or of an operation. An empty list requires nothing.
fn required<'a>(document: &Document<'a>, owner: &Location<'a>) -> Requirements {
    let alternatives = document.items(owner, "security");
    if alternatives.is_empty() {
        return Requirements::from([(NOTHING.to_owned(), NOTHING.to_owned())]);
    }
    let alternatives = alternatives.into_iter().map(|alternative| {
        let mut all: Vec<(String, String)> = Vec::new();
        for (name, scopes) in alternative.value.as_object().into_iter().flatten() {
            let scheme = find_scheme(document, name).map_or_else(|| format!("`{name}`"), |found| identity(found.value));
            let mut scopes: Vec<&str> = scopes.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            scopes.sort_unstable();
            let whole = if scopes.is_empty() { scheme.clone() } else { format!("{scheme} ({})", scopes.join(", ")) };
            all.push((whole, scheme));
        }
        all.sort_unstable();
        let (whole, schemes): (Vec<String>, Vec<String>) = all.into_iter().unzip();
        if whole.is_empty() {
            (NOTHING.to_owned(), NOTHING.to_owned())
        } else {
            (whole.join(" and "), schemes.join(" and "))
        }
    });
    alternatives.collect()
}

fn find_scheme<'a>(document: &Document<'a>, name: &str) -> Option<Location<'a>> {
    document.object(document.root().get("components")?.get("securitySchemes")?.get(name)?)
}

/// The content of a scheme without the name that the document gives it.
fn identity(scheme: &Value) -> String {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
    let parts = [text("type"), &text("scheme").to_lowercase(), text("in"), text("name"), text("openIdConnectUrl")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn compare_schemes(comparison: &mut Comparison<'_, '_>, node: NodeId) {
    let (old, new) = (list_schemes(comparison.base), list_schemes(comparison.revision));
    for (name, (content, base)) in &old {
        let subject = format!("`{name}`: {content}");
        // A scheme that was renamed is still there.
        match new.get(name).or_else(|| new.values().find(|(other, _)| other == content)) {
            None => comparison.report_removed(node, rules::SECURITY_SCHEME_REMOVED, subject, base),
            Some((_, revision)) if revision.value != base.value => {
                let only_documentation = without_documentation(base.value) == without_documentation(revision.value);
                let rule =
                    if only_documentation { rules::DOCUMENTATION_CHANGED } else { rules::SECURITY_SCHEME_CHANGED };
                comparison.report(Site::new(node, base, revision), rule, subject);
            }
            Some(_) => {}
        }
    }
    for (name, (content, revision)) in &new {
        if !old.contains_key(name) && !old.values().any(|(other, _)| other == content) {
            let subject = format!("`{name}`: {content}");
            comparison.report_added(node, rules::SECURITY_SCHEME_ADDED, subject, revision);
        }
    }
}

/// The schemes by name, each with its content.
fn list_schemes<'a>(document: &Document<'a>) -> BTreeMap<&'a str, (String, Location<'a>)> {
    let Some(components) = document.root().get("components") else { return BTreeMap::new() };
    let schemes = document.members(&components, "securitySchemes").into_iter();
    schemes
        .filter_map(|(name, scheme)| Some((name, document.object(scheme)?)))
        .map(|(name, scheme)| (name, (identity(scheme.value), scheme)))
        .collect()
}

fn without_documentation(scheme: &Value) -> Value {
    let mut scheme = scheme.clone();
    if let Some(members) = scheme.as_object_mut() {
        members.retain(|key, _| key != "description" && !key.starts_with("x-") && key != "bearerFormat");
        // The names of HTTP schemes are case-insensitive.
        if let Some(Value::String(name)) = members.get_mut("scheme") {
            *name = name.to_lowercase();
        }
    }
    scheme
}
