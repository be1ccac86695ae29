//! New secrets: shown once, where it was asked for, and nowhere else.

use std::fs;
use std::path::Path;

use deepgram_mgmt_sandbox::{Sandbox, seed};
use serde_json::json;

use crate::program::{path, run};
use crate::server::{Reply, Server, http_response, json as reply};

const CREATE: [&str; 6] = ["keys", "create", "--comment=ci", "--scopes=usage:read", "--project", seed::PROJECT_ID];

/// Whether a credential opens the sandbox.
async fn opens(sandbox: &Sandbox, secret: &str) -> bool {
    let request = reqwest::Client::new().get(format!("{}/v1/projects", sandbox.base_url()));
    request.header("authorization", format!("Token {secret}")).send().await.unwrap().status() == 200
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions()) & 0o777
}

#[tokio::test]
async fn a_new_key_is_on_standard_output_once_and_not_on_standard_error() {
    let sandbox = Sandbox::start_live().await.unwrap();
    for form in ["json", "ndjson", "csv", "table"] {
        let run = run(&sandbox.base_url(), &[&CREATE[..], &["--verbose", "--output", form]].concat()).await.succeeded();
        let start =
            run.stdout.find("-sandbox-key").map(|end| run.stdout[..end].rfind(['"', ',', ' ', '\n']).unwrap() + 1);
        let secret: String =
            run.stdout[start.unwrap()..].chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
        assert!(opens(&sandbox, &secret).await, "{secret}");
        assert_eq!(run.stdout.matches(&secret).count(), 1, "{run:?}");
        assert!(!run.stderr.contains(&secret) && run.stderr.contains("status=200"), "{run:?}");
    }
}

#[tokio::test]
async fn a_secret_file_has_the_key_for_its_owner_alone_and_the_streams_do_not() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.key");
    let arguments = [&CREATE[..], &["--verbose", "--secret-file", file.to_str().unwrap()]].concat();
    let created = run(&sandbox.base_url(), &arguments).await.succeeded();
    let secret = fs::read_to_string(&file).unwrap();
    assert!(opens(&sandbox, secret.trim_end()).await);
    assert!(!format!("{created:?}").contains(secret.trim_end()), "{created:?}");
    assert_eq!((&created.json()["key"], secret.ends_with('\n')), (&"…".into(), true));
    #[cfg(unix)]
    assert_eq!(mode(&file), 0o600);

    // It is not overwritten, and no key is made that cannot be kept.
    sandbox.take_requests();
    run(&sandbox.base_url(), &arguments).await.failed(2, "new.key: exists, and a secret overwrites no file");
    assert_eq!((fs::read_to_string(&file).unwrap(), sandbox.take_requests()), (secret, vec![]));
}

