//! Where the credential comes from, and that it is printed nowhere.

use std::fs;

use crate::program::{Run, Setting, run_in};
use crate::server::{Reply, Server, http_response, json as reply};

async fn server() -> Server {
    Server::start(|_| reply(r#"{"projects":[]}"#)).await
}

async fn list(server: &Server, arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Run {
    let arguments = [&["projects", "list", "--verbose"], arguments].concat();
    run_in(&server.base_url, &arguments, Setting { variables, input }).await
}

#[tokio::test]
async fn a_key_comes_from_the_environment_a_file_or_standard_input_and_prints_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    fs::write(&file, "hush-file\r\n").unwrap();
    let file = file.to_str().unwrap();
    let bearer = [("DEEPGRAM_AUTH_SCHEME", "bearer")];
    for (arguments, variables, input, sent) in [
        (&[][..], &[("DEEPGRAM_API_KEY", "hush-env")][..], "", "Token hush-env"),
        (&["--api-key-file", file], &[], "", "Token hush-file"),
        (&["--api-key-file", file], &bearer, "", "Bearer hush-file"),
        (&["--api-key-file", "-"], &[("DEEPGRAM_API_KEY", "")], "hush-input\n", "Token hush-input"),
        (&["--api-key-file", "-"], &[], "\u{feff}hush-mark\r\n", "Token hush-mark"),
    ] {
        let server = server().await;
        let run = list(&server, arguments, variables, input).await.succeeded();
        assert_eq!(server.seen()[0].header("authorization"), Some(sent));
        assert!(run.stderr.contains("attempt=1") && run.stderr.contains("/v1/projects"), "{run:?}");
        assert!(!format!("{run:?}").contains("hush"), "{run:?}");
    }
}

#[tokio::test]
async fn a_key_that_cannot_be_used_is_one_line_and_exit_code_2_and_nothing_is_sent() {
    let server = server().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("none");
    let file = file.to_str().unwrap();
    let no_key = [("DEEPGRAM_API_KEY", "")];
    for (arguments, variables, input, said) in [
        (&[][..], &no_key[..], "", "nor DEEPGRAM_ACCESS_TOKEN is set; an empty one counts as unset"),
        (&["--api-key-file", file], &[], "", "none: No such file"),
        (
            &["--api-key-file", "-"],
            &[],
            "hush hush\n",
            "standard input: holds no API key, which is one line, without white space",
        ),
        (&[], &[("DEEPGRAM_API_KEY", "hush hush")], "", "DEEPGRAM_API_KEY is empty, or holds white space"),
        (&["--api-key-file", "-"], &[], "", "standard input: holds no API key"),
        (&["--api-key-file", "/dev/null"], &[], "", "/dev/null: holds no API key"),
        // It has no end.
        (&["--api-key-file", "/dev/zero"], &[], "", "/dev/zero: holds no API key"),
        (&["--api-key-file", "-"], &[], &"hush".repeat(20_000), "standard input: holds no API key"),
        (&[], &[("DEEPGRAM_AUTH_SCHEME", "basic")], "", "DEEPGRAM_AUTH_SCHEME is neither"),
        (
            &[],
            &[("DEEPGRAM_BASE_URL", "http://hush.example.com")],
            "",
            "(DEEPGRAM_BASE_URL or ClientBuilder::base_url) is http://",
        ),
        (
            &[],
            &[("DEEPGRAM_BASE_URL", "hush.example.com")],
            "",
            "base_url) is not a URL: write it with https:// in front",
        ),
        (
            &[],
            &[("DEEPGRAM_BASE_URL", "hush:8080")],
            "",
            "DEEPGRAM_BASE_URL or ClientBuilder::base_url) does not begin with https://",
        ),
    ] {
        let run = list(&server, arguments, variables, input).await;
        run.failed(2, said);
        assert!(!run.stderr.contains("hush"), "{run:?}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_server_that_repeats_the_credential_does_not_make_the_program_print_it() {
    let server = Server::start(|_| {
        let body = r#"{"err_code":"INVALID_AUTH","err_msg":"the key hush-env is\nnot valid","request_id":"r1"}"#;
        Reply::Bytes(http_response("401 Unauthorized", "", body))
    })
    .await;
    let run = run_in(
        &server.base_url,
        &["projects", "list"],
        Setting { variables: &[("DEEPGRAM_API_KEY", "hush-env")], ..Setting::default() },
    );
    let run = run.await;
    run.failed(1, "INVALID_AUTH: the key … is not valid (request id r1)");
    assert!(!run.stderr.contains("hush"), "{run:?}");
}
