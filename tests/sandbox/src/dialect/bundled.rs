//! The dialect of the bundled document: its operations on the state, and the bodies that represent it. The document has
//! all of them but one, which no document of the API has.

use std::io;
use std::sync::LazyLock;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::items::all;
use crate::call::Call;
use crate::contract::{Contract, Reading};
use crate::moment::zoned;
use crate::response::{Rejection, Response};
use crate::state::{
    Balance, Invitation, Key, Member, Model, Project, RequestRecord, State, Usage, UsageResult, Variety,
};

/// The scheme before the key in the `Authorization` header: `bearerAuth` of the document.
pub(super) const SCHEME: &str = "Bearer";

/// The document wants an expiry on every key; this one stands for never.
const NEVER: &str = "9999-12-31T23:59:59Z";

/// Read once per process, since compiling the schemas takes longer than starting a sandbox.
static CONTRACT: LazyLock<Result<Contract, String>> =
    LazyLock::new(|| Contract::read(&with_token_details(document()?), Reading::AsWritten));

/// The bundled document.
pub(super) fn document() -> Result<Value, String> {
    let text = include_str!("../../spec/deepgram-management-openapi.yml");
    serde_yaml::from_str(text).map_err(|error| error.to_string())
}

/// The document with the operation that only the vendor's guide on authenticating has. It names no property of the response.
fn with_token_details(mut document: Value) -> Value {
    let json = |schema| json!({ "description": "", "content": { "application/json": { "schema": schema } } });
    document["paths"]["/v1/auth/token"]["get"] = json!({
        "operationId": "getTokenDetails",
        "responses": {
            "200": json(json!({ "type": "object", "additionalProperties": true })),
            "401": json(json!({ "$ref": "#/components/schemas/Error" })),
        },
    });
    document
}

pub(super) fn contract() -> io::Result<&'static Contract> {
    CONTRACT.as_ref().map_err(|reason| io::Error::other(format!("deepgram-management-openapi.yml: {reason}")))
}

/// Performs the operation with this `operationId`.
pub(super) fn perform(operation: &str, call: &Call, state: &mut State) -> Result<Response, Rejection> {
    let project_id = || call.parameter("project_id");
    let ok = |body| Ok(Response::json(StatusCode::OK, body));
    let accepted = Ok(Response::empty(StatusCode::OK));
    let deleted = Ok(Response::empty(StatusCode::NO_CONTENT));
    match operation {
        "getTokenDetails" => ok(token_details(state, call)),
        "listProjects" => ok(json!({ "projects": all(&state.projects, project) })),
        "getProject" => ok(project(state.project(project_id()?)?)),
        "updateProject" => {
            let found = state.project_mut(project_id()?)?;
            found.update(call.text("name"), call.text("company"));
            ok(project(found))
        }
        "deleteProject" => {
            state.delete_project(project_id()?)?;
            deleted
        }
        "listProjectKeys" => ok(json!({ "api_keys": all(&state.project(project_id()?)?.keys, key) })),
        "createProjectKey" => {
            ok(key_with_secret(state.create_key(project_id()?, call.new_key()?, &call.credential, call.now)?))
        }
        "getProjectKey" => ok(key(state.project(project_id()?)?.key(call.parameter("key_id")?)?)),
        "deleteProjectKey" => {
            state.project_mut(project_id()?)?.delete_key(call.parameter("key_id")?)?;
            deleted
        }
        "listProjectMembers" => ok(json!({ "members": all(&state.project(project_id()?)?.members, member) })),
        "removeProjectMember" => {
            state.project_mut(project_id()?)?.remove_member(call.parameter("member_id")?)?;
            deleted
        }
        "getMemberScopes" => {
            let found = state.project(project_id()?)?.member(call.parameter("member_id")?)?;
            ok(json!({ "scopes": found.scopes }))
        }
        "updateMemberScopes" => {
            let scope = call.required_text("scope")?;
            state.project_mut(project_id()?)?.set_scope(call.parameter("member_id")?, scope)?;
            accepted
        }
        "listProjectInvitations" => {
            ok(json!({ "invites": all(&state.project(project_id()?)?.invitations, invitation) }))
        }
        "sendProjectInvitation" => {
            let (email, scope) = (call.required_text("email")?, call.required_text("scope")?);
            state.project_mut(project_id()?)?.invite(email, scope);
            accepted
        }
        "deleteProjectInvitation" => {
            state.project_mut(project_id()?)?.withdraw_invitation(call.parameter("email")?)?;
            deleted
        }
        "getProjectUsage" => {
            let period = call.period()?;
            ok(usage(&state.project(project_id()?)?.usage_in(period, &call.filter(), &[])))
        }
        "listProjectRequests" => {
            let (period, page, limit) = (call.period()?, call.cursor()?, call.limit()?);
            let filter = call.filter();
            let found = state.project(project_id()?)?.requests_in(period, &filter, page, limit);
            ok(json!({ "page": page, "limit": limit, "requests": all(found, request) }))
        }
        "listProjectBalances" => ok(json!({ "balances": all(&state.project(project_id()?)?.balances, balance) })),
        "getProjectBalance" => {
            let (id, project) = (call.parameter("balance_id")?, state.project(project_id()?)?);
            ok(balance(crate::state::find(&project.balances, "balance", |found| found.id == id)?))
        }
        "listModels" => {
            let (stt, tts) = state.listed_models(call.flag("include_outdated"));
            ok(json!({ "stt": all(stt, model), "tts": all(tts, model) }))
        }
        "getModel" => ok(model(state.model(call.parameter("model_id")?)?)),
        // An operation that has no code here changes nothing.
        _ => Ok(call.sample.clone()),
    }
}