#[tokio::test]
async fn a_call_that_fails_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.key");
    for (response, code) in [
        (Reply::Bytes(http_response("400 Bad Request", "", r#"{"err_msg":"no"}"#)), 1),
        // The server may have done it.
        (Reply::Reset, 3),
        (reply(r#"{"api_key_id":"k"}"#), 3),
    ] {
        let server = Server::start(move |_| response.clone()).await;
        let run = run(&server.base_url, &[&CREATE[..], &["--secret-file", file.to_str().unwrap()]].concat()).await;
        run.failed(code, "create_project_key");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert_eq!(server.seen().len(), 1);
    }
}

#[tokio::test]
async fn the_other_secrets_have_files_too_and_one_that_is_not_new_does_not_print() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    let path = file.to_str().unwrap();
    let grant = run(&sandbox.base_url(), &["auth", "grant", "--secret-file", path]).await.succeeded();
    let token = fs::read_to_string(&file).unwrap();
    assert!(token.len() > 10 && !grant.stdout.contains(token.trim_end()), "{grant:?}");

    let server = Server::start(|_| {
        reply(r#"{"distribution_credentials":{"distribution_credentials_id":"d","secret":"hush"},"member":{}}"#)
    })
    .await;
    let arguments = ["distribution-credentials", "get", "d", "--project=p"];
    let got = run(&server.base_url, &arguments).await.succeeded();
    assert!(got.stdout.contains("\"d\"") && !got.stdout.contains("hush"), "{got:?}");
}

#[tokio::test]
async fn a_dry_run_that_names_a_secret_file_makes_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.key");
    let arguments = [&CREATE[..], &["--dry-run", "--secret-file", file.to_str().unwrap()]].concat();
    let shown = run("http://127.0.0.1:1", &arguments).await.succeeded();
    assert!(
        shown.stdout.ends_with("{\"comment\":\"ci\",\"scopes\":[\"usage:read\"]}\n") && !file.exists(),
        "{shown:?}"
    );
}

#[tokio::test]
async fn a_file_that_comes_there_during_the_call_is_kept_and_so_is_the_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.key");
    let other = file.clone();
    let server = Server::start(move |_| {
        fs::write(&other, "another's").unwrap();
        reply(r#"{"api_key_id":"k","key":"hush"}"#)
    })
    .await;
    let run = run(&server.base_url, &[&CREATE[..], &["--secret-file", file.to_str().unwrap()]].concat()).await;
    run.failed(3, "; the secret is in ");
    let kept = Path::new(run.stderr.trim_end().rsplit(' ').next().unwrap());
    assert_eq!(
        (fs::read_to_string(&file).unwrap().as_str(), fs::read_to_string(kept).unwrap().as_str()),
        ("another's", "hush\n")
    );
    #[cfg(unix)]
    assert_eq!(mode(kept), 0o600);
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_that_is_killed_during_the_call_leaves_no_file_of_that_name() {
    let server = Server::start(|_| Reply::Stall).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.key");
    let mut program = std::process::Command::new(path());
    program.args(CREATE).arg("--secret-file").arg(&file).env_clear();
    program.env("DEEPGRAM_API_KEY", seed::API_KEY).env("DEEPGRAM_BASE_URL", &server.base_url);
    let mut program = program.stderr(std::process::Stdio::null()).spawn().unwrap();
    while server.seen().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    program.kill().unwrap();
    program.wait().unwrap();
    assert!(!file.exists());
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_secret_that_no_output_takes_is_an_error_that_names_the_cause_and_the_id_to_delete() {
    let credentials =
        r#"{"distribution_credentials":{"distribution_credentials_id":"new-7","secret":"hush"},"member":{}}"#;
    let key = r#"{"api_key_id":"new-7","key":"hush","scopes":["usage:read"]}"#;
    let token = r#"{"access_token":"hush","expires_in":30}"#;
    for (arguments, response, end) in [
        (&["keys", "create", "--comment=c", "--scopes=usage:read"][..], key, ": delete new-7\n"),
        (
            &["keys", "rotate", "old", "--yes"],
            key,
            ": delete new-7; the new key new-7 exists, the old key old was not touched\n",
        ),
        (&["distribution-credentials", "create", "--provider=quay"], credentials, ": delete new-7\n"),
        (&["auth", "grant"], token, "\n"),
    ] {
        let server = Server::start(move |seen| match (seen.method.as_str(), seen.path.rsplit('/').next()) {
            ("POST", _) => reply(response),
            (_, id) => reply(json!({ "api_key_id": id, "scopes": ["usage:read"] }).to_string()),
        })
        .await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        for (secret_file, cause) in [
            (None, "standard output: No space left on device (os error 28)".to_owned()),
            (Some(&file), format!("{}: File too large (os error 27)", file.display())),
        ] {
            // A file that takes no byte, as on a full disk.
            let mut command = std::process::Command::new("sh");
            command
                .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh"])
                .arg(path())
                .args(arguments)
                .env_clear();
            if let Some(file) = secret_file {
                command.arg("--secret-file").arg(file);
            } else {
                command.stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
            }
            command.env("DEEPGRAM_API_KEY", "k").env("DEEPGRAM_BASE_URL", &server.base_url);
            command.env("DEEPGRAM_PROJECT_ID", "p");
            let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert!(stderr.ends_with(&format!("{cause}; the new secret is lost{end}")), "{stderr}");
            assert_eq!((output.status.code(), stderr.contains("hush")), (Some(3), false), "{stderr}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
            let changes = server.seen().into_iter().filter(|seen| seen.method != "GET").count();
            assert_eq!(changes, if secret_file.is_some() { 2 } else { 1 });
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn no_secret_is_made_that_a_closed_output_or_dev_null_would_lose() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.key");
    for output in ["exec \"$@\" >&-", "exec \"$@\" >/dev/null"] {
        for (arguments, is_made) in [
            (&CREATE[..], false),
            (&["keys", "rotate", seed::KEY_ID, "--yes", "--project", seed::PROJECT_ID], false),
            (&["auth", "grant"], false),
            (&[&CREATE[..], &["--secret-file", file.to_str().unwrap()]].concat(), true),
        ] {
            let mut command = std::process::Command::new("sh");
            command.args(["-c", output, "sh"]).arg(path()).args(arguments).env_clear();
            command.env("DEEPGRAM_API_KEY", seed::API_KEY).env("DEEPGRAM_BASE_URL", sandbox.base_url());
            let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(if is_made { 0 } else { 2 }), "{arguments:?}: {stderr}");
            assert_eq!(stderr.contains("a new secret is shown once: add --secret-file"), !is_made, "{stderr}");
            assert_eq!(sandbox.take_requests().len(), usize::from(is_made), "{arguments:?}");
        }
        fs::remove_file(&file).unwrap();
    }
}

#[tokio::test]
async fn a_secret_file_that_is_no_name_of_a_file_is_an_error_before_the_call() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let none = format!("{}/new/", folder.path().display());
    run(&sandbox.base_url(), &[&CREATE[..], &["--secret-file", &none]].concat())
        .await
        .failed(2, "is no name of a file");
    for command in [&[&CREATE[..], &["--secret-file", "-"]].concat()[..], &["requests", "export", "-"]] {
        let run = run(&sandbox.base_url(), command).await;
        assert!(run.code == Some(2) && run.stderr.contains("name a file; this one is `./-`"), "{run:?}");
    }
    assert_eq!((sandbox.take_requests(), fs::read_dir(folder.path()).unwrap().count()), (vec![], 0));
}

#[tokio::test]
async fn a_secret_within_an_entry_does_not_print() {
    let item = r#"{"member":{},"distribution_credentials":{"distribution_credentials_id":"d","secret":"hush"}}"#;
    let server = Server::start(move |_| reply(format!(r#"{{"distribution_credentials":[{item},{item}]}}"#))).await;
    for form in ["json", "ndjson", "csv", "table"] {
        let arguments = ["distribution-credentials", "list", "--project=p", "--output", form];
        let run = run(&server.base_url, &arguments).await.succeeded();
        assert_eq!((run.stdout.matches('…').count(), run.stdout.contains("hush")), (2, false), "{run:?}");
    }
    assert_eq!(server.seen().len(), 4);
}

#[tokio::test]
async fn what_a_server_sends_under_the_name_of_a_secret_where_the_document_has_none_prints_in_no_form() {
    let unknown =
        json!({ "secret": "hush-1", "access_token": ["hush-2"], "odd": [{ "key": "hush-3", "secret": 4711 }] });
    let more = unknown.as_object().unwrap().clone();
    let with = move |known: serde_json::Value| {
        known.as_object().unwrap().clone().into_iter().chain(more.clone()).collect::<serde_json::Value>()
    };
    let key = with(json!({
        "api_key_id": "k", "key": "sand****", "scopes": ["member"], "expiration_date": "2026-11-30",
        "member": with(json!({ "member_id": "m", "key": "hush-4" })),
    }));
    let member = with(json!({ "member_id": "m", "key": "hush-5" }));
    let unowned = json!({ "api_key_id": "u", "key": "none****" });
    let server = Server::start(move |seen| match seen.path.rsplit('/').next() {
        Some("projects") => reply(with(json!({ "projects": [with(json!({ "project_id": "p" }))] })).to_string()),
        Some("members") => reply(with(json!({ "members": [member] })).to_string()),
        Some("keys") => reply(with(json!({ "api_keys": [key, unowned] })).to_string()),
        Some("k") => reply(key.to_string()),
        Some("requests") => {
            reply(with(json!({ "page": 0, "requests": [with(json!({ "request_id": "r" }))] })).to_string())
        }
        Some("token") => reply(unknown.to_string()),
        _ => reply(with(json!({ "results": [] })).to_string()),
    })
    .await;
    for command in [
        &["projects", "list"][..],
        &["members", "list", "--project=p"],
        &["keys", "list", "--project=p"],
        &["keys", "get", "k", "--project=p"],
        &["keys", "expiring", "--within=9999w"],
        &["members", "offboard", "m", "--project=p"],
        &["requests", "list", "--project=p"],
        &["usage", "get", "--project=p"],
        &["auth", "whoami"],
    ] {
        for form in ["json", "ndjson", "csv", "table"] {
            let printed =
                run(&server.base_url, &[command, &["--verbose", "--output", form]].concat()).await.succeeded();
            assert!(!format!("{printed:?}").contains("hush") && !printed.stdout.contains("4711"), "{printed:?}");
            assert!(form != "json" || printed.stdout.contains('…'), "{printed:?}");
        }
    }
    // The document has this one, as a value that its server has masked.
    for command in [&["keys", "get", "k"][..], &["keys", "list"], &["keys", "expiring", "--within=9999w"]] {
        let arguments = [command, if command[1] == "expiring" { &[] } else { &["--project=p"] }].concat();
        assert!(run(&server.base_url, &arguments).await.succeeded().stdout.contains("sand****"), "{command:?}");
    }
    let offboard = run(&server.base_url, &["members", "offboard", "m", "--project=p"]).await.succeeded().json();
    assert_eq!([&offboard["keys"][0]["key"]["key"], &offboard["unowned"][0]["key"]], ["sand****", "none****"]);
}

#[tokio::test]
async fn a_credential_that_is_given_for_an_id_does_not_print_in_the_error_of_a_rotation() {
    let server = Server::start(|_| Reply::Bytes(http_response("404 Not Found", "", "{}"))).await;
    let run = run(&server.base_url, &["keys", "rotate", seed::API_KEY, "--project=p", "--yes"]).await;
    run.failed(1, "no new key was made and the old key … was not touched");
    assert!(!run.stderr.contains(seed::API_KEY), "{run:?}");
    assert!(server.seen()[0].path.ends_with(seed::API_KEY));
}
