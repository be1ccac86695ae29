//! Every modelled type: a value with all that the effective document gives it is decoded and encoded without loss.

use std::collections::BTreeSet;
use std::path::Path;

use deepgram_mgmt::operations::{OPERATIONS, Operation, ResponseVisitor};
use deepgram_mgmt::types;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use xtask::{load, published};

use crate::lists::with_lists;

pub(crate) fn effective() -> Value {
    let spec = |file: &str| load::document(&Path::new("../spec").join(file)).unwrap();
    published::effective(&spec("deepgram-management-openapi.yml"), &spec("overlay.yaml")).unwrap()
}

/// A value of a schema with every property of it.
pub(crate) fn sample(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let found = document.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference}"));
        return sample(document, found);
    }
    if let Some(name) = schema["x-client-type"].as_str() {
        return sample(document, &document["components"]["schemas"][name]);
    }
    if let Some(branches) = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array) {
        let is_list = |branch: &&Value| branch["type"] == "array";
        return sample(document, branches.iter().find(is_list).unwrap_or(&branches[0]));
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().flat_map(|part| sample(document, part).as_object().cloned().unwrap());
        return parts.collect::<Map<_, _>>().into();
    }
    let kind = schema["type"].as_array().map_or(&schema["type"], |kinds| &kinds[0]);
    match (kind.as_str(), schema["format"].as_str()) {
        (Some("object"), _) => {
            let properties = schema["properties"].as_object().into_iter().flatten();
            let mut object: Map<_, _> = properties.map(|(k, v)| (k.clone(), sample(document, v))).collect();
            match &schema["additionalProperties"] {
                Value::Bool(true) => drop(object.insert("anything".to_owned(), json!({ "goes": [1, null] }))),
                Value::Object(_) => {
                    drop(object.insert("key".to_owned(), sample(document, &schema["additionalProperties"])));
                }
                _ => {}
            }
            object.into()
        }
        (Some("array"), _) => json!([sample(document, &schema["items"])]),
        (Some("string"), Some("date-time" | "date-or-date-time")) => json!("2026-09-15T11:32:22.678047Z"),
        (Some("string"), _) => json!("text"),
        (Some("integer"), _) => json!(7),
        (Some("number"), _) => json!(9e-5),
        (Some("boolean"), _) => json!(true),
        (kind, _) => {
            assert_eq!(kind, None, "{schema}");
            json!({ "anything": "goes" })
        }
    }
}

/// Decodes, encodes and compares. A list in place of the object is an error, and in place of one within it, too, unless it
/// is open.
fn survives<T: DeserializeOwned + Serialize>(value: &Value, is_open: bool) {
    let decoded: T = serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"));
    assert_eq!(serde_json::to_value(&decoded).unwrap(), *value);
    for listed in with_lists(value) {
        match serde_json::from_value::<T>(listed.clone()) {
            Ok(read) => assert!(is_open && serde_json::to_value(&read).unwrap() == listed, "{listed}"),
            Err(_) => assert!(!is_open || listed.is_array(), "{listed}"),
        }
    }
}

/// The types, each by its name and its test.
macro_rules! types {
    ($($name:ident)+) => {
        [$((stringify!($name), survives::<types::$name> as fn(&Value, bool))),+]
    };
}

