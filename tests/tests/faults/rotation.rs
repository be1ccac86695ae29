//! Key rotation, credentials and the escape hatch, when things go well and when they do not.

use std::sync::Arc;
use std::time::Duration;

use deepgram_mgmt::reqwest::Method;
use deepgram_mgmt::types::KeyWithSecret;
use deepgram_mgmt::{Credentials, ErrorKind};
use deepgram_mgmt_sandbox::{Sandbox, seed};
use serde_json::{Value, json};

use crate::server::{Reply, Seen, Server, http_response, json as success};
use crate::shared::{builder, client_of};

const OLD: &str = r#"{"api_key_id":"old","comment":"ci","scopes":["member"]}"#;
const NEW: &str = r#"{"api_key_id":"new","key":"secret-hush","comment":"ci","scopes":["member"]}"#;

/// Responds to a rotation as it should go, but for one step: its method, the end of its path, and what is done then.
fn but(method: &'static str, end: &'static str, reply: Reply) -> impl Fn(&Seen) -> Reply {
    move |seen| match (seen.method.as_str(), seen.path.rsplit('/').next().unwrap_or_default()) {
        (found, last) if (found, last) == (method, end) => reply.clone(),
        ("GET", "old") => success(OLD),
        ("POST", _) => success(NEW),
        ("GET", "new") => success(r#"{"api_key_id":"new"}"#),
        ("DELETE", "old") => success(r#"{"message":"m"}"#),
        ("GET", "keys") => success(r#"{"api_keys":[]}"#),
        other => panic!("{other:?}"),
    }
}

fn steps(server: &Server) -> Vec<String> {
    server
        .seen()
        .iter()
        .map(|seen| format!("{} {}", seen.method, seen.path.trim_start_matches("/v1/projects/p/")))
        .collect()
}

fn refusal() -> Reply {
    Reply::Bytes(http_response("403 Forbidden", "", r#"{"err_code":"FORBIDDEN","err_msg":"no"}"#))
}

/// A refusal that repeats the new secret.
fn telltale() -> Reply {
    Reply::Bytes(http_response("403 Forbidden", "", r#"{"err_code":"secret-hush","err_msg":"no secret-hush"}"#))
}

fn gone() -> Reply {
    Reply::Bytes(http_response("404 Not Found", "", r#"{"err_code":"NOT_FOUND","err_msg":"no such key"}"#))
}

#[tokio::test]
async fn a_key_is_made_seen_and_only_then_the_old_one_deleted() {
    let server = Server::start(but("", "", refusal())).await;
    let new = client_of(&server.base_url).rotate_key("p", "old").await.unwrap().key;
    assert_eq!(new.key.expose_secret(), "secret-hush");
    assert_eq!(steps(&server), ["GET keys/old", "POST keys", "GET keys/new", "DELETE keys/old"]);
    let sent: Value = serde_json::from_str(&server.seen()[1].body).unwrap();
    assert_eq!(sent["scopes"], json!(["member"]));
    assert!(sent["comment"].as_str().unwrap().starts_with("ci [rotation "), "{sent}");
}

#[tokio::test]
async fn a_rotation_that_fails_says_which_keys_exist_and_keeps_the_new_one() {
    let closed = || Reply::Bytes(Vec::new());
    for (method, end, reply, new, said) in [
        ("GET", "old", refusal(), None, "no new key was made and the old key old was not touched"),
        ("POST", "keys", refusal(), None, "no new key was made and the old key old was not touched"),
        ("POST", "keys", closed(), None, "a new key may exist, with `[rotation "),
        ("GET", "new", refusal(), Some("new"), "the new key new exists, the old key old was not"),
        ("GET", "new", telltale(), Some("new"), "the new key new exists, the old key old was not"),
        ("DELETE", "old", telltale(), Some("new"), "both keys exist: the new key new and the old key old"),
        ("DELETE", "old", closed(), Some("new"), "the old key old may still exist"),
        (
            "DELETE",
            "old",
            refusal(),
            Some("new"),
            "both keys exist: the new key new and the old key old; delete the old one with the account",
        ),
        ("DELETE", "old", gone(), Some("new"), "the new key new exists, the old key old is gone"),
    ] {
        let server = Server::start(but(method, end, reply)).await;
        let error = client_of(&server.base_url).rotate_key("p", "old").await.unwrap_err();
        let printed = format!("{error} {error:?}");
        assert!(printed.contains(said) && !printed.contains("hush"), "{method} {end}: {printed}");
        assert_eq!(error.new_key_id(), new);
        assert!(steps(&server).iter().filter(|step| step.starts_with("POST")).count() <= 1);
        let kept = error.into_new_key().map(|key| key.key);
        assert_eq!(kept.is_some_and(|key| key.expose_secret() == "secret-hush"), new.is_some());
    }
}

#[tokio::test]
async fn a_key_whose_answer_was_lost_is_found_by_its_comment_and_not_made_again() {
    let comment = std::sync::Mutex::new(String::new());
    let server = Server::start(move |seen| match seen.method.as_str() {
        "POST" => {
            let sent: Value = serde_json::from_str(&seen.body).unwrap();
            *comment.lock().unwrap() = sent["comment"].as_str().unwrap().to_owned();
            Reply::Reset
        }
        _ if seen.path.ends_with("/keys") => {
            let listed = json!([{ "api_key_id": "other", "comment": "ci" }, { "api_key_id": "lost", "comment": *comment.lock().unwrap() }]);
            success(json!({ "api_keys": listed }).to_string())
        }
        _ => success(OLD),
    })
    .await;
    let error = client_of(&server.base_url).rotate_key("p", "old").await.unwrap_err();
    assert_eq!(error.new_key_id(), Some("lost"));
    assert!(error.to_string().contains("its secret is lost: delete it"), "{error}");
    assert_eq!(steps(&server), ["GET keys/old", "POST keys", "GET keys"]);
    assert!(error.into_new_key().is_none());
}

/// Responds to a rotation whose POST gets a response with `made`; the list has hundreds of keys with the old one's comment, in
/// the live dialect, and the new one, unless it is refused.
fn making(made: &'static str, has_list: bool) -> impl Fn(&Seen) -> Reply {
    let comment = std::sync::Mutex::new(String::new());
    move |seen| match seen.method.as_str() {
        "POST" => {
            let sent: Value = serde_json::from_str(&seen.body).unwrap();
            sent["comment"].as_str().unwrap().clone_into(&mut comment.lock().unwrap());
            success(made)
        }
        _ if seen.path.ends_with("/keys") && has_list => {
            let key = |id: &str, comment: &str| json!({ "member": { "member_id": "m" }, "api_key": { "api_key_id": id, "comment": comment } });
            let mut keys: Vec<Value> = (0..300).map(|n| key(&format!("k{n}"), "ci")).collect();
            keys.insert(200, key("new", &comment.lock().unwrap()));
            success(json!({ "api_keys": keys }).to_string())
        }
        _ if seen.path.ends_with("/keys") => refusal(),
        _ => success(OLD),
    }
}

#[tokio::test]
async fn a_key_whose_secret_did_not_arrive_is_named_and_not_made_again() {
    let named = "the new key new exists and its secret is lost: delete it; the old key old was not touched";
    let unknown = "a new key may exist, with `[rotation ";
    let listed = &["GET keys/old", "POST keys", "GET keys"][..];
    for (made, has_list, said, expected) in [
        // Not JSON, of another type, of nothing that is known, and empty.
        (r#"{"api_key_id":"new","key":secret-hush}"#, true, named, listed),
        (r#"{"api_key_id":7,"key":"secret-hush"}"#, true, named, listed),
        (r#"{"x":"secret-hush"}"#, true, named, listed),
        ("{}", true, named, listed),
        (r#"{"api_key_id":"new","key":secret-hush}"#, false, unknown, listed),
        ("{}", false, unknown, listed),
        (r#"{"api_key_id":"new"}"#, true, named, listed),
        // An empty secret is none, and an empty id names no key.
        (r#"{"api_key_id":"new","key":""}"#, true, named, listed),
        (r#"{"api_key_id":"","key":"secret-hush"}"#, true, named, listed),
        (r#"{"api_key_id":" ","key":"secret-hush"}"#, false, unknown, listed),
    ] {
        let server = Server::start(making(made, has_list)).await;
        let error = client_of(&server.base_url).rotate_key("p", "old").await.unwrap_err();
        let printed = format!("{error} {error:?} {:?}", error.call());
        assert!(printed.contains(said) && !printed.contains("hush"), "{made}: {printed}");
        assert_eq!(error.new_key_id(), (said == named).then_some("new"), "{made}");
        assert_eq!(error.call().unwrap().kind(), ErrorKind::Decode, "{made}");
        assert!(error.into_new_key().is_none());
        assert_eq!(steps(&server), expected, "{made}");
    }
}

#[tokio::test]
async fn a_key_that_shows_no_scopes_is_not_replaced_by_one_that_opens_nothing() {
    for old in [r#"{"api_key_id":"old","comment":"ci"}"#, r#"{"api_key_id":"old","scopes":[]}"#] {
        let server = Server::start(move |_| success(old)).await;
        let error = client_of(&server.base_url).rotate_key("p", "old").await.unwrap_err();
        assert!(error.to_string().contains("the old key came without scopes; no new key was made"), "{error}");
        assert_eq!(steps(&server), ["GET keys/old"]);
    }
}

#[tokio::test]
async fn a_new_key_is_kept_before_the_old_one_is_deleted() {
    let server = Arc::new(Server::start(but("", "", refusal())).await);
    let (client, seen) = (client_of(&server.base_url), Arc::clone(&server));
    // The future can go to a task of its own.
    let rotating = tokio::spawn(async move {
        let keep = |new: KeyWithSecret| async move {
            assert_eq!(steps(&seen), ["GET keys/old", "POST keys", "GET keys/new"]);
            assert_eq!(new.key.expose_secret(), "secret-hush");
            Ok::<_, std::io::Error>(())
        };
        client.rotate_key_with("p", "old", keep).await
    });
    assert_eq!(rotating.await.unwrap().unwrap().key.api_key_id, "new");
    assert_eq!(steps(&server)[3..], ["DELETE keys/old"]);
}

#[tokio::test]
async fn a_new_key_that_is_not_kept_replaces_nothing_and_is_in_the_error() {
    let server = Server::start(but("", "", refusal())).await;
    let client = client_of(&server.base_url);
    let error = client.rotate_key_with("p", "old", async |_| Err::<(), _>("the disk\nis full")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the key was not rotated: the new key was not kept: the disk is full; the new key new exists, the old key \
         old was not touched"
    );
    assert!(error.call().is_none() && error.may_have_created() && !format!("{error:#?}").contains("hush"));
    assert_eq!(error.into_new_key().unwrap().key.expose_secret(), "secret-hush");
    assert_eq!(steps(&server), ["GET keys/old", "POST keys", "GET keys/new"]);
}

#[tokio::test]
async fn a_new_key_that_cannot_replace_the_old_one_is_kept_once_all_the_same() {
    let server = Server::start(but("GET", "new", refusal())).await;
    let client = client_of(&server.base_url);
    let kept = std::sync::atomic::AtomicUsize::new(0);
    let keep = async |_| {
        kept.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok::<_, std::io::Error>(())
    };
    let error = client.rotate_key_with("p", "old", keep).await.unwrap_err();
    assert!(error.to_string().contains("the old key old was not touched") && error.new_key_id() == Some("new"));
    assert_eq!((kept.into_inner(), steps(&server).last().map(String::as_str)), (1, Some("GET keys/new")));
}

#[tokio::test]
async fn a_deletion_whose_answer_was_lost_has_done_its_work() {
    let deletions = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |seen| match seen.method.as_str() {
        "DELETE" if deletions.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 => Reply::Reset,
        "DELETE" => gone(),
        _ => but("", "", refusal())(seen),
    })
    .await;
    let new = client_of(&server.base_url).rotate_key("p", "old").await.unwrap().key;
    assert_eq!(new.key.expose_secret(), "secret-hush");
    assert_eq!(steps(&server)[3..], ["DELETE keys/old", "DELETE keys/old"]);
}

#[tokio::test]
async fn a_key_that_was_gone_before_a_deletion_did_anything_is_no_success() {
    let deletions = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |seen| match seen.method.as_str() {
        "DELETE" if deletions.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 => {
            Reply::Bytes(http_response("429 Too Many Requests", "", ""))
        }
        "DELETE" => gone(),
        _ => but("", "", refusal())(seen),
    })
    .await;
    let error = client_of(&server.base_url).rotate_key("p", "old").await.unwrap_err();
    assert!(error.to_string().ends_with("the new key new exists, the old key old is gone"), "{error}");
    assert_eq!((error.call().unwrap().attempts(), error.call().unwrap().maybe_processed()), (2, false));
    assert_eq!(steps(&server)[3..], ["DELETE keys/old", "DELETE keys/old"]);
    assert_eq!(error.into_new_key().unwrap().key.expose_secret(), "secret-hush");
}

#[tokio::test]
async fn a_comment_that_speaks_of_a_rotation_is_kept_and_only_the_last_mark_replaced() {
    let old = std::sync::Mutex::new("prod [rotation weekly] of billing".to_owned());
    let server = Server::start(move |seen| {
        let mut comment = old.lock().unwrap();
        if seen.method == "POST" {
            let sent: Value = serde_json::from_str(&seen.body).unwrap();
            sent["comment"].as_str().unwrap().clone_into(&mut comment);
            return success(NEW);
        }
        let id = seen.path.rsplit('/').next();
        success(json!({ "api_key_id": id, "comment": *comment, "scopes": ["member"] }).to_string())
    })
    .await;
    for _ in 0..3 {
        client_of(&server.base_url).rotate_key("p", "old").await.unwrap();
    }
    let sent: Vec<Value> = server.seen().iter().filter_map(|seen| serde_json::from_str(&seen.body).ok()).collect();
    assert_eq!(sent.len(), 3);
    for sent in sent {
        let mark = sent["comment"].as_str().unwrap().strip_prefix("prod [rotation weekly] of billing [rotation 20");
        assert!(mark.is_some_and(|mark| mark.ends_with(']') && !mark.contains('[')), "{sent}");
    }
}

#[tokio::test]
async fn a_key_id_that_is_no_id_is_printed_on_one_line_without_controls() {
    let made = r#"{"api_key_id":"n\n\u001b[31m\u202ew","key":"secret-hush"}"#;
    let server = Server::start(but("POST", "keys", success(made))).await;
    let error = client_of(&server.base_url).rotate_key("p", "old").await.unwrap_err();
    assert!(error.to_string().contains("the new key n  [31m w exists, the old key old was not touched"), "{error}");
    assert_eq!(error.new_key_id(), Some("n\n\u{1b}[31m\u{202e}w"));
    assert_eq!(steps(&server), ["GET keys/old", "POST keys"]);
}

#[tokio::test]
async fn a_key_of_the_sandbox_is_rotated_in_either_dialect() {
    for (sandbox, credentials) in [
        (Sandbox::start().await.unwrap(), Credentials::bearer(seed::API_KEY)),
        (Sandbox::start_live().await.unwrap(), Credentials::api_key(seed::API_KEY)),
    ] {
        let client = builder(&sandbox.base_url()).credentials(credentials).build().unwrap();
        let new = client.rotate_key(seed::PROJECT_ID, seed::KEY_ID).await.unwrap();
        assert_eq!(new.differences, []);
        let new = new.key;
        assert!(!new.key.expose_secret().is_empty() && new.scopes == ["usage:write"]);
        let keys = client.list_project_keys(seed::PROJECT_ID).send().await.unwrap();
        let ids: Vec<_> = keys.api_keys.iter().map(|key| key.api_key_id.clone()).collect();
        assert_eq!(ids, [new.api_key_id]);
        assert_eq!(sandbox.violations(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn exchanged_credentials_are_those_of_the_next_attempt_of_every_clone() {
    let server = Server::start(|seen| match seen.n {
        0 => Reply::After(Duration::from_millis(50), http_response("503 Service Unavailable", "", "")),
        _ => success("{}"),
    })
    .await;
    let client = client_of(&server.base_url);
    let clone = client.clone();
    let call = tokio::spawn(async move { clone.list_projects().send().await.map(drop) });
    while server.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    client.set_credentials(Credentials::bearer("other")).unwrap();
    call.await.unwrap().unwrap();
    let sent: Vec<_> = server.seen().iter().map(|seen| seen.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(sent, ["Token credential-hush", "Bearer other"]);
    assert!(client.set_credentials(Credentials::bearer("no\nheader")).is_err());
    client.list_projects().send().await.unwrap();
    assert_eq!(server.seen()[2].header("authorization"), Some("Bearer other"));
}

#[tokio::test]
async fn the_escape_hatch_is_authenticated_repeated_and_sent_as_it_is_written() {
    let server = Server::start(|seen| match seen.n {
        0 => Reply::Bytes(http_response("503 Service Unavailable", "", "")),
        _ => success(r#"{"response":42}"#),
    })
    .await;
    let client = client_of(&server.base_url);
    let got: Value = client
        .raw(Method::GET, "/v2/new%2Fthing")
        .query(&[("a", "b c")])
        .send_json::<Value>()
        .await
        .unwrap()
        .into_inner();
    assert_eq!(got, json!({ "response": 42 }));
    let seen = &server.seen()[1];
    assert_eq!((seen.path.as_str(), seen.query.as_str()), ("/v2/new%2Fthing", "a=b+c"));
    assert_eq!(seen.header("authorization"), Some("Token credential-hush"));
    for path in ["v1", "/v1/../x", "/v1/%2e%2E", "/v1//x", "/v1?x"] {
        let error = client.raw(Method::DELETE, path).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{path}");
    }
    let error = client.raw(Method::CONNECT, "/v1/projects").send().await.unwrap_err();
    assert_eq!(error.to_string(), "raw: invalid request: CONNECT has no response");
    assert_eq!(server.seen().len(), 2);
    client.raw(Method::POST, "/v2/new").json(&json!({ "a": 1 })).send().await.unwrap();
    assert_eq!(server.seen()[2].body, r#"{"a":1}"#);
}
