//! The published client: its documents, the record of where they come from, and its generated files.

use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Error, Result, anyhow};
use serde_json::Value;
use toml_edit::{DocumentMut, Item, TomlError, value};

use crate::document::git;
use crate::document::load::{self, Document};
use crate::output::{Files, leftovers};
use crate::polish::Modules;
use crate::{overlay, pipeline, superset, validate};

/// The bundled document, from the workspace's root.
pub const DOCUMENT: &str = "spec/deepgram-management-openapi.yml";
/// Its overlay.
pub const OVERLAY: &str = "spec/overlay.yaml";
/// The record of where the document comes from, with its checksum.
pub const SOURCE: &str = "spec/SOURCE.toml";
/// The generated half of the client.
pub const GENERATED: &str = "deepgram-mgmt/src/generated";
/// The sandbox's copies of both documents: a package holds its own files only.
pub const COPIES: &str = "tests/sandbox/spec";
/// The configuration of the drift check.
pub const DRIFT: &str = "spec/drift.toml";

/// Loads the bundled document and its overlay, of the workspace at `root`.
///
/// # Errors
/// As [`load::document`]: the document's before the overlay's.
pub fn load(root: &Path) -> Result<(Document, Document)> {
    let file = |name| load::document_called(name, &root.join(name));
    let (overlay, document) = at_once(|| file(OVERLAY), || file(DOCUMENT))?;
    Ok((document?, overlay?))
}

/// The bundled document and its overlay, of which the client that callers have is made: those of the last commit, if git
/// knows one; else those of the workspace at `root`, which are given.
#[must_use]
pub fn committed(root: &Path, document: &Document, overlay: &Document) -> [Document; 2] {
    [(DOCUMENT, document), (OVERLAY, overlay)].map(|(path, present)| {
        match git::document("HEAD", &format!("./{path}"), root) {
            Ok(committed) if committed.text != present.text => Document { name: format!("HEAD:{path}"), ..committed },
            _ => present.clone(),
        }
    })
}

/// Runs `beside` on a thread of its own, and `here` meanwhile.
fn at_once<A: Send, B>(beside: impl FnOnce() -> A + Send, here: impl FnOnce() -> B) -> Result<(A, B)> {
    thread::scope(|scope| {
        let beside = thread::Builder::new().stack_size(pipeline::STACK).spawn_scoped(scope, beside);
        let beside = beside.context("no thread can be started")?;
        let here = here();
        Ok((beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), here))
    })
}

/// The effective document, of which the project promises that nothing of the document is lost.
///
/// # Errors
/// As [`overlay::apply`] and [`superset::check`]; a broken document is named before the overlay that fails on it.
pub fn effective(document: &Document, overlay: &Document) -> Result<Value> {
    let effective = overlay::apply(document.value.clone(), overlay);
    let checked = effective.and_then(|effective| check(document, overlay, &effective).map(|()| effective));
    checked.or_else(|error| prefer_fault_of_document(document, error))
}

/// The effective document, and its client, which is generated while the document is checked.
///
/// # Errors
/// As [`effective`]. Of a document that passes, the client may still be an error.
pub fn client(document: &Document, overlay: &Document) -> Result<(Value, Result<Modules>)> {
    let generate = || {
        let effective = overlay::apply(document.value.clone(), overlay)?;
        let check = || check(document, overlay, &effective);
        let (checked, modules) = at_once(check, || pipeline::published_client(&effective))?;
        checked?;
        Ok((effective, modules))
    };
    generate().or_else(|error| prefer_fault_of_document(document, error))
}

fn check(document: &Document, overlay: &Document, effective: &Value) -> Result<()> {
    superset::check(&document.value, effective).with_context(|| overlay.name.clone())
}

/// The error of an overlay, or of the document: an overlay that fails on a broken document is not what to look at first.
fn prefer_fault_of_document<T>(document: &Document, error: Error) -> Result<T> {
    validate::check(document)?;
    Err(error)
}

/// The files that go with `modules` in the workspace at `root`: the generated half, the record of the document, with
/// `origin` in place of its own if there is another, and the sandbox's copies of the documents, if the sandbox is there.
///
/// # Errors
/// A record that cannot be read or is not TOML, with line and column.
pub fn files(
    root: &Path,
    document: &Document,
    overlay: &Document,
    modules: Modules,
    origin: Option<&str>,
) -> Result<Files> {
    let sources = [("document", DOCUMENT.to_owned(), document), ("overlay ", OVERLAY.to_owned(), overlay)];
    let path = root.join(SOURCE);
    let record = updated_record(&path, document, origin)?;
    let mut files =
        Files::new(&root.join(GENERATED), modules, "", &sources).in_workspace(root).with_record(path, record);
    if let Some(copies) = copies(root) {
        for (path, source) in [(DOCUMENT, document), (OVERLAY, overlay)] {
            let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
            files = files.with_record(copies.join(name), source.text.clone());
        }
    }
    Ok(files)
}

/// The folder of the sandbox's copies, if the sandbox is there.
#[must_use]
pub fn copies(root: &Path) -> Option<PathBuf> {
    Some(root.join(COPIES)).filter(|copies| copies.is_dir())
}

/// The record at `path` as it should be for `document`: its title, versions and checksum, and its `origin` if that is
/// another now; all else as it is.
///
/// # Errors
/// A file that cannot be read or is not TOML, with line and column.
fn updated_record(path: &Path, document: &Document, origin: Option<&str>) -> Result<String> {
    let name = SOURCE;
    let text = load::text(name, path)?;
    let mut record: DocumentMut = text.parse().map_err(|error: TomlError| {
        let (line, column) = load::line_column(&text.as_bytes()[..error.span().map_or(0, |span| span.start)]);
        anyhow!("{name}:{line}:{column}: {}", error.message())
    })?;
    if checksum(&record) != Some(&document.sha256)
        && let Some(unfinished) = unfinished(path, document)
    {
        record = unfinished;
    }
    let said = |place: &str| document.value.pointer(place).and_then(Value::as_str);
    for (key, fact) in [
        ("title", said("/info/title")),
        ("version", said("/info/version")),
        ("openapi", said("/openapi")),
        ("sha256", Some(document.sha256.as_str())),
        ("origin", origin),
    ] {
        let Some(fact) = fact else { continue };
        match record.get_mut(key).and_then(Item::as_value_mut) {
            // As it stands, comments included, where it is right.
            Some(found) if found.as_str() == Some(fact) => {}
            Some(found) => {
                let decor = found.decor().clone();
                *found = toml_edit::Value::from(fact);
                *found.decor_mut() = decor;
            }
            None => record[key] = value(fact),
        }
    }
    Ok(record.to_string())
}

/// The record that a killed update has written for this very document, which is in its place already: only that record
/// knows the origin.
fn unfinished(path: &Path, document: &Document) -> Option<DocumentMut> {
    let left = leftovers::of(path.parent()?).ok()?;
    let records = left.iter().filter_map(|left| std::fs::read_to_string(left).ok()?.parse::<DocumentMut>().ok());
    records.into_iter().find(|record| checksum(record) == Some(&document.sha256))
}

fn checksum(record: &DocumentMut) -> Option<&str> {
    record.get("sha256").and_then(Item::as_str)
}
