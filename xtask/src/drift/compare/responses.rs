//! Compares responses by status, with their headers.

use std::collections::BTreeMap;

use super::{Comparison, Direction, SchemaContext, Site, content, schemas};
use crate::document::extensions;
use crate::drift::read::{Document, Location};
use crate::drift::rules::{self, Relevance};

type Responses<'a> = BTreeMap<String, Location<'a>>;

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, operation: Site<'_, 'a>) {
    let old = list(comparison.base, operation.base);
    let new = list(comparison.revision, operation.revision);
    for (status, base) in &old {
        let found = counterparts(status, &new);
        if found.is_empty() {
            let rule = match is_success(status) {
                true if new.keys().any(|status| is_success(status)) => rules::RESPONSE_SUCCESS_REPLACED,
                true => rules::RESPONSE_SUCCESS_REMOVED,
                false => rules::RESPONSE_ERROR_REMOVED,
            };
            comparison.report_removed(operation.node, rule, format!("status {status}"), base);
        } else if is_success(status) && !new.contains_key(status) && old.contains_key(&range(status)) {
            let rule = rules::RESPONSE_SUCCESS_REPLACED;
            comparison.report_removed(operation.node, rule, format!("status {status}"), base);
        }
        for revision in found.into_iter().filter(|_| !is_success(status)) {
            compare_response(comparison, status, Site::new(operation.node, base, revision));
        }
    }
    for (status, revision) in &new {
        let found = counterparts(status, &old);
        if found.is_empty() {
            let rule = if is_success(status) { rules::RESPONSE_SUCCESS_ADDED } else { rules::RESPONSE_ERROR_ADDED };
            comparison.report_added(operation.node, rule, format!("status {status}"), revision);
        }
        if is_success(status) {
            compare_success(comparison, operation, status, found, &old, revision);
        } else if !old.contains_key(status) && new.contains_key(&range(status)) {
            // A status that was split off its range is compared with the range, although the range is still there.
            for base in found {
                compare_response(comparison, status, Site::new(operation.node, base, revision));
            }
        }
    }
}

/// Compares a success with the form in which the client reads every success: a choice of those that the base documents.
/// `known` are the counterparts of its status.
fn compare_success<'m, 'a>(
    comparison: &mut Comparison<'_, 'a>,
    operation: Site<'_, 'a>,
    status: &str,
    mut known: Vec<&'m Location<'a>>,
    old: &'m Responses<'a>,
    revision: &Location<'a>,
) {
    let successes = old.iter().filter(|(status, _)| is_success(status)).map(|(_, response)| response);
    let is_known = |response: &Location<'a>| known.iter().any(|it| std::ptr::eq(*it, response));
    // Where some have a body, the client reads a body.
    let has_content = |response: &&Location<'a>| response.get("content").is_some() && !is_known(response);
    let others: Vec<&Location<'a>> = successes.clone().filter(has_content).collect();
    known.extend(others);
    if known.is_empty() {
        known.extend(successes);
    }
    let decodes = |base: &&&Location<'a>| {
        let mut speculative = comparison.speculate();
        let node = speculative.collector.add_root(None);
        compare_response(&mut speculative, status, Site::new(node, base, revision));
        schemas::compare_queued(&mut speculative);
        !speculative.breaks
    };
    let found = match known.as_slice() {
        [only] => Some(*only),
        several => several.iter().find(decodes).or(several.first()).copied(),
    };
    if let Some(base) = found {
        compare_response(comparison, status, Site::new(operation.node, base, revision));
    }
}

fn list<'a>(document: &Document<'a>, operation: &Location<'a>) -> Responses<'a> {
    if operation.get("responses").is_none() {
        document.note(&operation.at, "has no `responses`");
    }
    let responses = document.members(operation, "responses").into_iter();
    let mut responses: Responses<'a> = responses
        .filter(|(status, _)| !status.starts_with("x-"))
        .filter_map(|(status, response)| Some((status.to_uppercase(), document.object(response)?)))
        .collect();
    // Where no success is documented, a `default` with a body is the success.
    if !responses.keys().any(|status| is_success(status))
        && responses.get("DEFAULT").is_some_and(|default| default.get("content").is_some())
        && let Some(default) = responses.remove("DEFAULT")
    {
        responses.insert("2XX".to_owned(), default);
    }
    responses
}

