//! The secret sweep: every operation through success and failure, with everything that is printed or logged on the way.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deepgram_mgmt::operations::{Kind, Location, OPERATIONS, Operation, Parameter};
use deepgram_mgmt::{Client, Credentials, Error, ErrorKind, Retry, reqwest};
use deepgram_mgmt_sandbox::seed;
use futures_util::future::join_all;
use serde_json::{Map, Value, json};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::matrix::{self, Faulty};
use crate::server::{self, Reply, Seen, http_response};
use crate::shared::builder;

type Script = fn(&Seen) -> Reply;

/// The faults of the matrix, and what else might make a client repeat a secret.
fn faults() -> Vec<(&'static str, Faulty)> {
    let scripts: [(&str, Script); 9] = [
        ("not JSON", |_| server::json(r#"{"key":secret-hush}"#)),
        ("a wrong type", |_| {
            server::json(r#"{"key":["secret-hush"],"secret":["secret-hush"],"access_token":["secret-hush"]}"#)
        }),
        ("another type", |_| server::json(r#""secret-hush""#)),
        ("a wrong type beside", |_| {
            server::json(
                r#"{"key":"secret-hush","secret":"secret-hush","access_token":"secret-hush","api_key_id":7,"scopes":7}"#,
            )
        }),
        ("cut off", |_| Reply::Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"key\":\"secret-hush".to_vec())),
        ("an error that repeats the credential", |seen| {
            let repeated = seen.header("authorization").unwrap_or_default();
            let body = format!(r#"{{"category":"INVALID_AUTH","message":"{repeated}","details":"{repeated}"}}"#);
            Reply::Bytes(http_response("401 Unauthorized", "", body))
        }),
        ("a page that repeats the credential", |seen| Reply::Bytes(http_response("502 Bad Gateway", "", &seen.head))),
        ("a request id that repeats the credential", |seen| {
            let repeated = seen.header("authorization").unwrap_or_default();
            let status = if seen.n % 2 == 0 { "200 OK" } else { "404 Not Found" };
            Reply::Bytes(http_response(status, &format!("dg-request-id: {repeated}\r\n"), "[]"))
        }),
        ("a redirect", |_| Reply::Bytes(http_response("302 Found", "location: /secret-hush\r\n", ""))),
    ];
    let more = scripts.map(|(fault, script)| (fault, Faulty::Scripted(script)));
    matrix::rows().into_iter().map(|row| (row.fault, row.server)).chain(more).collect()
}

/// The outcome of a call: its operation, the output of its error, and the kind of that error.
pub(crate) type Outcome = (&'static str, String, Option<ErrorKind>);

/// The ids in paths, by the name of their parameter.
const IDS: [(&str, &str); 8] = [
    ("project_id", seed::PROJECT_ID),
    ("key_id", seed::KEY_ID),
    ("member_id", seed::MEMBER_ID),
    ("balance_id", seed::BALANCE_ID),
    ("model_id", seed::STT_MODEL_ID),
    ("request_id", seed::REQUEST_ID),
    ("distribution_credentials_id", seed::DISTRIBUTION_CREDENTIALS_ID),
    ("email", MAIL),
];

const MAIL: &str = "mail-quiet@example.com";

/// The values of a call: its ids, a text for each filter, and the properties of its body that it needs; if it needs none,
/// those that are texts.
fn values(operation: &Operation) -> Map<String, Value> {
    let of = |parameter: &Parameter| match (parameter.known_values.first(), parameter.location) {
        (Some(known), _) => (*known).to_owned(),
        (None, Location::Path) => {
            IDS.iter().find(|(name, _)| *name == parameter.name).map_or("any", |(_, id)| id).to_owned()
        }
        (None, Location::Body) if parameter.name == "email" => MAIL.to_owned(),
        (None, Location::Body) => "body-quiet".to_owned(),
        (None, _) => "query-quiet".to_owned(),
    };
    let is_text = |parameter: &&Parameter| parameter.kind == Kind::Text;
    let body = operation.body.unwrap_or_default();
    let (needed, others): (Vec<_>, Vec<_>) = body.iter().partition(|property| property.is_required);
    let body = if needed.is_empty() { others } else { needed };
    let sent = operation.parameters.iter().chain(body).filter(is_text);
    let value = |parameter: &Parameter| if parameter.is_list { json!([of(parameter)]) } else { json!(of(parameter)) };
    sent.map(|parameter| (parameter.setter.to_owned(), value(parameter))).collect()
}

/// Every operation of the client's table, the escape hatch, and a rotation.
pub(crate) async fn outcomes(client: &Client) -> Vec<Outcome> {
    let mut all = Vec::new();
    for operation in OPERATIONS {
        let call = operation.call(client, values(operation)).unwrap_or_else(|error| panic!("{error}"));
        // A response that is JSON shows its secrets; how it prints as its type, `client/secrecy.rs` tests.
        let outcome = call.send().await;
        let error = outcome.as_ref().err();
        all.push((operation.method_name, printed(error), error.map(Error::kind)));
    }
    let p = seed::PROJECT_ID;
    let raw = client.raw(deepgram_mgmt::reqwest::Method::GET, "/v1/projects").send().await;
    all.push(("raw", printed(raw.as_ref().err()), raw.err().map(|error| error.kind())));
    let rotated = client.rotate_key(p, seed::KEY_ID).await;
    let error = rotated.as_ref().err();
    let said = error.map(|error| format!("{error} {error:?} {error:#?} {}", printed(error.call())));
    let printed = format!("{rotated:?} {}", said.unwrap_or_default());
    all.push(("rotate_key", printed, error.map(|error| error.call().unwrap().kind())));
    all
}

/// How many calls a rotation makes.
const ROTATION: usize = 4;

/// An error and its causes, in both forms.
fn printed(error: Option<&Error>) -> String {
    let mut text = String::new();
    let mut cause: Option<&dyn std::error::Error> = error.map(|error| error as _);
    while let Some(error) = cause {
        text = format!("{text}{error} {error:?} {error:#?} ");
        cause = error.source();
    }
    text
}

/// Keeps what is logged.
#[derive(Clone, Default)]
pub(crate) struct Log(pub(crate) Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_secret_is_printed_or_logged_by_any_operation_whatever_the_server_does() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
    // For the whole process: what the other tests log meanwhile must not hold a secret either. What the HTTP stack says
    // through the `log` crate is heard too.
    subscriber.with_writer(log.clone()).finish().try_init().unwrap();
    let faults = faults();
    let calls_at = async |(n, (fault, server)): (usize, &(&str, Faulty))| {
        let server = server.start().await;
        let retry = Retry::default().min_delay(Duration::from_millis(1)).max_delay(Duration::from_millis(1));
        // A fault that takes its time is not waited for; a busy machine is.
        let limit = Duration::from_millis(if fault.contains("stall") || fault.contains("drip") { 10 } else { 10_000 });
        // Whoever wants to see what goes over the wire would see the credential.
        let http = reqwest::Client::builder().connection_verbose(true);
        let client = builder(&server.base_url).attempt_timeout(limit).retry(retry.max_attempts(2)).http_client(http);
        let client = client.build().unwrap();
        if n % 2 == 1 {
            client.set_credentials(Credentials::bearer("credential-hush")).unwrap();
        }
        let outcomes = Box::pin(outcomes(&client)).await;
        let sent = outcomes.len() + ROTATION - 1;
        for (operation, printed, error) in outcomes {
            assert!(!printed.contains("hush"), "{fault}, {operation}: {printed}");
            assert!(*fault != "none" || error.is_none(), "{operation}: {printed}");
        }
        assert!(*fault != "none" || server.seen().len() == sent);
        assert!(!format!("{client:?} {client:#?}").contains("hush"));
        sent
    };
    // A slow server delays its own calls alone.
    let made: usize = join_all(faults.iter().enumerate().map(calls_at)).await.into_iter().sum();
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let attempts: Vec<&str> = log.lines().filter(|line| line.contains(" deepgram_mgmt: attempt ")).collect();
    // A rotation that fails stops early, and a call that fails is repeated.
    assert!(attempts.len() > made - ROTATION * faults.len(), "{} attempts were logged", attempts.len());
    assert!(log.contains(" reqwest::connect: "), "nothing of the HTTP stack was heard");
    for line in log.lines() {
        assert!(!line.contains("hush"), "{line}");
        // What is ours says nothing of bodies, queries and addresses either.
        assert!(!line.contains(" deepgram_mgmt: ") || !line.contains("quiet"), "{line}");
    }
    let says = ["operation=", "attempt=", "duration_ms="];
    assert!(attempts.iter().all(|line| says.iter().all(|part| line.contains(part))), "{:?}", attempts.first());
}
