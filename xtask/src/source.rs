//! `spec/SOURCE.toml`: where the bundled document comes from, and what it calls itself.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use toml_edit::{DocumentMut, Value, value};

use crate::document::load::{self, Document};
use crate::leftovers;

/// The record at `path` as it should be for `document`: its title, versions and checksum, and its `origin` if that is
/// another now; all else as it is.
///
/// # Errors
/// A file that cannot be read or is not TOML, with line and column.
pub fn renewed(path: &Path, document: &Document, origin: Option<&str>) -> Result<String> {
    let name = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("{name}: cannot be read"))?;
    let mut record: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        let (line, column) = load::line_column(&text.as_bytes()[..error.span().map_or(0, |span| span.start)]);
        anyhow!("{name}:{line}:{column}: {}", error.message())
    })?;
    if checksum(&record) != Some(&document.sha256)
        && let Some(unfinished) = unfinished(path, document)
    {
        record = unfinished;
    }
    let said = |place: &str| document.value.pointer(place).and_then(serde_json::Value::as_str);
    for (key, fact) in [
        ("title", said("/info/title")),
        ("version", said("/info/version")),
        ("openapi", said("/openapi")),
        ("sha256", Some(document.sha256.as_str())),
        ("origin", origin),
    ] {
        let Some(fact) = fact else { continue };
        match record.get_mut(key).and_then(toml_edit::Item::as_value_mut) {
            // As it stands, comments included, where it is right.
            Some(found) if found.as_str() == Some(fact) => {}
            Some(found) => {
                let decor = found.decor().clone();
                *found = Value::from(fact);
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
    record.get("sha256").and_then(toml_edit::Item::as_str)
}
