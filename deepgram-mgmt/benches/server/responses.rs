//! Responses as the API writes them, of as many entries as are asked for.

use serde_json::{Value, json};

/// The number in a query, as `page` in `…?limit=1000&page=3`; 0 where it is not there.
pub(crate) fn number(target: &str, name: &str) -> u64 {
    let query = target.split_once('?').map_or("", |(_, query)| query);
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    value.and_then(|value| value.parse().ok()).unwrap_or(0)
}

/// A page of records with the four fields of the bundled document.
pub(crate) fn brief_page(page: u64, records: u64) -> String {
    self::page(page, records, |number| {
        format!(r#"{{"request_id":"{}",{CREATED},"path":"/v1/listen","api_key_id":"{}"}}"#, uuid(number), uuid(7))
    })
}

/// A page of records as the live API writes them, of transcriptions.
pub(crate) fn full_page(page: u64, records: u64) -> String {
    self::page(page, records, |number| {
        format!(
            r#"{{"request_id":"{}","project_uuid":"{}",{CREATED},"path":"/v1/listen?model=nova-3&smart_format=true","api_key_id":"{}","response":{{"code":200,"completed":"2026-09-15T11:32:24.112093Z","deployment":"hosted:us","details":{{"usd":0.0043,"duration":61.27,"total_audio":61.27,"channels":1,"streams":1,"tier":"nova","models":["{}"],"method":"sync","tags":["nightly"],"features":["punctuate","smart_format"],"config":{{"alternatives":1,"diarize":false,"language":"en","punctuate":true}},"metadata":{{}}}},"token_details":[]}},"callback":null}}"#,
            uuid(number),
            uuid(1),
            uuid(7),
            uuid(9),
        )
    })
}

const CREATED: &str = r#""created":"2026-09-15T11:32:22.678047Z""#;

fn page(page: u64, records: u64, record: impl Fn(u64) -> String) -> String {
    let requests: Vec<String> = (0..records).map(|index| record(page * records + index)).collect();
    format!(r#"{{"page":{page},"limit":{records},"requests":[{}]}}"#, requests.join(","))
}

pub(crate) fn projects(count: u64) -> String {
    list("projects", count, |n| json!({ "project_id": uuid(n), "name": format!("project {n}"), "mip_opt_out": false }))
}

/// Keys in the form of the bundled document.
pub(crate) fn keys(count: u64) -> String {
    list("api_keys", count, key)
}

/// Keys as the live API lists them, each in an object of its own beside its owner.
pub(crate) fn live_keys(count: u64) -> String {
    list("api_keys", count, |n| json!({ "member": owner(n), "api_key": key(n) }))
}

fn key(n: u64) -> Value {
    json!({
        "api_key_id": uuid(n), "comment": format!("key {n}"), "scopes": ["member", "usage:read"],
        "created": "2026-09-15T11:32:22.678047Z"
    })
}

fn owner(n: u64) -> Value {
    json!({ "member_id": uuid(n), "email": format!("member{n}@example.com") })
}

pub(crate) fn distribution_credentials(count: u64) -> String {
    list("distribution_credentials", count, |n| {
        let credentials = json!({
            "distribution_credentials_id": uuid(n), "provider": "quay", "comment": format!("credentials {n}"),
            "scopes": ["self-hosted:products"], "created": "2026-09-15T11:32:22.678047Z"
        });
        json!({ "member": owner(n), "distribution_credentials": credentials })
    })
}

pub(crate) fn members(count: u64) -> String {
    list("members", count, |n| {
        json!({
            "member_id": uuid(n), "email": format!("member{n}@example.com"), "first_name": "Mem", "last_name": "Ber",
            "scopes": ["admin", "member"]
        })
    })
}

pub(crate) fn invitations(count: u64) -> String {
    list("invites", count, |n| json!({ "email": format!("guest{n}@example.com"), "scope": "member" }))
}

pub(crate) fn balances(count: u64) -> String {
    list(
        "balances",
        count,
        |n| json!({ "balance_id": uuid(n), "amount": 151.125, "units": "usd", "purchase_order_id": uuid(n + 1) }),
    )
}

pub(crate) fn purchases(count: u64) -> String {
    list("orders", count, |n| {
        json!({
            "order_id": uuid(n), "order_type": "promotional", "amount": 150.5, "units": "usd",
            "created": "2026-03-01T08:00:00.5Z", "expiration": "2027-03-01T08:00:00Z"
        })
    })
}

pub(crate) fn models(count: u64) -> String {
    let model = |n: u64| {
        json!({
            "name": format!("nova-{n}"), "canonical_name": format!("nova-{n}-general"), "architecture": "nova",
            "languages": ["en", "en-US", "de"], "version": "2026-01-09.0", "uuid": uuid(n), "batch": true,
            "streaming": true, "formatted_output": true, "metadata": { "accent": "American", "tags": ["calm"] }
        })
    };
    let models: Vec<Value> = (0..count).map(model).collect();
    json!({ "stt": models, "tts": models, "languages": { "en": "English", "de": "German" } }).to_string()
}

pub(crate) fn usage(count: u64) -> String {
    let result = |_| {
        json!({
            "start": "2026-09-15T00:00:00Z", "end": "2026-09-16T00:00:00Z", "hours": 1619.7, "total_hours": 1621.73,
            "agent_hours": 41.33, "requests": 373_381, "tokens_in": 12_000, "tokens_out": 3_000, "tts_characters": 9158
        })
    };
    let results: Vec<Value> = (0..count).map(result).collect();
    let resolution = json!({ "units": "day", "amount": 1 });
    json!({ "start": "2026-06-01T00:00:00Z", "end": "2026-09-30T00:00:00Z", "resolution": resolution, "results": results })
        .to_string()
}

fn list(name: &str, count: u64, entry: impl Fn(u64) -> Value) -> String {
    let entries: Vec<Value> = (0..count).map(entry).collect();
    json!({ name: entries }).to_string()
}

fn uuid(number: u64) -> String {
    format!("6c9c8b3e-3b7e-4f6c-9a59-{number:012}")
}
