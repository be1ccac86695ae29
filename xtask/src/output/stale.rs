//! Reports generated files that differ from the pipeline's output, most important first.

use std::path::PathBuf;

use similar::TextDiff;

use crate::inert::Lines;

/// How many lines of difference a report shows for one file.
const DIFF_LINES: usize = 16;

/// A file on disk that differs from the pipeline's output.
#[derive(Debug)]
pub struct Stale {
    /// The file.
    pub path: PathBuf,
    /// The difference.
    pub finding: Finding,
}

/// The kinds of difference.
#[derive(Debug)]
pub enum Finding {
    /// It is not there.
    Missing,
    /// An earlier run generated it; this one does not.
    Orphaned,
    /// A temporary file of a killed run.
    Unfinished,
    /// It is in the folder of generated files, but no run generated it.
    Unmanaged,
    /// Its header names other documents, or other checksums of them; the rest is equal.
    Header,
    /// Its content differs.
    Content {
        /// The difference, as the lines of a unified diff, without the header.
        lines: Vec<String>,
        /// Whether the header differs too.
        header: bool,
    },
}

impl Finding {
    /// Compares the text of a file with the generated text.
    #[must_use]
    pub fn difference(found: &str, made: &str) -> Self {
        let (old, new) = (header(found), header(made));
        // With equal headers, so that line numbers are those of the file.
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

/// The comments at the beginning of a generated file: its generator and its documents.
fn header(text: &str) -> &str {
    let lines = text.split_inclusive('\n').take_while(|line| line.starts_with("// "));
    &text[..lines.map(str::len).sum()]
}

/// Lists every stale file with the first lines of its difference. Files that differ only in the header come last.
#[must_use]
pub fn report(stale: &[Stale]) -> String {
    let mut report = Lines::default();
    let (last, first): (Vec<_>, Vec<_>) = stale.iter().partition(|file| matches!(file.finding, Finding::Header));
    for Stale { path, finding } in first.into_iter().chain(last) {
        let path = path.display();
        match finding {
            Finding::Missing => report.add(format_args!("stale: {path}: is missing")),
            Finding::Orphaned => report.add(format_args!("stale: {path}: is no longer generated")),
            Finding::Unfinished => report.add(format_args!("stale: {path}: is a temporary file of a killed run")),
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
        report.add("the headers of these files name other documents, or other checksums, than the present ones");
    }
    report.text()
}
