//! The headers of a request: one credential, one user agent, and no header that the document does not name.

use deepgram_mgmt::reqwest;
use deepgram_mgmt::reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use deepgram_mgmt_sandbox::SeenRequest;

use crate::document;
use crate::operation::{Ids, operations};
use crate::scene::Scene;

fn values<'a>(seen: &'a SeenRequest, name: &str) -> Vec<&'a str> {
    seen.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
}

fn default_agent() -> String {
    // The client's package has the version of the workspace, as this one.
    format!("deepgram-mgmt/{}", env!("CARGO_PKG_VERSION"))
}

#[tokio::test]
async fn each_operation_has_one_credential_one_user_agent_and_no_api_version() {
    for scene in Scene::both().await {
        for operation in operations(scene.dialect) {
            // One removes what the next would change; their responses do not matter here.
            drop(operation.call(&scene.client, &Ids::of_dialect(scene.dialect)).await);
            let seen = scene.the_request();
            assert_eq!(
                values(&seen, "authorization"),
                [format!("{} sandbox-admin-key", scene.scheme())],
                "{}",
                operation.id
            );
            assert_eq!(values(&seen, "user-agent"), [default_agent()], "{}", operation.id);
            assert_eq!(values(&seen, "api-version"), Vec::<&str>::new(), "{}", operation.id);
        }
    }
}

#[tokio::test]
async fn what_answers_json_asks_for_it_and_what_sends_json_says_so() {
    for scene in Scene::both().await {
        for operation in operations(scene.dialect) {
            // One removes what the next would change; their responses do not matter here.
            drop(operation.call(&scene.client, &Ids::of_dialect(scene.dialect)).await);
            let seen = scene.the_request();
            let accepted = values(&seen, "accept");
            if document::operation(scene.dialect, operation.id).responds_with_json {
                assert_eq!(accepted, ["application/json"], "{}", operation.id);
            } else {
                // Success has no body here, and an error has a JSON one: anything that lets it through will do.
                assert!(matches!(accepted[..], ["application/json" | "*/*"]), "{}: {accepted:?}", operation.id);
            }
            let sends = if operation.body.is_some() { vec!["application/json"] } else { vec![] };
            assert_eq!(values(&seen, "content-type"), sends, "{}", operation.id);
        }
    }
}

#[tokio::test]
async fn a_user_agent_of_the_callers_takes_the_place_of_the_default() {
    for scene in Scene::both().await {
        let client = scene.client(|builder| builder.user_agent("billing-job/7"));
        client.list_projects().send().await.unwrap();
        assert_eq!(values(&scene.the_request(), "user-agent"), ["billing-job/7"]);
    }
}

#[tokio::test]
async fn an_http_client_of_the_callers_is_used_with_its_headers_and_its_user_agent() {
    for scene in Scene::both().await {
        let team = (HeaderName::from_static("x-team"), HeaderValue::from_static("billing"));
        let http = || {
            let headers: HeaderMap = [team.clone()].into_iter().collect();
            reqwest::Client::builder().default_headers(headers).user_agent("own/1")
        };
        let client = scene.client(|builder| builder.http_client(http()));
        client.list_projects().send().await.unwrap();
        let seen = scene.the_request();
        assert_eq!((values(&seen, "x-team"), values(&seen, "user-agent")), (vec!["billing"], vec!["own/1"]));
        assert_eq!(values(&seen, "authorization"), [format!("{} sandbox-admin-key", scene.scheme())]);

        let client = scene.client(|builder| builder.http_client(http()).user_agent("billing-job/7"));
        client.list_projects().send().await.unwrap();
        assert_eq!(values(&scene.the_request(), "user-agent"), ["billing-job/7"]);
    }
}

#[tokio::test]
async fn a_credential_among_the_default_headers_of_an_http_client_is_not_sent_beside_the_clients() {
    for scene in Scene::both().await {
        let headers: HeaderMap = [(AUTHORIZATION, HeaderValue::from_static("Bearer other"))].into_iter().collect();
        let http = reqwest::Client::builder().default_headers(headers);
        let client = scene.client(|builder| builder.http_client(http));
        client.list_projects().send().await.unwrap();
        assert_eq!(values(&scene.the_request(), "authorization"), [format!("{} sandbox-admin-key", scene.scheme())]);
    }
}
