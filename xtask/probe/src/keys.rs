//! Which keys of a response are names of properties, and which are data such as ids: what documents say comes first, then
//! how the key looks.

use std::collections::HashMap;

use anyhow::Result;
use serde_json::{Map, Value};

use crate::document::Document;
use crate::exchange::{Content, Exchange};
use crate::infer::is_name;
use crate::places::{Place, Schemas, Within, within};

/// The keys that documents describe.
pub(crate) struct Keys<'a>(Vec<(&'a Document, Schemas<'a>)>);

impl<'a> Keys<'a> {
    pub(crate) fn new(document: &'a Document, shipped: &'a Document) -> Self {
        let other = Some(shipped).filter(|shipped| !std::ptr::eq(*shipped, document));
        let documents = std::iter::once(document).chain(other);
        Self(documents.map(|document| (document, Schemas::new(document))).collect())
    }

    /// The exchange in the form that is compared and reported: numbers replace keys that are data, so that none is revealed.
    pub(crate) fn numbered(&mut self, exchange: &Exchange) -> Result<Exchange> {
        let mut known = HashMap::new();
        self.renamed(exchange, &mut |key| {
            let n = known.len() + 1;
            known.entry(key.to_owned()).or_insert_with(|| format!("*{n}")).clone()
        })
    }

    /// The exchange with another name for every key that is data.
    pub(crate) fn renamed(&mut self, exchange: &Exchange, rename: Rename<'_>) -> Result<Exchange> {
        let Content::Json(body) = &exchange.content else { return Ok(exchange.clone()) };
        let mut places = Vec::new();
        for (document, schemas) in &mut self.0 {
            let at = document.schema_of(exchange)?;
            places.push(at.map(|at| schemas.places(at, body)).transpose()?.unwrap_or_default());
        }
        Ok(Exchange { content: Content::Json(self.value(body, &places, rename)?), ..exchange.clone() })
    }

    /// `places`: what each document says of the value.
    fn value(&mut self, value: &Value, places: &[Vec<Place<'a>>], rename: Rename<'_>) -> Result<Value> {
        Ok(match value {
            Value::Object(members) => {
                let spoken = places.concat();
                let is_data = data(members, &spoken);
                let mut renamed = Map::new();
                for (key, value) in members {
                    let within = self.within(places, key, value)?;
                    let mut name = if is_data(key) { rename(key) } else { key.clone() };
                    while renamed.contains_key(&name) {
                        name.push('-');
                    }
                    renamed.insert(name, self.value(value, &within, rename)?);
                }
                renamed.into()
            }
            Value::Array(items) => {
                let mut renamed = Vec::new();
                for item in items {
                    let within = self.items(places, item)?;
                    renamed.push(self.value(item, &within, rename)?);
                }
                renamed.into()
            }
            other => other.clone(),
        })
    }

    fn within(&mut self, places: &[Vec<Place<'a>>], key: &str, value: &Value) -> Result<Vec<Vec<Place<'a>>>> {
        let documents = self.0.iter_mut().zip(places);
        let found = documents.map(|((_, schemas), places)| match within(places, key) {
            Within::Named(found) | Within::Mapped(found) => schemas.all(found, value),
            Within::Anything | Within::Nothing => Ok(Vec::new()),
        });
        found.collect()
    }

    fn items(&mut self, places: &[Vec<Place<'a>>], item: &Value) -> Result<Vec<Vec<Place<'a>>>> {
        let documents = self.0.iter_mut().zip(places);
        documents
            .map(|((_, schemas), places)| {
                let items = places.iter().filter(|place| place.schema.get("items").is_some());
                schemas.all(items.map(|place| place.target.child("items")).collect(), item)
            })
            .collect()
    }
}

/// Gives a key that is data its placeholder.
type Rename<'r> = &'r mut dyn FnMut(&str) -> String;

/// Whether a key of `members` is data.
///
/// Where a document has `properties`, those are names, and others if they look like names. An object of which documents
/// speak without them is a map. Where no document speaks, one key that looks like data makes it a map.
fn data<'k>(members: &'k Map<String, Value>, places: &'k [Place<'_>]) -> impl Fn(&str) -> bool + 'k {
    let named = |key: &str| {
        let is_required =
            |schema: &Value| schema["required"].as_array().is_some_and(|names| names.iter().any(|n| n == key));
        places.iter().any(|place| place.schema["properties"].get(key).is_some() || is_required(place.schema))
    };
    let has_names = places.iter().any(|place| place.schema.get("properties").is_some());
    let is_map = !has_names && (!places.is_empty() || !members.keys().all(|key| is_name(key)));
    move |key| !named(key) && (is_map || !is_name(key))
}
