//! Nothing of a response is lost: types keep unknown properties at every depth, and write them again.

use deepgram_mgmt::types;
use fastrand::Rng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::round_trip::effective;

/// How many values of each type are tried.
const ROUNDS: u64 = 300;

/// Decodes and encodes.
pub(crate) type Turn = fn(&Value) -> Result<Value, String>;

pub(crate) fn turn<T: DeserializeOwned + Serialize>(value: &Value) -> Result<Value, String> {
    let decoded: T = serde_json::from_str(&value.to_string()).map_err(|error| error.to_string())?;
    serde_json::to_value(&decoded).map_err(|error| error.to_string())
}

macro_rules! types {
    ($($name:ident)+) => {
        [$((stringify!($name), turn::<types::$name> as Turn)),+]
    };
}

/// The types that responses hold.
const RECEIVED: &[(&str, Turn)] = &types![
    AccessToken Balance BalanceList BillingBreakdown BillingBreakdownResult BillingFields BillingGrouping
    DistributionCredentials DistributionCredentialsList Error Invitation InvitationList Key KeyList KeyWithSecret Member
    MemberList Model ModelList Owner Project ProjectList ProjectUpdated Purchase PurchaseList RequestDetails RequestList
    RequestRecord RequestResponse ScopeList UsageBreakdown UsageBreakdownResult UsageFields UsageGrouping UsageModel
    UsageResolution UsageSummary Tags
];

/// A value that a schema allows, with unknown properties in some of its objects; those of an open one may be anything.
fn value_of(document: &Value, schema: &Value, rng: &mut Rng) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return value_of(document, document.pointer(reference.trim_start_matches('#')).unwrap(), rng);
    }
    if let Some(name) = schema["x-client-type"].as_str() {
        return value_of(document, &document["components"]["schemas"][name], rng);
    }
    if let Some(branches) = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array) {
        return value_of(document, &branches[rng.usize(..branches.len())], rng);
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    let Some(kind) = kinds.get(rng.usize(..kinds.len().max(1))) else { return anything(rng, 2) };
    match (*kind, schema["format"].as_str()) {
        ("object", _) => {
            let mut object = Map::new();
            let demanded = |name: &str| {
                let is_in = |list: &Value| list.as_array().is_some_and(|names| names.iter().any(|other| other == name));
                is_in(&schema["required"]) || is_in(&schema["x-client-identity"])
            };
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                match rng.u8(..8) {
                    0 if !demanded(name) => {}
                    1 if !demanded(name) => drop(object.insert(name.clone(), Value::Null)),
                    2 if schema["x-client-open"] == true => drop(object.insert(name.clone(), anything(rng, 3))),
                    _ => drop(object.insert(name.clone(), value_of(document, property, rng))),
                }
            }
            match &schema["additionalProperties"] {
                more if more.is_object() => drop(object.insert("a key".to_owned(), value_of(document, more, rng))),
                _ => {
                    for number in 0..rng.u8(..3) {
                        object.insert(format!("unknown {number}"), anything(rng, 3));
                    }
                    // The name of the field that keeps them is a name like any other.
                    if rng.bool() {
                        object.insert("unknown".to_owned(), anything(rng, 1));
                    }
                }
            }
            let mut members: Vec<_> = object.into_iter().collect();
            rng.shuffle(&mut members);
            members.into_iter().collect::<Map<_, _>>().into()
        }
        ("array", _) => (0..rng.u8(..4)).map(|_| value_of(document, &schema["items"], rng)).collect(),
        ("string", Some("date-time" | "date-or-date-time")) => json!("2026-09-15T11:32:22.678047Z"),
        ("string", _) => json!(format!("text {}", rng.u16(..))),
        ("integer", _) => json!(rng.i64(-9_007_199_254_740_992..9_007_199_254_740_992)),
        ("number", _) => json!(rng.f64() * 1e6),
        ("boolean", _) => json!(rng.bool()),
        ("null", _) => Value::Null,
        (kind, _) => panic!("{kind}"),
    }
}

