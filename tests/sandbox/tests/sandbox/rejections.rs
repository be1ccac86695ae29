//! Rejected requests: each has its status, and no effect.

use deepgram_mgmt_sandbox::seed;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, project};

#[tokio::test]
async fn a_key_whose_body_is_wrong_is_400_and_not_created() {
    let client = Client::start().await;
    let key = |name: &str, value: Value| {
        let mut body = json!({ "comment": "a", "scopes": ["admin"] });
        body[name] = value;
        body
    };
    let mut twice = key("expiration_date", json!("2999-01-01T00:00:00Z"));
    twice["time_to_live_in_seconds"] = json!(60);
    let wrong = [
        json!([]),
        json!({ "comment": "a" }),
        json!({ "scopes": ["admin"] }),
        key("comment", json!(1)),
        key("scopes", json!("admin")),
        key("scopes", json!([1])),
        key("expiration_date", json!("2999-01-01")),
        key("expiration_date", json!("2001-01-01T00:00:00Z")),
        key("expiration_date", json!("9999-12-31T23:59:59-10:00")),
        key("expiration_date", Value::Null),
        key("time_to_live_in_seconds", json!(0)),
        key("time_to_live_in_seconds", json!(-1)),
        key("time_to_live_in_seconds", json!(1.5)),
        key("time_to_live_in_seconds", json!(i64::MAX)),
        twice,
    ];
    for body in wrong {
        assert_eq!(client.create_key(&body).await.status, 400, "{body}");
    }
    let post = || client.request(Method::POST, &project("/keys")).bearer_auth(seed::API_KEY);
    assert_eq!(client.send(post().header("content-type", "application/json").body("{")).await.status, 400);
    assert_eq!(client.send(post().header("content-type", "application/json")).await.status, 400);
    assert_eq!(client.send(post().body(r#"{"comment":"a","scopes":[]}"#)).await.status, 400);
    assert_eq!(client.listed(&project("/keys"), "api_keys").await.len(), 1);
}

#[tokio::test]
async fn a_query_value_that_is_not_as_documented_is_400() {
    let client = Client::start().await;
    let requests = [
        "limit=0",
        "limit=-1",
        "limit=ten",
        "limit=1.5",
        "limit=%2B5",
        "limit=",
        "limit=1&limit=2",
        "limit=99999999999999999999",
        "cursor=abc",
        "cursor=-1",
        "cursor=",
        "start=2026-09-15",
        "start=yesterday",
        "end=2026-09-15T13:59:00+02:00",
        "start=2026-09-16T00:00:00Z&end=2026-09-15T00:00:00Z",
    ];
    for query in requests {
        assert_eq!(client.get(&project(&format!("/requests?{query}"))).await.status, 400, "{query}");
    }
    assert_eq!(client.get(&project("/usage?start=2026-09-15")).await.status, 400);
    let backwards = "start=2026-09-16T00:00:00Z&end=2026-09-15T00:00:00Z";
    for list in ["usage", "requests"] {
        assert_eq!(client.get(&format!("/projects/unknown/{list}?{backwards}")).await.status, 400);
    }
    assert_eq!(client.get(&project("/requests?unknown=1")).await.status, 200);
}

#[tokio::test]
async fn what_is_unknown_is_404_everywhere() {
    let client = Client::start().await;
    let gone = "99999999-9999-4999-8999-999999999999";
    let elsewhere = format!("/projects/{}", seed::SECOND_PROJECT_ID);
    for rest in ["", "/keys", "/members", "/invites", "/usage", "/requests", "/balances"] {
        assert_eq!(client.get(&format!("/projects/{gone}{rest}")).await.status, 404, "{rest}");
    }
    let key = json!({ "comment": "a", "scopes": [] });
    assert_eq!(client.write(Method::POST, &format!("/projects/{gone}/keys"), &key).await.status, 404);
    assert_eq!(client.write(Method::PATCH, &format!("/projects/{gone}"), &json!({})).await.status, 404);
    let invitation = json!({ "email": "a@example.com", "scope": "admin" });
    assert_eq!(client.write(Method::POST, &format!("/projects/{gone}/invites"), &invitation).await.status, 404);
    // What belongs to another project is not found either.
    assert_eq!(client.get(&format!("{elsewhere}/keys/{}", seed::KEY_ID)).await.status, 404);
    assert_eq!(client.get(&format!("{elsewhere}/balances/{}", seed::BALANCE_ID)).await.status, 404);
    assert_eq!(client.delete(&format!("{elsewhere}/members/{}", seed::MEMBER_ID)).await.status, 404);
    assert_eq!(client.get(&format!("/models/{gone}")).await.status, 404);
    assert_eq!(client.get("/nothing").await.status, 404);
    assert_eq!(client.get("/projects/").await.status, 404);
}

#[tokio::test]
async fn a_method_that_the_path_does_not_have_is_405() {
    let client = Client::start().await;
    let put = client.call(Method::PUT, &project("")).await;
    assert_eq!((put.status, &put.body["err_code"]), (StatusCode::METHOD_NOT_ALLOWED, &json!("METHOD_NOT_ALLOWED")));
    let response = client.request(Method::PUT, &project("")).bearer_auth(seed::API_KEY).send().await.unwrap();
    assert_eq!(response.headers()["allow"], "DELETE, GET, PATCH");
}

#[tokio::test]
async fn any_credential_but_a_known_bearer_is_401_on_every_path() {
    let client = Client::start().await;
    for path in ["/projects", "/nothing", &project(""), "/projects/unknown/keys"] {
        let get = || client.request(Method::GET, path);
        assert_eq!(client.send(get()).await.status, 401);
        assert_eq!(client.send(get().bearer_auth("other")).await.status, 401);
        assert_eq!(client.send(get().bearer_auth("")).await.status, 401);
        assert_eq!(client.send(get().header("authorization", seed::API_KEY)).await.status, 401);
        let token = format!("Token {}", seed::API_KEY);
        assert_eq!(client.send(get().header("authorization", token)).await.status, 401);
    }
    let lower = format!("bearer {}", seed::API_KEY);
    let accepted = client.request(Method::GET, "/projects").header("authorization", lower);
    assert_eq!(client.send(accepted).await.status, 200);
    let twice = client.request(Method::GET, "/projects").bearer_auth(seed::API_KEY).bearer_auth("other");
    assert_eq!(client.send(twice).await.status, 401);
    let rejected = client.send(client.request(Method::POST, &project("/keys")).body("{")).await;
    assert_eq!(rejected.status, 401);
}
