//! Reads the schemas of a document's requests and responses, as JSON Schema 2020-12.

use std::collections::HashMap;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};
use xtask::media_type::{essence, is_json};

use super::samples::texts_of;

const METHODS: [&str; 6] = ["get", "put", "post", "delete", "head", "patch"];

/// The direction in which a body is sent. A body of one direction lacks the properties of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Request,
    Response,
}

/// A document, rewritten as JSON Schema for one direction.
pub(crate) struct Contract {
    pub(crate) document: Value,
}

/// The words of a document. A value that one schema lists may be one that another excludes, and a property that one names
/// one of another's map.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vocabulary {
    pub(crate) values: Vec<Value>,
    pub(crate) names: Vec<String>,
    /// The names of required properties.
    pub(crate) demanded: Vec<String>,
}

/// One operation of a contract.
pub(crate) struct Operation<'d> {
    pub(crate) method: &'static str,
    pub(crate) path: &'d str,
    value: &'d Value,
    item: &'d Value,
}

/// A parameter. A path parameter is called after its position.
pub(crate) struct Parameter<'d> {
    pub(crate) key: (String, String),
    pub(crate) is_required: bool,
    pub(crate) schema: Option<&'d Value>,
}

/// The bodies of a request or a response.
pub(crate) struct Content<'d> {
    pub(crate) is_required: bool,
    /// The schema of each media type, by its name without parameters.
    pub(crate) schemas: HashMap<String, &'d Value>,
}

impl<'d> Content<'d> {
    /// The schema of its JSON.
    pub(crate) fn json(&self) -> Option<&'d Value> {
        let plain = self.schemas.get("application/json");
        let found = plain.or_else(|| {
            let is_other = |name: &String| is_json(name) || is_within("application/json", name);
            self.schemas.iter().find(|(name, _)| is_other(name)).map(|(_, schema)| schema)
        });
        found.copied()
    }
}

/// Whether a media type is another one, or of a range.
pub(crate) fn is_within(name: &str, range: &str) -> bool {
    range == "*/*" || name == range || range.strip_suffix('*').is_some_and(|kind| name.starts_with(kind))
}

/// The schema of a media type that has none.
static ANYTHING: Value = Value::Bool(true);

impl Contract {
    pub(crate) fn new(document: &Value, direction: Direction) -> Self {
        let is_30 = document["openapi"].as_str().is_some_and(|version| version.starts_with("3.0"));
        let mut document = document.clone();
        rewrite(&mut document, &Rewriting { direction, is_30 });
        Self { document }
    }

