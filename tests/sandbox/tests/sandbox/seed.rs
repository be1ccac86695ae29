//! Projects of the caller's own, read from JSON: what they look like over the wire, and what is rejected.

use deepgram_mgmt_sandbox::seed::{self, Seed};
use deepgram_mgmt_sandbox::{Dialect, Sandbox};
use serde_json::{Value, json};

/// Every member that a seed can have.
const FULL: &str = include_str!("seed.json");
const PROJECT: &str = "abcdef00-0000-4000-8000-000000000001";

/// Starts a sandbox from a text, and gets paths below `/v1` with a credential.
struct Seeded {
    sandbox: Sandbox,
    scheme: &'static str,
}

impl Seeded {
    async fn start(dialect: Dialect, text: &str) -> Self {
        let sandbox = Sandbox::builder().dialect(dialect).seed(text.parse().unwrap()).start().await.unwrap();
        Self { sandbox, scheme: if dialect == Dialect::Live { "Token" } else { "Bearer" } }
    }

    async fn get_as(&self, key: &str, path: &str) -> (u16, Value) {
        let request = reqwest::Client::new().get(format!("{}/v1{path}", self.sandbox.base_url()));
        let response = request.header("authorization", format!("{} {key}", self.scheme)).send().await.unwrap();
        let status = response.status().as_u16();
        let body = response.json().await.unwrap();
        assert_eq!(self.sandbox.violations(), Vec::<String>::new(), "{path}");
        (status, body)
    }

