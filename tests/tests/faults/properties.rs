//! Properties: for any JSON as a response and any string as an id, nothing panics, and no request takes another path.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use deepgram_mgmt::operations::{OPERATIONS, Operation};
use deepgram_mgmt::reqwest;
use deepgram_mgmt::{Client, Error, ErrorKind};
use deepgram_mgmt_sandbox::{Dialect, Sandbox, seed};
use fastrand::Rng;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json as value};

use crate::secrets::outcomes;
use crate::server::{Reply, Seen, Server, http_response, json};
use crate::shared::{builder, client_of};

/// The JSON responses of a sandbox in both dialects, by method and path.
struct Good {
    bodies: HashMap<(String, String), Vec<Value>>,
    /// Every name in them, so that what is made up is not all unknown.
    names: Vec<String>,
}

impl Good {
    async fn gather() -> Arc<Self> {
        // What every operation asks for is seen where nothing gets a response.
        let server = Server::start(|_| Reply::Bytes(http_response("400 Bad Request", "", ""))).await;
        let _ = Box::pin(outcomes(&client_of(&server.base_url))).await;
        let mut asked = server.seen();
        asked.retain(|seen| seen.method != "DELETE");
        // What is read is read before it is changed.
        asked.sort_by_key(|seen| seen.method != "GET");
        let mut good = Self { bodies: HashMap::new(), names: Vec::new() };
        for (dialect, scheme) in [(Dialect::Live, "Token"), (Dialect::Bundled, "Bearer")] {
            let sandbox = Sandbox::start_as(dialect, ([127, 0, 0, 1], 0).into()).await.unwrap();
            for Seen { method, path, body, .. } in asked.clone() {
                let request = reqwest::Client::new()
                    .request(method.parse().unwrap(), format!("{}{path}", sandbox.base_url()))
                    .header("authorization", format!("{scheme} {}", seed::API_KEY))
                    .header("content-type", "application/json");
                let response = request.body(body).send().await.unwrap();
                let is_success = response.status().is_success();
                if let (true, Ok(body)) = (is_success, serde_json::from_str(&response.text().await.unwrap())) {
                    good.bodies.entry((method, path)).or_default().push(body);
                }
            }
        }
        let mut names = BTreeSet::new();
        good.bodies.values().flatten().for_each(|body| collect_names(body, &mut names));
        good.names = names.into_iter().collect();
        // Every operation of the document that responds with JSON, the most of them in both dialects.
        let responses = good.bodies.values().map(Vec::len).sum::<usize>();
        assert!(good.bodies.len() >= 25 && responses >= 40 && good.names.len() > 100, "{responses} responses");
        Arc::new(good)
    }

    /// Any JSON: of names that are known, with what does and does not belong there.
    fn anything(&self, rng: &mut Rng, depth: u32) -> Value {
        match rng.u8(..if depth == 0 { 8 } else { 12 }) {
            0 => Value::Null,
            1 => rng.bool().into(),
            2 => rng.i64(..).into(),
            3 => 10.0.into(),
            4 => 9e-5.into(),
            5 => "2026-09-15".into(),
            6 => (0..rng.usize(..4)).map(|_| rng.char(..)).collect::<String>().into(),
            7 => Value::Array(Vec::new()),
            8 => (0..rng.usize(..4)).map(|_| self.anything(rng, depth - 1)).collect(),
            _ => {
                let members = (0..rng.usize(..5)).map(|_| (self.name(rng), self.anything(rng, depth - 1)));
                members.collect::<Map<_, _>>().into()
            }
        }
    }

    fn name(&self, rng: &mut Rng) -> String {
        self.names[rng.usize(..self.names.len())].clone()
    }

    /// A good response to what was asked, with one to three places that are dropped, of another type or nested.
    fn broken(&self, seen: &Seen, rng: &mut Rng) -> Value {
        let Some(bodies) = self.bodies.get(&(seen.method.clone(), seen.path.clone())) else { return Value::Null };
        let mut body = bodies[rng.usize(..bodies.len())].clone();
        for _ in 0..rng.usize(1..4) {
            let place = somewhere(&mut body, rng);
            match (rng.u8(..4), &mut *place) {
                (0, _) => *place = self.anything(rng, 2),
                (1, _) => *place = value!([place.take()]),
                (2, _) => *place = value!({ self.name(rng): place.take() }),
                (_, Value::Object(members)) => {
                    let dropped = members.keys().nth(rng.usize(..members.len().max(1))).cloned();
                    dropped.and_then(|name| members.remove(&name));
                }
                (_, Value::Array(items)) => drop(items.pop()),
                (_, other) => *other = Value::Null,
            }
        }
        body
    }
}

fn collect_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            names.insert(name.clone());
            collect_names(value, names);
        }),
        _ => {}
    }
}

fn somewhere<'a>(value: &'a mut Value, rng: &mut Rng) -> &'a mut Value {
    let parts = value.as_array().map(Vec::len).or(value.as_object().map(Map::len)).unwrap_or(0);
    if parts == 0 || rng.u8(..4) == 0 {
        return value;
    }
    let n = rng.usize(..parts);
    let part = match value {
        Value::Array(items) => items.get_mut(n),
        Value::Object(members) => members.values_mut().nth(n),
        _ => None,
    };
    somewhere(part.expect("one of them"), rng)
}

