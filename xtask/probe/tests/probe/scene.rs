//! The documents, a client of a server, and one probe of it.

use std::path::{Path, PathBuf};

use deepgram_mgmt::{Client, Credentials};
use deepgram_mgmt_sandbox::seed;
use probe::{Document, Outcome, Walk};
use serde_json::Value;

pub(crate) fn spec(file: &str) -> PathBuf {
    std::env::current_dir().unwrap().join("../../spec").join(file)
}

/// The bundled document as it is.
pub(crate) fn bundled() -> Document {
    Document::load(&spec("deepgram-management-openapi.yml"), &[]).unwrap()
}

/// The document that the client was generated from.
pub(crate) fn effective() -> Document {
    Document::load(&spec("deepgram-management-openapi.yml"), &[spec("overlay.yaml")]).unwrap()
}

pub(crate) fn client_of(base_url: &str) -> Client {
    Client::builder().base_url(base_url).credentials(Credentials::api_key(seed::API_KEY)).build().unwrap()
}

/// A walk and what it came to.
pub(crate) async fn probed(base_url: &str, document: &Document) -> (Walk, Outcome) {
    let walk = probe::walk(&client_of(base_url), document, &effective()).await;
    let outcome = probe::judge(&walk, document, &effective()).unwrap();
    (walk, outcome)
}

/// The findings as programs read them.
pub(crate) fn findings(outcome: &Outcome) -> Value {
    serde_json::to_value(&outcome.findings).unwrap()
}

/// The document in a file with what is suggested for `outcome`, by way of a file as a maintainer would have it, and the
/// suggestion.
pub(crate) fn mended(document: &Path, outcome: &Outcome) -> (Document, Value) {
    let before = Document::load(document, &[]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let suggested = folder.path().join("suggested.yaml");
    let overlay = probe::overlay(&outcome.findings, &before).unwrap().expect("a suggestion");
    std::fs::write(&suggested, serde_yaml::to_string(&overlay).unwrap()).unwrap();
    (Document::load(document, &[suggested]).unwrap(), overlay)
}
