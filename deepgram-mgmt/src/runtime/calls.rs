//! Makes the call of an operation that is chosen at run time: its builder is filled from JSON.

use std::fmt::Display;
use std::str::FromStr;

use reqwest::{Request, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::transport::CallFuture;
use crate::{Client, Error, ErrorKind};

/// The values of a call, by the names of the setters.
pub(crate) struct Values(Map<String, Value>);

/// A builder that is filled from JSON. Generated code implements it for every builder.
pub(crate) trait FromValues<'a>: Sized {
    /// The builder with the values that it knows; those are taken out.
    fn from_values(client: &'a Client, values: &mut Values) -> Self;

    /// The request that it sends, without a credential.
    fn request(self) -> Result<RequestBuilder, Error>;
}

/// A call that is ready to be sent.
pub(crate) struct Prepared<'a> {
    pub(crate) request: Request,
    pub(crate) response: CallFuture<'a, Value>,
}

impl Values {
    pub(crate) fn new(values: Map<String, Value>) -> Self {
        Self(values)
    }

    /// A value that is no JSON on the wire: a part of the path.
    pub(crate) fn parsed<T: FromStr<Err: Display>>(&mut self, name: &str) -> Result<T, String> {
        match self.0.remove(name) {
            Some(Value::String(text)) => text.parse().map_err(|error| format!("`{name}` {error}")),
            Some(other) => other.to_string().parse().map_err(|error| format!("`{name}` {error}")),
            None => Err(format!("`{name}` is missing")),
        }
    }

    pub(crate) fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, String> {
        self.0.remove(name).map(|value| read(name, value)).transpose()
    }

    #[allow(dead_code, reason = "not every document has such a parameter")]
    pub(crate) fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, String> {
        self.optional(name)?.ok_or_else(|| format!("`{name}` is missing"))
    }

    /// Whether any property of a body is given.
    #[allow(dead_code, reason = "not every document has a body that may be left out")]
    pub(crate) fn has_body(&self, properties: &[(&str, &str)]) -> bool {
        properties.iter().any(|(_, setter)| self.0.contains_key(*setter))
    }

    /// An object of properties, each with the name of its setter.
    pub(crate) fn body<T: DeserializeOwned>(&mut self, properties: &[(&str, &str)]) -> Result<T, String> {
        let mut body = Map::new();
        for (property, setter) in properties {
            body.extend(self.0.remove(*setter).map(|value| ((*property).to_owned(), value)));
        }
        read("the body", Value::Object(body))
    }
}

fn read<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let name = if path == "." { name } else { &path };
        // serde names types of Rust.
        let problem = error.inner().to_string().replace("expected a nonzero u64", "expected a whole number from 1");
        format!("`{name}`: {}", problem.replace("expected u64", "expected a whole number from 0"))
    })
}

/// The call of an operation with all of the values.
///
/// # Errors
/// A value that does not fit, one that is missing, and one that the operation does not have.
pub(crate) fn prepared<'a, C>(client: &'a Client, mut values: Values) -> Result<Prepared<'a>, Error>
where
    C: FromValues<'a> + Clone + IntoFuture<IntoFuture: Send + 'a> + 'a,
    C::Output: IntoJson,
{
    let call = C::from_values(client, &mut values);
    if let Some(name) = values.0.keys().next() {
        let message = format!("the operation has no value called `{name}`");
        return Err(Error::new(ErrorKind::InvalidRequest).with_message(Some(message)));
    }
    let request = call.clone().request()?.build().map_err(Error::http)?;
    let response = call.into_future();
    Ok(Prepared { request, response: Box::pin(async move { response.await.into_json() }) })
}

/// The result of a call as JSON.
pub(crate) trait IntoJson {
    fn into_json(self) -> Result<Value, Error>;
}

impl<T: Serialize> IntoJson for Result<T, Error> {
    fn into_json(self) -> Result<Value, Error> {
        serde_json::to_value(self?).map_err(|error| Error::new(ErrorKind::Decode).with_message(Some(error.to_string())))
    }
}