/// A client that makes no second attempt because the machine is busy: these tests count requests.
fn patient(base_url: &str) -> Client {
    builder(base_url).attempt_timeout(Duration::from_secs(60)).build().unwrap()
}

/// Makes every call so many times; each is a value or an error of an response that is not understood.
async fn all_are_values_or_errors(rounds: usize, response: impl Fn(&Seen, &mut Rng) -> Value + Send + Sync + 'static) {
    // The calls come one after the other, so each gets the same response in every run.
    let server = Server::start(move |seen| json(response(seen, &mut Rng::with_seed(seen.n as u64)).to_string())).await;
    let client = patient(&server.base_url);
    let (mut values, mut errors) = (BTreeSet::new(), BTreeSet::new());
    for round in 0..rounds {
        for (operation, printed, kind) in Box::pin(outcomes(&client)).await {
            match kind {
                None => values.insert(operation),
                Some(ErrorKind::Decode) => errors.insert(operation),
                Some(kind) => panic!("{operation} in round {round}: {kind:?}: {printed}"),
            };
        }
    }
    // Deletions and the like read no response. Of the others, each was an error, and a third also a value.
    let (typed, others): (Vec<_>, Vec<_>) = OPERATIONS.iter().partition(|operation| operation.response.is_some());
    let is_value = |operation: &&&Operation| values.contains(operation.method_name);
    let is_error = |operation: &&&Operation| errors.contains(operation.method_name);
    assert!(others.iter().all(|operation| is_value(&operation) && !is_error(&operation)), "{values:?}, {errors:?}");
    assert!(typed.iter().all(|operation| is_error(&operation)), "{errors:?}");
    assert!(typed.iter().filter(is_value).count() * 3 >= typed.len(), "{values:?}");
}

#[tokio::test]
async fn any_json_as_an_answer_is_a_value_or_an_error() {
    let good = Box::pin(Good::gather()).await;
    all_are_values_or_errors(60, move |_, rng| good.anything(rng, 5)).await;
}

#[tokio::test]
async fn a_good_answer_that_is_broken_anywhere_is_a_value_or_an_error() {
    let good = Box::pin(Good::gather()).await;
    all_are_values_or_errors(60, move |seen, rng| good.broken(seen, rng)).await;
}

/// A string of what matters to URLs, and of any other characters.
fn any_id(rng: &mut Rng) -> String {
    const PARTS: [&str; 20] =
        [".", "..", "/", "\\", "%", "2e", "%2e", "?", "#", "a", "é", " ", "\0", "\n", "+", ":", "@", "~", ";", "&"];
    let mut id = String::new();
    for _ in 0..rng.usize(..5) {
        match rng.u8(..4) {
            0 | 1 => id.push_str(PARTS[rng.usize(..PARTS.len())]),
            2 => id.push(rng.char('\0'..='\u{ff}')),
            _ => id.push(rng.char(..)),
        }
    }
    id
}

/// Makes the `n`th of some calls with the id, which belongs in the place of `{}`.
async fn call_with(client: &Client, n: usize, id: &str) -> (&'static str, Result<(), Error>) {
    macro_rules! call {
        ($path:literal, $($call:tt)*) => { ($path, client.$($call)*.send().await.map(drop)) };
    }
    match n {
        0 => call!("/v1/projects/{}", delete_project(id)),
        1 => call!("/v1/projects/{}/leave", leave_project(id)),
        2 => call!("/v1/projects/{}/members/m", remove_project_member(id, "m")),
        3 => call!("/v1/projects/p/members/{}/scopes", get_member_scopes("p", id)),
        4 => call!("/v1/projects/p/keys/{}", delete_project_key("p", id)),
        5 => call!("/v1/models/{}", get_model(id)),
        _ => call!("/v1/projects/p/invites/{}", delete_project_invitation("p", id)),
    }
}

#[tokio::test]
async fn any_string_as_an_id_is_an_error_or_exactly_the_intended_path() {
    let server = Server::start(|_| json("{}")).await;
    let client = patient(&server.base_url);
    let (mut sent, mut refused) = (0, 0);
    for seed in 0..1400 {
        let id = any_id(&mut Rng::with_seed(seed as u64));
        let n = seed % 7;
        let (path, outcome) = call_with(&client, n, &id).await;
        // An address may hold `/`.
        let strays = |c: char| c.is_control() || c == '\\' || (c == '/' && n < 6);
        let is_bad = matches!(id.as_str(), "" | "." | "..") || id.contains(strays);
        match outcome {
            Ok(()) => {
                let seen = server.seen().pop().unwrap();
                let (before, after) = path.split_once("{}").unwrap();
                let segment = seen.path.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).unwrap();
                assert!(!is_bad && !segment.contains('/') && seen.query.is_empty(), "{id:?}: {}", seen.path);
                assert_eq!(percent_decode_str(segment).decode_utf8().unwrap(), id);
                sent += 1;
            }
            Err(error) => {
                assert!(is_bad && error.kind() == ErrorKind::InvalidRequest, "{id:?}: {error}");
                refused += 1;
            }
        }
    }
    assert_eq!(server.seen().len(), sent);
    assert!(sent > 300 && refused > 300, "{sent} sent, {refused} refused");
}
