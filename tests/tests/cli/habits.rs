//! The habits of the program: the project that is meant, questions before deletions, and exit codes.

use deepgram_mgmt_sandbox::{Sandbox, seed};

use crate::program::{Setting, path, run, run_in};
use crate::server::{Reply, Server, http_response, json as reply};

#[tokio::test]
async fn the_project_is_the_option_or_the_variable_or_the_only_one_there_is() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/v1/projects" => reply(r#"{"projects":[{"project_id":"only"}]}"#),
        _ => reply(r#"{"members":[]}"#),
    })
    .await;
    let named = [("DEEPGRAM_PROJECT_ID", "variable")];
    for (arguments, variables, project) in [
        (&["--project=option"][..], &named[..], "option"),
        (&[], &named, "variable"),
        (&[], &[], "only"),
        (&[], &[("DEEPGRAM_PROJECT_ID", "")], "only"),
    ] {
        let arguments = [&["members", "list"], arguments].concat();
        let setting = Setting { variables, ..Setting::default() };
        run_in(&server.base_url, &arguments, setting).await.succeeded();
        assert_eq!(server.seen().last().unwrap().path, format!("/v1/projects/{project}/members"));
    }
}

#[tokio::test]
async fn of_several_projects_none_is_guessed_and_none_is_deleted_by_default() {
    let sandbox = Sandbox::start_live().await.unwrap();
    run(&sandbox.base_url(), &["members", "list"]).await.failed(2, "name one with --project");
    let server = Server::start(|_| reply(r#"{"projects":[{"project_id":"only"}]}"#)).await;
    for command in ["delete", "leave"] {
        let refused = run(&server.base_url, &["projects", command, "--yes"]).await;
        assert_eq!(refused.code, Some(2));
        assert!(refused.stderr.contains("not provided:\n  --project <PROJECT_ID>\n"), "{}", refused.stderr);
        let help = run(&server.base_url, &["projects", command, "--help"]).await.succeeded().stdout;
        let usage = format!("Usage: deepgram-mgmt projects {command} [OPTIONS] --project <PROJECT_ID>");
        assert!(help.contains(&usage) && !help.contains("[default: DEEPGRAM_PROJECT_ID"), "{help}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_credential_that_may_not_list_the_projects_is_told_to_name_one() {
    let forbidden = || Reply::Bytes(http_response("403 Forbidden", "dg-request-id: r-1\r\n", "{}"));
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/v1/projects" => forbidden(),
        _ => reply(r#"{"members":[]}"#),
    })
    .await;
    let list = run(&server.base_url, &["members", "list"]).await;
    list.failed(1, "list_projects: 403 Forbidden (request id r-1); name one with --project or DEEPGRAM_PROJECT_ID");
    run(&server.base_url, &["members", "list", "--project=p"]).await.succeeded();
    let seen: Vec<String> = server.seen().into_iter().map(|seen| seen.path).collect();
    assert_eq!(seen, ["/v1/projects", "/v1/projects/p/members"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_project_in_the_environment_that_is_no_text_is_an_error_and_nothing_is_sent() {
    use std::os::unix::ffi::OsStrExt as _;

    let server = Server::start(|_| Reply::Bytes(http_response("404 Not Found", "", "{}"))).await;
    let mut command = std::process::Command::new(path());
    command.args(["members", "list"]).env_clear().env("DEEPGRAM_API_KEY", "k");
    command.env("DEEPGRAM_BASE_URL", &server.base_url);
    command.env("DEEPGRAM_PROJECT_ID", std::ffi::OsStr::from_bytes(b"p\xff"));
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "deepgram-mgmt: DEEPGRAM_PROJECT_ID is no UTF-8 text\n");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_deletion_without_a_terminal_wants_yes() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let delete = ["keys", "delete", seed::KEY_ID, "--project", seed::PROJECT_ID];
    // A yes on the standard input of a script is no terminal's.
    let piped = run_in(&sandbox.base_url(), &delete, Setting { input: "y\n", ..Setting::default() }).await;
    piped.failed(2, "repeat it with --yes");
    assert_eq!(sandbox.take_requests(), []);
    let deleted = run(&sandbox.base_url(), &[&delete[..], &["--yes"]].concat()).await.succeeded();
    assert_eq!((deleted.stdout.as_str(), deleted.stderr.as_str()), ("", "done\n"));
    let seen = sandbox.take_requests();
    assert_eq!((seen.len(), seen[0].method.as_str()), (1, "DELETE"));
    run(&sandbox.base_url(), &["keys", "get", seed::KEY_ID, "--project", seed::PROJECT_ID]).await.failed(1, "404");
}

#[tokio::test]
async fn exit_codes_tell_a_rejection_from_a_call_that_may_have_been_done() {
    let status = |status: &'static str| Reply::Bytes(http_response(status, "dg-request-id: r-1\r\n", "{}"));
    let text = |body: &str| Reply::Bytes(http_response("404 Not Found", "dg-request-id: r-1\r\n", body));
    let get = ["keys", "get", "k", "--project=p"];
    let create = ["keys", "create", "--comment=c", "--scopes=member", "--project=p"];
    for (arguments, response, code, said) in [
        (&get[..], status("403 Forbidden"), 1, "get_project_key: 403 Forbidden (request id r-1)"),
        (&get, status("302 Found"), 1, "unexpected status 302 Found (request id r-1)"),
        (&get, reply("[]"), 1, "was not understood"),
        (
            &get,
            text("UUID parsing failed: \u{1b}[2Jinvalid\nlength"),
            1,
            "404 Not Found (request id r-1): UUID parsing failed:  [2Jinvalid length",
        ),
        (
            &["keys", "rotate", "k", "--project=p", "--yes"],
            text("UUID parsing failed"),
            1,
            "404 Not Found (request id r-1): UUID parsing failed; no new key was made and the old key k was not touched\n",
        ),
        (&get, text("<html>no</html>"), 1, "404 Not Found (request id r-1)\n"),
        (&create, status("400 Bad Request"), 1, "create_project_key: 400 Bad Request (request id r-1)"),
        (&create, status("503 Service Unavailable"), 3, "503 Service Unavailable (request id r-1)"),
        (&create, Reply::Reset, 3, "the connection broke"),
        (&create, reply("{}"), 3, "was not understood"),
    ] {
        let server = Server::start(move |_| response.clone()).await;
        run(&server.base_url, arguments).await.failed(code, said);
        assert!(!server.seen().is_empty());
    }
    let refusing = Server::refusing().await;
    run(&refusing.base_url, &create).await.failed(1, "cannot connect");
}

#[tokio::test]
async fn without_a_terminal_nothing_is_coloured() {
    let sandbox = Sandbox::start_live().await.unwrap();
    let arguments = ["keys", "list", "-v", "--project", seed::PROJECT_ID];
    for arguments in [&arguments[..], &["--help"], &["keys", "--frobnicate"]] {
        let run = run(&sandbox.base_url(), arguments).await;
        assert!(!run.stdout.contains('\u{1b}') && !run.stderr.contains('\u{1b}'), "{run:?}");
    }
}