/// Details of the credential that the call came with. The sandbox's own is part of no project.
pub(super) fn token_details(state: &State, call: &Call) -> Value {
    state.key_of(&call.credential).map_or_else(
        || json!({ "api_key_id": null, "scopes": ["owner"] }),
        |key| json!({ "api_key_id": key.id, "scopes": key.scopes, "created": zoned(key.created) }),
    )
}

pub(super) fn error_response(rejection: &Rejection, request_id: &str) -> Response {
    let (status, code, message) = match rejection {
        Rejection::Unauthorized(message) => (StatusCode::UNAUTHORIZED, "INVALID_AUTH", message.clone()),
        Rejection::BadQuery(message) | Rejection::BadBody(message) | Rejection::BadFault(message) => {
            (StatusCode::BAD_REQUEST, "BAD_REQUEST", message.clone())
        }
        Rejection::TooManyRequests { .. } => {
            (StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", "a fault on purpose".to_owned())
        }
        Rejection::Unavailable { .. } => {
            (StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE", "a fault on purpose".to_owned())
        }
        Rejection::TooLarge(message) => (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE", message.clone()),
        Rejection::TooSlow(message) => (StatusCode::REQUEST_TIMEOUT, "REQUEST_TIMEOUT", message.clone()),
        Rejection::NotFound(message) | Rejection::NotAnId(message) => {
            (StatusCode::NOT_FOUND, "NOT_FOUND", message.clone())
        }
        Rejection::MethodNotAllowed(allowed) => {
            (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", format!("this path has {allowed}"))
        }
        Rejection::Fault(message) => (StatusCode::INTERNAL_SERVER_ERROR, "SANDBOX_FAULT", message.clone()),
    };
    Response::json(status, json!({ "err_code": code, "err_msg": message, "request_id": request_id }))
}

fn project(project: &Project) -> Value {
    json!({ "project_id": project.id, "name": project.name, "company": project.company })
}

fn key(key: &Key) -> Value {
    json!({
        "api_key_id": key.id,
        "key": masked(&key.secret),
        "comment": key.comment,
        "scopes": key.scopes,
        "created": zoned(key.created),
        "expiration_date": key.expires.map_or_else(|| NEVER.to_owned(), zoned),
    })
}

fn key_with_secret(key: &Key) -> Value {
    json!({
        "api_key_id": key.id,
        "key": key.secret,
        "comment": key.comment,
        "scopes": key.scopes,
        "created": zoned(key.created),
    })
}

fn masked(secret: &str) -> String {
    let shown: String = secret.chars().take(4).collect();
    format!("{shown}************")
}

fn member(member: &Member) -> Value {
    json!({
        "member_id": member.id,
        "email": member.email,
        "first_name": member.first_name,
        "last_name": member.last_name,
        "scopes": member.scopes,
    })
}

fn invitation(invitation: &Invitation) -> Value {
    json!({ "email": invitation.email, "scope": invitation.scope })
}

fn usage(usage: &Usage) -> Value {
    let day = |day: &UsageResult| {
        json!({
            "start": zoned(day.start),
            "end": zoned(day.end),
            "hours": day.amounts.hours,
            "requests": day.amounts.requests,
        })
    };
    json!({
        "start": zoned(usage.start),
        "end": zoned(usage.end),
        "resolution": { "units": "day", "amount": 1 },
        "results": usage.results.iter().map(day).collect::<Vec<_>>(),
    })
}

fn request(record: &RequestRecord) -> Value {
    json!({
        "request_id": record.id,
        "created": zoned(record.created),
        "path": record.sample.path,
        "api_key_id": record.sample.traits.key_id,
    })
}

fn balance(balance: &Balance) -> Value {
    json!({
        "balance_id": balance.id,
        "amount": balance.amount,
        "units": balance.units,
        "purchase": balance.purchase,
    })
}

fn model(model: &Model) -> Value {
    json!({
        "name": model.name,
        "canonical_name": model.canonical_name,
        "architecture": model.architecture,
        "languages": model.languages,
        "version": model.version,
        "uuid": model.id,
        "metadata": match &model.variety {
            Variety::SpeechToText(abilities) => json!({ "streaming": abilities.streaming }),
            Variety::TextToSpeech(voice) => json!({ "accent": voice.accent, "tags": voice.tags }),
        },
    })
}
