//! The mocks of the client's feature `httpmock`: which requests they take, and what the caller gets.

use deepgram_mgmt::mock::MockServerExt;
use deepgram_mgmt::mock::httpmock::{Mock, MockServer};
use deepgram_mgmt::types::{
    BillingBreakdown, BillingBreakdownResult, InvitationCreate, Key, KeyCreate, KeyList, KeyWithSecret, Project,
    RequestList, RequestRecord,
};
use deepgram_mgmt::{Client, Credentials, ErrorKind, Retry, Timestamp, types};

/// Ids that mean something else in a pattern or in a URL.
const IDS: [&str; 8] = ["a+b", "a.b", "a@b", "a|b", "(a)", "a b", "50%", "ö"];

fn client(server: &MockServer) -> Client {
    let credentials = Credentials::api_key("any");
    Client::builder().credentials(credentials).base_url(server.base_url()).retry(Retry::never()).build().unwrap()
}

fn key(id: &str) -> Key {
    Key::builder().api_key_id(id).try_into().unwrap()
}

/// That a mock took one request; the message shows what came instead.
async fn took_one(mock: &Mock<'_>) {
    mock.assert_async().await;
}

#[tokio::test]
async fn a_mock_takes_the_id_it_was_told_whatever_it_holds() {
    for id in IDS {
        let server = MockServer::start_async().await;
        let mock = server.get_project_key(|when, then| {
            when.project_id("p+1").key_id(id);
            then.success(200, &key(id));
        });
        let response = client(&server).get_project_key("p+1", id).send().await.unwrap();
        assert_eq!(response.api_key_id, id);
        took_one(&mock).await;
    }
}

#[tokio::test]
async fn a_mock_takes_no_other_id() {
    let server = MockServer::start_async().await;
    let mock = server.get_project_key(|when, then| {
        when.project_id("p.1").key_id("a+b");
        then.success(200, &key("a+b"));
    });
    for (project, id) in [("p.1", "aab"), ("px1", "a+b"), ("p.1", "a+bc")] {
        let error = client(&server).get_project_key(project, id).send().await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(404), "{project} {id}");
    }
    assert_eq!(mock.calls_async().await, 0);
}

#[tokio::test]
async fn a_mock_of_a_project_does_not_take_what_lies_below_it() {
    let server = MockServer::start_async().await;
    let project = server.get_project(|when, then| {
        when.project_id("p");
        then.success(200, &Project::builder().project_id("p").name("the project").try_into().unwrap());
    });
    let keys = server.list_project_keys(|when, then| {
        when.project_id("p");
        then.success(200, &KeyList { api_keys: vec![key("k")], ..KeyList::default() });
    });
    let client = client(&server);
    assert_eq!(client.list_project_keys("p").send().await.unwrap().api_keys.len(), 1);
    assert_eq!(client.get_project("p").send().await.unwrap().name.as_deref(), Some("the project"));
    took_one(&project).await;
    took_one(&keys).await;
}

#[tokio::test]
async fn an_address_in_a_path_is_taken_as_it_is_sent() {
    let server = MockServer::start_async().await;
    let mock = server.delete_project_invitation(|when, then| {
        when.project_id("p").email("ada+x/y@example.com");
        then.success(204);
    });
    client(&server).delete_project_invitation("p", "ada+x/y@example.com").send().await.unwrap();
    took_one(&mock).await;
}

#[tokio::test]
async fn a_mock_takes_the_body_it_was_told_and_its_secret_arrives() {
    let server = MockServer::start_async().await;
    let body = KeyCreate::builder().comment("ci").scopes(["usage:read"]);
    let body: KeyCreate = body.try_into().unwrap();
    let mock = server.create_project_key(|when, then| {
        when.body(&body);
        let key = KeyWithSecret::builder().api_key_id("k").key("hush").comment("ci").try_into().unwrap();
        then.success(200, &key);
    });
    let client = client(&server);
    let other = client.create_project_key("p").comment("other").scopes([""; 0]);
    assert_eq!(other.send().await.unwrap_err().status().map(|status| status.as_u16()), Some(404));
    let created = client.create_project_key("p").body(body).send().await.unwrap();
    assert_eq!(created.key.expose_secret(), "hush");
    took_one(&mock).await;
}

