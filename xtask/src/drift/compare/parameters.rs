//! Compares the parameters of an operation, with the parameters of its path, matched by `in` and name.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Comparison, Direction, Pair, SchemaContext, Site, content};
use crate::document::media_type::{essence, is_json};
use crate::drift::findings::NodeId;
use crate::drift::read::numbers::normalized;
use crate::drift::read::operation::Operation;
use crate::drift::read::reader::Reader;
use crate::drift::read::schema::Schema;
use crate::drift::read::{Document, Location};
use crate::drift::rules;

/// Headers that OpenAPI leaves to other parts of the document.
const IGNORED: [&str; 3] = ["authorization", "accept", "content-type"];

const KNOWN: [&str; 11] = [
    "name",
    "in",
    "required",
    "deprecated",
    "schema",
    "content",
    "style",
    "explode",
    "allowReserved",
    "allowEmptyValue",
    "$ref",
];

/// The styles that write marks around a single value.
const MARKED: [&str; 3] = ["label", "matrix", "deepObject"];

/// Parameters by `in` and name. A path parameter has its position for a name, for its name is not sent.
type Parameters<'a> = BTreeMap<(&'a str, String), Location<'a>>;

pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, node: NodeId, old: &Operation<'a>, new: &Operation<'a>) {
    let (old, mut new) = (list(comparison.base, old), list(comparison.revision, new));
    for (key, base) in &old {
        match new.remove(key) {
            None => comparison.report_removed(node, rules::PARAMETER_REMOVED, subject(base), base),
            Some(revision) => compare_parameter(comparison, Site::new(node, base, &revision)),
        }
    }
    for revision in new.values() {
        let required = revision.flag("required") || revision.text("in") == Some("path");
        let rule = if required { rules::PARAMETER_ADDED_REQUIRED } else { rules::PARAMETER_ADDED };
        comparison.report_added(node, rule, subject(revision), revision);
    }
}

/// Lists the parameters in effect. The operation's parameters replace the path's.
fn list<'a>(document: &Document<'a>, operation: &Operation<'a>) -> Parameters<'a> {
    let mut found = BTreeMap::new();
    let owners = [&operation.item, &operation.location];
    for parameter in owners.into_iter().flat_map(|owner| document.items(owner, "parameters")) {
        let Some(parameter) = document.object(parameter) else { continue };
        let (Some(sent_in), Some(name)) = (parameter.text("in"), parameter.text("name")) else {
            document.note(&parameter.at, "is a parameter without `in` or `name`");
            continue;
        };
        let name = match sent_in {
            "header" => name.to_lowercase(),
            "path" => match operation.path.find(&format!("{{{name}}}")) {
                Some(index) => format!("#{}", operation.path[..index].matches('{').count()),
                None => name.to_owned(),
            },
            _ => name.to_owned(),
        };
        if sent_in != "header" || !IGNORED.contains(&name.as_str()) {
            found.insert((sent_in, name), parameter);
        }
    }
    found
}

fn subject(parameter: &Location<'_>) -> String {
    format!("`{}` in {}", parameter.text("name").unwrap_or_default(), parameter.text("in").unwrap_or_default())
}

fn compare_parameter<'a>(comparison: &mut Comparison<'_, 'a>, site: Site<'_, 'a>) {
    comparison.compare_annotations(site, &KNOWN);
    let is_in_path = site.base.text("in") == Some("path");
    let (old, new) = site.values("name");
    if is_in_path && old != new {
        comparison.report_values(site, rules::PATH_PARAMETER_RENAMED, subject(site.base), (old, new));
    }
    let is_always_sent = match (site.base.flag("required"), site.revision.flag("required")) {
        _ if is_in_path => true,
        (false, true) => {
            comparison.report(site, rules::PARAMETER_BECAME_REQUIRED, subject(site.base));
            false
        }
        (true, false) => {
            comparison.report(site, rules::PARAMETER_BECAME_OPTIONAL, subject(site.base));
            false
        }
        (was_required, _) => was_required,
    };
    comparison.compare_deprecation(site, &subject(site.base));
    for key in ["allowReserved", "allowEmptyValue"] {
        if site.base.flag(key) != site.revision.flag(key) {
            let subject = format!("{key} of {}", subject(site.base));
            comparison.report(site, rules::CONSTRAINT_CHANGED.request, subject);
        }
    }
    compare_default(comparison, site, is_always_sent);
    match [(comparison.base, site.base), (comparison.revision, site.revision)].map(|(d, p)| media_type(d, p)) {
        [None, None] => {
            compare_serialization(comparison, site);
            compare_schema(comparison, site);
        }
        [Some(_), Some(_)] => content::compare(comparison, site, context()),
        [None, Some((name, media_type))] => {
            let forms = [Serialization::of(site.base).style, name];
            compare_forms(comparison, site, forms, [site.base, &media_type]);
        }
        [Some((name, media_type)), None] => {
            let forms = [name, Serialization::of(site.revision).style];
            compare_forms(comparison, site, forms, [&media_type, site.revision]);
        }
    }
}

fn context() -> SchemaContext {
    SchemaContext { parameter: true, ..SchemaContext::new(Direction::Request) }
}

