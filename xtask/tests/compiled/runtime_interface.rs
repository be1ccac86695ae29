//! The runtime interface: the fixture and the published client have every item that generated code names.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};
use xtask::adapt::CLIENT_METHODS;
use xtask::{client, polish, published_client};

use crate::fixture::{Fixture, here, succeed};
use crate::size::sized;

fn parameter(name: &str, place: &str, schema: &Value, required: bool) -> Value {
    json!({ "name": name, "in": place, "schema": schema, "required": required })
}

/// Parameters of a kind of value in every place, alone and in lists.
fn parameters_of(name: &str, schema: &Value) -> Vec<Value> {
    let mut parameters = Vec::new();
    for place in ["path", "query", "header"] {
        parameters.push(parameter(&format!("{place}-{name}"), place, schema, true));
    }
    for place in ["query", "header"] {
        parameters.push(parameter(&format!("optional-{place}-{name}"), place, schema, false));
    }
    let list = json!({ "type": "array", "items": schema });
    parameters.push(parameter(&format!("query-{name}-list"), "query", &list, false));
    parameters
}

/// A document whose client names every item of the runtime interface, with every kind of value in every place it may stand.
fn whole() -> Value {
    let text = |format: &str| json!({ "type": "string", "format": format });
    let thing = json!({ "$ref": "#/components/schemas/WholeThing" });
    let json_of = |schema: &Value| json!({ "application/json": { "schema": schema } });
    let values = [
        ("text", json!({ "type": "string" })),
        ("count", json!({ "type": "integer" })),
        ("amount", json!({ "type": "number" })),
        ("flag", json!({ "type": "boolean" })),
        ("time", text("date-time")),
        ("day", text("date")),
        ("email", text("email")),
        ("kind", json!({ "type": "string", "enum": ["a", "b"] })),
        ("short", json!({ "type": "string", "minLength": 1, "maxLength": 9 })),
    ];
    let mut parameters = Vec::new();
    let mut properties = json!({
        "password": text("password"),
        "next": thing,
        "list": { "type": "array", "items": thing },
        "map": { "type": "object", "additionalProperties": thing },
        "either": { "oneOf": [{ "type": "string" }, { "type": "integer" }] },
        "either-object": { "oneOf": [thing, { "type": "object", "required": ["b"], "properties": { "b": { "type": "string" } } }] },
        "nullable-count": { "type": ["integer", "null"] },
        "any": {},
        "nothing": { "type": "object", "additionalProperties": false }
    });
    let mut required = vec!["secret".to_owned(), "nullable-count".to_owned(), "any".to_owned()];
    properties["secret"] = text("password");
    let mut path = "/whole".to_owned();
    for (name, schema) in values {
        parameters.extend(parameters_of(name, &schema));
        path = format!("{path}/{{path-{name}}}");
        properties[name] = schema.clone();
        properties[format!("required-{name}")] = schema;
        required.push(format!("required-{name}"));
    }
    parameters.push(parameter("query-password", "query", &text("password"), false));
    let within = json!({ "type": "object", "properties": { "since": text("date-time"), "to": { "type": "integer" } } });
    let mut filter = parameter("filter", "query", &within, false);
    filter["style"] = json!("deepObject");
    parameters.push(filter);
    // As a builder calls its client, and its body if it has one.
    let named_as_fields = ["client", "body"].map(|name| parameter(name, "query", &text("date-time"), false));
    let bodies =
        ["text/plain", "application/octet-stream", "application/x-www-form-urlencoded", "text/csv", "audio/wav"];
    let mut paths = json!({
        path: { "post": {
            "operationId": "wholeJson",
            "parameters": parameters,
            "requestBody": { "content": json_of(&thing) },
            "responses": { "200": { "content": json_of(&thing) } }
        } },
        "/whole/patch": { "patch": {
            "operationId": "wholePatch",
            "requestBody": { "content": { "application/merge-patch+json": { "schema": thing } } },
            "responses": { "200": { "content": { "application/hal+json": { "schema": thing } } } }
        } },
        "/whole/optional": { "get": {
            "operationId": "wholeOptional",
            "parameters": named_as_fields,
            "responses": { "200": { "content": json_of(&thing) }, "204": {} }
        } },
        "/whole/bytes": { "get": { "operationId": "wholeBytes", "responses": { "200": { "content": { "audio/wav": {} } } } } },
        "/whole/wrapped": { "get": {
            "operationId": "wholeWrapped",
            "responses": { "200": { "content": json_of(&json!({ "$ref": "#/components/schemas/WholeWrapped" })) } }
        } }
    });
    for (index, body) in bodies.into_iter().enumerate() {
        let form = match body {
            "text/csv" => json!({ "type": "string" }),
            "audio/wav" => text("binary"),
            _ => json!({ "type": "object", "required": ["a"], "properties": { "a": text("password") } }),
        };
        paths[format!("/whole/bodies/{index}")] = json!({ "put": {
            "operationId": format!("wholeBody{index}"),
            "requestBody": { "content": { body: { "schema": form } } },
            "responses": { "204": {} }
        } });
    }
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Whole", "version": "1" },
        "paths": paths,
        "components": { "schemas": {
            "WholeThing": { "type": "object", "required": required, "properties": properties },
            "WholeWrapped": whole_wrapped(),
            "WholeOpen": {
                "type": "object",
                "x-client-open": true,
                "properties": { "thing": { "$ref": "#/components/schemas/WholeThing" }, "count": { "type": "integer" } }
            }
        } }
    })
}

