//! The program `deepgram-mgmt` against the sandbox: the server sees the request that the client's method sends.

use std::collections::BTreeSet;

use deepgram_mgmt::operations::{self, Location, OPERATIONS, Operation, find};
use deepgram_mgmt_sandbox::SeenRequest;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::document;
use crate::operation::{Ids, operations};
use crate::program::{Setting, run_in};
use crate::scene::{DIALECTS, Scene};

/// The parts of a request that a caller decides, with the order of its query put aside.
fn parts(seen: &SeenRequest) -> Value {
    let headers = ["authorization", "accept", "content-type", "user-agent"].map(|name| seen.header(name));
    json!({ "line": [seen.method, seen.path], "query": query(seen), "headers": headers, "body": seen.json() })
}

fn query(seen: &SeenRequest) -> BTreeSet<(String, String)> {
    let pairs = seen.query.as_deref().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    let decoded = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8().unwrap().into_owned();
    pairs.map(|(name, value)| (decoded(name), decoded(value))).collect()
}

/// The arguments that say what a request said.
fn arguments(row: &operations::Operation, ids: &Ids, seen: &SeenRequest) -> Vec<String> {
    let (body, query) = (seen.json(), query(seen));
    let mut arguments = vec![row.group.to_owned(), row.command.to_owned()];
    for parameter in row.parameters.iter().chain(row.body.unwrap_or_default()) {
        let values: Vec<String> = match parameter.location {
            Location::Path if parameter.name == "project_id" => vec![format!("--project={}", ids.of(parameter.name))],
            Location::Path => vec![ids.of(parameter.name).to_owned()],
            Location::Body => match &body[parameter.name] {
                Value::Null => Vec::new(),
                Value::Array(items) => items.iter().map(|item| option(parameter.option, item)).collect(),
                value => vec![option(parameter.option, value)],
            },
            _ => {
                let given = query.iter().filter(|(name, _)| name == parameter.name);
                given.map(|(_, value)| format!("--{}={value}", parameter.option)).collect()
            }
        };
        arguments.extend(values);
    }
    if row.method == "DELETE" {
        arguments.push("--yes".to_owned());
    }
    arguments
}

/// The ids in the path of an operation, by the names of their setters.
fn path_values(row: &Operation, ids: &Ids) -> Map<String, Value> {
    let path = row.parameters.iter().filter(|parameter| parameter.location == Location::Path);
    path.map(|parameter| (parameter.setter.to_owned(), ids.of(parameter.name).into())).collect()
}

fn option(name: &str, value: &Value) -> String {
    format!("--{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

#[tokio::test]
async fn every_operation_as_a_command_sends_what_the_method_sends_and_prints_what_it_returns() {
    let mut called = BTreeSet::new();
    for dialect in DIALECTS {
        let ids = Ids::of_dialect(dialect);
        let calls = operations(dialect);
        for documented in document::operations(dialect) {
            let (by_method, by_command) = (Scene::start_in(dialect).await, Scene::start_in(dialect).await);
            let scheme = [("DEEPGRAM_AUTH_SCHEME", by_method.scheme())];
            let row = find(&documented.id).unwrap();
            match calls.iter().find(|operation| operation.id == row.id) {
                Some(operation) => drop(operation.call(&by_method.client, &ids).await.unwrap()),
                None => drop(row.call(&by_method.client, path_values(row, &ids)).unwrap().send().await.unwrap()),
            }
            let expected = by_method.the_request();
            let arguments = arguments(row, &ids, &expected);
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let setting = Setting { variables: &scheme, ..Setting::default() };
            let run = run_in(&by_command.sandbox.base_url(), &arguments, setting).await.succeeded();
            let mut seen = by_command.sandbox.take_requests();
            assert_eq!(parts(&seen.pop().unwrap()), parts(&expected), "{arguments:?}");
            // Only the removal of a member looks at something else first.
            assert!(seen.is_empty() || row.id == "removeProjectMember" && seen.iter().all(|seen| seen.method == "GET"));
            assert_eq!(run.stdout.is_empty(), row.response.is_none(), "{run:?}");
            if row.method == "GET" {
                let mut values = path_values(row, &ids);
                for (name, value) in query(&expected) {
                    let parameter = row.parameters.iter().find(|parameter| parameter.name == name).unwrap();
                    values.insert(parameter.setter.to_owned(), parameter.parse(&value).unwrap());
                }
                let returned = row.call(&by_command.client, values).unwrap().send().await.unwrap();
                assert_eq!(run.json(), returned, "{arguments:?}");
            }
            called.insert(row.id);
        }
    }
    assert_eq!(called, OPERATIONS.iter().map(|row| row.id).collect());
}
