//! Values of a schema, directed at its edges: every branch and listed value, each limit, null, every optional property
//! present and absent, and properties that the schema does not name.

use std::slice;

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::contract::{Contract, Direction, Vocabulary};

/// How deep schemas are followed. A schema that contains itself is left out below.
const MAX_DEPTH: usize = 7;
/// How many forms of one composed schema are tried.
const MAX_FORMS: usize = 12;
/// How many values of an inner schema take part.
const MAX_INNER: usize = 20;
/// A property that no document names.
const FURTHER: &str = "further_property";
/// How many values a whole body has at most.
const MAX_VALUES: usize = 200;

pub(crate) struct Sampler<'d> {
    contract: &'d Contract,
    direction: Direction,
    vocabulary: Vocabulary,
    rng: Rng,
}

impl<'d> Sampler<'d> {
    pub(crate) fn new(contract: &'d Contract, direction: Direction, vocabulary: Vocabulary, seed: u64) -> Self {
        Self { contract, direction, vocabulary, rng: Rng::with_seed(seed) }
    }

    /// Values of the schema that its validator accepts.
    pub(crate) fn valid(&mut self, schema: &Value) -> Vec<Value> {
        let Some(validator) = self.contract.validator(schema) else { return Vec::new() };
        let values = self.values(schema, 0);
        let mut valid: Vec<Value> = Vec::new();
        for value in values {
            if validator.is_valid(&value) && !valid.contains(&value) {
                valid.push(value);
            }
        }
        self.thinned(valid, MAX_VALUES)
    }

    /// Leaves `count` values: the first half of them, and others drawn by chance.
    fn thinned(&mut self, mut values: Vec<Value>, count: usize) -> Vec<Value> {
        while values.len() > count {
            values.remove(self.rng.usize(count / 2..values.len()));
        }
        values
    }

    fn values(&mut self, schema: &Value, depth: usize) -> Vec<Value> {
        let forms = self.forms(schema, depth);
        let values: Vec<_> = forms.iter().map(|form| self.values_of_form(form, depth)).collect();
        in_turn(&values)
    }

