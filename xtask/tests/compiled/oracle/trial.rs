//! One pair of documents under trial: the values, and what becomes of them.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::SEED;
use super::clients::{Bodies, Client, Question};
use super::contract::{Content, Contract, Direction, Operation, is_within};
use super::pairs::Pair;
use super::samples::Sampler;

/// The result of a pair's values.
#[derive(Default)]
pub(crate) struct Judged {
    pub(crate) values: usize,
    pub(crate) failures: Vec<String>,
    /// Whether a schema has no values that are known, or is none.
    pub(crate) has_no_values: bool,
    /// Values of the base's own documents that its client does not read or write.
    pub(crate) unread: Vec<String>,
}

/// A value that a client is asked about, and how its outcome is judged.
enum Check {
    /// A response of the base: whether the client reads its own document at all.
    Own {
        operation: String,
        sent: Value,
    },
    Response {
        operation: String,
        sent: Value,
    },
    Request {
        operation: String,
        sent: Value,
        own: usize,
        new: Option<usize>,
    },
}

pub(crate) struct Trial {
    pub(crate) client: usize,
    questions: Vec<Question>,
    checks: Vec<Check>,
    validators: Vec<Validator>,
    judged: Judged,
}

impl Trial {
    pub(crate) fn new(pair: &Pair, client: &Client) -> Self {
        let mut trial = Self {
            client: client.number,
            questions: Vec::new(),
            checks: Vec::new(),
            validators: Vec::new(),
            judged: Judged::default(),
        };
        let contracts = [Direction::Request, Direction::Response]
            .map(|direction| (Contract::new(&pair.base, direction), Contract::new(&pair.revision, direction)));
        let [(base, revision), (read, sent)] = &contracts;
        let (new_requests, new_responses) = (revision.operations(), sent.operations());
        for (operation, own) in base.operations().iter().zip(&read.operations()) {
            let Some(index) = counterpart(operation, &new_requests) else { continue };
            let at = (operation.method.to_owned(), operation.path.to_owned());
            let Some(bodies) = client.operations.get(&at) else { continue };
            trial.try_parameters((base, operation), (revision, &new_requests[index]));
            trial.try_request((base, operation), (revision, &new_requests[index]), client.number, bodies);
            trial.try_responses((read, own), (sent, &new_responses[index]), client.number, bodies);
        }
        trial
    }

    pub(crate) fn take_questions(&mut self) -> Vec<Question> {
        std::mem::take(&mut self.questions)
    }

