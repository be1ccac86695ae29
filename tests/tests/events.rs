//! What a `tracing` subscriber sees of a call. A process of its own: the subscriber hears nothing else.

use std::fs;
use std::time::Duration;

use deepgram_mgmt::{Client, Credentials, Retry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The responses of the server, in their order.
const RESPONSES: [&str; 5] = [
    "",
    "HTTP/1.1 503 Service Unavailable\r\ndg-request-id: r1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    "HTTP/1.1 200 OK\r\ndg-request-id: r2\r\ncontent-length: 18\r\nconnection: close\r\n\r\n{\"project_id\":\"p\"}",
    "HTTP/1.1 404 Not Found\r\ndg-request-id: r3\r\ncontent-length: 25\r\nconnection: close\r\n\r\n{\"err_msg\":\"secret-text\"}",
    "HTTP/1.1 200 OK\r\ndg-request-id: r4\r\ncontent-length: 15\r\nconnection: close\r\n\r\n[\"secret-text\"]",
];

#[tokio::test]
async fn each_attempt_retry_and_failure_is_an_event_in_the_span_of_its_call() {
    let path = std::env::temp_dir().join(format!("deepgram-mgmt-events-{}.log", std::process::id()));
    let file = fs::File::create(&path).unwrap();
    tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_ansi(false).with_writer(file).init();

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        for response in RESPONSES {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await.unwrap();
            stream.write_all(response.as_bytes()).await.unwrap();
        }
    });
    let retry = Retry::default().min_delay(Duration::from_millis(1));
    let client = Client::builder().base_url(base_url).credentials(Credentials::api_key("hush")).retry(retry);
    let client = client.build().unwrap();
    client.get_project("p").await.unwrap();
    client.get_model("m").await.unwrap_err();
    client.get_model("n").await.unwrap_err();
    server.await.unwrap();

    let log = fs::read_to_string(&path).unwrap();
    fs::remove_file(path).unwrap();
    let attempts = log.lines().filter(|line| line.contains(" deepgram_mgmt: attempt ") && line.contains("get_project"));
    let attempts: Vec<&str> = attempts.collect();
    let expected = [
        &["attempt=1 ", "failed=Connection"][..],
        &["attempt=2 ", "failed=Status", "status=503", r#"request_id="r1""#],
        &["attempt=3 ", "status=200", r#"request_id="r2""#],
    ];
    assert_eq!(attempts.len(), expected.len(), "{log}");
    let span = r#"deepgram_mgmt{operation="get_project" http.request.method="GET" server.address="127.0.0.1"}"#;
    for (line, says) in attempts.iter().zip(expected) {
        let all = [span, "DEBUG ", r#" operation="get_project""#, "duration_ms="];
        assert!(all.iter().chain(says).all(|part| line.contains(part)), "{line}");
    }
    let retries: Vec<&str> = log.lines().filter(|line| line.contains(" deepgram_mgmt: retry ")).collect();
    let expected = [&["attempt=1 ", "failed=Connection"][..], &["attempt=2 ", "failed=Status", "status=503"]];
    assert_eq!(retries.len(), expected.len(), "{log}");
    for (line, says) in retries.iter().zip(expected) {
        assert!(
            [span, " WARN ", r#": retry operation="get_project" "#, "delay_ms="]
                .iter()
                .chain(says)
                .all(|part| line.contains(part)),
            "{line}"
        );
    }
    let failed: Vec<&str> = log.lines().filter(|line| line.contains(" deepgram_mgmt: failed ")).collect();
    let ended = |status: &str| format!("http.response.status_code={status} http.request.resend_count=0}}");
    let (rejected, unread) = (ended("404"), ended("200"));
    let expected = [
        &[&*rejected, "failed=Status", "status=404", r#"request_id="r3""#][..],
        // A success that cannot be read is a failure of the call.
        &[&*unread, "failed=Decode", "status=200", r#"request_id="r4""#],
    ];
    assert_eq!(failed.len(), expected.len(), "{log}");
    for (line, says) in failed.iter().zip(expected) {
        let all = ["ERROR ", r#": failed operation="get_model" "#, "attempts=1"];
        assert!(all.iter().chain(says).all(|part| line.contains(part)), "{line}");
    }
    assert!(!log.contains("hush") && !log.contains("secret-text"), "{log}");
}