fn is_success(status: &str) -> bool {
    status.starts_with('2')
}

/// The range of a status: `2XX` for 200.
fn range(status: &str) -> String {
    format!("{}XX", status.get(..1).unwrap_or_default())
}

/// The responses of another set that cover `status`: its own, its range's, or for a range the responses of its statuses.
fn counterparts<'m, 'a>(status: &str, others: &'m Responses<'a>) -> Vec<&'m Location<'a>> {
    let range = range(status);
    if let Some(found) = others.get(status).or_else(|| others.get(&range)) {
        return vec![found];
    }
    let in_range = |other: &&String| status == range && other.get(..1) == status.get(..1);
    others.iter().filter(|(other, _)| in_range(other)).map(|(_, response)| response).collect()
}

fn compare_response<'a>(comparison: &mut Comparison<'_, 'a>, status: &str, site: Site<'_, 'a>) {
    comparison.compare_annotations(site, &["headers", "content", "links", "$ref"]);
    let (old_links, new_links) = site.values("links");
    if old_links != new_links {
        comparison.report(site, rules::LINK_CHANGED, "links");
    }
    // Callers read the headers of an error response as they do those of a success.
    compare_headers(comparison, site);
    let (was_ignored, is_ignored) = (ignores_body(site.base), ignores_body(site.revision));
    if is_ignored && !was_ignored && site.base.get("content").is_some() {
        comparison.report(site, rules::RESPONSE_BODY_IGNORED, "body");
    }
    let relevance = match is_success(status) {
        true if was_ignored => Relevance::Ignored,
        true => Relevance::Full,
        false => Relevance::ErrorResponse,
    };
    let node = comparison.collector.add_node(Some(site.node), relevance);
    let context = SchemaContext { body: true, relevance, ..SchemaContext::new(Direction::Response) };
    content::compare(comparison, Site { node, ..site }, context);
}

/// Whether the client ignores the body. Lowering reports a value of the extension that means nothing.
fn ignores_body(response: &Location<'_>) -> bool {
    extensions::ignores_body(response.value, &response.at).unwrap_or_default()
}

fn compare_headers<'a>(comparison: &mut Comparison<'_, 'a>, response: Site<'_, 'a>) {
    let (old, mut new) =
        (list_headers(comparison.base, response.base), list_headers(comparison.revision, response.revision));
    for (name, base) in &old {
        let subject = format!("header `{name}`");
        if let Some(revision) = new.remove(name) {
            compare_header(comparison, Site::new(response.node, base, &revision), subject);
            continue;
        }
        let required = base.flag("required");
        let rule = if required { rules::RESPONSE_HEADER_REMOVED_REQUIRED } else { rules::RESPONSE_HEADER_REMOVED };
        comparison.report_removed(response.node, rule, subject, base);
    }
    for (name, revision) in &new {
        comparison.report_added(response.node, rules::RESPONSE_HEADER_ADDED, format!("header `{name}`"), revision);
    }
}

fn list_headers<'a>(document: &Document<'a>, response: &Location<'a>) -> BTreeMap<String, Location<'a>> {
    let headers = document.members(response, "headers").into_iter();
    headers
        .filter_map(|(name, header)| Some((name.to_lowercase(), document.object(header)?)))
        .filter(|(name, _)| name != "content-type")
        .collect()
}

fn compare_header<'a>(comparison: &mut Comparison<'_, 'a>, site: Site<'_, 'a>, subject: String) {
    match (site.base.flag("required"), site.revision.flag("required")) {
        (true, false) => comparison.report(site, rules::RESPONSE_HEADER_BECAME_OPTIONAL, subject),
        (false, true) => comparison.report(site, rules::RESPONSE_HEADER_BECAME_REQUIRED, subject),
        _ => {}
    }
    comparison.compare_deprecation(site, "header");
    comparison.compare_annotations(site, &["required", "deprecated", "schema", "content", "$ref"]);
    let context = SchemaContext::new(Direction::Response);
    let plain = SchemaContext { plain: true, ..context };
    content::compare_schema(comparison, site, plain, ["schema added", "schema removed"]);
    content::compare(comparison, site, context);
}
