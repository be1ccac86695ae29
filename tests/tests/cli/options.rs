//! The options of every operation: each becomes the part of the request that the table names.

use std::collections::BTreeSet;
#[cfg(unix)]
use std::{io::Write as _, process::Stdio};

use deepgram_mgmt::operations::{self, Kind, Location, OPERATIONS, Parameter};
use reqwest::Url;
use serde_json::{Value, json};

use crate::program::{Setting, parts, run, run_in};
use crate::server::{Reply, Server, http_response, json as reply};

const PROJECT: &str = "--project=a project";

/// A value as the command line has it, and as JSON.
fn sample(parameter: &Parameter) -> (String, Value) {
    let text = |text: &str| (text.to_owned(), json!(text));
    match (parameter.known_values.first(), parameter.kind) {
        (Some(known), _) => text(known),
        (None, Kind::Integer) => ("7".to_owned(), json!(7)),
        (None, Kind::Boolean) => ("true".to_owned(), json!(true)),
        (None, Kind::Timestamp) => ("2026-01-02".to_owned(), json!("2026-01-02T00:00:00Z")),
        (None, Kind::Text) if parameter.name == "email" => text("ada+b@example.com"),
        (None, Kind::Text) => text("a b&c=d é"),
        (None, other) => panic!("{other:?} has no sample: {parameter:?}"),
    }
}

