//! The chores: the keys of a member who leaves, rotation, keys that expire, and the chart of usage.

use std::fs;

use deepgram_mgmt::Timestamp;
use deepgram_mgmt_sandbox::{Sandbox, SeenRequest, seed};
use serde_json::json;

use crate::program::{Setting, run, run_in};
use crate::server::{Server, json as reply};

const PROJECT: [&str; 2] = ["--project", seed::PROJECT_ID];

fn methods(seen: &[SeenRequest]) -> Vec<&str> {
    seen.iter().map(|seen| seen.method.as_str()).collect()
}

#[tokio::test]
async fn rotate_shows_the_new_key_alone_and_the_old_one_is_gone() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let rotate = [&["keys", "rotate", seed::KEY_ID], &PROJECT[..]].concat();
    run(&sandbox.base_url(), &rotate).await.failed(2, "repeat it with --yes");
    assert_eq!(sandbox.take_requests(), []);
    let rotated = run(&sandbox.base_url(), &[&rotate[..], &["--yes"]].concat()).await.succeeded();
    let key = rotated.stdout.strip_suffix('\n').unwrap();
    assert!(
        !key.contains('\n') && rotated.stderr.starts_with("new key ") && !rotated.stderr.contains(key),
        "{rotated:?}"
    );
    assert_eq!(methods(&sandbox.take_requests()), ["GET", "POST", "GET", "DELETE"]);
    let variables = [("DEEPGRAM_API_KEY", key)];
    let get = [&["keys", "get", seed::KEY_ID], &PROJECT[..]].concat();
    run_in(&sandbox.base_url(), &get, Setting { variables: &variables, ..Setting::default() }).await.failed(1, "404");
}

#[tokio::test]
async fn a_rotation_that_fails_halfway_keeps_the_new_key_in_its_file_and_is_exit_code_3() {
    let server = Server::start(|seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", _) => reply(r#"{"api_key_id":"new","key":"hush","scopes":["member"]}"#),
        ("DELETE", _) => {
            crate::server::Reply::Bytes(crate::server::http_response("403 Forbidden", "", r#"{"err_msg":"not yours"}"#))
        }
        (_, path) => reply(json!({ "api_key_id": path.rsplit('/').next(), "scopes": ["member"] }).to_string()),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.key");
    let arguments = ["keys", "rotate", "old", "--project=p", "--yes", "--secret-file", file.to_str().unwrap()];
    let run = run(&server.base_url, &arguments).await;
    assert_eq!((run.code, run.stdout.as_str()), (Some(3), ""), "{run:?}");
    assert!(run.stderr.contains("both keys exist") && !run.stderr.contains("hush"), "{run:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "hush\n");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_rotation_whose_new_secret_cannot_be_kept_deletes_nothing() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut program = std::process::Command::new(crate::program::path());
    program.args(["keys", "rotate", seed::KEY_ID, "--yes"]).args(PROJECT).env_clear().stdout(full()).stderr(full());
    program.env("DEEPGRAM_API_KEY", seed::API_KEY).env("DEEPGRAM_BASE_URL", sandbox.base_url());
    let status = tokio::task::spawn_blocking(move || program.status().unwrap()).await.unwrap();
    assert_eq!(status.code(), Some(3));
    assert_eq!(methods(&sandbox.take_requests()), ["GET", "POST", "GET"]);
}

#[tokio::test]
async fn a_new_secret_that_the_fields_leave_out_is_not_made() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let create = [&["keys", "create", "--comment=c", "--scopes=usage:read", "--fields=comment"], &PROJECT[..]].concat();
    run(&sandbox.base_url(), &create).await.failed(2, "leaves out the new secret");
    assert_eq!(sandbox.take_requests(), []);
}

#[tokio::test]
async fn expiring_lists_the_keys_of_all_projects_that_expire_within_the_time_the_next_one_first() {
    let day = std::time::Duration::from_secs(86_400);
    let key = |id: &str, expires: Option<Timestamp>| json!({ "api_key_id": id, "expiration_date": expires });
    let now = Timestamp::now();
    let first = json!({ "api_keys": [
        key("in-29-days", Some(now + day * 29)), key("never", None), key("in-31-days", Some(now + day * 31)),
    ] });
    let second = json!({ "api_keys": [key("tomorrow", Some(now + day)), key("yesterday", Some(now - day))] });
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/v1/projects" => reply(r#"{"projects":[{"project_id":"p1","name":"one"},{"project_id":"p2"}]}"#),
        "/v1/projects/p1/keys" => reply(first.to_string()),
        _ => reply(second.to_string()),
    })
    .await;
    let found = run(&server.base_url, &["keys", "expiring", "--within", "30d"]).await.succeeded().json();
    let found: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|found| (&found["key"]["api_key_id"], &found["project"]["project_id"]))
        .collect();
    assert_eq!(found, [(&json!("tomorrow"), &json!("p2")), (&json!("in-29-days"), &json!("p1"))]);
    let csv = ["keys", "expiring", "--within=2d", "--output=csv", "--fields=key.api_key_id,project.project_id"];
    assert_eq!(
        run(&server.base_url, &csv).await.succeeded().stdout,
        "key.api_key_id,project.project_id\ntomorrow,p2\n"
    );
}