    async fn get(&self, path: &str) -> Value {
        let (status, body) = self.get_as(seed::API_KEY, path).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}

#[tokio::test]
async fn what_the_file_has_is_served_in_either_dialect_and_nothing_else() {
    for dialect in [Dialect::Bundled, Dialect::Live] {
        let seeded = Seeded::start(dialect, FULL).await;
        let projects = seeded.get("/projects").await;
        let names: Vec<_> = projects["projects"].as_array().unwrap().iter().map(|project| &project["name"]).collect();
        assert_eq!(names, [&json!("Radio"), &json!("Empty")]);

        let members = seeded.get(&format!("/projects/{PROJECT}/members")).await;
        assert_eq!(members["members"][0]["email"], "lin@example.com");
        assert_eq!(members["members"].as_array().unwrap().len(), 1);

        let keys = seeded.get(&format!("/projects/{PROJECT}/keys")).await;
        assert_eq!(keys["api_keys"].as_array().unwrap().len(), 3, "{keys}");
        let text = keys.to_string();
        assert!(text.contains("2099-01-01T00:00:00Z") && text.contains("2020-01-01T00:00:00Z"), "{text}");

        // Newest first, whatever the order of the file.
        let log = seeded.get(&format!("/projects/{PROJECT}/requests?limit=100")).await;
        let ids: Vec<_> = log["requests"].as_array().unwrap().iter().map(|record| &record["request_id"]).collect();
        assert_eq!(ids.len(), 6, "{log}");
        assert_eq!(ids[0], "abcdef00-0000-4000-8000-000000000032");
        assert_eq!(ids[1], "abcdef00-0000-4000-8000-000000000031");
        assert_eq!(log["requests"][0]["path"], "/v1/speak");
        assert_eq!(log["requests"][1]["path"], "/v1/listen?model=nova-3");

        for path in ["invites", "balances", "usage"] {
            seeded.get(&format!("/projects/{PROJECT}/{path}")).await;
        }
        seeded.get("/models").await;
    }
}

#[tokio::test]
async fn the_live_dialect_shows_all_of_a_record() {
    let seeded = Seeded::start(Dialect::Live, FULL).await;
    let path = format!("/projects/{PROJECT}/requests/abcdef00-0000-4000-8000-000000000031");
    let record = seeded.get(&path).await["request"].clone();
    assert_eq!(record["api_key_id"], "abcdef00-0000-4000-8000-000000000021");
    assert_eq!(record["callback"]["url"], "https://hooks.example.com/transcripts");
    let response = &record["response"];
    assert_eq!((&response["code"], &response["deployment"]), (&json!(200.0), &json!("hosted:eu")));
    assert_eq!(response["details"]["models"], json!(["66666666-6666-4666-8666-666666666666"]));
    assert_eq!(response["details"]["tags"], json!(["morning"]));
    assert_eq!(response["details"]["duration"], json!(60.5));
    for path in ["purchases", "usage/fields", "usage/breakdown"] {
        seeded.get(&format!("/projects/{PROJECT}/{path}")).await;
    }
}

#[tokio::test]
async fn a_key_of_the_file_opens_the_api_until_it_expires() {
    let seeded = Seeded::start(Dialect::Live, FULL).await;
    assert_eq!(seeded.get_as("my-own-key", "/projects").await.0, 200);
    assert_eq!(seeded.get_as("my-expired-key", "/projects").await.0, 401);
    let text =
        r#"{ "projects": [{ "name": "P", "keys": [{ "key": "soon", "comment": "", "expiration_date": "SOON" }] }] }"#;
    let soon = chrono::Utc::now() + chrono::TimeDelta::milliseconds(1500);
    let seeded = Seeded::start(Dialect::Live, &text.replace("SOON", &soon.to_rfc3339())).await;
    assert_eq!(seeded.get_as("soon", "/projects").await.0, 200);
    tokio::time::sleep(std::time::Duration::from_millis(1600)).await;
    assert_eq!(seeded.get_as("soon", "/projects").await.0, 401);
}

#[tokio::test]
async fn a_key_of_the_file_is_its_members_who_calls_with_it_until_the_member_has_gone() {
    let text = r#"{ "projects": [{
        "project_id": "abcdef00-0000-4000-8000-000000000001",
        "name": "P",
        "members": [
            { "email": "ada@example.com" },
            { "email": "lin@example.com", "member_id": "abcdef00-0000-4000-8000-000000000012" }
        ],
        "keys": [
            { "key": "by-default", "comment": "first" },
            { "key": "by-id", "comment": "second", "member": "ABCDEF00-0000-4000-8000-000000000012" },
            { "key": "by-email", "comment": "third", "member": "Lin@example.com" }
        ]
    }] }"#;
    let seeded = Seeded::start(Dialect::Live, text).await;
    let path = format!("/projects/{PROJECT}/keys");
    let send = async |method: reqwest::Method, path: &str, key: &str, body: Option<Value>| {
        let request = reqwest::Client::new().request(method, format!("{}/v1{path}", seeded.sandbox.base_url()));
        let request = request.header("authorization", format!("Token {key}"));
        let request = if let Some(body) = body { request.json(&body) } else { request };
        request.send().await.unwrap().status().as_u16()
    };
    for key in ["by-email", seed::API_KEY] {
        let body = json!({ "comment": key, "scopes": ["member"] });
        assert_eq!(send(reqwest::Method::POST, &path, key, Some(body)).await, 200);
    }
    let keys = seeded.get(&path).await;
    let owners: Vec<_> = keys["api_keys"].as_array().unwrap().iter().map(|key| &key["member"]["email"]).collect();
    let (ada, lin) = (&json!("ada@example.com"), &json!("lin@example.com"));
    assert_eq!(owners, [ada, lin, lin, lin, ada]);

    let leave = format!("/projects/{PROJECT}/leave");
    assert_eq!(send(reqwest::Method::DELETE, &leave, "by-email", None).await, 200);
    let members = seeded.get(&format!("/projects/{PROJECT}/members")).await;
    assert_eq!(members["members"].as_array().unwrap().len(), 1, "{members}");
    assert_eq!(&members["members"][0]["email"], ada);
    for (key, status) in [("by-id", 401), ("by-email", 401), ("by-default", 200)] {
        assert_eq!(seeded.get_as(key, &path).await.0, status, "{key}");
    }
}

