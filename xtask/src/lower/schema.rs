//! Lowering of schemas: JSON Schema 2020-12 becomes the Schema Object of OpenAPI 3.0.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::{Result, bail};
use heck::ToUpperCamelCase;
use serde_json::{Map, Value, json};

use super::keywords::Object;
use super::{CURE, Lowering, extensions, list, members, text};
use crate::load::kind;
use crate::pointer::Pointer;

/// What the generator can hold in its stack and in reasonable time.
const MAX_SCHEMAS: usize = 5_000;
/// The same, for the properties of one object.
const MAX_PROPERTIES: usize = 1_000;

/// Where schemas stand in a lowered document.
const SCHEMAS: &str = "#/components/schemas/";

/// What may stand beside a `$ref` and says nothing about values.
const ANNOTATIONS: [&str; 5] = ["title", "deprecated", "readOnly", "writeOnly", "nullable"];

/// How many types a JSON value can be of, `null` and whole numbers apart.
const ALL_TYPES: usize = 5;

/// The keywords that speak of one type only, by type.
const TYPE_KEYWORDS: [(&str, &[&str]); 5] = [
    ("object", &["properties", "additionalProperties", "required", "minProperties", "maxProperties"]),
    ("array", &["items", "minItems", "maxItems", "uniqueItems"]),
    ("string", &["minLength", "maxLength", "format"]),
    ("number", &["multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format"]),
    ("integer", &["multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "format"]),
];

/// The schemas that operations have reached so far, and what they are called.
#[derive(Debug, Default)]
pub(super) struct Reached {
    names: BTreeMap<Pointer, String>,
    waiting: VecDeque<Pointer>,
    /// The type names of the document's own components.
    components: BTreeSet<String>,
}

/// What the generator calls the type of a schema.
pub(super) fn type_name(schema: &str) -> String {
    schema.to_upper_camel_case()
}

/// Names that generated code uses for something else; a type of that name would hide it.
pub(super) const TYPE_NAMES: [&str; 3] = ["Default", "Err", "Ok"];

/// Whether a component can be called so: OpenAPI's own rule, which keeps references free of escapes.
fn is_component_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars().all(is_plain) && !type_name(name).is_empty() && !TYPE_NAMES.contains(&type_name(name).as_str())
}

impl Lowering<'_> {
    pub(super) fn schema(&mut self, value: &Value, at: &Pointer) -> Result<Value> {
        let written = match value {
            Value::Bool(true) => return Ok(json!({})),
            Value::Bool(false) => bail!("{at}: the schema `false` allows no value; {CURE}"),
            Value::Object(members) => members,
            other => bail!("{at}: expected a schema, found {}", kind(other)),
        };
        if let Some(reference) = written.get("$ref") {
            return self.reference(written, reference, at);
        }
        if let Some(name) = written.get(extensions::TYPE) {
            return self.client_type(name, &at.child(extensions::TYPE));
        }
        if let Some(plain) = without_unevaluated(written) {
            return self.schema(&Value::Object(plain), at);
        }
        let mut schema = self.object(Object::Schema, value, at)?;
        extensions::keep(written, &mut schema, at)?;
        if schema.get("properties").and_then(Value::as_object).is_some_and(|all| all.len() > MAX_PROPERTIES) {
            bail!("{at}/properties: more than {MAX_PROPERTIES} are more than the generator can hold");
        }
        let mut nullable = schema.get("nullable") == Some(&Value::Bool(true));
        for keyword in ["anyOf", "oneOf"] {
            nullable |= self.without_null(&mut schema, keyword, written, at)?;
        }
        if schema.shift_remove("discriminator").is_some()
            && schema.contains_key("properties")
            && !schema.contains_key("anyOf")
            && !schema.contains_key("oneOf")
        {
            // The base of other schemas, whose values stand in its place: what they have more is to be kept.
            schema.entry("additionalProperties").or_insert(Value::Bool(true));
        }
        values(&mut schema);
        nullable |= null_type(&mut schema, at)?;
        bound(&mut schema, "minimum", "exclusiveMinimum", f64::max);
        bound(&mut schema, "maximum", "exclusiveMaximum", f64::min);
        if let Some(encoding) = schema.shift_remove("contentEncoding")
            && encoding == "base64"
        {
            schema.entry("format").or_insert_with(|| "byte".into());
        }
        let is_formless = |kind: &Value| kind == "boolean" || kind == "array" || kind == "object";
        if schema.get("format").is_some_and(|format| format == "uuid") || schema.get("type").is_some_and(is_formless) {
            schema.shift_remove("format");
        }
        several_types(&mut schema);
        if nullable {
            schema.insert("nullable".to_owned(), true.into());
        }
        Ok(Value::Object(single_branch(schema)))
    }

    /// A reference, with what stands beside it as a second part of `allOf`.
    fn reference(&mut self, written: &Map<String, Value>, reference: &Value, at: &Pointer) -> Result<Value> {
        let reference = text(reference, &at.child("$ref"))?;
        let target = Pointer::of_reference(reference).map_err(|error| anyhow::anyhow!("{at}: {error}"))?;
        let Some(found) = target.find(self.document) else {
            bail!("{at}: `$ref: {reference}` names nothing in the document");
        };
        if !found.is_object() && !found.is_boolean() {
            bail!("{at}: `$ref: {reference}` names {}, not a schema", kind(found));
        }
        if let Some(name) = found.get(extensions::TYPE) {
            return self.client_type(name, &target.child(extensions::TYPE));
        }
        let reference = json!({ "$ref": format!("{SCHEMAS}{}", self.schemas.name(&target)) });
        if self.is_30 {
            return Ok(reference);
        }
        let mut siblings = written.clone();
        siblings.retain(|name, _| name != "$ref" && name != "$defs");
        let siblings = self.schema(&Value::Object(siblings), at)?;
        let mut outer = Map::new();
        let mut inner = Map::new();
        for (name, value) in siblings.as_object().into_iter().flatten() {
            match name.as_str() {
                "description" | "readOnly" | "writeOnly" => outer.insert(name.clone(), value.clone()),
                name if ANNOTATIONS.contains(&name) => None,
                _ => inner.insert(name.clone(), value.clone()),
            };
        }
        if siblings.get("nullable").is_some() && inner.is_empty() {
            outer.insert("nullable".to_owned(), true.into());
        }
        if outer.is_empty() && inner.is_empty() {
            return Ok(reference);
        }
        let mut parts = vec![reference];
        if !inner.is_empty() {
            parts.push(Value::Object(inner));
        }
        outer.insert("allOf".to_owned(), parts.into());
        Ok(Value::Object(outer))
    }

    /// A reference to the schema that the client reads in place of the one that says so.
    fn client_type(&mut self, name: &Value, at: &Pointer) -> Result<Value> {
        let target = Pointer::schemas().child(text(name, at)?);
        if target.find(self.document).is_none() {
            bail!("{at}: {name} is not a schema of this document");
        }
        Ok(json!({ "$ref": format!("{SCHEMAS}{}", self.schemas.name(&target)) }))
    }

    /// Lowers the branches of `anyOf` or `oneOf` that are not `null`; whether one was.
    fn without_null(
        &mut self,
        schema: &mut Map<String, Value>,
        keyword: &str,
        written: &Map<String, Value>,
        at: &Pointer,
    ) -> Result<bool> {
        let Some(branches) = written.get(keyword) else {
            return Ok(false);
        };
        let at = at.child(keyword);
        let branches = list(branches, &at)?;
        if branches.is_empty() {
            bail!("{at}: needs at least one schema");
        }
        let mut kept = Vec::new();
        for (index, branch) in branches.iter().enumerate() {
            if !only_null(branch) {
                kept.push(self.schema(branch, &at.child(index))?);
            }
        }
        let had_null = kept.len() < branches.len();
        if !kept.is_empty() {
            schema.insert(keyword.to_owned(), kept.into());
        }
        Ok(had_null)
    }

    /// Lowers every schema that was reached, and those that they reach, in the document's order.
    pub(super) fn reached_schemas(&mut self) -> Result<Value> {
        let mut lowered = Map::new();
        let mut types = BTreeMap::new();
        while let Some(target) = self.schemas.waiting.pop_front() {
            let value = target.find(self.document).cloned().unwrap_or_default();
            let name = self.schemas.name(&target);
            if let Some(other) = types.insert(type_name(&name), target.clone()) {
                bail!("{target}: would be one type with {other}; {CURE}");
            }
            lowered.insert(name, self.schema(&value, &target)?);
            if lowered.len() > MAX_SCHEMAS {
                bail!("{target}: more than {MAX_SCHEMAS} schemas are more than the generator can hold");
            }
        }
        let components = Pointer::schemas();
        let order = components.find(self.document).map(|schemas| members(schemas, &components)).transpose()?;
        let mut sorted = Map::new();
        for key in order.into_iter().flat_map(Map::keys) {
            let name = self.schemas.names.get(&components.child(key));
            if let Some((name, schema)) = name.and_then(|name| lowered.shift_remove_entry(name)) {
                sorted.insert(name, schema);
            }
        }
        // What was moved here from elsewhere follows, in the order it was reached.
        sorted.extend(lowered);
        Ok(Value::Object(sorted))
    }
}

