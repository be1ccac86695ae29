//! Lowering of paths and their operations.

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use super::Lowering;
use super::form::{members, text};
use super::keywords::Object;
use super::parameters::{self, Parameter};
use super::path_template;
use super::target::Size;
use crate::document::errors::Errors;
use crate::document::extensions;
use crate::document::openapi::{METHODS, operations};
use crate::document::pointer::Pointer;
use crate::document::references::resolve;

impl Lowering<'_> {
    pub(super) fn paths(&mut self, value: &Value, at: &Pointer) -> Result<Value> {
        self.target.check_size(Size::Operations, operations(self.document).count(), at)?;
        let mut paths = Map::new();
        let mut errors = Errors::default();
        for (path, item) in members(value, at)?.iter().filter(|(path, _)| !path.starts_with("x-")) {
            let at = at.child(path);
            if self.says_nothing(item, &at) {
                continue;
            }
            let lowered = path_template::check(path, &at).and_then(|()| self.path_item(path, item, &at));
            if let Some(item) = errors.take(lowered) {
                paths.insert(path.clone(), item);
            }
        }
        errors.finish()?;
        Ok(Value::Object(paths))
    }

    fn path_item(&mut self, path: &str, item: &Value, at: &Pointer) -> Result<Value> {
        let mut places = vec![(at.clone(), item)];
        if let Some(reference) = members(item, at)?.get("$ref") {
            let reference = text(reference, &at.child("$ref"))?;
            let (there, referenced) = resolve(self.document, reference, at)?;
            if members(referenced, &there)?.contains_key("$ref") || item.get("parameters").is_some() {
                bail!(at.fixable("a reference to a reference, or with parameters beside it, cannot be generated"));
            }
            places.push((there, referenced));
        }
        let mut out = Map::new();
        let mut errors = Errors::default();
        for (at, item) in places {
            errors.take(self.object(Object::PathItem, item, &at));
            let Some(shared) = errors.take(self.parameters(item, &at)) else { continue };
            for method in METHODS {
                let Some(operation) = item.get(method) else {
                    continue;
                };
                let at = at.child(method);
                if self.says_nothing(operation, &at) {
                    continue;
                }
                let lowered = errors.take(self.operation(path, method, operation, &shared, &at));
                if lowered.is_some_and(|operation| out.insert(method.to_owned(), operation).is_some()) {
                    let twice = at.error(format!("`{method}` stands both behind the path's `$ref` and beside it"));
                    errors.add(twice);
                }
            }
        }
        errors.finish()?;
        Ok(Value::Object(out))
    }

    fn operation(
        &mut self,
        path: &str,
        method: &str,
        operation: &Value,
        shared: &[Parameter],
        at: &Pointer,
    ) -> Result<Value> {
        let mut errors = Errors::default();
        let mut out = errors.take(self.object(Object::Operation, operation, at)).unwrap_or_default();
        if let Some(Some(name)) = errors.take(extensions::name(operation, at)) {
            out.insert("operationId".to_owned(), name.into());
        }
        let there = Pointer::root().child("paths").child(path).child(method);
        self.origins.note(there.clone(), at);

        if let Some(command) = operation.get(extensions::COMMAND) {
            out.insert(extensions::COMMAND.to_owned(), command.clone());
        }
        let parameters = errors.take(self.effective_parameters(path, operation, shared, at, &there));
        out.insert("parameters".to_owned(), parameters.into());
        if let Some(body) = operation.get("requestBody").filter(|body| !body.is_null()) {
            let body = self.request_body(body, &at.child("requestBody"), &there.child("requestBody"));
            out.insert("requestBody".to_owned(), errors.take(body).into());
        }
        let responses = self.responses(operation, &at.child("responses"), &there.child("responses"));
        out.insert("responses".to_owned(), errors.take(responses).into());
        errors.finish()?;
        Ok(Value::Object(out))
    }

    /// The parameters of the operation at `at`, which will be at `there`: its own, and those of its path.
    fn effective_parameters(
        &mut self,
        path: &str,
        operation: &Value,
        shared: &[Parameter],
        at: &Pointer,
        there: &Pointer,
    ) -> Result<Vec<Value>> {
        let own = self.parameters(operation, at)?;
        let effective = self.matched(path, parameters::effective(shared, own), at)?;
        self.parameters += effective.len();
        self.target.check_size(Size::Parameters, self.parameters, at)?;
        for (index, parameter) in effective.iter().enumerate() {
            self.origins.note(there.child("parameters").child(index), &parameter.at);
        }
        Ok(effective.into_iter().map(|parameter| parameter.lowered).collect())
    }

    /// Whether a value is null, which is what YAML has after a key without a value. A warning says so.
    pub(super) fn says_nothing(&mut self, value: &Value, at: &Pointer) -> bool {
        if value.is_null() {
            self.warnings.insert(at.error("null says nothing here; it is left out"));
        }
        value.is_null()
    }

    /// The value at `at`, or the target of the reference there.
    pub(super) fn dereferenced<'v>(&self, value: &'v Value, at: &Pointer) -> Result<(Pointer, &'v Value)>
    where
        Self: 'v,
    {
        let (mut place, mut value) = (at.clone(), value);
        let mut seen = vec![place.clone()];
        // A Reference Object is a mere pointer, whatever summary and description stand beside it.
        while let Some(reference) = members(value, &place)?.get("$ref") {
            (place, value) = resolve(self.document, text(reference, &place.child("$ref"))?, &place)?;
            if seen.contains(&place) {
                bail!(at.error("the reference leads back to itself"));
            }
            seen.push(place.clone());
        }
        Ok((place, value))
    }
}
