//! Keys and distribution credentials as the live API shows them: with the member who made them.

use serde_json::{Value, json};

use crate::call::Call;
use crate::dialect::items::all;
use crate::moment::zoned;
use crate::response::Rejection;
use crate::state::{DistributionCredentials, Key, Project};

/// The list of keys, each beside its owner.
pub(super) fn keys(project: &Project, call: &Call) -> Result<Value, Rejection> {
    let expired = match call.asked("status") {
        None => None,
        Some("active") => Some(false),
        Some("expired") => Some(true),
        Some(other) => return Err(Rejection::BadQuery(format!("status: {other} is neither active nor expired"))),
    };
    let listed = project.keys_of(expired, call.now);
    let show = |key: &Key| json!({ "member": owner(project, key.owner_id.as_deref()), "api_key": fields(key) });
    Ok(json!({ "api_keys": all(listed, show) }))
}

/// One key, within its owner, within an item.
pub(super) fn key(project: &Project, id: &str) -> Result<Value, Rejection> {
    let key = project.key(id)?;
    let owner = project.owner(key.owner_id.as_deref());
    Ok(json!({ "item": { "member": {
        "member_id": owner.map(|owner| &owner.id),
        "email": owner.map(|owner| &owner.email),
        "first_name": owner.map(|owner| &owner.first_name),
        "last_name": owner.map(|owner| &owner.last_name),
        "api_key": fields(key),
    } } }))
}

/// A key just created: flat, with its secret.
pub(super) fn key_with_secret(key: &Key) -> Value {
    let mut shown = fields(key);
    shown["key"] = key.secret.as_str().into();
    shown
}

fn fields(key: &Key) -> Value {
    json!({
        "api_key_id": key.id,
        "comment": key.comment,
        "scopes": key.scopes,
        "tags": key.tags,
        "created": zoned(key.created),
        "expiration_date": key.expires.map(zoned),
    })
}

/// Credentials beside their owner.
pub(super) fn credentials(project: &Project, found: &DistributionCredentials) -> Value {
    json!({
        "member": owner(project, found.owner_id.as_deref()),
        "distribution_credentials": credential_fields(found),
    })
}

/// Credentials just created: bare, with a user name and a secret that is shown this once.
pub(super) fn credentials_with_secret(made: &DistributionCredentials) -> Value {
    let mut shown = credential_fields(made);
    shown["username"] = format!("sandbox+{}", made.id).into();
    shown["secret"] = format!("sandbox-distribution-secret-{}", made.id).into();
    shown
}

fn credential_fields(found: &DistributionCredentials) -> Value {
    json!({
        "distribution_credentials_id": found.id,
        "provider": found.provider,
        "comment": found.comment,
        "scopes": found.scopes,
        "tags": found.tags,
        "created": zoned(found.created),
    })
}

fn owner(project: &Project, id: Option<&str>) -> Value {
    let owner = project.owner(id);
    json!({ "member_id": owner.map(|owner| &owner.id), "email": owner.map(|owner| &owner.email) })
}
