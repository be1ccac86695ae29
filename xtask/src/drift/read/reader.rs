//! Reads one of the two documents, and each of its schemas once.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;
use std::rc::Rc;

use serde_json::Value;

use super::schema::Schema;
use super::{Document, Identity, Location};
use crate::document::pointer::Pointer;

/// A document with the schemas that were read of it: many pairs and properties ask for one schema.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    document: Document<'a>,
    schemas: RefCell<HashMap<Identity, Rc<Schema<'a>>>>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(value: &'a Value) -> Self {
        Self { document: Document::new(value), schemas: RefCell::default() }
    }

    /// The schema at this location, in its normalised form.
    pub(crate) fn schema(&self, location: &Location<'a>) -> Rc<Schema<'a>> {
        let identity = location.identity();
        if let Some(known) = self.schemas.borrow().get(&identity) {
            return Rc::clone(known);
        }
        let schema = Rc::new(Schema::read(&self.document, location));
        self.schemas.borrow_mut().insert(identity, Rc::clone(&schema));
        schema
    }

    /// The broken parts, by location.
    pub(crate) fn into_diagnostics(self) -> BTreeMap<Pointer, String> {
        self.document.into_diagnostics()
    }
}

impl<'a> Deref for Reader<'a> {
    type Target = Document<'a>;

    fn deref(&self) -> &Document<'a> {
        &self.document
    }
}