#[tokio::test]
async fn a_list_in_a_query_is_taken_value_by_value() {
    let server = MockServer::start_async().await;
    let both = vec!["deployment".to_owned(), "line_item".to_owned()];
    let mock = server.get_billing_breakdown(|when, then| {
        when.grouping(&both);
        let result = BillingBreakdownResult { dollars: Some(1.5), ..BillingBreakdownResult::default() };
        let start = Timestamp::try_from("2026-01-01").unwrap();
        then.success(
            200,
            &BillingBreakdown { start: Some(start), results: vec![result], ..BillingBreakdown::default() },
        );
    });
    let client = client(&server);
    let more = client.get_billing_breakdown("p").grouping(["deployment", "line_item", "tags"]);
    assert!(more.await.is_err());
    let one = client.get_billing_breakdown("p").grouping(both[..1].to_vec());
    assert!(one.send().await.is_err());
    let breakdown = client.get_billing_breakdown("p").grouping(both).send().await.unwrap();
    assert_eq!(breakdown.start, Some("2026-01-01".parse().unwrap()));
    took_one(&mock).await;
}

#[tokio::test]
async fn a_parameter_that_must_be_missing_keeps_a_request_from_the_mock() {
    let server = MockServer::start_async().await;
    let record: RequestRecord =
        RequestRecord::builder().request_id("r").path(Some("/v1/listen?x=1&y=2".to_owned())).try_into().unwrap();
    let mock = server.list_project_requests(|when, then| {
        when.page(2).status(None::<&str>);
        then.success(200, &RequestList { requests: vec![record], ..RequestList::default() });
    });
    let client = client(&server);
    assert!(client.list_project_requests("p").page(2).status("failed").send().await.is_err());
    let page = client.list_project_requests("p").page(2).send().await.unwrap();
    assert_eq!(page.requests[0].path.as_deref(), Some("/v1/listen?x=1&y=2"));
    took_one(&mock).await;
}

#[tokio::test]
async fn a_property_of_a_body_is_compared_as_the_call_sets_it() {
    let server = MockServer::start_async().await;
    let made = server.create_project_key(|when, then| {
        when.project_id("p").comment("ci").scopes(["usage:read"]).tags(None::<Vec<&str>>);
        then.error(400, &types::Error::default());
    });
    let client = client(&server);
    let key = || client.create_project_key("p").comment("ci");
    let others =
        [key().scopes("member"), key().scopes(["usage:read", "member"]), key().comment("c").scopes("usage:read")];
    for other in others.into_iter().chain([key().scopes("usage:read").tags(["t"])]) {
        // No mock takes it.
        assert_eq!(other.await.unwrap_err().status().unwrap(), 404);
    }
    assert_eq!(key().scopes("usage:read").await.unwrap_err().status().unwrap(), 400);
    took_one(&made).await;
}

#[tokio::test]
async fn an_error_response_is_typed_and_becomes_the_clients_error() {
    let server = MockServer::start_async().await;
    let mock = server.send_project_invitation(|when, then| {
        let invitation: InvitationCreate =
            InvitationCreate::builder().email("ada+ci@example.com").scope("member").try_into().unwrap();
        when.body(&invitation);
        then.error(
            400,
            &types::Error {
                err_code: Some("BAD_REQUEST".to_owned()),
                err_msg: Some("no such scope".to_owned()),
                ..types::Error::default()
            },
        );
    });
    let client = client(&server);
    let invitation = client.send_project_invitation("p").email("ada+ci@example.com").scope("member");
    let error = invitation.send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code(), error.status().map(|status| status.as_u16())),
        (ErrorKind::Status, Some("BAD_REQUEST"), Some(400))
    );
    assert!(error.to_string().contains("no such scope"), "{error}");
    took_one(&mock).await;
}