    /// The ways to satisfy a schema, each a list of schemas without composition that all hold.
    fn forms(&self, schema: &Value, depth: usize) -> Vec<Vec<Map<String, Value>>> {
        let Value::Object(members) = schema else {
            return if *schema == Value::Bool(false) { Vec::new() } else { vec![vec![Map::new()]] };
        };
        if depth > MAX_DEPTH {
            return Vec::new();
        }
        let mut plain = members.clone();
        plain.retain(|key, _| !["$ref", "allOf", "oneOf", "anyOf"].contains(&key.as_str()));
        let mut forms = vec![vec![plain]];
        let mut parts: Vec<Vec<Vec<Map<String, Value>>>> = Vec::new();
        if let Some(target) = members.get("$ref").and_then(Value::as_str) {
            parts.push(self.contract.find(target).map_or_else(Vec::new, |target| self.forms(target, depth + 1)));
        }
        for part in members.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            parts.push(self.forms(part, depth + 1));
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(branches) = members.get(keyword).and_then(Value::as_array) {
                parts.push(branches.iter().flat_map(|branch| self.forms(branch, depth + 1)).collect());
            }
        }
        for part in parts {
            let combined =
                forms.iter().flat_map(|form| part.iter().map(move |other| [form.as_slice(), other].concat()));
            forms = combined.take(MAX_FORMS).collect();
        }
        forms
    }

    fn values_of_form(&mut self, form: &[Map<String, Value>], depth: usize) -> Vec<Value> {
        let find = |key: &str| form.iter().find_map(|part| part.get(key));
        if let Some(value) = find("const") {
            return vec![value.clone()];
        }
        if let Some(Value::Array(values)) = find("enum") {
            return values.clone();
        }
        let names = |kind: &Value| -> Vec<String> {
            let list = kind.as_array().cloned().unwrap_or_else(|| vec![kind.clone()]);
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let types: Vec<String> = form
            .iter()
            .filter_map(|part| part.get("type"))
            .map(names)
            .reduce(|all, next| {
                all.into_iter()
                    .filter(|name| next.contains(name) || name == "number" && next.contains(&"integer".to_owned()))
                    .map(|name| if name == "number" && !next.contains(&name) { "integer".to_owned() } else { name })
                    .collect()
            })
            .unwrap_or_else(|| implied(form));
        let mut values = Vec::new();
        for name in types {
            values.push(match name.as_str() {
                "object" => self.objects(form, depth),
                "array" => self.lists(form, depth),
                "string" => {
                    [strings(form), self.vocabulary.values.iter().filter(|value| value.is_string()).cloned().collect()]
                        .concat()
                }
                "integer" | "number" => {
                    let listed = self.vocabulary.values.iter().filter(|value| value.is_number()).cloned().collect();
                    [numbers(form, name == "integer"), listed].concat()
                }
                "boolean" => vec![json!(true), json!(false)],
                "null" => vec![Value::Null],
                _ => vec![json!("text"), json!(7), json!(true), json!({ "any": "thing" }), json!(["thing"])],
            });
        }
        in_turn(&values)
    }

    fn objects(&mut self, form: &[Map<String, Value>], depth: usize) -> Vec<Value> {
        let mut properties: Vec<(String, Vec<Value>)> = Vec::new();
        for (name, schema) in form.iter().filter_map(|part| part.get("properties")?.as_object()).flatten() {
            match properties.iter_mut().find(|(known, _)| known == name) {
                Some((_, schemas)) => schemas.push(schema.clone()),
                None => properties.push((name.clone(), vec![schema.clone()])),
            }
        }
        let lists = form.iter().filter_map(|part| part.get("required")?.as_array()).flatten();
        let required: Vec<String> = lists.filter_map(Value::as_str).map(str::to_owned).collect();
        let dependents = form.iter().filter_map(|part| part.get("dependentRequired")?.as_object());
        let dependents =
            dependents.flat_map(Map::values).filter_map(Value::as_array).flatten().filter_map(Value::as_str);
        for name in required.iter().map(String::as_str).chain(dependents) {
            if properties.iter().all(|(known, _)| known != name) {
                properties.push((name.to_owned(), vec![json!({ "type": "string" })]));
            }
        }
        let mark = if self.direction == Direction::Request { "readOnly" } else { "writeOnly" };
        let mut values: Vec<(String, Vec<Value>)> = Vec::new();
        for (name, schemas) in properties {
            let is_left_out = |schema: &Value| {
                let target = schema.get("$ref").and_then(Value::as_str).and_then(|target| self.contract.find(target));
                [Some(schema), target].into_iter().flatten().any(|schema| schema.get(mark) == Some(&Value::Bool(true)))
            };
            if schemas.iter().any(is_left_out) {
                continue;
            }
            let all = self.satisfying(&schemas, depth);
            if all.is_empty() {
                if required.contains(&name) {
                    return Vec::new();
                }
                continue;
            }
            values.push((name, all));
        }
        let first = |(name, all): &(String, Vec<Value>)| (name.clone(), all[0].clone());
        let whole: Map<String, Value> = values.iter().map(first).collect();
        let mut objects = vec![whole.clone()];
        objects.push(
            whole.iter().filter(|(name, _)| required.contains(name)).map(|(n, v)| (n.clone(), v.clone())).collect(),
        );
        for (name, _) in values.iter().filter(|(name, _)| !required.contains(name)) {
            let mut without = whole.clone();
            without.shift_remove(name);
            objects.push(without);
        }
        // In turn, so that a few values of each property come first.
        let most = values.iter().map(|(_, all)| all.len()).max().unwrap_or_default();
        for nth in 1..most {
            for (name, value) in values.iter().filter_map(|(name, all)| Some((name, all.get(nth)?))) {
                let mut other = whole.clone();
                other.insert(name.clone(), value.clone());
                objects.push(other);
            }
        }
        for (name, value) in self.further(form, depth) {
            let mut more = whole.clone();
            more.entry(name).or_insert(value);
            objects.push(more);
        }
        objects.into_iter().map(Value::Object).collect()
    }

    /// Values of properties that the schema does not name. A client sends them only where they are meant to be sent.
    fn further(&mut self, form: &[Map<String, Value>], depth: usize) -> Vec<(String, Value)> {
        let stated = form.iter().find_map(|part| part.get("additionalProperties"));
        let mut names = vec![FURTHER.to_owned()];
        let values = match stated {
            Some(Value::Bool(false)) => Vec::new(),
            Some(Value::Object(schema)) if !schema.is_empty() => {
                names.extend(self.vocabulary.names.iter().cloned());
                self.satisfying(&[Value::Object(schema.clone())], depth)
            }
            None if self.direction == Direction::Request && form.iter().any(|part| part.contains_key("properties")) => {
                Vec::new()
            }
            _ => {
                names.extend(self.vocabulary.demanded.iter().cloned());
                let texts = self.vocabulary.values.iter().filter(|value| value.is_string()).cloned();
                [json!("text"), json!(7), json!({ "any": "thing" })].into_iter().chain(texts).collect()
            }
        };
        let is_named = |name: &String| {
            form.iter().any(|part| part.get("properties").is_some_and(|properties| properties.get(name).is_some()))
        };
        names.retain(|name| !is_named(name));
        let mut further: Vec<(String, Value)> =
            names.iter().flat_map(|name| values.iter().map(|value| (name.clone(), value.clone()))).collect();
        let by_pattern = form.iter().filter_map(|part| part.get("patternProperties")?.as_object()).flatten();
        for (pattern, schema) in by_pattern {
            let names = self.satisfying(&[json!({ "type": "string", "pattern": pattern })], depth);
            let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
            for value in self.satisfying(slice::from_ref(schema), depth) {
                further.extend(names.iter().map(|name| ((*name).to_owned(), value.clone())));
            }
        }
        further
    }

    /// A few values that satisfy all of several schemas.
    fn satisfying(&mut self, schemas: &[Value], depth: usize) -> Vec<Value> {
        let whole = json!({ "allOf": schemas });
        let mut all = self.values(&whole, depth + 1);
        // Other keywords are met by construction.
        let is_checked = |schema: &Value| ["pattern", "not"].iter().any(|key| schema.get(*key).is_some());
        if schemas.iter().any(is_checked)
            && let Some(validator) = self.contract.validator(&whole)
        {
            all.retain(|value| validator.is_valid(value));
        }
        self.thinned(all, MAX_INNER)
    }

    fn lists(&mut self, form: &[Map<String, Value>], depth: usize) -> Vec<Value> {
        let limit = |key: &str| -> Vec<usize> {
            let limits = form.iter().filter_map(|part| part.get(key)?.as_u64());
            limits.filter_map(|limit| usize::try_from(limit).ok()).collect()
        };
        let (least, most) = (limit("minItems").into_iter().max().unwrap_or(0), limit("maxItems").into_iter().min());
        if let Some(Value::Array(items)) = form.iter().find_map(|part| part.get("prefixItems")) {
            let all: Vec<Value> =
                items.iter().filter_map(|item| self.values(item, depth + 1).into_iter().next()).collect();
            let rest = form.iter().find_map(|part| part.get("items")).cloned().unwrap_or(Value::Bool(true));
            let longer =
                self.satisfying(&[rest], depth).into_iter().map(|last| json!([all.as_slice(), &[last]].concat()));
            let longer: Vec<Value> = longer.collect();
            return [vec![json!(all), json!(all[..all.len().min(1)]), json!([])], longer].concat();
        }
        let schemas: Vec<Value> = form.iter().filter_map(|part| part.get("items").cloned()).collect();
        let items = self.values(&json!({ "allOf": schemas }), depth + 1);
        let items = self.thinned(items, MAX_INNER);
        let of_length = |length: usize| Value::Array(items.iter().cycle().take(length).cloned().collect());
        let mut lists = vec![of_length(least.max(1)), of_length(least), of_length(least + 1)];
        lists.extend(most.filter(|most| *most <= 300).map(of_length));
        for item in items.iter().skip(1) {
            lists.push(Value::Array(vec![item.clone(); least.max(1)]));
        }
        lists.extend(items.first().map(|item| Value::Array(vec![item.clone(); least.max(2)])));
        if let Some(wanted) = form.iter().find_map(|part| part.get("contains")) {
            let all = self.satisfying(&[wanted.clone(), json!({ "allOf": schemas })], depth);
            let counts = ["minContains", "maxContains"].into_iter().flat_map(limit).filter(|count| *count <= 300);
            let counts: Vec<usize> = counts.chain([1]).collect();
            lists.extend(all.iter().flat_map(|item| counts.iter().map(move |count| json!(vec![item; *count]))));
        }
        lists
    }
}