/// The name of a type, and what tries it.
type Tried = (&'static str, fn(&Value, bool));

const TYPES: &[Tried] = &types![
    AccessToken Balance BalanceList BillingBreakdown BillingBreakdownResult BillingFields BillingGrouping
    DistributionCredentials DistributionCredentialsCreate DistributionCredentialsList Error GrantTokenRequest Invitation
    InvitationCreate InvitationList Key KeyCreate KeyList KeyWithSecret Member MemberList Model ModelList Owner Project
    ProjectList ProjectUpdate ProjectUpdated Purchase PurchaseList RequestDetails RequestList RequestRecord
    RequestResponse ScopeList ScopeUpdate Tags TokenDetails UsageBreakdown UsageBreakdownResult UsageFields UsageGrouping UsageModel
    UsageResolution
    BillingDimension Deployment DistributionProvider Endpoint KeyStatus ProcessingMethod RequestStatus Scope SelfHostedScope
    UsageDimension
];

#[test]
fn every_type_decodes_and_encodes_all_that_the_document_gives_it_and_takes_no_list_for_an_object() {
    let document = effective();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let mut seen = BTreeSet::new();
    for &(name, survives) in TYPES {
        let schema = schemas.get(name).unwrap_or_else(|| panic!("{name}"));
        survives(&sample(&document, schema), schema["x-client-open"] == true);
        seen.insert(name.to_owned());
    }
    for row in OPERATIONS.iter().filter(|row| row.response.is_some()) {
        let schema = response(&document, row);
        let target = schema["$ref"].as_str().map_or(schema, |there| document.pointer(&there[1..]).unwrap());
        let is_open = target["x-client-open"] == true;
        row.visit_response(Survives(&sample(&document, schema), is_open)).unwrap();
        refer(&document, schema, &mut seen);
    }
    // These say how responses are written, and are read as one of the others.
    let read_as_others = |name: &str| schemas[name].get("x-client-type").is_some() || name == "Message";
    let forgotten: Vec<_> = schemas.keys().filter(|name| !seen.contains(*name) && !read_as_others(name)).collect();
    assert!(forgotten.is_empty(), "{forgotten:?}");
}

/// The schema of an operation's success.
fn response<'d>(document: &'d Value, row: &Operation) -> &'d Value {
    let responses = document["paths"][row.path][row.method.to_lowercase()]["responses"].as_object().unwrap();
    let success = responses.iter().find(|(status, _)| status.starts_with('2')).unwrap().1;
    success.pointer("/content/application~1json/schema").unwrap()
}

/// Adds the names of the schemas that a schema refers to.
fn refer(document: &Value, schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(name) = schema["$ref"].as_str().and_then(|there| there.strip_prefix("#/components/schemas/"))
                && names.insert(name.to_owned())
            {
                refer(document, &document["components"]["schemas"][name], names);
            }
            members.values().for_each(|value| refer(document, value, names));
        }
        Value::Array(items) => items.iter().for_each(|item| refer(document, item, names)),
        _ => {}
    }
}

/// Tries the type of a response.
struct Survives<'v>(&'v Value, bool);

impl ResponseVisitor for Survives<'_> {
    type Output = ();

    fn visit<T: DeserializeOwned + Serialize>(self) {
        survives::<T>(self.0, self.1);
    }
}

#[test]
fn what_is_wrapped_is_the_same_value_unwrapped() {
    let document = effective();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for path in schema["x-client-unwrap"].as_array().into_iter().flatten() {
            let mut flat = sample(&document, schema);
            let (holder, inner) = path.as_str().unwrap().rsplit_once('.').unwrap_or(("", path.as_str().unwrap()));
            // What holds the object has the owner's properties, where it is one.
            flat.as_object_mut().unwrap().remove("member");
            let wrapped = if holder.is_empty() { json!({ inner: flat }) } else { json!({ holder: { inner: flat } }) };
            let read = match name.as_str() {
                "Key" => serde_json::to_value(serde_json::from_value::<types::Key>(wrapped).unwrap()),
                "RequestRecord" => {
                    serde_json::to_value(serde_json::from_value::<types::RequestRecord>(wrapped).unwrap())
                }
                "DistributionCredentials" => {
                    serde_json::to_value(serde_json::from_value::<types::DistributionCredentials>(wrapped).unwrap())
                }
                other => panic!("{other} is unwrapped in no test"),
            };
            let mut read = read.unwrap();
            if !holder.is_empty() {
                assert_eq!(read.as_object_mut().unwrap().remove(holder), Some(json!({})));
            }
            assert_eq!(read, flat, "{name} in {path}");
        }
    }
}
