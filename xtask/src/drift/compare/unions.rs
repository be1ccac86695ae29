//! Compares `oneOf` and `anyOf`: branches are matched by reference, by content, by title, and then by compatibility.

use std::collections::HashMap;
use std::hash::Hash;

use super::overlap::{self, Overlap};
use super::{Comparison, Direction, Pair, SchemaContext, Schemas, Site};
use crate::document::extensions;
use crate::drift::read::Location;
use crate::drift::read::schema::Schema;
use crate::drift::read::unions::Union;
use crate::drift::rules;

/// The number of unmatched branches up to which each is tried with each.
const MAX_TRIED: usize = 24;

/// Whether nothing breaks if the base of a pair becomes the revision.
pub(super) type Compatible<'s, 'a> = fn(&Comparison<'s, 'a>, &Pair<'a>) -> bool;

/// Compares the unions of two schemas. Returns whether the rest of the schemas needs no comparison.
pub(super) fn compare<'s, 'a>(
    comparison: &mut Comparison<'s, 'a>,
    schemas: &Schemas<'_, 'a>,
    compatible: Compatible<'s, 'a>,
) -> bool {
    match (schemas.old.unions.as_slice(), schemas.new.unions.as_slice()) {
        ([], []) => false,
        ([old], []) if schemas.old.is_only_a_union() => {
            compare_with_one(comparison, schemas, old, compatible);
            true
        }
        ([], [new]) if schemas.new.is_only_a_union() => {
            compare_one_with(comparison, schemas, new, compatible);
            true
        }
        (old, new) => {
            for index in 0..old.len().max(new.len()) {
                match (old.get(index), new.get(index)) {
                    (Some(old), Some(new)) => compare_branches(comparison, schemas, (old, new), compatible),
                    // One condition less allows more values.
                    (Some(old), None) => {
                        let rule = schemas.rule(rules::ALTERNATIVE_ADDED);
                        comparison.report(schemas.site, rule, format!("{} removed", old.keyword));
                    }
                    (None, Some(new)) => {
                        let rule = schemas.rule(rules::ALTERNATIVE_REMOVED);
                        comparison.report(schemas.site, rule, format!("{} added", new.keyword));
                    }
                    (None, None) => {}
                }
            }
            false
        }
    }
}

/// Compares a union with the one schema that replaced it.
fn compare_with_one<'s, 'a>(
    comparison: &mut Comparison<'s, 'a>,
    schemas: &Schemas<'_, 'a>,
    old: &Union<'a>,
    compatible: Compatible<'s, 'a>,
) {
    let only = schemas.site.revision;
    let context = schemas.context.alternative();
    let mut kept = None;
    for branch in &old.branches {
        let fits = |comparison: &Comparison<'s, 'a>| compatible(comparison, &Pair::new(branch, only, context));
        if kept.is_none() && fits(comparison) {
            kept = Some(branch);
        } else if context.direction == Direction::Response || !fits(comparison) {
            let site = Site { base: branch, ..schemas.site };
            comparison.report(site, context.rule(rules::ALTERNATIVE_REMOVED), name(branch));
        }
    }
    let similar = || old.branches.iter().find(|branch| are_similar(comparison, branch, only));
    match kept.or_else(similar) {
        Some(branch) => comparison.enqueue(schemas.site.node, Pair::new(branch, only, context)),
        None if context.direction == Direction::Response => {
            comparison.report(schemas.site, context.rule(rules::ALTERNATIVE_ADDED), name(only));
        }
        None => {}
    }
}

/// Compares one schema with the union that replaced it.
fn compare_one_with<'s, 'a>(
    comparison: &mut Comparison<'s, 'a>,
    schemas: &Schemas<'_, 'a>,
    new: &Union<'a>,
    compatible: Compatible<'s, 'a>,
) {
    let only = schemas.site.base;
    let context = SchemaContext { body: schemas.context.body, ..schemas.context.alternative() };
    let mut kept = None;
    for branch in &new.branches {
        let fits = compatible(comparison, &Pair::new(only, branch, context));
        if kept.is_none() && fits {
            kept = Some(branch);
        } else if context.direction == Direction::Request || !fits {
            let site = Site { revision: branch, ..schemas.site };
            comparison.report(site, context.rule(rules::ALTERNATIVE_ADDED), name(branch));
        }
    }
    if let (Some(kept), Direction::Request) = (kept, context.direction) {
        let others = new.branches.iter().filter(|branch| branch.address() != kept.address());
        let others: Vec<&Location<'a>> = others.collect();
        report_ambiguity(comparison, schemas, new, &[only], &others);
    }
    if kept.is_none() && context.direction == Direction::Request && holds_values(comparison, &schemas.old, new) {
        return;
    }
    let similar = || new.branches.iter().find(|branch| are_similar(comparison, only, branch));
    match kept.or_else(similar) {
        Some(branch) => comparison.enqueue(schemas.site.node, Pair::new(only, branch, context)),
        None if context.direction == Direction::Request => {
            comparison.report(schemas.site, context.rule(rules::ALTERNATIVE_REMOVED), name(only));
        }
        None => {}
    }
}

fn compare_branches<'s, 'a>(
    comparison: &mut Comparison<'s, 'a>,
    schemas: &Schemas<'_, 'a>,
    (old, new): (&Union<'a>, &Union<'a>),
    compatible: Compatible<'s, 'a>,
) {
    let site = schemas.site;
    let context = schemas.context.alternative();
    if old.keyword != new.keyword {
        let subject = format!("{} → {}", old.keyword, new.keyword);
        comparison.report(site, context.rule(rules::CONSTRAINT_CHANGED), subject);
    }
    let fits = |base: &_, revision: &_| compatible(comparison, &Pair::new(base, revision, context));
    let (matches, removed, added) = match_branches(comparison, old, new, fits);
    let is_known = |branch: &Location<'a>| {
        context.direction == Direction::Response && old.branches.iter().any(|base| fits(base, branch))
    };
    let (known, added): (Vec<_>, Vec<_>) = added.into_iter().partition(is_known);
    if context.direction == Direction::Request {
        // The branches of one `oneOf` are exclusive already.
        let are_exclusive = old.keyword == "oneOf";
        for (base, revision) in &matches {
            let others = new.branches.iter().filter(|other| other.address() != revision.address());
            let is_new = |other: &&Location<'a>| added.iter().any(|added| added.address() == other.address());
            let others: Vec<&Location<'a>> = others.filter(|other| !are_exclusive || is_new(other)).collect();
            report_ambiguity(comparison, schemas, new, &[base], &others);
        }
    }
    for revision in &known {
        comparison.report(Site { revision, ..site }, rules::RESPONSE_ALTERNATIVE_KNOWN, name(revision));
    }
    for (base, revision) in matches {
        comparison.enqueue(site.node, Pair { base, revision, context });
    }
    for base in &removed {
        comparison.report(Site { base, ..site }, context.rule(rules::ALTERNATIVE_REMOVED), name(base));
    }
    for revision in &added {
        comparison.report(Site { revision, ..site }, context.rule(rules::ALTERNATIVE_ADDED), name(revision));
    }
}

