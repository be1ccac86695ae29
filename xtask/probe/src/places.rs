//! Which schemas of a document speak of which value: through references, `allOf` and the branches that fit.

use std::collections::HashMap;
use std::rc::Rc;

use anyhow::{Result, anyhow, bail};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Value, json};
use xtask::pointer::Pointer;

use crate::document::Document;
use crate::infer::{TIME, is_time};

/// Schemas within schemas for one value; deeper than this, they lead back to themselves.
const MAX_DEPTH: usize = 64;

/// A schema that speaks of a value.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    /// Where the value's schema is written, be it a reference.
    pub(crate) at: Pointer,
    /// Where what it refers to is.
    pub(crate) target: Pointer,
    /// The schema there.
    pub(crate) schema: &'a Value,
}

/// The schemas of a document, compiled when they are needed.
pub(crate) struct Schemas<'a> {
    document: &'a Document,
    compiled: HashMap<Pointer, Rc<Validator>>,
}

impl<'a> Schemas<'a> {
    pub(crate) fn new(document: &'a Document) -> Self {
        Self { document, compiled: HashMap::new() }
    }

    /// Everything that the schema at `at` says of `value`: the schema itself, what it refers to, all of `allOf`, and of
    /// `anyOf` and `oneOf` the branches that `value` satisfies, or else the nearest.
    pub(crate) fn places(&mut self, at: Pointer, value: &Value) -> Result<Vec<Place<'a>>> {
        let mut places = Vec::new();
        self.collect(at, value, &mut places, 0)?;
        Ok(places)
    }

    /// The same for several schemas of one value.
    pub(crate) fn all(&mut self, schemas: Vec<Pointer>, value: &Value) -> Result<Vec<Place<'a>>> {
        let mut places = Vec::new();
        for at in schemas {
            self.collect(at, value, &mut places, 0)?;
        }
        Ok(places)
    }

    fn collect(&mut self, at: Pointer, value: &Value, places: &mut Vec<Place<'a>>, depth: usize) -> Result<()> {
        if depth == MAX_DEPTH {
            bail!("{at}: leads back to itself");
        }
        let document = self.document;
        let (target, schema) = document.follow(at.clone())?;
        if let Some(rule) = ["patternProperties", "propertyNames"].iter().find(|rule| schema.get(**rule).is_some()) {
            bail!("{target}: {rule}: its keys are data, so the probe cannot compare a response with it");
        }
        places.push(Place { at, target: target.clone(), schema });
        if let Some(reference) = schema["$ref"].as_str() {
            self.collect(Pointer::of_reference(reference)?, value, places, depth + 1)?;
        }
        for index in 0..schema["allOf"].as_array().map_or(0, Vec::len) {
            self.collect(target.child("allOf").child(index), value, places, depth + 1)?;
        }
        for keyword in ["anyOf", "oneOf"] {
            let Some(branches) = schema[keyword].as_array() else { continue };
            let mut errors = Vec::new();
            let present = document.present(value);
            for index in 0..branches.len() {
                let branch = target.child(keyword).child(index);
                let validator = self.validator(&branch)?;
                errors.push((validator.iter_errors(&present).map(|error| flat(&error).len()).sum::<usize>(), branch));
            }
            // The first of the nearest, if none fits: as `flat` takes it.
            let least = errors.iter().map(|(n, _)| *n).min().unwrap_or_default();
            let chosen = errors.into_iter().filter(|(n, _)| *n == least);
            for (_, branch) in chosen.take(if least == 0 { usize::MAX } else { 1 }) {
                self.collect(branch, value, places, depth + 1)?;
            }
        }
        Ok(())
    }

    /// The compiled schema at a place.
    pub(crate) fn validator(&mut self, at: &Pointer) -> Result<Rc<Validator>> {
        if let Some(known) = self.compiled.get(at) {
            return Ok(Rc::clone(known));
        }
        let document = self.document.value();
        let schema = at.find(document).ok_or_else(|| anyhow!("{at}: not there"))?;
        let root = json!({ "allOf": [schema], "components": document["components"], "paths": document["paths"] });
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .with_format(TIME, is_time)
            .build(&root)
            .map_err(|error| anyhow!("{at}: {error}"))?;
        let validator = Rc::new(validator);
        self.compiled.insert(at.clone(), Rc::clone(&validator));
        Ok(validator)
    }
}

/// The errors behind an error: the errors of the nearest branch, if no branch fits.
pub(crate) fn flat<'e>(error: &'e ValidationError<'_>) -> Vec<&'e ValidationError<'e>> {
    match error.kind() {
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let branches = context.iter().map(|errors| errors.iter().flat_map(flat).collect::<Vec<_>>());
            branches.min_by_key(Vec::len).unwrap_or_else(|| vec![error])
        }
        _ => vec![error],
    }
}

/// How schemas describe a property.
pub(crate) enum Within {
    /// These speak of it, and one by its name.
    Named(Vec<Pointer>),
    /// These speak of it, whatever it is called.
    Mapped(Vec<Pointer>),
    /// It may be there, and be anything.
    Anything,
    Nothing,
}

pub(crate) fn within(places: &[Place<'_>], name: &str) -> Within {
    let mut found = Vec::new();
    let (mut is_named, mut is_open) = (false, false);
    for Place { target, schema, .. } in places {
        let additional = schema.get("additionalProperties");
        if schema["properties"].get(name).is_some() {
            is_named = true;
            found.push(target.child("properties").child(name));
        } else if additional.is_some_and(Value::is_object) {
            found.push(target.child("additionalProperties"));
        } else {
            is_open |= additional == Some(&Value::Bool(true)) || is_silent(schema);
        }
    }
    match found {
        found if is_named => Within::Named(found),
        found if !found.is_empty() => Within::Mapped(found),
        _ if is_open => Within::Anything,
        _ => Within::Nothing,
    }
}

/// Whether a schema says nothing of what an object holds, and leaves it to no other.
fn is_silent(schema: &Value) -> bool {
    const SAYING: [&str; 6] = ["properties", "additionalProperties", "$ref", "allOf", "anyOf", "oneOf"];
    SAYING.iter().all(|keyword| schema.get(*keyword).is_none())
}
