//! The probe: what it asks, what it finds, and what it keeps.

mod answers;
mod document;
mod recording;

use std::path::PathBuf;

use deepgram_mgmt::{Client, Credentials};
use deepgram_mgmt_sandbox::probe::{self, Document, Kind, Outcome, Walk};
use deepgram_mgmt_sandbox::{Sandbox, seed};

fn spec(file: &str) -> PathBuf {
    std::env::current_dir().unwrap().join("../spec").join(file)
}

/// The bundled document as it is.
fn bundled() -> Document {
    Document::load(&spec("deepgram-management-openapi.yml"), None).unwrap()
}

/// The document that the shipped client was generated from.
fn effective() -> Document {
    Document::load(&spec("deepgram-management-openapi.yml"), Some(&spec("overlay.yaml"))).unwrap()
}

fn client(sandbox: &Sandbox) -> Client {
    let credentials = Credentials::api_key(seed::API_KEY);
    Client::builder().base_url(sandbox.base_url()).credentials(credentials).build().unwrap()
}

/// Asks a sandbox in the live dialect, which must have seen nothing but GET.
async fn walked(document: &Document) -> Walk {
    let sandbox = Sandbox::start_live().await.unwrap();
    let walk = probe::walk(&client(&sandbox), document).await;
    let seen = sandbox.requests();
    assert!(seen.iter().all(|request| request.method == "GET"), "{seen:?}");
    assert!(!seen.is_empty() && seen.len() <= probe::MAX_CALLS, "{}", seen.len());
    assert_eq!(seen.len(), walk.exchanges.len(), "every answer is kept");
    walk
}

/// Findings as `schema field kind`.
fn listed(outcome: &Outcome) -> Vec<(String, String, Kind)> {
    outcome.findings.iter().map(|f| (f.schema.clone(), f.field.clone(), f.kind)).collect()
}
