//! The secret sweep: every operation through success and failure, with everything that is printed or logged on the way.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deepgram_mgmt::{Client, Credentials, Error, ErrorKind, Retry, reqwest};
use deepgram_mgmt_sandbox::seed;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::matrix::{self, Faulty};
use crate::server::{Reply, Seen, http_response, json};
use crate::shared::builder;

type Script = fn(&Seen) -> Reply;

/// The faults of the matrix, and what else might make a client repeat a secret.
fn faults() -> Vec<(&'static str, Faulty)> {
    let scripts: [(&str, Script); 9] = [
        ("not JSON", |_| json(r#"{"key":secret-hush}"#)),
        ("a wrong type", |_| {
            json(r#"{"key":["secret-hush"],"secret":["secret-hush"],"access_token":["secret-hush"]}"#)
        }),
        ("another type", |_| json(r#""secret-hush""#)),
        ("a wrong type beside", |_| {
            json(
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

/// The outcome of a call: its operation, all that it prints, and the kind of its error.
pub(crate) type Outcome = (&'static str, String, Option<ErrorKind>);

/// Every operation, the escape hatch, and a rotation.
pub(crate) async fn outcomes(client: &Client) -> Vec<Outcome> {
    let mut all = Vec::new();
    macro_rules! call {
        ($name:ident $($parameters:tt)*) => {
            let call = client.$name$($parameters)*;
            let builder = format!("{call:?}");
            let outcome = call.send().await;
            let error = outcome.as_ref().err();
            let printed = format!("{builder} {outcome:?} {}", printed(error));
            all.push((stringify!($name), printed, error.map(Error::kind)));
        };
    }
    let (p, mail) = (seed::PROJECT_ID, "mail-quiet@example.com");
    call!(list_projects());
    call!(get_project(p).limit(1_u64));
    call!(update_project(p).name("body-quiet"));
    call!(delete_project(p));
    call!(leave_project(p));
    call!(list_project_keys(p).status("query-quiet"));
    call!(create_project_key(p).comment("body-quiet").scopes([""; 0]));
    call!(get_project_key(p, seed::KEY_ID));
    call!(delete_project_key(p, seed::KEY_ID));
    call!(list_project_members(p));
    call!(remove_project_member(p, seed::MEMBER_ID));
    call!(list_project_invitations(p));
    call!(send_project_invitation(p).email(mail).scope("s"));
    call!(delete_project_invitation(p, mail));
    call!(get_member_scopes(p, seed::MEMBER_ID));
    call!(update_member_scopes(p, seed::MEMBER_ID).scope("s"));
    call!(get_project_usage(p).tag("query-quiet"));
    call!(get_usage_fields(p));
    call!(get_usage_breakdown(p).tag("query-quiet"));
    call!(list_project_requests(p).cursor("query-quiet"));
    call!(get_project_request(p, seed::REQUEST_ID));
    call!(list_project_balances(p));
    call!(get_project_balance(p, seed::BALANCE_ID));
    call!(get_billing_fields(p));
    call!(get_billing_breakdown(p).tag("query-quiet"));
    call!(list_project_purchases(p));
    call!(list_models());
    call!(get_model(seed::STT_MODEL_ID));
    call!(list_project_models(p));
    call!(get_project_model(p, seed::STT_MODEL_ID));
    call!(list_distribution_credentials(p));
    call!(create_distribution_credentials(p).provider("quay"));
    call!(get_distribution_credentials(p, seed::DISTRIBUTION_CREDENTIALS_ID));
    call!(delete_distribution_credentials(p, seed::DISTRIBUTION_CREDENTIALS_ID));
    call!(get_token_details());
    call!(grant_token());
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
    let mut made = 0;
    for (n, (fault, server)) in faults.iter().enumerate() {
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
        for (operation, printed, _) in outcomes {
            assert!(!printed.contains("hush"), "{fault}, {operation}: {printed}");
            assert!(*fault != "none" || !printed.contains("Err("), "{operation}: {printed}");
        }
        assert!(*fault != "none" || server.seen().len() == sent);
        made += sent;
        assert!(!format!("{client:?} {client:#?}").contains("hush"));
    }
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
