//! Writes the table of operations: their parameters, bodies and responses as data, for programs that treat all operations
//! alike.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use serde_json::Value;
use syn::{Ident, ImplItem, Item, ItemStruct, Type, parse_quote};

use super::builders::Bodies;
use super::commands::{commands, example, option_name};
use super::syntax::{arguments, last_name, plain_name};
use crate::document::openapi::{Operation, operations};
use crate::document::pointer::Pointer;
use crate::document::references::resolve;
use crate::document::rust_names::{builder_name, method_name, setter_name};
use crate::inert::is_steering;

/// The items of the module: the table, and the function that names the type of a response.
///
/// # Errors
/// An operation or parameter that the generated code does not have under its usual name.
pub(super) fn items(lowered: &Value, builders: &[Item], bodies: &Bodies) -> Result<Vec<Item>> {
    let table = Table { lowered, builders, bodies };
    let (mut rows, mut arms) = (Vec::new(), Vec::new());
    let commands = commands(lowered)?;
    for operation in operations(lowered) {
        let at = operation.at();
        let command = operation.id().and_then(|id| commands.get(id)).context("polish: an operation has no command")?;
        let (row, arm) = table.row(operation, command).with_context(|| at.to_string())?;
        rows.push(row);
        arms.extend(arm);
    }
    let file: syn::File = syn::parse_quote! {
        use crate::runtime::operations::{Kind, Location, Operation, Parameter, ResponseVisitor};
        use super::types;

        /// Every operation, in the order of paths.
        pub static OPERATIONS: &[Operation] = &[#(#rows),*];

        /// Calls the visitor with the type of an operation's response; `None` where it has no type.
        pub(crate) fn visit_response<V: ResponseVisitor>(id: &str, visitor: V) -> Option<V::Output> {
            Some(match id {
                #(#arms)*
                _ => return None,
            })
        }
    };
    Ok(file.items)
}

/// The most names in the path of a field: an object may hold itself.
const DEPTH: usize = 4;

struct Table<'a> {
    lowered: &'a Value,
    builders: &'a [Item],
    bodies: &'a Bodies,
}