pub(crate) fn anything(rng: &mut Rng, depth: u8) -> Value {
    match rng.u8(..if depth == 0 { 5 } else { 7 }) {
        0 => Value::Null,
        1 => json!(rng.bool()),
        2 => json!(rng.i64(..)),
        3 => json!(rng.f64()),
        4 => json!(format!("text {}", rng.u16(..))),
        5 => (0..rng.u8(..3)).map(|_| anything(rng, depth - 1)).collect(),
        _ => (0..rng.u8(..3))
            .map(|number| (format!("p{number}"), anything(rng, depth - 1)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

/// A value without what is no leaf: null, and lists and objects with none. One tag is a list of one, and `1` is `1.0`.
fn leaves(value: &Value, name: &str) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Object(members) => {
            let members = members.iter().filter_map(|(name, value)| Some((name.clone(), leaves(value, name)?)));
            let members: Map<_, _> = members.collect();
            (!members.is_empty()).then(|| members.into())
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().filter_map(|item| leaves(item, "")).collect();
            (!items.is_empty()).then(|| items.into())
        }
        Value::String(_) if name == "tags" => Some(json!([value])),
        Value::Number(number) => number.as_f64().map(Value::from),
        leaf => Some(leaf.clone()),
    }
}

#[test]
fn no_leaf_of_a_response_is_lost_at_any_depth_and_a_second_turn_changes_nothing() {
    let document = effective();
    let mut rng = Rng::with_seed(15);
    for (name, turn) in RECEIVED.iter().copied() {
        let schema = &document["components"]["schemas"][name];
        for _ in 0..ROUNDS {
            let value = value_of(&document, schema, &mut rng);
            // The property that holds it reads null.
            if value.is_null() {
                continue;
            }
            let written = turn(&value).unwrap_or_else(|error| panic!("{name}: {value}: {error}"));
            let tags = if name == "Tags" { "tags" } else { "" };
            assert_eq!(leaves(&written, tags), leaves(&value, tags), "{name}: {value}");
            assert_eq!(turn(&written).unwrap(), written, "{name}");
        }
    }
}

#[test]
fn a_response_of_entries_or_results_writes_its_empty_lists_again_and_is_recognized_once_more() {
    let wholes = [
        "BalanceList",
        "BillingBreakdown",
        "BillingFields",
        "DistributionCredentialsList",
        "InvitationList",
        "KeyList",
        "MemberList",
        "ModelList",
        "ProjectList",
        "PurchaseList",
        "RequestList",
        "ScopeList",
        "UsageBreakdown",
        "UsageFields",
    ];
    let document = effective();
    for (name, turn) in RECEIVED.iter().copied().filter(|(name, _)| wholes.contains(name)) {
        let properties = document["components"]["schemas"][name]["properties"].as_object().unwrap();
        let empty = properties.iter().filter_map(|(name, schema)| match schema["type"].as_str()? {
            "array" => Some((name.clone(), json!([]))),
            "object" if schema["additionalProperties"].is_object() => Some((name.clone(), json!({}))),
            _ => None,
        });
        let mut value: Map<_, _> = empty.collect();
        assert!(!value.is_empty(), "{name}");
        value.insert("new".to_owned(), json!(1));
        let value = Value::from(value);
        assert_eq!(turn(&value).unwrap(), value, "{name}");
    }
    let usage = json!({ "results": [], "new": 1 });
    assert_eq!(turn::<types::UsageSummary>(&usage).unwrap(), usage);
}

#[test]
fn a_property_without_a_type_prints_by_the_names_in_it_alone() {
    let body = json!({
        "request_id": "r",
        "callback": { "url": "hush" },
        "response": {
            "token_details": [{ "tokens": "hush" }],
            "tts_details": { "voice": "hush" },
            "details": { "config": { "option": "hush" }, "metadata": { "label": ["hush"] }, "tier": 7 }
        }
    });
    let record: types::RequestRecord = serde_json::from_value(body).unwrap();
    for printed in [format!("{record:?}"), format!("{record:#?}")] {
        let names = ["url", "tokens", "voice", "option", "label", "tier"];
        assert!(names.iter().all(|name| printed.contains(&format!("\"{name}\""))), "{printed}");
        assert!(!printed.contains("hush") && !printed.contains('7'), "{printed}");
    }
    let text: types::RequestRecord = serde_json::from_str(r#"{"request_id":"r","callback":"hush"}"#).unwrap();
    assert!(format!("{text:?}").contains("callback: Some(a string)"), "{text:?}");
}

#[test]
fn an_unknown_property_prints_by_its_name_alone_wherever_it_stands() {
    let body = r#"{"projects":[{"project_id":"p","new_secret":"hush"}],"more":{"inner":"hush"}}"#;
    let list: types::ProjectList = serde_json::from_str(body).unwrap();
    for printed in [format!("{list:?}"), format!("{list:#?}")] {
        assert!(printed.contains("new_secret") && printed.contains("more") && !printed.contains("hush"), "{printed}");
    }
    assert_eq!(serde_json::to_string(&list).unwrap(), body);
}
