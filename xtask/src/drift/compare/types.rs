//! Decides whether the types of one schema hold the values of another, in JSON and in plain text.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use serde_json::Value;

use crate::drift::read::bounds::Bounds;
use crate::drift::read::keywords::Type;
use crate::drift::read::numbers::normalized;
use crate::drift::read::schema::Schema;

/// Formats of strings that a server may check. Any other format is a hint to readers.
const CHECKED: [&str; 27] = [
    "base64url",
    "binary",
    "byte",
    "char",
    "date",
    "date-or-date-time",
    "date-time",
    "decimal",
    "duration",
    "email",
    "hostname",
    "idn-email",
    "idn-hostname",
    "ip",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "time",
    "unix-time",
    "uri",
    "uri-reference",
    "uri-template",
    "uuid",
];

/// Formats of strings that other formats contain.
const WIDER: [(&str, &str); 9] = [
    ("date", "date-or-date-time"),
    ("date-time", "date-or-date-time"),
    ("email", "idn-email"),
    ("hostname", "idn-hostname"),
    ("ipv4", "ip"),
    ("ipv6", "ip"),
    ("uri", "uri-reference"),
    ("uri", "iri"),
    ("uri-reference", "iri-reference"),
];

/// Formats of strings that the client decodes into a type of their own, each with the formats that the type reads. Any
/// other string stays a string.
const DECODED: [(&str, &[&str]); 6] = [
    ("date", &["date"]),
    ("date-time", TIMES),
    ("date-or-date-time", TIMES),
    ("ip", &["ip", "ipv4", "ipv6"]),
    ("ipv4", &["ipv4"]),
    ("ipv6", &["ipv6"]),
];

const TIMES: &[&str] = &["date", "date-time", "date-or-date-time"];

/// Integers of a format.
type Range = RangeInclusive<i128>;

/// Formats of integers.
const INTEGERS: [(&str, Range); 10] = [
    ("int8", i8::MIN as i128..=i8::MAX as i128),
    ("uint8", 0..=u8::MAX as i128),
    ("int16", i16::MIN as i128..=i16::MAX as i128),
    ("uint16", 0..=u16::MAX as i128),
    ("int", i32::MIN as i128..=i32::MAX as i128),
    ("int32", i32::MIN as i128..=i32::MAX as i128),
    ("uint", 0..=u32::MAX as i128),
    ("uint32", 0..=u32::MAX as i128),
    ("int64", INT64),
    ("uint64", UINT64),
];

const INT64: Range = i64::MIN as i128..=i64::MAX as i128;
const UINT64: Range = 0..=u64::MAX as i128;

/// Whether `new` allows the types of every value that a client of `old` sends. In plain text (parameters and headers) a
/// number or boolean is a string.
pub(super) fn accepts(new: &Schema<'_>, old: &Schema<'_>, plain: bool) -> bool {
    match (&new.types, &old.types) {
        (None, _) => true,
        _ if new.is_implied => true,
        (Some(_), None) => false,
        (Some(new), Some(types)) => {
            let is_whole = old.closed_values().is_some_and(|values| values.into_iter().all(is_whole));
            let sent = |&(name, format): &Type<'_>| {
                let name = if name == "number" && is_whole { "integer" } else { name };
                new.iter().any(|&allowed| is_accepted(allowed, (name, format), &old.bounds, plain))
            };
            types.iter().all(sent)
        }
    }
}

/// Whether a value is no number with a fraction.
fn is_whole(value: &Value) -> bool {
    !value.is_number() || normalized(value).is_i64()
}

fn is_accepted((allowed, wide): Type<'_>, (sent, narrow): Type<'_>, bounds: &Bounds, plain: bool) -> bool {
    let checked = |format: Option<&str>| format.is_some_and(|format| CHECKED.contains(&format));
    let is_contained = || {
        !checked(wide)
            || wide == narrow
            || wide.zip(narrow).is_some_and(|(wide, narrow)| WIDER.contains(&(narrow, wide)))
    };
    match (sent, allowed) {
        // A format of strings at another type means that the values became strings.
        ("integer" | "number" | "boolean" | "object" | "array", _)
            if sent == allowed && checked(wide) && wide != narrow =>
        {
            false
        }
        ("integer", "integer") => integers(wide).is_none_or(|wide| contains(&wide, &values(narrow, bounds))),
        // The client sends every number as one of 64 bits.
        ("integer" | "number", "number") => true,
        (_, "any") => wide.is_none() || wide == narrow,
        ("integer" | "number" | "boolean", "string") => plain && !checked(wide),
        _ => sent == allowed && (sent != "string" || is_contained()),
    }
}

