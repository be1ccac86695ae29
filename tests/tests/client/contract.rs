//! Every operation in either dialect, checked against its document: success, and every error that it lists.

use std::collections::BTreeSet;

use deepgram_mgmt::{Client, Error, ErrorKind, reqwest};
use deepgram_mgmt_sandbox::{Dialect, seed};
use serde_json::Value;

use crate::document::{self, Documented};
use crate::operation::{Calling, Ids, OPERATIONS, Operation, operations};
use crate::scene::{DIALECTS, Scene, nth_request_id};

/// An id that nothing has.
const UNKNOWN: &str = "00000000-0000-4000-8000-ffffffffffff";

#[tokio::test]
async fn every_operation_sends_what_the_document_says_and_gives_the_caller_what_the_server_has() {
    for (dialect, operation) in everywhere() {
        let (scene, ids) = (Scene::start_in(dialect).await, Ids::of_dialect(dialect));
        let documented = document::operation(dialect, operation.id);
        let answered = (operation.call)(&scene.client, &ids).await;

        let answered = answered.unwrap_or_else(|error| panic!("{}: {error}", operation.id));
        assert_eq!(answered.status, documented.success, "{}", operation.id);
        assert_eq!(answered.request_id, Some(nth_request_id(1)), "{}", operation.id);
        let seen = scene.saw(&documented.method, &ids.fill(&documented.path), None);
        assert_eq!(operation.body.is_some(), documented.has_body, "{}", operation.id);
        assert_eq!(seen.json(), operation.body.map_or(Value::Null, json), "{}", operation.id);
        assert_eq!(seen.body.is_empty(), operation.body.is_none(), "{}", operation.id);
    }
}

/// Every operation of every dialect.
fn everywhere() -> impl Iterator<Item = (Dialect, &'static Operation)> {
    DIALECTS.into_iter().flat_map(|dialect| operations(dialect).into_iter().map(move |operation| (dialect, operation)))
}

#[tokio::test]
async fn the_operations_that_the_server_saw_are_all_those_of_the_document() {
    for (dialect, n) in DIALECTS.into_iter().zip([21, 36]) {
        let documented = document::operations(dialect);
        let mut seen = BTreeSet::new();
        for operation in operations(dialect) {
            let scene = Scene::start_in(dialect).await;
            (operation.call)(&scene.client, &Ids::of_dialect(dialect)).await.unwrap();
            let request = scene.the_request();
            seen.insert(called(&documented, &request.method, &request.path));
        }
        let ids: BTreeSet<&str> = documented.iter().map(|operation| operation.id.as_str()).collect();
        assert_eq!(ids.len(), n);
        assert_eq!(ids, seen);
    }
}

/// The id of the one operation that a request line is of.
fn called<'a>(documented: &'a [Documented], method: &str, path: &str) -> &'a str {
    let mut matching = documented.iter().filter(|operation| operation.is(method, path));
    let operation = matching.next().unwrap_or_else(|| panic!("{method} {path} is of no operation"));
    assert!(matching.next().is_none(), "{method} {path} is of two operations");
    &operation.id
}

#[tokio::test]
async fn a_wrong_credential_is_a_401_from_each_operation_and_changes_nothing() {
    for scene in Scene::both().await {
        let stranger = scene.client(|builder| builder.credentials(scene.credentials("wrong")));
        let ids = Ids::of_dialect(scene.dialect);
        for (n, operation) in (1..).zip(operations(scene.dialect)) {
            let error = (operation.call)(&stranger, &ids).await.unwrap_err();
            let documented = document::operation(scene.dialect, operation.id);
            let seen = scene.saw(&documented.method, &ids.fill(&documented.path), None);
            assert_eq!(seen.header("authorization"), Some(&*format!("{} wrong", scene.scheme())));
            assert_error(&error, &documented, "401 Unauthorized: INVALID_AUTH: invalid credentials", n);
        }
        // Each of these reads what one of the refused calls would have changed.
        for operation in &OPERATIONS[..13] {
            (operation.call)(&scene.client, &ids).await.unwrap();
        }
    }
}

/// An error of the server: each part of it, and the one line it prints as.
fn assert_error(error: &Error, operation: &Documented, line: &str, n: u64) {
    let [status, code, message] = line.splitn(3, ": ").collect::<Vec<_>>()[..] else { panic!("{line}") };
    let (name, request_id) = (operation.snake_case(), nth_request_id(n));
    assert_eq!(error.kind(), ErrorKind::Status, "{error}");
    assert_eq!(error.operation(), Some(name.as_str()));
    assert_eq!(error.status().map(|status| status.to_string()).as_deref(), Some(status));
    assert_eq!((error.code(), error.message()), (Some(code), Some(message)));
    assert_eq!(error.request_id(), Some(request_id.as_str()));
    assert_eq!(error.to_string(), format!("{name}: {line} (request id {request_id})"));
}

