//! The changes that one operation makes show in the others.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use deepgram_mgmt_sandbox::seed;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::client::{Client, project, text};

#[tokio::test]
async fn every_read_shows_the_seeded_data() {
    let client = Client::start().await;
    let projects = client.listed("/projects", "projects").await;
    assert_eq!(projects[0]["project_id"], seed::PROJECT_ID);
    assert_eq!(projects[1]["project_id"], seed::SECOND_PROJECT_ID);
    assert_eq!(client.get(&project("")).await.body, projects[0]);
    let keys = client.listed(&project("/keys"), "api_keys").await;
    assert_eq!(client.get(&project(&format!("/keys/{}", seed::KEY_ID))).await.body, keys[0]);
    assert_eq!(client.listed(&project("/members"), "members").await[0]["member_id"], seed::MEMBER_ID);
    let scopes = project(&format!("/members/{}/scopes", seed::MEMBER_ID));
    assert_eq!(client.listed(&scopes, "scopes").await, ["admin"]);
    assert_eq!(client.listed(&project("/invites"), "invites").await[0]["email"], seed::INVITE_EMAIL);
    assert_eq!(client.listed(&project("/balances"), "balances").await[0]["balance_id"], seed::BALANCE_ID);
    assert_eq!(client.listed("/models", "stt").await[0]["uuid"], seed::STT_MODEL_ID);
    let voices = client.listed("/models", "tts").await;
    assert_eq!(client.get(&format!("/models/{}", seed::TTS_MODEL_ID)).await.body, voices[0]);
}

#[tokio::test]
async fn the_key_of_the_second_project_opens_the_api_and_expires_two_weeks_after_the_start() {
    let before = Utc::now();
    let client = Client::start().await;
    let keys = client.listed(&format!("/projects/{}/keys", seed::SECOND_PROJECT_ID), "api_keys").await;
    let [key] = &keys[..] else { panic!("{keys:?}") };
    assert_eq!(key["api_key_id"], seed::EXPIRING_KEY_ID);
    let expires: DateTime<Utc> = text(&key["expiration_date"]).parse().unwrap();
    let (earliest, latest) = (before + TimeDelta::days(14), Utc::now() + TimeDelta::days(14));
    assert!(earliest - TimeDelta::seconds(1) <= expires && expires <= latest, "{expires}");
    let request = client.request(Method::GET, "/projects").bearer_auth("expiring-sandbox-key");
    assert_eq!(client.send(request).await.status, 200);
}

#[tokio::test]
async fn a_created_key_is_listed_and_a_deleted_one_is_404() {
    let client = Client::start().await;
    let created = client.create_key(&json!({ "comment": "ci", "scopes": ["usage:read"] })).await;
    assert_eq!(created.status, 200);
    let path = project(&format!("/keys/{}", text(&created.body["api_key_id"])));

    let shown = client.get(&path).await;
    assert_eq!((shown.status, &shown.body["comment"]), (StatusCode::OK, &json!("ci")));
    assert_eq!(shown.body["expiration_date"], "9999-12-31T23:59:59Z");
    let (masked, secret) = (text(&shown.body["key"]), text(&created.body["key"]));
    assert!(masked.starts_with(&secret[..4]) && !masked.contains(secret), "{masked}");
    assert!(client.listed(&project("/keys"), "api_keys").await.contains(&shown.body));

    let deleted = client.delete(&path).await;
    assert_eq!((deleted.status, deleted.body), (StatusCode::NO_CONTENT, Value::Null));
    assert_eq!(client.get(&path).await.status, 404);
    assert_eq!(client.delete(&path).await.status, 404);
    assert_eq!(client.listed(&project("/keys"), "api_keys").await.len(), 1);
}

#[tokio::test]
async fn a_created_key_opens_the_api_until_it_is_deleted_or_expires() {
    let client = Client::start().await;
    let body = json!({ "comment": "a", "scopes": [] });
    let lasting = client.create_key(&body).await.body;
    let body = json!({ "comment": "b", "scopes": [], "time_to_live_in_seconds": 1 });
    let brief = client.create_key(&body).await.body;
    let status = async |key: &Value| {
        client.send(client.request(Method::GET, "/projects").bearer_auth(text(&key["key"]))).await.status
    };
    assert_eq!(status(&lasting).await, 200);
    client.delete(&project(&format!("/keys/{}", text(&lasting["api_key_id"])))).await;
    assert_eq!(status(&lasting).await, 401);

    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(status(&brief).await, 401);
    let expired = client.get(&project(&format!("/keys/{}", text(&brief["api_key_id"])))).await;
    assert_eq!(expired.status, 200);
}