/// The media type in which a parameter is written, if it is written in one and not in a style.
fn media_type<'a>(document: &Document<'a>, parameter: &Location<'a>) -> Option<(&'a str, Location<'a>)> {
    let content = || document.members(parameter, "content").into_iter().next();
    if parameter.get("schema").is_some() { None } else { content() }
}

/// Compares a parameter that is written in a style in one document, and in a media type in the other. `owners` have the
/// schemas.
fn compare_forms<'a>(
    comparison: &mut Comparison<'_, 'a>,
    site: Site<'_, 'a>,
    forms: [&str; 2],
    owners: [&Location<'a>; 2],
) {
    if let [Some(base), Some(revision)] = owners.map(|owner| owner.get("schema"))
        && is_written_alike(&comparison.base.schema(&base), forms)
        && is_written_alike(&comparison.revision.schema(&revision), forms)
    {
        let context = SchemaContext { plain: !is_json(&essence(forms[1])), ..context() };
        comparison.enqueue(site.node, Pair { base, revision, context });
        return;
    }
    let [old, new] = forms.map(Value::from);
    let rule = rules::PARAMETER_SERIALIZATION_CHANGED;
    comparison.report_values(site, rule, subject(site.base), (Some(&old), Some(&new)));
}

/// Whether the values of a schema are the same text in both forms: styles or media types.
fn is_written_alike(schema: &Schema<'_>, forms: [&str; 2]) -> bool {
    let is_style = |form: &str| !form.contains('/');
    let is_plain = |form: &str| if is_style(form) { !MARKED.contains(&form) } else { essence(form) == "text/plain" };
    let is_alike = |kind: &str| match kind {
        "integer" | "number" | "boolean" => forms.iter().all(|form| is_json(&essence(form)) || is_plain(form)),
        // JSON quotes strings.
        "string" => forms.iter().all(|form| is_plain(form)),
        _ => false,
    };
    let types = schema.types.as_ref().filter(|types| !types.is_empty() && schema.unions.is_empty());
    types.is_some_and(|types| types.iter().all(|(kind, _)| is_alike(kind)))
}

fn compare_serialization<'a>(comparison: &mut Comparison<'_, 'a>, site: Site<'_, 'a>) {
    let (old, new) = (Serialization::of(site.base), Serialization::of(site.revision));
    // A single value is written alike in every style but the marked ones.
    let is_single = !is_compound(comparison.base, site.base);
    let is_plain = [old.style, new.style].iter().all(|style| !MARKED.contains(style));
    if old == new || is_single && (is_plain || !is_compound(comparison.revision, site.revision)) {
        return;
    }
    let (old, new) = (Value::from(old.style), Value::from(new.style));
    let rule = rules::PARAMETER_SERIALIZATION_CHANGED;
    comparison.report_values(site, rule, subject(site.base), (Some(&old), Some(&new)));
}

/// The form in which a parameter with several values is sent.
#[derive(PartialEq, Eq)]
struct Serialization<'a> {
    style: &'a str,
    repeats_name: bool,
}

impl<'a> Serialization<'a> {
    fn of(parameter: &Location<'a>) -> Self {
        let usual = if matches!(parameter.text("in"), Some("query" | "cookie")) { "form" } else { "simple" };
        let style = parameter.text("style").unwrap_or(usual);
        let explode = parameter.value.get("explode").and_then(Value::as_bool).unwrap_or(style == "form");
        Self { style, repeats_name: explode && style == "form" }
    }
}

/// Whether the parameter may be a list or an object. Only these have a style.
fn is_compound<'a>(document: &Reader<'a>, parameter: &Location<'a>) -> bool {
    let Some(schema) = parameter.get("schema") else { return false };
    let schema = document.schema(&schema);
    schema.types.as_ref().is_none_or(|types| types.iter().any(|(name, _)| matches!(*name, "array" | "object")))
        || !schema.unions.is_empty()
}

fn compare_default<'a>(comparison: &mut Comparison<'_, 'a>, site: Site<'_, 'a>, is_always_sent: bool) {
    let find = |document: &Reader<'a>, parameter: &Location<'a>| {
        let schema = parameter.get("schema").or_else(|| media_type(document, parameter)?.1.get("schema"));
        schema.and_then(|schema| document.schema(&schema).default)
    };
    let (old, new) = (find(comparison.base, site.base), find(comparison.revision, site.revision));
    let rule = match (old, new) {
        _ if old.map(normalized) == new.map(normalized) => return,
        // The default has no effect where the client always sends a value.
        _ if is_always_sent => rules::DEFAULT_CHANGED.request,
        (None, _) => rules::PARAMETER_DEFAULT_ADDED,
        (_, None) => rules::PARAMETER_DEFAULT_REMOVED,
        _ => rules::PARAMETER_DEFAULT_CHANGED,
    };
    comparison.report_values(site, rule, "default", (old, new));
}

fn compare_schema<'a>(comparison: &mut Comparison<'_, 'a>, site: Site<'_, 'a>) {
    let style = Serialization::of(site.revision).style;
    let lists = style != "deepObject" && style == Serialization::of(site.base).style;
    let context = SchemaContext { plain: true, lists, ..context() };
    content::compare_schema(comparison, site, context, ["schema", "schema"]);
}
