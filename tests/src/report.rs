//! The report: findings by schema and field, for people, programs and pull requests.

use std::fmt::Write as _;

use serde_json::json;

use crate::Outcome;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For programs.
    Json,
    /// For a summary or an issue.
    Markdown,
    /// GitHub's workflow commands: one annotation a finding.
    Github,
}

impl Outcome {
    /// The report; ends with a line break.
    #[must_use]
    pub fn report(&self, format: Format) -> String {
        match format {
            Format::Text => self.text(),
            Format::Json => self.json(),
            Format::Markdown => self.markdown(),
            Format::Github => self.github(),
        }
    }

    fn summary(&self) -> String {
        let (answered, all) = self.answered;
        let findings = match self.findings.len() {
            0 => "no finding".to_owned(),
            1 => "1 finding".to_owned(),
            n => format!("{n} findings"),
        };
        format!("{findings}; {answered} of {all} GET operations answered")
    }

    /// What was not seen, and why.
    fn gaps(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let untold = self.untold.iter().map(|line| ("could not tell", line));
        untold.chain(self.skipped.iter().map(|line| ("not asked", line)))
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for group in self.findings.chunk_by(|one, other| one.schema == other.schema) {
            line(&mut text, format_args!("{}", group[0].schema));
            for finding in group {
                line(&mut text, format_args!("  {}: {}", finding.field, finding.said()));
                finding.seen.iter().for_each(|seen| line(&mut text, format_args!("      {seen}")));
            }
        }
        self.gaps().for_each(|(what, gap)| line(&mut text, format_args!("{what}: {gap}")));
        line(&mut text, format_args!("{}", self.summary()));
        text
    }

    fn json(&self) -> String {
        let (answered, all) = self.answered;
        let report = json!({
            "findings": self.findings,
            "could_not_tell": self.untold,
            "not_asked": self.skipped,
            "operations": { "answered": answered, "documented": all },
        });
        format!("{report:#}\n")
    }

    fn markdown(&self) -> String {
        let mut text = format!("## Probe\n\n{}\n", self.summary());
        if !self.findings.is_empty() {
            text += "\n| schema | field | finding | seen |\n| --- | --- | --- | --- |\n";
        }
        for finding in &self.findings {
            let seen: Vec<String> = finding.seen.iter().map(|seen| format!("`{}`", cell(seen))).collect();
            let row = [&finding.schema, &finding.field].map(|text| format!("`{}`", cell(text))).join(" | ");
            line(&mut text, format_args!("| {row} | {} | {} |", cell(&finding.said()), seen.join("<br>")));
        }
        for (index, (what, gap)) in self.gaps().enumerate() {
            line(&mut text, format_args!("{}- {what}: {}", if index == 0 { "\n" } else { "" }, cell(gap)));
        }
        text
    }

    fn github(&self) -> String {
        let mut text = String::new();
        for finding in &self.findings {
            let title = escaped(&format!("probe: {}{}", finding.schema, finding.field));
            let title = title.replace(':', "%3A").replace(',', "%2C");
            let seen = finding.seen.iter().map(String::as_str).collect::<Vec<_>>().join("\n");
            line(
                &mut text,
                format_args!("::warning title={title}::{}", escaped(&format!("{}\n{seen}", finding.said()))),
            );
        }
        for (what, gap) in self.gaps() {
            line(&mut text, format_args!("::notice title=probe::{}", escaped(&format!("{what}: {gap}"))));
        }
        line(&mut text, format_args!("{}", self.summary()));
        text
    }
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{content}");
}

/// Text within a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// Text within a workflow command.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
