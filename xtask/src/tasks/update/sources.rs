//! The hand-written sources that may name generated items, and how to search them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::published::GENERATED;

/// The source of the published client. If it does not compile, nothing does that uses it.
pub(super) const CLIENT: &str = "deepgram-mgmt/src";
/// The folders and files that name generated items, from the workspace's root.
const SOURCES: [&str; 4] = ["deepgram-mgmt", "tests", "xtask/probe", "README.md"];

/// A page that a test makes of the guide.
const README: &str = "deepgram-mgmt/README.md";

/// The hand-written sources that may name generated items: name and text.
pub(super) fn read(root: &Path) -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for source in SOURCES {
        collect(&root.join(source), &mut files)?;
    }
    files.sort();
    let made = [root.join(GENERATED), root.join(README)];
    let read = |file: PathBuf| {
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        Ok((file.strip_prefix(root).unwrap_or(&file).to_owned(), text))
    };
    files.into_iter().filter(|file| !made.iter().any(|made| file.starts_with(made))).map(read).collect()
}

/// The parts of a file that stand alone: the items of Rust, and the paragraphs of Markdown with their examples.
pub(super) fn parts(text: &str, is_rust: bool) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let ends = |line: &str| if is_rust { line.starts_with(['}', ']', ')']) } else { line.starts_with("```\n") };
        let mut end = 0;
        for line in rest.split_inclusive('\n') {
            end += line.len();
            if ends(line) {
                break;
            }
        }
        let (part, others) = rest.split_at(end);
        rest = others;
        (!part.is_empty()).then_some(part)
    })
}

/// The places of a word in a text: what stands before and after it.
pub(super) fn words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = (&'t str, &'t str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let around = move |(start, _): (usize, &str)| (&text[..start], &text[start + word.len()..]);
    let is_whole = move |(before, after): &(&str, &str)| !before.ends_with(is_part) && !after.starts_with(is_part);
    text.match_indices(word).map(around).filter(is_whole)
}

pub(super) fn has_word(text: &str, word: &str) -> bool {
    words(text, word).next().is_some()
}

/// Whether a line is a comment and no documentation, whose examples are compiled.
pub(super) fn is_remark(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//") && !line.starts_with("///") && !line.starts_with("//!")
}

/// The Rust and Markdown files at a path or below it. A path where nothing is has none.
pub(super) fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
            collect(&entry?.path(), files)?;
        }
    } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "md") && path.is_file() {
        files.push(path.to_owned());
    }
    Ok(())
}
