//! Holds answers against a document: `jsonschema` validates, and a walk over the schemas finds what they do not know.

use std::collections::{BTreeSet, HashMap};

use anyhow::Result;
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value};
use xtask::pointer::Pointer;

use crate::document::{Document, Operation};
use crate::findings::{Finding, Kind, Ledger, label};
use crate::infer::{Shape, described, is_name};
use crate::places::{Place, Schemas, flat};
use crate::walk::{Content, Exchange};

/// What differs between the answers and the document.
pub(crate) fn compare(exchanges: &[Exchange], document: &Document) -> Result<Vec<Finding>> {
    let mut comparison = Comparison { document, schemas: Schemas::new(document), ledger: Ledger::default() };
    for exchange in exchanges {
        if let Some(operation) = document.operation(&exchange.path) {
            let is_served = exchanges.iter().any(|other| operation.is(&other.path) && other.is_success());
            comparison.answer(operation, exchange, is_served)?;
        }
    }
    Ok(comparison.ledger.close())
}

struct Comparison<'a> {
    document: &'a Document,
    schemas: Schemas<'a>,
    ledger: Ledger,
}

impl Comparison<'_> {
    fn answer(&mut self, operation: &Operation, exchange: &Exchange, is_served: bool) -> Result<()> {
        let body = match &exchange.content {
            Content::Json(body) => Some(body),
            Content::Nothing | Content::Other => None,
        };
        let shape = body.map(Shape::of).unwrap_or_default();
        let status = exchange.status.to_string();
        let mut add = |kind, at: Pointer, name: &str, expected: String| {
            let (schema, _) = label(&at);
            let (field, found) = (name.to_owned(), exchange.content_type.iter().cloned().collect());
            let seen = [format!("GET {}", operation.path)].into();
            let (name, shape) = (name.to_owned(), shape.clone());
            self.ledger.add(Finding { schema, field, kind, expected, found, seen, at, name, shape });
        };
        if exchange.status == 404 && !exchange.provoked && !is_served {
            add(Kind::NotFound, operation.at.clone(), &status, String::new());
            return Ok(());
        }
        let Some((response_at, response)) = self.document.response(operation, exchange.status)? else {
            let documented = response_names(self.document, operation);
            add(Kind::UndocumentedStatus, operation.at.child("responses"), &status, documented);
            return Ok(());
        };
        let content = response["content"].as_object();
        let sent = exchange.content_type.as_deref();
        let known = content.and_then(|content| Some((sent?, media_type(content, sent?)?)));
        let is_json = |name: &str| name == "application/json" || name.ends_with("+json");
        match (known, body) {
            _ if content.is_none_or(Map::is_empty) && exchange.content == Content::Nothing => Ok(()),
            (Some((sent, _)), None) if is_json(sent) => {
                add(Kind::UndocumentedContentType, response_at, "no JSON", sent.to_owned());
                Ok(())
            }
            (Some((_, name)), Some(body)) => {
                let at = response_at.child("content").child(name).child("schema");
                if at.find(self.document.value()).is_some() { self.value(operation, at, body) } else { Ok(()) }
            }
            (Some(_), None) => Ok(()),
            (None, _) => {
                let documented = content.map_or_else(Vec::new, |content| content.keys().cloned().collect());
                add(Kind::UndocumentedContentType, response_at, sent.unwrap_or("none"), documented.join(", "));
                Ok(())
            }
        }
    }

    /// Compares a body with the schema at `at`.
    fn value(&mut self, operation: &Operation, at: Pointer, body: &Value) -> Result<()> {
        let present = if self.document.nulls_are_absent() { without_nulls(body) } else { body.clone() };
        let validator = self.schemas.validator(&at)?;
        let places = self.schemas.places(at, &present)?;
        let mut look = Look { comparison: self, operation, places: HashMap::new() };
        look.enter(places, &present, body, &Pointer::root(), "$")?;
        for error in validator.iter_errors(&present) {
            for error in flat(&error) {
                look.report(error, body)?;
            }
        }
        Ok(())
    }
}

