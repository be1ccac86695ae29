//! Compares the media types of requests, responses, parameters and headers, and their schemas.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Comparison, Direction, Pair, SchemaContext, Site};
use crate::adapt::Generator;
use crate::document::media_type::{essence, is_json};
use crate::drift::read::{Document, Location};
use crate::drift::rules;
use crate::lower::{Selected, Target};

type MediaTypes<'a> = BTreeMap<String, Location<'a>>;

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, owner: Site<'_, 'a>, context: SchemaContext) {
    let (old, mut new) = (list(comparison.base, owner.base), list(comparison.revision, owner.revision));
    let mut ranges = new.clone();
    ranges.retain(|name, _| name.ends_with("/*") && context.direction == Direction::Request);
    let mut generalized = BTreeSet::new();
    for (name, base) in &old {
        let found = new.remove_entry(name).or_else(|| take_renamed(comparison, owner, name, &old, &mut new, context));
        let range = || ranges.iter().find(|(range, _)| covers(range, name));
        let found = found.or_else(|| range().map(|(name, media_type)| (name.clone(), media_type.clone())));
        let Some((new_name, revision)) = found else {
            let rule = if is_used(comparison.base, owner.base, context.direction, name) {
                rules::MEDIA_TYPE_REMOVED
            } else {
                rules::UNUSED_MEDIA_TYPE_REMOVED
            };
            let rule = context.rule(rule);
            comparison.report_removed(owner.node, rule, name, base);
            continue;
        };
        let site = Site::new(owner.node, base, &revision);
        if new_name != *name {
            let rule = match () {
                () if essence(name) == essence(&new_name) => rules::MEDIA_TYPE_PARAMETER_CHANGED,
                () if ranges.contains_key(&new_name) => rules::REQUEST_MEDIA_TYPE_GENERALIZED,
                () => context.rule(rules::MEDIA_TYPE_SPECIALIZED),
            };
            let (old, new) = (Value::from(name.as_str()), Value::from(new_name.as_str()));
            generalized.insert(new_name);
            comparison.report_values(site, rule, "media type", (Some(&old), Some(&new)));
        }
        comparison.compare_annotations(site, &["schema", "encoding"]);
        let (old_encoding, new_encoding) = site.values("encoding");
        if old_encoding != new_encoding {
            comparison.report(site, rules::REQUEST_ENCODING_CHANGED, "encoding");
        }
        let plain = name.starts_with("text/") || essence(name) == "application/x-www-form-urlencoded";
        let context = SchemaContext { plain, ..context };
        compare_schema(comparison, site, context, ["schema added", "schema removed"]);
    }
    new.retain(|name, _| !generalized.contains(name));
    for (name, revision) in &new {
        comparison.report_added(owner.node, context.rule(rules::MEDIA_TYPE_ADDED), name, revision);
    }
}

fn list<'a>(document: &Document<'a>, owner: &Location<'a>) -> MediaTypes<'a> {
    let media_types = document.members(owner, "content").into_iter();
    media_types.map(|(name, media_type)| (name.to_lowercase(), media_type)).collect()
}

/// Whether a range of media types, such as `*/*` and `application/*`, holds one.
fn covers(range: &str, name: &str) -> bool {
    range == "*/*" || range.strip_suffix('*').is_some_and(|kind| name.starts_with(kind))
}

/// The media types that the client sends or decodes. `None` if there is no content, or no client can be generated for it.
fn select(document: &Document<'_>, owner: &Location<'_>, direction: Direction) -> Option<Vec<Selected>> {
    let content = owner.value.get("content")?.as_object()?;
    let selected = match direction {
        Direction::Request => Generator.request_media_types(document.value, content, &owner.at),
        Direction::Response => Generator.response_media_types(document.value, owner.value, content, &owner.at),
    };
    selected.ok()
}

/// Whether the client sends or decodes this media type: it knows one of several.
fn is_used(document: &Document<'_>, owner: &Location<'_>, direction: Direction, name: &str) -> bool {
    // A body that no client can be generated for has no unused part.
    select(document, owner, direction).is_none_or(|selected| {
        selected.is_empty() || selected.iter().any(|selected| selected.name.to_lowercase() == name)
    })
}

/// Takes the new media type that replaced `name`: one that differs only in its parameters, or one of the same format
/// under a name of its own, for example `application/problem+json` for `application/json` in a response.
fn take_renamed<'a>(
    comparison: &Comparison<'_, 'a>,
    owner: Site<'_, 'a>,
    name: &str,
    old: &MediaTypes<'a>,
    new: &mut MediaTypes<'a>,
    context: SchemaContext,
) -> Option<(String, Location<'a>)> {
    let is_read_as_json = |selected: &Selected| selected.name == name && is_json(selected.lowered);
    let is_any_as_json =
        name == "*/*" && select(comparison.base, owner.base, context.direction).iter().flatten().any(is_read_as_json);
    let is_specialized = |other: &str| {
        let (name, other) = (essence(name), essence(other));
        let has_format = || {
            let suffix = other.rsplit_once('+').map(|(_, suffix)| suffix);
            suffix.is_some() && name.split_once('/').map(|(_, format)| format) == suffix
        };
        match context.direction {
            // This is the name under which the client sends it.
            Direction::Request => is_any_as_json && other == "application/json",
            Direction::Response if name == "*/*" => is_any_as_json && is_json(&other),
            // The client hands over the bytes of any other range.
            Direction::Response => has_format() || name.ends_with("/*") && covers(&name, &other),
        }
    };
    let is_new = |other: &&String| !old.contains_key(*other);
    let other = new
        .keys()
        .filter(is_new)
        .find(|other| essence(other) == essence(name))
        .or_else(|| new.keys().filter(is_new).find(|other| is_specialized(other)))?
        .clone();
    new.remove_entry(&other)
}

/// Compares the schemas of two media types, parameters or headers. `added` and `removed` are the subjects of findings.
pub(super) fn compare_schema<'a>(
    comparison: &mut Comparison<'_, 'a>,
    owner: Site<'_, 'a>,
    context: SchemaContext,
    [added, removed]: [&str; 2],
) {
    match (owner.base.get("schema"), owner.revision.get("schema")) {
        (Some(base), Some(revision)) => comparison.enqueue(owner.node, Pair { base, revision, context }),
        (None, Some(revision)) => {
            let site = Site { revision: &revision, ..owner };
            comparison.report(site, context.rule(rules::TYPE_NARROWED), added);
        }
        (Some(base), None) => {
            let site = Site { base: &base, ..owner };
            comparison.report(site, context.rule(rules::TYPE_WIDENED), removed);
        }
        (None, None) => {}
    }
}
