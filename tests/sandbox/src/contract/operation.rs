//! One operation of a document: its path, the query and body it takes, and the responses it may give.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::http::Uri;
use jsonschema::Validator;
use serde_json::{Map, Value};

use super::reading::{At as _, JSON};
use super::responses::Responses;
use super::sample;
use super::schemas::{Schemas, faults};
use crate::response::Response;

#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    /// In capitals.
    pub(crate) method: String,
    template: Vec<Segment>,
    query: Vec<QueryParameter>,
    body: Option<Validator>,
    pub(super) responses: Responses,
    /// A success as the document describes it, for an operation that the sandbox has no code for.
    pub(crate) sample: Response,
}

#[derive(Debug)]
enum Segment {
    Literal(String),
    Parameter(String),
}

#[derive(Debug)]
struct QueryParameter {
    name: String,
    kind: String,
    schema: Validator,
}

impl Operation {
    pub(super) fn read(
        document: &Value,
        schemas: &Schemas<'_>,
        (method, path): (&str, &str),
        operation: &Value,
    ) -> Result<Self, String> {
        let body = operation.get("requestBody").map(|body| match body.pointer(JSON) {
            Some(schema) if body["required"] == true => schemas.documented(schema),
            _ => Err("requestBody: not a required JSON body".to_owned()),
        });
        Ok(Self {
            id: text(operation, "operationId")?,
            method: method.to_uppercase(),
            template: template(path)?,
            query: query(document, schemas, operation)?,
            body: body.transpose()?,
            responses: Responses::read(schemas, operation)?,
            sample: sample::response(document, operation),
        })
    }

    /// The path parameters, if these decoded segments are a path of this operation.
    pub(super) fn matches(&self, segments: &[String]) -> Option<BTreeMap<String, String>> {
        if segments.len() != self.template.len() {
            return None;
        }
        let mut parameters = BTreeMap::new();
        for (expected, segment) in self.template.iter().zip(segments) {
            match expected {
                Segment::Literal(literal) if literal == segment => {}
                Segment::Parameter(name) if !segment.is_empty() => {
                    parameters.insert(name.clone(), segment.clone());
                }
                Segment::Literal(_) | Segment::Parameter(_) => return None,
            }
        }
        Some(parameters)
    }

    /// The values of a raw query that the document knows, each held against its schema.
    pub(crate) fn read_query(&self, raw: &str) -> Result<Map<String, Value>, String> {
        let uri: Uri = format!("/?{raw}").parse().map_err(|error| format!("query: {error}"))?;
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&uri).map_err(|error| error.to_string())?;
        let mut values = Map::new();
        for parameter in &self.query {
            let name = &parameter.name;
            let mut texts = pairs.iter().filter(|(sent, _)| sent == name).map(|(_, text)| text.as_str());
            let value = match (parameter.kind.as_str(), texts.next(), texts.next()) {
                (_, None, _) => continue,
                // A list is its name again and again, as is the default of OpenAPI.
                ("array", Some(first), second) => [first].into_iter().chain(second).chain(texts).collect(),
                (kind, Some(text), None) => typed(kind, text),
                (_, Some(_), Some(_)) => return Err(format!("{name}: given more than once")),
            };
            faults(&parameter.schema, &value).at(name)?;
            values.insert(name.clone(), value);
        }
        Ok(values)
    }

    /// The body, held against its schema; `Null` where the document has none.
    pub(crate) fn read_body(&self, content_type: Option<&str>, body: &[u8]) -> Result<Value, String> {
        let Some(schema) = &self.body else { return Ok(Value::Null) };
        let media_type = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(format!("content-type: {media_type:?} is not application/json"));
        }
        let body = serde_json::from_slice(body).map_err(|error| format!("body: {error}"))?;
        faults(schema, &body).at("body")?;
        Ok(body)
    }
}

/// The value that a text of the query stands for. Without one it stays a text, which the schema rejects.
fn typed(kind: &str, text: &str) -> Value {
    match (kind, text) {
        ("boolean", "true") => true.into(),
        ("boolean", "false") => false.into(),
        ("integer", digits) if !digits.starts_with('+') => digits.parse::<i64>().map_or(text.into(), Value::from),
        _ => text.into(),
    }
}

fn template(path: &str) -> Result<Vec<Segment>, String> {
    let path = path.strip_prefix('/').ok_or("the path does not begin with a slash")?;
    let segment = |segment: &str| match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => Segment::Parameter(name.to_owned()),
        None => Segment::Literal(segment.to_owned()),
    };
    Ok(path.split('/').map(segment).collect())
}

fn query(document: &Value, schemas: &Schemas<'_>, operation: &Value) -> Result<Vec<QueryParameter>, String> {
    let mut query = Vec::new();
    for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten() {
        let parameter = match parameter.get("$ref").and_then(Value::as_str) {
            Some(reference) => document.pointer(reference.trim_start_matches('#')).ok_or(reference)?,
            None => parameter,
        };
        let name = text(parameter, "name")?;
        match text(parameter, "in")?.as_str() {
            // The template has these; an identifier that is not as documented is simply not found.
            "path" => {}
            "query" => {
                let schema = schemas.resolve(&parameter["schema"]).at(&name)?;
                let kind = text(schema, "type").at(&name)?;
                query.push(QueryParameter { kind, schema: schemas.documented(schema).at(&name)?, name });
            }
            other => return Err(format!("{name}: a parameter in {other} is not served")),
        }
    }
    Ok(query)
}

fn text(value: &Value, name: &str) -> Result<String, String> {
    value.get(name).and_then(Value::as_str).map(ToOwned::to_owned).ok_or_else(|| format!("{name}: not a text"))
}
