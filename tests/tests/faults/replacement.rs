//! When a rotation may delete the old key: servers that make another key than the one that was asked for.

use std::collections::BTreeSet;

use deepgram_mgmt::types::KeyWithSecret;
use deepgram_mgmt::{ErrorKind, KeyDifference, RotateKeyError, RotatedKey};
use serde_json::{Value, json};

use crate::server::{Reply, Server, http_response, json as success};
use crate::shared::client_of;

const OLD_ID: &str = "0a1b2c3d-1111-4111-8111-abcdefabcdef";

/// A value with the members of another one added or replaced; a null removes.
fn with(mut value: Value, changes: &Value) -> Value {
    for (name, change) in changes.as_object().unwrap() {
        value[name] = change.clone();
    }
    value.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    value
}

/// Rotates a key on a server that differs from one that does as it is told by the given members of each response.
async fn rotate(old: Value, created: Value, read_back: Value) -> (Result<RotatedKey, RotateKeyError>, Vec<String>) {
    let old = with(
        json!({
            "api_key_id": OLD_ID, "comment": "ci", "scopes": ["admin"], "tags": ["a", "b"],
            "expiration_date": "2030-01-01T00:00:00Z"
        }),
        &old,
    );
    let sent = std::sync::Mutex::new(Value::Null);
    let server = Server::start(move |seen| match seen.method.as_str() {
        "POST" => {
            let request: Value = serde_json::from_str(&seen.body).unwrap();
            let made = with(request, &json!({ "api_key_id": "new" }));
            sent.lock().unwrap().clone_from(&made);
            success(with(with(made, &json!({ "key": "secret-hush" })), &created).to_string())
        }
        "DELETE" => success("{}"),
        _ if seen.path.ends_with("/keys") => {
            let key = with(sent.lock().unwrap().clone(), &json!({ "api_key_id": created["api_key_id"].clone() }));
            success(json!({ "api_keys": [key] }).to_string())
        }
        _ if seen.path.ends_with(OLD_ID) => success(old.to_string()),
        _ => success(with(sent.lock().unwrap().clone(), &read_back).to_string()),
    })
    .await;
    let outcome = client_of(&server.base_url).rotate_key("p", OLD_ID).await;
    (outcome, server.seen().into_iter().map(|seen| seen.method).collect())
}

#[tokio::test]
async fn no_key_is_deleted_for_one_that_may_be_the_same_or_opens_less() {
    let same = "the new key came with the id of the old one";
    let less = "the new key came with scopes that do not cover the old one's";
    let upper = OLD_ID.to_uppercase();
    for (old, created, read_back, said) in [
        (json!({}), json!({ "api_key_id": OLD_ID }), json!({}), same),
        (json!({}), json!({ "api_key_id": upper }), json!({}), same),
        (json!({}), json!({ "api_key_id": format!(" {OLD_ID} ") }), json!({}), same),
        (json!({}), json!({ "api_key_id": OLD_ID.replace('-', "") }), json!({}), same),
        (json!({}), json!({}), json!({ "api_key_id": OLD_ID }), "the new key was read back with another id"),
        (json!({}), json!({}), json!({ "api_key_id": "third" }), "the new key was read back with another id"),
        (json!({}), json!({ "scopes": ["usage:read"] }), json!({}), less),
        (json!({}), json!({}), json!({ "scopes": ["usage:read"] }), less),
        (json!({}), json!({ "scopes": null }), json!({ "scopes": ["member"] }), less),
        (json!({}), json!({ "scopes": ["member"] }), json!({ "scopes": null }), less),
        (json!({}), json!({ "scopes": ["Admin", "admin:read"] }), json!({}), less),
        (json!({ "scopes": ["usage:read", "keys:write"] }), json!({ "scopes": ["usage:read"] }), json!({}), less),
        (json!({ "scopes": ["usage:read"] }), json!({ "scopes": ["owner"] }), json!({}), less),
        (json!({}), json!({ "scopes": null }), json!({ "scopes": [] }), "the new key came without scopes"),
    ] {
        let case = format!("{old} {created} {read_back}");
        let (outcome, methods) = rotate(old, created, read_back).await;
        assert!(!methods.contains(&"DELETE".to_owned()), "{case}: {methods:?}");
        assert_eq!(methods.iter().filter(|method| *method == "POST").count(), 1, "{case}");
        let error = outcome.unwrap_err();
        let printed = error.to_string();
        assert!(
            printed.contains(said) && printed.ends_with(&format!("the old key {OLD_ID} was not touched")),
            "{printed}"
        );
        assert_eq!(error.call().unwrap().kind(), ErrorKind::Decode, "{case}");
        assert_eq!(error.new_key_id(), (said != same).then_some("new"), "{case}");
        // The only copy of a secret is not lost.
        let key: KeyWithSecret = error.into_new_key().unwrap();
        assert_eq!(key.key.expose_secret(), "secret-hush", "{case}");
    }
}