/// Whether a client generated for `old` decodes the types of every value of `new`.
pub(super) fn decodes(old: &Schema<'_>, new: &Schema<'_>, plain: bool) -> bool {
    match (&old.types, &new.types) {
        (None, _) => true,
        // Nothing is a value of the schema `false`, and the client reads it as any JSON value.
        (Some(types), _) if types.is_empty() => true,
        (Some(_), None) => false,
        (Some(types), Some(new_types)) => {
            new_types.iter().all(|&sent| types.iter().any(|&known| is_decoded(known, sent, (old, new), plain)))
        }
    }
}

fn is_decoded(
    (known, its): Type<'_>,
    (sent, other): Type<'_>,
    (old, new): (&Schema<'_>, &Schema<'_>),
    plain: bool,
) -> bool {
    let read = its.and_then(|format| DECODED.iter().find(|(name, _)| *name == format)).map(|(_, formats)| *formats);
    match (sent, known) {
        ("string", "string") => read.is_none_or(|formats| other.is_some_and(|other| formats.contains(&other))),
        ("integer", "integer") => contains(&decoded_integers(its, &old.bounds), &values(other, &new.bounds)),
        ("integer" | "number", "number") | (_, "any") => true,
        ("integer" | "number" | "boolean", "string") => plain && read.is_none(),
        _ => sent == known,
    }
}

/// Whether the client's type of integers that `old` describes holds those that `new` describes.
pub(super) fn holds_integers(old: &Schema<'_>, new: &Schema<'_>) -> bool {
    let format = |types: &Option<BTreeSet<Type<'_>>>| {
        types.iter().flatten().find(|(name, _)| *name == "integer").map(|(_, format)| format.map(str::to_owned))
    };
    match (format(&old.types), format(&new.types)) {
        (Some(its), Some(other)) => {
            contains(&decoded_integers(its.as_deref(), &old.bounds), &values(other.as_deref(), &new.bounds))
        }
        // The comparison of types judges these.
        _ => true,
    }
}

/// Whether every value of a schema is a whole number.
pub(super) fn is_integer(schema: &Schema<'_>) -> bool {
    schema.types.as_ref().is_some_and(|types| !types.is_empty() && types.iter().all(|(name, _)| *name == "integer"))
}

fn integers(format: Option<&str>) -> Option<Range> {
    INTEGERS.iter().find(|(name, _)| Some(*name) == format).map(|(_, range)| range.clone())
}

fn contains(wide: &Range, narrow: &Range) -> bool {
    wide.contains(narrow.start()) && wide.contains(narrow.end())
}

/// The integers that a schema allows. An integer without a format has 64 bits, or more where a bound says so.
fn values(format: Option<&str>, bounds: &Bounds) -> Range {
    let (least, most) = (bounds.least_integer(), bounds.most_integer());
    let range = integers(format).unwrap_or_else(|| {
        let end = if least > Some(*INT64.end()) { *UINT64.end() } else { *INT64.end() };
        least.map_or(*INT64.start(), |least| least.min(*INT64.start()))..=most.map_or(end, |most| most.max(end))
    });
    let least = least.map_or(*range.start(), |least| least.max(*range.start()));
    let most = most.map_or(*range.end(), |most| most.min(*range.end()));
    // A schema that allows no integer asks nothing of the type.
    if least > most { 0..=0 } else { least..=most }
}

/// The integers that the client's type holds. The generator chooses the type by format and bounds.
fn decoded_integers(format: Option<&str>, bounds: &Bounds) -> Range {
    let (mut least, mut most) = (bounds.least_integer(), bounds.most_integer());
    let is_negative = least.is_none_or(|least| least < 0);
    let is_within = |range: &Range| [least, most].into_iter().flatten().all(|bound| range.contains(&bound));
    if !is_within(&INT64) {
        // The client reads any JSON value where no type of integers holds all.
        return if !is_negative && is_within(&UINT64) { UINT64 } else { i128::MIN..=i128::MAX };
    }
    // A bound on one side alone chooses no type.
    if least.is_none() || is_negative && most.is_none() {
        (least, most) = (None, None);
    }
    let positive = |range: &Range| 1..=2 * *range.end().min(INT64.end()) + 1;
    let known = integers(format);
    if let Some(range) = &known
        && !bounds.has_step()
        && least.is_none_or(|least| least >= *range.start())
        && most.is_none_or(|most| most <= *range.end())
    {
        return if least != Some(1) {
            range.clone()
        } else if *range.start() == 0 {
            1..=*range.end()
        } else {
            positive(range)
        };
    }
    let (least, most) = (
        least.or_else(|| known.as_ref().map(|range| *range.start())),
        most.or_else(|| known.as_ref().map(|range| *range.end())),
    );
    if least == Some(1) {
        return 1..=*UINT64.end();
    }
    let is_bound_of = |range: &Range| {
        (least.is_some() || most.is_some())
            && least.is_none_or(|least| least == *range.start())
            && most.is_none_or(|most| most == *range.end())
    };
    let found = INTEGERS.iter().rev().find(|(_, range)| is_bound_of(range));
    found.map_or(INT64, |(_, range)| range.clone())
}