    pub(crate) fn operations(&self) -> Vec<Operation<'_>> {
        let paths = self.document["paths"].as_object().into_iter().flatten();
        let mut operations = Vec::new();
        for (path, item) in paths {
            let item = self.resolve(item);
            for method in METHODS {
                if let Some(value) = item.get(method) {
                    operations.push(Operation { method, path, value: self.resolve(value), item });
                }
            }
        }
        operations
    }

    /// The values and names in the whole document.
    pub(crate) fn vocabulary(&self) -> Vocabulary {
        let (mut listed, mut names, mut demanded) = (Vec::new(), Vec::new(), Vec::new());
        let mut next = vec![&self.document];
        while let Some(value) = next.pop() {
            match value {
                Value::Array(items) => next.extend(items),
                Value::Object(members) => {
                    let values = members.get("enum").and_then(Value::as_array).into_iter().flatten();
                    for value in values.chain(members.get("const")) {
                        if (value.is_string() || value.is_number()) && !listed.contains(value) {
                            listed.push(value.clone());
                        }
                    }
                    let format =
                        members.get("format").and_then(Value::as_str).filter(|format| texts_of(Some(format)).len() < 5);
                    listed.extend(format.into_iter().flat_map(|format| texts_of(Some(format))).map(|text| json!(text)));
                    let required = members.get("required").and_then(Value::as_array).into_iter().flatten();
                    demanded.extend(required.filter_map(Value::as_str).map(str::to_owned));
                    let properties = members.get("properties").and_then(Value::as_object).into_iter().flatten();
                    names.extend(properties.map(|(name, _)| name.clone()));
                    next.extend(members.values());
                }
                _ => {}
            }
        }
        for names in [&mut names, &mut demanded] {
            names.sort();
            names.dedup();
            names.truncate(20);
        }
        listed.truncate(20);
        Vocabulary { values: listed, names, demanded }
    }

    /// Follows `$ref` to an object that has none.
    fn resolve<'d>(&'d self, mut value: &'d Value) -> &'d Value {
        for _ in 0..20 {
            let target = value.get("$ref").and_then(Value::as_str).and_then(|reference| self.find(reference));
            match target {
                Some(target) => value = target,
                None => break,
            }
        }
        value
    }

    /// The target of a reference within the document.
    pub(crate) fn find(&self, reference: &str) -> Option<&Value> {
        self.document.pointer(&reference.strip_prefix('#')?.replace("%7B", "{").replace("%7D", "}"))
    }

    pub(crate) fn parameters<'d>(&'d self, operation: &Operation<'d>) -> Vec<Parameter<'d>> {
        let mut found: Vec<Parameter<'d>> = Vec::new();
        for owner in [operation.item, operation.value] {
            for parameter in owner["parameters"].as_array().into_iter().flatten() {
                let parameter = self.resolve(parameter);
                let (Some(place), Some(name)) = (parameter["in"].as_str(), parameter["name"].as_str()) else {
                    continue;
                };
                let name = match place {
                    "path" => {
                        let index = operation.path.find(&format!("{{{name}}}")).unwrap_or_default();
                        operation.path[..index].matches('{').count().to_string()
                    }
                    "header" => name.to_lowercase(),
                    _ => name.to_owned(),
                };
                if place == "header" && ["authorization", "accept", "content-type"].contains(&name.as_str()) {
                    continue;
                }
                let key = (place.to_owned(), name);
                found.retain(|known| known.key != key);
                let is_required = parameter["required"] == true || place == "path";
                let schema = match parameter.get("schema") {
                    None if parameter.get("content").is_none() => Some(&ANYTHING),
                    schema => schema,
                };
                found.push(Parameter { key, is_required, schema });
            }
        }
        found
    }

    pub(crate) fn request<'d>(&'d self, operation: &Operation<'d>) -> Option<Content<'d>> {
        operation.value.get("requestBody").map(|body| self.content(body))
    }

    /// The successes: those of 2xx, else `default` with a body.
    pub(crate) fn successes<'d>(&'d self, operation: &Operation<'d>) -> Vec<Content<'d>> {
        let responses = || operation.value["responses"].as_object().into_iter().flatten();
        let successes = responses().filter(|(status, _)| status.starts_with('2')).map(|(_, response)| response);
        let mut found: Vec<&Value> = successes.collect();
        if found.is_empty() {
            found.extend(
                operation.value["responses"]
                    .get("default")
                    .filter(|default| self.resolve(default).get("content").is_some()),
            );
        }
        found.into_iter().map(|response| self.content(response)).collect()
    }

    fn content<'d>(&'d self, holder: &'d Value) -> Content<'d> {
        let holder = self.resolve(holder);
        let content = holder["content"].as_object().into_iter().flatten();
        let schemas =
            content.map(|(name, media_type)| (essence(name), media_type.get("schema").unwrap_or(&ANYTHING))).collect();
        Content { is_required: holder["required"] == true, schemas }
    }

    /// The validator of a schema of this document; `None` for a schema that is none.
    pub(crate) fn validator(&self, schema: &Value) -> Option<Validator> {
        let mut root = json!({ "allOf": [schema] });
        for key in ["paths", "components"] {
            root[key] = self.document[key].clone();
        }
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .with_format("byte", |text: &str| {
                text.len().is_multiple_of(4) && text.chars().all(|c| c.is_ascii_alphanumeric() || "+/=".contains(c))
            })
            .with_format("binary", |_: &str| true)
            .with_format("ip", |text: &str| text.parse::<std::net::IpAddr>().is_ok())
            .with_format("unix-time", |text: &str| text.parse::<i64>().is_ok())
            .build(&root)
            .ok()
    }
}

struct Rewriting {
    direction: Direction,
    is_30: bool,
}

/// Keywords whose values are no schemas.
const VALUES: [&str; 5] = ["example", "examples", "default", "enum", "const"];
/// Keywords whose members have names of the document's own.
const NAMED: [&str; 6] = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "schemas"];