impl Reached {
    pub(super) fn of(document: &Value) -> Self {
        let components = document.pointer("/components/schemas").and_then(Value::as_object);
        let components = components.into_iter().flat_map(Map::keys).map(|name| type_name(name)).collect();
        Self { components, ..Self::default() }
    }

    /// The name under `components/schemas` of what stands at `target`.
    fn name(&mut self, target: &Pointer) -> String {
        if let Some(name) = self.names.get(target) {
            return name.clone();
        }
        let keys: Vec<String> = target.keys().collect();
        let component = match keys.as_slice() {
            [components, schemas, name] if components == "components" && schemas == "schemas" => Some(name),
            _ => None,
        };
        let name = match component {
            Some(name) if is_component_name(name) => name.clone(),
            Some(name) => format!("{}Schema", type_name(name)),
            None => {
                let structure = ["components", "schemas", "properties", "$defs", "paths", "schema"];
                let words: Vec<&str> = keys.iter().map(String::as_str).filter(|k| !structure.contains(k)).collect();
                words.join(" ").to_upper_camel_case()
            }
        };
        // What gets its name here must not take the place of anything else.
        let is_taken = |name: &str| self.names.values().any(|known| type_name(known) == type_name(name));
        let mut unique = name.clone();
        for n in 2.. {
            if component == Some(&name) || !is_taken(&unique) && !self.components.contains(&type_name(&unique)) {
                break;
            }
            unique = format!("{name}{n}");
        }
        self.names.insert(target.clone(), unique.clone());
        self.waiting.push_back(target.clone());
        unique
    }
}

