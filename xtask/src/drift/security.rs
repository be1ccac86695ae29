//! Security: requirements compared by what their schemes are, not by what they are called.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::compare::Comparison;
use super::findings::Node;
use super::rules;
use super::side::{Place, Side};

/// Compares the schemes, and what the document requires of every operation that says nothing itself.
pub(super) fn compare(comparison: &mut Comparison<'_, '_>) {
    let node = comparison.ledger.root(None);
    let (base, revision) = (comparison.base.root(), comparison.revision.root());
    schemes(comparison, node);
    let required = (required(comparison.base, &base), required(comparison.revision, &revision));
    requirements(comparison, node, (&base, &revision), required);
}

/// Compares what an operation requires, where one side says so at the operation.
pub(super) fn of_operation<'a>(
    comparison: &mut Comparison<'_, 'a>,
    node: Node,
    base: &Place<'a>,
    revision: &Place<'a>,
) {
    if base.value.get("security").is_none() && revision.value.get("security").is_none() {
        return;
    }
    let effective = |side: &Side<'a>, place: &Place<'a>| {
        let own = place.value.get("security").is_some();
        if own { required(side, place) } else { required(side, &side.root()) }
    };
    let required = (effective(comparison.base, base), effective(comparison.revision, revision));
    requirements(comparison, node, (base, revision), required);
}

fn requirements<'a>(
    comparison: &mut Comparison<'_, 'a>,
    node: Node,
    (base, revision): (&Place<'a>, &Place<'a>),
    (old, new): (BTreeSet<String>, BTreeSet<String>),
) {
    for gone in old.difference(&new) {
        comparison.add(node, rules::SECURITY_REMOVED, gone.clone(), Some(base), Some(revision), (None, None));
    }
    for added in new.difference(&old) {
        comparison.add(node, rules::SECURITY_ADDED, added.clone(), Some(base), Some(revision), (None, None));
    }
}

/// The alternatives of a `security` list, each as what it asks for. No list asks for nothing.
fn required<'a>(side: &Side<'a>, owner: &Place<'a>) -> BTreeSet<String> {
    let alternatives = side.items(owner, "security");
    if alternatives.is_empty() {
        return BTreeSet::from(["no credentials".to_owned()]);
    }
    alternatives
        .into_iter()
        .map(|alternative| {
            let mut parts: Vec<String> = alternative
                .value
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, scopes)| {
                    let scheme = scheme(side, name).map_or_else(|| format!("`{name}`"), |place| identity(place.value));
                    let mut scopes: Vec<&str> =
                        scopes.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
                    scopes.sort_unstable();
                    if scopes.is_empty() { scheme } else { format!("{scheme} ({})", scopes.join(", ")) }
                })
                .collect();
            parts.sort_unstable();
            if parts.is_empty() { "no credentials".to_owned() } else { parts.join(" and ") }
        })
        .collect()
}

fn scheme<'a>(side: &Side<'a>, name: &str) -> Option<Place<'a>> {
    side.object(side.root().get("components")?.get("securitySchemes")?.get(name)?)
}

/// What a scheme asks for, without the name the document gives it.
fn identity(scheme: &Value) -> String {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
    let parts = [text("type"), &text("scheme").to_lowercase(), text("in"), text("name"), text("openIdConnectUrl")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

fn schemes(comparison: &mut Comparison<'_, '_>, node: Node) {
    let listed = |side: &Side<'_>| -> BTreeMap<String, (String, Value, crate::pointer::Pointer)> {
        let Some(components) = side.root().get("components") else { return BTreeMap::new() };
        let schemes = side.members(&components, "securitySchemes").into_iter();
        schemes
            .filter_map(|(name, place)| Some((name, side.object(place)?)))
            .map(|(name, place)| (name.to_owned(), (identity(place.value), place.value.clone(), place.at)))
            .collect()
    };
    let (old, new) = (listed(comparison.base), listed(comparison.revision));
    let place = |side: &Side<'_>, name: &str| scheme(side, name).map(|place| place.at);
    for (name, (what, value, _)) in &old {
        // A scheme under another name is the same scheme.
        let now = new.get(name).or_else(|| new.values().find(|(other, ..)| other == what));
        let subject = format!("`{name}`: {what}");
        match now {
            None => {
                let base = scheme(comparison.base, name);
                comparison.add(node, rules::SECURITY_SCHEME_REMOVED, subject, base.as_ref(), None, (None, None));
            }
            Some((_, other, at)) if other != value => {
                let base = scheme(comparison.base, name);
                let revision = at.find(comparison.revision.document).map(|value| Place { at: at.clone(), value });
                let only_words = without_words(value) == without_words(other);
                let rule = if only_words { rules::DOCUMENTATION_CHANGED } else { rules::SECURITY_SCHEME_CHANGED };
                comparison.add(node, rule, subject, base.as_ref(), revision.as_ref(), (None, None));
            }
            Some(_) => {}
        }
    }
    for (name, (what, ..)) in &new {
        if !old.contains_key(name) && !old.values().any(|(other, ..)| other == what) {
            let revision = place(comparison.revision, name).and_then(|_| scheme(comparison.revision, name));
            let subject = format!("`{name}`: {what}");
            comparison.add(node, rules::SECURITY_SCHEME_ADDED, subject, None, revision.as_ref(), (None, None));
        }
    }
}

fn without_words(scheme: &Value) -> Value {
    let mut scheme = scheme.clone();
    if let Some(members) = scheme.as_object_mut() {
        members.retain(|key, _| key != "description" && !key.starts_with("x-") && key != "bearerFormat");
        // Schemes of HTTP have no case.
        if let Some(Value::String(name)) = members.get_mut("scheme") {
            *name = name.to_lowercase();
        }
    }
    scheme
}
