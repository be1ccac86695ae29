//! Responses by status, with their headers and media types; the content of request bodies is compared here too.

use std::collections::BTreeMap;

use serde_json::Value;

use super::compare::{Comparison, Direction, Role, Weight};
use super::findings::Node;
use super::operations::deprecation;
use super::rules;
use super::side::{Place, Side};
use crate::media_type::essence;

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, node: Node, base: &Place<'a>, revision: &Place<'a>) {
    let old = listed(comparison.base, base);
    let new = listed(comparison.revision, revision);
    for (status, before) in &old {
        let found = counterparts(status, &new);
        if found.is_empty() {
            let rule = match is_success(status) {
                // A client that takes the whole range takes whatever success comes instead.
                true if !old.contains_key("2XX") || status == "2XX" => rules::RESPONSE_SUCCESS_REMOVED,
                true => rules::RESPONSE_ALTERNATIVE_REMOVED,
                false => rules::RESPONSE_ERROR_REMOVED,
            };
            comparison.add(node, rule, format!("status {status}"), Some(before), None, (None, None));
        }
        for now in found {
            response(comparison, node, status, (before, now));
        }
    }
    for (status, place) in &new {
        let before = counterparts(status, &old);
        if before.is_empty() {
            let rule = if is_success(status) { rules::RESPONSE_SUCCESS_ADDED } else { rules::RESPONSE_ERROR_ADDED };
            comparison.add(node, rule, format!("status {status}"), None, Some(place), (None, None));
        }
        // What leaves a range that stays answers otherwise than the range did.
        if !old.contains_key(status) && new.contains_key(&range(status)) {
            for before in before {
                response(comparison, node, status, (before, place));
            }
        }
    }
}

fn listed<'a>(side: &Side<'a>, operation: &Place<'a>) -> BTreeMap<String, Place<'a>> {
    if operation.get("responses").is_none() {
        side.note(&operation.at, "has no `responses`");
    }
    let responses = side.members(operation, "responses").into_iter().filter(|(status, _)| !status.starts_with("x-"));
    responses.filter_map(|(status, place)| Some((status.to_uppercase(), side.object(place)?))).collect()
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

/// The range that a status is in.
fn range(status: &str) -> String {
    format!("{}XX", status.get(..1).unwrap_or_default())
}

/// The responses that answer for `status` in another set: itself, the range it is in, or what is in its range.
fn counterparts<'m, 'a>(status: &str, others: &'m BTreeMap<String, Place<'a>>) -> Vec<&'m Place<'a>> {
    let range = range(status);
    if let Some(found) = others.get(status).or_else(|| others.get(&range)) {
        return vec![found];
    }
    let in_range = |other: &&String| status == range && other.get(..1) == status.get(..1);
    others.iter().filter(|(other, _)| in_range(other)).map(|(_, place)| place).collect()
}

fn response<'a>(
    comparison: &mut Comparison<'_, 'a>,
    node: Node,
    status: &str,
    (base, revision): (&Place<'a>, &Place<'a>),
) {
    comparison.annotations(node, base, revision, &["headers", "content", "links", "$ref"]);
    if base.value.get("links") != revision.value.get("links") {
        comparison.add(node, rules::LINK_CHANGED, "links", Some(base), Some(revision), (None, None));
    }
    // Callers read an error's headers as they do those of a success.
    headers(comparison, node, base, revision);
    let weight = if is_success(status) { Weight::Full } else { Weight::Error };
    let node = comparison.ledger.node(Some(node), weight);
    let role = Role { weight, ..Role::new(Direction::Response) };
    content(comparison, node, base, revision, role);
}

fn headers<'a>(comparison: &mut Comparison<'_, 'a>, node: Node, base: &Place<'a>, revision: &Place<'a>) {
    let listed = |side: &Side<'a>, place: &Place<'a>| -> BTreeMap<String, Place<'a>> {
        let headers = side.members(place, "headers").into_iter();
        headers
            .filter_map(|(name, place)| Some((name.to_lowercase(), side.object(place)?)))
            .filter(|(name, _)| name != "content-type")
            .collect()
    };
    let (old, mut new) = (listed(comparison.base, base), listed(comparison.revision, revision));
    for (name, base) in &old {
        let subject = format!("header `{name}`");
        let Some(revision) = new.remove(name) else {
            let required = base.flag("required");
            let rule = if required { rules::RESPONSE_HEADER_REMOVED_REQUIRED } else { rules::RESPONSE_HEADER_REMOVED };
            comparison.add(node, rule, subject, Some(base), None, (None, None));
            continue;
        };
        let rule = match (base.flag("required"), revision.flag("required")) {
            (true, false) => Some(rules::RESPONSE_HEADER_BECAME_OPTIONAL),
            (false, true) => Some(rules::RESPONSE_HEADER_BECAME_REQUIRED),
            _ => None,
        };
        if let Some(rule) = rule {
            comparison.add(node, rule, subject, Some(base), Some(&revision), (None, None));
        }
        deprecation(comparison, node, "header", base, &revision);
        comparison.annotations(node, base, &revision, &["required", "deprecated", "schema", "content", "$ref"]);
        let role = Role::new(Direction::Response);
        schema(comparison, node, base, &revision, Role { plain: true, ..role });
        content(comparison, node, base, &revision, role);
    }
    for (name, place) in &new {
        comparison.add(node, rules::RESPONSE_HEADER_ADDED, format!("header `{name}`"), None, Some(place), (None, None));
    }
}