#[tokio::test]
async fn an_expiry_is_shown_as_the_same_instant() {
    let client = Client::start().await;
    let body = json!({ "comment": "a", "scopes": [], "expiration_date": "2999-01-01T02:00:00.5+02:00" });
    let created = client.create_key(&body).await.body;
    let shown = client.get(&project(&format!("/keys/{}", text(&created["api_key_id"])))).await.body;
    assert_eq!(shown["expiration_date"], "2999-01-01T00:00:00.500Z");
}

#[tokio::test]
async fn an_updated_project_returns_and_keeps_only_the_change() {
    let client = Client::start().await;
    let updated = client.write(Method::PATCH, &project(""), &json!({ "name": "Renamed" })).await;
    assert_eq!(updated.status, 200);
    assert_eq!((text(&updated.body["name"]), text(&updated.body["company"])), ("Renamed", "Example Inc"));
    assert_eq!(client.get(&project("")).await.body, updated.body);
    assert_eq!(client.listed("/projects", "projects").await[0], updated.body);
    let rejected = client.write(Method::PATCH, &project(""), &json!({ "name": null })).await;
    assert_eq!(rejected.status, 400);
}

#[tokio::test]
async fn a_deleted_project_is_404_with_everything_below_and_its_keys_open_nothing() {
    let client = Client::start().await;
    let key = client.create_key(&json!({ "comment": "a", "scopes": [] })).await.body;
    assert_eq!(client.delete(&project("")).await.status, 204);
    let balance = format!("/balances/{}", seed::BALANCE_ID);
    for rest in ["", "/keys", "/members", "/invites", "/usage", "/requests", "/balances", &balance] {
        assert_eq!(client.get(&project(rest)).await.status, 404, "{rest}");
    }
    assert_eq!(client.delete(&project("")).await.status, 404);
    assert_eq!(client.listed("/projects", "projects").await.len(), 1);
    let request = client.request(Method::GET, "/projects").bearer_auth(text(&key["key"]));
    assert_eq!(client.send(request).await.status, 401);
}

#[tokio::test]
async fn a_new_scope_replaces_all_a_member_had_and_a_removed_member_is_404() {
    let client = Client::start().await;
    let member = project(&format!("/members/{}", seed::MEMBER_ID));
    let scopes = format!("{member}/scopes");
    let put = client.write(Method::PUT, &scopes, &json!({ "scope": "member" })).await;
    assert_eq!((put.status, put.body), (StatusCode::OK, Value::Null));
    assert_eq!(client.listed(&scopes, "scopes").await, ["member"]);
    assert_eq!(client.listed(&project("/members"), "members").await[0]["scopes"], json!(["member"]));
    assert_eq!(client.write(Method::PUT, &scopes, &json!({ "scopes": [] })).await.status, 400);

    assert_eq!(client.delete(&member).await.status, 204);
    assert_eq!(client.delete(&member).await.status, 404);
    assert_eq!(client.get(&scopes).await.status, 404);
    assert_eq!(client.write(Method::PUT, &scopes, &json!({ "scope": "member" })).await.status, 404);
    assert!(client.listed(&project("/members"), "members").await.is_empty());
}

#[tokio::test]
async fn an_invitation_is_found_by_its_address_with_the_plus_encoded_or_not() {
    let client = Client::start().await;
    assert_eq!(client.delete(&project("/invites/new%20hire%40example.com")).await.status, 404);
    assert_eq!(client.delete(&project("/invites/new%2Bhire%40example.com")).await.status, 204);
    assert_eq!(client.delete(&project("/invites/new+hire@example.com")).await.status, 404);

    let invitation = json!({ "email": seed::INVITE_EMAIL, "scope": "admin" });
    let sent = client.write(Method::POST, &project("/invites"), &invitation).await;
    assert_eq!((sent.status, sent.body), (StatusCode::OK, Value::Null));
    assert_eq!(client.listed(&project("/invites"), "invites").await, [invitation]);
    assert_eq!(client.delete(&project("/invites/new+hire@example.com")).await.status, 204);
    assert!(client.listed(&project("/invites"), "invites").await.is_empty());

    let nobody = json!({ "email": "nobody", "scope": "admin" });
    assert_eq!(client.write(Method::POST, &project("/invites"), &nobody).await.status, 400);
}