impl Table<'_> {
    /// The row of an operation, and the arm that names the type of its response.
    fn row(&self, operation: Operation<'_>, command: &[String; 2]) -> Result<(TokenStream, Option<TokenStream>)> {
        let id = operation.id().context("has no `operationId`")?;
        let name = builder_name(id);
        let builder = structure(self.builders, &name).with_context(|| format!("polish: no builder `{name}`"))?;
        let response = response(self.builders, &name);
        let arm = response.map(|ty| quote!(#id => visitor.visit::<#ty>(),));
        let response = option(response.map(written));
        let parameters = self.parameters(operation, builder)?;
        let body = option(self.body(operation, builder).map(|fields| quote!(&[#(#fields),*])));
        let method = operation.method.to_ascii_uppercase();
        let (path, method_name) = (operation.path, method_name(id));
        let example = example(operation, command, &self.bodies.setters(builder), self.lowered);
        let [group, command] = command;
        let success = &operation.value["responses"]["2XX"]["content"]["application/json"]["schema"];
        let entries = self.entries(success);
        let (fields, secrets) = (self.fields(success, &entries), self.secrets(success, &entries));
        let tag = option(operation.value["tags"][0].as_str());
        let [summary, description] = ["summary", "description"].map(|keyword| text(operation.value, keyword));
        let row = quote! {
            Operation {
                id: #id,
                method_name: #method_name,
                method: #method,
                path: #path,
                tag: #tag,
                group: #group,
                command: #command,
                example: #example,
                summary: #summary,
                description: #description,
                parameters: &[#(#parameters),*],
                body: #body,
                response: #response,
                entries: &[#(#entries),*],
                fields: &[#(#fields),*],
                secrets: &[#(#secrets),*],
            }
        };
        Ok((row, arm))
    }

    /// The parameters, those of the path first and in its order.
    fn parameters(&self, operation: Operation<'_>, builder: &ItemStruct) -> Result<Vec<TokenStream>> {
        let mut rows = Vec::new();
        for parameter in operation.value["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().context("a parameter has no name")?;
            let place = operation.path.find(&format!("{{{name}}}"));
            let location = match parameter["in"].as_str() {
                Some("path") => quote!(Location::Path),
                Some("query") => quote!(Location::Query),
                Some("header") => quote!(Location::Header),
                other => bail!("polish: parameter `{name}`: `in` is {other:?}"),
            };
            let usual = setter_name(name);
            // The generator's ways out where the usual name is a word of Rust, or starts with a digit.
            let spellings = [usual.clone(), format!("{usual}_"), format!("_{usual}")];
            let has_field = |name: &String| builder.fields.iter().filter_map(|f| f.ident.as_ref()).any(|f| f == name);
            let setter = spellings.into_iter().find(has_field);
            let setter = setter.with_context(|| format!("polish: no setter of the parameter `{name}`"))?;
            let is_required = parameter["required"] == true;
            let described = if parameter["description"].is_string() { parameter } else { &parameter["schema"] };
            let row = self.parameter((name, &setter), &location, is_required, &parameter["schema"], described);
            rows.push((place.unwrap_or(usize::MAX), row));
        }
        rows.sort_by_key(|(place, _)| *place);
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    /// The properties of the request's body: none where it is no object; `None` where the operation sends no body.
    fn body(&self, operation: Operation<'_>, builder: &ItemStruct) -> Option<Vec<TokenStream>> {
        let content = operation.value["requestBody"]["content"].as_object();
        let media = content.and_then(|content| content.values().next())?;
        let schema = self.dereference(&media["schema"]);
        let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
        let setters = self.bodies.setters(builder);
        let mut rows = Vec::new();
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let setter = setters.iter().find(|setter| setter.property == *name);
            let setter = setter.map_or_else(|| setter_name(name), |setter| plain_name(&setter.method));
            let is_required = required.iter().any(|required| required == name);
            let location = quote!(Location::Body);
            rows.push(self.parameter((name, &setter), &location, is_required, property, property));
        }
        Some(rows)
    }

    fn parameter(
        &self,
        (name, setter): (&str, &str),
        location: &TokenStream,
        is_required: bool,
        schema: &Value,
        described: &Value,
    ) -> TokenStream {
        let Values { kind, known, is_list } = self.values(schema);
        let described = if described["description"].is_string() { described } else { self.dereference(schema) };
        let description = text(described, "description");
        let option = option_name(setter);
        quote! {
            Parameter {
                name: #name,
                setter: #setter,
                option: #option,
                location: #location,
                is_required: #is_required,
                kind: Kind::#kind,
                is_list: #is_list,
                known_values: &[#(#known),*],
                description: #description,
            }
        }
    }

    /// The properties of a response that hold its entries: lists of objects. None where it also has other lists.
    fn entries(&self, schema: &Value) -> Vec<String> {
        let lists = self.properties(schema).filter(|(_, property)| self.dereference(property)["type"] == "array");
        let mut names = Vec::new();
        for (name, list) in lists {
            let entry = self.dereference(&self.dereference(list)["items"]);
            if !entry["properties"].is_object() && entry["type"] != "object" {
                return Vec::new();
            }
            names.push(name.clone());
        }
        names
    }

    /// The paths of the properties of an entry, or else of the response itself: `member.email`.
    fn fields(&self, schema: &Value, entries: &[String]) -> Vec<String> {
        let mut paths = Vec::new();
        if entries.is_empty() {
            self.add_paths("", schema, DEPTH, &mut paths);
        }
        for (_, list) in self.properties(schema).filter(|(name, _)| entries.contains(name)) {
            self.add_paths("", &self.dereference(list)["items"], DEPTH, &mut paths);
        }
        let mut seen = BTreeSet::new();
        paths.retain(|path| seen.insert(path.clone()));
        paths
    }

    fn add_paths(&self, above: &str, schema: &Value, depth: usize, paths: &mut Vec<String>) {
        let schema = self.dereference(schema);
        for (name, property) in self.properties(schema) {
            let path = format!("{above}{name}");
            let known = paths.len();
            if depth > 1 {
                self.add_paths(&format!("{path}."), property, depth - 1, paths);
            }
            if paths.len() == known {
                paths.push(path);
            }
        }
        for branch in ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|keyword| schema[keyword].as_array()).flatten()
        {
            self.add_paths(above, branch, depth, paths);
        }
    }

    /// The properties of a response, or of its entries, that are secrets.
    fn secrets(&self, schema: &Value, entries: &[String]) -> Vec<String> {
        let mut names = BTreeSet::new();
        self.add_secrets(schema, &mut names);
        for (_, list) in self.properties(schema).filter(|(name, _)| entries.contains(name)) {
            self.add_secrets(&self.dereference(list)["items"], &mut names);
        }
        names.into_iter().collect()
    }

    fn add_secrets(&self, schema: &Value, names: &mut BTreeSet<String>) {
        let secrets =
            self.properties(schema).filter(|(_, property)| self.dereference(property)["format"] == "password");
        names.extend(secrets.map(|(name, _)| name.clone()));
    }

    fn properties<'v>(&'v self, schema: &'v Value) -> impl Iterator<Item = (&'v String, &'v Value)> {
        self.dereference(schema)["properties"].as_object().into_iter().flatten()
    }

    /// The values that a schema takes.
    fn values(&self, schema: &Value) -> Values {
        let schema = self.dereference(schema);
        let json = || Values { kind: format_ident!("Json"), known: Vec::new(), is_list: false };
        // A value or a list of such values is written as a list.
        for keyword in ["oneOf", "anyOf", "allOf"] {
            let Some(branches) = schema[keyword].as_array() else { continue };
            let mut branches = branches.iter().map(|branch| self.values(branch));
            let Some(first) = branches.next() else { return json() };
            return branches.fold(first, |one, other| Values {
                kind: if one.kind == other.kind { one.kind } else { json().kind },
                known: if one.known.is_empty() { other.known } else { one.known },
                is_list: one.is_list || other.is_list,
            });
        }
        let kind = match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("array"), _) => return Values { is_list: true, ..self.values(&schema["items"]) },
            (Some("string"), Some("date-time" | "date-or-date-time" | "date")) => "Timestamp",
            (Some("string"), Some("password")) => "Secret",
            (Some("string"), _) => "Text",
            (Some("integer"), _) => "Integer",
            (Some("number"), _) => "Number",
            (Some("boolean"), _) => "Boolean",
            _ => return json(),
        };
        let known = schema["enum"].as_array().into_iter().flatten();
        Values {
            kind: format_ident!("{kind}"),
            known: known.filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
            is_list: false,
        }
    }

    fn dereference<'v>(&'v self, schema: &'v Value) -> &'v Value {
        let reference = schema["$ref"].as_str();
        let found = reference.and_then(|reference| resolve(self.lowered, reference, &Pointer::root()).ok());
        found.map_or(schema, |(_, schema)| schema)
    }
}

/// The values that a parameter or property takes.
struct Values {
    /// The variant of `Kind`.
    kind: Ident,
    known: Vec<String>,
    is_list: bool,
}

pub(super) fn structure<'i>(items: &'i [Item], name: &str) -> Option<&'i ItemStruct> {
    items.iter().find_map(|item| match item {
        // The generator adds `_` to a word of Rust.
        Item::Struct(item) if item.ident.to_string().trim_end_matches('_') == name => Some(item),
        _ => None,
    })
}

/// `T` of the builder's `type Output = Result<T, Error>`, where it is a type of the document.
fn response<'i>(builders: &'i [Item], name: &str) -> Option<&'i Type> {
    let ty = output(builders, name)?;
    // Nothing, and bytes, have no type of the document.
    let is_unit = matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty());
    (!is_unit && !is_bytes(ty)).then_some(ty)
}

/// Whether a response is bytes.
pub(super) fn is_bytes(ty: &Type) -> bool {
    *ty == parse_quote!(crate::runtime::Bytes)
}

/// `T` of the builder's `type Output = Result<T, Error>`.
pub(super) fn output<'i>(builders: &'i [Item], name: &str) -> Option<&'i Type> {
    let output = builders.iter().find_map(|item| match item {
        Item::Impl(item)
            if item
                .trait_
                .as_ref()
                .is_some_and(|(path, _)| path.segments.last().is_some_and(|last| last.ident == "IntoFuture"))
                && last_name(&item.self_ty).is_some_and(|of| of.trim_end_matches('_') == name) =>
        {
            item.items.iter().find_map(|member| match member {
                ImplItem::Type(member) if member.ident == "Output" => Some(&member.ty),
                _ => None,
            })
        }
        _ => None,
    })?;
    arguments(output).first().copied()
}

