//! The events of a call as a `tracing` subscriber sees them. A process of its own, so that no other call has events.

use std::fs;
use std::time::Duration;

use deepgram_mgmt::{Client, Credentials, Retry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// The responses to the first, second and third request.
const ANSWERS: [&str; 3] = [
    "",
    "HTTP/1.1 503 Service Unavailable\r\ndg-request-id: r1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
    "HTTP/1.1 200 OK\r\ndg-request-id: r2\r\ncontent-length: 18\r\nconnection: close\r\n\r\n{\"project_id\":\"p\"}",
];

#[tokio::test]
async fn each_attempt_is_an_event_in_the_span_of_its_call() {
    let path = std::env::temp_dir().join(format!("deepgram-mgmt-events-{}.log", std::process::id()));
    let file = fs::File::create(&path).unwrap();
    tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_ansi(false).with_writer(file).init();

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        for answer in ANSWERS {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let retry = Retry::default().min_delay(Duration::from_millis(1));
    let client = Client::builder().base_url(base_url).credentials(Credentials::api_key("hush")).retry(retry);
    client.build().unwrap().get_project().project_id("p").send().await.unwrap();
    server.await.unwrap();

    let log = fs::read_to_string(&path).unwrap();
    fs::remove_file(path).unwrap();
    let attempts: Vec<&str> = log.lines().filter(|line| line.contains(" deepgram_mgmt: attempt ")).collect();
    let expected = [
        &["attempt=1 ", "failed=Connection"][..],
        &["attempt=2 ", "failed=Status", "status=503", r#"request_id="r1""#],
        &["attempt=3 ", "status=200", r#"request_id="r2""#],
    ];
    assert_eq!(attempts.len(), expected.len(), "{log}");
    for (line, says) in attempts.iter().zip(expected) {
        let all = [r#"deepgram_mgmt{operation="get_project"}"#, r#" operation="get_project""#, "duration_ms="];
        assert!(all.iter().chain(says).all(|part| line.contains(part)), "{line}");
    }
}