#[tokio::test]
async fn the_request_log_is_paged_from_0_with_the_newest_first() {
    let client = Client::start().await;
    let mut seen = Vec::new();
    for page in 0..4 {
        let body = client.get(&project(&format!("/requests?cursor={page}"))).await.body;
        assert_eq!((&body["page"], &body["limit"]), (&json!(page), &json!(10)));
        seen.extend(body["requests"].as_array().unwrap().clone());
    }
    assert_eq!(seen.len(), usize::try_from(seed::REQUESTS).unwrap());
    assert_eq!(seen[0]["created"], "2026-09-15T12:00:00Z");
    assert!(seen.windows(2).all(|pair| text(&pair[0]["created"]) > text(&pair[1]["created"])));
    assert_eq!(seen.iter().map(|record| text(&record["request_id"])).collect::<HashSet<_>>().len(), seen.len());
    assert_eq!(client.listed(&project("/requests?limit=1000"), "requests").await, seen);
    assert_eq!(client.listed(&project("/requests?limit=7&cursor=3"), "requests").await, seen[21..]);
    let between = "/requests?start=2026-09-15T11:57:00Z&end=2026-09-15T13:59:00%2B02:00";
    assert_eq!(client.listed(&project(between), "requests").await, seen[1..4]);
}

#[tokio::test]
async fn added_records_are_newer_than_all_before_and_distinct() {
    let client = Client::start().await;
    client.sandbox.add_requests(seed::PROJECT_ID, 1000);
    client.sandbox.add_requests(seed::PROJECT_ID, 1000);
    let records = client.listed(&project("/requests?limit=5000"), "requests").await;
    assert_eq!(records.len(), 2027);
    assert!(records.windows(2).all(|pair| instant(&pair[0]) > instant(&pair[1])));
    assert_eq!(records.iter().map(|record| text(&record["request_id"])).collect::<HashSet<_>>().len(), 2027);
}

/// As an instant, since the number of digits of a second varies.
fn instant(record: &Value) -> chrono::DateTime<chrono::FixedOffset> {
    text(&record["created"]).parse().unwrap()
}

#[tokio::test]
async fn usage_is_by_the_days_that_lie_within_start_and_end() {
    let client = Client::start().await;
    let all = client.get(&project("/usage")).await.body;
    assert_eq!((text(&all["start"]), text(&all["end"])), ("2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z"));
    assert_eq!(all["resolution"], json!({ "units": "day", "amount": 1 }));
    assert_eq!(all["results"].as_array().unwrap().len(), 30);

    let some = client.get(&project("/usage?start=2026-09-02T12:00:00Z&end=2026-09-05T00:00:00Z")).await.body;
    assert_eq!((text(&some["start"]), text(&some["end"])), ("2026-09-02T12:00:00Z", "2026-09-05T00:00:00Z"));
    assert_eq!(some["results"].as_array().unwrap()[..], all["results"].as_array().unwrap()[2..4]);

    let later = client.get(&project("/usage?start=2027-01-01T00:00:00Z")).await.body;
    assert_eq!((&later["end"], &later["results"]), (&later["start"], &json!([])));
}

#[tokio::test]
async fn an_outdated_model_is_listed_when_asked_for_by_true_and_no_other_word() {
    let client = Client::start().await;
    assert_eq!(client.listed("/models?include_outdated=false", "stt").await.len(), 1);
    assert_eq!(client.get("/models?include_outdated=yes").await.status, 400);
    let models = client.listed("/models?include_outdated=true", "stt").await;
    assert_eq!(models.len(), 2);
    assert_eq!(client.get(&format!("/models/{}", seed::OUTDATED_MODEL_ID)).await.body, models[1]);
}