#[tokio::test]
async fn an_id_that_the_sandbox_gives_out_is_none_of_the_files() {
    let text = r#"{ "projects": [
        { "name": "P", "project_id": "00000000-0000-4000-8000-000000000001", "keys": [{ "comment": "without an id" }] }
    ] }"#;
    let seeded = Seeded::start(Dialect::Bundled, text).await;
    let keys = seeded.get("/projects/00000000-0000-4000-8000-000000000001/keys").await;
    assert_eq!(keys["api_keys"][0]["api_key_id"], "00000000-0000-4000-8000-000000000002");
}

#[test]
fn a_bad_file_is_one_error_with_its_location() {
    let project = |members: &str| format!("{{ \"projects\": [\n  {{ \"name\": \"P\", {members} }}\n] }}");
    let id = "abcdef00-0000-4000-8000-000000000001";
    for (text, expected) in [
        ("{ \"projects\": [\n".to_owned(), "2:0: #/projects: EOF while parsing a list"),
        ("{ \"projects\": [] } x".to_owned(), "1:20: #: trailing characters"),
        ("{}".to_owned(), "1:2: #: missing field `projects`"),
        ("\n []".to_owned(), "2:2: #: a seed is an object: { \"projects\": [ … ] }"),
        (String::new(), "1:1: #: a seed is an object"),
        ("{ \"projects\": [7] }".to_owned(), "integer `7`, expected an object with the members of a project"),
        (project("\"keyz\": []"), "2:23: #/projects/0/keyz: unknown field `keyz`, expected one of `project_id`"),
        (project("\"project_id\": \"7\""), ": #/projects/0/project_id: \"7\" is not a UUID, such as"),
        (
            project("\"members\": [{ \"email\": \"lin\" }]"),
            "#/projects/0/members/0/email: \"lin\" is not an e-mail address",
        ),
        (
            project("\"keys\": [{ \"comment\": \"\", \"expiration_date\": \"tomorrow\" }]"),
            "#/projects/0/keys/0/expiration_date: \"tomorrow\" is not a point in time, such as 2026-09-15T12:00:00Z",
        ),
        (
            project("\"keys\": [{ \"comment\": \"\", \"member\": \"lin\" }]"),
            "2:54: #/projects/0/keys/0/member: 0 members of the project have the id or e-mail address \"lin\"",
        ),
        (
            project(
                "\"members\": [{ \"email\": \"l@b.c\" }, { \"email\": \"L@b.c\" }], \
                 \"keys\": [{ \"comment\": \"\", \"member\": \"l@b.c\" }]",
            ),
            "#/projects/0/keys/0/member: 2 members of the project have the id or e-mail address \"l@b.c\"",
        ),
        (
            project("\"keys\": [{ \"comment\": \"\", \"key\": \"a b\" }]"),
            "#/projects/0/keys/0/key: a key is one or more",
        ),
        (
            project("\"requests\": [{ \"created\": \"2026-09-01\", \"path\": \"/\", \"outcome\": \"lost\" }]"),
            "#/projects/0/requests/0/outcome",
        ),
        (
            project(&format!(
                "\"project_id\": \"{id}\", \"members\": [{{ \"email\": \"l@b.c\", \"member_id\": \"{id}\" }}]"
            )),
            "2:117: #/projects/0/members/0/member_id: \"abcdef00-0000-4000-8000-000000000001\" is the id of \
             #/projects/0/project_id, too; give one of them another",
        ),
        (
            project("\"keys\": [{ \"comment\": \"\", \"key\": \"hush\" }, { \"comment\": \"\", \"key\": \"hush\" }]"),
            "2:85: #/projects/0/keys/1/key: this is the key of #/projects/0/keys/0/key, too; give one of them another",
        ),
        (
            project("\"keys\": [{ \"comment\": \"\", \"key\": \"sandbox-admin-key\" }]"),
            "2:51: #/projects/0/keys/0/key: this is the credential of the sandbox itself; choose another",
        ),
    ] {
        let error = text.parse::<Seed>().unwrap_err().to_string();
        assert!(error.contains(expected), "{text}\n{error}\n{expected}");
        assert!(!error.contains('\n') && !error.contains("hush") && !error.contains("a b"), "{error}");
    }
}