fn rewrite(value: &mut Value, rewriting: &Rewriting) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, rewriting)),
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                if NAMED.contains(&key.as_str()) {
                    member.as_object_mut().into_iter().flatten().for_each(|(_, schema)| rewrite(schema, rewriting));
                } else if !VALUES.contains(&key.as_str()) {
                    rewrite(member, rewriting);
                }
            }
            rewrite_schema(members, rewriting);
        }
        _ => {}
    }
}

fn rewrite_schema(schema: &mut Map<String, Value>, rewriting: &Rewriting) {
    if rewriting.is_30 && schema.contains_key("$ref") {
        schema.retain(|key, _| key == "$ref");
        return;
    }
    for (inclusive, exclusive) in [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")] {
        match schema.get(exclusive) {
            Some(Value::Bool(true)) => {
                if let Some(limit) = schema.shift_remove(inclusive) {
                    schema.insert(exclusive.to_owned(), limit);
                } else {
                    schema.shift_remove(exclusive);
                }
            }
            Some(Value::Bool(false)) => drop(schema.shift_remove(exclusive)),
            _ => {}
        }
    }
    if schema.get("contentEncoding").is_some_and(|encoding| encoding == "base64") {
        schema.entry("format").or_insert_with(|| "byte".into());
    }
    rewrite_format(schema);
    // What is not sent in this direction need not be there.
    let mark = if rewriting.direction == Direction::Request { "readOnly" } else { "writeOnly" };
    let marked: Vec<String> = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(_, property)| property.get(mark) == Some(&Value::Bool(true)))
        .map(|(name, _)| name.clone())
        .collect();
    if let Some(Value::Array(names)) = schema.get_mut("required") {
        names.retain(|name| name != "" && marked.iter().all(|marked| name != marked));
    } else if schema.contains_key("type") {
        // Draft 4 wrote a flag, as a parameter still does.
        schema.shift_remove("required");
    }
    // A server ignores what is not meant to be sent to it.
    for name in marked {
        schema["properties"][name] = json!({ mark: true });
    }
    // Who lists null means it.
    let lists_null = schema.get("enum").and_then(Value::as_array).is_some_and(|values| values.contains(&Value::Null));
    if lists_null && schema.get("type").is_some_and(Value::is_string) {
        schema["type"] = json!([schema["type"], "null"]);
    }
    if schema.shift_remove("nullable") == Some(Value::Bool(true)) {
        let mut inner = std::mem::take(schema);
        for keep in ["readOnly", "writeOnly"] {
            if let Some(mark) = inner.shift_remove(keep) {
                schema.insert(keep.to_owned(), mark);
            }
        }
        schema.insert("anyOf".to_owned(), json!([inner, { "type": "null" }]));
    }
}

/// Formats of integers become bounds; a format of strings at another type means that the values are strings.
fn rewrite_format(schema: &mut Map<String, Value>) {
    let is = |names: &[&str]| schema.get("type").and_then(Value::as_str).is_some_and(|name| names.contains(&name));
    let format = schema.get("format").and_then(Value::as_str).unwrap_or_default().to_owned();
    if is(&["number", "object", "array", "boolean"]) && ["uuid", "date", "date-time"].contains(&format.as_str()) {
        schema.insert("type".to_owned(), "string".into());
        return;
    }
    let lists_integer =
        schema.get("type").and_then(Value::as_array).is_some_and(|names| names.iter().any(|n| n == "integer"));
    if !is(&["integer"]) && !lists_integer {
        return;
    }
    let (least, most) = match format.as_str() {
        "int8" => (json!(i8::MIN), json!(i8::MAX)),
        "uint8" => (json!(0), json!(u8::MAX)),
        "int16" => (json!(i16::MIN), json!(i16::MAX)),
        "uint16" => (json!(0), json!(u16::MAX)),
        "int32" => (json!(i32::MIN), json!(i32::MAX)),
        "uint32" => (json!(0), json!(u32::MAX)),
        "uint64" => (json!(0), json!(u64::MAX)),
        _ => (json!(i64::MIN), json!(i64::MAX)),
    };
    schema.entry("minimum").or_insert(least);
    schema.entry("maximum").or_insert(most);
}
