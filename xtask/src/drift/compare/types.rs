//! Decides whether one set of types contains another, in JSON and in plain text.

use std::collections::BTreeSet;

use crate::drift::read::keywords::Type;

/// Formats and the formats that contain them. The client reads `float` and `double` alike, and accepts a date for
/// `date-or-date-time`.
const WIDER: [(&str, &str); 8] = [
    ("int8", "int32"),
    ("int16", "int32"),
    ("int32", "int64"),
    ("uint32", "int64"),
    ("float", "double"),
    ("double", "float"),
    ("date", "date-or-date-time"),
    ("date-time", "date-or-date-time"),
];

/// Formats that tell the client how to treat a string, and do not restrict the string.
const CLIENT_ONLY: [&str; 3] = ["password", "path-segment", "path-segment-email"];

/// Formats of strings that the client decodes into a type of their own. Any other string stays a string.
const DECODED: [&str; 8] = ["date", "date-time", "date-or-date-time", "uuid", "ip", "ipv4", "ipv6", "byte"];

/// Whether every value of `narrow` is a value of `wide`. `None` allows any value. In plain text (parameters and headers) a
/// number or boolean is a string.
pub(super) fn contains(wide: Option<&BTreeSet<Type<'_>>>, narrow: Option<&BTreeSet<Type<'_>>>, plain: bool) -> bool {
    match (wide, narrow) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(wide), Some(narrow)) => narrow.iter().all(|&narrow| wide.iter().any(|&wide| is_a(narrow, wide, plain))),
    }
}

/// Whether a client generated for `before` decodes every value of `now`.
pub(super) fn decodes(before: Option<&BTreeSet<Type<'_>>>, now: Option<&BTreeSet<Type<'_>>>, plain: bool) -> bool {
    let kept_as_string =
        |&(name, format): &Type<'_>| name == "string" && format.is_some_and(|format| !DECODED.contains(&format));
    let opened = before.map(|types| -> BTreeSet<Type<'_>> {
        let has_plain_string = now.is_some_and(|types| types.contains(&("string", None)));
        types
            .iter()
            .map(|each| if has_plain_string && kept_as_string(each) { ("string", None) } else { *each })
            .collect()
    });
    contains(opened.as_ref(), now, plain)
}

fn is_a((narrow, its): Type<'_>, (wide, other): Type<'_>, plain: bool) -> bool {
    let (its, other) =
        (its.filter(|format| !CLIENT_ONLY.contains(format)), other.filter(|format| !CLIENT_ONLY.contains(format)));
    let format =
        other.is_none() || its == other || its.zip(other).is_some_and(|(narrow, wide)| WIDER.contains(&(narrow, wide)));
    match (narrow, wide) {
        _ if narrow == wide => format,
        (_, "any") => format,
        ("integer", "number") => format || its.is_none() && other == Some("double"),
        ("integer" | "number" | "boolean", "string") => plain && other.is_none(),
        _ => false,
    }
}