#[tokio::test]
async fn every_option_of_every_operation_is_in_the_request_that_a_dry_run_prints_and_nothing_is_sent() {
    let server = Server::start(|_| reply("{}")).await;
    for row in OPERATIONS {
        let mut arguments = vec![row.group.to_owned(), row.command.to_owned(), "--dry-run".to_owned()];
        let (mut query, mut body, mut path) = (BTreeSet::new(), json!({}), row.path.to_owned());
        for parameter in row.parameters.iter().chain(row.body.unwrap_or_default()) {
            let (text, value) = sample(parameter);
            match parameter.location {
                Location::Path if parameter.name == "project_id" => {
                    arguments.push(PROJECT.to_owned());
                    path = path.replace("{project_id}", "a project");
                }
                Location::Path => {
                    arguments.push(text.clone());
                    path = path.replace(&format!("{{{}}}", parameter.name), &text);
                }
                Location::Query => {
                    arguments.push(format!("--{}={text}", parameter.option));
                    let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    query.insert((parameter.name.to_owned(), value));
                }
                Location::Body if parameter.is_list => {
                    // By commas, and by repetition.
                    arguments
                        .extend([format!("--{}=one,two", parameter.option), format!("--{}=three", parameter.option)]);
                    body[parameter.name] = json!(["one", "two", "three"]);
                }
                Location::Body => {
                    arguments.push(format!("--{}={text}", parameter.option));
                    body[parameter.name] = value;
                }
                other => panic!("{other:?}"),
            }
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = run(&server.base_url, &arguments).await.succeeded();
        let (line, sent) = run.stdout.trim_end().split_once('\n').unwrap_or((run.stdout.trim_end(), ""));
        let (method, url) = line.split_once(' ').unwrap();
        let url = Url::parse(url).unwrap();
        let found: BTreeSet<(String, String)> = url.query_pairs().into_owned().collect();
        let decoded = percent_encoding::percent_decode_str(url.path()).decode_utf8().unwrap();
        assert_eq!((method, &*decoded, found), (row.method, path.as_str(), query), "{arguments:?}");
        assert_eq!(sent.is_empty(), row.body.is_none(), "{run:?}");
        if row.body.is_some() {
            assert_eq!(serde_json::from_str::<Value>(sent).unwrap(), body, "{arguments:?}");
        }
        assert_eq!(run.stderr, "", "{arguments:?}");
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_dry_run_needs_no_credential_and_sends_nothing_to_find_the_project() {
    let server = Server::start(|_| reply(r#"{"projects":[{"project_id":"p"}]}"#)).await;
    let no_key = Setting { variables: &[("DEEPGRAM_API_KEY", "")], ..Setting::default() };
    let shown = run_in(&server.base_url, &["keys", "list", "--dry-run", "--project", "p"], no_key).await.succeeded();
    assert_eq!(shown.stdout, format!("GET {}/v1/projects/p/keys\n", server.base_url));
    run(&server.base_url, &["keys", "list", "--dry-run"]).await.failed(2, "name it with --project");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn without_a_project_the_only_one_is_found_and_of_several_the_first_are_named() {
    for (count, said) in [
        (0, "the credential opens no project; name one with --project or DEEPGRAM_PROJECT_ID"),
        (2, "the credential opens 2 projects: p0, p1; name one with --project or DEEPGRAM_PROJECT_ID"),
        (4, "the credential opens 4 projects: p0, p1, p2, …; name one with --project or DEEPGRAM_PROJECT_ID"),
    ] {
        let projects: Vec<Value> = (0..count).map(|number| json!({ "project_id": format!("p{number}") })).collect();
        let projects = json!({ "projects": projects }).to_string();
        let server = Server::start(move |_| reply(&projects)).await;
        for command in [&["keys", "list"][..], &["keys", "rotate", "k", "--dry-run"], &["members", "offboard", "m"]] {
            run(&server.base_url, command).await.failed_last(2, said);
        }
        assert!(server.seen().iter().all(|seen| seen.path == "/v1/projects"));
    }
    let forbidden = Server::start(|_| Reply::Bytes(http_response("403 Forbidden", "", "{}"))).await;
    let said = "list_projects: 403 Forbidden; name one with --project or DEEPGRAM_PROJECT_ID";
    run(&forbidden.base_url, &["keys", "list"]).await.failed(1, said);
}

#[tokio::test]
async fn a_flag_takes_its_value_after_an_equals_sign_or_a_space() {
    let server = Server::start(|_| reply(r#"{"results":[]}"#)).await;
    for (words, value) in [
        (&["--diarize"][..], "true"),
        (&["--diarize", "true"], "true"),
        (&["--diarize=false"], "false"),
        (&["--diarize", "--model=m"], "true"),
    ] {
        run(&server.base_url, &[&["usage", "get", "--project=p"], words].concat()).await.succeeded();
        assert_eq!(server.seen().last().unwrap().asked("diarize"), Some(value), "{words:?}");
    }
}

#[tokio::test]
async fn a_change_that_may_have_been_made_names_the_command_that_shows_it() {
    for (command, look) in [
        (&["keys", "create", "--comment=c", "--scopes=member"][..], "created: look at `keys list`"),
        (&["projects", "update", "--name=n"], "done: look at `projects list`"),
        (&["keys", "delete", "k", "--yes"], "done: look at `keys list`"),
    ] {
        let unavailable = || Reply::Bytes(http_response("503 Service Unavailable", "retry-after: 0\r\n", "{}"));
        for respond in [unavailable, || Reply::Reset] {
            let server = Server::start(move |_| respond()).await;
            let run = run(&server.base_url, &[command, &["--project=p"]].concat()).await;
            run.failed(3, &format!("; it may have been {look} before you repeat it\n"));
            assert!(!server.seen().is_empty());
        }
    }
    // It was not made.
    let server = Server::start(|_| Reply::Bytes(http_response("403 Forbidden", "", "{}"))).await;
    let run = run(&server.base_url, &["keys", "create", "--comment=c", "--scopes=member", "--project=p"]).await;
    run.failed(1, "create_project_key: 403 Forbidden\n");
}

#[tokio::test]
async fn wrong_options_are_exit_code_2_and_send_nothing() {
    let server = Server::start(|_| reply("{}")).await;
    for (arguments, said) in [
        (&["keys", "frobnicate"][..], "frobnicate"),
        (&["keys", "list", "--frobnicate"], "--frobnicate"),
        (&["keys", "create", "--project=p", "--comment=c"], "--scopes"),
        (&["keys", "get", "--project=p"], "<KEY_ID>"),
        (&["keys", "list", "--project=p", "--output=xml"], "xml"),
        (&["projects", "get", "--project=p", "--limit=many"], "--limit: expected a whole number, found `many`"),
        (&["projects", "get", "--project=p", "--limit=0"], "limit"),
        (
            &["requests", "list", "--project=p", "--start=yesterday"],
            "--start: `yesterday` is not a date or a date and time",
        ),
        (&["requests", "list", "--project=p", "--page=-1"], "`-1`, expected a whole number from 0\n"),
        (&["projects", "update", "--project=p"], "nothing to change: give at least one of --name, --company"),
        (&["projects", "update", "--project=p", "--dry-run"], "nothing to change: give at least one of --name"),
        (&["requests", "list", "--project=p", "--all", "--limit=0"], "expected a whole number from 1\n"),
        (&["usage", "get", "--project=p", "--diarize=maybe"], "maybe"),
        (&["usage", "chart", "--project=p", "--end=soon"], "'--end <TIME>': is not a date"),
        (&["keys", "get", "--project=p", ".."], "`key_id` is `.` or `..`"),
        (&["keys", "get", "--project=../x", "k"], "`project_id` holds `/`"),
        (&["keys", "expiring", "--within=30"], "expected a number of weeks, days or hours"),
        (&["keys", "list", "--project=p", "--fields"], "--fields"),
        (&["completions", "sh"], "sh"),
    ] {
        let run = run(&server.base_url, arguments).await;
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?} {run:?}");
        assert!(run.stderr.contains(said), "{arguments:?}: {}", run.stderr);
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_value_that_the_document_does_not_list_is_sent() {
    let server = Server::start(|_| reply(r#"{"api_keys":[]}"#)).await;
    run(&server.base_url, &["keys", "list", "--project=p", "--status=paused"]).await.succeeded();
    assert_eq!(server.seen()[0].query, "status=paused");
}

#[tokio::test]
async fn the_help_of_every_command_has_the_text_of_the_document_and_an_example() {
    for row in OPERATIONS {
        let help = run("http://127.0.0.1:1", &[row.group, row.command, "--help"]).await.succeeded();
        let example = format!("Example:\n  deepgram-mgmt {}", row.example);
        assert!(help.stdout.contains(&example) && row.example.starts_with(row.group), "{}", help.stdout);
        assert!(help.stdout.starts_with(row.description.lines().next().unwrap_or_default()), "{}", help.stdout);
        for parameter in row.parameters.iter().chain(row.body.unwrap_or_default()) {
            assert!(parameter.location == Location::Path || help.stdout.contains(&format!("--{}", parameter.option)));
        }
    }
    let chores =
        [["keys", "rotate"], ["keys", "expiring"], ["requests", "export"], ["usage", "chart"], ["members", "offboard"]];
    for [group, command] in chores {
        let help = run("http://127.0.0.1:1", &[group, command, "--help"]).await.succeeded();
        assert!(help.stdout.contains(&format!("Example:\n  deepgram-mgmt {group} {command}")), "{}", help.stdout);
    }
}

#[tokio::test]
async fn the_example_of_every_operation_is_a_request_of_the_operation() {
    for row in OPERATIONS {
        let words = parts(row.example, ' ', '\'');
        let words: Vec<&str> = words.iter().map(String::as_str).chain([PROJECT, "--dry-run"]).collect();
        let has_default = row.is_of_project() && !row.deletes_project();
        let words = if has_default { &words } else { &[&words[..words.len() - 2], &["--dry-run"]].concat() };
        let shown = run("http://127.0.0.1:1", words).await.succeeded().stdout;
        assert!(shown.starts_with(&format!("{} http://127.0.0.1:1/v1/", row.method)), "{words:?}: {shown}");
    }
}

#[tokio::test]
async fn completions_know_commands_options_and_values() {
    let no_key = [("DEEPGRAM_API_KEY", "")];
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let setting = Setting { variables: &no_key, ..Setting::default() };
        let script = run_in("http://127.0.0.1:1", &["completions", shell], setting).await.succeeded().stdout;
        for word in ["breakdown", "offboard", "scopes", "secret-file"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        // The others have no words for values.
        let has_values = script.contains("usage:read") || script.contains("usage\\:read");
        assert_eq!(has_values, ["bash", "fish", "zsh"].contains(&shell), "{shell}");
    }
}

/// The words that bash offers for the last of these.
#[cfg(unix)]
fn completed(script: &str, words: &[&str]) -> Vec<String> {
    let [.., previous, current] = words else { panic!("{words:?}") };
    let mut bash = std::process::Command::new("bash");
    let line = "source /dev/stdin; COMP_WORDS=(\"${@:3}\"); COMP_CWORD=$(($# - 3)); _deepgram__mgmt deepgram-mgmt \"$2\" \"$1\"; \
                printf '%s\\n' \"${COMPREPLY[@]}\"";
    bash.args(["--norc", "--noprofile", "-c", line, "bash", previous, current]).args(words);
    let mut bash = bash.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("bash, for which the script is");
    bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = bash.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().split_whitespace().map(str::to_owned).collect()
}

#[cfg(unix)]
#[tokio::test]
async fn completions_of_bash_know_the_commands_and_options_of_a_group() {
    let script = run("http://127.0.0.1:1", &["completions", "bash"]).await.succeeded().stdout;
    let completed = |words: &[&str]| completed(&script, &[&["deepgram-mgmt"], words].concat());
    for (words, offered) in [
        (&["pro"][..], &["projects", "project-models"][..]),
        (&["keys", ""], &["list", "create", "rotate", "expiring"]),
        (&["distribution-credentials", "cr"], &["create"]),
        (&["--output", "json", "keys", "ro"], &["rotate"]),
        (&["keys", "create", "--"], &["--scopes", "--comment", "--secret-file", "--project", "--output"]),
        (&["keys", "create", "--scopes", "usage:"], &["usage:read", "usage:write"]),
        (&["distribution-credentials", "create", "--pro"], &["--project", "--provider"]),
        (&["keys", "list", "--output", ""], &["table", "json", "ndjson", "csv"]),
        (&["help", "ke"], &["keys"]),
    ] {
        let found = completed(words);
        assert!(offered.iter().all(|word| found.iter().any(|found| found == word)), "{words:?}: {found:?}");
    }
    assert!(!completed(&["keys", ""]).iter().any(|word| word == "projects"));
}

#[tokio::test]
async fn help_describes_every_group_and_command_and_shows_known_values_as_known() {
    let help = async |arguments: &[&str]| run("http://127.0.0.1:1", arguments).await.succeeded().stdout;
    let root = help(&["help"]).await;
    for row in OPERATIONS {
        // A new group is described by its commands until somebody writes more.
        let about = operations::describe_group(row.group).unwrap_or(row.command);
        assert!(root.contains(about), "{about}: {root}");
    }
    let keys = help(&["help", "keys"]).await;
    assert_eq!(keys, help(&["keys", "--help"]).await);
    assert!(keys.starts_with("The API keys of a project\n") && keys.contains("rotate"), "{keys}");
    assert_eq!(help(&["help", "keys", "create"]).await, help(&["keys", "create", "--help"]).await);
    let create = help(&["keys", "create", "--help"]).await;
    assert!(
        create.contains("[known values: ")
            && create.contains("usage:read")
            && !create.contains("possible values: member")
    );
    for (command, value) in [
        (&["keys", "list"][..], "--output <FORM>"),
        (&["keys", "expiring"], "--within <TIME>"),
        (&["usage", "chart"], "--by <MEASURE>"),
        (&["completions"], "<SHELL>"),
        (&["members", "offboard"], "The id or the email address of the member"),
    ] {
        let help = help(&[command, &["--help"]].concat()).await;
        assert!(help.contains(value), "{value}: {help}");
    }
}
