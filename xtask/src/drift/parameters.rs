//! Parameters: the effective set of an operation, path-level ones included, matched by place and name.

use std::collections::BTreeMap;

use serde_json::Value;

use super::compare::{Comparison, Direction, Role};
use super::findings::Node;
use super::operations::{Operation, deprecation};
use super::rules;
use super::schema::Schema;
use super::side::{Place, Side};

/// Headers that OpenAPI leaves to other parts of the document.
const IGNORED: [&str; 3] = ["authorization", "accept", "content-type"];

/// By place and name; parameters in the path by their position, for their names are on no wire.
type Parameters<'a> = BTreeMap<(&'a str, String), Place<'a>>;

pub(super) fn compare<'a>(
    comparison: &mut Comparison<'_, 'a>,
    node: Node,
    before: &Operation<'a>,
    now: &Operation<'a>,
) {
    let old = effective(comparison.base, before);
    let mut new = effective(comparison.revision, now);
    for (key, base) in &old {
        match new.remove(key) {
            None => {
                comparison.add(node, rules::PARAMETER_REMOVED, subject(base), Some(base), None, (None, None));
            }
            Some(revision) => parameter(comparison, node, base, &revision),
        }
    }
    for place in new.values() {
        let required = place.flag("required") || place.text("in") == Some("path");
        let rule = if required { rules::PARAMETER_ADDED_REQUIRED } else { rules::PARAMETER_ADDED };
        comparison.add(node, rule, subject(place), None, Some(place), (None, None));
    }
}

fn effective<'a>(side: &Side<'a>, operation: &Operation<'a>) -> Parameters<'a> {
    let mut found = BTreeMap::new();
    for place in side.items(&operation.item, "parameters").into_iter().chain(side.items(&operation.place, "parameters"))
    {
        let Some(place) = side.object(place) else { continue };
        let (Some(at), Some(name)) = (place.text("in"), place.text("name")) else {
            side.note(&place.at, "is a parameter without `in` or `name`");
            continue;
        };
        let name = match at {
            "header" => name.to_lowercase(),
            "path" => match operation.path.find(&format!("{{{name}}}")) {
                Some(index) => format!("#{}", operation.path[..index].matches('{').count()),
                None => name.to_owned(),
            },
            _ => name.to_owned(),
        };
        if at != "header" || !IGNORED.contains(&name.as_str()) {
            found.insert((at, name), place);
        }
    }
    found
}

fn subject(place: &Place<'_>) -> String {
    format!("`{}` in {}", place.text("name").unwrap_or_default(), place.text("in").unwrap_or_default())
}

fn parameter<'a>(comparison: &mut Comparison<'_, 'a>, node: Node, base: &Place<'a>, revision: &Place<'a>) {
    let sides = (Some(base), Some(revision));
    let known = [
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
    comparison.annotations(node, base, revision, &known);
    let names = (base.value.get("name"), revision.value.get("name"));
    if names.0 != names.1 && base.text("in") == Some("path") {
        comparison.add(node, rules::PATH_PARAMETER_RENAMED, subject(base), sides.0, sides.1, names);
    }
    let in_path = base.text("in") == Some("path");
    let required = (base.flag("required") || in_path, revision.flag("required") || in_path);
    match required {
        (false, true) => {
            comparison.add(node, rules::PARAMETER_BECAME_REQUIRED, subject(base), sides.0, sides.1, (None, None));
        }
        (true, false) => {
            comparison.add(node, rules::PARAMETER_BECAME_OPTIONAL, subject(base), sides.0, sides.1, (None, None));
        }
        _ => {}
    }
    deprecation(comparison, node, &subject(base), base, revision);
    let forms = (form(base), form(revision));
    if forms.0 != forms.1 && (is_compound(comparison.base, base) || is_compound(comparison.revision, revision)) {
        let values = (Some(Value::from(forms.0.0)), Some(Value::from(forms.1.0)));
        let values = (values.0.as_ref(), values.1.as_ref());
        comparison.add(node, rules::PARAMETER_SERIALIZATION_CHANGED, subject(base), sides.0, sides.1, values);
    }
    for key in ["allowReserved", "allowEmptyValue"] {
        if base.flag(key) != revision.flag(key) {
            let subject = format!("{key} of {}", subject(base));
            comparison.add(node, rules::REQUEST_CONSTRAINT_CHANGED, subject, sides.0, sides.1, (None, None));
        }
    }
    default(comparison, node, base, revision, required == (true, true));
    schema(comparison, node, base, revision, forms.0.1);
}

/// How a parameter with several values is written: its style, and whether it repeats its name.
fn form<'a>(place: &Place<'a>) -> (&'a str, bool) {
    let usual = if matches!(place.text("in"), Some("query" | "cookie")) { "form" } else { "simple" };
    let style = place.text("style").unwrap_or(usual);
    let explode = place.value.get("explode").and_then(Value::as_bool).unwrap_or(style == "form");
    (style, explode && style == "form")
}

fn schema_of<'a>(place: &Place<'a>) -> Option<Place<'a>> {
    place.get("schema")
}

/// Whether the parameter may be a list or an object, which alone are written in a style.
fn is_compound<'a>(side: &Side<'a>, place: &Place<'a>) -> bool {
    let Some(schema) = schema_of(place) else { return false };
    let schema = Schema::of(side, &schema);
    schema.types.is_none_or(|types| types.iter().any(|(name, _)| matches!(*name, "array" | "object")))
        || !schema.unions.is_empty()
}

fn default<'a>(
    comparison: &mut Comparison<'_, 'a>,
    node: Node,
    base: &Place<'a>,
    revision: &Place<'a>,
    is_always_sent: bool,
) {
    let find =
        |side: &Side<'a>, place: &Place<'a>| schema_of(place).and_then(|schema| Schema::of(side, &schema).default);
    let values = (find(comparison.base, base), find(comparison.revision, revision));
    let rule = match values {
        (old, new) if old == new => return,
        // What stands for none does not matter where the client always sends a value.
        _ if is_always_sent => rules::REQUEST_DEFAULT_CHANGED,
        (None, _) => rules::PARAMETER_DEFAULT_ADDED,
        (_, None) => rules::PARAMETER_DEFAULT_REMOVED,
        _ => rules::PARAMETER_DEFAULT_CHANGED,
    };
    comparison.add(node, rule, "default", Some(base), Some(revision), values);
}

fn schema<'a>(comparison: &mut Comparison<'_, 'a>, node: Node, base: &Place<'a>, revision: &Place<'a>, repeats: bool) {
    let role = Role::new(Direction::Request);
    if base.get("content").is_some() || revision.get("content").is_some() {
        super::responses::content(comparison, node, base, revision, role);
    }
    let role = Role { plain: true, parameter: true, repeats, ..role };
    match (schema_of(base), schema_of(revision)) {
        (Some(base), Some(revision)) => comparison.schemas(node, (base, revision, role)),
        (None, Some(new)) => {
            comparison.add(node, rules::REQUEST_TYPE_CHANGED, "schema", Some(base), Some(&new), (None, None));
        }
        (Some(old), None) => {
            comparison.add(node, rules::REQUEST_TYPE_WIDENED, "schema", Some(&old), Some(revision), (None, None));
        }
        (None, None) => {}
    }
}
