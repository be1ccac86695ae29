//! Compares responses with a document: `jsonschema` validates, and a walk over the schemas finds what they do not know.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use anyhow::Result;
use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use serde_json::{Map, Value};
use xtask::media_type::is_json;
use xtask::pointer::Pointer;

use crate::document::{Document, Operation, is_same_path, media_type};
use crate::exchange::{Content, Exchange, NO_MEDIA_TYPE};
use crate::findings::{Finding, Kind, Ledger, label};
use crate::infer::{Shape, described, is_name};
use crate::places::{Place, Schemas, Within, flat, within};

/// The differences between the responses and the document.
pub(crate) fn compare(exchanges: &[Exchange], document: &Document) -> Result<Vec<Finding>> {
    let mut comparison = Comparison { document, schemas: Schemas::new(document), ledger: Ledger::default() };
    for exchange in exchanges {
        let mut others =
            exchanges.iter().filter(|other| is_same_path(&other.path, &exchange.path) && other.is_success());
        match document.operation(&exchange.path) {
            Some(operation) => comparison.response(operation, exchange, others.next().is_some())?,
            // A server that responds to every path has pages, not operations. A server should reject an operation that
            // the document lacks.
            None if others.any(|other| matches!(other.content, Content::Json(_))) => {
                let at = Pointer::root().child("paths").child(&exchange.path).child("get");
                let status = exchange.status.to_string();
                comparison.note(exchange, Kind::UndocumentedOperation, at, &status, String::new());
            }
            None => {}
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
    fn response(&mut self, operation: &Operation, exchange: &Exchange, is_served: bool) -> Result<()> {
        let body = match &exchange.content {
            Content::Json(body) => Some(body),
            Content::Nothing | Content::Other => None,
        };
        let status = exchange.status.to_string();
        if exchange.status == 404 && !exchange.provoked && !is_served {
            self.note(exchange, Kind::NotFound, operation.at.clone(), &status, String::new());
            return Ok(());
        }
        let Some((response_at, response)) = self.document.response(operation, exchange.status)? else {
            let documented = response_names(self.document, operation);
            self.note(exchange, Kind::UndocumentedStatus, operation.at.child("responses"), &status, documented);
            return Ok(());
        };
        let content = response["content"].as_object();
        let sent = exchange.content_type.as_deref();
        let known = content.and_then(|content| Some((sent?, media_type(content, sent?)?)));
        match (known, body) {
            _ if content.is_none_or(Map::is_empty) && exchange.content == Content::Nothing => Ok(()),
            (Some((sent, _)), None) if is_json(sent) => {
                self.note(exchange, Kind::UndocumentedContentType, response_at, "no JSON", sent.to_owned());
                Ok(())
            }
            (Some((sent, _)), Some(body)) if is_json(sent) => match self.document.schema_of(exchange)? {
                Some(at) => self.value(operation, at, body),
                None => Ok(()),
            },
            // A plain text that could be read as JSON, such as a number, is a text.
            (Some(_), _) => Ok(()),
            (None, _) => {
                let documented = content.map_or_else(Vec::new, |content| content.keys().cloned().collect());
                self.note(
                    exchange,
                    Kind::UndocumentedContentType,
                    response_at,
                    sent.unwrap_or(NO_MEDIA_TYPE),
                    documented.join(", "),
                );
                Ok(())
            }
        }
    }

    /// A finding that is not within a body.
    fn note(&mut self, exchange: &Exchange, kind: Kind, at: Pointer, name: &str, expected: String) {
        let shape = match &exchange.content {
            Content::Json(body) => Shape::of(body),
            Content::Nothing | Content::Other => Shape::default(),
        };
        let (schema, _) = label(&at);
        let (name, field) = (name.to_owned(), name.to_owned());
        let (found, within) = (exchange.content_type.iter().cloned().collect(), BTreeMap::new());
        let seen = [format!("GET {}", exchange.path)].into();
        self.ledger.add(Finding { schema, field, kind, expected, found, within, seen, at, name, shape });
    }

    /// Compares a body with the schema at `at`.
    fn value(&mut self, operation: &Operation, at: Pointer, body: &Value) -> Result<()> {
        let present = self.document.present(body);
        let validator = self.schemas.validator(&at)?;
        let places = self.schemas.places(at, body)?;
        let mut look = Look { comparison: self, operation, places: HashMap::new() };
        look.enter(places, body, &Pointer::root(), "$")?;
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
    /// Notes the schemas of a value and of all within it, and reports the properties that have none.
    fn enter(&mut self, places: Vec<Place<'a>>, value: &Value, here: &Pointer, path: &str) -> Result<()> {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let (found, step) = match within(&places, name) {
                        Within::Anything => continue,
                        Within::Named(found) => (Some(found), name.as_str()),
                        Within::Mapped(found) => (Some(found), "*"),
                        Within::Nothing => (None, if is_name(name) { name.as_str() } else { "*" }),
                    };
                    let path = format!("{path}.{step}");
                    let place = places.iter().find(|place| place.schema.get("properties").is_some());
                    match (found, place.or(places.first())) {
                        (Some(found), _) => {
                            let places = self.comparison.schemas.all(found, value)?;
                            self.enter(places, value, &here.child(name), &path)?;
                        }
                        (None, Some(place)) => {
                            self.add(Kind::UndocumentedField, &place.target, step, value, (&path, String::new()));
                        }
                        (None, None) => {}
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let of_item = |place: &Place<'_>| match place.schema["prefixItems"].get(index) {
                        Some(_) => Some(place.target.child("prefixItems").child(index)),
                        None => place.schema.get("items").map(|_| place.target.child("items")),
                    };
                    let places = self.comparison.schemas.all(places.iter().filter_map(of_item).collect(), item)?;
                    self.enter(places, item, &here.child(index), &format!("{path}[]"))?;
                }
            }
            _ => {}
        }
        self.places.insert(location(here).to_owned(), (places, path.to_owned()));
        Ok(())
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
        self.comparison.ledger.add(Finding {
            schema,
            field,
            kind,
            expected,
            found,
            within: BTreeMap::new(),
            seen,
            at,
            name,
            shape,
        });
    }
}

/// A place in a body as the validator writes it: without the `#`.
fn location(here: &Pointer) -> &str {
    &here.as_str()[1..]
}

fn response_names(document: &Document, operation: &Operation) -> String {
    let responses = operation.at.child("responses").find(document.value()).and_then(Value::as_object);
    responses.map_or_else(String::new, |responses| responses.keys().cloned().collect::<Vec<_>>().join(", "))
}
