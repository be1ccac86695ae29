//! Every operation in either dialect, checked against its document: success, and every error that it lists.

use std::collections::BTreeSet;

use deepgram_mgmt::operations::{self, Kind, Location, OPERATIONS, Parameter, ResponseVisitor};
use deepgram_mgmt::{Client, Error, ErrorKind, reqwest};
use deepgram_mgmt_sandbox::{Dialect, seed};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::document::{self, Documented};
use crate::operation::{Calling, Ids, OPERATIONS as CALLS, Operation, operations as calls};
use crate::scene::{DIALECTS, Scene, nth_request_id};
use crate::unknown_properties::turn;

/// An id that nothing has.
const UNKNOWN: &str = "00000000-0000-4000-8000-ffffffffffff";

#[tokio::test]
async fn every_operation_sends_what_the_document_says_and_gives_the_caller_what_the_server_has() {
    for (dialect, operation) in everywhere() {
        let (scene, ids) = (Scene::start_in(dialect).await, Ids::of_dialect(dialect));
        let documented = document::operation(dialect, operation.id);
        let responded = operation.call(&scene.client, &ids).await;

        let responded = responded.unwrap_or_else(|error| panic!("{}: {error}", operation.id));
        assert_eq!(responded.status, documented.success, "{}", operation.id);
        assert_eq!(responded.request_id, Some(nth_request_id(1)), "{}", operation.id);
        let seen = scene.saw(&documented.method, &ids.fill(&documented.path), None);
        assert_eq!(operation.body.is_some(), documented.has_body, "{}", operation.id);
        assert_eq!(seen.json(), operation.body.map_or(Value::Null, parsed), "{}", operation.id);
        assert_eq!(seen.body.is_empty(), operation.body.is_none(), "{}", operation.id);
    }
}

/// Every operation of every dialect.
fn everywhere() -> impl Iterator<Item = (Dialect, &'static Operation)> {
    DIALECTS.into_iter().flat_map(|dialect| calls(dialect).into_iter().map(move |operation| (dialect, operation)))
}

#[tokio::test]
async fn each_call_reaches_the_operation_that_it_is_named_after() {
    for (dialect, operation) in everywhere() {
        let scene = Scene::start_in(dialect).await;
        operation.call(&scene.client, &Ids::of_dialect(dialect)).await.unwrap();
        let request = scene.the_request();
        assert_eq!(called(&document::operations(dialect), &request.method, &request.path), operation.id);
    }
}

#[test]
fn the_table_of_operations_says_what_the_document_says() {
    let documented = document::operations(Dialect::Live);
    let ids = |ids: Vec<&str>| ids.into_iter().map(ToOwned::to_owned).collect::<BTreeSet<_>>();
    let tabled = ids(OPERATIONS.iter().map(|row| row.id).collect());
    assert_eq!(tabled, ids(documented.iter().map(|operation| operation.id.as_str()).collect()));
    for operation in &documented {
        let row = operations::find(&operation.id).unwrap();
        assert_eq!((row.method, row.path), (operation.method.as_str(), operation.path.as_str()));
        assert_eq!(row.method_name, operation.snake_case());
        assert_eq!(
            (row.body.is_some(), row.response.is_some()),
            (operation.has_body, operation.responds_with_json),
            "{row:?}"
        );
        let in_path = row.parameters.iter().filter(|parameter| parameter.location == Location::Path);
        let in_path: Vec<&str> = in_path.map(|parameter| parameter.name).collect();
        assert_eq!(in_path, operation.parameters());
    }
}

/// Decodes a body, and encodes it again.
pub(crate) struct Turn<'v>(pub(crate) &'v Value);

impl ResponseVisitor for Turn<'_> {
    type Output = Result<Value, String>;

    fn visit<T: DeserializeOwned + Serialize>(self) -> Self::Output {
        turn::<T>(self.0)
    }
}

/// A body for an operation, with a value of each property that it must have.
fn body(row: &operations::Operation) -> Option<Value> {
    let value = |property: &Parameter| match (property.known_values.first(), property.kind) {
        (Some(known), _) => json!(known),
        (None, Kind::Integer | Kind::Number) => json!(60),
        (None, Kind::Boolean) => json!(true),
        (None, Kind::Timestamp) => json!("2999-01-01T00:00:00Z"),
        (None, _) if property.name == "email" => json!("ada@example.com"),
        (None, _) => json!("member"),
    };
    let required = row.body?.iter().filter(|property| property.is_required);
    let listed = |property: &Parameter| if property.is_list { json!([value(property)]) } else { value(property) };
    Some(required.map(|property| (property.name.to_owned(), listed(property))).collect::<Map<_, _>>().into())
}

