//! A record of the request log whose `response` is another object than the client knows: the record is read, and all that
//! the object holds is kept.

use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::paging::page;
use crate::server::{Server, json as success};
use crate::shared::client_of;

/// Objects at `response`, each with a property of another type than the document gives it, and the status that stays.
fn other_responses() -> [(Value, Option<i64>); 9] {
    [
        (json!({ "details": "text", "code": 200 }), Some(200)),
        (json!({ "code": { "x": [1, 9e-05] }, "completed": "now" }), None),
        (json!({ "code": "x", "message": 7, "deployment": ["hosted"] }), None),
        (json!({ "code": 10.5, "details": [[1]] }), None),
        (
            json!({ "code": 101, "details": { "usd": "1", "channels": "two", "config": [], "tags": { "a": 1 } } }),
            Some(101),
        ),
        (
            json!({ "code": 101, "details": { "models": ["m", 7, { "x": 1 }], "features": "one", "usd": 0.5 } }),
            Some(101),
        ),
        (json!({ "token_details": [{ "a": 1 }, "text"], "tts_details": "none", "code": 1 }), Some(1)),
        (json!({ "token_details": { "a": 1 }, "sts_details": [1], "code": 1 }), Some(1)),
        (json!({ "key": "value" }), None),
    ]
}

#[tokio::test]
async fn a_record_with_another_object_for_its_response_is_a_record_and_keeps_it() {
    let server = Server::start(move |_| {
        let mut body = page(0, 10, 0..10);
        for (index, (response, _)) in other_responses().into_iter().enumerate() {
            body["requests"][index] = match index % 2 {
                0 => json!({ "request_id": "r", "path": "p", "response": response }),
                _ => json!({ "request": { "path": "p", "response": response, "request_id": "r" } }),
            };
        }
        success(body.to_string())
    })
    .await;
    let client = client_of(&server.base_url);
    let list = client.list_project_requests("p").send().await.unwrap().into_inner();
    assert_eq!((list.requests.len(), server.seen().len()), (10, 1));
    for (record, (sent, code)) in list.requests.iter().zip(other_responses()) {
        let response = record.response.as_ref().unwrap();
        assert_eq!((record.path.as_deref(), response.code), (Some("p"), code), "{sent}");
        assert_eq!(serde_json::to_value(record).unwrap()["response"], sent);
    }
    let details = list.requests[5].response.as_ref().unwrap().details.as_ref().unwrap();
    assert_eq!((details.usd, details.unknown.get("features")), (Some(0.5), Some(&json!("one"))));
    assert_eq!((details.models.len(), &details.unknown.get("models").unwrap()[0]), (0, &json!("m")));
}

#[tokio::test]
async fn one_request_with_another_object_for_its_response_is_a_record_and_keeps_it() {
    for (response, code) in other_responses() {
        let body = json!({ "request": { "request_id": "r", "response": response } }).to_string();
        let server = Server::start(move |_| success(body.clone())).await;
        let client = client_of(&server.base_url);
        let record = client.get_project_request("p", "r").send().await.unwrap();
        assert_eq!(record.response.as_ref().unwrap().code, code);
        assert_eq!(serde_json::to_value(record.into_inner()).unwrap()["response"], response);
        assert_eq!(server.seen()[0].path, "/v1/projects/p/requests/r");
    }
}

#[tokio::test]
async fn a_property_that_comes_twice_within_a_response_is_an_error_of_its_entry() {
    for twice in [r#""code":1,"code":2"#, r#""code":"x","code":2"#, r#""details":[],"details":{}"#] {
        let body = format!(r#"{{"requests":[{{"request_id":"r","response":{{{twice}}}}}],"limit":9}}"#);
        let server = Server::start(move |_| success(body.clone())).await;
        let client = client_of(&server.base_url);
        let items: Vec<_> = client.list_project_requests("p").items().collect().await;
        let [Err(error)] = &items[..] else { panic!("{twice}: {items:?}") };
        let reason = error.entry().unwrap().reason();
        assert!(reason.contains("`response` holds `") && reason.ends_with("` twice"), "{reason}");
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn a_number_beyond_every_float_makes_no_entry_bad_and_its_digits_are_kept() {
    let body =
        r#"{"requests":[{"request_id":"r","new":[1e400],"response":{"code":7,"details":{"usd":-2e999}}}],"limit":9}"#;
    let server = Server::start(move |_| success(body)).await;
    let client = client_of(&server.base_url);
    let items: Vec<_> = client.list_project_requests("p").items().collect().await;
    let [Ok(record)] = &items[..] else { panic!("{items:?}") };
    assert_eq!(record.unknown.get("new"), Some(&json!(["1e400"])));
    let response = record.response.as_ref().unwrap();
    let details = response.details.as_ref().unwrap();
    assert_eq!((response.code, details.usd), (Some(7), None));
    assert_eq!(details.unknown.get("usd"), Some(&json!("-2e999")));
    assert_eq!(server.seen().len(), 1);
}