/// A schema that composes nothing evaluates its own properties only: the rest is additional.
fn without_unevaluated(written: &Map<String, Value>) -> Option<Map<String, Value>> {
    const OTHERS: [&str; 5] = ["allOf", "anyOf", "oneOf", "additionalProperties", "patternProperties"];
    let mut plain = written.clone();
    let rest = plain.shift_remove("unevaluatedProperties")?;
    if OTHERS.iter().any(|name| plain.contains_key(*name)) {
        return None;
    }
    plain.insert("additionalProperties".to_owned(), rest);
    Some(plain)
}

/// Whether a schema allows `null` and nothing else.
fn only_null(schema: &Value) -> bool {
    let null = |value: &Value| value.as_array().is_some_and(|values| values.iter().all(Value::is_null));
    schema.get("type").is_some_and(|kind| kind == "null" || *kind == json!(["null"]))
        || schema.get("const").is_some_and(Value::is_null)
        || schema.get("enum").is_some_and(|values| null(values) && *values != json!([]))
}

/// `const` becomes an `enum` of one; the type that only the values say is written out.
fn values(schema: &mut Map<String, Value>) {
    if let Some(value) = schema.shift_remove("const") {
        schema.insert("enum".to_owned(), json!([value]));
    }
    let Some(Value::Array(values)) = schema.get("enum") else {
        return;
    };
    if !schema.contains_key("type") {
        let mut types: Vec<Value> = Vec::new();
        for value in values {
            let name = match value {
                Value::Null => "null",
                Value::Bool(_) => "boolean",
                Value::Number(number) if number.is_f64() => "number",
                Value::Number(_) => "integer",
                Value::String(_) => "string",
                Value::Array(_) => "array",
                Value::Object(_) => "object",
            };
            if !types.contains(&name.into()) {
                types.push(name.into());
            }
        }
        schema.insert("type".to_owned(), types.into());
    }
}