#[tokio::test]
async fn an_unknown_id_is_a_404_whichever_parameter_of_whichever_operation_it_is() {
    for scene in Scene::both().await {
        let mut n = 0;
        for operation in operations(scene.dialect) {
            let documented = document::operation(scene.dialect, operation.id);
            for parameter in documented.parameters() {
                let unknown = if parameter == "email" { "nobody@example.com" } else { UNKNOWN };
                let ids = Ids::with(scene.dialect, parameter, unknown);
                let error = (operation.call)(&scene.client, &ids).await.unwrap_err();
                n += 1;
                scene.saw(&documented.method, &ids.fill(&documented.path), None);
                let thing = parameter.trim_end_matches("_id").replace('_', " ").replace("email", "invitation");
                assert_error(&error, &documented, &format!("404 Not Found: NOT_FOUND: no such {thing}"), n);
            }
        }
        assert_eq!(n, if scene.is_live() { 43 } else { 26 });
    }
}

#[tokio::test]
async fn a_key_that_would_expire_twice_is_a_400() {
    for scene in Scene::both().await {
        let error = twice_expiring_key(&scene.client).await.unwrap_err();
        let seen = scene.saw("POST", &Ids::of_dialect(scene.dialect).fill("/v1/projects/{project_id}/keys"), None);
        let sent =
            r#"{"comment":"ci","scopes":[],"expiration_date":"2999-01-01T00:00:00Z","time_to_live_in_seconds":60}"#;
        assert_eq!(seen.json(), json(sent));
        let reason = "expiration_date and time_to_live_in_seconds exclude each other";
        let line = format!("400 Bad Request: BAD_REQUEST: {reason}");
        assert_error(&error, &document::operation(scene.dialect, "createProjectKey"), &line, 1);
    }
}

fn twice_expiring_key(client: &Client) -> Calling<'_> {
    Box::pin(async {
        let create = client.create_project_key(seed::PROJECT_ID).comment("ci").scopes([""; 0]);
        create.expiration_date("2999-01-01").time_to_live_in_seconds(60).send().await.map(|key| (&key).into())
    })
}

#[tokio::test]
async fn an_invitation_to_what_is_no_address_is_a_400() {
    for scene in Scene::both().await {
        let error = unaddressed_invitation(&scene.client).await.unwrap_err();
        let seen = scene.saw("POST", &Ids::of_dialect(scene.dialect).fill("/v1/projects/{project_id}/invites"), None);
        assert_eq!(seen.json(), json(r#"{"email":"nobody","scope":"member"}"#));
        let message = error.message().unwrap().to_owned();
        assert!(message.contains("email"), "{message}");
        let line = format!("400 Bad Request: BAD_REQUEST: {message}");
        assert_error(&error, &document::operation(scene.dialect, "sendProjectInvitation"), &line, 1);
    }
}

fn unaddressed_invitation(client: &Client) -> Calling<'_> {
    Box::pin(async {
        let invite = client.send_project_invitation(seed::PROJECT_ID);
        invite.email("nobody").scope("member").send().await.map(|answer| (&answer).into())
    })
}

#[tokio::test]
async fn every_error_that_the_document_lists_reaches_the_caller_as_that_status() {
    for scene in Scene::both().await {
        let stranger = scene.client(|builder| builder.credentials(scene.credentials("wrong")));
        for documented in document::operations(Dialect::Bundled) {
            let operation = the_operation(&documented.id);
            for &status in &documented.errors {
                let calling = match (status, operation.id) {
                    (401, _) => (operation.call)(&stranger, &Ids::of_dialect(scene.dialect)),
                    (404, _) => {
                        let last = documented.parameters().pop().expect("what is not found has an id");
                        (operation.call)(&scene.client, &Ids::with(scene.dialect, last, "unknown"))
                    }
                    (400, "createProjectKey") => twice_expiring_key(&scene.client),
                    (400, "sendProjectInvitation") => unaddressed_invitation(&scene.client),
                    (_, id) => panic!("no test knows how to get a {status} from {id}"),
                };
                let error = calling.await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Status, "{error}");
                assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{error}");
                let seen = scene.the_request();
                assert!(documented.is(&seen.method, &seen.path), "{seen:?}");
            }
        }
    }
}

fn the_operation(id: &str) -> &'static Operation {
    OPERATIONS.iter().find(|operation| operation.id == id).unwrap_or_else(|| panic!("{id} is in no test"))
}

#[tokio::test]
async fn all_futures_are_send_and_a_client_is_send_sync_and_clone() {
    fn assert_send<T: Send>(value: T) -> T {
        value
    }
    fn assert_shared<T: Send + Sync + Clone + 'static>(_: &T) {}

    let scene = Scene::start().await;
    assert_shared(&scene.client);
    // `Calling` is `Send` by its type, so each entry of the table was checked when this was compiled.
    let ids = Ids::of_dialect(Dialect::Live);
    let unsent: Vec<_> =
        operations(Dialect::Live).iter().map(|operation| assert_send((operation.call)(&scene.client, &ids))).collect();
    assert_eq!(unsent.len(), 36);
    drop(unsent);
    drop(assert_send(scene.client.rotate_key("p", "k")));
    drop(assert_send(scene.client.raw(reqwest::Method::GET, "/v1").send()));
    scene.saw_nothing();
    let clone = scene.client.clone();
    let elsewhere = tokio::spawn(async move { clone.list_projects().send().await.map(|list| list.projects.len()) });
    assert_eq!(elsewhere.await.unwrap().unwrap(), 2);
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}
