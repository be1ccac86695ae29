//! Rejected TLS certificates: another attempt would find them unchanged, so there is none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use deepgram_mgmt::{ErrorKind, Retry, reqwest};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::server::http_response;
use crate::shared::builder;

/// A server of `localhost` with a certificate that it signed itself: its port, the certificate, how many connections it
/// accepted, and how many requests it saw.
struct SelfSigned {
    port: u16,
    certificate: Vec<u8>,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
}

async fn self_signed() -> SelfSigned {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(vec![cert.der().clone()], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = (Arc::clone(&connections), Arc::clone(&requests));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.0.fetch_add(1, Ordering::SeqCst);
            if let Ok(mut stream) = acceptor.accept(stream).await
                && stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0)
            {
                counted.1.fetch_add(1, Ordering::SeqCst);
                let _ = stream.write_all(&http_response("200 OK", "", r#"{"projects":[]}"#)).await;
                let _ = stream.shutdown().await;
            }
        }
    });
    SelfSigned { port, certificate: cert.der().to_vec(), connections, requests }
}

#[tokio::test]
async fn a_certificate_that_is_refused_is_no_connection_and_is_not_tried_again() {
    let server = self_signed().await;
    let trusting = || {
        let certificate = reqwest::Certificate::from_der(&server.certificate).unwrap();
        reqwest::Client::builder().no_proxy().tls_certs_merge([certificate])
    };
    let mistrusting = || reqwest::Client::builder().no_proxy();
    let seen = || (server.connections.swap(0, Ordering::SeqCst), server.requests.swap(0, Ordering::SeqCst));
    // Signed by no one who is known; and for another host.
    for (host, http) in [("localhost", mistrusting()), ("127.0.0.1", trusting())] {
        let url = format!("https://{host}:{}", server.port);
        let retry = Retry::default().max_attempts(3);
        let client = builder(&url).attempt_timeout(std::time::Duration::from_secs(10)).retry(retry).http_client(http);
        let client = client.build().unwrap();
        let error = client.list_projects().send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts(), seen()), (ErrorKind::Connect, 1, (1, 0)), "{error}");
        let line = error.to_string();
        assert!(line.starts_with(&format!("list_projects: cannot connect: {host}:{}: ", server.port)), "{line}");
        assert!(line.contains("certificate") && !error.maybe_processed(), "{line}");
        // Nor is what may be repeated whenever nothing was sent.
        let error = client.delete_project("p").send().await.unwrap_err();
        assert_eq!((error.kind(), error.attempts(), seen()), (ErrorKind::Connect, 1, (1, 0)), "{error}");
    }
    let client = builder(&format!("https://localhost:{}", server.port)).http_client(trusting());
    let client = client.attempt_timeout(std::time::Duration::from_secs(10)).build().unwrap();
    assert!(client.list_projects().send().await.unwrap().projects.is_empty());
    assert_eq!(seen(), (1, 1));
}
