//! Alternatives: `oneOf` and `anyOf`, matched by name, by content, by title, and at last by what fits.

use std::collections::HashMap;
use std::hash::Hash;

use super::compare::{Comparison, Direction, Pair, key};
use super::rules;
use super::schema::{Schema, Union};
use super::schemas::Compared;
use super::side::Place;
use crate::document::extensions;

/// How many trials may be within trials; alternatives deeper than that fit only if they are the same.
const MAX_DEPTH: usize = 6;

/// How many alternatives without a counterpart are tried, each with each.
const MAX_TRIED: usize = 24;

/// Compares the alternatives of two schemas. Returns whether that is all there is to compare.
pub(super) fn compare<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>) -> bool {
    match (pair.old.unions.as_slice(), pair.new.unions.as_slice()) {
        ([], []) => false,
        ([old], []) if pair.old.is_only_a_union() => {
            narrowed(comparison, pair, old);
            true
        }
        ([], [new]) if pair.new.is_only_a_union() => {
            widened(comparison, pair, new);
            true
        }
        (old, new) => {
            for index in 0..old.len().max(new.len()) {
                match (old.get(index), new.get(index)) {
                    (Some(old), Some(new)) => branches(comparison, pair, old, new),
                    (Some(old), None) => each(comparison, pair, old, false),
                    (None, Some(new)) => each(comparison, pair, new, true),
                    (None, None) => {}
                }
            }
            false
        }
    }
}

/// What was one of several is now one alone.
fn narrowed<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>, old: &Union<'a>) {
    let alone = pair.places.1;
    let role = pair.role.alternative();
    let mut kept = None;
    for branch in &old.branches {
        if kept.is_none() && fits(comparison, &(branch.clone(), alone.clone(), role)) {
            kept = Some(branch);
        } else if pair.role.direction == Direction::Response
            || !fits(comparison, &(branch.clone(), alone.clone(), role))
        {
            let rule = role.rule(rules::REQUEST_ALTERNATIVE_REMOVED, rules::RESPONSE_ALTERNATIVE_REMOVED);
            comparison.add(pair.node, rule, name(branch), Some(branch), Some(alone), (None, None));
        }
    }
    let akin = || old.branches.iter().find(|branch| are_akin(comparison, branch, alone));
    match kept.or_else(akin) {
        Some(branch) => comparison.schemas(pair.node, (branch.clone(), alone.clone(), role)),
        None if pair.role.direction == Direction::Response => {
            comparison.add(
                pair.node,
                rules::RESPONSE_ALTERNATIVE_ADDED,
                name(alone),
                Some(pair.places.0),
                Some(alone),
                (None, None),
            );
        }
        None => {}
    }
}

/// What was alone is now one of several.
fn widened<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>, new: &Union<'a>) {
    let alone = pair.places.0;
    let role = pair.role.alternative();
    let mut kept = None;
    for branch in &new.branches {
        let does_fit = fits(comparison, &(alone.clone(), branch.clone(), role));
        if kept.is_none() && does_fit {
            kept = Some(branch);
        } else if pair.role.direction == Direction::Request || !does_fit {
            let rule = role.rule(rules::REQUEST_ALTERNATIVE_ADDED, rules::RESPONSE_ALTERNATIVE_ADDED);
            comparison.add(pair.node, rule, name(branch), Some(alone), Some(branch), (None, None));
        }
    }
    let akin = || new.branches.iter().find(|branch| are_akin(comparison, alone, branch));
    match kept.or_else(akin) {
        Some(branch) => comparison.schemas(pair.node, (alone.clone(), branch.clone(), role)),
        None if pair.role.direction == Direction::Request => {
            comparison.add(
                pair.node,
                rules::REQUEST_ALTERNATIVE_REMOVED,
                name(alone),
                Some(alone),
                Some(pair.places.1),
                (None, None),
            );
        }
        None => {}
    }
}

/// A whole union that came or went beside what the schema says otherwise.
fn each<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>, union: &Union<'a>, added: bool) {
    // One more condition narrows what is allowed, and one less widens it.
    let rule = match (added, pair.role.direction) {
        (true, Direction::Request) => rules::REQUEST_ALTERNATIVE_REMOVED,
        (true, Direction::Response) => rules::RESPONSE_ALTERNATIVE_REMOVED,
        (false, Direction::Request) => rules::REQUEST_ALTERNATIVE_ADDED,
        (false, Direction::Response) => rules::RESPONSE_ALTERNATIVE_ADDED,
    };
    let subject = format!("{} {}", union.keyword, if added { "added" } else { "removed" });
    comparison.add(pair.node, rule, subject, Some(pair.places.0), Some(pair.places.1), (None, None));
}