#[tokio::test]
async fn nobody_is_told_to_delete_the_old_key_for_a_new_one() {
    for created in [
        json!({ "api_key_id": OLD_ID, "key": null }),
        json!({ "api_key_id": OLD_ID, "key": "" }),
        json!({ "api_key_id": OLD_ID.to_uppercase(), "key": ["secret-hush"] }),
    ] {
        let (outcome, methods) = rotate(json!({}), created.clone(), json!({})).await;
        let error = outcome.unwrap_err();
        assert!(!methods.contains(&"DELETE".to_owned()), "{created}: {methods:?}");
        assert!(!error.to_string().contains("delete it") && error.new_key_id().is_none(), "{created}: {error}");
        assert!(error.to_string().contains("a new key may exist, with `[rotation "), "{created}: {error}");
    }
}

#[tokio::test]
async fn a_key_that_is_answered_for_another_one_has_no_successor() {
    let (outcome, methods) = rotate(json!({ "api_key_id": "other" }), json!({}), json!({})).await;
    let printed = outcome.unwrap_err().to_string();
    assert!(printed.contains("the old key came with another id; no new key was made"), "{printed}");
    assert_eq!(methods, ["GET"]);
}

/// The names of the differences, each with what is told of it.
fn told(rotated: &RotatedKey) -> BTreeSet<String> {
    let name = |difference: &KeyDifference| match difference {
        KeyDifference::MoreScopes(more) => format!("scopes {more:?}"),
        KeyDifference::Tags { old, new, .. } => format!("tags {old:?} {new:?}"),
        KeyDifference::ExpirationDate { old, new, .. } => {
            let text =
                |time: &Option<deepgram_mgmt::Timestamp>| time.map_or("never".to_owned(), |time| time.to_string());
            format!("expires {} {}", text(old), text(new))
        }
        KeyDifference::Comment { requested, new, .. } => {
            assert!(requested.starts_with("ci [rotation "), "{requested}");
            format!("comment {new:?}")
        }
        other => format!("{other:?}"),
    };
    rotated.differences.iter().map(name).collect()
}

#[tokio::test]
async fn a_key_that_is_written_another_way_is_rotated_without_a_difference() {
    for (old, created, read_back) in [
        (json!({}), json!({}), json!({})),
        (json!({ "api_key_id": OLD_ID.to_uppercase() }), json!({}), json!({})),
        (json!({}), json!({}), json!({ "api_key_id": "NEW" })),
        (json!({}), json!({ "scopes": null }), json!({ "scopes": ["admin"] })),
        (json!({}), json!({ "scopes": ["admin"] }), json!({ "scopes": null })),
        (json!({}), json!({ "tags": ["b", "a"] }), json!({ "tags": ["b", "a", "b"] })),
        (json!({}), json!({ "tags": null, "expiration_date": null, "comment": null }), json!({})),
        (json!({}), json!({}), json!({ "tags": null, "expiration_date": null, "comment": null })),
        (
            json!({}),
            json!({ "expiration_date": "2030-01-01" }),
            json!({ "expiration_date": "2030-01-01T02:00:00+02:00" }),
        ),
        (json!({}), json!({}), json!({ "expiration_date": "2030-01-01T00:00:00.000321" })),
        // A response may name more than was asked for.
        (json!({}), json!({ "scopes": ["usage:read", "admin", "keys:write"] }), json!({})),
        (json!({ "scopes": ["project:write"] }), json!({}), json!({ "scopes": ["project:read", "project:write"] })),
    ] {
        let case = format!("{old} {created} {read_back}");
        let (outcome, methods) = rotate(old, created, read_back).await;
        let rotated = outcome.unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(rotated.differences, [], "{case}");
        assert_eq!(methods, ["GET", "POST", "GET", "DELETE"], "{case}");
        assert_eq!(rotated.key.key.expose_secret(), "secret-hush");
    }
}

