//! Responses in the forms that servers write: `null`, absent and unknown properties, and invalid responses.

use deepgram_mgmt::ErrorKind;

use crate::raw::RawServer;
use crate::scene::client_of;

#[tokio::test]
async fn null_and_absent_are_an_empty_list() {
    for body in [r#"{"api_keys":null}"#, r#"{"api_keys":[]}"#, "{}"] {
        let server = RawServer::json("200 OK", body).await;
        let keys = client_of(&server.base_url).list_project_keys("p").send().await.unwrap();
        assert!(keys.api_keys.is_empty(), "{body}");
        assert_eq!(server.request_lines(), ["GET /v1/projects/p/keys HTTP/1.1"]);
    }
}

#[tokio::test]
async fn null_properties_of_a_listed_key_are_absent_ones() {
    for key in [r#"{"api_key_id":"k","comment":null,"scopes":null,"created":null}"#, r#"{"api_key_id":"k"}"#] {
        let server = RawServer::json("200 OK", &format!(r#"{{"api_keys":[{key}]}}"#)).await;
        let keys = client_of(&server.base_url).list_project_keys("p").send().await.unwrap();
        let [key] = &keys.api_keys[..] else { panic!("{keys:?}") };
        assert_eq!((key.api_key_id.as_str(), key.comment.as_deref()), ("k", None));
        assert!(key.scopes.is_empty());
        assert_eq!((key.created, key.expiration_date, key.key.as_deref()), (None, None, None));
    }
}

#[tokio::test]
async fn a_byte_order_mark_before_the_json_of_a_success_or_an_error_is_passed_over() {
    let server = RawServer::json("200 OK", "\u{feff}{\"projects\":[{\"project_id\":\"p\"}]}").await;
    let list = client_of(&server.base_url).list_projects().send().await.unwrap();
    assert_eq!(list.projects[0].project_id, "p");
    assert_eq!(server.request_lines(), ["GET /v1/projects HTTP/1.1"]);

    let body = "\u{feff}{\"err_code\":\"INVALID_AUTH\",\"err_msg\":\"No.\",\"request_id\":\"r\"}";
    let server = RawServer::json("401 Unauthorized", body).await;
    let error = client_of(&server.base_url).list_projects().send().await.unwrap_err();
    assert_eq!((error.code(), error.message(), error.request_id()), (Some("INVALID_AUTH"), Some("No."), Some("r")));
    assert_eq!(server.request_lines(), ["GET /v1/projects HTTP/1.1"]);
}

#[tokio::test]
async fn a_null_map_is_an_empty_one_and_unknown_properties_are_kept() {
    let server = RawServer::json("200 OK", r#"{"metadata":null,"languages":null,"uuid":"m","added_later":[{}]}"#).await;
    let model = client_of(&server.base_url).get_model("m").send().await.unwrap();
    assert_eq!((model.uuid.as_deref(), model.languages.len()), (Some("m"), 0));
    assert!(model.metadata.is_none());
    assert_eq!(model.unknown.get("added_later"), Some(&serde_json::json!([{}])));
}

#[tokio::test]
async fn times_are_read_with_and_without_an_offset() {
    for created in ["2026-09-15T11:32:22.5Z", "2026-09-15T13:32:22.5+02:00", "2026-09-15T11:32:22.5"] {
        let key = format!(r#"{{"api_key_id":"k","created":"{created}"}}"#);
        let server = RawServer::json("200 OK", &key).await;
        let key = client_of(&server.base_url).get_project_key("p", "k").send().await.unwrap();
        assert_eq!(key.created.map(|time| time.to_string()).as_deref(), Some("2026-09-15T11:32:22.500Z"));
    }
}

#[tokio::test]
async fn a_body_that_is_not_the_documented_one_says_where_and_what_was_expected() {
    for (body, place, expected) in [
        (r#"{"projects":[{"project_id":"p"},{"name":7}]}"#, "projects[1].name", "expected a string"),
        (r#"{"projects":{}}"#, "projects", "expected a sequence"),
        ("[7]", "at line 1 column 1: ", "expected an object of type ProjectList, found a list"),
        (r#"{"projects":["#, "projects", "ends too early"),
        ("<html></html>", "line 1 column 1", "not JSON"),
        ("", "line 1 column 0", "ends too early"),
        (r#"{"projects":[]} tail"#, "more follows", "JSON value"),
    ] {
        let server = RawServer::json("200 OK", body).await;
        let error = client_of(&server.base_url).list_projects().send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200));
        let line = error.to_string();
        assert!(line.starts_with("list_projects: the response (200 OK) was not understood: "), "{line}");
        assert!(line.contains(place) && line.contains(expected) && !line.contains('\n'), "{body}: {line}");
    }
}

#[tokio::test]
async fn an_array_where_the_document_has_an_object_is_not_understood() {
    for body in
        ["[]", "[[]]", r#"[[["Example Inc","Sandbox","id"]]]"#, r#"{"projects":[["Example Inc","Sandbox","id"]]}"#]
    {
        let server = RawServer::json("200 OK", body).await;
        let response = client_of(&server.base_url).list_projects().send().await;
        assert_eq!(response.map(|list| list.projects.clone()).unwrap_err().kind(), ErrorKind::Decode, "{body}");
    }
}