/// Takes `null` out of `type` and `enum`; whether it was there.
fn null_type(schema: &mut Map<String, Value>, at: &Pointer) -> Result<bool> {
    let Some(written) = schema.shift_remove("type") else {
        return Ok(false);
    };
    let mut types: Vec<String> = Vec::new();
    for name in written.as_array().map_or_else(|| vec![&written], |list| list.iter().collect()) {
        let at = at.child("type");
        let name = text(name, &at)?;
        if !["null", "boolean", "object", "array", "number", "string", "integer"].contains(&name) {
            bail!("{at}: `{name}` is not a type of JSON Schema");
        }
        if !types.iter().any(|known| known == name) {
            types.push(name.to_owned());
        }
    }
    if types.iter().any(|name| name == "number") {
        types.retain(|name| name != "integer");
    }
    let nullable = types.iter().any(|name| name == "null");
    types.retain(|name| name != "null");
    if types.is_empty() {
        // The generator has no type of null alone; any JSON value holds it.
        schema.shift_remove("enum");
        return Ok(true);
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    let types = if types.len() == 1 { types.remove(0).into() } else { Value::from(types) };
    schema.insert("type".to_owned(), types);
    Ok(nullable)
}

/// A numeric exclusive bound becomes 3.0's pair of bound and flag, the tighter of the two winning.
fn bound(schema: &mut Map<String, Value>, inclusive: &str, exclusive: &str, tighter: fn(f64, f64) -> f64) {
    let Some(limit) = schema.get(exclusive).and_then(Value::as_f64) else {
        return;
    };
    let other = schema.get(inclusive).and_then(Value::as_f64);
    #[expect(clippy::float_cmp, reason = "both are the very numbers of the document")]
    let excludes = other.is_none_or(|other| tighter(limit, other) == limit);
    if excludes && let Some(number) = schema.shift_remove(exclusive) {
        schema.insert(inclusive.to_owned(), number);
        schema.insert(exclusive.to_owned(), true.into());
    } else {
        schema.shift_remove(exclusive);
    }
}

/// Several types become `anyOf`, one branch a type, each with the keywords that speak of it.
fn several_types(schema: &mut Map<String, Value>) {
    let Some(Value::Array(types)) = schema.get("type") else {
        return;
    };
    let types: Vec<String> = types.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut rest = schema.clone();
    rest.shift_remove("type");
    let is_annotation = |name: &String| name == "description" || ANNOTATIONS.contains(&name.as_str());
    if types.len() == ALL_TYPES && rest.keys().all(is_annotation) {
        // Every JSON value is of one of them, and a number would lose digits as one of several.
        *schema = rest;
        return;
    }
    for (_, keywords) in TYPE_KEYWORDS {
        rest.retain(|name, _| !keywords.contains(&name.as_str()));
    }
    let values = rest.shift_remove("enum");
    let mut branches = Vec::new();
    for name in types {
        let mut branch = Map::from_iter([("type".to_owned(), name.clone().into())]);
        let keywords = TYPE_KEYWORDS.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, keywords)| *keywords);
        branch
            .extend(schema.iter().filter(|(k, _)| keywords.contains(&k.as_str())).map(|(k, v)| (k.clone(), v.clone())));
        if let Some(Value::Array(values)) = &values {
            let own: Vec<Value> = values.iter().filter(|value| is_of_type(value, &name)).cloned().collect();
            if own.is_empty() {
                continue;
            }
            // `1.0` is an integer to JSON Schema, and to a decoder a number.
            if own.iter().any(Value::is_f64) {
                branch.insert("type".to_owned(), "number".into());
            }
            branch.insert("enum".to_owned(), own.into());
        }
        branches.push(Value::Object(branch));
    }
    if let Some(Value::Array(parts)) = rest.get_mut("allOf") {
        parts.push(json!({ "anyOf": branches }));
    } else if rest.contains_key("anyOf") {
        // A schema of several types with alternatives of its own must satisfy both.
        rest.insert("allOf".to_owned(), json!([{ "anyOf": branches }]));
    } else {
        rest.insert("anyOf".to_owned(), branches.into());
    }
    *schema = rest;
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) => name == "boolean",
        Value::Number(number) => {
            name == "number" || name == "integer" && number.as_f64().is_none_or(|number| number.fract() == 0.0)
        }
        Value::String(_) => name == "string",
        Value::Array(_) => name == "array",
        Value::Object(_) => name == "object",
    }
}

/// A choice of one is no choice: what was `anyOf: [X, null]` becomes X, nullable.
fn single_branch(mut schema: Map<String, Value>) -> Map<String, Value> {
    for keyword in ["anyOf", "oneOf"] {
        let says_values = schema
            .keys()
            .any(|name| !ANNOTATIONS.contains(&name.as_str()) && !["description", keyword].contains(&name.as_str()));
        let Some([branch]) = schema.get(keyword).and_then(Value::as_array).map(Vec::as_slice) else {
            continue;
        };
        if says_values {
            continue;
        }
        let branch = branch.clone();
        schema.shift_remove(keyword);
        match branch {
            Value::Object(branch) if !branch.contains_key("$ref") => {
                for (name, value) in branch {
                    schema.entry(name).or_insert(value);
                }
            }
            branch if schema.is_empty() => return branch.as_object().cloned().unwrap_or_default(),
            branch => drop(schema.insert("allOf".to_owned(), json!([branch]))),
        }
    }
    schema
}