/// An object that a response may wrap.
fn whole_wrapped() -> Value {
    json!({
        "type": "object",
        "x-client-unwrap": ["item"],
        "x-client-payload": { "except": ["thing"] },
        "x-client-identity": ["id"],
        "properties": {
            "id": { "type": "string" },
            "open": { "$ref": "#/components/schemas/WholeOpen" },
            "thing": { "$ref": "#/components/schemas/WholeThing" },
            "tags": { "oneOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] }
        }
    })
}

/// The paths `crate::…` in a text of Rust, as far as they are written out.
fn paths(text: &str) -> BTreeSet<String> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    text.match_indices("crate::")
        .map(|(start, _)| {
            let rest = &text[start..];
            rest[..rest.find(|c| !is_path(c)).unwrap_or(rest.len())].to_owned()
        })
        .collect()
}

fn text(modules: &polish::Modules) -> String {
    let published =
        [&modules.table, &modules.mocks, &modules.calls].map(|module| module.as_deref().unwrap_or_default());
    [[modules.operations.as_str(), &modules.builder, &modules.types].concat(), published.concat()].concat()
}

#[test]
fn every_path_that_the_pipeline_can_write_compiles_in_the_fixture_and_in_the_shipped_client() {
    let (modules, shipped) = (client(&whole()).unwrap(), published_client(&whole()).unwrap());
    let generated = paths(&(text(&modules) + &text(&shipped)));
    let mut sources = vec![here("src/generate.rs")];
    for folder in ["src/polish", "src/polish/builders"] {
        let entries = fs::read_dir(here(folder)).unwrap().map(|entry| entry.unwrap().path());
        sources.extend(entries.filter(|path| path.is_file()));
    }
    let mut writable = BTreeSet::new();
    for source in sources {
        writable.extend(paths(&fs::read_to_string(source).unwrap()));
    }
    let is_interface = |path: &String| path.starts_with("crate::runtime::") || path.starts_with("crate::values::");
    // The other paths in the pipeline's code are those of its own modules.
    writable.retain(is_interface);
    // `crate::runtime::#function`.
    assert!(writable.remove("crate::runtime::"), "{writable:?}");
    let functions = ["json", "optional_json", "empty", "bytes", "set", "set_optional"];
    writable.extend(functions.map(|function| format!("crate::runtime::{function}")));
    let missing: Vec<_> = writable.difference(&generated).collect();
    assert!(missing.is_empty(), "no part of the document makes the pipeline write {missing:?}");

    // Documentation links to the methods of the client under its public name.
    let other: Vec<_> =
        generated.iter().filter(|path| !is_interface(path) && !path.starts_with("crate::Client")).collect();
    assert!(other.is_empty(), "generated code names {other:?}");

    let interface = sized::<fn(_) -> _>(Fixture::runtime_interface_with_own_features, Fixture::runtime_interface);
    let fixture = interface("runtime-interface");
    fixture.add_program("whole", &modules, "fn main() {}\n");
    fixture.build_programs();
    succeed(&mut Fixture::shipped("shipped", &shipped).cargo(&[
        "build",
        "--quiet",
        "--lib",
        "--package",
        "deepgram-mgmt",
        "--features",
        "cli,httpmock",
    ]));
}

