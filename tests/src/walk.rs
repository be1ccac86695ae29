//! The walk: every GET operation of a document, with ids that listings name. It sends nothing but GETs.

use std::collections::HashMap;

use deepgram_mgmt::Client;
use deepgram_mgmt::reqwest::Method;
use deepgram_mgmt::reqwest::header::CONTENT_TYPE;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::document::{Document, Operation};

/// How many requests a walk sends at most, repetitions after a 429 or a broken connection apart.
pub const MAX_CALLS: usize = 200;

/// How many ids of one listing are followed: the first, the middle and the last one.
pub const PER_LISTING: usize = 3;

/// Parameters that listings name otherwise.
const ALIASES: [(&str, &str); 2] = [("key_id", "api_key_id"), ("model_id", "uuid")];

/// What no account has, no UUID is, and no number is: asked for once each, to see how the API refuses.
const NOBODYS: &str = "00000000-0000-4000-8000-ffffffffffff";
const NO_ID: &str = "not-an-id";
const NO_NUMBER: &str = "not-a-number";

/// What stands as itself in a segment of a path.
const SEGMENT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// An answer, and what it answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The operation's path, with its parameters in braces.
    pub path: String,
    /// Whether the request asked to be refused.
    pub provoked: bool,
    /// The status of the answer.
    pub status: u16,
    /// Its media type, without parameters.
    pub content_type: Option<String>,
    /// Its body.
    pub content: Content,
}

/// What an answer carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// No body.
    Nothing,
    /// JSON, whatever its media type says.
    Json(Value),
    /// Something that is not JSON; nothing of it is kept.
    Other,
}

impl Exchange {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// The answers of a walk.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Walk {
    /// Every answer, in order.
    pub exchanges: Vec<Exchange>,
    /// Requests that got no answer, or one that says nothing of the operation: no permission, too many requests.
    pub untold: Vec<String>,
    /// Operations that were not asked, and why.
    pub skipped: Vec<String>,
}

/// Asks every GET operation of `document`, at most [`MAX_CALLS`] times in all, and provokes three refusals.
///
/// The client repeats what it repeats: a 429 is waited out as long as its `Retry-After` says, within the client's limits.
pub async fn walk(client: &Client, document: &Document) -> Walk {
    let mut walker = Walker { client, walk: Walk::default(), bodies: HashMap::new(), calls: 0 };
    for operation in document.operations() {
        walker.ask(operation).await;
    }
    walker.provoke(document).await;
    walker.walk
}

struct Walker<'a> {
    client: &'a Client,
    walk: Walk,
    /// Successful answers, by the path they were asked for.
    bodies: HashMap<String, Value>,
    calls: usize,
}

impl Walker<'_> {
    async fn ask(&mut self, operation: &Operation) {
        if let Some((name, _)) = operation.query.iter().find(|(_, required)| *required) {
            self.walk.skipped.push(format!("GET {}: it requires the query parameter `{name}`", operation.path));
            return;
        }
        let paths = self.paths(&operation.path);
        if paths.is_empty() {
            self.walk.skipped.push(format!("GET {}: no listing named an id for it", operation.path));
        }
        for path in paths {
            self.get(operation, &path, &[], false).await;
        }
    }

    /// The path with ids in place of its parameters, each from the answer to the path before it.
    fn paths(&self, template: &str) -> Vec<String> {
        let mut paths = vec![String::new()];
        for segment in template.split('/').skip(1) {
            let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
                for path in &mut paths {
                    path.extend(["/", segment]);
                }
                continue;
            };
            let ids = |path: &String| -> Vec<String> {
                let mut ids = Vec::new();
                if let Some(body) = self.bodies.get(path) {
                    let alias = ALIASES.iter().find(|(known, _)| *known == name).map_or(name, |(_, alias)| alias);
                    find(body, name, &mut ids);
                    find(body, alias, &mut ids);
                }
                ids.dedup();
                let id = |id: &&str| format!("{path}/{}", utf8_percent_encode(id, &SEGMENT));
                spread(&ids).map(id).collect()
            };
            paths = paths.iter().flat_map(ids).collect();
        }
        paths
    }

    async fn provoke(&mut self, document: &Document) {
        let with_id = document.operations().iter().find(|operation| operation.path.ends_with('}'));
        if let Some((operation, (listing, _))) = with_id.and_then(|op| Some((op, op.path.rsplit_once('/')?)))
            && !listing.contains('{')
        {
            for id in [NOBODYS, NO_ID] {
                self.get(operation, &format!("{listing}/{id}"), &[], true).await;
            }
        }
        for operation in document.operations() {
            let limit = operation.query.iter().find(|(name, _)| name == "limit");
            if let (Some((name, _)), Some(path)) = (limit, self.paths(&operation.path).first()) {
                self.get(operation, path, &[(name.as_str(), NO_NUMBER)], true).await;
                return;
            }
        }
    }

    /// The one place from which requests go out.
    async fn get(&mut self, operation: &Operation, path: &str, query: &[(&str, &str)], provoked: bool) {
        let template = &operation.path;
        if self.calls == MAX_CALLS {
            self.walk.skipped.push(format!("GET {template}: {MAX_CALLS} requests were sent before"));
            return;
        }
        self.calls += 1;
        let answer = match self.client.raw(Method::GET, path).query(&query).send_any().await {
            Ok(answer) => answer,
            Err(error) => return self.walk.untold.push(format!("GET {template}: {error}")),
        };
        let media_type = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|text| text.split(';').next()).map(|text| text.trim().to_lowercase());
        let status = answer.status().as_u16();
        let content = match answer.into_inner() {
            body if body.is_empty() => Content::Nothing,
            body => serde_json::from_slice(&body).map_or(Content::Other, Content::Json),
        };
        let exchange = Exchange { path: template.clone(), provoked, status, content_type: media_type, content };
        if let (true, Content::Json(body)) = (exchange.is_success(), &exchange.content) {
            self.bodies.insert(path.to_owned(), body.clone());
        } else if !exchange.is_success() && !provoked && status != 404 {
            self.walk.untold.push(format!("GET {template}: the answer is {status}"));
        }
        self.walk.exchanges.push(exchange);
    }
}

/// Every text under `name`, anywhere in an answer.
fn find<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| match value {
            Value::String(id) if key == name && !id.is_empty() => found.push(id),
            _ => find(value, name, found),
        }),
        Value::Array(items) => items.iter().for_each(|item| find(item, name, found)),
        _ => {}
    }
}

/// At most [`PER_LISTING`] of them, evenly spread: a list often begins with its like.
fn spread<T>(all: &[T]) -> impl Iterator<Item = &T> {
    let n = PER_LISTING.min(all.len());
    (0..n).map(move |i| if n == 1 { &all[0] } else { &all[i * (all.len() - 1) / (n - 1)] })
}
