//! The call in each operation's documentation, written so that it compiles; the generator's does not.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use syn::{Attribute, ImplItem, ItemImpl};

use super::docs;
use crate::document::openapi::{Operation, operations};
use crate::document::pointer::Pointer;
use crate::document::references::resolve;
use crate::document::rust_names::{method_name, setter_name};

/// The id of something that exists nowhere.
const ID: &str = "0b7a5c1e-6d3f-4a52-9f0e-3c8d1b2a4e57";
/// Values for properties of these names, if their schemas state only a type.
const TEXTS: [(&str, &str); 7] = [
    ("comment", "ci"),
    ("company", "Example Ltd."),
    ("email", "ada@example.com"),
    ("name", "speech"),
    ("provider", "quay"),
    ("scope", "member"),
    ("scopes", "usage:read"),
];
const COUNTS: [(&str, u64); 2] = [("limit", 100), ("ttl_seconds", 60)];
/// How many of the parameters that may be left out a call shows.
const OPTIONAL: usize = 2;

/// Puts a call that compiles in the place of the generator's, which does not. In a crate of a known `name` it is compiled.
/// An operation that needs a value of which there is no example has none.
pub(super) fn write(operations: &mut ItemImpl, name: Option<&str>, lowered: &Value) {
    let described = described(lowered);
    for member in &mut operations.items {
        let ImplItem::Fn(method) = member else { continue };
        // The call is the end of what the generator says; a description may hold such a line, too.
        let fence = method.attrs.iter().rposition(|attribute| docs::line(attribute).as_deref() == Some(" ```ignore"));
        let Some(fence) = fence else { continue };
        let rest = method.attrs.split_off(fence);
        let found = described.get(&method.sig.ident.to_string());
        if let Some((arguments, setters)) = found.and_then(|found| call(*found, lowered)) {
            if method.attrs.last().and_then(docs::line).is_some_and(|line| !line.is_empty()) {
                method.attrs.push(docs::comment(""));
            }
            let before = if setters.is_empty() { "" } else { "\n    " };
            let call = format!("let response = client{before}.{}({arguments}){setters}.await?;", method.sig.ident);
            method.attrs.extend(lines(&match name {
                Some(name) => format!(
                    "```no_run\n\
                     # async fn example(client: &{name}::Client) -> Result<(), {name}::Error> {{\n\
                     {call}\n\
                     # Ok(())\n\
                     # }}\n\
                     ```"
                ),
                None => format!("```ignore\n{call}\n```"),
            }));
        }
        method.attrs.extend(rest.into_iter().filter(|attribute| !attribute.path().is_ident("doc")));
    }
}

fn lines(text: &str) -> impl Iterator<Item = Attribute> {
    text.lines().map(|line| docs::comment(&format!(" {line}")))
}

/// The operations of a document by the client's methods.
fn described(lowered: &Value) -> BTreeMap<String, Operation<'_>> {
    operations(lowered).filter_map(|operation| Some((method_name(operation.id()?), operation))).collect()
}

/// The arguments of a call, and its setters: all that it needs, and the first of what it may have. `None` where there is
/// no example of something that it needs.
fn call(operation: Operation<'_>, lowered: &Value) -> Option<(String, String)> {
    let mut arguments: Vec<(usize, String)> = Vec::new();
    let mut setters = String::new();
    let mut optional = 0;
    for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
        let name = parameter["name"].as_str()?;
        let is_required = parameter["required"] == true;
        let value = argument(name, &parameter["schema"], lowered);
        match value.or_else(|| any_text(&parameter["schema"], lowered).filter(|_| is_required)) {
            Some(value) if parameter["in"] == "path" => {
                arguments.push((operation.path.find(&format!("{{{name}}}"))?, value));
            }
            Some(_) if !is_required && optional == OPTIONAL => {}
            Some(value) => {
                optional += usize::from(!is_required);
                write!(setters, "\n    .{}({value})", setter(name)?).ok()?;
            }
            None if is_required => return None,
            None => {}
        }
    }
    let content = operation.value["requestBody"]["content"].as_object();
    if let Some(media) = content.and_then(|content| content.values().next()) {
        let parameters = operation.value["parameters"].as_array().into_iter().flatten();
        let names: Vec<String> = parameters.filter_map(|parameter| setter(parameter["name"].as_str()?)).collect();
        setters += &body(&media["schema"], &names, lowered)?;
    }
    if !setters.is_empty() {
        setters += "\n    ";
    }
    arguments.sort();
    let arguments: Vec<String> = arguments.into_iter().map(|(_, value)| value).collect();
    Some((arguments.join(", "), setters))
}

