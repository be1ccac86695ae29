//! Requests one page and decodes it. Where one of its entries does not decode, each is decoded on its own.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::entries::Entries;
use crate::builder::ListProjectRequests;
use crate::runtime::decode::{self, decode};
use crate::runtime::object::Identity;
use crate::runtime::transport::{self, Body};
use crate::types::{RequestList, RequestRecord};
use crate::values::{BadEntry, Mask};
use crate::{Error, ResponseValue};

pub(super) const OPERATION: &str = "list_project_requests";

/// One page as the server sent it.
pub(super) struct Received {
    /// Everything but its entries.
    pub(super) list: RequestList,
    pub(super) entries: Entries,
}

/// Requests a page. What is no page is an error; an entry that does not decode is none.
pub(super) async fn receive(request: ListProjectRequests<'_>) -> Result<ResponseValue<Received>, Error> {
    let (client, request) = request.into_request()?;
    let response = transport::exchange(client, request, OPERATION, Body::Matters).await?;
    let mask = Arc::clone(&response.mask);
    response.decode(OPERATION, |body| match decode::<RequestList>(body) {
        Ok(mut list) => {
            let records = std::mem::take(&mut list.requests);
            Ok(Received { list, entries: Entries { records, bad: Vec::new() } })
        }
        Err(reason) => one_by_one(body, &mask).ok_or(reason),
    })
}

/// Decodes a page entry by entry. `None` where it is wrong elsewhere, too.
fn one_by_one(body: &[u8], mask: &Mask) -> Option<Received> {
    if decode::is_crowded(body) {
        return None;
    }
    let body = decode::without_mark(body);
    let readable = readable(body);
    let outline: Outline<'_> = serde_json::from_str(&readable).ok()?;
    let raw: Vec<&RawValue> = serde_json::from_str(outline.requests.get()).ok()?;
    // What does not decode takes memory, too.
    if decode::are_too_many(raw.len(), body) {
        return None;
    }
    let place = |raw: &RawValue| {
        let start = raw.get().as_ptr() as usize - readable.as_ptr() as usize;
        start..start + raw.get().len()
    };
    let list = place(outline.requests);
    let around = [&body[..list.start], b"[]", &body[list.end..]].concat();
    let list = decode::<RequestList>(&around).ok()?;
    let mut entries = Entries::default();
    for (index, raw) in raw.into_iter().enumerate() {
        let entry = &body[place(raw)];
        match decode::part::<RequestRecord>(entry, "the entry") {
            Ok(record) => entries.records.push(record),
            Err(reason) => entries.bad.push(bad(index, entry, reason).masked(mask)),
        }
    }
    Some(Received { list, entries })
}

/// The body with a question mark in place of each byte that is not UTF-8, so that every place stays.
fn readable(body: &[u8]) -> String {
    let mut readable = String::with_capacity(body.len());
    for chunk in body.utf8_chunks() {
        readable.push_str(chunk.valid());
        readable.extend(chunk.invalid().iter().map(|_| '?'));
    }
    readable
}

/// Where a page has its entries.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(borrow)]
    requests: &'a RawValue,
}

fn bad(index: usize, entry: &[u8], reason: String) -> BadEntry {
    let json = String::from_utf8_lossy(entry);
    let id: Option<String> = property(&json, "request_id");
    let id = id.filter(Identity::is_set).map(String::into_boxed_str);
    BadEntry {
        index,
        position: index,
        request_id: id.clone(),
        id,
        created: property(&json, "created"),
        reason: reason.into(),
        json: json.into(),
    }
}

/// Reads one property of an entry, with or without its envelope.
fn property<T: DeserializeOwned>(json: &str, name: &str) -> Option<T> {
    let outer = members(json)?;
    let inner = || members(outer.get("request")?.get())?.remove(name);
    let value = outer.get(name).copied().or_else(inner)?;
    serde_json::from_str(value.get()).ok()
}

/// The properties of an object, none of them decoded.
fn members(json: &str) -> Option<HashMap<String, &RawValue>> {
    serde_json::from_str(json).ok()
}