#[tokio::test]
async fn a_project_whose_keys_cannot_be_read_fails_the_list_of_expiring_keys() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/v1/projects" => reply(r#"{"projects":[{"project_id":"p1"},{"project_id":"p2"}]}"#),
        "/v1/projects/p1/keys" => reply(r#"{"api_keys":[]}"#),
        _ => crate::server::Reply::Bytes(crate::server::http_response("403 Forbidden", "", "{}")),
    })
    .await;
    run(&server.base_url, &["keys", "expiring"]).await.failed(1, "403");
}

#[tokio::test]
async fn a_chart_has_a_bar_of_each_day_in_proportion_and_the_data_without_rounding() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let period = ["--start=2026-09-01", "--end=2026-09-05"];
    for (by, path) in [("hours", "/usage"), ("dollars", "/billing/breakdown")] {
        let chart = |form| [&["usage", "chart", "--by", by, "--output", form], &period[..], &PROJECT].concat();
        sandbox.take_requests();
        let rows = run(&sandbox.base_url(), &chart("json")).await.succeeded().json();
        let seen = sandbox.take_requests();
        assert!(seen[0].path.ends_with(path) && seen.len() == 1, "{seen:?}");
        let rows = rows.as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]["start"]), (4, &json!("2026-09-01T00:00:00Z")));
        let bars = run(&sandbox.base_url(), &chart("table")).await.succeeded().stdout;
        let most = rows.iter().map(|row| row[by].as_f64().unwrap()).fold(0.0, f64::max);
        for (line, row) in bars.lines().zip(rows) {
            let cells: Vec<&str> = line.split(' ').collect();
            let amount = row[by].as_f64().unwrap();
            let length = format!("{:.0}", amount / most * 50.0);
            let bar = (cells[0], cells[1].chars().count().to_string());
            assert_eq!(bar, (&row["start"].as_str().unwrap()[..10], length));
            assert_eq!(cells[2].parse(), Ok(amount));
        }
        assert_eq!(bars.lines().count(), 4);
    }
    let none = [&["usage", "chart", "--output=table", "--start=2020-01-01", "--end=2020-01-02"], &PROJECT[..]].concat();
    assert_eq!(run(&sandbox.base_url(), &none).await.succeeded().stdout, "");
}