/// The setters of a body: all that it needs, or the first that it may have.
fn body(schema: &Value, parameters: &[String], lowered: &Value) -> Option<String> {
    // A property that has the name of a parameter.
    let own = |name: &str| {
        let name = setter(name)?;
        Some(if parameters.contains(&name) { format!("body_{name}") } else { name })
    };
    let schema = dereference(lowered, schema);
    let properties = schema["properties"].as_object()?;
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut setters = String::new();
    for (name, schema) in properties {
        if required.contains(&name.as_str()) {
            let value = argument(name, schema, lowered).or_else(|| any_text(schema, lowered))?;
            write!(setters, "\n    .{}({value})", own(name)?).ok()?;
        }
    }
    if required.is_empty() {
        let mut examples = properties.iter().filter_map(|(name, schema)| {
            let value = argument(name, schema, lowered)?;
            Some(format!("\n    .{}({value})", own(name)?))
        });
        setters.extend(examples.next());
    }
    Some(setters)
}

/// An example of a text of which nothing else is known.
fn any_text(schema: &Value, lowered: &Value) -> Option<String> {
    let schema = dereference(lowered, schema);
    (schema["type"] == "string" && schema.get("format").is_none()).then(|| "\"text\"".to_owned())
}

/// An example of a value.
pub(super) enum Example {
    Text(String),
    /// A number or a boolean.
    Word(String),
    /// A list of one value.
    List(Box<Example>),
}

impl Example {
    /// As Rust writes it.
    fn rust(&self) -> String {
        match self {
            Self::Text(text) => format!("\"{}\"", text.escape_default()),
            Self::Word(word) => word.clone(),
            Self::List(item) => format!("[{}]", item.rust()),
        }
    }

    /// As a shell's user writes it, before quotes.
    pub(super) fn plain(&self) -> &str {
        match self {
            Self::Text(text) | Self::Word(text) => text,
            Self::List(item) => item.plain(),
        }
    }
}

/// An example of a value, in Rust.
fn argument(name: &str, schema: &Value, lowered: &Value) -> Option<String> {
    example(name, schema, lowered).map(|example| example.rust())
}

/// An example of a value; `None` of what has no simple one, or says nothing to the reader.
pub(super) fn example(name: &str, schema: &Value, lowered: &Value) -> Option<Example> {
    let schema = dereference(lowered, schema);
    let known = TEXTS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
    if let Some(values) = schema["enum"].as_array() {
        let known = known.filter(|known| values.iter().any(|value| value == known));
        let text = known.or_else(|| values.first()?.as_str());
        return text.map(|text| Example::Text(text.to_owned()));
    }
    match (schema["type"].as_str()?, schema["format"].as_str()) {
        ("string", Some("date-time" | "date-or-date-time" | "date")) => {
            Some(Example::Text(if name == "end" { "2026-02-01" } else { "2026-01-01" }.to_owned()))
        }
        ("string", Some("path-segment")) => Some(Example::Text(ID.to_owned())),
        ("string", Some("path-segment-email" | "email")) => Some(Example::Text("ada@example.com".to_owned())),
        ("string", None) => known.map(|text| Example::Text(text.to_owned())),
        ("integer", _) => {
            let known = COUNTS.iter().find(|(known, _)| *known == name).map(|(_, count)| *count);
            Some(Example::Word(known.or(schema["minimum"].as_u64()).unwrap_or_default().to_string()))
        }
        ("boolean", _) => Some(Example::Word("true".to_owned())),
        ("array", _) => {
            let item = dereference(lowered, &schema["items"]);
            let item = if item["type"] == "string" { example(name, item, lowered) } else { None };
            item.map(|item| Example::List(Box::new(item)))
        }
        _ => None,
    }
}

/// The method that sets what the document calls `name`, where it is one for sure.
fn setter(name: &str) -> Option<String> {
    let name = setter_name(name);
    syn::parse_str::<syn::Ident>(&name).ok().map(|_| name)
}

pub(super) fn dereference<'a>(lowered: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([part]) => part,
        _ => schema,
    };
    let reference = schema["$ref"].as_str().and_then(|there| resolve(lowered, there, &Pointer::root()).ok());
    reference.map_or(schema, |(_, schema)| schema)
}
