//! A member who leaves: the keys that stop to work with the member, and their successors.

use std::fs;

use deepgram_mgmt_sandbox::{Dialect, Sandbox, seed};
use serde_json::{Value, json};

use crate::program::{Run, Setting, run, run_in};
use crate::server::{Reply, Seen, Server, http_response, json as reply};

const ADA: &str = "Ada@example.com";
const OFFBOARD: [&str; 4] = ["members", "offboard", "M-1", "--project=p"];

/// A project in which Ada has one key that works and one that has expired. The credential has these details, and what it
/// creates is of this member.
pub(crate) fn company(details: Value, creator: &'static str) -> impl Fn(&Seen) -> Reply {
    move |seen| {
        let of = |member: &str, key: Value| json!({ "member": { "member_id": member }, "api_key": key });
        let key = |id: &str| json!({ "api_key_id": id, "comment": "ci", "scopes": ["usage:read"] });
        let expired = json!({ "api_key_id": "k2", "scopes": ["member"], "expiration_date": "2020-01-01" });
        let keys = json!([of("m1", key("k1")), of("m1", expired), of("m2", key("k3"))]);
        match (seen.method.as_str(), seen.path.trim_start_matches("/v1/projects/p")) {
            ("GET", "/v1/auth/token") if details.is_null() => Reply::Bytes(http_response("404 Not Found", "", "")),
            ("GET", "/v1/auth/token") => reply(details.to_string()),
            ("GET", "/members") => {
                reply(json!({ "members": [{ "member_id": "m1", "email": ADA }, { "member_id": "m2" }] }).to_string())
            }
            ("GET", "/keys") => reply(json!({ "api_keys": keys }).to_string()),
            ("GET", "/keys/new") => reply(of(creator, key("new")).to_string()),
            ("GET", "/keys/k1") => reply(of("m1", key("k1")).to_string()),
            ("GET", "/requests") => reply(r#"{"requests":[{"request_id":"r","created":"2026-09-15T11:32:22Z"}]}"#),
            ("GET", "/usage") => reply(r#"{"results":[{"requests":7}]}"#),
            ("POST", "/keys") => reply(r#"{"api_key_id":"new","key":"hush","scopes":["usage:read"]}"#),
            ("DELETE", "/keys/new" | "/members/m1") => reply("{}"),
            other => panic!("{other:?}"),
        }
    }
}

/// The calls that change something.
pub(crate) fn changes(server: &Server) -> Vec<String> {
    let seen = server.seen().into_iter().filter(|seen| seen.method != "GET");
    seen.map(|seen| format!("{} {}", seen.method, seen.path.trim_start_matches("/v1/projects/p"))).collect()
}

pub(crate) async fn offboard(server: &Server, arguments: &[&str]) -> Run {
    run(&server.base_url, &[&OFFBOARD, arguments].concat()).await
}

#[tokio::test]
async fn offboard_lists_the_keys_with_their_use_then_creates_successors_then_removes_the_member() {
    let server = Server::start(company(json!({ "api_key_id": "k3", "scopes": ["admin"] }), "m2")).await;
    let listed = offboard(&server, &[]).await.succeeded().json();
    let used = &listed["keys"][0];
    assert_eq!((&listed["member"]["email"], listed["keys"].as_array().unwrap().len()), (&json!(ADA), 2));
    assert_eq!((&used["key"]["api_key_id"], &used["requests"]), (&json!("k1"), &json!(7)));
    assert_eq!(used["last_request"], json!("2026-09-15T11:32:22Z"));
    let asked = server.seen().into_iter().filter(|seen| seen.asked("accessor") == Some("k1")).count();
    assert_eq!((asked, changes(&server)), (2, vec![]));

    let folder = tempfile::tempdir().unwrap();
    let with_files = ["--secret-dir", folder.path().to_str().unwrap()];
    let created = offboard(&server, &with_files).await.succeeded();
    let file = folder.path().join("k1");
    assert_eq!(fs::read_to_string(&file).unwrap(), "hush\n");
    assert!(!format!("{created:?}").contains("hush"), "{created:?}");
    assert!(created.stderr.contains("the key k2 has expired: it needs no successor"), "{created:?}");
    assert!(
        created.stderr.contains(&format!("new key new\nthe successor of k1 is in {}\n", file.display())),
        "{created:?}"
    );
    assert_eq!(changes(&server), ["POST /keys"]);
    let post = server.seen().into_iter().find(|seen| seen.method == "POST").unwrap();
    assert!(post.body.contains(r#""scopes":["usage:read"]"#), "{post:?}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    // Once more: a successor is not made again.
    let again = offboard(&server, &with_files).await.succeeded();
    assert!(again.stderr.contains("the key k1 has a successor already"), "{again:?}");
    assert_eq!((changes(&server).len(), fs::read_to_string(&file).unwrap().as_str()), (1, "hush\n"));

    let asked = offboard(&server, &["--remove"]).await;
    assert!(asked.code == Some(2) && asked.stderr.contains("disable 2 keys? There is no terminal"), "{asked:?}");
    assert_eq!(changes(&server).len(), 1);
    offboard(&server, &["--remove", "--yes"]).await.succeeded();
    assert_eq!(changes(&server), ["POST /keys", "DELETE /members/m1"]);
}

#[tokio::test]
async fn with_the_credential_of_the_leaver_nothing_is_created() {
    for details in [
        json!({ "api_key_id": "K1" }),
        // A key that needs no successor.
        json!({ "api_key_id": "k2" }),
        json!({ "key": { "owner": "M1" } }),
        json!({ "accounts": ["ada@EXAMPLE.com"], "scopes": ["admin"] }),
    ] {
        let server = Server::start(company(details, "m1")).await;
        let folder = tempfile::tempdir().unwrap();
        let run = offboard(&server, &["--secret-dir", folder.path().to_str().unwrap(), "--remove", "--yes"]).await;
        assert_eq!(run.code, Some(2), "{run:?}");
        let last = run.stderr.lines().last().unwrap();
        assert!(last.contains("the credential is of the member who leaves") && last.contains("of a member who stays"));
        assert!(last.ends_with("no new key was made and the old key k1 was not touched"), "{last}");
        assert_eq!((changes(&server), fs::read_dir(folder.path()).unwrap().count()), (vec![], 0));
    }
}

#[tokio::test]
async fn a_successor_that_the_server_gives_to_the_leaver_is_deleted_again_and_the_member_stays() {
    // The details of the credential say nothing of its owner, or are not there.
    for details in [json!({ "scopes": ["admin"] }), Value::Null] {
        let server = Server::start(company(details, "m1")).await;
        let folder = tempfile::tempdir().unwrap();
        let run = offboard(&server, &["--secret-dir", folder.path().to_str().unwrap(), "--remove", "--yes"]).await;
        assert_eq!(run.code, Some(2), "{run:?}");
        // The call was sent, and no request was invalid.
        assert!(run.stderr.contains("the key has no successor: the credential is of the member who leaves"), "{run:?}");
        assert!(run.stderr.ends_with("the new key was deleted again and the old key k1 was not touched\n"), "{run:?}");
        assert!(!format!("{run:?}").contains("hush"), "{run:?}");
        assert_eq!(changes(&server), ["POST /keys", "DELETE /keys/new"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
    // The sandbox takes its own credential for the first member's.
    let sandbox = Sandbox::start_live().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let project = ["--project", seed::PROJECT_ID, "--secret-dir", folder.path().to_str().unwrap()];
    let run = run(&sandbox.base_url(), &[&["members", "offboard", seed::MEMBER_ID], &project[..]].concat()).await;
    assert!(run.code == Some(2) && run.stderr.contains("the new key was deleted again"), "{run:?}");
    let changed: Vec<String> = sandbox.take_requests().into_iter().map(|seen| seen.method).collect();
    assert_eq!(changed.iter().filter(|method| *method != "GET").collect::<Vec<_>>(), ["POST", "DELETE"]);
}

/// Ada made the first key, and Grace the others.
const SEED: &str = r#"{ "projects": [{
    "name": "Radio",
    "members": [{ "email": "ada@example.com" }, { "email": "grace@example.com", "scopes": ["owner"] }],
    "keys": [
        { "key": "adas-key", "comment": "export", "scopes": ["usage:read"] },
        { "key": "graces-key", "comment": "admin", "scopes": ["owner"], "member": "grace@example.com" }
    ]
}] }"#;

#[tokio::test]
async fn a_member_who_stays_offboards_another_of_a_seed_and_the_successor_works_in_place_of_the_key() {
    let sandbox = Sandbox::builder().dialect(Dialect::Live).seed(SEED.parse().unwrap()).start().await.unwrap();
    let (url, folder) = (sandbox.base_url(), tempfile::tempdir().unwrap());
    let run_as = async |key: &str, arguments: &[&str]| {
        run_in(&url, arguments, Setting { variables: &[("DEEPGRAM_API_KEY", key)], ..Setting::default() }).await
    };
    let folder = folder.path().to_str().unwrap();
    let offboard = ["members", "offboard", "ada@example.com", "--secret-dir", folder, "--remove", "--yes"];
    // With her own key, which the details of the credential name, Ada creates nothing.
    let own = run_as("adas-key", &offboard).await;
    assert!(
        own.code == Some(2)
            && own.stderr.ends_with(
                "no new key was made and the old key 00000000-0000-4000-8000-000000000004 was not touched\n"
            ),
        "{own:?}"
    );
    assert!(sandbox.take_requests().iter().all(|seen| seen.method == "GET"));

    let shown = run_as("graces-key", &[&offboard[..], &["--dry-run"]].concat()).await.succeeded();
    assert!(shown.stdout.starts_with("POST ") && shown.stdout.contains("\nDELETE "), "{shown:?}");
    let done = run_as("graces-key", &offboard).await.succeeded();
    assert!(done.stderr.ends_with("the member was removed\n"), "{done:?}");
    let changed: Vec<String> = sandbox.take_requests().into_iter().map(|seen| seen.method).collect();
    assert_eq!(changed.iter().filter(|method| *method != "GET").collect::<Vec<_>>(), ["POST", "DELETE"]);
    let [file] = &fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>()[..] else {
        panic!()
    };
    let successor = fs::read_to_string(file).unwrap();
    let keys = run_as(successor.trim_end(), &["keys", "list"]).await.succeeded().json();
    let owners: Vec<_> = keys["api_keys"].as_array().unwrap().iter().map(|key| &key["member"]["email"]).collect();
    assert_eq!(owners, [&Value::Null, &json!("grace@example.com"), &json!("grace@example.com")]);
    run_as("adas-key", &["keys", "list"]).await.failed(1, "401 Unauthorized");
}

#[tokio::test]
async fn a_member_goes_by_its_email_address_too_and_an_unknown_one_is_an_error_that_names_the_known_ones() {
    let server = Server::start(company(json!({}), "m2")).await;
    let known = run(&server.base_url, &["members", "offboard", "ada@example.com", "--project=p", "--remove", "--yes"]);
    assert_eq!(known.await.succeeded().json()["member"]["member_id"], json!("m1"));
    assert_eq!(changes(&server), ["DELETE /members/m1"]);
    for unknown in ["nobody", "bob@example.com"] {
        let run = run(&server.base_url, &["members", "offboard", unknown, "--project=p", "--remove", "--yes"]).await;
        run.failed(2, &format!("the project has no member `{unknown}`; it has {ADA} (m1), m2"));
    }
    assert_eq!(changes(&server).len(), 1);
}

#[tokio::test]
async fn a_dry_run_prints_the_successors_and_the_removal_and_changes_nothing() {
    let server = Server::start(company(json!({}), "m2")).await;
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--secret-dir", folder.path().to_str().unwrap(), "--remove", "--dry-run"];
    let shown = offboard(&server, &arguments).await.succeeded();
    let lines: Vec<&str> = shown.stdout.lines().collect();
    let [post, body, delete] = lines[..] else { panic!("{shown:?}") };
    let project = format!("{}/v1/projects/p", server.base_url);
    assert_eq!((post, delete), (&*format!("POST {project}/keys"), &*format!("DELETE {project}/members/m1")));
    assert!(
        body.starts_with(r#"{"comment":"ci [rotation "#) && body.ends_with(r#""scopes":["usage:read"]}"#),
        "{body}"
    );
    assert!(shown.stderr.starts_with("dry run: "), "{shown:?}");
    assert_eq!((changes(&server), fs::read_dir(folder.path()).unwrap().count()), (vec![], 0));
}

#[tokio::test]
async fn a_file_that_cannot_be_made_stops_it_before_a_key_is_made() {
    let server = Server::start(company(json!({}), "m2")).await;
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none");
    let run = offboard(&server, &["--secret-dir", none.to_str().unwrap()]).await;
    let said = format!("k1: the folder `{}` does not exist; create it\n", none.display());
    assert!(run.code == Some(2) && run.stderr.ends_with(&said) && !none.exists(), "{run:?}");
    // An empty file is no successor, and is not overwritten.
    fs::write(folder.path().join("k1"), "").unwrap();
    let run = offboard(&server, &["--secret-dir", folder.path().to_str().unwrap()]).await;
    assert!(run.code == Some(2) && run.stderr.contains("k1: exists, and a secret overwrites no file"), "{run:?}");
    assert_eq!((changes(&server), fs::read_dir(folder.path()).unwrap().count()), (vec![], 1));
}

#[tokio::test]
async fn offboard_makes_no_file_outside_of_its_folder_and_names_keys_without_an_owner() {
    let server = Server::start(|seen| {
        let keys = r#"{"api_keys":[
            {"member":{"member_id":"M-1"},"api_key":{"api_key_id":"../../evil","scopes":["member"]}},
            {"api_key":{"api_key_id":"nobodys"}}
        ]}"#;
        match seen.path.rsplit('/').next() {
            Some("members") => reply(r#"{"members":[{"member_id":"m1"}]}"#),
            Some("keys") => reply(keys),
            Some("requests") => reply(r#"{"requests":[]}"#),
            _ => reply(r#"{"results":[]}"#),
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let run = offboard(&server, &["--secret-dir", folder.path().to_str().unwrap()]).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("does not say who created these keys: nobodys"), "{run:?}");
    assert!(run.stderr.ends_with("the id ../../evil cannot be the name of a file\n"), "{run:?}");
    assert_eq!((changes(&server), fs::read_dir(folder.path()).unwrap().count()), (vec![], 0));
}

#[tokio::test]
async fn remove_warns_of_the_keys_that_it_disables() {
    let server = Server::start(company(json!({}), "m2")).await;
    let removed = run(&server.base_url, &["members", "remove", "m1", "--project=p", "--yes"]).await.succeeded();
    let lines = [
        "removing the member disables the key k1 (ci): 7 requests, the last at 2026-09-15T11:32:22Z",
        "removing the member disables the key k2: 7 requests, the last at 2026-09-15T11:32:22Z",
        "done",
    ];
    assert_eq!((removed.stdout.as_str(), removed.stderr), ("", lines.join("\n") + "\n"));
    assert_eq!(changes(&server), ["DELETE /members/m1"]);
}

#[tokio::test]
async fn remove_stops_where_the_keys_that_it_disables_are_not_known_unless_it_is_told_yes() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "DELETE" => reply("{}"),
        _ => Reply::Bytes(http_response("403 Forbidden", "", "{}")),
    })
    .await;
    let remove = ["members", "remove", "m", "--project=p"];
    let unknown = "which keys this disables is not known: list_project_members: 403 Forbidden";
    run(&server.base_url, &remove).await.failed(1, &format!("{unknown}; --yes removes the member all the same"));
    assert_eq!(changes(&server), Vec::<String>::new());
    let removed = run(&server.base_url, &[&remove[..], &["--yes"]].concat()).await.succeeded();
    assert_eq!(
        (changes(&server), removed.stderr),
        (vec!["DELETE /members/m".to_owned()], format!("{unknown}\ndone\n"))
    );
}
