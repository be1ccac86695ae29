//! Checks the sections of components. Their members are lowered where operations reach them.

use anyhow::Result;
use serde_json::Value;

use super::Lowering;
use super::form::{check, members};
use super::keywords::{self, Action};
use super::objects::{Form, Object};
use crate::document::errors::located;
use crate::document::located::Located;
use crate::document::pointer::Pointer;

impl Lowering<'_> {
    /// Warns of each section, or member of one, that has a wrong form: no operation can refer to it. A section that OpenAPI
    /// does not know is left out.
    ///
    /// # Errors
    /// None about a location.
    pub(super) fn components(&mut self, value: &Value, at: &Pointer) -> Result<()> {
        for (section, value) in self.usable(members(value, at))?.into_iter().flatten() {
            let at = at.child(section);
            if section.starts_with("x-") {
                continue;
            }
            let Some(row) = keywords::find(Object::Components, section) else {
                self.warnings.insert(at.error(format!("`{section}` is not a section of components; it is left out")));
                continue;
            };
            if let Some(reason) = keywords::is_absent(Object::Components, row, value) {
                self.warnings.insert(at.error(format!("{reason}; it is left out")));
                continue;
            }
            match (row.action, row.form) {
                (Action::Drop, form) => self.check_dropped(form, value, &at)?,
                (_, Form::Named(object)) => {
                    for (name, value) in self.usable(members(value, &at))?.into_iter().flatten() {
                        self.usable(check(Form::One(object), value, &at.child(name)))?;
                    }
                }
                (_, form) => drop(self.usable(check(form, value, &at))?),
            }
        }
        Ok(())
    }

    /// Warns of each error of a schema that no operation has reached.
    ///
    /// # Errors
    /// As [`Lowering::of`].
    pub(super) fn check_unreached_schemas(&mut self) -> Result<()> {
        let schemas = Pointer::schemas();
        let components = schemas.find(self.document).and_then(Value::as_object).into_iter().flatten();
        // It has warnings and references of its own, which are of no use to the document.
        let mut unreached = Self::of(self.document, self.target)?;
        for (name, schema) in components {
            let at = schemas.child(name);
            // Its form is checked with all components.
            if self.reached.names.contains_key(&at) || !(schema.is_object() || schema.is_boolean()) {
                continue;
            }
            unreached.reached.types = 0;
            if let Err(error) = unreached.schema(schema, &at) {
                for Located { at, message, .. } in located(&error) {
                    self.warnings.insert(at.error(format!("{message}; no operation needs it")));
                }
            }
        }
        Ok(())
    }

    /// The value of a result; a warning in place of an error about a part that nothing can use.
    fn usable<T>(&mut self, result: Result<T>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) => {
                let Located { at, message, .. } = error.downcast()?;
                self.warnings.insert(at.error(format!("{message}; no operation can refer to it")));
                Ok(None)
            }
        }
    }
}
