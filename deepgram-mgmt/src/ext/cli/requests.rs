//! Makes the requests that no single operation describes: the pages of the request log, and the keys that chores create.

use serde_json::{Map, Value};

use crate::builder::ListProjectRequests;
use crate::ext::member_keys::MemberKeys;
use crate::ext::rotate::{RotateKeyError, Rotation};
use crate::runtime::calls::{FromValues, Values};
use crate::types::RequestRecord;
use crate::{BadEntry, Client};

/// The request log with filters as JSON, by the names of the setters: for its streams.
pub fn request_log(client: &Client, values: Map<String, Value>) -> ListProjectRequests<'_> {
    ListProjectRequests::from_values(client, &mut Values::new(values))
}

/// An entry of the request log as JSON; one that does not decode as it came.
#[must_use]
pub fn entry_json(entry: Result<RequestRecord, BadEntry>) -> Value {
    match entry {
        Ok(record) => serde_json::to_value(record).unwrap_or_default(),
        Err(bad) => serde_json::from_str(bad.json()).unwrap_or_else(|_| bad.json().into()),
    }
}

/// The values of `createProjectKey` that [`Client::create_successor`] would send, with a mark of another time and number.
/// It reads the old key, and sends nothing else.
///
/// # Errors
/// The old key cannot be read, or is none that can be replaced.
pub async fn successor_values(
    client: &Client,
    project_id: &str,
    key_id: &str,
) -> Result<Map<String, Value>, RotateKeyError> {
    values_of(&Rotation::new(client, "create_successor", project_id, key_id), project_id).await
}

/// As [`successor_values`], of each key of a member, with the check of the credential that [`Client::create_successors`]
/// makes.
///
/// # Errors
/// As [`successor_values`], and a credential that is the member's own.
pub async fn successors_values(
    client: &Client,
    project_id: &str,
    keys: &MemberKeys,
) -> Result<Vec<Map<String, Value>>, RotateKeyError> {
    let mut all = Vec::new();
    for rotation in keys.rotations(client, project_id).await? {
        all.push(values_of(&rotation, project_id).await?);
    }
    Ok(all)
}

async fn values_of(rotation: &Rotation<'_>, project_id: &str) -> Result<Map<String, Value>, RotateKeyError> {
    let mut values = match serde_json::to_value(rotation.request().await?) {
        Ok(Value::Object(values)) => values,
        _ => Map::new(),
    };
    values.insert("project_id".to_owned(), project_id.into());
    Ok(values)
}
