//! The address of a request: the base URL, its slash and its prefix, without redirects.

use deepgram_mgmt::{ErrorKind, reqwest};

use crate::raw::{RawServer, Then, http_response};
use crate::scene::{Scene, builder, client_of};

#[tokio::test]
async fn a_base_url_with_a_slash_at_its_end_and_one_without_make_the_same_path() {
    let scene = Scene::start().await;
    for slash in ["", "/"] {
        let client = client_of(&format!("{}{slash}", scene.sandbox.base_url()));
        assert_eq!(client.list_projects().send().await.unwrap().projects.len(), 2);
        scene.saw("GET", "/v1/projects", None);
    }
}

#[tokio::test]
async fn a_path_prefix_of_the_base_url_leads_the_path() {
    let server = RawServer::json("200 OK", r#"{"project_id":"p","name":"P"}"#).await;
    for slash in ["", "/"] {
        let client = client_of(&format!("{}/proxy/deepgram{slash}", server.base_url));
        let project = client.get_project("id").send().await.unwrap();
        assert_eq!(project.name.as_deref(), Some("P"));
    }
    assert_eq!(server.request_lines(), ["GET /proxy/deepgram/v1/projects/id HTTP/1.1"; 2]);
}

#[tokio::test]
async fn a_redirect_is_an_unexpected_status_and_its_target_sees_nothing() {
    let target = RawServer::json("200 OK", r#"{"projects":[]}"#).await;
    for status in [301, 302, 303, 307, 308] {
        let location = format!("location: {}/v1/projects\r\n", target.base_url);
        let server = RawServer::start(http_response(&format!("{status} Moved"), &location, ""), Then::Close).await;
        let error = client_of(&server.base_url).list_projects().send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedStatus, "{error}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert!(error.to_string().starts_with(&format!("list_projects: unexpected status {status}")), "{error}");
        assert_eq!(server.request_lines(), ["GET /v1/projects HTTP/1.1"]);
    }
    assert_eq!(target.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_redirect_policy_of_the_callers_http_client_is_overridden() {
    let target = RawServer::json("200 OK", r#"{"projects":[]}"#).await;
    let location = format!("location: {}/v1/projects\r\n", target.base_url);
    let server = RawServer::start(http_response("302 Found", &location, ""), Then::Close).await;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::limited(5));
    let client = builder(&server.base_url).http_client(http).build().unwrap();
    let error = client.list_projects().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedStatus, "{error}");
    assert_eq!(target.requests(), Vec::<String>::new());
}
