//! Checks the sections of components. Their members are lowered where operations reach them.

use anyhow::Result;
use serde_json::Value;

use super::Lowering;
use super::form::{check, members};
use super::keywords::{self, Action};
use super::objects::{Form, Object};
use crate::document::pointer::Pointer;

impl Lowering<'_> {
    /// Checks the form of each section and of its members; a section that OpenAPI does not know is left out.
    pub(super) fn components(&mut self, value: &Value, at: &Pointer) -> Result<()> {
        for (section, value) in members(value, at)? {
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
                    let named = members(value, &at)?.iter();
                    named.into_iter().try_for_each(|(name, value)| check(Form::One(object), value, &at.child(name)))?;
                }
                (_, form) => check(form, value, &at)?,
            }
        }
        Ok(())
    }
}
