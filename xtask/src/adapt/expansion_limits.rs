//! Limits how much the generator has to merge. It writes `allOf` out part by part, with the parts of parts, and
//! choices among them in every combination of their branches: few lines can ask for more than any machine can hold.
//!
//! Drop when typify merges schemas in bounded time and memory.

use std::collections::{BTreeSet, HashMap};

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use super::walk::{COMPOSITION, holds_values};
use crate::document::errors::Errors;
use crate::document::pointer::Pointer;

/// How many schemas may be merged into one, each counted as often as it is a part.
const MAX_PARTS: usize = 1_000;

/// How many combinations of branches the choices of one schema may have: of each, the generator makes a type that is
/// none of the others.
const MAX_COMBINATIONS: usize = 16;

/// How many branches one choice may have.
const MAX_BRANCHES: usize = 1_000;

/// How deep `allOf`, `anyOf`, `oneOf` and references may lead to each other: the generator merges them all.
const MAX_DEPTH: usize = 100;

/// Rejects schemas of more parts than the generator can hold, in a document whose schemas do not contain themselves.
pub(super) fn check_parts(document: &Value) -> Result<()> {
    each(document, &|size, _, at| {
        if size.parts > MAX_PARTS {
            bail!(at.fixable(format!(
                "merged from more than {MAX_PARTS} schemas, each counted as often as it is a part, which is more \
                 than the generator can hold"
            )));
        }
        Ok(())
    })
}

/// Rejects choices that the generator would compare for ever. It runs after the repairs, which remove some choices.
pub(super) fn check_choices(document: &Value) -> Result<()> {
    each(document, &|size, schema, at| {
        if schema.contains_key("allOf") && size.choices > 1 && size.ways > MAX_COMBINATIONS {
            bail!(at.fixable(format!(
                "the choices among its parts have more than {MAX_COMBINATIONS} combinations, which is more than \
                 the generator can hold"
            )));
        }
        for keyword in CHOICES {
            if schema.get(keyword).and_then(Value::as_array).is_some_and(|branches| branches.len() > MAX_BRANCHES) {
                bail!(
                    at.child(keyword)
                        .fixable(format!("more than {MAX_BRANCHES} branches are more than the generator can hold"))
                );
            }
        }
        Ok(())
    })
}

const CHOICES: [&str; 2] = ["anyOf", "oneOf"];

/// The size of a schema after the merge.
#[derive(Clone, Copy)]
struct Size {
    parts: usize,
    /// The combinations of branches, one from each choice.
    ways: usize,
    /// How many choices are combined.
    choices: usize,
}

type Check<'c> = &'c dyn Fn(Size, &Map<String, Value>, &Pointer) -> Result<()>;

fn each(document: &Value, check: Check) -> Result<()> {
    let mut errors = Errors::default();
    Sizes { document, known: HashMap::new() }.below(document, &Pointer::root(), check, &mut errors);
    errors.finish()
}

struct Sizes<'a> {
    document: &'a Value,
    /// By reference: what many refer to is measured once.
    known: HashMap<&'a str, Size>,
}

impl<'a> Sizes<'a> {
    fn below(&mut self, value: &'a Value, at: &Pointer, check: Check, errors: &mut Errors) {
        match value {
            Value::Object(members) => {
                if members.keys().any(|name| COMPOSITION.contains(&name.as_str())) {
                    errors.take(check(self.size(value), members, at));
                }
                let inner = members.iter().filter(|(_, value)| holds_values(value));
                inner.for_each(|(name, value)| self.below(value, &at.child(name), check, errors));
            }
            Value::Array(items) => {
                let inner = items.iter().enumerate().filter(|(_, value)| holds_values(value));
                inner.for_each(|(index, value)| self.below(value, &at.child(index), check, errors));
            }
            _ => {}
        }
    }

    fn size(&mut self, schema: &'a Value) -> Size {
        let mut size = Size { parts: 1, ways: 1, choices: 0 };
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            if let Some(known) = self.known.get(reference) {
                return *known;
            }
            let target = Pointer::of_reference(reference).ok().and_then(|target| target.find(self.document));
            size = target.map_or(size, |target| self.size(target));
            self.known.insert(reference, size);
            return size;
        }
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            let part = self.size(part);
            size.parts = size.parts.saturating_add(part.parts);
            size.ways = size.ways.saturating_mul(part.ways);
            size.choices = size.choices.saturating_add(part.choices);
        }
        for branches in CHOICES.iter().filter_map(|keyword| schema.get(*keyword)?.as_array()) {
            let (mut ways, mut parts, mut choices) = (0_usize, 0, 0);
            for branch in branches {
                let branch = self.size(branch);
                ways = ways.saturating_add(branch.ways);
                parts = parts.max(branch.parts);
                choices = choices.max(branch.choices);
            }
            size.parts = size.parts.saturating_add(parts);
            size.ways = size.ways.saturating_mul(ways);
            // A choice within a choice has its branches beside the other's.
            size.choices = size.choices.saturating_add(choices.max(1));
        }
        size
    }
}

/// Rejects a schema that is made of itself: it has no values, and the generator would not end.
pub(super) fn check_endless(document: &Value) -> Result<()> {
    let at = Pointer::schemas();
    let schemas = at.find(document).and_then(Value::as_object);
    let mut sound = BTreeSet::new();
    let mut errors = Errors::default();
    for name in schemas.into_iter().flat_map(Map::keys) {
        errors.take(follow(document, &at.child(name), &mut Vec::new(), &mut sound));
    }
    errors.finish()
}

fn follow(document: &Value, at: &Pointer, path: &mut Vec<Pointer>, sound: &mut BTreeSet<Pointer>) -> Result<()> {
    if sound.contains(at) {
        return Ok(());
    }
    if path.contains(at) {
        bail!(at.error("the schema is made of itself, so no value can be written"));
    }
    if path.len() > MAX_DEPTH {
        bail!(at.fixable(format!("composed of more than {MAX_DEPTH} schemas in each other")));
    }
    path.push(at.clone());
    if let Some(schema) = at.find(document) {
        for part in parts(schema) {
            follow(document, &part, path, sound)?;
        }
    }
    path.pop();
    sound.insert(at.clone());
    Ok(())
}

/// The schemas whose values are values of this one too.
fn parts(schema: &Value) -> Vec<Pointer> {
    let mut found: Vec<Pointer> =
        schema.get("$ref").and_then(Value::as_str).and_then(|r| Pointer::of_reference(r).ok()).into_iter().collect();
    for keyword in COMPOSITION {
        found.extend(schema.get(keyword).and_then(Value::as_array).into_iter().flatten().flat_map(parts));
    }
    found
}