    fn try_parameters(
        &mut self,
        (base, old): (&Contract, &Operation<'_>),
        (revision, new): (&Contract, &Operation<'_>),
    ) {
        let (old_parameters, new_parameters) = (base.parameters(old), revision.parameters(new));
        for parameter in &new_parameters {
            let known = old_parameters.iter().find(|known| known.key == parameter.key);
            if parameter.is_required && known.is_none_or(|known| !known.is_required) {
                self.judged.failures.push(format!("{}: {:?} may be missing", name(old), parameter.key));
            }
            let Some((before, now)) = known.and_then(|known| known.schema.zip(parameter.schema)) else { continue };
            let (Some(own), Some(validator)) = (base.validator(before), revision.validator(now)) else { continue };
            let values = Sampler::new(base, Direction::Request, revision.vocabulary(), SEED).valid(before);
            self.judged.has_no_values |= values.is_empty();
            for value in values {
                if value.is_null() || !own.is_valid(&value) {
                    continue;
                }
                self.judged.values += 1;
                if !readings(&value).iter().any(|reading| validator.is_valid(reading)) {
                    self.judged.failures.push(format!("{}: {:?} is {value}", name(old), parameter.key));
                }
            }
        }
    }

    fn try_request(
        &mut self,
        (base, old): (&Contract, &Operation<'_>),
        (revision, new): (&Contract, &Operation<'_>),
        client: usize,
        bodies: &Bodies,
    ) {
        let (before, now) = (base.request(old), revision.request(new));
        if now.as_ref().is_some_and(|now| now.is_required) && before.as_ref().is_none_or(|before| !before.is_required) {
            self.judged.failures.push(format!("{}: the body may be missing", name(old)));
        }
        let (Some(before), Some(now)) = (before, now) else { return };
        let is_left = |(name, schema): (&String, &&Value)| {
            // The client sends objects and lists of any media type as JSON.
            let is_json = name == "*/*" && ["object", "array"].iter().any(|kind| schema["type"] == **kind);
            let sent = if is_json { "application/json" } else { name };
            now.schemas.keys().any(|range| is_within(sent, range))
        };
        if !before.schemas.iter().any(is_left) && !before.schemas.is_empty() {
            self.judged.failures.push(format!("{}: no media type is left", name(old)));
        }
        if before.json().is_some() && now.json().is_none() {
            self.judged.failures.push(format!("{}: JSON is no media type any more", name(old)));
        }
        let (Some(schema), Some(body)) = (before.json(), bodies.request) else { return };
        let Some(own) = self.add_validator(base, schema) else { return };
        let new = now.json().and_then(|schema| {
            let validator = self.add_validator(revision, schema);
            self.judged.has_no_values |= validator.is_none();
            validator
        });
        let values = Sampler::new(base, Direction::Request, revision.vocabulary(), SEED).valid(schema);
        self.judged.has_no_values |= values.is_empty();
        for value in values {
            self.questions.push(Question { client, body, json: value.clone() });
            self.checks.push(Check::Request { operation: name(old), sent: value, own, new });
        }
    }

    fn try_responses(
        &mut self,
        (base, old): (&Contract, &Operation<'_>),
        (revision, new): (&Contract, &Operation<'_>),
        client: usize,
        bodies: &Bodies,
    ) {
        let Some(body) = bodies.response else { return };
        let ask = |trial: &mut Self, value: &Value, check: Check| {
            trial.questions.push(Question { client, body, json: value.clone() });
            trial.checks.push(check);
        };
        let before = base.successes(old);
        for schema in before.iter().filter_map(Content::json) {
            for value in Sampler::new(base, Direction::Response, revision.vocabulary(), SEED).valid(schema) {
                ask(self, &value, Check::Own { operation: name(old), sent: value.clone() });
            }
        }
        for content in revision.successes(new) {
            match content.json() {
                None => self.judged.failures.push(format!("{}: a success without JSON", name(old))),
                Some(schema) => {
                    let mut sampler = Sampler::new(revision, Direction::Response, base.vocabulary(), SEED);
                    let values = sampler.valid(schema);
                    self.judged.has_no_values |= values.is_empty();
                    for value in values {
                        ask(self, &value, Check::Response { operation: name(old), sent: value.clone() });
                    }
                }
            }
        }
    }

    fn add_validator(&mut self, contract: &Contract, schema: &Value) -> Option<usize> {
        self.validators.push(contract.validator(schema)?);
        Some(self.validators.len() - 1)
    }

    /// Judges the outcomes of the trial's questions, which `outcomes` holds next.
    pub(crate) fn judge(self, outcomes: &mut impl Iterator<Item = Result<Value, String>>) -> Judged {
        let Self { checks, validators, mut judged, .. } = self;
        let outcomes: Vec<_> = outcomes.by_ref().take(checks.len()).collect();
        judged.values += outcomes.len();
        let mut unread: Vec<(&String, &Value)> = Vec::new();
        let recognized = recognized(&checks, &outcomes);
        for (check, outcome) in checks.iter().zip(&outcomes) {
            match check {
                Check::Own { operation, sent } => {
                    if let Some(what) = failure(sent, outcome) {
                        unread.push((operation, sent));
                        if !is_unrecognized(outcome) {
                            judged.unread.push(format!("{operation} reads {sent}: {what}"));
                        }
                    }
                }
                Check::Response { operation, sent } => {
                    // The client rejects an object of which it knows nothing. No server leaves out all that it knows.
                    let is_own_fault = unread.contains(&(operation, sent));
                    let has_more =
                        |other: &&(&String, &Value)| other.0 == operation && names(other.1).is_superset(&names(sent));
                    let is_expected = is_unrecognized(outcome) && recognized.iter().any(|other| has_more(&other));
                    if let Some(what) = failure(sent, outcome).filter(|_| !is_own_fault && !is_expected) {
                        judged.failures.push(format!("{operation} reads {sent}: {what}"));
                    }
                }
                Check::Request { operation, sent, own, new } => match outcome {
                    Ok(written) if validators[*own].is_valid(written) => {
                        if let Some(error) = new.and_then(|new| validators[new].validate(written).err()) {
                            judged.failures.push(format!("{operation} sends {written}: {error}"));
                        }
                    }
                    Ok(written) => judged.unread.push(format!("{operation} sends {sent} as {written}")),
                    Err(error) => judged.unread.push(format!("{operation} sends {sent}: {error}")),
                },
            }
        }
        judged
    }
}

/// The values of the revision that the client recognizes, with their operations.
fn recognized<'c>(checks: &'c [Check], outcomes: &[Result<Value, String>]) -> Vec<(&'c String, &'c Value)> {
    let values = checks.iter().zip(outcomes).filter_map(|(check, outcome)| match check {
        Check::Response { operation, sent } => {
            let is_read = outcome.is_ok() && sent.as_object().is_some_and(|members| !members.is_empty());
            is_read.then_some((operation, sent))
        }
        _ => None,
    });
    values.collect()
}

/// The names of an object's properties.
fn names(value: &Value) -> BTreeSet<&String> {
    value.as_object().into_iter().flatten().map(|(name, _)| name).collect()
}

fn is_unrecognized(outcome: &Result<Value, String>) -> bool {
    outcome.as_ref().is_err_and(|error| error.contains(", and nothing of "))
}

/// Why a response is not read in whole.
fn failure(sent: &Value, outcome: &Result<Value, String>) -> Option<String> {
    match outcome {
        Err(error) => Some(error.clone()),
        Ok(read) => lost(sent, read).map(|what| format!("{what} is lost in {read}")),
    }
}

/// The first part of a value that another one lacks. Nothing is lost with null, nor with an empty list or object.
fn lost(sent: &Value, read: &Value) -> Option<String> {
    match (sent, read) {
        (Value::Object(members), Value::Object(others)) => {
            members.iter().find_map(|(name, member)| match others.get(name) {
                Some(other) => lost(member, other).map(|what| format!("{name}.{what}")),
                None if is_nothing(member) => None,
                // The client reads what an envelope holds in its place.
                None if member.is_object() && lost(member, read).is_none() => None,
                None => Some(name.clone()),
            })
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            items.iter().zip(others).find_map(|(item, other)| lost(item, other))
        }
        (Value::Number(number), Value::Number(other)) => {
            let is_same = number.as_f64() == other.as_f64();
            (!is_same).then(|| format!("{number}"))
        }
        // A point in time has several forms.
        (Value::String(_), Value::String(_)) => None,
        (sent, read) => (sent != read && !is_nothing(sent)).then(|| sent.to_string()),
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(is_nothing),
        _ => false,
    }
}

/// The values that a server may read from the text of a parameter.
fn readings(value: &Value) -> Vec<Value> {
    let single_text = |value: &Value| (value.is_number() || value.is_boolean()).then(|| value.to_string());
    let single = |value: &Value| -> Vec<Value> {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut readings = vec![Value::from(text.clone())];
        readings
            .extend(serde_json::from_str(&text).ok().filter(|value: &Value| value.is_number() || value.is_boolean()));
        readings
    };
    // Each property of an object is sent as a text of its own.
    if let Value::Object(members) = value {
        let text = |value: &Value| single_text(value).map_or_else(|| value.clone(), Value::from);
        let texts: Map<String, Value> = members.iter().map(|(name, value)| (name.clone(), text(value))).collect();
        return vec![value.clone(), texts.into()];
    }
    let Value::Array(items) = value else {
        let readings = single(value);
        let lists: Vec<Value> = readings.iter().map(|reading| json!([reading])).collect();
        return [readings, lists].concat();
    };
    let mut readings = vec![value.clone()];
    for number in 0..2 {
        let read = |item: &Value| single(item).into_iter().nth(number).unwrap_or_else(|| item.clone());
        readings.push(items.iter().map(read).collect());
    }
    if let [only] = items.as_slice() {
        readings.extend(single(only));
    }
    readings
}

/// The operation of the revision with equal method and path, names of path parameters left out.
fn counterpart(operation: &Operation<'_>, others: &[Operation<'_>]) -> Option<usize> {
    let is = |same: &dyn Fn(&str) -> bool| {
        others.iter().position(|other| other.method == operation.method && same(other.path))
    };
    is(&|path| path == operation.path).or_else(|| is(&|path| template(path) == template(operation.path)))
}

fn template(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

fn name(operation: &Operation<'_>) -> String {
    format!("{} {}", operation.method.to_uppercase(), operation.path)
}
