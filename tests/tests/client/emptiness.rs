//! No silent emptiness: what a server answers and no type knows is an error, and never an empty value.

use std::collections::BTreeSet;

use deepgram_mgmt::{Client, Error, ErrorKind};
use deepgram_mgmt_sandbox::Dialect;

use crate::document;
use crate::raw::RawServer;
use crate::scene::client_of;

/// Every operation with a typed answer, called of a server that answers each alike.
pub(crate) async fn answers(client: &Client) -> Vec<(&'static str, Result<(), Error>)> {
    macro_rules! call {
        ($id:literal, $($call:tt)+) => {
            ($id, client.$($call)+.send().await.map(drop))
        };
    }
    let (p, id) = ("p", "id");
    vec![
        call!("listProjects", list_projects()),
        call!("getProject", get_project().project_id(p)),
        call!("updateProject", update_project().project_id(p)),
        call!("listProjectKeys", list_project_keys().project_id(p)),
        call!("createProjectKey", create_project_key().project_id(p).body_map(|b| b.comment("c").scopes(Vec::new()))),
        call!("getProjectKey", get_project_key().project_id(p).key_id(id)),
        call!("listProjectMembers", list_project_members().project_id(p)),
        call!("listProjectInvitations", list_project_invitations().project_id(p)),
        call!("getMemberScopes", get_member_scopes().project_id(p).member_id(id)),
        call!("getProjectUsage", get_project_usage().project_id(p)),
        call!("listProjectRequests", list_project_requests().project_id(p)),
        call!("getProjectRequest", get_project_request().project_id(p).request_id(id)),
        call!("listProjectBalances", list_project_balances().project_id(p)),
        call!("getProjectBalance", get_project_balance().project_id(p).balance_id(id)),
        call!("listModels", list_models()),
        call!("getModel", get_model().model_id(id)),
        call!("listProjectModels", list_project_models().project_id(p)),
        call!("getProjectModel", get_project_model().project_id(p).model_id(id)),
        call!("getUsageFields", get_usage_fields().project_id(p)),
        call!("getUsageBreakdown", get_usage_breakdown().project_id(p)),
        call!("getBillingBreakdown", get_billing_breakdown().project_id(p)),
        call!("getBillingFields", get_billing_fields().project_id(p)),
        call!("listProjectPurchases", list_project_purchases().project_id(p)),
        call!("listDistributionCredentials", list_distribution_credentials().project_id(p)),
        call!(
            "createDistributionCredentials",
            create_distribution_credentials().project_id(p).body_map(|b| b.provider("quay"))
        ),
        call!(
            "getDistributionCredentials",
            get_distribution_credentials().project_id(p).distribution_credentials_id(id)
        ),
        call!(
            "deleteDistributionCredentials",
            delete_distribution_credentials().project_id(p).distribution_credentials_id(id)
        ),
        call!("getTokenDetails", get_token_details()),
        call!("grantToken", grant_token()),
    ]
}

/// What each of them makes of one body; each was sent once.
async fn answers_to(body: &str) -> Vec<(&'static str, Result<(), Error>)> {
    let server = RawServer::json("200 OK", body).await;
    let answers = answers(&client_of(&server.base_url)).await;
    assert_eq!(server.requests().len(), answers.len(), "{body}");
    answers
}

#[tokio::test]
async fn the_typed_operations_are_those_whose_documented_answer_is_read() {
    let documented = document::operations(Dialect::Live).into_iter().filter(|operation| operation.answers_json);
    let documented: BTreeSet<String> = documented.map(|operation| operation.id).collect();
    let called: BTreeSet<String> = answers_to("{}").await.into_iter().map(|(id, _)| id.to_owned()).collect();
    assert_eq!(called, documented);
}

#[tokio::test]
async fn properties_that_no_type_knows_are_an_error_that_quotes_them() {
    for (id, answer) in answers_to(r#"{"x":1,"y":null}"#).await {
        // Of an open object, no property is unknown.
        if id == "getTokenDetails" {
            assert!(answer.is_ok(), "{answer:?}");
            continue;
        }
        let error = answer.expect_err(id);
        assert_eq!((error.kind(), error.status().map(|s| s.as_u16())), (ErrorKind::Decode, Some(200)), "{id}: {error}");
        assert!(error.message().is_some_and(|message| message.contains(r#"["x", "y"]"#)), "{id}: {error}");
    }
}

#[tokio::test]
async fn what_is_no_object_is_an_error() {
    for body in ["[]", "[{}]", r#""text""#, "null", "7", ""] {
        for (id, answer) in answers_to(body).await {
            let error = answer.expect_err(&format!("{id}: {body}"));
            assert_eq!(error.kind(), ErrorKind::Decode, "{id}: {body}: {error}");
        }
    }
}

#[tokio::test]
async fn an_empty_object_is_what_the_bundled_contract_allows() {
    for (id, answer) in answers_to("{}").await {
        answer.unwrap_or_else(|error| panic!("{id}: {error}"));
    }
}

#[tokio::test]
async fn an_object_within_a_list_is_held_to_the_same() {
    let server = RawServer::json("200 OK", r#"{"projects":[{"project_id":"p"},{"uuid":"q"}]}"#).await;
    let error = client_of(&server.base_url).list_projects().send().await.unwrap_err();
    assert!(error.message().is_some_and(|message| message.contains("`projects.1` holds [\"uuid\"]")), "{error}");
}
