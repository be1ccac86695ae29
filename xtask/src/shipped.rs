//! The shipped client's own files, and its effective document.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::load::Document;
use crate::output::Files;
use crate::polish::Modules;
use crate::{overlay, soundness, source, widening};

/// The bundled document, seen from the workspace's root.
pub const DOCUMENT: &str = "spec/deepgram-management-openapi.yml";
/// Its corrections.
pub const OVERLAY: &str = "spec/overlay.yaml";
/// Where it comes from, and its checksum.
pub const SOURCE: &str = "spec/SOURCE.toml";
/// Where the shipped client's generated half lives.
pub const GENERATED: &str = "deepgram-mgmt/src/generated";
/// Where the sandbox has its copies of both documents, since a package holds its own files only.
pub const COPIES: &str = "tests/sandbox/spec";
/// What counts in the drift check.
pub const DRIFT: &str = "spec/drift.toml";

/// The effective document, of which the project promises that nothing of the document is lost.
///
/// # Errors
/// As [`overlay::apply`] and [`widening::check`]; a broken document is named before the overlay that fails on it.
pub fn effective(document: &Document, corrections: &Document) -> Result<Value> {
    let corrected = || {
        let effective = overlay::apply(document.value.clone(), corrections)?;
        widening::check(&document.value, &effective).with_context(|| corrections.name.clone())?;
        Ok(effective)
    };
    corrected().or_else(|error| {
        // An overlay that fails on a broken document is not what to look at first.
        soundness::check(document)?;
        Err(error)
    })
}

/// The files that go with `modules`: the generated half, the record of the document, in place of the record's own
/// `origin` if there is another, and the copies of the documents where the sandbox is in the checkout.
///
/// # Errors
/// As [`source::renewed`].
pub fn files(document: &Document, corrections: &Document, modules: Modules, origin: Option<&str>) -> Result<Files> {
    let sources = [("document", document), ("overlay ", corrections)];
    let record = source::renewed(Path::new(SOURCE), document, origin)?;
    let mut records = vec![(SOURCE.into(), record)];
    if Path::new(COPIES).is_dir() {
        for (path, source) in [(DOCUMENT, document), (OVERLAY, corrections)] {
            records.push((Path::new(COPIES).join(name_of(path)), source.text.clone()));
        }
    }
    Ok(Files::new(Path::new(GENERATED), modules, "", &sources).shipped(records))
}

fn name_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}
