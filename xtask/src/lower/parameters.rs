//! Lowering of parameters: the effective set of an operation, each in the one style the generator can send.

use anyhow::{Result, bail};
use serde_json::{Map, Value};

use super::Lowering;
use super::form::list;
use super::keywords::Object;
use super::query::{Holds, Property};
use crate::document::pointer::Pointer;

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
        let Some(value) = owner.get("parameters") else {
            return Ok(parameters);
        };
        for (index, value) in list(value, &at)?.iter().enumerate() {
            for parameter in self.parameter(value, &at.child(index))? {
                let name = parameter.name.to_ascii_lowercase();
                if parameter.place != "header" || !IGNORED_HEADERS.contains(&name.as_str()) {
                    parameters.push(parameter);
                }
            }
        }
        Ok(parameters)
    }

    /// One parameter, or one for each property where it is an object in the query.
    fn parameter(&mut self, value: &Value, at: &Pointer) -> Result<Vec<Parameter>> {
        let (at, value) = self.dereferenced(value, at)?;
        // The schema of an object is not lowered as such: only its properties are.
        let mut lowered = value.clone();
        let schema = lowered.as_object_mut().and_then(|lowered| lowered.shift_remove("schema"));
        let mut lowered = self.object(Object::Parameter, &lowered, &at)?;
        let said = |name: &str| match value.get(name).and_then(Value::as_str) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => bail!(at.error(format!("a parameter needs `{name}`"))),
        };
        let (name, place) = (said("name")?, said("in")?);
        let style = match place.as_str() {
            "query" => "form",
            "path" | "header" => "simple",
            "cookie" => bail!(at.fixable("cookie parameters cannot be generated")),
            _ => bail!(
                at.child("in").error(format!("`{place}` is not a place for parameters; path, query and header are"))
            ),
        };
        let Some(schema) = schema else {
            bail!(at.error("a parameter needs a `schema`"));
        };
        let schema_at = at.child("schema");
        let holds = self.holds(&schema, &schema_at);
        if place != "query" && holds != Holds::Single {
            bail!(schema_at.fixable(format!("only single values can be sent in the {place}")));
        }
        let is_deep = lowered.get("style").is_some_and(|style| style == "deepObject") && holds == Holds::More;
        if let Some(written) = lowered.shift_remove("style")
            && written != style
            && !is_deep
        {
            bail!(at.child("style").fixable(format!("{written} cannot be generated in the {place}, `{style}` can")));
        }
        if let Some(explode) = lowered.shift_remove("explode")
            && explode == false
            && holds != Holds::Single
            && !is_deep
        {
            bail!(at.child("explode").fixable(
                "a value of several parts is sent as several parameters; `explode: false` cannot be \
                 generated; say `type: string` to send it as one text"
            ));
        }
        if holds == Holds::More {
            return self.properties(&name, is_deep, &schema, &lowered, &at);
        }
        lowered.insert("schema".to_owned(), self.schema(&schema, &schema_at)?);
        if place == "path" {
            lowered.insert("required".to_owned(), true.into());
        }
        if place == "header" && !is_token(&name) {
            bail!(at.child("name").fixable(format!("`{name}` is not a name for a header")));
        }
        Ok(vec![Parameter { name, place, at, lowered: Value::Object(lowered) }])
    }

    /// An object in the query: each of its properties is a parameter, of its own name or within that of the object.
    fn properties(
        &mut self,
        object: &str,
        is_deep: bool,
        schema: &Value,
        lowered: &Map<String, Value>,
        at: &Pointer,
    ) -> Result<Vec<Parameter>> {
        let mut parameters = Vec::new();
        for Property { name, schema, at, required } in self.written_out(schema, is_deep, &at.child("schema"))? {
            let name = if is_deep { format!("{object}[{name}]") } else { name.to_owned() };
            let mut lowered = lowered.clone();
            lowered.insert("name".to_owned(), name.clone().into());
            if !required {
                lowered.shift_remove("required");
            }
            if let Some(description) = schema.get("description") {
                lowered.insert("description".to_owned(), description.clone());
            }
            lowered.insert("schema".to_owned(), self.schema(schema, &at)?);
            parameters.push(Parameter { name, place: "query".to_owned(), at, lowered: Value::Object(lowered) });
        }
        Ok(parameters)
    }
}

/// RFC 9110, 5.6.2.
fn is_token(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// The parameters of an operation: its own, and those of its path that it does not replace.
pub(super) fn effective(shared: &[Parameter], own: Vec<Parameter>) -> Vec<Parameter> {
    let replaced = |p: &Parameter| own.iter().any(|o| o.name == p.name && o.place == p.place);
    let mut all: Vec<_> = shared.iter().filter(|p| !replaced(p)).cloned().collect();
    all.extend(own);
    all
}

/// The path's `{names}` and the path parameters must be the same.
pub(super) fn check_template(path: &str, parameters: &[Parameter], at: &Pointer) -> Result<()> {
    let mut templated = Vec::new();
    for part in path.split('{').skip(1) {
        match part.split_once('}') {
            Some((name, _)) if !name.is_empty() && !name.contains('/') => templated.push(name),
            _ => bail!(at.error(format!("`{path}` has a brace without its partner"))),
        }
    }
    for name in &templated {
        if !parameters.iter().any(|p| p.place == "path" && p.name == **name) {
            bail!(at.error(format!("`{path}` names `{name}`, which is not among the path parameters")));
        }
    }
    for Parameter { name, at, .. } in parameters.iter().filter(|p| p.place == "path") {
        if !templated.contains(&name.as_str()) {
            bail!(at.error(format!("`{name}` is not in the path `{path}`")));
        }
    }
    Ok(())
}
