//! Collects the errors of parts that fail independently, so that one run reports them all.

use std::collections::BTreeSet;
use std::fmt;

use anyhow::{Error, Result};

use super::located::Located;

/// The errors so far.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    located: Vec<Located>,
    known: BTreeSet<Located>,
    /// The first error that is about no location. It is the fault of no part.
    other: Option<Error>,
}

impl Errors {
    /// Takes the value out of a result, or its errors.
    pub(crate) fn take<T>(&mut self, result: Result<T>) -> Option<T> {
        let error = match result {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        match located(&error) {
            [] => drop(self.other.get_or_insert(error)),
            errors => errors.iter().for_each(|error| self.add(error.clone())),
        }
        None
    }

    /// Adds one error.
    pub(crate) fn add(&mut self, error: Located) {
        // Shared parts fail wherever they are used.
        if self.known.insert(error.clone()) {
            self.located.push(error);
        }
    }

    /// Returns all errors as one.
    pub(crate) fn finish(mut self) -> Result<()> {
        match (self.other, self.located.len()) {
            (Some(other), _) => Err(other),
            (None, 0) => Ok(()),
            (None, 1) => Err(self.located.remove(0).into()),
            (None, _) => Err(Several(self.located).into()),
        }
    }
}

/// Errors about several locations of a document. Prints as the first of them, and how many there are.
#[derive(Debug)]
pub struct Several(Vec<Located>);

impl fmt::Display for Several {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (the first of {} errors)", self.0[0], self.0.len())
    }
}

impl std::error::Error for Several {}

/// The errors about locations that an error consists of; none if it is about no location.
#[must_use]
pub fn located(error: &Error) -> &[Located] {
    match (error.downcast_ref::<Several>(), error.downcast_ref::<Located>()) {
        (Some(Several(all)), _) => all,
        (None, Some(one)) => std::slice::from_ref(one),
        (None, None) => &[],
    }
}

/// As [`located`], to be changed.
pub(crate) fn located_mut(error: &mut Error) -> &mut [Located] {
    if error.is::<Several>() {
        return error.downcast_mut::<Several>().map_or(&mut [], |several| &mut several.0);
    }
    error.downcast_mut::<Located>().map_or(&mut [], std::slice::from_mut)
}