#[tokio::test]
async fn what_else_differs_is_told_and_the_old_key_is_deleted() {
    let cut = json!({ "tags": null, "expiration_date": null, "comment": null });
    for (created, read_back, expected) in [
        (json!({}), json!({ "tags": ["a"] }), vec![r#"tags ["a", "b"] ["a"]"#]),
        (json!({ "tags": ["c"] }), json!({ "tags": null }), vec![r#"tags ["a", "b"] ["c"]"#]),
        (
            json!({}),
            json!({ "expiration_date": "2029-01-01" }),
            vec!["expires 2030-01-01T00:00:00Z 2029-01-01T00:00:00Z"],
        ),
        (json!({}), json!({ "comment": "x" }), vec![r#"comment Some("x")"#]),
        (json!({}), json!({ "scopes": ["owner", "admin"] }), vec![r#"scopes ["owner"]"#]),
        (cut.clone(), cut, vec!["comment None", "expires 2030-01-01T00:00:00Z never", r#"tags ["a", "b"] []"#]),
    ] {
        let case = format!("{created} {read_back}");
        let (outcome, methods) = rotate(json!({}), created, read_back).await;
        let rotated = outcome.unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_eq!(told(&rotated), expected.into_iter().map(str::to_owned).collect(), "{case}");
        assert_eq!(methods, ["GET", "POST", "GET", "DELETE"], "{case}");
        assert!(!format!("{rotated:?} {rotated:#?}").contains("hush"));
    }
}

#[tokio::test]
async fn a_deletion_that_is_refused_leaves_both_keys_and_says_so_with_the_cure() {
    let owner = "delete the old one with the account that created it, or with an owner's";
    for (status, said) in [
        ("403 Forbidden", owner),
        ("401 Unauthorized", owner),
        ("400 Bad Request", "delete the one that is not needed"),
        ("409 Conflict", "delete the one that is not needed"),
    ] {
        let server = Server::start(move |seen| match (seen.method.as_str(), seen.path.ends_with("/old")) {
            ("DELETE", _) => Reply::Bytes(http_response(status, "", r#"{"err_code":"C","err_msg":"m"}"#)),
            ("POST", _) => success(r#"{"api_key_id":"new","key":"secret-hush","scopes":["admin"]}"#),
            (_, true) => success(r#"{"api_key_id":"old","scopes":["admin"]}"#),
            _ => success(r#"{"api_key_id":"new","scopes":["admin"]}"#),
        })
        .await;
        let error = client_of(&server.base_url).rotate_key("p", "old").await.unwrap_err();
        let both = "; both keys exist: the new key new and the old key old; ";
        assert!(error.to_string().ends_with(&format!("{both}{said}")), "{error}");
        assert_eq!(error.to_string().lines().count(), 1);
        assert_eq!((error.new_key_id(), error.call().unwrap().maybe_processed()), (Some("new"), false));
        assert_eq!(error.into_new_key().unwrap().key.expose_secret(), "secret-hush");
        assert_eq!(server.seen().last().unwrap().path, "/v1/projects/p/keys/old");
    }
}
