//! Recordings: the responses of a walk as a file, with placeholders for private values.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use xtask::output;

use crate::document::Document;
use crate::exchange::Walk;
use crate::keys::Keys;
use crate::redact::Redactor;

/// The file within the folder of a recording.
const FILE: &str = "responses.json";

/// Records a walk in a folder, which is made if it is not there. A recording that is there stays until the new one is
/// complete, and is then replaced.
///
/// # Errors
/// A folder or file that cannot be written.
pub fn write(folder: &Path, walk: &Walk, document: &Document, shipped: &Document) -> Result<()> {
    let mut public = Vec::new();
    enumerated(document.value(), &mut public);
    let (mut redactor, mut keys) = (Redactor::default(), Keys::new(document, shipped));
    let mut exchanges = Vec::new();
    for exchange in &walk.exchanges {
        let renamed = keys.renamed(exchange, &mut |key| redactor.text(key))?;
        exchanges.push(redactor.exchange(&renamed, &public));
    }
    // The text of an error may hold anything that the server said; which operation it was is enough.
    let operation = |line: &String| line.split_once(": ").map_or(line.as_str(), |(operation, _)| operation).to_owned();
    let untold = walk.untold.iter().map(|line| format!("{}: no response was recorded", operation(line))).collect();
    let recorded = Walk { exchanges, untold, skipped: walk.skipped.clone() };
    let text = serde_json::to_string_pretty(&recorded)?;
    std::fs::create_dir_all(folder).with_context(|| format!("{}: cannot be made", folder.display()))?;
    output::replace(&folder.join(FILE), &(text + "\n"))
}

/// Reads a recording.
///
/// # Errors
/// A file that cannot be read or is no recording, with line and column.
pub fn read(folder: &Path) -> Result<Walk> {
    let file = folder.join(FILE);
    let name = file.display();
    let text = std::fs::read_to_string(&file).with_context(|| format!("{name}: cannot be read"))?;
    serde_json::from_str(&text)
        .map_err(|error| anyhow::anyhow!("{name}:{}:{}: not a recording: {error}", error.line(), error.column()))
}

/// The texts that a document's enumerations list.
fn enumerated(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let listed = members.get("enum").and_then(Value::as_array).into_iter().flatten();
            found.extend(listed.chain(members.get("const")).filter_map(Value::as_str).map(ToOwned::to_owned));
            members.values().for_each(|value| enumerated(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| enumerated(item, found)),
        _ => {}
    }
}