/// Reports the branches of `oneOf` that may take a value of `sent`, which another branch takes already.
fn report_ambiguity<'a>(
    comparison: &mut Comparison<'_, 'a>,
    schemas: &Schemas<'_, 'a>,
    new: &Union<'a>,
    sent: &[&Location<'a>],
    others: &[&Location<'a>],
) {
    // A discriminator names the branch.
    if new.keyword != "oneOf" || schemas.new.discriminator.is_some() {
        return;
    }
    for revision in others {
        for base in sent {
            let rule = match overlap::find(comparison, base, revision) {
                Overlap::Yes => rules::REQUEST_ALTERNATIVE_AMBIGUOUS,
                Overlap::Unknown => rules::REQUEST_ALTERNATIVE_UNCERTAIN,
                Overlap::No => continue,
            };
            comparison.report(Site { base, revision, ..schemas.site }, rule, name(revision));
        }
    }
}

/// Whether the branches together hold every value of a closed list.
fn holds_values<'a>(comparison: &Comparison<'_, 'a>, old: &Schema<'a>, new: &Union<'a>) -> bool {
    let Some(old) = old.closed_values() else { return false };
    let read = |branch| Schema::read(comparison.revision, branch).closed_values();
    let held: Vec<_> = new.branches.iter().filter_map(read).flatten().collect();
    old.iter().all(|value| held.contains(value))
}