/// The first value of each list, then the second of each, and so on. A value comes once.
fn in_turn(lists: &[Vec<Value>]) -> Vec<Value> {
    let most = lists.iter().map(Vec::len).max().unwrap_or_default();
    let mut values: Vec<Value> = Vec::new();
    for value in (0..most).flat_map(|nth| lists.iter().filter_map(move |list| list.get(nth))) {
        if !values.contains(value) {
            values.push(value.clone());
        }
    }
    values
}

/// The types that keywords speak of, where no type is named.
fn implied(form: &[Map<String, Value>]) -> Vec<String> {
    let says = |keys: &[&str]| form.iter().any(|part| keys.iter().any(|key| part.contains_key(*key)));
    let name = if says(&["properties", "required", "additionalProperties"]) {
        "object"
    } else if says(&["items", "minItems", "maxItems"]) {
        "array"
    } else if says(&["minimum", "maximum", "multipleOf"]) {
        "number"
    } else if says(&["pattern", "minLength", "maxLength", "format"]) {
        "string"
    } else {
        "any"
    };
    vec![name.to_owned()]
}

/// Texts of a format, or of none.
pub(crate) fn texts_of(format: Option<&str>) -> &'static [&'static str] {
    match format {
        Some("date-time") => &["2026-09-15T11:32:22Z", "2026-09-15T11:32:22.678047+02:00"],
        Some("date") => &["2026-09-15"],
        Some("date-or-date-time") => &["2026-09-15", "2026-09-15T11:32:22Z"],
        Some("uuid") => &["26734565-dbcc-449a-a370-0beaaf04b0e8"],
        Some("email" | "idn-email") => &["someone@example.com"],
        Some("hostname" | "idn-hostname") => &["example.com"],
        Some("ipv4" | "ip") => &["192.0.2.1"],
        Some("ipv6") => &["2001:db8::1"],
        Some("uri" | "iri" | "uri-reference" | "iri-reference") => &["https://example.com/a"],
        Some("byte") => &["aGVsbG8=", ""],
        Some("time") => &["11:32:22Z"],
        Some("duration") => &["P1D"],
        _ => &["text", "", "7", "Ä b", "A1", "x-a", "123-45-6789", "^x", "aa", "b"],
    }
}

fn strings(form: &[Map<String, Value>]) -> Vec<Value> {
    let format = form.iter().rev().find_map(|part| part.get("format")?.as_str());
    let texts = texts_of(format);
    let mut values: Vec<Value> = texts.iter().map(|text| json!(text)).collect();
    for key in ["minLength", "maxLength"] {
        for length in form.iter().filter_map(|part| part.get(key)?.as_u64()).filter(|length| *length <= 1000) {
            values.push(json!("a".repeat(usize::try_from(length).unwrap())));
        }
    }
    values
}

fn numbers(form: &[Map<String, Value>], is_whole: bool) -> Vec<Value> {
    let mut values =
        vec![json!(1), json!(0), json!(-1), json!(42), json!(i64::from(i32::MAX) + 1), json!(i64::from(i32::MIN) - 1)];
    if !is_whole {
        values.splice(0..0, [json!(1.5), json!(-0.25), json!(1e300)]);
    }
    for key in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"] {
        for limit in form.iter().filter_map(|part| part.get(key)) {
            values.push(limit.clone());
            if let Some(limit) = limit.as_i64() {
                values.extend([json!(limit.saturating_add(1)), json!(limit.saturating_sub(1))]);
            }
        }
    }
    values
}