#[tokio::test]
async fn every_operation_of_the_table_is_served_in_each_dialect_that_has_it_and_its_response_has_its_type() {
    for dialect in DIALECTS {
        for documented in document::operations(dialect) {
            let row = operations::find(&documented.id).unwrap();
            let scene = Scene::start_in(dialect).await;
            let path = Ids::of_dialect(dialect).fill(row.path);
            let path = path.split('/').map(|part| if part.starts_with('{') { UNKNOWN } else { part });
            let path = path.collect::<Vec<_>>().join("/");
            let request = scene.client.raw(row.method.parse().unwrap(), &path);
            let sent = body(row);
            let request = if let Some(body) = &sent { request.json(body) } else { request };
            let response = request.send().await.unwrap_or_else(|error| panic!("{}: {error}", row.id));
            assert_eq!(response.status().as_u16(), documented.success, "{}", row.id);
            let seen = scene.saw(row.method, &path, None);
            assert_eq!(seen.json(), sent.unwrap_or_default(), "{}", row.id);
            if row.response.is_some() {
                let body = serde_json::from_slice(&response.into_inner()).unwrap();
                let again = row.visit_response(Turn(&body)).unwrap();
                assert!(again.is_ok(), "{}: {body}: {again:?}", row.id);
            }
        }
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
        for (n, operation) in (1..).zip(calls(scene.dialect)) {
            let error = operation.call(&stranger, &ids).await.unwrap_err();
            let documented = document::operation(scene.dialect, operation.id);
            let seen = scene.saw(&documented.method, &ids.fill(&documented.path), None);
            assert_eq!(seen.header("authorization"), Some(&*format!("{} wrong", scene.scheme())));
            assert_error(&error, &documented, "401 Unauthorized: INVALID_AUTH: invalid credentials", n);
        }
        // Each of these reads what one of the refused calls would have changed.
        for operation in CALLS.iter().filter(|operation| operation.row().method == "GET") {
            operation.call(&scene.client, &ids).await.unwrap();
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
        for operation in calls(scene.dialect) {
            let documented = document::operation(scene.dialect, operation.id);
            for parameter in documented.parameters() {
                let unknown = if parameter == "email" { "nobody@example.com" } else { UNKNOWN };
                let ids = Ids::with(scene.dialect, parameter, unknown);
                let error = operation.call(&scene.client, &ids).await.unwrap_err();
                n += 1;
                scene.saw(&documented.method, &ids.fill(&documented.path), None);
                let thing = parameter.trim_end_matches("_id").replace('_', " ").replace("email", "invitation");
                assert_error(&error, &documented, &format!("404 Not Found: NOT_FOUND: no such {thing}"), n);
            }
        }
    }
}

#[tokio::test]
async fn a_key_that_would_expire_twice_is_a_400() {
    for scene in Scene::both().await {
        let error = twice_expiring_key(&scene.client).await.unwrap_err();
        let seen = scene.saw("POST", &Ids::of_dialect(scene.dialect).fill("/v1/projects/{project_id}/keys"), None);
        let sent =
            r#"{"comment":"ci","scopes":[],"expiration_date":"2999-01-01T00:00:00Z","time_to_live_in_seconds":60}"#;
        assert_eq!(seen.json(), parsed(sent));
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
        assert_eq!(seen.json(), parsed(r#"{"email":"nobody","scope":"member"}"#));
        let message = error.message().unwrap().to_owned();
        assert!(message.contains("email"), "{message}");
        let line = format!("400 Bad Request: BAD_REQUEST: {message}");
        assert_error(&error, &document::operation(scene.dialect, "sendProjectInvitation"), &line, 1);
    }
}

fn unaddressed_invitation(client: &Client) -> Calling<'_> {
    Box::pin(async {
        let invite = client.send_project_invitation(seed::PROJECT_ID);
        invite.email("nobody").scope("member").send().await.map(|response| (&response).into())
    })
}

#[tokio::test]
async fn every_error_that_the_document_lists_reaches_the_caller_as_that_status() {
    for scene in Scene::both().await {
        let stranger = scene.client(|builder| builder.credentials(scene.credentials("wrong")));
        for documented in document::operations(Dialect::Bundled) {
            for &status in &documented.errors {
                let operation = the_operation(&documented.id);
                let calling = match (status, operation.id) {
                    (401, _) => operation.call(&stranger, &Ids::of_dialect(scene.dialect)),
                    (404, _) => {
                        let last = documented.parameters().pop().expect("what is not found has an id");
                        operation.call(&scene.client, &Ids::with(scene.dialect, last, "unknown"))
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
    CALLS.iter().find(|operation| operation.id == id).unwrap_or_else(|| panic!("{id} is in no test"))
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
        calls(Dialect::Live).iter().map(|operation| assert_send(operation.call(&scene.client, &ids))).collect();
    drop(unsent);
    drop(assert_send(scene.client.rotate_key("p", "k")));
    drop(assert_send(scene.client.raw(reqwest::Method::GET, "/v1").send()));
    scene.saw_nothing();
    let clone = scene.client.clone();
    let elsewhere = tokio::spawn(async move { clone.list_projects().send().await.map(|list| list.projects.len()) });
    assert_eq!(elsewhere.await.unwrap().unwrap(), 2);
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}
