//! Decodes responses with the client's types and encodes them again. Reports every loss on the way.

use std::collections::{BTreeMap, HashMap};

use anyhow::{Context, Result, bail};
use deepgram_mgmt::Timestamp;
use deepgram_mgmt::operations::{self, OPERATIONS, ResponseVisitor};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use xtask::pointer::Pointer;

use crate::document::{Document, is_same_path};
use crate::exchange::{Content, Exchange};
use crate::findings::{Finding, Kind, Ledger};
use crate::infer::{Shape, described, is_name};

/// Decodes a body with the type that it visits, and encodes it again; the error is the place, as serde has it.
struct Again<'v>(&'v Value);

impl ResponseVisitor for Again<'_> {
    type Output = Result<Value, String>;

    fn visit<T: DeserializeOwned + Serialize>(self) -> Self::Output {
        // What serde says of the fault may repeat the value; where it is cannot.
        let decoded: T = serde_path_to_error::deserialize(self.0).map_err(|error| error.path().to_string())?;
        serde_json::to_value(&decoded).map_err(|_| "encoding".to_owned())
    }
}

/// The client's operation for a GET of this path.
fn of(path: &str) -> Option<&'static operations::Operation> {
    OPERATIONS.iter().find(|operation| operation.method == "GET" && is_same_path(operation.path, path))
}

/// The parts of responses that the client loses or does not decode.
pub(crate) fn check(exchanges: &[Exchange], shipped: &Document) -> Result<Vec<Finding>> {
    let mut ledger = Ledger::default();
    for exchange in exchanges.iter().filter(|exchange| exchange.is_success()) {
        // What the client has no operation for, it cannot lose.
        let Some(operation) = shipped.operation(&exchange.path) else { continue };
        let Content::Json(body) = &exchange.content else { continue };
        let at = &operation.at;
        let typed = of(&operation.path).with_context(|| format!("{at}: the client has no operation for it"))?;
        let (Some(name), Some(again)) = (typed.response, typed.visit_response(Again(body))) else {
            bail!("{at}: the client has no type for its JSON");
        };
        let mut add = |kind, field: String, found: Option<&Value>| {
            ledger.add(Finding {
                schema: name.to_owned(),
                seen: [format!("GET {} ${field}", operation.path)].into(),
                name: field.clone(),
                field,
                kind,
                expected: String::new(),
                found: found.map(described).into_iter().collect(),
                within: BTreeMap::new(),
                at: Pointer::root(),
                shape: found.map(Shape::of).unwrap_or_default(),
            });
        };
        match again {
            Ok(encoded) => {
                for (path, value) in lost(body, &encoded) {
                    add(Kind::LostField, path, Some(value));
                }
            }
            Err(path) => add(Kind::Undecodable, generic(&path), None),
        }
    }
    Ok(ledger.close())
}

/// serde's path with `[]` for every index, and `*` for keys that are data.
fn generic(path: &str) -> String {
    let step = |step: &str| match step.split_once('[') {
        Some((name, _)) if name.is_empty() || is_name(name) => format!(".{name}[]"),
        None if is_name(step) => format!(".{step}"),
        _ => ".*".to_owned(),
    };
    path.split('.').filter(|step| !step.is_empty()).map(step).collect()
}

/// A value that holds no other.
struct Leaf<'v> {
    /// With the index of every item.
    place: String,
    /// Without.
    path: String,
    name: &'v str,
    value: &'v Value,
}

/// The leaves of `before` that are not in `after`, by path.
///
/// A leaf is there if it stands where it stood, or else, since the client unwraps what is wrapped, if its name and value
/// stand anywhere that no other leaf accounts for. Null, and what is empty, is nothing that could be lost.
fn lost<'v>(before: &'v Value, after: &Value) -> Vec<(String, &'v Value)> {
    let (mut left, mut there) = (Vec::new(), Vec::new());
    leaves(before, (String::new(), String::new()), "", &mut left);
    leaves(after, (String::new(), String::new()), "", &mut there);
    let mut there: HashMap<String, Leaf<'_>> = there.into_iter().map(|leaf| (leaf.place.clone(), leaf)).collect();
    left.retain(|leaf| {
        let stays = there.get(&leaf.place).is_some_and(|other| meaning(leaf.value) == meaning(other.value));
        !(stays && there.remove(&leaf.place).is_some())
    });
    let mut elsewhere: HashMap<(&str, Meaning<'_>), usize> = HashMap::new();
    for leaf in there.values() {
        *elsewhere.entry((leaf.name, meaning(leaf.value))).or_default() += 1;
    }
    left.retain(|leaf| match elsewhere.get_mut(&(leaf.name, meaning(leaf.value))) {
        Some(moved) if *moved > 0 => {
            *moved -= 1;
            false
        }
        _ => true,
    });
    left.into_iter().map(|leaf| (leaf.path, leaf.value)).collect()
}

fn leaves<'v>(value: &'v Value, (place, path): (String, String), name: &'v str, found: &mut Vec<Leaf<'v>>) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (name, value) in members {
                let step = if is_name(name) { name } else { "*" };
                leaves(value, (format!("{place}/{name}"), format!("{path}.{step}")), name, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, (format!("{place}/{index}"), format!("{path}[]")), name, found);
            }
        }
        _ => found.push(Leaf { place, path, name, value }),
    }
}

/// The meaning of a value, however it is written.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Meaning<'v> {
    Time(Timestamp),
    Text(&'v str),
    /// `10` or `10.0`.
    Whole(i128),
    /// The bits of a number that no integer is.
    Other(u64),
    /// True or false; what holds values has no meaning of its own.
    Flag(Option<bool>),
}

fn meaning(value: &Value) -> Meaning<'_> {
    match value {
        Value::String(text) => text.parse().map_or(Meaning::Text(text), Meaning::Time),
        Value::Number(number) => {
            let whole = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            let float = number.as_f64().unwrap_or_default();
            // Beyond, there is no integer of JSON that it could be.
            #[expect(clippy::cast_possible_truncation, reason = "it is within bounds")]
            let exact = (float.fract() == 0.0 && float.abs() < 1e30).then_some(float as i128);
            whole.or(exact).map_or(Meaning::Other(float.to_bits()), Meaning::Whole)
        }
        other => Meaning::Flag(other.as_bool()),
    }
}

#[cfg(test)]
mod tests {

    use serde_json::json;

    use super::*;

    #[test]
    fn what_moved_is_there_and_what_is_gone_is_lost_by_its_path_and_type() {
        let before = json!({
            "api_keys": [{ "member": { "member_id": "m" }, "api_key": { "api_key_id": "k", "amount": 10.0 } }],
            "start": "2024-10-16", "empty": [], "none": null, "extra": { "a-b": ["hush"] }, "same": 1,
            "cent": 0.1, "count": 9_007_199_254_740_993_i64, "price": 9e-05,
        });
        let after = json!({
            "api_keys": [{ "member": { "member_id": "m" }, "api_key_id": "k", "amount": 10 }],
            "start": "2024-10-16T00:00:00Z", "other": 1,
            "cent": f64::from(0.1_f32), "count": 9_007_199_254_740_992.0, "price": 0.00009,
        });
        let lost: Vec<_> = lost(&before, &after).into_iter().map(|(path, value)| (path, described(value))).collect();
        let said = |path: &str, found: &str| (path.to_owned(), found.to_owned());
        let moved = [said(".extra.*[]", "string"), said(".same", "integer")];
        // What is rounded is another number.
        let rounded = [said(".cent", "number"), said(".count", "integer")];
        assert_eq!(lost, [moved, rounded].concat());
    }
}