fn branches<'a>(comparison: &mut Comparison<'_, 'a>, pair: &Compared<'_, 'a>, old: &Union<'a>, new: &Union<'a>) {
    let role = pair.role.alternative();
    if old.keyword != new.keyword {
        let both = (rules::REQUEST_CONSTRAINT_CHANGED, rules::RESPONSE_CONSTRAINT_CHANGED);
        pair.report(comparison, role.rule(both.0, both.1), format!("{} → {}", old.keyword, new.keyword), (None, None));
    }
    let mut before: Vec<Place<'a>> = old.branches.clone();
    let mut now: Vec<Place<'a>> = new.branches.clone();
    let mut pairs: Vec<(Place<'a>, Place<'a>)> = Vec::new();
    take(&mut before, &mut now, &mut pairs, |place| place.text("$ref"));
    take(&mut before, &mut now, &mut pairs, |place| Some(place.value));
    take(&mut before, &mut now, &mut pairs, |place| place.text("title"));
    if before.len().max(now.len()) <= MAX_TRIED {
        before.retain(|old| {
            let fitting = now.iter().position(|new| fits(comparison, &(old.clone(), new.clone(), role)));
            pairs.extend(fitting.map(|index| (old.clone(), now.remove(index))));
            fitting.is_none()
        });
    }
    // One against one is the same alternative, changed, if both are of one kind.
    if let ([gone], [come]) = (before.as_slice(), now.as_slice())
        && are_akin(comparison, gone, come)
    {
        pairs.push((gone.clone(), come.clone()));
        before.clear();
        now.clear();
    }
    for (base, revision) in pairs {
        comparison.schemas(pair.node, (base, revision, role));
    }
    for gone in &before {
        let rule = role.rule(rules::REQUEST_ALTERNATIVE_REMOVED, rules::RESPONSE_ALTERNATIVE_REMOVED);
        comparison.add(pair.node, rule, name(gone), Some(gone), Some(pair.places.1), (None, None));
    }
    for come in &now {
        let rule = role.rule(rules::REQUEST_ALTERNATIVE_ADDED, rules::RESPONSE_ALTERNATIVE_ADDED);
        comparison.add(pair.node, rule, name(come), Some(pair.places.0), Some(come), (None, None));
    }
}

/// Moves what has the same `key` from both lists into `pairs`.
fn take<'a, K: Eq + Hash>(
    before: &mut Vec<Place<'a>>,
    now: &mut Vec<Place<'a>>,
    pairs: &mut Vec<(Place<'a>, Place<'a>)>,
    key: impl Fn(&Place<'a>) -> Option<K>,
) {
    let mut waiting: HashMap<K, Vec<usize>> = HashMap::new();
    for (index, new) in now.iter().enumerate().rev() {
        if let Some(key) = key(new) {
            waiting.entry(key).or_default().push(index);
        }
    }
    let mut taken = vec![false; now.len()];
    before.retain(|old| {
        let found = key(old).and_then(|key| waiting.get_mut(&key)?.pop());
        if let Some(index) = found {
            taken[index] = true;
            pairs.push((old.clone(), now[index].clone()));
        }
        found.is_none()
    });
    let mut taken = taken.into_iter();
    now.retain(|_| !taken.next().unwrap_or_default());
}

/// What an alternative is called: its reference, its title, or its type.
fn name(place: &Place<'_>) -> String {
    let reference = place.text("$ref").and_then(|reference| reference.rsplit('/').next());
    let described = reference.or_else(|| place.text("title")).or_else(|| place.text("type"));
    format!("`{}`", described.unwrap_or("an alternative"))
}

/// Whether the second can be the first, changed: of the same type, and no strangers.
fn are_akin<'a>(comparison: &Comparison<'_, 'a>, old: &Place<'a>, new: &Place<'a>) -> bool {
    let (old, new) = (Schema::of(comparison.base, old), Schema::of(comparison.revision, new));
    old.types == new.types && !are_strangers(&old, &new)
}

/// Two objects without a property in common decode as each other and are not each other.
fn are_strangers(old: &Schema<'_>, new: &Schema<'_>) -> bool {
    !old.extensions.contains_key(&(extensions::UNWRAP, 0))
        && !old.properties.is_empty()
        && !new.properties.is_empty()
        && !old.properties.keys().any(|key| new.properties.contains_key(key))
}

/// Whether nothing breaks where the first of the pair becomes the second.
fn fits<'a>(comparison: &Comparison<'_, 'a>, pair: &Pair<'a>) -> bool {
    let (base, revision, _) = pair;
    if base.value == revision.value && base.text("$ref").is_none() {
        return true;
    }
    if comparison.depth >= MAX_DEPTH {
        return false;
    }
    if let Some(known) = comparison.trials.borrow().get(&key(pair)) {
        return *known;
    }
    let (old, new) = (Schema::of(comparison.base, base), Schema::of(comparison.revision, revision));
    let fits = !are_strangers(&old, &new) && {
        let mut trial = comparison.trial();
        let node = trial.ledger.root(None);
        trial.schemas(node, pair.clone());
        trial.run();
        !trial.breaks
    };
    comparison.trials.borrow_mut().insert(key(pair), fits);
    fits
}
