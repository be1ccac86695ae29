//! The two documents of a comparison: where they come from, and whether the overlay belongs to them.

use std::path::Path;

use anyhow::{Context as _, Error, Result};
use serde_json::Value;

use crate::document::errors;
use crate::document::git;
use crate::document::load::{self, Document};
use crate::document::locate::Positions;
use crate::document::located::Located;
use crate::document::openapi::{servers, version};
use crate::document::pointer::Pointer;
use crate::drift::FilePosition;
use crate::drift::renames::{self, Rename};
use crate::overlay::{self, Applied, Leftover, RenamedSchema, Unmatched};
use crate::{published, superset, validate};

/// One of the two documents of a comparison.
pub(crate) struct Input {
    pub(crate) name: String,
    /// The document that the client is generated from.
    pub(crate) document: Value,
    /// The same with the parts that the overlay writes in another form, as the document writes them.
    restored: Option<Value>,
    /// Actions of the overlay that match nothing in the document.
    pub(crate) unmatched: Vec<Unmatched>,
    /// Parts that only the older version has, and that the overlay writes nevertheless.
    pub(crate) leftovers: Vec<Leftover>,
    /// The reason why no client is generated from the document, if none is.
    pub(crate) not_generated: Option<String>,
    /// The files that the document was read from: itself, and its overlay if it has one.
    files: Vec<Document>,
}

impl Input {
    /// A document without an overlay.
    fn plain(document: Document) -> Self {
        Self { files: vec![document.clone()], ..Self::new(document.name, document.value) }
    }

    /// The effective document that `overlay` makes of a document.
    fn effective(document: Document, overlay: &Document, effective: Value) -> Self {
        let name = format!("{} with {}", document.name, published::OVERLAY);
        Self { files: vec![document, overlay.clone()], ..Self::new(name, effective) }
    }

    fn new(name: String, document: Value) -> Self {
        let (unmatched, leftovers, files) = (Vec::new(), Vec::new(), Vec::new());
        Self { name, document, restored: None, unmatched, leftovers, not_generated: None, files }
    }

    /// A version of a document, with the actions of the overlay that match. The overlay may be written for the `other`
    /// version: what only that one has stays away, and its names of schemas stand for those of this one.
    pub(crate) fn version(document: Document, overlay: &Document, other: &Value) -> Result<Self> {
        let gone = overlay::find_removed(other, &document.value);
        let found = renames::find(other, &document.value, &[]).into_iter();
        let renamed: Vec<RenamedSchema> = found
            .filter(|rename| rename.kind == renames::Kind::Schema)
            .map(|Rename { from, to, .. }| RenamedSchema { from, to })
            .collect();
        let Applied { effective, restored, unmatched, leftovers } =
            overlay::apply_to_version(&document.value, overlay, &gone, &renamed)?;
        Ok(Self { restored, unmatched, leftovers, ..Self::effective(document, overlay, effective) })
    }

    /// The document that is compared.
    pub(super) fn compared(&self) -> &Value {
        self.restored.as_ref().unwrap_or(&self.document)
    }

    /// An error about the document, with the file or the action that its location comes from.
    pub(super) fn attribute(&self, error: Error) -> Error {
        match self.files.as_slice() {
            [file, overlay] => overlay::attribute(error, file, Some(overlay), &self.document),
            _ => error.context(self.name.clone()),
        }
    }

    /// The name of the document's file.
    pub(super) fn document_name(&self) -> &str {
        self.files.first().map_or(&self.name, |document| &document.name)
    }

    /// The faults of the document that its overlay hides from the generator. The client is not published nevertheless:
    /// nobody knows what the faulty parts mean.
    pub(super) fn hidden_faults(&self) -> Vec<Located> {
        let [document, _] = self.files.as_slice() else { return Vec::new() };
        let Err(fault) = validate::check(document) else { return Vec::new() };
        let is_hidden = superset::check(&document.value, &self.document).is_err();
        if is_hidden { errors::located(&fault).to_vec() } else { Vec::new() }
    }

    /// Whether an overlay belongs to the document.
    pub(super) fn has_overlay(&self) -> bool {
        self.files.len() > 1
    }

    /// The positions of `places`, which are JSON pointers into the document. A part that the overlay adds has the position
    /// of the action.
    pub(super) fn positions(&self, places: &[Option<&str>]) -> Vec<Option<FilePosition>> {
        let pointers: Vec<Option<Pointer>> =
            places.iter().map(|place| place.and_then(|place| Pointer::of_reference(place).ok())).collect();
        let [document, overlay @ ..] = self.files.as_slice() else { return vec![None; places.len()] };
        if pointers.iter().all(Option::is_none) {
            return vec![None; places.len()];
        }
        // The overlay has been applied before, so it has no fault.
        let actions = overlay.first().and_then(|overlay| {
            let brought = pointers.iter().flatten().filter(|at| at.find(&document.value).is_none()).cloned();
            let brought: Vec<Pointer> = brought.collect();
            if brought.is_empty() {
                return None;
            }
            let actions = overlay::find_actions(&document.value, overlay, &brought).ok()?;
            Some((overlay, Positions::of(overlay), actions))
        });
        let positions = Positions::of(document);
        let position = |at: &Pointer| match &actions {
            Some((overlay, positions, actions)) if actions.contains_key(at) => {
                FilePosition { file: overlay.name.clone(), position: positions.find(&actions[at]) }
            }
            _ => FilePosition { file: document.name.clone(), position: positions.find(at) },
        };
        pointers.iter().map(|at| at.as_ref().map(position)).collect()
    }
}