/// Branches that are one alternative.
type Matches<'a> = Vec<(Location<'a>, Location<'a>)>;

/// Matches the branches of two unions. Returns the matches, and the branches that only the old and the new union has.
fn match_branches<'a>(
    comparison: &Comparison<'_, 'a>,
    old: &Union<'a>,
    new: &Union<'a>,
    fits: impl Fn(&Location<'a>, &Location<'a>) -> bool,
) -> (Matches<'a>, Vec<Location<'a>>, Vec<Location<'a>>) {
    let (mut old, mut new) = (old.branches.clone(), new.branches.clone());
    let mut matches = Matches::new();
    take_matches(&mut old, &mut new, &mut matches, |branch| branch.text("$ref"));
    take_matches(&mut old, &mut new, &mut matches, |branch| Some(branch.value));
    take_matches(&mut old, &mut new, &mut matches, |branch| branch.text("title"));
    if old.len().max(new.len()) <= MAX_TRIED {
        old.retain(|base| {
            let found = new.iter().position(|revision| fits(base, revision));
            matches.extend(found.map(|index| (base.clone(), new.remove(index))));
            found.is_none()
        });
    }
    // A single branch left on each side is one alternative that changed, if the two are similar.
    if let ([base], [revision]) = (old.as_slice(), new.as_slice())
        && are_similar(comparison, base, revision)
    {
        matches.push((base.clone(), revision.clone()));
        old.clear();
        new.clear();
    }
    (matches, old, new)
}

/// Moves the branches with equal `key` out of both lists into `matches`.
fn take_matches<'a, K: Eq + Hash>(
    old: &mut Vec<Location<'a>>,
    new: &mut Vec<Location<'a>>,
    matches: &mut Matches<'a>,
    key: impl Fn(&Location<'a>) -> Option<K>,
) {
    let mut waiting: HashMap<K, Vec<usize>> = HashMap::new();
    for (index, revision) in new.iter().enumerate().rev() {
        if let Some(key) = key(revision) {
            waiting.entry(key).or_default().push(index);
        }
    }
    let mut taken = vec![false; new.len()];
    old.retain(|base| {
        let found = key(base).and_then(|key| waiting.get_mut(&key)?.pop());
        if let Some(index) = found {
            taken[index] = true;
            matches.push((base.clone(), new[index].clone()));
        }
        found.is_none()
    });
    let mut taken = taken.into_iter();
    new.retain(|_| !taken.next().unwrap_or_default());
}

/// The name of a branch: its reference, its title, or its type.
fn name(branch: &Location<'_>) -> String {
    let reference = branch.text("$ref").and_then(|reference| reference.rsplit('/').next());
    let name = reference.or_else(|| branch.text("title")).or_else(|| branch.text("type"));
    format!("`{}`", name.unwrap_or("an alternative"))
}

/// Whether the revision can be the base after a change: the types are equal, and the schemas not disjoint.
fn are_similar<'a>(comparison: &Comparison<'_, 'a>, base: &Location<'a>, revision: &Location<'a>) -> bool {
    let (old, new) = (Schema::read(comparison.base, base), Schema::read(comparison.revision, revision));
    old.types == new.types && !are_disjoint(&old, &new)
}

/// Whether two objects have no property in common. They decode as each other and still are different things.
pub(super) fn are_disjoint(old: &Schema<'_>, new: &Schema<'_>) -> bool {
    !old.extensions.contains_key(&(extensions::UNWRAP, 0))
        && !old.properties.is_empty()
        && !new.properties.is_empty()
        && !old.properties.keys().any(|key| new.properties.contains_key(key))
}
