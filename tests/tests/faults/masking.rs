//! The client's own credential in every position of a response and in every notation: no output of an error holds it.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deepgram_mgmt::reqwest::Method;
use deepgram_mgmt::{Client, Credentials, Error, Retry};

use crate::secrets::Log;
use crate::server::{Reply, Server, http_response, json as success};
use crate::shared::builder;

/// A key as the API makes them, and one of every character that an escape may change.
const CREDENTIALS: [&str; 2] =
    ["0123456789abcdef0123456789abcdef01234567", r#"sk-"quoted"/sl\ash/&<tag>%_100%+hush=="#];

/// The text between the quotes of a JSON string.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap();
    json[1..json.len() - 1].to_owned()
}

fn base64(text: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |bytes: &[u8]| {
        let bits = bytes.iter().chain(&[0; 2]).take(3).fold(0, |bits, byte| bits << 8 | u32::from(*byte));
        (0..=bytes.len()).map(|at| char::from(ALPHABET[(bits >> (18 - 6 * at) & 63) as usize])).collect::<String>()
    };
    text.as_bytes().chunks(3).map(group).collect()
}

/// The notations of a credential, each as the content of a JSON string.
fn notations(credential: &str) -> Vec<(&'static str, String)> {
    let each = |escape: &dyn Fn(char) -> String| credential.chars().map(escape).collect::<String>();
    let code = u32::from;
    let half = credential.len() / 2;
    let some = |c: char| if code(c) % 2 == 0 { format!("\\u{:04x}", code(c)) } else { quoted(&c.to_string()) };
    let percent = each(&|c| format!("%{:02X}", code(c)));
    vec![
        ("as it is", quoted(credential)),
        ("in a sentence", quoted(&format!("Token {credential} is unknown"))),
        ("in upper case", quoted(&credential.to_uppercase())),
        ("\\u, whole", each(&|c| format!("\\u{:04x}", code(c)))),
        ("\\u, in part", each(&some)),
        ("\\u, upper case", each(&|c| format!("\\u{:04X}", code(c)))),
        ("\\u beside surrogates", format!("\\ud83d\\udd11{}\\uD83D\\uDD11", each(&some))),
        ("\\u twice", quoted(&each(&some))),
        ("\\/", quoted(credential).replace('/', "\\/")),
        ("JSON in JSON", quoted(&quoted(credential))),
        ("JSON in JSON in JSON", quoted(&quoted(&quoted(credential)))),
        ("Rust", quoted(&format!("{:?}", each(&|c| format!("\\u{{{:x}}}", code(c)))))),
        ("percent-encoded", quoted(&percent)),
        ("percent-encoded, lower case", quoted(&percent.to_lowercase())),
        ("percent-encoded twice", quoted(&percent.replace('%', "%25"))),
        ("HTML, decimal", quoted(&each(&|c| format!("&#{};", code(c))))),
        ("HTML, hexadecimal", quoted(&each(&|c| format!("&#x{:X};", code(c))))),
        ("HTML, named", quoted(&credential.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;"))),
        ("base64", quoted(&base64(credential))),
        ("base64 of a header", quoted(&base64(&format!("Authorization: Token {credential}\n")))),
        ("base64 for URLs", quoted(&base64(&format!("x{credential}")).replace('+', "-").replace('/', "_"))),
        ("over two lines", quoted(&format!("{}\r\n  {}", &credential[..half], &credential[half..]))),
        (
            "plain and then over two lines",
            quoted(&format!("{credential} {}\n{}", &credential[..half], &credential[half..])),
        ),
        ("letter by letter", quoted(&each(&|c| format!("{c} ")))),
        ("with what nobody sees", quoted(&each(&|c| format!("{c}\u{200b}")))),
    ]
}

/// The positions: a status line, headers, and a body in which `@` is the credential.
const POSITIONS: [(&str, &str, &str, bool); 22] = [
    ("401 Unauthorized", "", r#"{"err_code":"@","err_msg":"m"}"#, true),
    ("401 Unauthorized", "", r#"{"err_code":"C","err_msg":"@"}"#, true),
    ("401 Unauthorized", "", r#"{"err_code":"C","request_id":"@"}"#, true),
    ("403 Forbidden", "", r#"{"category":"@","message":"@","details":"@"}"#, true),
    ("403 Forbidden", "", r#"{"category":"C","details":{"@":1}}"#, true),
    ("403 Forbidden", "", r#"{"category":"C","details":[{"a":{"@":[{"@":"@"}]}}]}"#, true),
    ("400 Bad Request", "", r#"{"@":1}"#, true),
    ("400 Bad Request", "", r#"{"a":[{"@":null}]}"#, true),
    ("400 Bad Request", "", r#"["@"]"#, true),
    ("400 Bad Request", "", r#""@""#, true),
    ("400 Bad Request", "", r#"{"a":"@","cut":"#, true),
    ("502 Bad Gateway", "", "<html><p title='@'>@</p></html>", true),
    ("302 Found", "location: /x?@\r\n", "@", true),
    ("401 @", "", "", false),
    ("404 Not Found", "dg-request-id: @\r\n", "", false),
    ("404 Not Found", "x-dg-request-id: @\r\nx-other: @\r\n", "", false),
    ("200 OK", "dg-request-id: @\r\n", "[]", false),
    ("200 OK", "", r#"{"@":1}"#, true),
    ("200 OK", "", r#"{"projects":[{"@":1}]}"#, true),
    ("200 OK", "", r#"{"projects":{"@":1}}"#, false),
    ("200 OK", "", r#"{"line_items":{"@":[]}}"#, true),
    ("200 OK", "", r#"{"@":"text"}"#, true),
];

/// Everything that an error lets out.
fn outputs(error: &Error) -> Vec<(&'static str, String)> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let mut outputs = vec![
        ("Display", error.to_string()),
        ("Debug", format!("{error:?}")),
        ("alternate Debug", format!("{error:#?}")),
        ("code", text(error.code())),
        ("message", text(error.message())),
        ("details", error.details().map(|details| format!("{details} {details:?}")).unwrap_or_default()),
        ("request_id", text(error.request_id())),
        ("body_excerpt", text(error.body_excerpt())),
    ];
    let mut cause = error.source();
    while let Some(error) = cause {
        outputs.push(("source", format!("{error} {error:?} {error:#?}")));
        cause = error.source();
    }
    outputs
}

/// A text without what may stand between the letters of a credential: escapes of another layer, and breaks.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\\' | '"' | '\u{200b}'))
        .collect::<String>()
        .to_lowercase()
}

/// The errors of calls that decode in different ways, and what prints of those that succeed.
async fn calls(client: &Client) -> (Vec<Error>, String) {
    let mut errors = Vec::new();
    let mut printed = String::new();
    macro_rules! call {
        ($call:expr) => {
            match $call.await {
                Ok(response) => printed = format!("{printed} {:?} {:?}", response.headers(), response.request_id()),
                Err(error) => errors.push(error),
            }
        };
    }
    call!(client.list_projects().send());
    call!(client.get_billing_fields("p").send());
    call!(client.delete_project_key("p", "k").send());
    call!(client.raw(Method::GET, "/v1/x").send_json::<HashMap<String, u8>>());
    call!(client.raw(Method::GET, "/v1/x").send());
    (errors, printed)
}

#[tokio::test]
async fn no_output_holds_the_credential_wherever_and_however_a_server_repeats_it() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_ansi(false);
    let _guard = tracing::subscriber::set_default(subscriber.with_writer(log.clone()).finish());
    // Other tests may have made calls before, without a subscriber.
    tracing::callsite::rebuild_interest_cache();
    let mut is_logged = false;
    let response = Arc::new(Mutex::new(Vec::new()));
    let responded = Arc::clone(&response);
    let server = Server::start(move |_| Reply::Bytes(responded.lock().unwrap().clone())).await;
    for credential in CREDENTIALS {
        let client = builder(&server.base_url).credentials(Credentials::api_key(credential)).retry(Retry::never());
        let client = client.attempt_timeout(Duration::from_secs(10)).build().unwrap();
        for (notation, written) in notations(credential) {
            let forbidden = [bare(credential), bare(&written)];
            for (status, headers, body, is_shown) in POSITIONS {
                let [status, headers, body] = [status, headers, body].map(|text| text.replace('@', &written));
                // A header holds no other characters.
                let [status, headers] = [status, headers].map(|text| text.replace(|c: char| !c.is_ascii(), "?"));
                *response.lock().unwrap() = http_response(&status, &headers, &body);
                let (errors, printed) = calls(&client).await;
                let case = format!("{notation}: {status} {headers}{body}");
                assert!(!errors.is_empty(), "{case}");
                let mut all = vec![("headers", printed)];
                all.extend(errors.iter().flat_map(outputs));
                all.push(("log", String::from_utf8(std::mem::take(&mut *log.0.lock().unwrap())).unwrap()));
                is_logged |= all.last().unwrap().1.contains("attempt");
                for (output, text) in &all {
                    let text = bare(text);
                    assert!(!forbidden.iter().any(|forbidden| text.contains(forbidden)), "{output} of {case}:\n{text}");
                }
                // Masked, and not left out.
                assert!(!is_shown || all.iter().any(|(_, text)| text.contains('…')), "{case}: {all:?}");
            }
        }
    }
    assert!(is_logged, "nothing was logged");
}

#[tokio::test]
async fn the_credential_of_the_attempt_is_masked_though_it_is_exchanged_meanwhile() {
    let body = r#"{"err_code":"C","err_msg":"credential-hush, not credential-other"}"#;
    let refusal = http_response("401 Unauthorized", "dg-request-id: credential-hush\r\n", body);
    let server = Server::start(move |_| Reply::After(Duration::from_millis(50), refusal.clone())).await;
    let client = builder(&server.base_url).attempt_timeout(Duration::from_secs(10)).build().unwrap();
    let clone = client.clone();
    let call = tokio::spawn(async move { clone.list_projects().send().await.map(drop) });
    while server.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    client.set_credentials(Credentials::bearer("credential-other")).unwrap();
    let error = call.await.unwrap().unwrap_err();
    assert_eq!(server.seen()[0].header("authorization"), Some("Token credential-hush"));
    // The other one was unknown when this attempt was made.
    assert_eq!(error.message(), Some("…, not credential-other"));
    assert_eq!(error.request_id(), None);
    let error = client.list_projects().send().await.unwrap_err();
    assert_eq!(error.message(), Some("credential-hush, not …"));
}

#[tokio::test]
async fn the_error_of_a_rotation_masks_a_credential_that_is_answered_for_an_id() {
    for id in
        ["credential-hush", "CREDENTIAL-hush", r"credential\u002dhush", "%63redential-hush", "x credential-hush y"]
    {
        for deletion in ["403 Forbidden", "500 Internal Server Error"] {
            let server = Server::start(move |seen| match seen.method.as_str() {
                "POST" => success(format!(
                    r#"{{"api_key_id":"{id}","key":"secret-hush","scopes":["member"],"comment":"credential-hush"}}"#
                )),
                "DELETE" => Reply::Bytes(http_response(deletion, "", "")),
                _ => {
                    let id = if seen.path.ends_with("/old") { "old" } else { id };
                    success(format!(r#"{{"api_key_id":"{id}","scopes":["member"]}}"#))
                }
            })
            .await;
            let error = builder(&server.base_url).retry(Retry::never()).build().unwrap();
            let error = error.rotate_key("p", "old").await.unwrap_err();
            assert!(server.seen().iter().any(|seen| seen.method == "DELETE"), "{error}");
            let printed = format!("{error} {error:?} {error:#?} {:?} {:#?}", error.source(), error.call());
            assert!(printed.contains('…') && !printed.to_lowercase().contains("hush"), "{id}: {printed}");
            assert!(error.new_key_id().is_some_and(|id| id.to_lowercase().contains("hush")));
        }
    }
}