#[test]
fn an_object_in_the_query_is_sent_property_by_property() {
    let builders = client(&whole()).unwrap().builder;
    for sent in [r#"QueryParam::new("filter[since]", &filter_since)"#, r#"QueryParam::new("filter[to]", &filter_to)"#] {
        assert!(builders.split_whitespace().collect::<Vec<_>>().join(" ").contains(sent), "{sent}");
    }
}

/// The names of the methods in every `impl Client` of the shipped client's hand-written half.
fn hand_written_methods() -> BTreeSet<String> {
    let mut methods = BTreeSet::new();
    let mut folders = vec![here("../deepgram-mgmt/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                methods.extend(methods_of_client(&fs::read_to_string(path).unwrap()));
            } else if path.is_dir() && !path.ends_with("generated") {
                folders.push(path);
            }
        }
    }
    methods
}

fn methods_of_client(source: &str) -> BTreeSet<String> {
    let mut methods = BTreeSet::new();
    for item in syn::parse_file(source).unwrap().items {
        let syn::Item::Impl(item) = item else { continue };
        let syn::Type::Path(of) = &*item.self_ty else { continue };
        if item.trait_.is_none() && of.path.segments.last().is_some_and(|last| last.ident == "Client") {
            methods.extend(item.items.iter().filter_map(|member| match member {
                syn::ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                _ => None,
            }));
        }
    }
    methods
}

#[test]
fn json_text_and_bytes_of_another_name_are_sent_and_asked_for_under_it() {
    let builders = client(&whole()).unwrap().builder;
    let compact = builders.split_whitespace().collect::<String>().replace(",)", ")");
    // Before the body: the HTTP client adds a content type where there is none yet.
    let sent = r#".header(::reqwest::header::CONTENT_TYPE,"application/merge-patch+json").json(&body)"#;
    assert_eq!((compact.matches(sent).count(), compact.matches(".json(&body)").count()), (1, 2));
    let wanted = r#".header(::reqwest::header::ACCEPT,"application/hal+json")"#;
    assert_eq!((compact.matches(wanted).count(), compact.matches("header::ACCEPT,").count()), (1, 4));
    for (own, other) in [("text/plain", "text/csv"), ("application/octet-stream", "audio/wav")] {
        let own = format!(r#"HeaderValue::from_static("{own}")).body(body)"#);
        let other = format!(r#".header(::reqwest::header::CONTENT_TYPE,"{other}").body(body)"#);
        assert_eq!((compact.matches(&own).count(), compact.matches(&other).count()), (1, 1), "{own} {other}");
    }
}

#[test]
fn the_names_that_no_operation_gets_are_the_methods_that_the_shipped_client_has() {
    let reserved: BTreeSet<String> = CLIENT_METHODS.map(str::to_owned).into();
    let mut taken = hand_written_methods();
    // By the generator, which writes them and takes them for its constructors, and by `derive(Clone)`.
    taken.extend(["new", "new_with_client", "clone"].map(str::to_owned));
    assert_eq!(reserved, taken);
}
