//! The successors of a leaver's keys: which count, where their secrets are, and when the member is not removed.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::offboard::{changes, company, offboard};
use crate::output::run_unread;
use crate::program::run;
use crate::server::{Reply, Seen, Server, http_response, json as reply};

/// Responds as the company does, where `other` has nothing to say.
async fn serve(other: impl Fn(&str, &str) -> Option<Reply> + Send + Sync + 'static) -> Server {
    let company = company(json!({}), "m2");
    let respond = move |seen: &Seen| {
        other(&seen.method, seen.path.trim_start_matches("/v1/projects/p")).unwrap_or_else(|| company(seen))
    };
    Server::start(respond).await
}

fn forbidden() -> Reply {
    Reply::Bytes(http_response("403 Forbidden", "", r#"{"err_msg":"no"}"#))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_successor_that_cannot_be_verified_is_deleted_again_and_is_none_for_the_next_run() {
    let less = r#"{"api_key_id":"new","key":"hush","scopes":["billing:read"]}"#;
    for (method, path, response, said) in [
        ("GET", "/keys/new", forbidden(), "get_project_key: 403 Forbidden"),
        ("POST", "/keys", reply(less), "the new key came with scopes that do not cover the old one's"),
    ] {
        let server = serve(move |m, p| ((m, p) == (method, path)).then(|| response.clone())).await;
        let folder = tempfile::tempdir().unwrap();
        let arguments = ["--secret-dir", folder.path().to_str().unwrap(), "--remove", "--yes"];
        for runs in 1..=2 {
            let run = offboard(&server, &arguments).await;
            assert_eq!(run.code, Some(1), "{run:?}");
            let line = run.stderr.lines().last().unwrap();
            assert!(line.starts_with("deepgram-mgmt: the key has no successor: ") && line.contains(said), "{line}");
            assert!(line.ends_with("the new key was deleted again and the old key k1 was not touched"), "{line}");
            assert!(!format!("{run:?}").contains("hush"), "{run:?}");
            assert_eq!(changes(&server), ["POST /keys", "DELETE /keys/new"].repeat(runs));
            assert_eq!(names(folder.path()), Vec::<String>::new());
        }
    }
}

#[tokio::test]
async fn a_successor_that_cannot_be_deleted_again_is_kept_under_another_name_and_counts_for_nothing() {
    let server = serve(|method, path| match (method, path) {
        ("GET" | "DELETE", "/keys/new") => Some(forbidden()),
        _ => None,
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--secret-dir", folder.path().to_str().unwrap(), "--remove", "--yes"];
    let run = offboard(&server, &arguments).await;
    assert_eq!((run.code, names(folder.path())), (Some(3), vec!["k1.unverified".to_owned()]), "{run:?}");
    let file = folder.path().join("k1.unverified");
    assert_eq!(fs::read_to_string(&file).unwrap(), "hush\n");
    assert!(run.stderr.contains(&format!("not verified is in {}\n", file.display())), "{run:?}");
    let end = "; the new key new exists, and deleting it failed (delete_project_key: 403 Forbidden: no): delete it; the old \
               key k1 was not touched\n";
    assert!(run.stderr.ends_with(end) && !run.stderr.contains("hush"), "{run:?}");
    // The next run has none either, and loses no secret.
    let run = offboard(&server, &arguments).await;
    let kept = run.stderr.lines().find_map(|line| line.split_once("; the secret is in ")).unwrap().1;
    assert_eq!((run.code, fs::read_to_string(kept).unwrap().as_str()), (Some(3), "hush\n"), "{run:?}");
    assert_eq!(changes(&server), ["POST /keys", "DELETE /keys/new"].repeat(2));
}

#[cfg(unix)]
#[tokio::test]
async fn only_a_regular_file_is_a_successor() {
    let server = serve(|_, _| None).await;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("other"), "text").unwrap();
    std::os::unix::fs::symlink("other", folder.path().join("k1")).unwrap();
    let run = offboard(&server, &["--secret-dir", folder.path().to_str().unwrap(), "--remove", "--yes"]).await;
    assert!(run.code == Some(2) && run.stderr.ends_with("k1: exists, and a secret overwrites no file\n"), "{run:?}");
    assert_eq!(changes(&server), Vec::<String>::new());
}

#[tokio::test]
async fn a_member_stays_where_nobody_knows_who_owns_a_successor() {
    for owner in [json!({}), json!({ "member": { "first_name": "Ada" } })] {
        let new = [owner, json!({ "api_key_id": "new", "comment": "ci", "scopes": ["usage:read"] })];
        let new: Value = new.iter().flat_map(|part| part.as_object().cloned().unwrap()).collect();
        let server =
            serve(move |method, path| (method == "GET" && path == "/keys/new").then(|| reply(new.to_string())));
        let server = server.await;
        let folder = tempfile::tempdir().unwrap();
        let run = offboard(&server, &["--secret-dir", folder.path().to_str().unwrap(), "--remove", "--yes"]).await;
        assert_eq!((run.code, names(folder.path())), (Some(3), vec!["k1".to_owned()]), "{run:?}");
        assert!(run.stderr.contains("does not say who owns the successor of k1: it may be the leaver's\n"), "{run:?}");
        assert!(run.stderr.contains("the member was not removed: 1 of the keys have no known owner; look"), "{run:?}");
        assert_eq!(changes(&server), ["POST /keys"]);
        // After a look at the key.
        offboard(&server, &["--remove", "--yes"]).await.succeeded();
        assert_eq!(changes(&server), ["POST /keys", "DELETE /members/m1"]);
    }
}

#[tokio::test]
async fn a_closed_output_ends_no_command_that_changes_or_judges_something() {
    let server = serve(|_, _| None).await;
    let folder = tempfile::tempdir().unwrap();
    let secrets = ["--secret-dir", folder.path().to_str().unwrap(), "--remove", "--yes"];
    let arguments = [&["members", "offboard", "m1", "--project=p"], &secrets[..]].concat();
    let output = run_unread(server.base_url.clone(), &arguments).await;
    assert_eq!((output.status.code(), names(folder.path())), (Some(0), vec!["k1".to_owned()]), "{output:?}");
    assert_eq!(changes(&server), ["POST /keys", "DELETE /members/m1"]);

    let server = Server::start(|seen| match seen.path.as_str() {
        "/v1/projects" => reply(r#"{"projects":[{"project_id":"p1"}]}"#),
        _ => forbidden(),
    })
    .await;
    let output = run_unread(server.base_url.clone(), &["keys", "expiring"]).await;
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), server.seen().len()), (Some(1), 2), "{stderr}");
    assert!(stderr.starts_with("the keys of the project p1 are missing: "), "{stderr}");
}

#[tokio::test]
async fn keys_without_an_owner_are_counted_in_the_question_and_stop_a_removal_with_successors() {
    let flat = || reply(r#"{"api_keys":[{"api_key_id":"k1","scopes":["member"]},{"api_key_id":"k2"}]}"#);
    let server = serve(move |method, path| ((method, path) == ("GET", "/keys")).then(flat)).await;
    let folder = tempfile::tempdir().unwrap();
    for more in [&["--yes"][..], &["--dry-run"]] {
        let secrets = [&["--secret-dir", folder.path().to_str().unwrap(), "--remove"], more].concat();
        let run = offboard(&server, &secrets).await;
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains("does not say who created these keys: k1, k2\n"), "{run:?}");
        assert!(run.stderr.contains("the member was not removed: 2 of the keys have no known owner; look"), "{run:?}");
    }
    let asked = offboard(&server, &["--remove"]).await;
    let question =
        "Remove the member m1 and disable 0 keys, and perhaps 2 without a known creator? There is no terminal";
    assert!(asked.code == Some(2) && asked.stderr.contains(question), "{asked:?}");
    assert_eq!(changes(&server), Vec::<String>::new());
}

#[tokio::test]
async fn an_owner_without_an_id_goes_by_its_email_address() {
    let of = |email: &str, id: &str| json!({ "member": { "email": email }, "api_key": { "api_key_id": id } });
    let keys = json!({ "api_keys": [of("ada@EXAMPLE.com", "k1"), of("bob@example.com", "k3")] }).to_string();
    let theirs = of("ada@example.com", "new").to_string();
    let server = serve(move |method, path| match (method, path) {
        ("GET", "/keys") => Some(reply(&keys)),
        ("GET", "/keys/new") => Some(reply(&theirs)),
        _ => None,
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let run = offboard(&server, &["--secret-dir", folder.path().to_str().unwrap()]).await;
    let found = run.json();
    assert_eq!((found["keys"].as_array().unwrap().len(), &found["unowned"]), (1, &json!([])), "{run:?}");
    assert_eq!(found["keys"][0]["key"]["api_key_id"], json!("k1"));
    assert!(run.code == Some(2) && run.stderr.contains("the credential is of the member who leaves"), "{run:?}");
    assert_eq!(changes(&server), ["POST /keys", "DELETE /keys/new"]);
}

#[tokio::test]
async fn once_a_successor_is_made_its_differences_are_named_and_every_failure_is_exit_code_3() {
    let of = |id: &str| {
        json!({ "member": { "member_id": "m1" },
            "api_key": { "api_key_id": id, "scopes": ["usage:read"], "expiration_date": "2090-01-01T00:00:00Z" } })
    };
    let keys = json!({ "api_keys": [of("k1"), of("k2")] }).to_string();
    let old = of("k1").to_string();
    let server = serve(move |method, path| match (method, path) {
        ("GET", "/keys") => Some(reply(&keys)),
        ("GET", "/keys/k1") => Some(reply(&old)),
        ("GET", "/keys/k2") | ("DELETE", "/members/m1") => Some(forbidden()),
        _ => None,
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let secrets = ["--secret-dir", folder.path().to_str().unwrap(), "--remove", "--yes"];
    let run = offboard(&server, &secrets).await;
    assert_eq!((run.code, changes(&server)), (Some(3), vec!["POST /keys".to_owned()]), "{run:?}");
    assert!(run.stderr.contains("not as the old key: expiration date: none instead of "), "{run:?}");
    assert!(run.stderr.ends_with("no new key was made and the old key k2 was not touched\n"), "{run:?}");
    // The run makes nothing.
    assert_eq!(offboard(&server, &secrets).await.code, Some(1));
    fs::remove_file(folder.path().join("k1")).unwrap();
    fs::write(folder.path().join("k2"), "by hand").unwrap();
    let run = offboard(&server, &secrets).await;
    assert!(run.code == Some(3) && run.stderr.contains("remove_project_member: 403 Forbidden"), "{run:?}");
    assert_eq!(changes(&server), ["POST /keys", "POST /keys", "DELETE /members/m1"]);
}

#[tokio::test]
async fn a_dry_run_makes_the_checks_of_the_run_and_names_the_keys() {
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none");
    for (details, folder, code, said) in [
        (json!({ "api_key_id": "k1" }), folder.path(), 2, "the credential is of the member who leaves"),
        (json!({}), &*none, 2, "` does not exist; create it\n"),
        (json!({}), folder.path(), 0, "the key k2 has expired: it needs no successor"),
    ] {
        let server = Server::start(company(details, "m2")).await;
        let run = offboard(&server, &["--secret-dir", folder.to_str().unwrap(), "--dry-run"]).await;
        assert!(run.code == Some(code) && run.stderr.contains(said), "{run:?}");
        let used = "removing the member disables the key k1 (ci): 7 requests, the last at 2026-09-15T11:32:22Z\n";
        assert!(run.stderr.contains(used), "{run:?}");
        assert_eq!(changes(&server), Vec::<String>::new());
    }
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[tokio::test]
async fn the_use_of_a_key_is_unknown_where_the_log_has_a_record_of_another_key_or_one_that_does_not_decode() {
    for (record, is_known, last) in [
        (json!({ "request_id": "r", "created": "2026-09-15T11:32:22Z", "api_key_id": "other" }), false, Value::Null),
        (json!({ "request_id": 5, "created": "yesterday" }), false, Value::Null),
        (
            json!({ "request_id": "r", "created": "2026-09-15T11:32:22Z", "api_key_id": "K1" }),
            true,
            json!("2026-09-15T11:32:22Z"),
        ),
    ] {
        let log = json!({ "requests": [record] }).to_string();
        let server = serve(move |_, path| (path == "/requests").then(|| reply(&log))).await;
        let found = offboard(&server, &[]).await.succeeded().json();
        let used = &found["keys"][0];
        assert_eq!((&used["is_use_known"], &used["last_request"]), (&json!(is_known), &last), "{used}");
        let warned = run(&server.base_url, &["members", "remove", "m1", "--project=p", "--yes"]).await.succeeded();
        assert_eq!(
            warned.stderr.contains("k1 (ci): 7 requests, the last at an unknown time\n"),
            !is_known,
            "{warned:?}"
        );
    }
}

#[tokio::test]
async fn an_email_address_of_two_members_is_an_error_that_names_their_ids() {
    let twins = || reply(r#"{"members":[{"member_id":"m1","email":"a@x"},{"member_id":"m2","email":"A@x"}]}"#);
    let server = serve(move |_, path| (path == "/members").then(twins)).await;
    let arguments = ["members", "offboard", "a@x", "--project=p", "--remove", "--yes"];
    run(&server.base_url, &arguments)
        .await
        .failed(2, "2 members have the email address `a@x`; name one by its id: m1, m2");
    assert_eq!(changes(&server), Vec::<String>::new());
}
