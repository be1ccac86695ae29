//! The dialect of the live API: its operations on the state, and the bodies that represent it.

mod access;
mod document;
mod error_response;
mod models;
mod records;
mod usage;

use std::io;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

use axum::http::StatusCode;
use serde_json::{Value, json};

pub(crate) use error_response::error_response;

use super::bundled;
use super::items::all;
use crate::call::Call;
use crate::contract::{Contract, Reading};
use crate::moment::zoned;
use crate::response::{Rejection, Response};
use crate::state::{Balance, Project, Purchase, State};

/// The scheme before the key in the `Authorization` header: `tokenAuth` of the document.
pub(super) const SCHEME: &str = "Token";

/// The largest page of the request log.
const MAX_LIMIT: usize = 1000;
/// How long an access token may live, in seconds.
const LIFETIMES: RangeInclusive<u64> = 1..=3600;
/// How long an access token lives unless the request says so, in seconds.
const DEFAULT_LIFETIME: u64 = 30;

/// Read once per process, as in the bundled dialect.
static CONTRACT: LazyLock<Result<Contract, String>> =
    LazyLock::new(|| Contract::read(&document::effective()?, Reading::AsServed));

pub(super) fn contract() -> io::Result<&'static Contract> {
    CONTRACT.as_ref().map_err(|reason| io::Error::other(format!("the effective document: {reason}")))
}

/// Performs the operation with this `operationId`.
pub(super) fn perform(operation: &str, call: &Call, state: &mut State) -> Result<Response, Rejection> {
    error_response::check_ids(call)?;
    let body = match operation {
        "listProjectMembers" | "getMemberScopes" | "listProjectInvitations" => {
            return bundled::perform(operation, call, state);
        }
        "updateProject"
        | "deleteProject"
        | "deleteProjectKey"
        | "removeProjectMember"
        | "updateMemberScopes"
        | "sendProjectInvitation"
        | "deleteProjectInvitation" => {
            bundled::perform(operation, call, state)?;
            done(operation)
        }
        "leaveProject" => {
            state.leave(call.parameter("project_id")?, &call.credential)?;
            done(operation)
        }
        "listProjects" => json!({ "projects": all(&state.projects, listed_project) }),
        "getProject" => whole_project(project(state, call)?),
        "listProjectKeys" => access::keys(project(state, call)?, call)?,
        "getProjectKey" => access::key(project(state, call)?, call.parameter("key_id")?)?,
        "createProjectKey" => {
            let project_id = call.parameter("project_id")?;
            access::key_with_secret(state.create_key(project_id, call.new_key()?, &call.credential, call.now)?)
        }
        "listDistributionCredentials" => {
            let project = project(state, call)?;
            json!({ "distribution_credentials": all(&project.credentials, |found| access::credentials(project, found)) })
        }
        "getDistributionCredentials" => {
            let project = project(state, call)?;
            access::credentials(project, project.credentials(call.parameter("distribution_credentials_id")?)?)
        }
        "deleteDistributionCredentials" => {
            let project = state.project_mut(call.parameter("project_id")?)?;
            let deleted = project.delete_credentials(call.parameter("distribution_credentials_id")?)?;
            access::credentials(project, &deleted)
        }
        "createDistributionCredentials" => {
            let project_id = call.parameter("project_id")?;
            let new = call.new_credentials()?;
            access::credentials_with_secret(state.create_credentials(project_id, new, &call.credential, call.now)?)
        }
        "getTokenDetails" => bundled::token_details(state, call),
        "grantToken" => {
            let lifetime = call.number("ttl_seconds")?.unwrap_or(DEFAULT_LIFETIME);
            if !LIFETIMES.contains(&lifetime) {
                return Err(Rejection::BadBody(format!("ttl_seconds: {lifetime} is not within {LIFETIMES:?}")));
            }
            json!({ "access_token": format!("sandbox-access-token.{}", state.next_id()), "expires_in": lifetime })
        }
        "listProjectRequests" => {
            let (period, page, limit, filter) = (call.period()?, call.page()?, limit(call)?, call.filter());
            let project = project(state, call)?;
            let found = project.requests_in(period, &filter, page, limit);
            json!({
                "page": page,
                "limit": limit,
                "requests": all(found, |found| records::record(project, found)),
                // The live log has no cursor.
                "next_cursor": null,
                "cursor": null,
            })
        }
        "getProjectRequest" => {
            let project = project(state, call)?;
            json!({ "request": records::record(project, project.request(call.parameter("request_id")?)?) })
        }
        "getProjectUsage" => usage::summary(&project(state, call)?.usage_in(call.period()?, &call.filter(), &[])),
        "getUsageBreakdown" => usage::breakdown(project(state, call)?, call)?,
        "getUsageFields" => usage::fields(project(state, call)?, state, call.period()?),
        "getBillingBreakdown" => usage::billing(project(state, call)?, call)?,
        "getBillingFields" => usage::billing_fields(project(state, call)?, state, call.period()?),
        "listProjectBalances" => json!({ "balances": all(&project(state, call)?.balances, balance) }),
        "getProjectBalance" => {
            let (id, project) = (call.parameter("balance_id")?, project(state, call)?);
            balance(crate::state::find(&project.balances, "balance", |found| found.id == id)?)
        }
        "listProjectPurchases" => {
            let shown = call.count("limit")?.unwrap_or(usize::MAX);
            json!({ "orders": all(project(state, call)?.purchases.iter().take(shown), purchase) })
        }
        "listModels" => models::list(state, call),
        "getModel" => models::model(state.model(call.parameter("model_id")?)?),
        "listProjectModels" => {
            project(state, call)?;
            models::list(state, call)
        }
        "getProjectModel" => {
            project(state, call)?;
            models::model(state.model(call.parameter("model_id")?)?)
        }
        _ => return bundled::perform(operation, call, state),
    };
    Ok(Response::json(StatusCode::OK, body))
}

fn project<'a>(state: &'a State, call: &Call) -> Result<&'a Project, Rejection> {
    Ok(state.project(call.parameter("project_id")?)?)
}

/// The body of an operation that has nothing to show.
fn done(operation: &str) -> Value {
    json!({ "message": format!("{operation} is done.") })
}

/// As the list shows a project.
fn listed_project(project: &Project) -> Value {
    json!({ "project_id": project.id, "name": project.name, "company": null, "mip_opt_out": null })
}

fn whole_project(project: &Project) -> Value {
    json!({
        "project_id": project.id,
        "name": project.name,
        "company": project.company,
        "mip_opt_out": project.opted_out,
    })
}

fn balance(balance: &Balance) -> Value {
    json!({
        "balance_id": balance.id,
        "amount": balance.amount,
        "units": balance.units,
        "purchase": null,
        "purchase_order_id": balance.order_id,
    })
}

fn purchase(purchase: &Purchase) -> Value {
    json!({
        "order_id": purchase.order_id,
        "order_type": purchase.kind,
        "amount": purchase.amount,
        "units": purchase.units,
        "created": zoned(purchase.created),
        "expiration": zoned(purchase.expires),
    })
}

fn limit(call: &Call) -> Result<usize, Rejection> {
    match call.limit()? {
        limit if limit > MAX_LIMIT => Err(Rejection::BadQuery(format!("limit: {limit} is more than {MAX_LIMIT}"))),
        limit => Ok(limit),
    }
}
