//! Compares the media types of requests, responses, parameters and headers, and their schemas.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Comparison, Direction, Pair, SchemaContext, Site};
use crate::adapt::Generator;
use crate::document::media_type::essence;
use crate::drift::read::{Document, Location};
use crate::drift::rules;
use crate::lower::Target;

type MediaTypes<'a> = BTreeMap<String, Location<'a>>;

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, owner: Site<'_, 'a>, context: SchemaContext) {
    let (old, mut new) = (list(comparison.base, owner.base), list(comparison.revision, owner.revision));
    for (name, base) in &old {
        let found = new.remove_entry(name).or_else(|| take_renamed(name, &old, &mut new, context.direction));
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
            let is_equal = essence(name) == essence(&new_name);
            let rule =
                if is_equal { rules::MEDIA_TYPE_PARAMETER_CHANGED } else { rules::RESPONSE_MEDIA_TYPE_SPECIALIZED };
            let (old, new) = (Value::from(name.as_str()), Value::from(new_name));
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
    for (name, revision) in &new {
        comparison.report_added(owner.node, context.rule(rules::MEDIA_TYPE_ADDED), name, revision);
    }
}

fn list<'a>(document: &Document<'a>, owner: &Location<'a>) -> MediaTypes<'a> {
    let media_types = document.members(owner, "content").into_iter();
    media_types.map(|(name, media_type)| (name.to_lowercase(), media_type)).collect()
}

/// Whether the client sends or decodes this media type: it knows one of several.
fn is_used(document: &Document<'_>, owner: &Location<'_>, direction: Direction, name: &str) -> bool {
    let Some(content) = owner.value.get("content").and_then(Value::as_object) else { return true };
    let selected = match direction {
        Direction::Request => Generator.request_media_types(document.value, content, &owner.at),
        Direction::Response => Generator.response_media_types(document.value, owner.value, content, &owner.at),
    };
    // A body that no client can be generated for has no unused part.
    selected.map_or(true, |selected| {
        selected.is_empty() || selected.iter().any(|selected| selected.name.to_lowercase() == name)
    })
}

/// Takes the new media type that replaced `name`: one that differs only in its parameters, or in a response one of the
/// same format under a name of its own (`application/problem+json` for `application/json`).
fn take_renamed<'a>(
    name: &str,
    old: &MediaTypes<'a>,
    new: &mut MediaTypes<'a>,
    direction: Direction,
) -> Option<(String, Location<'a>)> {
    let is_specialized = |other: &str| {
        let (name, other) = (essence(name), essence(other));
        let (Some((_, format)), Some((_, suffix))) = (name.split_once('/'), other.rsplit_once('+')) else {
            return false;
        };
        direction == Direction::Response && format == suffix
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
