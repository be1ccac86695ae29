//! Compares `oneOf` and `anyOf`: branches are matched by reference, by content, by title, and then by compatibility.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::rc::Rc;

use super::overlap::{self, Overlap};
use super::{Comparison, Direction, Pair, SchemaContext, Schemas, Site, types};
use crate::document::extensions;
use crate::drift::read::Location;
use crate::drift::read::keywords::Type;
use crate::drift::read::numbers::normalized;
use crate::drift::read::reader::Reader;
use crate::drift::read::schema::{Additional, Schema};
use crate::drift::read::unions::Union;
use crate::drift::rules::{self, Relevance};

/// The number of unmatched branches up to which each is tried with each.
const MAX_TRIED: usize = 24;

/// How deep unions within unions are read.
const MAX_NESTED: usize = 4;

/// Whether nothing breaks if the base of a pair becomes the revision.
pub(super) type Compatible<'s, 'a> = fn(&Comparison<'s, 'a>, &Pair<'a>) -> bool;

/// Compares the unions of two schemas. Returns whether the rest of the schemas needs no comparison.
pub(super) fn compare<'s, 'a>(
    comparison: &mut Comparison<'s, 'a>,
    schemas: &Schemas<'_, 'a>,
    compatible: Compatible<'s, 'a>,
) -> bool {
    // The client's type has the properties of all groups, and needs none.
    let is_compared = |union: &&Union<'a>| schemas.context.direction == Direction::Request || !union.only_requires();
    let [old, new] = [&schemas.old, &schemas.new].map(|it| it.unions.iter().filter(is_compared).collect::<Vec<_>>());
    match (old.as_slice(), new.as_slice()) {
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
                match (old.get(index).copied(), new.get(index).copied()) {
                    (Some(old), Some(new)) => compare_branches(comparison, schemas, (old, new), compatible),
                    // One condition less allows more values.
                    (Some(old), None) => {
                        let rule = schemas.rule(rules::ALTERNATIVE_ADDED);
                        comparison.report(schemas.site, rule, format!("{} removed", old.keyword));
                    }
                    (None, Some(new)) if accepts_as_one(comparison, schemas, new, compatible) => {
                        let rule = rules::REQUEST_ALTERNATIVE_ACCEPTED;
                        comparison.report(schemas.site, rule, format!("{} added", new.keyword));
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

/// Whether one branch of a union accepts whatever the client sends, and no other branch takes it too.
fn accepts_as_one<'s, 'a>(
    comparison: &Comparison<'s, 'a>,
    schemas: &Schemas<'_, 'a>,
    new: &Union<'a>,
    compatible: Compatible<'s, 'a>,
) -> bool {
    let (old, context) = (&schemas.old, schemas.context.alternative());
    let accepts = |branch: &&Location<'a>| {
        let new = comparison.revision.schema(branch);
        let is_open = matches!(new.additional, Additional::Unstated | Additional::Any);
        let is_plain = new.unions.is_empty() && new.closed_values().is_none() && new.pattern.is_none();
        let fits = |(name, revision): (&&'a str, &Location<'a>)| match old.properties.get(name) {
            Some(base) => compatible(comparison, &Pair::new(base, revision, context)),
            None => !old.is_map(),
        };
        is_plain
            && new.bounds.is_empty()
            && new.constraints.is_empty()
            && types::accepts(&new, old, context.plain)
            && new.required.is_subset(&old.required)
            && (is_open || old.properties.keys().all(|name| new.properties.contains_key(name)))
            && new.properties.iter().all(fits)
    };
    let Some(taken) = new.branches.iter().find(accepts) else { return false };
    let mut others = new.branches.iter().filter(|branch| branch.address() != taken.address());
    let is_exclusive = |other: &Location<'a>| overlap::find(comparison, schemas.site.base, other) == Overlap::No;
    context.direction == Direction::Request && (new.keyword != "oneOf" || others.all(is_exclusive))
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
    let is_held = || holds_values(comparison, &schemas.old, new) || holds_types(comparison, &schemas.old, new);
    if kept.is_none() && context.direction == Direction::Request && is_held() {
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
    let mut context = schemas.context.alternative();
    if context.direction == Direction::Response && is_unread(comparison, old) {
        context.relevance = Relevance::Unchecked;
    }
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
    let is_accepted = |branch: &Location<'a>| {
        context.direction == Direction::Request && new.branches.iter().any(|revision| fits(branch, revision))
    };
    let (accepted, removed): (Vec<_>, Vec<_>) = removed.into_iter().partition(is_accepted);
    let is_decoded_by_another = |comparison: &Comparison<'s, 'a>, base: &Location<'a>, revision: &Location<'a>| {
        let fits = |base: &_| compatible(comparison, &Pair::new(base, revision, context));
        context.direction == Direction::Response && !fits(base) && old.branches.iter().any(fits)
    };
    if context.direction == Direction::Request {
        for (base, revision) in &matches {
            let others = new.branches.iter().filter(|other| other.address() != revision.address());
            // Where two branches of the base take a value, nobody relies on the call.
            let is_new = |other: &&Location<'a>| {
                let counterpart = matches.iter().find(|(_, revision)| revision.address() == other.address());
                let was_exclusive = |(other, _): &(Location<'a>, Location<'a>)| {
                    overlap::find_in_base(comparison, base, other) == Overlap::No
                };
                old.keyword != "oneOf" || counterpart.is_none_or(was_exclusive)
            };
            let others: Vec<&Location<'a>> = others.filter(is_new).collect();
            report_ambiguity(comparison, schemas, new, &[base], &others);
        }
    }
    for base in &accepted {
        comparison.report(Site { base, ..site }, rules::REQUEST_ALTERNATIVE_ACCEPTED, name(base));
    }
    for revision in &known {
        comparison.report(Site { revision, ..site }, rules::RESPONSE_ALTERNATIVE_KNOWN, name(revision));
    }
    for (base, revision) in matches {
        if is_decoded_by_another(comparison, &base, &revision) {
            comparison.report(
                Site { base: &base, revision: &revision, ..site },
                rules::RESPONSE_ALTERNATIVE_KNOWN,
                name(&revision),
            );
        } else {
            comparison.enqueue(site.node, Pair { base, revision, context });
        }
    }
    for base in &removed {
        comparison.report(Site { base, ..site }, context.rule(rules::ALTERNATIVE_REMOVED), name(base));
    }
    for revision in &added {
        let rule = context.relevance.adjust(context.rule(rules::ALTERNATIVE_ADDED));
        comparison.report(Site { revision, ..site }, rule, name(revision));
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

/// Whether the client keeps a value of the union as it came, because no type is sure to tell the branches apart.
fn is_unread<'a>(comparison: &Comparison<'_, 'a>, union: &Union<'a>) -> bool {
    let schemas: Vec<Rc<Schema<'a>>> = union.branches.iter().map(|branch| comparison.base.schema(branch)).collect();
    let only = |schema: &Schema<'a>, kind: &str| {
        schema.types.as_ref().is_some_and(|types| types.iter().all(|(name, _)| *name == kind))
    };
    let takes_any = |schema: &&Rc<Schema<'a>>| only(schema, "object") && schema.required.is_empty();
    let says_nothing = |schema: &Rc<Schema<'a>>| schema.types.is_none() && schema.unions.is_empty();
    schemas.iter().any(says_nothing)
        || schemas.iter().filter(takes_any).count() > 1
        || schemas.iter().filter(|schema| only(schema, "array")).count() > 1
}

/// Whether the branches together hold every value of a closed list.
fn holds_values<'a>(comparison: &Comparison<'_, 'a>, old: &Schema<'a>, new: &Union<'a>) -> bool {
    let Some(old) = old.closed_values() else { return false };
    let read = |branch| comparison.revision.schema(branch).closed_values();
    let held: Vec<_> = new.branches.iter().filter_map(read).flatten().map(normalized).collect();
    old.iter().all(|value| held.contains(&normalized(value)))
}

/// Whether the branches together hold every value of several types that nothing restricts.
fn holds_types<'a>(comparison: &Comparison<'_, 'a>, old: &Schema<'a>, new: &Union<'a>) -> bool {
    let types = old.types.as_ref().filter(|types| types.len() > 1 && is_only_typed(old));
    types.is_some_and(|types| types.is_subset(&unrestricted_types(comparison.revision, new, MAX_NESTED)))
}

/// The types of the branches that restrict nothing else, and of those of the unions among them.
fn unrestricted_types<'a>(document: &Reader<'a>, union: &Union<'a>, depth: usize) -> BTreeSet<Type<'a>> {
    let read = |branch: &Location<'a>| {
        let schema = document.schema(branch);
        match schema.unions.first().filter(|_| depth > 0 && schema.is_only_a_union()) {
            Some(union) => unrestricted_types(document, union, depth - 1),
            None => schema.types.clone().filter(|_| is_only_typed(&schema)).unwrap_or_default(),
        }
    };
    union.branches.iter().flat_map(read).collect()
}

fn is_only_typed(schema: &Schema<'_>) -> bool {
    schema.properties.is_empty()
        && schema.items.is_none()
        && schema.closed_values().is_none()
        && schema.bounds.is_empty()
        && schema.pattern.is_none()
        && schema.constraints.is_empty()
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
    let (old, new) = (comparison.base.schema(base), comparison.revision.schema(revision));
    old.types == new.types && !are_disjoint(&old, &new)
}

/// Whether two objects have no property in common. They decode as each other and still are different things.
pub(super) fn are_disjoint(old: &Schema<'_>, new: &Schema<'_>) -> bool {
    !old.extensions.contains_key(&(extensions::UNWRAP, 0))
        && !old.properties.is_empty()
        && !new.properties.is_empty()
        && !old.properties.keys().any(|key| new.properties.contains_key(key))
}