/// A type as a reader of the documentation knows it: `ProjectList`, `Vec<Project>`.
fn written(ty: &Type) -> String {
    let name = last_name(ty).unwrap_or_else(|| ty.to_token_stream().to_string().replace(' ', ""));
    let of = arguments(ty);
    if of.is_empty() {
        return name;
    }
    format!("{name}<{}>", of.into_iter().map(written).collect::<Vec<_>>().join(", "))
}

/// A text of the document as plain text: no character but the ends of lines steers what shows it.
fn text(owner: &Value, keyword: &str) -> String {
    let text = owner[keyword].as_str().unwrap_or_default().trim();
    text.chars().filter(|&c| c == '\n' || !is_steering(c)).collect()
}

fn option(value: Option<impl quote::ToTokens>) -> TokenStream {
    value.map_or_else(|| quote!(None), |value| quote!(Some(#value)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::pipeline::published_client;

    #[test]
    fn a_row_has_the_setter_the_kind_the_values_and_the_text_of_each_parameter_and_property() {
        let parameter = |name: &str, place: &str, schema| json!({ "name": name, "in": place, "required": place == "path", "schema": schema });
        let text = || json!({ "type": "string" });
        let words = json!({ "oneOf": [text(), { "type": "array", "items": text() }] });
        let mut steering = parameter("type", "query", json!({ "type": "string", "enum": ["a", "b"] }));
        steering["description"] = json!("first\nsecond\u{202e}\u{1b}[31m");
        let body = json!({
            "type": "object", "required": ["secretWord"],
            "properties": {
                "secretWord": { "type": "string", "format": "password" },
                "times": { "type": "array", "items": { "type": "string", "format": "date-time" } },
                "open": {},
            },
        });
        let json_of = |schema| json!({ "content": { "application/json": { "schema": schema } } });
        let document = json!({
            "openapi": "3.1.0", "info": { "title": "T", "version": "1" },
            "paths": { "/a/{b-c}/{a}": { "put": {
                "operationId": "putThing", "tags": ["Things"],
                "parameters": [
                    steering, parameter("words", "query", words), parameter("X-Count", "header", json!({ "type": "integer" })),
                    parameter("a", "path", text()), parameter("b-c", "path", text()),
                ],
                "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Body" } } } },
                "responses": { "200": json_of(json!({ "type": "array", "items": { "$ref": "#/components/schemas/Body" } })) },
            } }, "/c": { "get": {
                "operationId": "getThing", "tags": ["Things"], "parameters": [parameter("client", "query", text())],
                "responses": { "204": {} },
            } } },
            "components": { "schemas": { "Body": body } },
        });
        let table = published_client(&document).unwrap().table.unwrap();
        // One row is one line, in which spaces do not matter.
        let table: String = table.split_whitespace().collect();
        let rows: Vec<&str> = table.split("Parameter{").skip(1).collect();
        let expected = [
            r#"name:"b-c",setter:"b_c",option:"b-c",location:Location::Path,is_required:true,kind:Kind::Text,is_list:false"#,
            r#"name:"a",setter:"a",option:"a",location:Location::Path,is_required:true,kind:Kind::Text,is_list:false"#,
            r#"name:"type",setter:"type_",option:"type",location:Location::Query,is_required:false,kind:Kind::Text,is_list:false,known_values:&["a","b"],description:"first\nsecond[31m""#,
            // Beside a parameter of this name, the client of a builder has another.
            r#"name:"client",setter:"client",option:"client",location:Location::Query"#,
            r#"name:"words",setter:"words",option:"words",location:Location::Query,is_required:false,kind:Kind::Text,is_list:true"#,
            r#"name:"X-Count",setter:"x_count",option:"x-count",location:Location::Header,is_required:false,kind:Kind::Integer,is_list:false"#,
            r#"name:"open",setter:"open",option:"open",location:Location::Body,is_required:false,kind:Kind::Json,is_list:false"#,
            r#"name:"secretWord",setter:"secret_word",option:"secret-word",location:Location::Body,is_required:true,kind:Kind::Secret,is_list:false"#,
            r#"name:"times",setter:"times",option:"times",location:Location::Body,is_required:false,kind:Kind::Timestamp,is_list:true"#,
        ];
        for start in expected {
            assert!(rows.iter().any(|row| row.starts_with(start)), "{start}\n{rows:#?}");
        }
        assert!(rows[0].starts_with(expected[0]) && rows[1].starts_with(expected[1]), "{rows:#?}");
        assert!(table.contains(r#"method:"PUT",path:"/a/{b-c}/{a}",tag:Some("Things")"#), "{table}");
        assert!(table.contains(r#"response:Some("Vec<Body>")"#), "{table}");
    }

    #[test]
    fn a_row_has_the_paths_of_the_properties_of_an_entry_to_a_bounded_depth() {
        let refer = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let document = json!({
            "openapi": "3.1.0", "info": { "title": "T", "version": "1" },
            "paths": { "/a": { "get": {
                "operationId": "listThings", "tags": ["Things"],
                "responses": { "200": { "description": "", "content": { "application/json": { "schema": refer("List") } } } },
            } } },
            "components": { "schemas": {
                "List": { "type": "object", "properties": {
                    "page": { "type": "integer" }, "things": { "type": "array", "items": refer("Thing") },
                } },
                "Thing": { "type": "object", "properties": {
                    "id": { "type": "string" }, "open": { "type": "object" }, "up": refer("Thing"),
                    "owner": { "anyOf": [{ "type": "object", "properties": { "email": { "type": "string" } } }, { "type": "null" }] },
                    "names": { "type": "array", "items": refer("Thing") },
                } },
            } },
        });
        let table: String = published_client(&document).unwrap().table.unwrap().split_whitespace().collect();
        let fields = table.split("fields:&[").nth(1).unwrap().split(']').next().unwrap();
        let paths: Vec<&str> =
            fields.split(',').map(|path| path.trim_matches('"')).filter(|path| !path.is_empty()).collect();
        assert!(
            ["id", "open", "owner.email", "names", "up.id", "up.up.up.id"].iter().all(|path| paths.contains(path)),
            "{paths:?}"
        );
        assert!(!paths.contains(&"page") && paths.iter().all(|path| path.split('.').count() <= 4), "{paths:?}");
    }
}
