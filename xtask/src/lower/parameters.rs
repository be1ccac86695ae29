//! Lowering of parameters: finds the parameters in effect for an operation, in the form that the target takes.

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::Lowering;
use super::form::list;
use super::keywords::Object;
use super::target::{Property, Sending};
use crate::document::errors::Errors;
use crate::document::pointer::Pointer;
use crate::document::{aliases, extensions};

/// Headers that OpenAPI tells every tool to ignore as parameters: other parts of the document say them.
const IGNORED_HEADERS: [&str; 3] = ["authorization", "accept", "content-type"];

/// A lowered parameter and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    name: String,
    place: String,
    pub(super) at: Pointer,
    pub(super) lowered: Value,
}

impl Lowering<'_> {
    /// The parameters of a path item or an operation, those that OpenAPI ignores left out.
    pub(super) fn parameters(&mut self, owner: &Value, at: &Pointer) -> Result<Vec<Parameter>> {
        let at = at.child("parameters");
        let mut parameters = Vec::new();
        let Some(value) = owner.get("parameters").filter(|value| !value.is_null()) else {
            return Ok(parameters);
        };
        let mut errors = Errors::default();
        for (index, value) in list(value, &at)?.iter().enumerate() {
            for parameter in errors.take(self.parameter(value, &at.child(index))).unwrap_or_default() {
                let name = parameter.name.to_ascii_lowercase();
                if parameter.place != "header" || !IGNORED_HEADERS.contains(&name.as_str()) {
                    parameters.push(parameter);
                }
            }
        }
        errors.finish()?;
        Ok(parameters)
    }

    /// One parameter, or one for each property where it is an object in the query.
    fn parameter(&mut self, value: &Value, at: &Pointer) -> Result<Vec<Parameter>> {
        let (at, value) = self.dereferenced(value, at)?;
        // The schema is lowered below. Of an object that is written out, only the properties are.
        let mut lowered = value.clone();
        lowered.as_object_mut().and_then(|lowered| lowered.shift_remove("schema"));
        let mut lowered = self.object(Object::Parameter, &lowered, &at)?;
        let said = |name: &str| match value.get(name).and_then(Value::as_str) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => bail!(at.error(format!("a parameter needs `{name}`"))),
        };
        let (name, place) = (said("name")?, said("in")?);
        if !["query", "path", "header", "cookie"].contains(&place.as_str()) {
            bail!(at.child("in").error(format!("`{place}` is not a place for parameters; path, query and header are")));
        }
        let text = json!({ "type": "string" });
        let schema = value.get("schema").unwrap_or_else(|| {
            self.warnings.insert(at.error("a parameter without a `schema` is read as a text"));
            &text
        });
        let sending = self.target.sending(self.document, value, &at)?;
        // The target has read the style: none is left to state.
        lowered.shift_remove("style");
        lowered.shift_remove("explode");
        match sending {
            Sending::Usual => {}
            Sending::Joined(separator) => drop(lowered.insert(extensions::JOINED.to_owned(), separator.into())),
            Sending::WrittenOut(properties) => {
                if extensions::name(value, &at)?.is_some() {
                    bail!(
                        at.child(extensions::NAME)
                            .fixable("the parameter is sent as one for each of its properties; give these their names")
                    );
                }
                return properties.into_iter().map(|property| self.property(property, &lowered)).collect();
            }
        }
        lowered.insert("schema".to_owned(), self.schema(schema, &at.child("schema"))?);
        if place == "path" {
            lowered.insert("required".to_owned(), true.into());
        }
        if place == "header" && !is_token(&name) {
            bail!(at.child("name").fixable(format!("`{name}` is not a name for a header")));
        }
        if let Some(rust) = extensions::name(value, &at)? {
            if place == "path" {
                // The path names it, too: the target renames both.
                lowered.insert(extensions::NAME.to_owned(), rust.into());
            } else {
                lowered.insert("name".to_owned(), aliases::alias(rust, &name).into());
            }
        }
        Ok(vec![Parameter { name, place, at, lowered: Value::Object(lowered) }])
    }

    /// A property that is sent as a parameter of its own, beside the keywords of its object's parameter.
    fn property(&mut self, property: Property<'_>, parameter: &Map<String, Value>) -> Result<Parameter> {
        let Property { name, schema, at, required, note } = property;
        let mut lowered = parameter.clone();
        let rust = extensions::name(schema, &at)?.filter(|_| at.property().as_ref() == Some(&at));
        lowered.insert("name".to_owned(), rust.map_or_else(|| name.clone(), |rust| aliases::alias(rust, &name)).into());
        if let Some(note) = note {
            self.warnings.insert(at.error(note));
        }
        if !required {
            lowered.shift_remove("required");
        }
        if let Some(description) = schema.get("description") {
            lowered.insert("description".to_owned(), description.clone());
        }
        lowered.insert("schema".to_owned(), self.schema(schema, &at)?);
        Ok(Parameter { name, place: "query".to_owned(), at, lowered: Value::Object(lowered) })
    }
}

impl Lowering<'_> {
    /// The parameters of the operation at `at`, with exactly those in the path that the path names. One that is not
    /// described is a text; one that the path does not name cannot be sent.
    pub(super) fn matched(&mut self, path: &str, parameters: Vec<Parameter>, at: &Pointer) -> Result<Vec<Parameter>> {
        let names = templated(path, at)?;
        let (mut matched, left): (Vec<Parameter>, Vec<Parameter>) =
            parameters.into_iter().partition(|p| p.place != "path" || names.contains(&p.name.as_str()));
        for Parameter { name, at, .. } in left {
            self.warnings.insert(at.error(format!("`{name}` is not in the path `{path}`; it is left out")));
        }
        for name in names {
            if matched.iter().any(|p| p.place == "path" && p.name == name) {
                continue;
            }
            let message =
                format!("`{path}` names `{name}`, which is not among the path parameters; it is read as a text");
            self.warnings.insert(at.error(message));
            let lowered = json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } });
            matched.push(Parameter { name: name.to_owned(), place: "path".to_owned(), at: at.clone(), lowered });
        }
        Ok(matched)
    }
}

/// RFC 9110, 5.6.2.
fn is_token(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// The parameters of an operation: its own, and the parameters of its path that it does not replace.
pub(super) fn effective(shared: &[Parameter], own: Vec<Parameter>) -> Vec<Parameter> {
    let replaced = |p: &Parameter| own.iter().any(|o| o.name == p.name && o.place == p.place);
    let mut all: Vec<_> = shared.iter().filter(|p| !replaced(p)).cloned().collect();
    all.extend(own);
    all
}

/// The names in braces in a path.
fn templated<'p>(path: &'p str, at: &Pointer) -> Result<Vec<&'p str>> {
    let parts = path.split('{').skip(1).map(|part| match part.split_once('}') {
        Some((name, _)) if !name.is_empty() && !name.contains('/') => Ok(name),
        _ => bail!(at.error(format!("`{path}` has a brace without its partner"))),
    });
    parts.collect()
}