/// Both documents, and how they are read.
pub(super) struct Inputs {
    pub(super) base: Input,
    pub(super) revision: Input,
    /// One line about the overlay, where both have it.
    pub(super) reading: Option<String>,
}

impl Inputs {
    /// A document in comparison with the published client of the workspace at `root`.
    pub(super) fn with_published(root: &Path, revision: Document, as_it_is: bool) -> Result<Self> {
        let (document, overlay) = published::load(root)?;
        if !as_it_is && is_version(&document.value, &revision.value) {
            let bundled = document.value.clone();
            return Self::versions(document, revision, &overlay, &bundled);
        }
        Self::foreign(document, revision, &overlay, as_it_is)
    }

    /// Two documents that the caller names. Only versions of the document in the workspace have its overlay.
    pub(super) fn between(
        base: Document,
        revision: Document,
        as_it_is: bool,
        workspace: Option<&Path>,
    ) -> Result<Self> {
        let bundled = workspace.filter(|root| !as_it_is && root.join(published::DOCUMENT).is_file());
        if let Some(root) = bundled {
            let (document, overlay) = published::load(root)?;
            if [&base, &revision].into_iter().all(|other| is_version(&document.value, &other.value)) {
                return Self::versions(base, revision, &overlay, &document.value);
            }
        }
        Ok(Self { base: Input::plain(base), revision: Input::plain(revision), reading: None })
    }

    /// Two versions of the bundled document, as `cargo xtask update` compares them.
    fn versions(base: Document, revision: Document, overlay: &Document, bundled: &Value) -> Result<Self> {
        let reading = format!(
            "{} is a version of the bundled document; both sides have {} (--as-it-is leaves it out)",
            revision.name,
            published::OVERLAY
        );
        let version = |document| Input::version(document, overlay, bundled);
        let (base, revision) = (version(base)?, version(revision)?);
        Ok(Self { base, revision, reading: Some(reading) })
    }

    /// The effective document, and a document that is compared as it is.
    fn foreign(document: Document, revision: Document, overlay: &Document, as_it_is: bool) -> Result<Self> {
        let effective = published::effective(&document, overlay)?;
        let base = Input::effective(document, overlay, effective);
        let kind = if as_it_is { "is compared as it is" } else { "is no version of the bundled document" };
        let reason = format!(
            "{} {kind}; `cargo xtask update FILE --dry-run` compares the Rust API, and lists the actions of {} that match \
             nothing",
            revision.name,
            published::OVERLAY
        );
        let revision = Input { not_generated: Some(reason), ..Input::plain(revision) };
        Ok(Self { base, revision, reading: None })
    }
}

/// Reads a document that the caller names: a file, or `REV:PATH` in git where no such file exists.
///
/// # Errors
/// A file that cannot be read, and a document that is not OpenAPI. Other versions of OpenAPI are compared as well as they can
/// be.
pub(super) fn read(name: &str, started_in: &Path) -> Result<Document> {
    let path = started_in.join(name);
    let document = match name.split_once(':') {
        Some((revision, file)) if !path.exists() => git::document(revision, file, started_in)?,
        _ => load::document_called(name, &path)?,
    };
    if document.value.get("openapi").is_none() {
        version(&document.value).with_context(|| document.name.clone())?;
    }
    Ok(document)
}

/// Whether `other` is a version of the document `bundled`: it has at least two of its title, one of its servers, and half
/// of the names of its schemas.
fn is_version(bundled: &Value, other: &Value) -> bool {
    let title = |document: &Value| document.pointer("/info/title").and_then(Value::as_str).map(str::to_owned);
    let has_title = title(bundled).is_some() && title(bundled) == title(other);
    let others = servers(other);
    let has_server = servers(bundled).iter().any(|url| others.contains(url));
    let schemas = |document| Pointer::schemas().find(document).and_then(Value::as_object);
    let has_schemas = schemas(bundled).zip(schemas(other)).is_some_and(|(names, others)| {
        let common = names.keys().filter(|name| others.contains_key(*name)).count();
        common > 0 && common * 2 >= names.len()
    });
    [has_title, has_server, has_schemas].into_iter().filter(|sign| *sign).count() >= 2
}
