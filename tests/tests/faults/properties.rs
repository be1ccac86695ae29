//! Properties: whatever JSON comes as an answer and whatever string goes in as an id, nothing panics and nothing strays.

use std::sync::{Arc, Mutex};

use deepgram_mgmt::ErrorKind;
use fastrand::Rng;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::server::{Server, json};
use crate::shared::client_of;

/// Names that answers have, so that what is made up is not all unknown.
const NAMES: [&str; 16] = [
    "projects", "api_keys", "api_key", "item", "member", "requests", "request", "response", "details", "page", "limit",
    "created", "results", "tags", "metadata", "x",
];

fn anything(rng: &mut Rng, depth: u32) -> Value {
    match rng.u8(..if depth == 0 { 8 } else { 12 }) {
        0 => Value::Null,
        1 => rng.bool().into(),
        2 => rng.i64(..).into(),
        3 => 10.0.into(),
        4 => 9e-5.into(),
        5 => "2026-09-15".into(),
        6 => "text \u{0} \u{1F600}".into(),
        7 => Value::Array(Vec::new()),
        8 => (0..rng.usize(..4)).map(|_| anything(rng, depth - 1)).collect(),
        _ => {
            let names = (0..rng.usize(..5)).map(|_| NAMES[rng.usize(..NAMES.len())].to_owned()).collect::<Vec<_>>();
            names.into_iter().map(|name| (name, anything(rng, depth - 1))).collect::<Map<_, _>>().into()
        }
    }
}

#[tokio::test]
async fn any_json_as_an_answer_is_a_value_or_an_error() {
    let body = Arc::new(Mutex::new(String::new()));
    let answered = Arc::clone(&body);
    let server = Server::start(move |_| json(answered.lock().unwrap().as_str())).await;
    let client = client_of(&server.base_url);
    let (mut values, mut errors) = (0, 0);
    for seed in 0..400 {
        let json = anything(&mut Rng::with_seed(seed), 5).to_string();
        json.clone_into(&mut body.lock().unwrap());
        let outcomes = [
            client.list_projects().send().await.map(drop),
            client.list_project_keys().project_id("p").send().await.map(drop),
            client.get_project_key().project_id("p").key_id("k").send().await.map(drop),
            client.list_project_requests().project_id("p").send().await.map(drop),
            client.get_project_request().project_id("p").request_id("r").send().await.map(drop),
            client.get_usage_breakdown().project_id("p").send().await.map(drop),
        ];
        for outcome in outcomes {
            match outcome {
                Ok(()) => values += 1,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Decode, "{json}: {error}");
                    errors += 1;
                }
            }
        }
    }
    assert!(values > 20 && errors > 20, "{values} values, {errors} errors");
}

#[tokio::test]
async fn any_string_as_an_id_is_an_error_or_exactly_the_intended_path() {
    let server = Server::start(|_| json("{}")).await;
    let client = client_of(&server.base_url);
    let parts =
        [".", "..", "/", "\\", "%", "2e", "%2e", "?", "#", "a", "é", " ", "\u{0}", "\n", "+", ":", "@", "~", ";", "&"];
    let (mut sent, mut refused) = (0, 0);
    for seed in 0..1200 {
        let mut rng = Rng::with_seed(seed);
        let id: String = (0..rng.usize(..5)).map(|_| parts[rng.usize(..parts.len())]).collect();
        // An address may hold `/`.
        let (collection, outcome) = if seed % 2 == 0 {
            ("keys", client.delete_project_key().project_id("p").key_id(&id).send().await)
        } else {
            ("invites", client.delete_project_invitation().project_id("p").email(&id).send().await)
        };
        match outcome {
            Ok(_) => {
                let seen = server.seen().pop().unwrap();
                let segments: Vec<_> = seen.path.split('/').collect();
                assert_eq!(segments[..5], ["", "v1", "projects", "p", collection], "{id:?}: {}", seen.path);
                assert_eq!((segments.len(), seen.query.as_str()), (6, ""), "{id:?}: {}", seen.path);
                assert_eq!(percent_decode_str(segments[5]).decode_utf8().unwrap(), id);
                sent += 1;
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{id:?}: {error}");
                refused += 1;
            }
        }
    }
    assert_eq!(server.seen().len(), sent);
    assert!(sent > 200 && refused > 200, "{sent} sent, {refused} refused");
}
