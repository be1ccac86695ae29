//! Reads the parts of an operation that the generator ignores.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::extensions;
use crate::document::openapi::operations;
use crate::document::rust_names::{builder_name, setter_name};

/// A name without what keeps it from being a word of Rust or from starting with a digit: `Self` of `Self_`.
pub(super) fn plain(name: &str) -> &str {
    name.trim_matches('_')
}

/// The parts of an operation that the generator ignores.
pub(super) struct Operation<'a> {
    /// The media type of the body, where the generator calls it otherwise.
    pub(super) sent: Option<&'a str>,
    /// The media type of the response, where the generator calls it otherwise.
    pub(super) wanted: Option<&'a str>,
    /// Whether it sends a body: a parameter may be called `body`, too.
    pub(super) has_body: bool,
    pub(super) body_is_optional: bool,
    /// The statuses of successes without content beside those with JSON.
    pub(super) no_content: Vec<&'a str>,
    /// The parameters that are sent as one text of all their items, by the names of their setters.
    pub(super) joined: BTreeMap<String, Joined<'a>>,
    /// The descriptions of its parameters, by the names of their setters.
    pub(super) descriptions: BTreeMap<String, &'a str>,
}

/// A list that is sent as one text.
pub(super) struct Joined<'a> {
    pub(super) name: &'a str,
    pub(super) place: &'a str,
    pub(super) separator: &'a str,
    pub(super) required: bool,
}

/// The operations, by the names of their builders.
pub(super) fn described(lowered: &Value) -> BTreeMap<String, Operation<'_>> {
    let operations = operations(lowered).filter_map(|operation| {
        let sent = operation.value["requestBody"][extensions::MEDIA_TYPE].as_str();
        let wanted = operation.value["responses"]["2XX"][extensions::MEDIA_TYPE].as_str();
        let no_content = operation.value["responses"]["2XX"][extensions::NO_CONTENT].as_array();
        let no_content = no_content.into_iter().flatten().filter_map(Value::as_str).collect();
        let body = operation.value.get("requestBody");
        let (has_body, body_is_optional) = (body.is_some(), body.is_some_and(|body| body["required"] != true));
        let parameters = operation.value["parameters"].as_array().into_iter().flatten();
        let joined = parameters.clone().filter_map(|parameter| {
            let (name, place) = (parameter["name"].as_str()?, parameter["in"].as_str()?);
            let required = parameter["required"] == true;
            let separator = parameter[extensions::JOINED].as_str()?;
            Some((setter_name(name), Joined { name, place, separator, required }))
        });
        let joined = joined.collect();
        let descriptions = parameters.filter_map(|parameter| {
            Some((setter_name(parameter["name"].as_str()?), parameter["description"].as_str()?))
        });
        let descriptions = descriptions.collect();
        Some((
            builder_name(operation.id()?),
            Operation { sent, wanted, has_body, body_is_optional, no_content, joined, descriptions },
        ))
    });
    operations.collect()
}