/// A look at one body.
struct Look<'l, 'a> {
    comparison: &'l mut Comparison<'a>,
    operation: &'l Operation,
    /// By its place in the body: the schemas that speak of a value, and its JSON path.
    places: HashMap<String, (Vec<Place<'a>>, String)>,
}

impl<'a> Look<'_, 'a> {
    /// Notes the schemas of a value and of all within it, and reports the properties that have none. `present` is the
    /// value as it is validated: without what counts as absent.
    fn enter(
        &mut self,
        places: Vec<Place<'a>>,
        present: &Value,
        value: &Value,
        here: &Pointer,
        path: &str,
    ) -> Result<()> {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let step = if is_name(name) { name } else { "*" };
                    let path = format!("{path}.{step}");
                    match within(&places, name) {
                        Within::Schemas(found) => {
                            let Some(present) = present.get(name) else { continue };
                            self.descend(found, present, value, &here.child(name), &path)?;
                        }
                        Within::Anything => {}
                        Within::Nothing => {
                            let place = places.iter().find(|place| place.schema.get("properties").is_some());
                            if let Some(place) = place.or(places.first()) {
                                self.add(Kind::UndocumentedField, &place.target, step, value, (&path, String::new()));
                            }
                        }
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let of_item = |place: &Place<'_>| match place.schema["prefixItems"].get(index) {
                        Some(_) => Some(place.target.child("prefixItems").child(index)),
                        None => place.schema.get("items").map(|_| place.target.child("items")),
                    };
                    let found = places.iter().filter_map(of_item).collect();
                    self.descend(found, &present[index], item, &here.child(index), &format!("{path}[]"))?;
                }
            }
            _ => {}
        }
        self.places.insert(location(here).to_owned(), (places, path.to_owned()));
        Ok(())
    }

    fn descend(
        &mut self,
        schemas: Vec<Pointer>,
        present: &Value,
        value: &Value,
        here: &Pointer,
        path: &str,
    ) -> Result<()> {
        let mut places = Vec::new();
        for at in schemas {
            places.extend(self.comparison.schemas.places(at, present)?);
        }
        self.enter(places, present, value, here, path)
    }

    /// An error of the validator as a finding. What a schema forbids by not naming it, the walk has reported.
    fn report(&mut self, error: &ValidationError<'_>, body: &Value) -> Result<()> {
        let keyword = error.kind().keyword();
        let instance = error.instance_path().as_str();
        let value = body.pointer(instance).unwrap_or(&Value::Null);
        let Some((places, path)) = self.places.get(instance) else { return Ok(()) };
        let path = path.clone();
        let has = |place: &&Place<'a>| place.schema.get(keyword).is_some();
        let Some(place) = places.iter().find(has).or(places.first()).cloned() else { return Ok(()) };
        let expected = place.schema[keyword].to_string().replace('"', "");
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { .. } | ValidationErrorKind::UnevaluatedProperties { .. } => {}
            ValidationErrorKind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                let at = place.target.child("properties").child(name);
                if value.get(name).is_none() {
                    self.add(Kind::MissingField, &place.target, name, &Value::Null, (&path, String::new()));
                // A null that was taken for absent is there after all, and the schema says whether it may be null.
                } else if at.find(self.comparison.document.value()).is_some()
                    && !self.comparison.schemas.validator(&at)?.is_valid(&Value::Null)
                {
                    let path = format!("{path}.{name}");
                    self.add(Kind::WrongType, &at, "type", &Value::Null, (&path, String::new()));
                }
            }
            ValidationErrorKind::Type { .. } => self.add(Kind::WrongType, &place.at, "type", value, (&path, expected)),
            ValidationErrorKind::Format { .. } => {
                self.add(Kind::WrongFormat, &place.target, "format", value, (&path, expected));
            }
            ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. } => {
                self.add(Kind::UnknownEnumValue, &place.target, keyword, value, (&path, expected));
            }
            _ => self.add(Kind::BrokenRule, &place.target, keyword, value, (&path, format!("{keyword}: {expected}"))),
        }
        Ok(())
    }

    fn add(&mut self, kind: Kind, at: &Pointer, name: &str, value: &Value, (path, expected): (&str, String)) {
        let (schema, mut field) = label(at);
        if matches!(kind, Kind::UndocumentedField | Kind::MissingField) {
            field.extend([".", name]);
        }
        let found = if kind == Kind::MissingField { BTreeSet::new() } else { [described(value)].into() };
        let seen = [format!("GET {} {path}", self.operation.path)].into();
        let (at, name, shape) = (at.clone(), name.to_owned(), Shape::of(value));
        self.comparison.ledger.add(Finding { schema, field, kind, expected, found, seen, at, name, shape });
    }
}

/// What schemas say of a property.
enum Within {
    /// These speak of it.
    Schemas(Vec<Pointer>),
    /// It may be there, and be anything.
    Anything,
    Nothing,
}

fn within(places: &[Place<'_>], name: &str) -> Within {
    let mut found = Vec::new();
    let mut is_open = false;
    for Place { target, schema, .. } in places {
        let additional = schema.get("additionalProperties");
        if schema["properties"].get(name).is_some() {
            found.push(target.child("properties").child(name));
        } else if additional.is_some_and(Value::is_object) {
            found.push(target.child("additionalProperties"));
        } else {
            is_open |= additional == Some(&Value::Bool(true)) || is_silent(schema);
        }
    }
    match found {
        found if !found.is_empty() => Within::Schemas(found),
        _ if is_open => Within::Anything,
        _ => Within::Nothing,
    }
}

/// Whether a schema says nothing of what an object holds, and leaves it to no other.
fn is_silent(schema: &Value) -> bool {
    const SAYING: [&str; 6] = ["properties", "additionalProperties", "$ref", "allOf", "anyOf", "oneOf"];
    // Patterns of names are the validator's to check.
    schema.get("patternProperties").is_some() || SAYING.iter().all(|keyword| schema.get(*keyword).is_none())
}

/// A body without the properties that are null.
fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let present = members.iter().filter(|(_, value)| !value.is_null());
            present.map(|(name, value)| (name.clone(), without_nulls(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(without_nulls).collect::<Vec<_>>().into(),
        other => other.clone(),
    }
}

/// A place in a body as the validator writes it: without the `#`.
fn location(here: &Pointer) -> &str {
    &here.as_str()[1..]
}

/// The documented media type that covers `sent`: itself, or a range such as `text/*`.
fn media_type<'c>(content: &'c Map<String, Value>, sent: &str) -> Option<&'c str> {
    let family = format!("{}/*", sent.split('/').next().unwrap_or_default());
    let plain = |name: &str| name.split(';').next().unwrap_or_default().trim().to_lowercase();
    let covers = |wanted: &str| content.keys().find(|name| plain(name) == wanted);
    covers(sent).or_else(|| covers(&family)).or_else(|| covers("*/*")).map(String::as_str)
}

fn response_names(document: &Document, operation: &Operation) -> String {
    let responses = operation.at.child("responses").find(document.value()).and_then(Value::as_object);
    responses.map_or_else(String::new, |responses| responses.keys().cloned().collect::<Vec<_>>().join(", "))
}