/// Compares media types and their schemas.
pub(super) fn content<'a>(
    comparison: &mut Comparison<'_, 'a>,
    node: Node,
    base: &Place<'a>,
    revision: &Place<'a>,
    role: Role,
) {
    let listed = |side: &Side<'a>, place: &Place<'a>| -> BTreeMap<String, Place<'a>> {
        let media_types = side.members(place, "content").into_iter();
        media_types.map(|(name, place)| (name.to_lowercase(), place)).collect()
    };
    let (old, mut new) = (listed(comparison.base, base), listed(comparison.revision, revision));
    for (name, base) in &old {
        let Some((now, revision)) = new.remove_entry(name).or_else(|| renamed(name, &old, &mut new, role)) else {
            let rule = role.rule(rules::REQUEST_MEDIA_TYPE_REMOVED, rules::RESPONSE_MEDIA_TYPE_REMOVED);
            comparison.add(node, rule, name.clone(), Some(base), None, (None, None));
            continue;
        };
        if now != *name {
            let values = (Some(Value::from(name.as_str())), Some(Value::from(now)));
            let values = (values.0.as_ref(), values.1.as_ref());
            let same = essence(name) == essence(values.1.and_then(Value::as_str).unwrap_or_default());
            let rule = if same { rules::MEDIA_TYPE_PARAMETER_CHANGED } else { rules::RESPONSE_MEDIA_TYPE_SPECIALIZED };
            comparison.add(node, rule, "media type", Some(base), Some(&revision), values);
        }
        comparison.annotations(node, base, &revision, &["schema", "encoding"]);
        if base.value.get("encoding") != revision.value.get("encoding") {
            comparison.add(
                node,
                rules::REQUEST_ENCODING_CHANGED,
                "encoding",
                Some(base),
                Some(&revision),
                (None, None),
            );
        }
        let plain = name.starts_with("text/") || essence(name) == "application/x-www-form-urlencoded";
        schema(comparison, node, base, &revision, Role { plain, ..role });
    }
    for (name, place) in &new {
        let rule = role.rule(rules::REQUEST_MEDIA_TYPE_ADDED, rules::RESPONSE_MEDIA_TYPE_ADDED);
        comparison.add(node, rule, name.clone(), None, Some(place), (None, None));
    }
}

/// The new media type that took the place of `name`: it differs in its parameters only, or is an answer's own kind of
/// the same form (`application/problem+json` of `application/json`).
fn renamed<'a>(
    name: &str,
    old: &BTreeMap<String, Place<'a>>,
    new: &mut BTreeMap<String, Place<'a>>,
    role: Role,
) -> Option<(String, Place<'a>)> {
    let own_kind = |other: &str| {
        let (name, other) = (essence(name), essence(other));
        let (Some((_, form)), Some((_, suffix))) = (name.split_once('/'), other.rsplit_once('+')) else {
            return false;
        };
        role.direction == Direction::Response && form == suffix
    };
    let is_new = |other: &&String| !old.contains_key(*other);
    let other = new
        .keys()
        .filter(is_new)
        .find(|other| essence(other) == essence(name))
        .or_else(|| new.keys().filter(is_new).find(|other| own_kind(other)))?
        .clone();
    new.remove_entry(&other)
}

fn schema<'a>(comparison: &mut Comparison<'_, 'a>, node: Node, base: &Place<'a>, revision: &Place<'a>, role: Role) {
    match (base.get("schema"), revision.get("schema")) {
        (Some(old), Some(new)) => comparison.schemas(node, (old, new, role)),
        (None, Some(new)) => {
            let rule = role.rule(rules::REQUEST_TYPE_CHANGED, rules::RESPONSE_TYPE_NARROWED);
            comparison.add(node, rule, "schema added", Some(base), Some(&new), (None, None));
        }
        (Some(old), None) => {
            let rule = role.rule(rules::REQUEST_TYPE_WIDENED, rules::RESPONSE_TYPE_CHANGED);
            comparison.add(node, rule, "schema removed", Some(&old), Some(revision), (None, None));
        }
        (None, None) => {}
    }
}
