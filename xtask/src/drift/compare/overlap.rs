//! Finds out whether a value that the client sends is also one of a schema of the revision: one that is excluded, or one
//! more alternative of `oneOf`, which takes no value twice.

use std::collections::BTreeSet;

use super::Comparison;
use crate::drift::read::Location;
use crate::drift::read::keywords::Type;
use crate::drift::read::numbers::normalized;
use crate::drift::read::reader::Reader;
use crate::drift::read::schema::{Additional, Schema};
use crate::drift::read::unions::Union;

/// How deep schemas within schemas are examined.
const MAX_DEPTH: usize = 6;

/// Whether two schemas have a value in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overlap {
    No,
    Yes,
    /// The schema says nothing, or holds a constraint that cannot be compared.
    Unknown,
}

impl Overlap {
    /// The overlap with any of several schemas.
    fn any(overlaps: impl Iterator<Item = Self>) -> Self {
        overlaps.fold(Self::No, |all, one| match (all, one) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::No, Self::No) => Self::No,
        })
    }
}

/// Whether some value that a client of `sent`, a schema of the base, sends is a value of `other`, one of the revision.
pub(super) fn find<'a>(comparison: &Comparison<'_, 'a>, sent: &Location<'a>, other: &Location<'a>) -> Overlap {
    find_within((comparison.base, sent), (comparison.revision, other), MAX_DEPTH)
}

/// Whether some value that a client of `sent` sends is a value of `other`, where both are schemas of the base.
pub(super) fn find_in_base<'a>(comparison: &Comparison<'_, 'a>, sent: &Location<'a>, other: &Location<'a>) -> Overlap {
    find_within((comparison.base, sent), (comparison.base, other), MAX_DEPTH)
}

/// A schema with its document.
type Side<'s, 'a> = (&'s Reader<'a>, &'s Location<'a>);

fn find_within<'a>((base, sent): Side<'_, 'a>, (revision, other): Side<'_, 'a>, depth: usize) -> Overlap {
    let Some(depth) = depth.checked_sub(1) else { return Overlap::Unknown };
    let old = base.schema(sent);
    let new = revision.schema(other);
    let stated = new.types.as_ref().filter(|_| !new.is_implied);
    if are_apart(old.types.as_ref(), stated) {
        return Overlap::No;
    }
    if let (Some(old), Some(new)) = (old.closed_values(), new.closed_values())
        && !old.iter().any(|value| new.iter().any(|other| normalized(value) == normalized(other)))
    {
        return Overlap::No;
    }
    let within = |sent: &Location<'a>, other: &Location<'a>| find_within((base, sent), (revision, other), depth);
    let is_ignored = |property: &Location<'a>| revision.schema(property).read_only;
    // Keywords of objects restrict objects alone.
    let sends_objects = old.types.as_ref().is_none_or(|types| types.iter().any(|(name, _)| *name == "object"));
    let properties = if sends_objects { overlap_of_properties(&old, &new, is_ignored, within) } else { Overlap::Yes };
    if properties == Overlap::No {
        return Overlap::No;
    }
    let of_union = |union: &Union<'a>, overlap: &dyn Fn(&Location<'a>) -> Overlap| {
        Overlap::any(union.branches.iter().map(overlap))
    };
    let unions = old.unions.iter().map(|union| of_union(union, &|branch| within(branch, other)));
    let unions = unions.chain(new.unions.iter().map(|union| of_union(union, &|branch| within(sent, branch))));
    let unions: Vec<Overlap> = unions.collect();
    if unions.contains(&Overlap::No) {
        return Overlap::No;
    }
    // A schema that says nothing stands for one that nobody wrote.
    let is_stated =
        new.types.is_some() || !new.required.is_empty() || !new.unions.is_empty() || new.closed_values().is_some();
    let is_open = is_stated && new.bounds.is_empty() && new.pattern.is_none() && new.constraints.is_empty();
    let is_certain = is_open && properties == Overlap::Yes && unions.iter().all(|overlap| *overlap == Overlap::Yes);
    if is_certain { Overlap::Yes } else { Overlap::Unknown }
}

fn are_apart(old: Option<&BTreeSet<Type<'_>>>, new: Option<&BTreeSet<Type<'_>>>) -> bool {
    let are_alike = |old: &str, new: &str| {
        old == new
            || [old, new].contains(&"any")
            || ["integer", "number"].contains(&old) && ["integer", "number"].contains(&new)
    };
    match (old, new) {
        (Some(old), Some(new)) => !old.iter().any(|(old, _)| new.iter().any(|(new, _)| are_alike(old, new))),
        _ => false,
    }
}

/// The overlap of objects. An optional property decides nothing, since the client may omit it, and neither does one that
/// the server ignores.
fn overlap_of_properties<'a>(
    old: &Schema<'a>,
    new: &Schema<'a>,
    is_ignored: impl Fn(&Location<'a>) -> bool,
    within: impl Fn(&Location<'a>, &Location<'a>) -> Overlap,
) -> Overlap {
    let mut overlap = Overlap::Yes;
    let mut note = |found: Overlap| match found {
        Overlap::No => overlap = Overlap::No,
        Overlap::Unknown if overlap == Overlap::Yes => overlap = Overlap::Unknown,
        _ => {}
    };
    for name in new.required.iter().filter(|name| !new.properties.get(*name).is_some_and(&is_ignored)) {
        match (old.properties.get(name), new.properties.get(name)) {
            (None, _) if !old.is_map() => note(Overlap::No),
            (Some(sent), Some(other)) => note(within(sent, other)),
            _ => {}
        }
    }
    for name in &old.required {
        let Some(sent) = old.properties.get(name) else { continue };
        match (new.properties.get(name), &new.additional) {
            (Some(other), _) | (None, Additional::Of(other)) => note(within(sent, other)),
            (None, Additional::Closed) if new.has_properties_by_pattern() => note(Overlap::Unknown),
            (None, Additional::Closed) => note(Overlap::No),
            (None, _) => {}
        }
    }
    overlap
}
