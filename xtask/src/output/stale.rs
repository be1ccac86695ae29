//! Reports generated files that differ from the pipeline's output, most important first.

use std::path::PathBuf;

use similar::TextDiff;

use crate::inert::Lines;

/// How many lines of difference a report shows for one file.
const DIFF_LINES: usize = 16;

/// A file on disk that is not what the pipeline makes.
#[derive(Debug)]
pub struct Stale {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub finding: Finding,
}

/// What is wrong with a file.
#[derive(Debug)]
pub enum Finding {
    /// It is not there.
    Missing,
    /// An earlier run generated it; this one does not.
    Orphaned,
    /// A run that was killed left it on its way to its place.
    Unfinished,
    /// It stands among generated files and is none.
    Unmanaged,
    /// Its header names other documents, or other checksums of them; the rest is the same.
    Header,
    /// It says something else.
    Content {
        /// The difference, as the lines of a unified diff; the header apart.
        lines: Vec<String>,
        /// Whether the header is different, too.
        header: bool,
    },
}

impl Finding {
    /// How `found` differs from `made`.
    #[must_use]
    pub fn difference(found: &str, made: &str) -> Self {
        let (old, new) = (header(found), header(made));
        // Under one header, so that the lines have the numbers that they have in the file.
        let made = format!("{old}{}", &made[new.len()..]);
        let diff = TextDiff::from_lines(found, &made).unified_diff().context_radius(0).to_string();
        if diff.is_empty() {
            return Self::Header;
        }
        Self::Content { lines: diff.lines().map(str::to_owned).collect(), header: old != new }
    }

    fn is_of_header(&self) -> bool {
        matches!(self, Self::Header | Self::Content { header: true, .. })
    }
}

/// The comments that a generated file begins with: what made it, and from which documents.
fn header(text: &str) -> &str {
    let lines = text.split_inclusive('\n').take_while(|line| line.starts_with("// "));
    &text[..lines.map(str::len).sum()]
}

/// Every stale file with the first lines of its difference; those of which only the header differs come last.
#[must_use]
pub fn report(stale: &[Stale]) -> String {
    let mut report = Lines::default();
    let (last, first): (Vec<_>, Vec<_>) = stale.iter().partition(|file| matches!(file.finding, Finding::Header));
    for Stale { path, finding } in first.into_iter().chain(last) {
        let path = path.display();
        match finding {
            Finding::Missing => report.add(format_args!("stale: {path}: is missing")),
            Finding::Orphaned => report.add(format_args!("stale: {path}: is no longer generated")),
            Finding::Unfinished => report.add(format_args!("stale: {path}: was left by a run that was killed")),
            Finding::Unmanaged => report.add(format_args!("stale: {path}: was not generated; move it away")),
            Finding::Header => report.add(format_args!("stale: {path}: its header")),
            Finding::Content { lines, .. } => {
                report.add(format_args!("stale: {path}"));
                lines.iter().take(DIFF_LINES).for_each(|line| report.add(line));
                if lines.len() > DIFF_LINES {
                    report.add(format_args!("… {} more lines of difference", lines.len() - DIFF_LINES));
                }
            }
        }
    }
    if stale.iter().any(|file| file.finding.is_of_header()) {
        report.add("their headers name other documents, or other checksums, than these files were made from");
    }
    report.text()
}
