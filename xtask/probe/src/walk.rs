//! The walk: every GET operation of a document, with ids that listings name. It sends nothing but GETs.

use std::collections::{HashMap, HashSet};

use deepgram_mgmt::Client;
use deepgram_mgmt::reqwest::header::CONTENT_TYPE;
use deepgram_mgmt::reqwest::{Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::document::{Document, Operation};
use crate::exchange::{Content, Exchange, NO_MEDIA_TYPE, Walk};

/// How many requests a walk sends at most, repetitions after a 429 or a broken connection apart.
pub const MAX_CALLS: usize = 200;

/// How many ids of one listing are followed: the first, the middle and the last one.
pub const PER_LISTING: usize = 3;

/// Parameters that listings name otherwise.
const ALIASES: [(&str, &str); 2] = [("key_id", "api_key_id"), ("model_id", "uuid")];

/// An id of no account, a text that is no UUID, and one that is no number. Each is sent once, to see an error response.
const NOBODYS: &str = "00000000-0000-4000-8000-ffffffffffff";
const NO_ID: &str = "not-an-id";
const NO_NUMBER: &str = "not-a-number";

/// The characters that need no escape in a segment of a path.
const SEGMENT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Calls every GET operation of `document`, then every one that only the client's own document, `shipped`, has; at most
/// [`MAX_CALLS`] times in all. Three error responses are provoked.
///
/// The client repeats calls as usual: after a 429 it waits as long as `Retry-After` says, within its limits. A 429 that
/// stays ends the walk.
pub async fn walk(client: &Client, document: &Document, shipped: &Document) -> Walk {
    let mut walker = Walker { client, walk: Walk::default(), bodies: HashMap::new(), calls: 0, is_throttled: false };
    for operation in document.operations() {
        walker.ask(operation, Asked::ForResponse).await;
    }
    walker.provoke(document).await;
    for operation in shipped.operations().iter().filter(|operation| document.operation(&operation.path).is_none()) {
        walker.ask(operation, Asked::WhetherThere).await;
    }
    walker.walk
}

/// Why a request is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// The document has the operation.
    ForResponse,
    /// The document lacks the operation: an error response says nothing about the document.
    WhetherThere,
    /// To see an error response.
    ForError,
}

struct Walker<'a> {
    client: &'a Client,
    walk: Walk,
    /// Successful responses, by the path they were asked for.
    bodies: HashMap<String, Value>,
    calls: usize,
    /// A 429 stayed although it was waited out: to ask for more would be to ignore it.
    is_throttled: bool,
}

impl Walker<'_> {
    async fn ask(&mut self, operation: &Operation, asked: Asked) {
        let mut query = Vec::new();
        for parameter in operation.query.iter().filter(|parameter| parameter.is_required) {
            let name = parameter.name.as_str();
            let Some(value) = parameter.value() else {
                let why = format!("it requires the query parameter `{name}`, and names no value for it");
                return self.skip(operation, asked, &why);
            };
            query.push((name, value));
        }
        let paths = self.paths(&operation.path);
        if paths.is_empty() {
            self.skip(operation, asked, "no listing named an id for it");
        }
        for path in paths {
            self.get(operation, &path, &query, asked).await;
        }
    }

    fn skip(&mut self, operation: &Operation, asked: Asked, why: &str) {
        if asked != Asked::WhetherThere {
            note(&mut self.walk.skipped, format!("GET {}: {why}", operation.path));
        }
    }

    /// The path with ids in place of its parameters, each from the response to the path before it.
    fn paths(&self, template: &str) -> Vec<String> {
        let mut paths = vec![String::new()];
        for segment in template.split('/').skip(1) {
            let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
                if segment.contains('{') {
                    // An id and more: no listing names that.
                    return Vec::new();
                }
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
                let mut known = HashSet::new();
                // Dots alone would lead out of the path.
                ids.retain(|id| !id.trim_matches('.').is_empty() && known.insert(id.clone()));
                let id = |id: &String| format!("{path}/{}", utf8_percent_encode(id, &SEGMENT));
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
                self.get(operation, &format!("{listing}/{id}"), &[], Asked::ForError).await;
            }
        }
        for operation in document.operations() {
            let limit = operation.query.iter().find(|parameter| parameter.name == "limit");
            if let (Some(limit), Some(path)) = (limit, self.paths(&operation.path).first()) {
                self.get(operation, path, &[(&limit.name, NO_NUMBER.to_owned())], Asked::ForError).await;
                return;
            }
        }
    }

    /// The one place from which requests go out.
    async fn get(&mut self, operation: &Operation, path: &str, query: &[(&str, String)], asked: Asked) {
        let template = &operation.path;
        if self.calls == MAX_CALLS {
            return self.skip(operation, asked, &format!("{MAX_CALLS} requests were sent before"));
        }
        if self.is_throttled {
            return self.skip(operation, asked, "the server takes no more requests: 429");
        }
        self.calls += 1;
        let response = match self.client.raw(Method::GET, path).query(&query).send_any().await {
            Ok(response) => response,
            Err(error) => return note(&mut self.walk.untold, format!("GET {template}: {error}")),
        };
        let content_type = response.headers().get(CONTENT_TYPE).map(|value| media_type(value.as_bytes()));
        let status = response.status().as_u16();
        self.is_throttled = response.status() == StatusCode::TOO_MANY_REQUESTS;
        let content = match response.into_inner() {
            body if body.is_empty() => Content::Nothing,
            body => serde_json::from_slice(&body).map_or(Content::Other, Content::Json),
        };
        let provoked = asked == Asked::ForError;
        let exchange = Exchange { path: template.clone(), provoked, status, content_type, content };
        if let (true, Content::Json(body)) = (exchange.is_success(), &exchange.content) {
            self.bodies.insert(path.to_owned(), body.clone());
        } else if !exchange.is_success() && asked == Asked::ForResponse && status != 404 {
            note(&mut self.walk.untold, format!("GET {template}: the status is {status}"));
        }
        self.walk.exchanges.push(exchange);
    }
}

/// Says once what is so for several requests.
fn note(lines: &mut Vec<String>, line: String) {
    if !lines.contains(&line) {
        lines.push(line);
    }
}

/// A media type without its parameters; [`NO_MEDIA_TYPE`] for what is none, which is not kept: it can be anything.
fn media_type(header: &[u8]) -> String {
    let text = String::from_utf8_lossy(header);
    let name = text.split(';').next().unwrap_or_default().trim().to_lowercase();
    let is_part = |part: &str| {
        (1..=100).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte))
    };
    if name.split_once('/').is_some_and(|(family, kind)| is_part(family) && is_part(kind)) {
        name
    } else {
        NO_MEDIA_TYPE.to_owned()
    }
}

/// Every text and whole number under `name`, anywhere in a response.
fn find(value: &Value, name: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| match value {
            Value::String(id) if key == name => found.push(id.clone()),
            Value::Number(id) if key == name && !id.is_f64() => found.push(id.to_string()),
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
