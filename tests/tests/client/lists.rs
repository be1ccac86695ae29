//! A list in place of an object is an error, whatever it holds.

use std::collections::BTreeMap;

use deepgram_mgmt::ErrorKind;
use serde_json::{Value, json};

use crate::emptiness::responses;
use crate::raw::{RawServer, Then, http_response};
use crate::round_trip::{effective, sample};
use crate::scene::client_of;

/// Copies of a sample, in each of which one object has become the list of its values: every object that its type knows
/// as one. Those of which the document says nothing may be anything.
pub(crate) fn with_lists(sample: &Value) -> Vec<Value> {
    let mut copies = Vec::new();
    match sample {
        Value::Object(members) if !members.contains_key("goes") && *sample != json!({ "anything": "goes" }) => {
            copies.push(members.values().cloned().collect());
            for (name, member) in members {
                let within = with_lists(member).into_iter();
                // Whatever this object holds may be anything: the overlay says so.
                copies.extend(within.take(if name == "response" { 1 } else { usize::MAX }).map(|listed| {
                    let mut copy = sample.clone();
                    copy[name] = listed;
                    copy
                }));
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                copies.extend(with_lists(item).into_iter().map(|listed| {
                    let mut copy = sample.clone();
                    copy[index] = listed;
                    copy
                }));
            }
        }
        _ => {}
    }
    copies
}

/// A sample of every operation's success that is JSON, by the operation's id.
fn successes() -> BTreeMap<String, Value> {
    let document = effective();
    let mut samples = BTreeMap::new();
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let Some(responses) = operation["responses"].as_object() else { continue };
            let (_, response) = responses.iter().find(|(status, _)| status.starts_with('2')).unwrap();
            if let Some(schema) = response.pointer("/content/application~1json/schema") {
                let id = operation["operationId"].as_str().unwrap().to_owned();
                samples.insert(id, sample(&document, schema));
            }
        }
    }
    samples
}

#[tokio::test]
async fn a_list_in_place_of_any_object_of_any_response_is_not_understood_and_was_asked_for_once() {
    let unread = RawServer::json("200 OK", "{}").await;
    let ids: Vec<_> = responses(&client_of(&unread.base_url)).await.into_iter().map(|(id, _)| id).collect();
    let samples = successes();
    let samples: Vec<&Value> = ids.iter().map(|id| &samples[*id]).collect();
    let json = |body: &Value| http_response("200 OK", "content-type: application/json\r\n", &body.to_string());

    let server = RawServer::in_turn(samples.iter().map(|sample| json(sample)).collect(), Then::Close).await;
    for (id, response) in responses(&client_of(&server.base_url)).await {
        response.unwrap_or_else(|error| panic!("{id}: {error}"));
    }
    let listed: Vec<Vec<Value>> = samples.iter().map(|sample| with_lists(sample)).collect();
    for round in 0..listed.iter().map(Vec::len).max().unwrap() {
        let bodies: Vec<&Value> = listed.iter().map(|copies| &copies[round % copies.len()]).collect();
        let server = RawServer::in_turn(bodies.iter().map(|body| json(body)).collect(), Then::Close).await;
        let responses = responses(&client_of(&server.base_url)).await;
        for ((id, response), body) in responses.into_iter().zip(bodies) {
            let error = response.expect_err(&format!("{id}: {body}"));
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::Decode, 1), "{id}: {body}: {error}");
        }
        assert_eq!(server.requests().len(), ids.len());
    }
}