#[tokio::test]
async fn offboard_lists_the_keys_with_their_use_then_creates_successors_then_removes_the_member() {
    let sandbox = Sandbox::start_live().await.unwrap();
    sandbox.add_requests(seed::PROJECT_ID, 40);
    let offboard = [&["members", "offboard", seed::MEMBER_ID], &PROJECT[..]].concat();
    let listed = run(&sandbox.base_url(), &offboard).await.succeeded().json();
    let [used] = &listed["keys"].as_array().unwrap()[..] else { panic!("{listed}") };
    assert_eq!((&used["key"]["api_key_id"], &used["key"]["scopes"]), (&json!(seed::KEY_ID), &json!(["usage:write"])));
    assert!(used["last_request"].is_string(), "{used}");
    let seen = sandbox.take_requests();
    assert_eq!(methods(&seen), ["GET", "GET", "GET"]);
    assert!(
        seen[1..].iter().all(|seen| seen.query.as_deref().unwrap().contains(&format!("accessor={}", seed::KEY_ID)))
    );

    let folder = tempfile::tempdir().unwrap();
    let with_files = [&offboard[..], &["--secret-dir", folder.path().to_str().unwrap()]].concat();
    let created = run(&sandbox.base_url(), &with_files).await.succeeded();
    let file = folder.path().join(seed::KEY_ID);
    let secret = fs::read_to_string(&file).unwrap();
    assert!(!format!("{created:?}").contains(secret.trim_end()), "{created:?}");
    let seen = sandbox.take_requests();
    assert_eq!(methods(&seen), ["GET", "GET", "GET", "GET", "POST", "GET"]);
    assert_eq!(seen[4].json()["scopes"], json!(["usage:write"]));
    // Once more: the successor of the old key is not made again. That of the successor is, as the member owns it as well.
    let successor = created.stderr.lines().find_map(|line| line.strip_prefix("new key ")).unwrap();
    fs::write(folder.path().join(successor), "kept").unwrap();
    let again = run(&sandbox.base_url(), &with_files).await.succeeded();
    assert!(again.stderr.contains("has a successor already"), "{again:?}");
    assert!(sandbox.take_requests().iter().all(|seen| seen.method == "GET"));
    assert_eq!(fs::read_to_string(&file).unwrap(), secret);

    let removal = [&offboard[..], &["--remove"]].concat();
    let asked = run(&sandbox.base_url(), &removal).await;
    assert!(asked.code == Some(2) && asked.stderr.contains("disable 2 keys? There is no terminal"), "{asked:?}");
    assert!(sandbox.take_requests().iter().all(|seen| seen.method == "GET"));
    run(&sandbox.base_url(), &[&removal[..], &["--yes"]].concat()).await.succeeded();
    let seen = sandbox.take_requests();
    let last = seen.last().unwrap();
    assert_eq!((last.method.as_str(), last.path.ends_with(seed::MEMBER_ID)), ("DELETE", true));
}

#[tokio::test]
async fn offboard_makes_no_file_outside_of_its_folder_and_names_keys_without_an_owner() {
    let server = Server::start(|seen| {
        let keys = r#"{"api_keys":[
            {"member":{"member_id":"M-1"},"api_key":{"api_key_id":"../../evil","scopes":["member"]}},
            {"api_key":{"api_key_id":"nobodys"}}
        ]}"#;
        match seen.path.rsplit('/').next() {
            Some("keys") => reply(keys),
            Some("requests") => reply(r#"{"requests":[]}"#),
            _ => reply(r#"{"results":[]}"#),
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["members", "offboard", "m1", "--project=p", "--secret-dir", folder.path().to_str().unwrap()];
    let run = run(&server.base_url, &arguments).await;
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("does not say who created these keys: nobodys"), "{run:?}");
    assert!(run.stderr.ends_with("the id ../../evil cannot be the name of a file\n"), "{run:?}");
    assert!(server.seen().iter().all(|seen| seen.method == "GET"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn remove_warns_of_the_keys_that_it_disables_and_says_so_when_they_are_not_known() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let remove = [&["members", "remove", seed::MEMBER_ID, "--yes"], &PROJECT[..]].concat();
    let removed = run(&sandbox.base_url(), &remove).await.succeeded();
    assert!(removed.stderr.starts_with("this disables the key {"), "{removed:?}");
    assert!(removed.stderr.contains(seed::KEY_ID) && removed.stderr.ends_with("done\n"), "{removed:?}");
    assert_eq!(removed.stdout, "");
    let server = Server::start(|seen| match seen.method.as_str() {
        "DELETE" => reply("{}"),
        _ => crate::server::Reply::Bytes(crate::server::http_response("403 Forbidden", "", "{}")),
    })
    .await;
    let removed = run(&server.base_url, &["members", "remove", "m", "--yes", "--project=p"]).await.succeeded();
    assert!(removed.stderr.starts_with("which keys this disables is not known: list_project_keys: 403"), "{removed:?}");
}
